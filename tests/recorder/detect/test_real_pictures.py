"""What is done to a real camera is told within seconds, and people, shadows and the codec are none of it.

The pictures are those of vtest.avi, covered and put out of focus by ffmpeg from second 35 to 50, sent through H.264 as
a sub stream is.
"""

import subprocess

import numpy as np
import pytest

from recorder.client.clock import SECOND_US
from recorder.client.detection import Tampering
from recorder.detect.motion import HEIGHT, WIDTH
from recorder.detect.tampering import HOLD_US, TamperWatch
from tests.peers.clips import VTEST
from tests.recorder.detect.pictures import BEGIN_US

BEGIN_S, END_S, WHOLE_S = 35, 50, 60
CASES = {
    "nothing": ("null", Tampering.NONE),
    "half the light": ("eq=brightness=-0.2:contrast=0.7:{when}", Tampering.NONE),
    "a hand": ("eq=contrast=0.12:brightness=-0.3:{when}", Tampering.COVERED),
    "the ring was turned": ("gblur=sigma=6:{when}", Tampering.OUT_OF_FOCUS),
    "tape": ("drawbox=t=fill:c=0xdddddd:{when}", Tampering.ONE_COLOUR),
}


def looks(filters):
    """One look a second: (second, tampering, whether another scene began)."""
    source = next(VTEST.rglob("vtest.avi"))
    change = filters.format(when=f"enable='between(t,{BEGIN_S},{END_S})'")
    encode = ["-vf", f"fps=5,scale=352:288,{change}", "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "256k"]
    coded = ["ffmpeg", "-v", "error", "-t", str(WHOLE_S), "-i", str(source), *encode, "-g", "10", "-f", "mpegts", "-"]
    grey = ["-vf", f"scale={WIDTH}:{HEIGHT}:flags=area", "-pix_fmt", "gray", "-f", "rawvideo", "-"]
    stream = subprocess.run(coded, capture_output=True, check=True).stdout
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", "-", *grey], input=stream, capture_output=True, check=True)
    watch, found = TamperWatch(), []
    for number, picture in enumerate(np.frombuffer(raw.stdout, np.uint8).reshape(-1, HEIGHT, WIDTH)):
        seen = watch.look(picture, BEGIN_US + number * SECOND_US // 5)
        if seen is not None:
            found.append((number / 5, seen.tampering, seen.changed))
    return found


@pytest.mark.covers("D-ALM-11")
@pytest.mark.peer("ffmpeg", "vtest")
@pytest.mark.parametrize("case", CASES)
def test_what_is_done_to_a_real_camera_is_told_within_seconds_and_nothing_else_is(case):
    filters, what = CASES[case]
    seen = looks(filters)
    assert len(seen) > WHOLE_S * 0.9
    late_s = HOLD_US / SECOND_US + 2
    assert not any(changed for _second, _what, changed in seen)
    for second, told, _changed in seen:
        if second < BEGIN_S or second > END_S + late_s:
            assert told is Tampering.NONE, second
        elif BEGIN_S + late_s < second < END_S:
            assert told is what, second

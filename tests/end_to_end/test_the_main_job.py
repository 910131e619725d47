"""Cameras in, recorded, found again, exported: with a camera, a decoder and pictures that are not ours."""

from datetime import datetime

import av
import pytest

from tests.end_to_end.conftest import wait_for
from tests.peers.clips import vtest_clip
from tests.peers.gstreamer import gst_camera

FRAMES = 150


def decoded(path):
    """The pictures of a file as planes of bytes, and their times in seconds from the first."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    first = frames[0].time
    return [frame.to_ndarray().tobytes() for frame in frames], [frame.time - first for frame in frames]


def moment(text):
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.peer("gst-rtsp-server", "vtest", "ffmpeg")
@pytest.mark.covers("D-LIVE-01", "D-REC-06.1", "D-BKP-01", "V-DEV-07", "D-REC-07")
def test_what_a_camera_sent_is_found_by_time_and_exported_bit_for_bit(run_recorder, tmp_path):
    clips = {codec: vtest_clip(tmp_path, codec, FRAMES) for codec in ("h264", "h265")}
    asked = [(codec, transport) for codec in clips for transport in ("tcp", "udp")]
    mounts = {f"/{codec}-{transport}": clips[codec].launch for codec, transport in asked}
    with run_recorder() as recorder, gst_camera(mounts) as camera:
        for codec, transport in asked:
            url = camera.url(f"/{codec}-{transport}")
            recorder.command("channel", "add", "--name", url[-8:], "--url", url, "--transport", transport)
        for channel, (codec, _transport) in enumerate(asked, 1):
            # The file plays once; what comes after it is another span.
            wait_for(lambda channel=channel: len(recorder.spans(channel)) > 1, FRAMES / 10 + 45, 0.5)
            span = recorder.spans(channel)[0]
            assert moment(span["end"]) - moment(span["start"]) == pytest.approx(FRAMES / 10, abs=0.3)
            taken = tmp_path / f"{channel}.mp4"
            when = ["--from", span["start"], "--to", span["end"]]
            recorder.command("export", "--channel", str(channel), *when, str(taken))
            pictures, times = decoded(taken)
            expected, expected_times = decoded(clips[codec].path)
            assert len(pictures) == len(expected) == FRAMES
            assert pictures == expected
            assert times == pytest.approx(expected_times, abs=0.002)

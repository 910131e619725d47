"""From a contact that closes to all that its rule asks for, with receivers that are not ours; pictures are counted."""

import contextlib
import email
import subprocess
import time
from email import policy
from itertools import pairwise

import av
import cv2
import numpy as np
import pytest

from hal.client import HalClient
from recorder.client.api import ApiClient
from recorder.client.happened import ReactionState
from recorder.client.status import StreamState
from recorder.client.stream import StreamName
from recorder.simulate.stamp import read_stamp
from tests.end_to_end.conftest import wait_for
from tests.peers.gstreamer import gst_camera
from tests.recorder.events.test_mail import AnyPort
from tests.recorder.events.test_trap import Manager, manager  # noqa: F401 - a fixture

LAST_US = 1 << 52
PRE_S, POST_S, LASTS_S = 4, 6, 2
ALWAYS_ALARM = {"days": [[{"start_min": 0, "end_min": 1440, "types": ["alarm"]}]] * 7}


class Inbox:
    """Keeps the mails that came."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@contextlib.contextmanager
def mail_server():
    inbox = Inbox()
    controller = AnyPort(inbox, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield inbox, controller.port
    finally:
        controller.stop()


def stream(owner):
    """How the camera's main stream is; None before media has told."""
    media = owner.status().media
    return next((one for one in media.streams if one.stream is StreamName.MAIN), None) if media else None


def exported(recorder, start_us, end_us, path):
    """The stamps of all pictures of a stretch, and how many lie between two key pictures."""
    recorder.command("export", "--channel", "1", "--from", str(start_us), "--to", str(end_us), str(path))
    with av.open(str(path)) as container:
        packets = [one for one in container.demux(video=0) if one.size]
    keys = [at for at, one in enumerate(packets) if one.is_keyframe]
    gop = max(after - before for before, after in pairwise(keys))
    return [read_stamp(bytes(one)) for one in packets], gop


def alike(path, picture):
    """How much each picture of a film differs from one: mean absolute difference of grey levels."""
    wanted = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.int16)
    with av.open(str(path)) as container:
        films = [one.to_ndarray(format="gray").astype(np.int16) for one in container.decode(video=0)]
    return np.array([np.abs(one - wanted).mean() for one in films])


@pytest.mark.peer("snmptrapd")
@pytest.mark.covers("D-LINK-02", "D-LINK-03", "D-LINK-05", "D-LINK-06", "D-LINK-06.1", "D-LINK-14", "D-REC-01.1")
def test_an_edge_is_mailed_told_switched_and_recorded_from_before_until_after_to_the_picture(
    run_recorder,
    camera,
    tmp_path,
    manager: Manager,  # noqa: F811
):
    with run_recorder() as recorder, mail_server() as (inbox, port):
        owner, screen = (ApiClient(recorder.instance.socket(door), timeout_s=60) for door in ("control", "screen"))
        owner.add_channel(name="Gate", url=camera, enabled=False)
        owner.set_page("record-schedule", {"pre_record_s": PRE_S, "week": ALWAYS_ALARM}, channel=1)
        mail = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "nvr@house.test"}
        owner.set_page("mail", {**mail, "recipients": "me@house.test"})
        owner.set_page("snmp", {"host": "127.0.0.1", "port": manager.port, "version": "2c", "community": "public"})
        rule = {"record_channels": [1], "record_post_s": POST_S, "snapshot_channels": [1], "relay_outputs": ["OUT1"]}
        follows = dict.fromkeys(("record", "snapshot", "mail", "trap", "message", "relay"), True)
        owner.set_page("input-alarm", {"anti_dither_s": 0, "relay_post_s": 0, **rule, **follows}, item="IN1")
        owner.change_channel(1, enabled=True)
        wait_for(lambda: stream(owner) and stream(owner).state is StreamState.PLAYING, 120)
        # The ring fills: what is before the event must have been sent at all.
        full = time.monotonic() + PRE_S + 6
        wait_for(lambda: time.monotonic() > full, 60)
        assert owner.spans(1, 0, LAST_US) == []
        with HalClient(recorder.instance.socket("hal"), timeout_s=60) as hal:
            hal.simulate("alarm_input", "IN1", "move", active=True)
            wait_for(lambda: next(one for one in owner.outputs() if one.name == "OUT1").closed, 60)
            lasted = time.monotonic() + LASTS_S
            wait_for(lambda: time.monotonic() > lasted, 60)
            hal.simulate("alarm_input", "IN1", "move", active=False)
        wait_for(lambda: not next(one for one in owner.outputs() if one.name == "OUT1").closed, 60)

        def over():
            found = owner.happened(sources=["input-alarm"]).events[0]
            done = {one.linkage for one in found.reactions if one.state is ReactionState.DONE}
            return found.end_us is not None and done >= follows.keys() and found

        event = wait_for(over, 120)
        assert event.words in [one.words for one in screen.status().messages]
        manager.wait_for(event.words)
        (mail,) = inbox.mails
        assert event.words in mail["Subject"]
        (picture,) = [part for part in mail.iter_attachments() if part.get_filename() == "camera-1.jpg"]
        shown = cv2.imdecode(np.frombuffer(picture.get_content(), np.uint8), cv2.IMREAD_COLOR)
        assert shown.shape[:2] == (360, 640)
        assert shown.std() > 5
        until_us = event.end_us + POST_S * 1_000_000
        wait_for(lambda: (seen := owner.spans(1, 0, LAST_US)) and seen[-1].end_us >= until_us, 120)
        wait_for(lambda: not stream(owner).recording, 60)
        spans = owner.spans(1, 0, LAST_US)
        assert "alarm" in [one.type for one in spans]
        assert [one.end_us for one in spans[:-1]] == [one.start_us for one in spans[1:]]
        start_us, end_us = spans[0].start_us, spans[-1].end_us
        stamps, gop = exported(recorder, start_us, end_us, tmp_path / "event.mp4")
        # The camera's film begins anew every few seconds: the mailed picture is one of those that look like it.
        differs = alike(tmp_path / "event.mp4", shown)
        assert differs.min() < np.median(differs) / 2
        same = {stamps[int(differs.argmin())].loop_frame}
        times = [
            start_us + at * (end_us - start_us) / len(stamps) for at, one in enumerate(stamps) if one.loop_frame in same
        ]
        assert min(abs(event.picture_us - one) for one in times) < 500_000
        # Taken when it began: at the earliest from the group of pictures that went on then.
        assert -3_000_000 < event.picture_us - event.begin_us < 30_000_000
    numbers = [one.frame for one in stamps]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    step_us = (stamps[-1].time_us - stamps[0].time_us) / (len(stamps) - 1)
    # In pictures, as the recorder places them: at least what was asked for, and at most one GOP more at either end.
    before = (event.begin_us - start_us) / step_us
    after = (end_us - event.end_us) / step_us
    wanted = PRE_S * 1_000_000 / step_us, POST_S * 1_000_000 / step_us
    assert wanted[0] <= before <= wanted[0] + gop + 2
    assert wanted[1] <= after <= wanted[1] + gop + 2
    # The recorder works off what the way from the camera took by two per cent of real time at most (T1).
    assert abs(len(numbers) - (end_us - start_us) / step_us) <= 2 + 0.02 * len(numbers)


LOUD_FROM_S, LOUD_UNTIL_S, FILM_S = 5, 14, 60
"""When it is loud in what the camera sends; it begins anew at its end."""


def film_with_noise(path):
    """A picture, and sound as Opus by FFmpeg: a soft tone, then noise, then the tone again."""
    loud = f"between(t,{LOUD_FROM_S},{LOUD_UNTIL_S})"
    sound = f"aevalsrc='if({loud},random(0)-0.5,0.01*sin(2*PI*440*t))':s=48000"
    inputs = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=5", "-f", "lavfi", "-i", sound]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "5", "-bf", "0", "-c:a", "libopus", "-ac", "1"]
    subprocess.run(["ffmpeg", "-v", "error", *inputs, "-t", str(FILM_S), *coded, str(path)], check=True)


@pytest.mark.peer("gst-rtsp-server", "ffmpeg")
@pytest.mark.covers("D-ALM-14", "D-LINK-02")
def test_a_noise_in_the_sound_of_a_camera_closes_a_relay_until_it_is_over(run_recorder, tmp_path):
    film = tmp_path / "film.mkv"
    film_with_noise(film)
    line = (
        f"( filesrc location={film} ! matroskademux name=d d.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96 "
        "d.audio_0 ! queue ! opusparse ! rtpopuspay name=pay1 pt=98 )"
    )
    with gst_camera({"/yard": line}) as peer, run_recorder() as recorder:
        owner = ApiClient(recorder.instance.socket("control"), timeout_s=60)
        owner.add_channel(name="Yard", url=peer.url("/yard"), enabled=False)
        follows = {"relay": True, "relay_outputs": ["OUT1"], "relay_post_s": 0, "anti_dither_s": 0}
        owner.set_page("audio-exception", {"enabled": True, "loud_db": -20, **follows}, channel=1)
        owner.change_channel(1, enabled=True)

        def closed():
            return next(one for one in owner.outputs() if one.name == "OUT1").closed

        wait_for(closed, 180)
        began = owner.happened(sources=["audio-exception"]).events[0]
        # Evenly spread up to a half: a third of a quarter of full scale is its power.
        assert began.detail["peak_db"] == pytest.approx(-10.8, abs=1.5)
        assert began.words == f"It is loud at Yard: {began.detail['peak_db']:.0f} dB."
        wait_for(lambda: not closed(), 120)
        over = wait_for(lambda: (one := owner.event(began.id)).end_us is not None and one, 60)
        assert {one.linkage: one.state for one in over.reactions}["relay"] is ReactionState.DONE

"""A camera of GStreamer that speaks TLS: recorded, left alone with another certificate, accepted by its owner."""

import pytest

from tests.end_to_end.conftest import wait_for
from tests.peers.clips import vtest_clip
from tests.peers.gstreamer import gst_camera
from tests.recorder.rtsp.certificates import self_signed

LOGIN = ("--user", "u", "--password", "secret")


@pytest.mark.peer("gst-rtsp-server", "vtest", "ffmpeg")
def test_another_certificate_is_told_and_accepted_by_the_owner_alone(run_recorder, tmp_path):
    clip = vtest_clip(tmp_path, "h264", 300)
    first, shown_first = self_signed(tmp_path, "first")
    second, shown_second = self_signed(tmp_path, "second")
    with run_recorder() as recorder:
        with gst_camera({"/clip": clip.launch}, *LOGIN, "--certificate", str(first)) as camera:
            url, port = camera.url("/clip"), camera.port
            recorder.command("channel", "add", "--name", "Door", "--url", url, "--user", "u", "--password", "secret")
            wait_for(lambda: recorder.stream(1)["state"] == "playing", 60)
            playing = recorder.stream(1)
            assert (playing["transport"], playing["certificate"]) == ("tls", shown_first)
        with gst_camera({"/clip": clip.launch}, *LOGIN, "--certificate", str(second), port=port):
            told = wait_for(lambda: (one := recorder.stream(1))["state"] == "certificate_changed" and one, 60)
            assert told["certificate"] == shown_second
            assert shown_second in recorder.command("channel", "trust", "1")
            wait_for(lambda: recorder.stream(1)["state"] == "playing", 60)

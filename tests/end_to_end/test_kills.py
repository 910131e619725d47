"""Recording outlives everything: processes are killed while stamped cameras are recorded, and frames are counted."""

import contextlib
import os
import signal
import time

import av
import pytest

from recorder.simulate.stamp import read_stamp
from tests.end_to_end.conftest import wait_for

OTHERS = ["control", "reader", "decode", "detect", "gui", "hal", "web"]


def stamps(path):
    """The stamps of all pictures of a file, in their order."""
    with av.open(str(path)) as container:
        return [read_stamp(bytes(packet)) for packet in container.demux(video=0) if packet.size]


def exported(recorder, span, path):
    recorder.command("export", "--channel", "1", "--from", span["start"], "--to", span["end"], str(path))
    return stamps(path)


def pid_of(recorder, name):
    return recorder.status()["processes"].get(name, {}).get("pid")


def back(recorder, name, killed):
    """Whether a process lives again under another pid; while control is away, not yet."""
    with contextlib.suppress(AssertionError):
        pid = pid_of(recorder, name)
        return pid and pid != killed
    return False


def answered(recorder):
    """What is recorded; None while who tells it is there again and does not listen yet."""
    with contextlib.suppress(AssertionError):
        return recorder.spans(1)


def see_all_but_media_die(recorder):
    for name in OTHERS:
        killed = pid_of(recorder, name)
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda name=name, killed=killed: back(recorder, name, killed), 60)
    assert len(wait_for(lambda: answered(recorder), 60)) == 1


def see_media_die(recorder, folder):
    playing = lambda: recorder.stream(1)["state"] == "playing"  # noqa: E731
    wait_for(playing, 90)
    began = time.time()
    wait_for(lambda: time.time() > began + 6, 60)
    killed_us = time.time_ns() // 1000
    os.kill(pid_of(recorder, "media"), signal.SIGKILL)
    wait_for(lambda: len(recorder.spans(1)) > 1, 60)
    first, second = recorder.spans(1)
    before = exported(recorder, first, folder / "before.mp4")
    after = exported(recorder, second, folder / "after.mp4")
    # Nothing was lost when the others died.
    numbers = [stamp.frame for stamp in before]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(numbers) > 15 * len(OTHERS)
    # S2, in the camera's own time; `tests.bench.kills` measures that it is at most 1.5 s where nothing else runs.
    assert killed_us - before[-1].time_us < 5_000_000
    assert after[0].frame > before[-1].frame
    gaps = recorder.answer("gaps", "--channel", "1")
    assert [gap["reason"] for gap in gaps if gap["end"] >= first["end"]] == ["restarted"]


@pytest.mark.covers("D-REC-09")
def test_no_frame_is_lost_when_any_process_but_media_dies_and_media_or_all_of_them_cost_only_the_newest_seconds(
    run_recorder, camera, tmp_path
):
    with run_recorder() as recorder:
        recorder.command("channel", "add", "--name", "Gate", "--url", camera)
        wait_for(lambda: recorder.spans(1) and recorder.stream(1)["state"] == "playing", 90)
        see_all_but_media_die(recorder)
        see_media_die(recorder, tmp_path)
    with run_recorder() as recorder:
        wait_for(lambda: len(recorder.spans(1)) > 2, 60)
        for count, span in enumerate(recorder.spans(1)[:3]):
            assert exported(recorder, span, tmp_path / f"{count}.mp4")
        assert len(recorder.answer("gaps", "--channel", "1")) > 1

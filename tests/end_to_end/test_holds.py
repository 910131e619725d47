"""A lock outlives many laps of a small disk, and its footage is exported whole; tags lead back to a moment."""

from datetime import UTC, datetime

import pytest

from recorder.store import initialise_disk
from tests.end_to_end.conftest import wait_for
from tests.end_to_end.test_disk import moment_us
from tests.end_to_end.test_kills import exported

BLOCK = 1 << 20
BLOCKS = 9
LAP_S = 18
"""About how long a stream of 4 Mbit/s takes to fill the disk."""


def at(moment):
    return datetime.fromtimestamp(moment / 1e6, UTC).isoformat()


def newest_us(recorder):
    return moment_us(recorder.spans(1)[-1]["end"])


@pytest.mark.covers("D-PLAY-19", "D-PLAY-20", "V-BMK-01", "V-BMK-03", "V-REC-11", "D-RULE-14")
def test_a_locked_stretch_is_whole_after_many_laps_and_gone_after_its_release(run_recorder, camera, tmp_path):
    disk = tmp_path / "data" / "disks" / "small"
    disk.parent.mkdir(parents=True, mode=0o700)
    (tmp_path / "data").chmod(0o700)
    initialise_disk(disk, size_bytes=BLOCK * (BLOCKS + 4), block_bytes=BLOCK, name="small")
    with run_recorder() as recorder:
        recorder.command("channel", "add", "--name", "Gate", "--url", camera.replace("/sub", "/main"))
        wait_for(lambda: recorder.spans(1) and newest_us(recorder) - moment_us(recorder.spans(1)[0]["start"]) > 3e6, 90)
        end = newest_us(recorder) - 1_000_000
        start = end - 500_000
        stretch = ["--channel", "1", "--from", at(start), "--to", at(end)]
        told = recorder.command("hold", "add", *stretch, "--reason", "theft at the gate")
        hold = told.split()[0]
        recorder.command("tag", "add", "--channel", "1", "--at", at(start), "Red van")
        recorder.command("tag", "add", "--channel", "1", "--at", at(end), "Dog")
        (tag,) = recorder.answer("tag", "list", "--text", "red")
        assert (tag["start_us"], tag["words"]) == (start, "Red van")
        wait_for(lambda: newest_us(recorder) > end + 2 * LAP_S * 1_000_000, 240, every=1)
        # By now there is more than the share that may be locked.
        newest = newest_us(recorder)
        much = ["--channel", "1", "--from", at(newest - LAP_S * 1_000_000), "--to", at(newest)]
        assert "may be locked" in recorder.command("hold", "add", *much, "--reason", "all of it", check=False)
        first = recorder.spans(1)[0]
        assert moment_us(first["start"]) <= start
        # All but what is locked was overwritten again and again.
        assert moment_us(recorder.spans(1)[1]["start"]) > end + LAP_S * 1_000_000
        kept = exported(recorder, {"start": at(start), "end": at(end)}, tmp_path / "kept.mp4")
        frames = [one.frame for one in kept]
        assert frames == list(range(frames[0], frames[0] + len(frames)))
        assert kept[0].time_us <= start + 300_000
        assert kept[-1].time_us >= end - 300_000
        (listed,) = recorder.answer("hold", "list")
        assert (listed["id"], listed["reason"], listed["owner"]) == (hold, "theft at the gate", "owner")
        recorder.command("tag", "rename", tag["id"], "Red van leaves")
        recorder.command("hold", "release", hold, "--reason", "handed to the police")
        assert recorder.answer("hold", "list") == []
        past = recorder.answer("hold", "list", "--all")
        assert [one["release_reason"] for one in past if one["kind"] == "lock"] == ["handed to the police"]
        wait_for(lambda: moment_us(recorder.spans(1)[0]["start"]) > end, 120, every=1)
        assert [one["words"] for one in recorder.answer("tag", "list")] == ["Red van leaves", "Dog"]
        recorder.command("tag", "remove", tag["id"])
        assert [one["words"] for one in recorder.answer("tag", "list")] == ["Dog"]

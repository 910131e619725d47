"""Disks that join while a whole recorder runs: a pool of their own, a second copy, adoption after its state is lost."""

import pytest

from tests.end_to_end.conftest import wait_for


def disks(recorder):
    return {one["place"]: one for one in recorder.answer("status")["disks"]}


def is_written(recorder, place):
    found = disks(recorder).get(place)
    return found if found is not None and found["state"] == "writable" else None


@pytest.mark.covers("D-REC-01.2", "D-STO-05", "P-POOL-08", "P-SPACE-08")
def test_a_disk_joins_gets_a_pool_and_copies_and_is_adopted_when_the_recorder_forgot_who_it_is(run_recorder, camera):
    with run_recorder() as recorder:
        recorder.command("channel", "add", "--name", "Gate", "--url", camera)
        wait_for(lambda: recorder.stream(1).get("recording"), 60)
        first = next(iter(disks(recorder)))
        recorder.command("store", "init", "two", "--size", "300M", "--block", "4M")
        second = wait_for(lambda: is_written(recorder, "two"), 60)
        recorder.command("settings", "set", "disk", "--item", second["id"], "pool=2")
        recorder.command("settings", "set", "channel-storage", "--channel", "1", "mirror_pool=2")
        wait_for(lambda: disks(recorder)["two"]["pool"] == 2 and disks(recorder)["two"]["used_bytes"], 60)
        status = recorder.answer("status")
        assert {one["number"]: one["state"] for one in status["media"]["pools"]} == {1: "recording", 2: "recording"}
        assert [one["channel"] for one in status["media"]["footage"]] == [1]
        assert len(recorder.spans(1)) == 1
    for name in ("recorder.json", "disks.json"):
        (recorder.data / "state" / name).unlink()
    with run_recorder() as recorder:
        found = wait_for(lambda: (one := disks(recorder)).get(first, {}).get("doubt") == "foreign" and one, 60)
        assert found["two"]["doubt"] == "foreign"
        assert recorder.spans(1)
        for place in (first, "two"):
            recorder.command("store", "adopt", place, "--id", found[place]["id"][:8])
        wait_for(lambda: is_written(recorder, first) and is_written(recorder, "two"), 60)
        wait_for(lambda: recorder.stream(1)["recording"], 60)

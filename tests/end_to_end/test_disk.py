"""A disk that goes away and comes back while a camera is recorded."""

from datetime import datetime
from itertools import pairwise

import pytest

from recorder.store import initialise_disk
from tests.end_to_end.conftest import wait_for
from tests.end_to_end.test_kills import exported


def disk(recorder):
    return recorder.status()["disks"][0]


def moment_us(text):
    return round(datetime.fromisoformat(text).timestamp() * 1e6)


@pytest.mark.covers("V-REC-15", "P-REC-02")
def test_a_vanished_disk_is_told_and_what_it_cost_is_a_gap(shared, tmp_path):
    recorder = shared
    wait_for(lambda: recorder.spans(1), 90)
    place = recorder.data / "disks" / "disk1"
    away = recorder.data / "away"
    place.rename(away)
    lost = wait_for(lambda: (one := disk(recorder))["state"] != "writable" and one, 60)
    assert lost["reason"]
    wait_for(lambda: not recorder.stream(1)["recording"], 60)
    assert recorder.stream(1)["state"] == "playing"
    away.rename(place)
    wait_for(lambda: disk(recorder)["state"] == "writable" and recorder.stream(1)["recording"], 60)
    back = recorder.spans(1)[-1]["end"]
    wait_for(lambda: recorder.spans(1)[-1]["end"] > back, 60)
    stamps = [
        stamp
        for count, span in enumerate(recorder.spans(1))
        for stamp in exported(recorder, span, tmp_path / f"{count}.mp4")
    ]
    gaps = recorder.answer("gaps", "--channel", "1")
    holes = [(moment_us(gap["start"]) - 200_000, moment_us(gap["end"]) + 200_000, gap["reason"]) for gap in gaps]
    for before, after in pairwise(stamps):
        if after.frame != before.frame + 1:
            told = [why for start, end, why in holes if start <= before.time_us and after.time_us <= end]
            assert told == ["disk"], f"frames {before.frame} to {after.frame} are missing, told as {told}"


@pytest.mark.covers("P-REC-02")
def test_disks_that_change_places_are_told_apart_and_each_is_recorded_to_when_it_is_meant(shared):  # S10
    recorder = shared
    wait_for(lambda: recorder.spans(1), 90)
    place, first = recorder.data / "disks" / "disk1", disk(recorder)["id"]
    prepared = recorder.data / "prepared"
    other = initialise_disk(prepared, size_bytes=512 << 20, block_bytes=4 << 20, name="spare")
    place.rename(recorder.data / "first")
    prepared.rename(place)
    # A new one in its place: taken up without a word from anybody.
    wait_for(lambda: (disk(recorder)["id"], disk(recorder)["state"]) == (other, "writable"), 60)
    assert "where disk1 was before" in disk(recorder)["reason"]
    wait_for(lambda: disk(recorder)["used_bytes"], 60)

    # And so is the first one when it is back.
    place.rename(recorder.data / "spare")
    (recorder.data / "first").rename(place)
    wait_for(lambda: (disk(recorder)["id"], disk(recorder)["state"]) == (first, "writable"), 60)
    back = recorder.spans(1)[-1]["end"]
    wait_for(lambda: recorder.spans(1)[-1]["end"] > back, 60)

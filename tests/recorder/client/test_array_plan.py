"""What an array of some disks would be is told before anything is lost."""

import pytest

from hal.kinds import array
from hal.simulated.array import data_disks
from recorder.client.array_plan import FEWEST, GROWS, plan
from recorder.client.disk_words import LEVELS

TB = 10**12


def test_the_levels_take_as_many_disks_as_the_hardware_layer_says():
    assert {str(level): fewest for level, fewest in array.FEWEST.items()} == FEWEST
    assert set(FEWEST) == set(LEVELS)
    assert set(LEVELS) > GROWS


@pytest.mark.covers("D-STO-03")
@pytest.mark.parametrize("level", list(FEWEST))
@pytest.mark.parametrize("more", [0, 2])
def test_the_room_is_what_the_array_will_have(level, more):
    disks = [4 * TB] * (FEWEST[level] + (0 if level == "raid1" else more))
    assert plan(level, disks).capacity_bytes == data_disks(array.Level(level), len(disks)) * 4 * TB


def test_what_it_bears_and_what_is_not_used_of_larger_disks_is_said():
    told = plan("raid5", [4 * TB, 4 * TB, 6 * TB], [4 * TB])
    assert told.words == "It holds 8.0 TB. One disk may fail. 2.0 TB stay unused, since the disks differ."
    assert told.refusal == ""


@pytest.mark.parametrize(
    ("level", "disks", "spares", "why"),
    [
        ("raid5", 2, 0, "RAID 5 takes at least 3 disks; chosen: 2."),
        ("raid6", 0, 0, "RAID 6 takes at least 4 disks; chosen: 0."),
        ("raid1", 3, 0, "RAID 1 takes two disks. Make the others spares."),
        ("raid0", 2, 1, "RAID 0 cannot use a spare: with one disk less all is lost."),
    ],
)
def test_what_cannot_be_made_says_why(level, disks, spares, why):
    told = plan(level, [TB] * disks, [TB] * spares)
    assert (told.refusal, told.capacity_bytes) == (why, 0)


def test_a_spare_that_is_too_small_is_refused():
    assert "smaller" in plan("raid1", [2 * TB] * 2, [TB]).refusal

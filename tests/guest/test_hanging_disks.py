"""Disks that answer nothing for a while: told within 10 s, and nothing is lost without a word."""

from tests.guest.bays import DISK_MB, DRIVE, whole
from tests.guest.inside.film import PER_S
from tests.guest.mapped import Mapped

MB = 1 << 20
TOLD_S = 10
CAMERA_BYTES_PER_S = 28_000


def told_slow(recording, name):
    """Wait until a disk is told to be slow; by the cameras' clock that takes at most 10 s."""
    began = recording.state()["count"]
    seen = recording.until(lambda one: one["disks"][name][0] == "slow")
    assert seen["count"] - began <= (TOLD_S + 1) * PER_S, seen
    assert "has been going on for" in seen["disks"][name][1]


def test_while_a_disk_hangs_another_takes_its_streams_and_nothing_is_lost(guest, drives, bays):
    hung, other = Mapped(guest, drives("hung", DRIVE)), drives("other", DRIVE)
    bays.format(hung, "one", disk_mb=DISK_MB)
    bays.format(other, "two", disk_mb=DISK_MB)
    recording = bays.record()
    recording.disk_is("one", "writable")
    recording.disk_is("two", "writable")
    recording.for_seconds(4)
    with hung.hanging():
        told_slow(recording, "one")
        recording.for_seconds(25)
        # Nothing waits but what the disk holds in its hands, and the newest seconds.
        recording.until(lambda seen: seen["buffered"] < 10 * CAMERA_BYTES_PER_S * 4)
        assert recording.state()["disks"]["two"][0] == "writable"
    recording.disk_is("one", "writable")
    recording.for_seconds(3)
    account = recording.finish()
    assert whole(account), account
    assert account["found"] == account["sent"]


def test_while_the_only_disk_hangs_memory_is_bounded_and_every_loss_is_explained(guest, drives, bays):  # S7, S9
    hung = Mapped(guest, drives("hung", DRIVE))
    bays.format(hung, "bay", disk_mb=DISK_MB)
    recording = bays.record("--buffer-mb", "1")
    recording.disk_is("bay", "writable")
    recording.for_seconds(4)
    with hung.hanging():
        told_slow(recording, "bay")
        recording.for_seconds(10)
        assert recording.state()["buffered"] <= MB
    recording.disk_is("bay", "writable")
    recording.for_seconds(3)
    account = recording.finish()
    assert whole(account), account
    # What waited for the disk is lost by the disk, what found no room any more by overload.
    assert account["reasons"]
    assert set(account["reasons"]) <= {"disk", "overload"}

"""Disks that are pulled, replaced, swapped or not there: nothing is lost without a word, nothing written elsewhere."""

import pytest

from tests.guest.bays import DISK_MB, DRIVE, whole

MB = 1 << 20


@pytest.mark.covers("V-REC-15", "P-REC-02")
def test_a_disk_that_is_pulled_is_told_a_new_one_in_its_place_is_used_and_so_is_the_first_again(
    guest, drives, bays
):  # S7, S10
    other, first = drives("other", DRIVE), drives("first", DRIVE)
    bays.format(other, "bay", disk_mb=DISK_MB)
    bays.unmount("bay")
    other.pull()
    bays.format(first, "bay", disk_mb=DISK_MB)
    recording = bays.record("--buffer-mb", "1")
    recording.disk_is("bay", "writable")
    recording.for_seconds(5)

    first.pull()
    assert recording.until(lambda one: one["disks"]["bay"][0] != "writable")["disks"]["bay"][1]
    bays.unmount("bay")
    recording.disk_is("bay", "missing")
    # Long enough for memory to overflow: what is given up then must be explained.
    recording.for_seconds(25)
    assert guest.run(f"ls -A {bays.place('bay')}") == ""

    bays.mount(other.plug(), "bay")
    assert "It is new here" in recording.disk_is("bay", "writable")
    recording.for_seconds(5)
    bays.unmount("bay")

    bays.mount(first.plug(), "bay")
    recording.disk_is("bay", "writable")
    recording.for_seconds(5)
    recording.finish()
    # Each has what was recorded while it was there.
    bays.mount(other.device, "two")
    account = bays.account(recording)
    assert whole(account), account
    # What memory gave up in the moment before the disk was known to be gone is told as overload.
    assert "disk" in account["reasons"]
    assert set(account["reasons"]) <= {"disk", "overload"}
    assert account["found"] > 4 * 5 * 16


def test_a_second_disk_takes_over_when_the_first_is_pulled(drives, bays):
    one, two = drives("one", DRIVE), drives("two", DRIVE)
    bays.format(one, "one", disk_mb=DISK_MB)
    bays.format(two, "two", disk_mb=DISK_MB)
    recording = bays.record()
    recording.disk_is("one", "writable")
    recording.disk_is("two", "writable")
    recording.for_seconds(6)
    one.pull()
    recording.until(lambda seen: seen["disks"]["one"][0] != "writable")
    recording.until(lambda seen: seen["exposed_s"] < 6)
    recording.for_seconds(5)
    bays.unmount("one")
    bays.mount(one.plug(), "one")
    recording.disk_is("one", "writable")
    account = recording.finish()
    assert whole(account), account
    # Samples waited in memory for the other disk.
    assert account["found"] == account["sent"]


def test_two_disks_that_change_places_keep_their_footage(drives, bays):  # S4
    one, two = drives("one", DRIVE), drives("two", DRIVE)
    bays.format(one, "one", disk_mb=DISK_MB)
    bays.format(two, "two", disk_mb=DISK_MB)
    before = bays.record()
    before.disk_is("one", "writable")
    before.disk_is("two", "writable")
    before.for_seconds(6)
    first = before.finish()
    assert first["found"] == first["sent"] > 0
    bays.unmount("one")
    bays.unmount("two")
    bays.mount(one.device, "two")
    bays.mount(two.device, "one")
    after = bays.record("--subs", "2")
    after.until(lambda seen: [state for state, _why in seen["disks"].values()] == ["writable"] * 2)
    after.for_seconds(4)
    second = after.finish()
    # What the first run recorded is not its own, and plays.
    assert second["invented"] == first["found"]
    assert second["found"] == second["sent"] > 0
    assert bays.account(before)["found"] >= before.state()["count"] * 4


def test_a_bare_mount_point_is_never_written_to_and_the_disk_is_used_when_it_is_mounted(guest, drives, bays):  # S10
    drive = drives("late", DRIVE)
    bays.format(drive, "bay", disk_mb=DISK_MB)
    bays.unmount("bay")
    recording = bays.record()
    recording.disk_is("bay", "missing")
    recording.for_seconds(6)
    assert guest.run(f"ls -A {bays.place('bay')}") == ""
    bays.mount(drive.device, "bay")
    recording.disk_is("bay", "writable")
    recording.for_seconds(3)
    account = recording.finish()
    assert whole(account), account
    assert account["found"] == account["sent"]


def test_a_file_system_that_an_error_turns_read_only_is_told_and_is_used_again_when_it_is_mended(guest, drives, bays):
    drive = drives("turning", DRIVE)
    bays.format(drive, "bay", disk_mb=DISK_MB)
    bays.unmount("bay")
    bays.mount(drive.device, "bay", "noatime,errors=remount-ro")
    recording = bays.record()
    recording.disk_is("bay", "writable")
    recording.for_seconds(6)
    guest.run(f"echo an error > /sys/fs/ext4/{drive.device.removeprefix('/dev/')}/trigger_fs_error")
    assert "Read-only" in recording.disk_is("bay", "read_only")
    recording.for_seconds(6)
    assert recording.state()["disks"]["bay"][0] == "read_only"
    bays.unmount("bay")
    recording.disk_is("bay", "missing")
    bays.mount(drive.device, "bay")
    recording.disk_is("bay", "writable")
    recording.for_seconds(3)
    account = recording.finish()
    assert whole(account), account
    assert account["found"] == account["sent"]

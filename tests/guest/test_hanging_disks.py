"""Disks that answer nothing for a while: told within 10 s, nothing is lost without a word, and others play on."""

import json
import signal

from tests.guest.bays import DATA, DISK_MB, DRIVE, STATE_S, whole
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


def played(guest, *streams):
    """Give by stream how many pictures came of it, and why no more did."""
    playing = guest.python("tests.guest.inside.play", DATA, *streams)

    def told():
        whole = playing.output[: playing.output.rfind("\n") + 1]
        return [json.loads(line.removeprefix("PLAYED ")) for line in whole.splitlines() if line.startswith("PLAYED ")]

    playing.until(lambda: len(told()) == len(streams), STATE_S, "the end of what is played")
    return {stream: [pictures, why] for stream, pictures, why in told()}


def test_while_a_disk_hangs_the_other_plays_who_wants_it_is_told_which_it_is_and_then_it_plays(guest, drives, bays):
    hung, other = Mapped(guest, drives("hung", DRIVE)), drives("other", DRIVE)
    bays.format(hung, "one", disk_mb=DISK_MB)
    before = bays.record("--mains", "1")
    before.disk_is("one", "writable")
    before.for_seconds(5)
    sent = before.finish()["sent"]
    bays.unmount("one")
    bays.format(other, "two", disk_mb=DISK_MB)
    recording = bays.record("--mains", "0", "--subs", "1")
    recording.disk_is("two", "writable")
    recording.for_seconds(6)
    bays.mount(hung.device, "one")
    recording.disk_is("one", "writable")
    reader = guest.python("recorder.reader", "--data", DATA)
    reader.wait_for("ready")
    try:
        guest.run("echo 3 > /proc/sys/vm/drop_caches")
        with hung.hanging():
            filmed = recording.state()["count"]
            for _turn in range(10):
                found = played(guest, "1/main", "1/sub")
                # A machine that is busy may be late with the other disk too: then whoever wants it asks again.
                if found["1/sub"][1] == "end":
                    break
            assert found["1/sub"][0] >= 6 * PER_S, found
            assert found["1/sub"][1] == "end", found
            assert found["1/main"][0] == 0, found
            assert "Disk one does not answer" in found["1/main"][1], found
            recording.until(lambda one: one["count"] > filmed and one["disks"]["two"][0] == "writable")
        found = played(guest, "1/main", "1/sub")
        assert found["1/main"] == [sent, "end"], found
    finally:
        reader.signal(signal.SIGTERM)
    account = recording.finish()
    assert whole(account), account
    assert account["found"] == account["sent"]

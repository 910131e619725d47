"""A file system that turns read-only while recording, at any moment: told, played on, and used again (S1, S7)."""

import contextlib
import errno
from pathlib import Path

import pytest

from recorder.client.recording import GapReason
from recorder.client.status import DiskState
from recorder.store import StorePolicy
from tests.recorder.store.faulty_disk import FailingFiles
from tests.recorder.store.rig import ALWAYS, ANOTHER_BOOT, MAIN, SUB, played, simple, unflagged

BEFORE_S, UNTIL_SEEN_S, AFTER_S = 3, 6, 5


def recorder(rig_on, kinds=("open", "write", "sync"), **policy):
    files = FailingFiles(kinds=kinds)
    rig = rig_on(files=files, blocks=40)
    store = rig.store(policy=StorePolicy(**policy))
    # As much as fills a block now and then, so that blocks are claimed and sealed as well.
    cameras = [rig.camera(MAIN, size=9000), rig.camera(SUB)]
    rig.film(store, *cameras, seconds=BEFORE_S)
    return rig, files, store, cameras


def places(rig_on, kinds):
    """Give one of each kind of moment that recording comes to, by what was done before and is to be done."""
    rig, files, store, cameras = recorder(rig_on)
    begin = len(files.asked)
    rig.film(store, *cameras, seconds=UNTIL_SEEN_S)
    asked = [one.split("/")[0] for one in files.asked]
    assert {"open blocks", "write catalog", "write blocks", "sync catalog", "sync blocks"} == {*asked[begin:]}
    moments = {(*asked[n - 2 : n], asked[n]): n for n in range(begin, len(asked)) if asked[n].split()[0] in kinds}
    return sorted(moments.values())


def what(store):
    (disk,) = store.status()
    return disk.state, disk.reason


def held(rig):
    """Give what of the disk this process has open."""
    links = []
    for one in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            links.append(str(one.readlink()))
    return {one for one in links if one.startswith(str(rig.disk))}


@pytest.mark.covers("V-REC-15", "P-REC-02")
@pytest.mark.parametrize("kinds", [("open", "write", "sync"), ("sync",)], ids=["everything", "syncs"])
def test_whatever_a_read_only_file_system_refuses_first_nothing_is_lost_and_recording_comes_back(rig_on, kinds):
    # An aborted journal refuses syncs, and lets pass what overwrites extents that are written already.
    for at in places(rig_on, kinds):
        rig, files, store, cameras = recorder(rig_on, kinds)
        files.fail_from = at
        rig.film(store, *cameras, seconds=UNTIL_SEEN_S)
        refused = files.asked[at]
        assert what(store) == (DiskState.READ_ONLY, "Read-only file system"), refused
        since = store.status()[0].since_us
        rig.film(store, *cameras, seconds=6)
        assert store.status()[0].since_us == since, refused
        # A file that stayed open would keep the mount, and with it the fault, for as long as we run.
        assert held(rig) <= {str(rig.disk)}, refused
        safe = dict(rig.durable)
        for one in cameras:
            due = [sample for sample in one.sent if sample.wall_us <= safe[one.key]]
            assert set(unflagged(simple(due))) <= set(unflagged(played(rig.reader(), one.key))), refused  # S1
        files.fail_from = None
        rig.film(store, *cameras, seconds=AFTER_S)
        store.flush()
        assert what(store) == (DiskState.WRITABLE, ""), refused
        for one in cameras:
            assert set(unflagged(played(rig.reader(), one.key))) == set(unflagged(simple(one.sent))), refused
            assert rig.reader().gaps(one.key, 0, ALWAYS) == [], refused


def test_what_memory_gives_up_while_a_file_system_is_read_only_is_a_gap_with_a_reason(rig_on):  # S7
    rig, files, store, cameras = recorder(rig_on, buffer_bytes=200_000)
    files.fail_from = len(files.asked)
    rig.film(store, *cameras, seconds=30)
    assert store.buffered_bytes() <= 200_000
    files.fail_from = None
    rig.film(store, *cameras, seconds=AFTER_S)
    store.flush()
    for one in cameras:
        found = {sample[2] for sample in played(rig.reader(), one.key)}
        gaps = rig.reader().gaps(one.key, 0, ALWAYS)
        missing = [sample.wall_us for sample in one.sent if sample.wall_us not in found]
        assert all(any(gap.start_us <= wall <= gap.end_us for gap in gaps) for wall in missing)
        assert {gap.reason for gap in gaps} <= {GapReason.DISK, GapReason.OVERLOAD}
    assert any(gap.reason is GapReason.DISK for gap in rig.reader().gaps(MAIN, 0, ALWAYS))


def test_a_recorder_that_ends_while_the_file_system_is_read_only_explains_the_hole_at_its_next_start(rig_on):  # S7
    rig, files, store, cameras = recorder(rig_on)
    files.fail_from = len(files.asked)
    rig.film(store, *cameras, seconds=10)
    rig.close(store)
    files.fail_from = None
    later = rig.store()
    rig.film(later, *cameras, seconds=4)
    later.flush()
    for one in cameras:
        found = {sample[2] for sample in played(rig.reader(), one.key)}
        missing = [sample.wall_us for sample in one.sent if sample.wall_us not in found]
        gaps = rig.reader().gaps(one.key, 0, ALWAYS)
        assert missing
        assert all(any(gap.start_us <= wall <= gap.end_us for gap in gaps) for wall in missing)


def test_footage_on_a_file_system_that_is_read_only_from_the_start_plays_without_the_index_of_before(rig_on):  # S3
    rig, files, store, cameras = recorder(rig_on)
    rig.close(store)
    rig.index.unlink()
    files.fail_from = 0
    later = rig.store(boot=ANOTHER_BOOT)
    rig.film(later, *cameras, seconds=0.2)
    assert what(later) == (DiskState.READ_ONLY, "Read-only file system")
    for one in cameras:
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent[:-1]))


def test_samples_go_to_another_disk_while_a_file_system_is_read_only(rig_on):
    rig, files, store, cameras = recorder(rig_on)
    rig.close(store)
    rig.more("two")
    later = rig.store()
    rig.film(later, *cameras, seconds=3)
    files.fail_from = len(files.asked)
    rig.film(later, *cameras, seconds=10)
    assert {one.state for one in later.status()} == {DiskState.READ_ONLY, DiskState.WRITABLE}
    assert later.buffered_bytes() < sum(len(one.data) for one in cameras[0].sent[-25:])
    later.flush()
    for one in cameras:
        assert set(unflagged(played(rig.reader(), one.key))) == set(unflagged(simple(one.sent)))


def test_a_sync_that_the_disk_itself_refuses_in_recovery_is_never_tried_again(rig_on):
    rig, files, store, cameras = recorder(rig_on)
    rig.crash(store)
    # Blocks are old enough to be sealed at once: recovery writes to them before it logs anything.
    rig.clock.advance(25 * 3600)
    files.error, files.kinds, files.fail_from = errno.EIO, ("sync",), 0
    later = rig.store(boot=ANOTHER_BOOT)
    assert what(later)[0] is DiskState.FAILED
    asked = len(files.asked)
    files.fail_from = None
    rig.film(later, *cameras, seconds=10)
    assert what(later)[0] is DiskState.FAILED
    assert len(files.asked) == asked

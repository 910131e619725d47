"""Disks that fail, go and come back: told in a state, never written where they are not, resumed by themselves (S10)."""

import errno
import shutil
import threading
import time

import pytest

from recorder.client.recording import GapReason, RecordType
from recorder.client.status import DiskDoubt, DiskState
from recorder.store import Disk, StorePolicy, StoreWriter, initialise_disk, read_disks
from recorder.store.errors import AlreadyADisk, BadDiskSize, NoSpace
from recorder.store.pacing import Pacing
from recorder.store.policy import DiskUse
from recorder.store.write_pass import WritePass
from tests.recorder.store.faulty_disk import RefusingFiles, bytes_of
from tests.recorder.store.rig import ALWAYS, BOOT, MAIN, played, simple, unflagged


def state(store):
    return store.status()[0].state


def test_a_vanished_disk_is_missing_and_is_used_again_when_it_returns(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=4)
    away = rig.disk.with_name(".away")
    rig.disk.rename(away)
    rig.film(store, camera, seconds=5)
    assert state(store) is DiskState.MISSING
    assert store.status()[0].reason
    since = store.status()[0].since_us
    away.rename(rig.disk)
    rig.film(store, camera, seconds=5)
    store.flush()
    assert state(store) is DiskState.WRITABLE
    assert store.status()[0].since_us > since
    # Samples waited for it: nothing is lost over a short absence.
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))


def test_nothing_is_written_where_the_disk_is_not(rig):  # S10
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    rig.disk.rename(rig.disk.with_name(".away"))
    rig.clock.advance(2)
    store.step()
    rig.disk.mkdir()  # the bare mount point
    rig.film(store, camera, seconds=5)
    assert state(store) is DiskState.MISSING
    assert list(rig.disk.iterdir()) == []


@pytest.fixture
def swapped(rig):
    """The disk of a recording store is pulled, and another, where nothing was ever recorded, lies in its place."""
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=4)
    rig.disk.rename(rig.place / "first")
    other = initialise_disk(rig.disk, size_bytes=rig.size, block_bytes=128 << 10, name="other", clock=rig.clock)
    return store, camera, other


def put_back(rig):
    rig.disk.rename(rig.place / "other")
    (rig.place / "first").rename(rig.disk)


def test_a_new_disk_in_the_place_of_one_that_was_lost_is_recorded_to_by_itself(rig, swapped):
    store, camera, other = swapped
    rig.film(store, camera, seconds=5)
    found = store.status()[0]
    assert (found.state, found.doubt) == (DiskState.WRITABLE, DiskDoubt.NONE)
    assert (found.name, found.id, found.place) == ("other", other, "one")
    # What it stands for is told: nobody is asked, and nobody forgets the one that is missed.
    assert "where one was before" in found.reason
    store.flush()
    (rig.place / "first").rename(rig.disks / "two")
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))


@pytest.mark.parametrize("empty_meanwhile", [False, True])
def test_when_the_first_disk_returns_both_are_known_and_nothing_is_lost(rig, swapped, empty_meanwhile):
    store, camera, other = swapped
    rig.film(store, camera, seconds=4)
    if empty_meanwhile:
        rig.disk.rename(rig.place / "away")
        rig.film(store, camera, seconds=4)
        found = store.status()[0]
        assert (found.state, found.name, found.id) == (DiskState.MISSING, "other", other), "the one that is missed"
        (rig.place / "away").rename(rig.disk)
    put_back(rig)
    rig.film(store, camera, seconds=4)
    found = store.status()[0]
    assert (found.state, found.doubt, found.id, found.reason) == (DiskState.WRITABLE, DiskDoubt.NONE, rig.id, "")
    # Whichever of the two lies there now is written, without a word from anybody.
    rig.disk.rename(rig.place / "first")
    (rig.place / "other").rename(rig.disk)
    rig.film(store, camera, seconds=4)
    found = store.status()[0]
    assert (found.state, found.id, found.reason) == (DiskState.WRITABLE, other, "")
    store.flush()
    # What lies on either is found where it is mounted.
    (rig.place / "first").rename(rig.disks / "two")
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))


def test_a_disk_of_another_recorder_in_its_place_is_told_as_such(rig, tmp_path):
    strange = StoreWriter([Disk(rig.disk, rig.clock)], tmp_path / "b" / "index", rig.clock, BOOT, threads=False)
    strange.start()
    rig.film(strange, rig.camera(), seconds=4)
    strange.close()
    rig.disk.rename(rig.place / "strange")
    initialise_disk(rig.disk, size_bytes=rig.size, block_bytes=128 << 10, name="one", clock=rig.clock)
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=4)
    rig.disk.rename(rig.place / "first")
    (rig.place / "strange").rename(rig.disk)
    before = bytes_of(rig.disk)
    rig.film(store, camera, seconds=4)
    assert (store.status()[0].state, store.status()[0].doubt) == (DiskState.READ_ONLY, DiskDoubt.FOREIGN)
    assert bytes_of(rig.disk) == before


def test_two_disks_that_change_places_while_recording_go_on_where_they_are_now(rig):
    two = rig.more("two")
    store = rig.store()
    cameras = [rig.camera(MAIN), rig.camera(MAIN.__class__(2))]
    rig.film(store, *cameras, seconds=4)
    rig.disk.rename(rig.place / "away")
    (rig.disks / "two").rename(rig.disk)
    (rig.place / "away").rename(rig.disks / "two")
    rig.film(store, *cameras, seconds=8)
    assert [(one.state, one.id, one.place) for one in store.status()] == [
        (DiskState.WRITABLE, two, "one"),
        (DiskState.WRITABLE, rig.id, "two"),
    ]
    store.flush()
    for one in cameras:
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent))


def test_a_disk_that_was_set_aside_is_replaced_by_a_new_one_without_a_question(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=4)
    store.set_policy(StorePolicy(disks={rig.id: DiskUse(read_only=True)}))
    rig.film(store, camera, seconds=4)
    assert store.status()[0].set_aside
    rig.disk.rename(rig.place / "first")
    other = initialise_disk(rig.disk, size_bytes=rig.size, block_bytes=128 << 10, name="other", clock=rig.clock)
    rig.film(store, camera, seconds=4)
    assert (store.status()[0].state, store.status()[0].id) == (DiskState.WRITABLE, other)


def test_what_a_failed_pass_left_on_a_disk_plays_once_after_another_lay_in_its_place(rig):
    files = RefusingFiles()
    store = rig.store(files=files)
    camera = rig.camera()
    rig.film(store, camera, seconds=4)
    # The chunks reach the disk, and their sync is refused as a file system does that turned read-only.
    files.sync_error = errno.EROFS
    rig.film(store, camera, seconds=2)
    rig.disk.rename(rig.place / "first")
    other = initialise_disk(rig.disk, size_bytes=rig.size, block_bytes=128 << 10, name="other", clock=rig.clock)
    files.sync_error = 0
    rig.film(store, camera, seconds=7)
    assert (state(store), store.status()[0].id) == (DiskState.WRITABLE, other)
    put_back(rig)
    rig.film(store, camera, seconds=4)
    assert store.status()[0].id == rig.id
    store.flush()
    (rig.place / "other").rename(rig.disks / "two")
    got = unflagged(played(rig.reader()))
    assert got == unflagged(simple(camera.sent))


def test_a_disk_that_was_never_initialised_is_missing_and_stays_empty(rig):
    place = rig.disks / "bare"
    place.mkdir()
    disk = Disk.open(place, rig.clock)
    assert disk.status().state is DiskState.MISSING
    assert "disk.json" not in [one.name for one in place.iterdir()]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errno.EROFS, DiskState.READ_ONLY),
        (errno.EIO, DiskState.FAILED),
        (errno.ENOSPC, DiskState.FULL),
        (errno.ENODEV, DiskState.MISSING),
    ],
)
@pytest.mark.parametrize("busy", [False, True])
def test_a_refused_write_is_a_state_and_recording_resumes_when_it_is_over(rig, error, told, busy, monkeypatch):
    if busy:
        # What is written next is filled by another thread meanwhile.
        monkeypatch.setattr(Pacing, "stretched", True)
    files = RefusingFiles()
    store = rig.store(files=files)
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    files.error = error
    rig.film(store, camera, seconds=8)
    assert state(store) is told
    files.error = 0
    rig.film(store, camera, seconds=4)
    store.flush()
    assert state(store) is DiskState.WRITABLE
    assert set(unflagged(simple(camera.sent))) <= set(unflagged(played(rig.reader())))


def test_a_failed_sync_takes_the_disk_offline_and_is_never_retried(rig):
    files = RefusingFiles()
    store = rig.store(files=files)
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    durable = list(rig.durable)
    files.sync_error = errno.EIO
    rig.film(store, camera, seconds=2)
    assert state(store) is DiskState.FAILED
    assert rig.durable == durable
    files.sync_error = 0
    rig.film(store, camera, seconds=10)
    assert state(store) is DiskState.FAILED
    assert rig.durable == durable
    # Pulled and put back it is looked at anew.
    rig.disk.rename(rig.disk.with_name(".away"))
    rig.film(store, camera, seconds=3)
    rig.disk.with_name(".away").rename(rig.disk)
    rig.film(store, camera, seconds=3)
    assert state(store) is DiskState.WRITABLE


def test_while_no_disk_takes_it_memory_is_bounded_and_the_loss_has_a_reason(rig):
    store = rig.store(policy=StorePolicy(buffer_bytes=100_000))
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    away = rig.disk.with_name(".away")
    rig.disk.rename(away)
    for _n in range(60):
        rig.film(store, camera, seconds=1)
        assert store.buffered_bytes() <= 100_000
    away.rename(rig.disk)
    rig.film(store, camera, seconds=5)
    store.flush()
    found = rig.reader().gaps(MAIN, 0, ALWAYS)
    assert {one.reason for one in found} == {GapReason.DISK}
    got = {one[2] for one in played(rig.reader())}
    missing = [one.wall_us for one in camera.sent if one.wall_us not in got]
    assert missing
    assert all(any(gap.start_us <= wall <= gap.end_us for gap in found) for wall in missing)


def test_two_recorders_never_write_to_one_disk(rig):
    store = rig.store()
    rig.film(store, rig.camera(), seconds=2)
    other = StoreWriter([Disk(rig.disk, rig.clock)], rig.place / "b" / "index", rig.clock, BOOT, threads=False)
    other.start()
    assert state(other) is DiskState.MISSING
    assert "another recorder" in other.status()[0].reason
    other.close()


def test_a_stream_moves_to_another_disk_when_its_own_fails(rig):
    initialise_disk(rig.disks / "two", size_bytes=rig.size, block_bytes=128 << 10, name="two")
    files = RefusingFiles()
    disks = [Disk(rig.disk, rig.clock, files), Disk(rig.disks / "two", rig.clock)]
    store = StoreWriter(disks, rig.index, rig.clock, BOOT, threads=False)
    rig.minds(store)
    store.start()
    cameras = [rig.camera(MAIN), rig.camera(MAIN.__class__(2))]
    rig.film(store, *cameras, seconds=3)
    assert {one.used_bytes > 0 for one in store.status()} == {True}
    files.error = errno.EIO
    rig.film(store, *cameras, seconds=5)
    store.flush()
    for one in cameras:
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent))


def test_what_waited_for_a_pulled_disk_is_lost_for_the_disk_though_another_takes_the_stream(rig):
    initialise_disk(rig.disks / "two", size_bytes=rig.size, block_bytes=128 << 10, name="two")
    files = RefusingFiles()
    disks = [Disk(rig.disk, rig.clock, files), Disk(rig.disks / "two", rig.clock)]
    store = StoreWriter(disks, rig.index, rig.clock, BOOT, StorePolicy(buffer_bytes=60_000), threads=False)
    rig.minds(store)
    store.start()
    cameras = [rig.camera(MAIN), rig.camera(MAIN.__class__(2))]
    rig.film(store, *cameras, seconds=4)
    mine = next(one for one in cameras if store.open_stream(one.key).home.disk.path == rig.disk)
    before_us = rig.clock.now_us()
    for _n in range(20):
        mine.put(store)
        rig.clock.advance(0.2)
    files.error = errno.ENODEV
    one, two = store._writers
    one.step()
    store.streams_of(two.disk)
    assert store.open_stream(mine.key).home.disk.path == rig.disks / "two"
    # More than memory holds, before the other disk has taken any of it.
    for _n in range(20):
        mine.put(store)
    rig.film(store, *cameras, seconds=4)
    store.flush()
    found = rig.reader().gaps(mine.key, before_us, ALWAYS)
    assert found
    assert {one.reason for one in found} == {GapReason.DISK}


def test_a_mount_that_hangs_holds_up_no_reader_of_the_others(rig, monkeypatch):
    rig.more("two")
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=4)
    store.flush()
    there = next(one.place for one in store.status() if one.used_bytes)
    go, asked, read = threading.Event(), [], read_disks.Identity.read

    def hanging(directory, path):
        if path.name != there:
            asked.append(path.name)
            assert go.wait(60)
        return read(directory, path)

    monkeypatch.setattr(read_disks, "LOOK_S", 0.2)
    monkeypatch.setattr(read_disks.Identity, "read", hanging)
    reader = rig.reader()
    for _n in range(3):
        assert unflagged(played(reader)) == unflagged(simple(camera.sent))
        rig.clock.advance(3)
    assert len(asked) == 1, "it is not asked again before it has answered"
    go.set()
    disks, end = reader._disks, time.monotonic() + 60
    while len(disks._disks) < 2 and time.monotonic() < end:
        rig.clock.advance(3)
        assert unflagged(played(reader)) == unflagged(simple(camera.sent))
    assert len(disks._disks) == 2


def test_an_unreadable_catalog_is_told_in_words_with_what_to_do(rig):
    data = (rig.disk / "catalog").read_bytes()
    (rig.disk / "catalog").write_bytes(bytes(len(data)))
    store = rig.store()
    assert state(store) is DiskState.FAILED
    assert "rebuild" in store.status()[0].reason


def test_only_an_empty_directory_becomes_a_disk(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(AlreadyADisk):
        initialise_disk(tmp_path, size_bytes=4 << 20, block_bytes=128 << 10, name="x")
    assert [one.name for one in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_disk_is_refused_that_is_too_small_or_does_not_fit(tmp_path):
    with pytest.raises(BadDiskSize):
        initialise_disk(tmp_path / "a", size_bytes=1 << 20, block_bytes=1 << 20, name="x")
    with pytest.raises(BadDiskSize):
        initialise_disk(tmp_path / "a", size_bytes=1 << 30, block_bytes=(1 << 20) + 1, name="x")
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(NoSpace):
        initialise_disk(tmp_path / "b", size_bytes=free * 2, block_bytes=1 << 30, name="x")


@pytest.mark.covers("P-POOL-13")
def test_all_files_of_a_disk_stay_within_its_size(tmp_path):
    initialise_disk(tmp_path / "d", size_bytes=8 << 20, block_bytes=256 << 10, name="d")
    assert sum(one.stat().st_size for one in (tmp_path / "d").rglob("*") if one.is_file()) <= 8 << 20
    blocks = list((tmp_path / "d").rglob("*.block"))
    assert len(blocks) > 20
    assert {one.stat().st_size for one in blocks} == {256 << 10}


def test_what_breaks_the_writer_leaves_nobody_who_asked_without_an_answer(rig, monkeypatch):
    store = rig.store()
    rig.film(store, rig.camera(), seconds=2)
    heard = []

    def mark(name):
        store.mark(name, [MAIN], rig.clock.now_us(), 0, None, RecordType.ALARM, heard.append)

    def fail(*_about):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(WritePass, "_run", fail)
        mark("first")
        with pytest.raises(ZeroDivisionError):
            store.step()
    assert heard == [False]
    mark("second")
    store.step()
    assert heard == [False, True]

"""Disks of other recorders, copies, older states: played where they can, never written before they are adopted."""

import os
import shutil

import pytest

from recorder.client.errors import NotFound
from recorder.client.status import DiskDoubt, DiskState
from recorder.client.stream import StreamKey
from recorder.store import Disk, StoreReader, StoreWriter
from recorder.store.check import check
from recorder.store.errors import NothingToAdopt, WrongDiskId
from tests.recorder.store.faulty_disk import bytes_of
from tests.recorder.store.rig import ANOTHER_BOOT, BOOT, MAIN, played, simple, unflagged


def told(store, place):
    return next(one for one in store.status() if one.place == place)


@pytest.fixture
def foreign(rig):
    """The disk of one recorder, recorded to and pulled; `another` opens it at a second one."""
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=15)
    rig.close(store)
    rig.recorded = camera
    rig.elsewhere = rig.place / "elsewhere" / "index.sqlite"

    def another():
        found = StoreWriter([Disk(rig.disk, rig.clock)], rig.elsewhere, rig.clock, ANOTHER_BOOT, threads=False)
        rig.minds(found)
        found.start()
        return found

    rig.another = another
    return rig


def test_a_disk_of_another_recorder_is_shown_and_played_and_never_written(foreign):  # S4
    before = bytes_of(foreign.disk)
    store = foreign.another()
    foreign.film(store, foreign.camera(StreamKey(2)), seconds=5)
    found = told(store, "one")
    assert (found.state, found.doubt) == (DiskState.READ_ONLY, DiskDoubt.FOREIGN)
    assert "another recorder" in found.reason
    reader = StoreReader(foreign.disks, foreign.elsewhere, foreign.clock)
    assert unflagged(played(reader)) == unflagged(simple(foreign.recorded.sent))
    assert store.oldest()[MAIN] == foreign.recorded.sent[0].wall_us
    reader.close()
    store.close()
    assert bytes_of(foreign.disk) == before


def test_it_is_adopted_with_all_its_footage_when_its_id_is_typed_back(foreign):  # S4
    store = foreign.another()
    camera = foreign.camera(StreamKey(2))
    foreign.film(store, camera, seconds=3)
    for wrong in ("", foreign.id[:7], "0" * 32):
        with pytest.raises(WrongDiskId):
            store.disks.adopt("one", wrong)
    with pytest.raises(NotFound):
        store.disks.adopt("two", foreign.id)
    foreign.film(store, camera, seconds=3)
    assert told(store, "one").doubt is DiskDoubt.FOREIGN
    store.disks.adopt("one", foreign.id[:8].upper())
    foreign.film(store, camera, seconds=5)
    assert told(store, "one").state is DiskState.WRITABLE
    assert told(store, "one").doubt is DiskDoubt.NONE
    with pytest.raises(NothingToAdopt):
        store.disks.adopt("one", foreign.id)
    store.flush()
    reader = StoreReader(foreign.disks, foreign.elsewhere, foreign.clock)
    assert unflagged(played(reader)) == unflagged(simple(foreign.recorded.sent))
    assert unflagged(played(reader, camera.key)) == unflagged(simple(camera.sent))
    reader.close()
    store.close()
    assert check(foreign.disk).damage == []
    # From now on it is the other's: at home it must be adopted again, once.
    home = foreign.store()
    assert told(home, "one").doubt is DiskDoubt.FOREIGN


def test_an_adopted_disk_stays_adopted(foreign):
    store = foreign.another()
    store.disks.adopt("one", foreign.id)
    foreign.film(store, foreign.camera(), seconds=5)
    store.close()
    again = foreign.another()
    assert told(again, "one").state is DiskState.WRITABLE


def test_a_disk_that_was_never_recorded_to_needs_no_adoption(rig):
    store = rig.store()
    assert told(store, "one").state is DiskState.WRITABLE


class Untouched:
    """Has every disk mounted for reading alone, as one is until it is known whose it is; `write` has them written."""

    def __init__(self, monkeypatch):
        self.flags = os.ST_RDONLY
        real = os.fstatvfs

        def mounted(place):
            found = list(real(place))
            found[8] |= self.flags
            return os.statvfs_result(found)

        monkeypatch.setattr(os, "fstatvfs", mounted)

    def write(self):
        self.flags = 0


@pytest.fixture
def untouched(monkeypatch):
    return Untouched(monkeypatch)


def test_a_disk_of_another_is_known_by_a_look_at_it_and_adopted_before_anything_of_it_is_written(foreign, untouched):
    before = bytes_of(foreign.disk)
    store = foreign.another()
    camera = foreign.camera(StreamKey(2))
    foreign.film(store, camera, seconds=3)
    assert (told(store, "one").state, told(store, "one").doubt) == (DiskState.READ_ONLY, DiskDoubt.FOREIGN)
    assert "another recorder" in told(store, "one").reason
    reader = StoreReader(foreign.disks, foreign.elsewhere, foreign.clock)
    assert unflagged(played(reader)) == unflagged(simple(foreign.recorded.sent))
    reader.close()
    store.disks.adopt("one", foreign.id)
    foreign.film(store, camera, seconds=5)
    # What control waits for before it has the disk mounted to be written.
    assert (told(store, "one").state, told(store, "one").doubt) == (DiskState.READ_ONLY, DiskDoubt.NONE)
    assert bytes_of(foreign.disk) == before
    untouched.write()
    foreign.film(store, camera, seconds=5)
    assert (told(store, "one").state, told(store, "one").doubt) == (DiskState.WRITABLE, DiskDoubt.NONE)
    store.flush()
    reader = StoreReader(foreign.disks, foreign.elsewhere, foreign.clock)
    assert unflagged(played(reader, camera.key)) == unflagged(simple(camera.sent))
    reader.close()


def test_a_disk_of_ours_is_known_by_a_look_at_it_and_recorded_to_as_soon_as_it_can_be(rig, untouched):
    untouched.write()
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=5)
    rig.close(store)
    before = bytes_of(rig.disk)
    untouched.flags = os.ST_RDONLY
    again = rig.store()
    assert (told(again, "one").state, told(again, "one").doubt) == (DiskState.READ_ONLY, DiskDoubt.NONE)
    assert bytes_of(rig.disk) == before
    untouched.write()
    rig.film(again, camera, seconds=5)
    assert told(again, "one").state is DiskState.WRITABLE
    again.flush()
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))


def set_back(rig):
    """Film, and set the disk back to what it was half way; gives the camera."""
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=5)
    rig.close(store)
    shutil.copytree(rig.disk, rig.place / "copy")
    store = rig.store()
    rig.film(store, camera, seconds=5)
    rig.close(store)
    shutil.rmtree(rig.disk)
    shutil.copytree(rig.place / "copy", rig.disk)
    return camera


def test_an_older_state_is_known_by_a_look_at_it(rig, untouched):
    untouched.write()
    set_back(rig)
    untouched.flags = os.ST_RDONLY
    assert told(rig.store(), "one").doubt is DiskDoubt.STALE


def test_an_older_state_of_a_disk_is_told_and_not_written(rig):
    camera = set_back(rig)
    before = bytes_of(rig.disk)
    store = rig.store()
    rig.film(store, camera, seconds=3)
    assert told(store, "one").doubt is DiskDoubt.STALE
    assert "older state" in told(store, "one").reason
    assert bytes_of(rig.disk) == before
    store.disks.adopt("one", rig.id)
    rig.film(store, camera, seconds=5)
    assert told(store, "one").state is DiskState.WRITABLE
    rig.close(store)
    again = rig.store()
    assert told(again, "one").state is DiskState.WRITABLE


def copies(rig):
    """Two disks of one id, made while neither was in use."""
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=5)
    rig.close(store)
    shutil.copytree(rig.disk, rig.disks / "two")
    rig._others["two"] = None
    return camera


def test_of_two_disks_with_one_id_neither_is_written_until_one_is_chosen(rig):
    camera = copies(rig)
    before = [bytes_of(rig.disks / one) for one in ("one", "two")]
    store = rig.store()
    rig.film(store, camera, seconds=5)
    assert {told(store, one).doubt for one in ("one", "two")} == {DiskDoubt.CLONE}
    assert "same id" in told(store, "two").reason
    assert [bytes_of(rig.disks / one) for one in ("one", "two")] == before
    store.disks.adopt("two", rig.id)
    rig.film(store, camera, seconds=5)
    assert told(store, "two").state is DiskState.WRITABLE
    assert told(store, "one").doubt is DiskDoubt.CLONE
    assert bytes_of(rig.disk) == before[0]
    rig.close(store)
    # The choice holds after a restart, and pulling the other makes no difference.
    again = rig.store()
    assert told(again, "two").state is DiskState.WRITABLE
    assert told(again, "one").doubt is DiskDoubt.CLONE
    shutil.rmtree(rig.disk)
    rig.film(again, camera, seconds=5)
    assert told(again, "two").state is DiskState.WRITABLE


def test_when_the_copy_is_pulled_the_other_is_recorded_to(rig):
    camera = copies(rig)
    store = rig.store()
    rig.film(store, camera, seconds=3)
    shutil.rmtree(rig.disks / "two")
    rig.film(store, camera, seconds=5)
    assert told(store, "one").state is DiskState.WRITABLE


def test_a_copy_that_is_plugged_in_does_not_stop_the_disk_that_is_being_written(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=5)
    shutil.copytree(rig.disk, rig.disks / "two")
    before = bytes_of(rig.disks / "two")
    store.add_disk(rig.disk_of("two"))
    rig.film(store, camera, seconds=5)
    store.flush()
    assert told(store, "one").state is DiskState.WRITABLE
    assert told(store, "two").doubt is DiskDoubt.CLONE
    assert bytes_of(rig.disks / "two") == before
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))


def test_of_two_disks_with_one_id_the_one_that_is_recorded_to_is_played(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=3)
    # By name it would come first, and it lacks what was recorded since.
    shutil.copytree(rig.disk, rig.disks / "a-copy")
    rig.film(store, camera, seconds=10)
    store.flush()
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))


def test_what_is_known_of_disks_may_be_lost_or_damaged(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=5)
    rig.close(store)
    known = rig.index.parent / "disks.json"
    assert rig.id in known.read_text()
    for damage in ("{", "[]", ""):
        known.write_text(damage)
        again = rig.store()
        assert told(again, "one").state is DiskState.WRITABLE
        rig.close(again)
    assert BOOT != ANOTHER_BOOT

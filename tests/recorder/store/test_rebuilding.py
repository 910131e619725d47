"""Index and catalogs are made anew in the running recorder, with progress, while recording goes on."""

import pytest

from recorder.client.errors import NotFound
from recorder.client.status import DiskState
from recorder.client.stream import StreamKey
from recorder.store import StorePolicy
from recorder.store.policy import DiskUse
from tests.recorder.store.rig import MAIN, played, simple, unflagged


def told(store, place):
    return next(one for one in store.status() if one.place == place)


def test_the_index_is_made_anew_while_recording_goes_on(rig_on):
    rig = rig_on(blocks=24)
    two = rig.more("two")
    store = rig.store()
    cameras = [rig.camera(StreamKey(n)) for n in (1, 2)]
    rig.film(store, *cameras, seconds=10)
    # One disk is only read: nothing is written to it that would bring it back by itself.
    store.set_policy(StorePolicy(disks={two: DiskUse(read_only=True)}))
    rig.film(store, *cameras, seconds=3)
    file = rig.index.stat().st_ino
    store.disks.rebuild("")
    assert store.disks.rebuild_state("").total == 2
    assert not store.disks.rebuild_state("").over
    rig.film(store, *cameras, seconds=3)
    state = store.disks.rebuild_state("")
    assert state.over
    assert "2 disks" in state.words
    store.flush()
    assert rig.index.exists()
    assert rig.index.stat().st_ino != file or rig.index.stat().st_size > 0
    for one in cameras:
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent))


def test_a_deleted_index_comes_back_for_disks_that_are_only_read_too(rig_on):
    rig = rig_on(blocks=24)
    two = rig.more("two")
    store = rig.store()
    cameras = [rig.camera(StreamKey(n)) for n in (1, 2)]
    rig.film(store, *cameras, seconds=10)
    store.set_policy(StorePolicy(disks={two: DiskUse(read_only=True)}))
    rig.film(store, *cameras, seconds=3)
    rig.index.unlink()
    rig.film(store, *cameras, seconds=5)
    store.flush()
    for one in cameras:
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent))


@pytest.mark.parametrize("damaged", [True, False])
def test_a_catalog_is_made_from_blocks_with_progress_while_other_disks_record(rig_on, damaged):
    rig = rig_on(blocks=24)
    rig.more("two")
    store = rig.store()
    cameras = [rig.camera(StreamKey(n)) for n in (1, 2)]
    rig.film(store, *cameras, seconds=10)
    store.flush()
    if damaged:
        rig.close(store)
        (rig.disk / "catalog").write_bytes(bytes((rig.disk / "catalog").stat().st_size))
        # A disk that this recorder does not remember is not rebuilt unasked.
        (rig.place / "state" / "disks.json").unlink()
        store = rig.store()
        rig.film(store, *cameras, seconds=3)
        assert told(store, "one").state is DiskState.FAILED
    seen = []
    writer = store._writers[0]
    writer_rebuild = writer.rebuild

    def watched():
        # In the disk's own thread; what others see meanwhile.
        from recorder.store import disk_rebuild

        whole = disk_rebuild.rebuild_catalog

        def slow(place, progress, after):
            def note(name, done, total):
                progress(name, done, total)
                for one in cameras:
                    one.put(store)
                rig.clock.advance(0.2)
                store._writers[1].step()
                seen.append((told(store, "one").rebuilt, store.disks.rebuild_state("one").over))

            return whole(place, note, after)

        disk_rebuild.rebuild_catalog = slow
        try:
            writer_rebuild()
        finally:
            disk_rebuild.rebuild_catalog = whole

    writer.rebuild = watched
    store.disks.rebuild("one")
    durable = len(rig.durable)
    rig.film(store, *cameras, seconds=1)
    assert [percent for percent, _over in seen] == sorted(percent for percent, _over in seen)
    assert seen[0][0] == 0 < seen[-1][0]
    assert not any(over for _percent, over in seen)
    assert len(rig.durable) > durable
    rig.film(store, *cameras, seconds=12)
    state = store.disks.rebuild_state("one")
    assert state.over
    assert not state.failed
    assert told(store, "one").state is DiskState.WRITABLE
    store.flush()
    for one in cameras:
        got = set(unflagged(played(rig.reader(), one.key)))
        assert got == set(unflagged(simple(one.sent)))


def test_a_rebuild_of_no_disk_is_refused(rig):
    store = rig.store()
    with pytest.raises(NotFound):
        store.disks.rebuild("nine")
    assert store.disks.rebuild_state("one").over
    assert store.streams.first.get(MAIN) is None

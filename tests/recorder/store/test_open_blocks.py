"""What a reader asks of blocks that are being written: not more than it must, and all that it must."""

from recorder.client.stream import StreamKey, StreamName
from recorder.store.block_cache import LOOK_AGAIN_US
from recorder.store.index_reader import IndexReader
from tests.recorder.store.faulty_disk import CountingFiles
from tests.recorder.store.rig import MAIN, SUB, played, simple, unflagged


def test_a_shared_block_begun_after_a_streams_own_is_not_walked_for_it(rig_on):
    rig = rig_on(blocks=32)
    store = rig.store()
    main, sub = rig.camera(MAIN), rig.camera(SUB)
    rig.film(store, main, seconds=1)
    rig.film(store, main, sub, seconds=2)
    store.flush()
    index = IndexReader(rig.index)
    own = index.own_open_blocks(MAIN)
    assert len(own) == 1
    assert index.open_blocks(MAIN) == own
    assert len(index.open_blocks(SUB)) == 1
    index.close()
    for one in (main, sub):
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent))


def test_a_shared_block_that_is_older_may_hold_it_and_is_walked(rig_on):
    # So few blocks that not every main stream gets one of its own.
    rig = rig_on(blocks=8)
    store = rig.store()
    cameras = [rig.camera(StreamKey(n)) for n in (1, 2, 3, 4)] + [rig.camera(StreamKey(1, StreamName.SUB))]
    rig.film(store, *cameras, seconds=3)
    store.flush()
    index = IndexReader(rig.index)
    shared = [one for one in cameras if not index.own_open_blocks(one.key)]
    assert len(shared) > 1
    assert all(index.open_blocks(one.key) for one in shared)
    index.close()
    for one in cameras:
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent))


def test_the_end_of_an_open_block_is_looked_at_twice_a_second_whoever_asks(rig, monkeypatch):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=3)
    store.flush()
    files = CountingFiles()
    monkeypatch.setattr("recorder.store.read_disks.SystemFiles", lambda: files)
    reader = rig.reader()
    assert reader.newest(MAIN) == camera.sent[-1].wall_us
    before = len(files.sizes)
    for _n in range(10):
        assert reader.newest(MAIN) == camera.sent[-1].wall_us
    assert len(files.sizes) == before
    rig.film(store, camera, seconds=1)
    store.flush()
    rig.clock.advance(LOOK_AGAIN_US / 1e6)
    assert reader.newest(MAIN) == camera.sent[-1].wall_us

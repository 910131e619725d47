"""A disk that is made ready anew holds nothing of before, and nothing that knew of it finds any of it."""

import shutil

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.errors import NotFound
from recorder.client.motion import MotionRecord, pack
from recorder.media.motion import Motion, MotionRequest
from recorder.store import initialise_disk
from recorder.store.rows import HoldRow
from tests.recorder.store.rig import ALWAYS, MAIN, hold, played


def found(rig):
    """All that a search of any kind gives."""
    reader = rig.reader()
    motion = list(reader.motion(1).records(0, ALWAYS))
    kept = (reader.holds(), reader.tags(), reader.gaps(MAIN, 0, ALWAYS))
    return reader.spans(MAIN, 0, ALWAYS), played(reader), motion, *kept, reader.oldest(MAIN)


@pytest.mark.covers("D-RULE-13")
def test_nothing_that_was_on_it_is_found_any_more(rig):
    store = rig.store()
    camera, motion = rig.camera(), Motion(store, rig.clock)
    rig.film(store, camera, seconds=5)
    start_us = rig.clock.now_us() // SECOND_US * SECOND_US
    motion.take(MotionRequest(1, 1, start_us, pack(MotionRecord(start_us, 10, ((0, 10),), ((3, 7),))), whole=True))
    rig.film(store, camera, seconds=20)
    assert isinstance(hold(store, camera.sent[5].wall_us, camera.sent[15].wall_us), HoldRow)
    store.flush()
    spans, samples, moved, holds, *_rest = found(rig)
    assert spans
    assert samples
    assert [one.moved for one in moved] == [((3, 7),)]
    assert holds
    store.close()
    # As the root helper does: the file system is another one.
    shutil.rmtree(rig.disk)
    initialise_disk(rig.disk, size_bytes=rig.size, block_bytes=128 << 10, name="one", clock=rig.clock)
    again = rig.store()
    again.disks.forget(rig.id)
    again.step()
    again.flush()
    assert found(rig) == ([], [], [], [], [], [], None)
    # The index was kept meanwhile, and what is recorded now is found by it.
    later = rig.camera()
    rig.film(again, later, seconds=5)
    again.flush()
    assert len(found(rig)[1]) == len(later.sent)


def test_a_disk_that_is_there_after_all_is_found_again(rig):  # S3
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=20)
    store.disks.forget(rig.id)
    rig.film(store, camera, seconds=10)
    store.flush()
    assert len(played(rig.reader())) == len(camera.sent)
    for wrong in ("zz", "../x"):
        with pytest.raises(NotFound):
            store.disks.forget(wrong)

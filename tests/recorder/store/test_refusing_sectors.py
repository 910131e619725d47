"""Sectors that take no more writes: the block is left as it is, and recording goes on in others at once (S1, S2)."""

import pytest

from recorder.client.status import DiskState
from recorder.store import attachment
from recorder.store.catalog import half_offset
from recorder.store.layout import CATALOG_FILE, PAGE, block_name
from tests.recorder.store.faulty_disk import BadSectors, RefusingSectors
from tests.recorder.store.rig import ANOTHER_BOOT, MAIN, SUB, played, simple, unflagged


@pytest.fixture
def refusing(monkeypatch):
    return RefusingSectors(monkeypatch)


def volume_of(store):
    return store._writers[0].volume


def all_play(rig, cameras):
    """Whether everything that was sent plays, and nothing twice."""
    reader = rig.reader()
    for one in cameras:
        assert unflagged(played(reader, one.key)) == unflagged(simple(one.sent))


@pytest.fixture
def filming(rig_on):
    rig = rig_on(blocks=40)
    store = rig.store()
    cameras = [rig.camera(MAIN, size=3000), rig.camera(SUB)]
    rig.film(store, *cameras, seconds=5)
    return rig, store, cameras


def open_block_of(store, key):
    volume = volume_of(store)
    return next(one for owner, one in volume.open.items() if owner.what == key)


@pytest.mark.parametrize("place", ["header", "chunk", "tail"])
def test_a_block_that_refuses_a_page_is_left_and_recording_goes_on_without_a_pause(filming, refusing, place):
    rig, store, cameras = filming
    opened = open_block_of(store, MAIN)
    number = opened.row.number
    if place == "header":
        number = next(n for n in range(40) if n not in volume_of(store).catalog.contents.blocks)
    at = {"header": 0, "chunk": opened.end + PAGE, "tail": rig.disk_block_bytes() - PAGE}[place]
    refusing.spoil(rig.disk / block_name(number), at)
    for _second in range(20):
        rig.film(store, *cameras, seconds=1)
        assert store.status()[0].state is DiskState.WRITABLE
        assert rig.clock.now_us() - min(dict(rig.durable).values()) <= 3_000_000
    assert refusing.refused == 1
    assert "in 1 place." in store.status()[0].reason
    assert open_block_of(store, MAIN).row.number != number
    store.flush()
    all_play(rig, cameras)


def test_a_block_that_refused_is_not_claimed_again_and_is_tried_anew_after_a_restart(rig_on, refusing):
    rig = rig_on(blocks=8)
    store = rig.store()
    camera = rig.camera(MAIN, size=3000)
    rig.film(store, camera, seconds=2)
    number = open_block_of(store, MAIN).row.number
    refusing.spoil(rig.disk / block_name(number), rig.disk_block_bytes() - PAGE)
    seen: set[int] = set()
    for _second in range(100):
        rig.film(store, camera, seconds=1)
        seen |= {one.row.number for one in volume_of(store).open.values()}
    # Every other block was used again meanwhile.
    assert len(seen) == 8
    assert refusing.refused == 1
    rig.close(store)
    refusing.pages.clear()
    store = rig.store(boot=ANOTHER_BOOT)
    assert store.status()[0].reason == ""
    later: set[int] = set()
    for _second in range(100):
        rig.film(store, camera, seconds=1)
        later |= {one.row.number for one in volume_of(store).open.values()}
    assert number in later


def test_what_a_pass_wrote_to_a_block_before_it_refused_plays_once(filming, refusing):
    rig, store, cameras = filming
    opened = open_block_of(store, MAIN)
    # The writer comes late: one batch becomes several chunks, and not the first of them is refused.
    refusing.spoil(rig.disk / block_name(opened.row.number), opened.end + 10 * PAGE)
    for _n in range(15):
        for one in cameras:
            one.put(store)
        rig.clock.advance(0.2)
    rig.film(store, *cameras, seconds=5)
    assert refusing.refused == 1
    store.flush()
    all_play(rig, cameras)


def test_a_disk_that_refuses_block_after_block_fails(filming, refusing, monkeypatch):
    monkeypatch.setattr(attachment, "MOST_BAD_BLOCKS", 5)
    rig, store, cameras = filming
    for number in range(40):
        for page in range(rig.disk_block_bytes() // PAGE):
            refusing.spoil(rig.disk / block_name(number), page * PAGE)
    rig.film(store, *cameras, seconds=20)
    assert store.status()[0].state is DiskState.FAILED
    # What waits is kept, and written when the disk can again.
    refusing.pages.clear()
    rig.film(store, *cameras, seconds=5)
    store.flush()
    assert store.status()[0].state is DiskState.WRITABLE
    all_play(rig, cameras)


def test_a_catalog_whose_log_meets_a_page_that_refuses_goes_on_in_its_other_half(filming, refusing):
    rig, store, cameras = filming
    catalog = volume_of(store).catalog
    half, sequence = catalog._half, catalog.position.sequence
    at = half_offset(volume_of(store).identity, half) + catalog._end
    refusing.spoil(rig.disk / CATALOG_FILE, at)
    rig.film(store, *cameras, seconds=20)
    assert refusing.refused == 1
    assert store.status()[0].state is DiskState.WRITABLE
    assert catalog.position.sequence == sequence + 1
    assert volume_of(store).catalog is catalog
    store.flush()
    all_play(rig, cameras)
    rig.crash(store)
    again = rig.store(boot=ANOTHER_BOOT)
    rig.film(again, *cameras, seconds=5)
    again.flush()
    assert again.status()[0].state is DiskState.WRITABLE
    all_play(rig, cameras)


def test_a_catalog_of_which_one_half_neither_reads_nor_writes_is_made_anew_and_used(filming, refusing, monkeypatch):
    rig, store, cameras = filming
    volume = volume_of(store)
    at = half_offset(volume.identity, volume.catalog._half)
    rig.close(store)
    BadSectors(monkeypatch, heals=False).spoil(rig.disk / CATALOG_FILE, at)
    refusing.spoil(rig.disk / CATALOG_FILE, at)
    again = rig.store(boot=ANOTHER_BOOT)
    rig.film(again, *cameras, seconds=8)
    again.flush()
    assert refusing.refused
    assert again.status()[0].state is DiskState.WRITABLE
    all_play(rig, cameras)


def test_a_checkpoint_that_the_other_half_refuses_goes_where_the_log_was(filming, refusing):
    rig, store, cameras = filming
    volume = volume_of(store)
    refusing.spoil(rig.disk / CATALOG_FILE, half_offset(volume.identity, 1 - volume.catalog._half))
    for _n in range(2):
        volume.catalog._checkpoint()
        rig.film(store, *cameras, seconds=5)
    assert refusing.refused == 2
    rig.crash(store)
    again = rig.store(boot=ANOTHER_BOOT)
    rig.film(again, *cameras, seconds=5)
    again.flush()
    assert again.status()[0].state is DiskState.WRITABLE
    all_play(rig, cameras)

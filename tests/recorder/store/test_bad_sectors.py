"""Sectors that a disk no longer gives: they cost what lies in them, and the recorder goes on by itself (S1, S4)."""

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.status import DiskState
from recorder.store.catalog import half_offset, newest, read_half
from recorder.store.files import SystemFiles
from recorder.store.inspection import Inspection
from recorder.store.layout import CATALOG_FILE, PAGE, BlockState, block_name
from recorder.store.walk import entries_of_block
from tests.recorder.store.faulty_disk import BadSectors
from tests.recorder.store.rig import ANOTHER_BOOT, MAIN, SUB, played, simple, unflagged


@pytest.fixture
def sectors(monkeypatch):
    return BadSectors(monkeypatch)


def filmed(rig_on, *, crash=True, checkpoint=False):
    """Film enough for sealed and open blocks, and end; gives the rig and its cameras."""
    rig = rig_on(blocks=40)
    store = rig.store()
    cameras = [rig.camera(MAIN, size=3000), rig.camera(SUB)]
    rig.film(store, *cameras, seconds=14)
    # Where the open block has chunks in front of, and behind, one that is spoilt.
    while max(len(one.entries) for one in store._writers[0].volume.open.values() if one.row.channel) != 4:
        rig.film(store, *cameras, seconds=1)
    store.flush()
    if checkpoint:
        # What a full half brings about: the other half is whole too, and older.
        store._writers[0].volume.catalog._checkpoint()
        rig.film(store, *cameras, seconds=4)
        store.flush()
    if crash:
        rig.crash(store)
    else:
        rig.close(store)
    return rig, cameras


def goes_on(rig, cameras):
    """Start again, film on; gives the state of the disk then."""
    store = rig.store(boot=ANOTHER_BOOT)
    rig.film(store, *cameras, seconds=8)
    store.flush()
    (disk,) = store.status()
    return disk


def missing(rig, camera):
    found = set(unflagged(played(rig.reader(), camera.key)))
    return [one for one in camera.sent if unflagged(simple([one]))[0] not in found]


@pytest.mark.parametrize("state", [BlockState.OPEN, BlockState.SEALED])
@pytest.mark.parametrize("place", ["header", "chunk", "payload", "tail"])
def test_an_unreadable_sector_of_a_block_costs_at_most_the_chunk_it_lies_in(rig_on, sectors, place, state):
    rig, cameras = filmed(rig_on)
    with Inspection(rig.disk) as disk:
        identity = disk.identity
        blocks = disk.contents().blocks.values()
        row = max((one for one in blocks if one.state == state and one.channel), key=lambda one: one.serial)
        file = disk.block(row.number)
        where = (identity.id_bytes, row.number, row.incarnation, identity.block_bytes)
        entries = entries_of_block(file, *where)
        file.close()
    assert len(entries) > 3
    entry = entries[1]
    payload = (entry.offset + entry.header_bytes + entry.payload_bytes // 2) // PAGE * PAGE
    at = {"header": 0, "chunk": entry.offset, "payload": payload, "tail": identity.block_bytes - PAGE}[place]
    sectors.spoil(rig.disk / block_name(row.number), at)
    assert goes_on(rig, cameras).state is DiskState.WRITABLE
    lost = missing(rig, cameras[0])
    assert missing(rig, cameras[1]) == []
    if place in {"header", "tail"}:
        assert lost == []
    else:
        # And what cannot be decoded without it: up to the next key frame, one a second.
        assert 0 < len(lost) < 15
        assert all(entry.first_us <= one.wall_us <= entry.last_us + SECOND_US for one in lost)


def catalog_places(disk):
    """Give the offsets of some pages: of the newest checkpoint, in the log behind it, and where the log ends."""
    with Inspection(disk) as one:
        file = SystemFiles().open_to_read(CATALOG_FILE, one.directory)
        log = newest(file, one.identity)
        other = read_half(file, one.identity, 1 - log.half)
        file.close()
    assert not log.cut
    assert not other.cut
    begin = half_offset(one.identity, log.half)
    starts = [sum(frame.frame_bytes for frame in log.frames[:n]) for n in range(len(log.frames))]
    return {
        "first": begin,
        "middle": begin + starts[len(starts) // 2],
        "last": begin + starts[-1],
        "end": begin + log.end,
    }


@pytest.mark.parametrize("remembered", [True, False])
@pytest.mark.parametrize("crash", [True, False])
@pytest.mark.parametrize("place", ["first", "middle", "last", "end"])
def test_an_unreadable_sector_of_the_catalog_orphans_nothing_and_needs_no_hand(
    rig_on, sectors, caplog, place, crash, remembered
):
    rig, cameras = filmed(rig_on, crash=crash)
    rig.clock.advance(1)
    if not remembered:
        (rig.place / "state" / "disks.json").unlink()
    sectors.spoil(rig.disk / CATALOG_FILE, catalog_places(rig.disk)[place])
    disk = goes_on(rig, cameras)
    if place == "first" and not remembered:
        # The only half there is: nobody can say whose disk it is, so its owner must (S4).
        assert disk.state is DiskState.FAILED
        assert "rebuild" in disk.reason
        return
    assert (disk.state, disk.reason) == (DiskState.WRITABLE, "")
    assert "made anew from the recordings" in caplog.text
    for one in cameras:
        assert missing(rig, one) == []


@pytest.mark.parametrize("remembered", [True, False])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_newer_half_that_cannot_be_read_is_not_taken_for_an_older_copy_of_the_disk(
    rig_on, sectors, caplog, place, remembered
):
    rig, cameras = filmed(rig_on, checkpoint=True)
    rig.clock.advance(1)
    if not remembered:
        (rig.place / "state" / "disks.json").unlink()
    sectors.spoil(rig.disk / CATALOG_FILE, catalog_places(rig.disk)[place])
    disk = goes_on(rig, cameras)
    assert (disk.state, disk.reason) == (DiskState.WRITABLE, "")
    assert "made anew from the recordings" in caplog.text
    for one in cameras:
        assert missing(rig, one) == []


def test_a_catalog_of_a_known_disk_that_is_damaged_whole_is_made_anew_unasked(rig_on, caplog):
    rig, cameras = filmed(rig_on)
    rig.clock.advance(1)
    (rig.disk / CATALOG_FILE).write_bytes(bytes((rig.disk / CATALOG_FILE).stat().st_size))
    disk = goes_on(rig, cameras)
    assert (disk.state, disk.reason) == (DiskState.WRITABLE, "")
    assert "made anew from the recordings" in caplog.text
    for one in cameras:
        assert missing(rig, one) == []

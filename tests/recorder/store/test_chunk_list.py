"""The list of an open block: a start and a reader find its chunks in a few reads, and believe nothing else."""

import random
import struct

import pytest

from recorder.store import chunk_list, open_block, window
from recorder.store.check import check
from recorder.store.chunk_list import parse, place, read_list
from recorder.store.errors import Damaged
from recorder.store.layout import PAGE, BlockState
from tests.recorder.store.faulty_disk import BadSectors, CountingFiles
from tests.recorder.store.rig import ANOTHER_BOOT, MAIN, SUB, played, simple, unflagged
from tests.recorder.store.test_power_cut import lost, readable, record

MB = 1 << 20
HARMS = ["first", "last", "all", "unreadable", "unreadable last", "another lap", "last chunk", "no chunk behind"]


@pytest.fixture
def small(monkeypatch):
    """All sizes an eighth: blocks of 32 MiB stand for such of 256 MiB."""
    monkeypatch.setattr(open_block, "LIST_BYTES", 2 * MB)
    monkeypatch.setattr(window, "AHEAD_BYTES", MB // 2)
    monkeypatch.setattr(window, "WALK_BYTES", MB // 4)


@pytest.fixture
def tiny(monkeypatch):
    """Lists in the smallest blocks, and often."""
    monkeypatch.setattr(chunk_list, "LEAST_BLOCK", PAGE)
    monkeypatch.setattr(chunk_list, "_SHARE", 4)
    monkeypatch.setattr(open_block, "LIST_BYTES", 2 * PAGE)


def filmed(rig, store, *cameras, mb):
    """Record so much, a chunk of 100 KB of each camera in every pass."""
    for _n in range(mb * 10 // len(cameras)):
        for one in cameras:
            one.put(store)
        rig.clock.advance(1.0)
        store.step()
    store.flush()


def half_full(rig_on, **options):
    rig = rig_on(blocks=8, block_bytes=32 * MB)
    store = rig.store(**options)
    cameras = [
        rig.camera(MAIN, fps=1, size=100_000, gop=10),
        rig.camera(SUB, fps=1, size=100_000, gop=10),
    ]
    filmed(rig, store, *cameras, mb=32)
    return rig, store, cameras


def opened(store):
    return {one.row.number: one for one in store._writers[0].volume.open.values()}


@pytest.mark.covers("D-PWR-03")
def test_a_start_finds_half_full_blocks_in_a_few_reads_of_little(rig_on, small):  # S2, L4
    rig, store, cameras = half_full(rig_on)
    before = opened(store)
    assert all(one.end > 14 * MB and one.listed > 100 for one in before.values())
    used = store.status()[0].used_bytes
    rig.crash(store)
    files = CountingFiles()
    again = rig.store(boot=ANOTHER_BOOT, files=files)
    volume = again._writers[0].volume
    for number, one in {row.row.number: row for row in volume.open.values()}.items():
        assert [*one.entries] == [*before[number].entries]
        assert (one.end, one.listed, one.list_pages) == (
            before[number].end,
            before[number].listed,
            before[number].list_pages,
        )
        reads = [size for name, size in files.sizes if name == f"blocks/{number:06d}.block"]
        unlisted = one.end - one.entries[one.listed - 1].offset
        # Header and end; then what no list names, in steps of half a megabyte, and one look beyond.
        assert len(reads) <= 2 + unlisted / (MB // 2) + 2, reads
        assert sum(reads) <= 256 * 1024 + PAGE + unlisted + MB, reads
    assert len(volume.open) == 2
    assert again.status()[0].used_bytes == used
    filmed(rig, again, *cameras, mb=8)
    assert again.status()[0].used_bytes == used, "it goes on in the same blocks"
    for one in cameras:
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent))
    rig.crash(again)
    assert check(rig.disk).damage == []


def test_a_reader_finds_what_is_in_an_open_block_in_a_few_reads(rig_on, small, monkeypatch):
    rig, _store, cameras = half_full(rig_on)
    files = CountingFiles()
    monkeypatch.setattr("recorder.store.read_disks.SystemFiles", lambda: files)
    reader = rig.reader()
    assert len(reader.spans(MAIN, 0, 1 << 60)) == 1
    assert len(files.sizes) <= 2 * 20
    assert unflagged(played(reader, cameras[0].key)) == unflagged(simple(cameras[0].sent))


def patched(rig, number, offset, data):
    path = rig.disk / "blocks" / f"{number:06d}.block"
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


@pytest.mark.parametrize("harm", HARMS)
def test_a_list_that_is_damaged_costs_nothing_but_reads(rig_on, small, harm, monkeypatch):  # S1, L2
    rig, store, cameras = half_full(rig_on)
    block = next(one for one in opened(store).values() if one.list_pages > 3)
    ends, number, pages, size = block.end, block.row.number, block.list_pages, 32 * MB
    last = block.entries[block.listed - 1]
    rig.crash(store)
    bad = {"first": [0], "last": [pages - 1], "all": range(pages)}.get(harm, [])
    for page in bad:
        patched(rig, number, place(size, page), bytes(512))
    if harm.startswith("unreadable"):
        page = pages - 1 if harm.endswith("last") else 0
        BadSectors(monkeypatch).spoil(rig.disk / "blocks" / f"{number:06d}.block", place(size, page))
    if harm == "another lap":
        data = bytearray((rig.disk / "blocks" / f"{number:06d}.block").read_bytes()[place(size, 1) :][:PAGE])
        data[32] ^= 1
        patched(rig, number, place(size, 1), chunk_list.page_of(bytes(data[: PAGE - 4])))
    if harm == "last chunk":
        patched(rig, number, last.offset + 260, bytes(64))
    if harm == "no chunk behind":
        patched(rig, number, last.offset + last.chunk_bytes, bytes(PAGE))
    again = rig.store(boot=ANOTHER_BOOT)
    reader = rig.reader()
    key = MAIN if block.row.channel else SUB
    camera = next(one for one in cameras if one.key == key)
    got = unflagged(played(reader, key))
    if harm in {"last chunk", "no chunk behind"}:
        # What is damaged itself is gone, and what stands behind it in an open block: as ever.
        assert got == unflagged(simple(camera.sent))[: len(got)]
        assert len(got) >= block.listed - 2
    else:
        assert got == unflagged(simple(camera.sent))
        assert opened(again)[number].end == ends
    rig.crash(again)
    assert check(rig.disk).damage == []


def test_a_chunk_that_an_earlier_run_left_behind_is_not_followed_behind_a_list_either(rig_on, tiny):  # S1
    rig = rig_on(block_bytes=1 * MB)
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=10)
    store.flush()
    (block,) = opened(store).values()
    number, at, kept = block.row.number, block.end, len(camera.sent)
    path = rig.disk / "blocks" / f"{number:06d}.block"
    for _n in range(2):
        rig.film(store, camera, seconds=1)
        store.flush()
    first = block.entry_at(at)
    rig.crash(store)
    # The power failed, and of the last two chunks the second alone had reached the disk.
    patched(rig, number, at, bytes(first.chunk_bytes))
    camera.sent = camera.sent[:kept]
    again = rig.store(boot=ANOTHER_BOOT)
    (block,) = opened(again).values()
    assert block.end == at
    rig.film(again, camera, seconds=1)
    again.flush()
    # What was written instead is as large, so that the stale one stands right behind it; and it is listed.
    assert block.entry_at(at).chunk_bytes == first.chunk_bytes
    where = (rig_id(rig), number, block.row.incarnation)
    data = chunk_list.pack(block.entries[block.listed :], where, first=block.listed, page=block.list_pages)
    patched(rig, number, place(MB, block.list_pages + len(data) // PAGE - 1), data)
    found = read_list(Bytes(path.read_bytes()), *where, MB)
    assert (found.end, found.boot) == (block.end, first.boot + 1)
    rig.crash(again)
    third = rig.store(boot=ANOTHER_BOOT)
    assert opened(third)[number].end == block.end
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))


def rig_id(rig):
    return bytes.fromhex(rig.id)


class Bytes:
    def __init__(self, data):
        self._data = data

    def read(self, size, offset):
        return self._data[offset : offset + size]


@pytest.mark.covers("D-PWR-03")
@pytest.mark.parametrize("luck", [None, 1, 2], ids=["all-lost", "torn", "torn-otherwise"])
def test_a_power_cut_at_any_write_keeps_what_was_reported_durable_with_lists(tmp_path, tiny, luck, monkeypatch):  # S1
    pages = []
    due = open_block.OpenBlock.list_due
    monkeypatch.setattr(
        open_block.OpenBlock, "list_due", lambda self: ((made := due(self)) and pages.append(made)) or made
    )
    rig, cameras, promised, platter = record(tmp_path, seconds=14, size=2500, blocks=6)
    assert len(pages) >= 6
    sent = {key: set(simple(camera.sent)) for key, camera in cameras.items()}
    for at in range(len(platter.log) // 3, len(platter.log) + 1):
        platter.cut(at, None if luck is None else random.Random(luck * 1000 + at))
        found = readable(rig)
        assert check(rig.disk).damage == [], at
        newest = max(us for when, _key, us in promised if when <= at)
        assert [one for one in lost(cameras, promised, at, found) if one[2] > newest - 4_000_000] == [], at
        assert all(set(unflagged(found[key])) <= set(unflagged(sent[key])) for key in cameras)


def test_a_list_names_only_what_a_sync_made_durable(rig_on, tiny):  # L1
    rig = rig_on(block_bytes=1 * MB)
    store = rig.store()
    camera = rig.camera()
    named = []
    for _n in range(60):
        volume = store._writers[0].volume
        durable = {one.row.number: len(one.entries) for one in volume.open.values()}
        rig.film(store, camera, seconds=1)
        for one in volume.open.values():
            data = (rig.disk / "blocks" / f"{one.row.number:06d}.block").read_bytes()
            found = read_list(Bytes(data), rig_id(rig), one.row.number, one.row.incarnation, MB)
            assert len(found.entries) <= max(durable.get(one.row.number, 0), one.durable)
            assert found.entries == one.entries[: len(found.entries)]
            named.append(len(found.entries))
    assert max(named) > 20


def test_after_the_first_lap_a_list_is_written_where_something_was_written_before(rig_on, tiny):  # S8
    rig = rig_on(blocks=4, block_bytes=256 << 10)
    store = rig.store()
    camera = rig.camera(size=2500)
    rig.film(store, camera, seconds=60)
    rows = store._writers[0].volume.catalog.contents.blocks.values()
    assert {one.filled for one in rows if one.state == BlockState.SEALED} == {256 << 10}
    rig.film(store, camera, seconds=60)
    store.flush()
    assert unflagged(played(rig.reader()))[-100:] == unflagged(simple(camera.sent))[-100:]


def test_a_page_of_another_kind_or_place_is_refused():
    entry = struct.pack(
        "<IIIIIIIIHBBI16sqqq16s", PAGE, PAGE, 600, 9, 1, 2, 1, 1, 1, 0, 0, 1, bytes(16), 0, 1, 0, bytes(16)
    )
    head = struct.pack("<8sHBBI16sQIIII", b"NJLIST\x00\x01", 1, 0, 1, 3, bytes(16), 7, 0, 0, 1, 5)
    page = chunk_list.page_of(head.ljust(128, b"\0") + entry + bytes(range(32)))
    known = chunk_list.NOTHING
    found = parse(page, (bytes(16), 3, 7), known, 1 * MB)
    (one,) = found.entries
    assert (one.offset, one.digest, one.is_encrypted, one.boot) == (PAGE, bytes(range(32)), True, 5)
    assert (found.end, found.pages, found.boot) == (2 * PAGE, 1, 5)
    for where, limit in (
        ((bytes(16), 4, 7), MB),
        ((bytes(16), 3, 8), MB),
        ((b"x" * 16, 3, 7), MB),
        ((bytes(16), 3, 7), PAGE),
    ):
        with pytest.raises(Damaged):
            parse(page, where, known, limit)
    with pytest.raises(Damaged):
        parse(page, (bytes(16), 3, 7), found, MB)
    with pytest.raises(Damaged):
        parse(page[:-1] + b"x", (bytes(16), 3, 7), known, MB)

"""The index is a cache: it may be deleted, damaged or behind, and loses nothing (S3)."""

import sqlite3

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.recording import GapReason, RecordType
from recorder.store.catalog import Catalog, Position, read_half
from recorder.store.files import SystemFiles
from recorder.store.identity import Identity
from recorder.store.layout import STREAM_CODES
from recorder.store.rows import MarkRow, StreamCode
from tests.recorder.store.faulty_disk import RefusingFiles
from tests.recorder.store.rig import ALWAYS, MAIN, SUB, hold, played, simple


def dump(path):
    database = sqlite3.connect(path)
    try:
        tables = ("block", "piece", "run", "span", "gap", "due", "mark", "hold", "tag", "clock_map")
        return {one: sorted(database.execute(f"SELECT * FROM {one}").fetchall()) for one in tables}
    finally:
        database.close()


@pytest.fixture
def filmed(rig_on):
    rig = rig_on(blocks=24)
    store = rig.store()
    main, sub = rig.camera(), rig.camera(SUB)
    for n in range(6):
        rig.film(store, main, sub, seconds=4)
        store.mark(f"m{n}", [MAIN, SUB], main.sent[-1].wall_us, 0, rig.clock.now_us(), RecordType.MOTION)
        store.open_stream(SUB).end(None)
    rig.clock.step(100)
    rig.film(store, main, sub, seconds=3)
    store.flush()
    rig.main, rig.sub = main, sub
    return rig, store


def test_an_index_made_anew_says_the_same_as_the_one_that_grew(filmed):
    rig, store = filmed
    grown = dump(rig.index)
    rig.crash(store)
    rig.index.unlink()
    store = rig.store()
    made = dump(rig.index)
    # The new start adds its own rows only; open blocks go on.
    assert made == grown


def test_an_index_that_is_behind_gets_what_is_missing(filmed):
    rig, store = filmed
    old = rig.place / "old"
    rig.crash(store)
    old.write_bytes(rig.index.read_bytes())
    store = rig.store()
    rig.film(store, rig.main, rig.sub, seconds=40)
    store.flush()
    grown = dump(rig.index)
    rig.crash(store)
    for one in rig.index.parent.glob("index*"):
        one.unlink()
    rig.index.write_bytes(old.read_bytes())
    rig.store()
    assert dump(rig.index) == grown


def test_deleting_the_index_while_recording_loses_nothing(filmed):
    rig, store = filmed
    reader = rig.reader()
    before = reader.spans(MAIN, 0, ALWAYS)
    for one in rig.index.parent.glob("index*"):
        one.unlink()
    assert reader.spans(MAIN, 0, ALWAYS) == []
    rig.film(store, rig.main, seconds=5)
    store.flush()
    after = reader.spans(MAIN, 0, ALWAYS)
    assert [one.start_us for one in after][: len(before)] == [one.start_us for one in before]
    assert played(reader)[-1][:3] == simple(rig.main.sent)[-1][:3]


@pytest.mark.parametrize("damage", [b"not a database at all" * 400, b"", b"SQLite format 3\0" + bytes(5000)])
def test_a_damaged_index_is_made_anew(filmed, damage):
    rig, store = filmed
    grown = dump(rig.index)
    rig.crash(store)
    for one in rig.index.parent.glob("index*"):
        one.unlink()
    rig.index.write_bytes(damage)
    reader = rig.reader()
    assert reader.spans(MAIN, 0, ALWAYS) == []
    rig.store()
    assert dump(rig.index) == grown
    assert reader.spans(MAIN, 0, ALWAYS) != []


def test_an_index_that_cannot_be_written_does_not_stop_recording(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    store.index._database.execute("PRAGMA query_only = 1")
    rig.film(store, camera, seconds=20)
    assert store.buffered_bytes() < 20_000
    # Brought up again from the catalog at the next look at the disk.
    rig.film(store, camera, seconds=5)
    store.flush()
    assert played(rig.reader()) == simple(camera.sent)


def test_a_full_half_of_the_catalog_goes_on_in_the_other(rig):
    store = rig.store()
    main, sub = rig.camera(), rig.camera(SUB)
    before = store._writers[0].volume.catalog.position
    # Each mark takes a page of its own, so that no torn write can reach another.
    for n in range(1000):
        store.mark(f"mark {n}", [MAIN], rig.clock.now_us(), 0, rig.clock.now_us() + 1, RecordType.ALARM)
        rig.film(store, main, sub, seconds=0.2)
    after = store._writers[0].volume.catalog.position
    assert after.sequence >= before.sequence + 3
    store.flush()
    rig.crash(store)
    grown = dump(rig.index)
    rig.index.unlink()
    rig.store()
    made = dump(rig.index)
    assert made == grown
    assert len(made["mark"]) == 1000, "as old as footage may be that lay in memory when a block was opened"


def test_what_lies_before_the_oldest_footage_leaves_catalog_and_index_and_what_explains_footage_stays(rig_on):
    rig = rig_on(blocks=12)
    store = rig.store()
    camera, catalog = rig.camera(), store._writers[0].volume.catalog
    for hour in range(40):
        began_us = rig.clock.now_us()
        store.due(MAIN, began_us, began_us + 3600 * SECOND_US, RecordType.GENERAL)
        store.mark(f"hour {hour}", [MAIN, SUB], began_us, 0, began_us + SECOND_US, RecordType.MOTION)
        hold(store, began_us, began_us + SECOND_US, expires_us=began_us + 2 * SECOND_US)
        rig.film(store, camera, seconds=15)
        store.open_stream(MAIN).end(GapReason.NETWORK_LOSS)
        rig.clock.advance(3600 - 16)
        store.gap(MAIN, camera.sent[-1].wall_us + 1, rig.clock.now_us(), GapReason.NETWORK_LOSS)
        store.step()
    store.flush()
    reader = rig.reader()
    oldest = reader.oldest(MAIN)
    # What is filmed below may take the oldest block.
    asked = (oldest + 3600 * SECOND_US, rig.clock.now_us())
    before = [ask(MAIN, *asked) for ask in (reader.spans, reader.gaps)], dump(rig.index)
    catalog._checkpoint()
    rig.film(store, camera, seconds=1)
    store.flush()
    after = dump(rig.index)
    for table, until in (("gap", 7), ("due", 4), ("mark", 7), ("span", 10)):
        assert len(after[table]) < len(before[1][table]) / 2, table
        stays = [one for one in before[1][table] if one[until] >= oldest]
        assert stays, table
        assert set(stays) <= set(after[table]), table
    assert sorted(one.id.pack() for one in store.shared.holds()) == [one[1] for one in after["hold"]]
    remembered = store.missing._due._rows[MAIN.channel, STREAM_CODES[MAIN.stream]]
    assert sorted(remembered) == [one[3] for one in after["due"]]
    assert [ask(MAIN, *asked) for ask in (reader.spans, reader.gaps)] == before[0]
    assert len(before[0][0]) > 5
    assert len(before[0][1]) > 3
    rig.crash(store)
    rig.index.unlink()
    rig.store()
    assert dump(rig.index) == after


def test_rows_that_do_not_fit_give_way_before_footage_does(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=8)
    now = rig.clock.now_us()
    for n in range(40):
        for m in range(300):
            store.mark(f"{n} {m} " + "x" * 200, [MAIN], now, 0, now + 1, RecordType.ALARM)
        store.flush()
    rig.film(store, camera, seconds=2)
    store.flush()
    assert store.status()[0].reason == ""
    assert played(rig.reader()) == simple(camera.sent)


def open_catalog(rig):
    import os

    directory = os.open(rig.disk, os.O_RDONLY)
    identity = Identity.read(directory, rig.disk)
    file = SystemFiles().open_to_read("catalog", directory)
    os.close(directory)
    return file, identity


def test_the_older_half_is_used_when_the_newer_one_is_not_whole(filmed):
    rig, store = filmed
    store._writers[0].volume.catalog._checkpoint()
    rig.crash(store)
    file, identity = open_catalog(rig)
    newer = max((0, 1), key=lambda half: read_half(file, identity, half).sequence)
    file.close()
    data = bytearray((rig.disk / "catalog").read_bytes())
    begin = 4096 + newer * identity.half_bytes
    data[begin + 100 : begin + 110] = b"\xff" * 10
    (rig.disk / "catalog").write_bytes(data)
    store = rig.store()
    assert [one[4] for one in played(rig.reader())] == [one[4] for one in simple(rig.main.sent)]


def test_the_difference_since_a_position_is_the_rows_behind_it(filmed):
    rig, store = filmed
    rig.crash(store)
    file, identity = open_catalog(rig)
    catalog = Catalog(file, file, identity)
    last = catalog.position
    assert catalog.since(last) == []
    assert catalog.since(Position(last.sequence, last.frame - 1)) != []
    assert catalog.since(Position(last.sequence + 1, 0)) is None
    assert catalog.since(None) is None
    file.close()


def test_refused_catalog_writes_are_repeated_when_the_disk_is_back(rig):
    files = RefusingFiles()
    store = rig.store(files=files)
    files.error = 5
    told = []
    store.mark("m", [MAIN], 1, 0, 2, RecordType.MOTION, told.append)
    store.step()
    assert told == []
    files.error = 0
    store.mark("n", [MAIN], 1, 0, 2, RecordType.MOTION, told.append)
    assert told == [False]
    rig.clock.advance(3)
    store.step()
    store.flush()
    assert told == [False, True]
    assert {one[1] for one in dump(rig.index)["mark"]} == {"m", "n"}


class Interrupted(list):
    """Rows in whose middle another thread comes in."""

    def __init__(self, rows, meanwhile):
        super().__init__(rows)
        self.meanwhile = meanwhile

    def __iter__(self):
        yield from super().__iter__()
        self.meanwhile()


@pytest.mark.parametrize("others", ["takes", "brings"])
def test_rows_that_are_told_while_the_disk_takes_some_and_others_bring_some_are_all_written_and_answered(rig, others):
    store = rig.store()
    writer = store._writers[0]
    marks = [
        MarkRow(name, 1, 0, rig.clock.now_us(), 0, rig.clock.now_us() + 1, (StreamCode(1, 0),))
        for name in ("one", "two")
    ]
    told = []
    meanwhile = store.step if others == "takes" else lambda: writer.log(marks[1:])
    writer.log(Interrupted(marks[:1], meanwhile), told.append)
    store.step()
    assert told == [True]
    assert {one[1] for one in dump(rig.index)["mark"]} == ({"one"} if others == "takes" else {"one", "two"})

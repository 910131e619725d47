"""Spans are made of plain extents; what they say is what the pieces themselves say."""

import random
import sqlite3
from contextlib import closing

import pytest

from recorder.client.clock import SECOND_US, ManualClock
from recorder.client.stream import StreamName
from recorder.store import index_schema
from recorder.store.block_cache import BlockCache
from recorder.store.footage import Footage
from recorder.store.ids import RowId
from recorder.store.index import connect
from recorder.store.index_reader import IndexReader
from recorder.store.index_runs import LONG_US, LONGEST_PIECE_US
from recorder.store.keys import NO_KEYS
from recorder.store.layout import STREAM_CODES, BlockClass, BlockState, Source
from recorder.store.piece import follows
from recorder.store.read_disks import ReadDisks
from recorder.store.rows import BlockRow, CopyRow, PieceRow
from recorder.store.stretch import stretches
from tests.recorder.store.rig import ALWAYS, MAIN, SUB

BOOT = bytes(16)
DAY_US = 86_400 * SECOND_US
DISKS = (b"1" * 16, b"2" * 16)


def by_pieces(pieces):
    """(start, end, bytes, source) of what holds together, piece by piece."""
    runs = []
    for one in pieces:
        run = next((run for run in reversed(runs) if run[-1].span == one.span), None)
        if run is not None and follows(run[-1], one):
            run.append(one)
        else:
            runs.append([one])
    return sorted(
        (
            min(one.first_us for one in run),
            max(one.last_us for one in run) + 1,
            sum(one.bytes for one in run),
            run[-1].source,
        )
        for run in runs
    )


def by_extents(extents):
    return [(*one[:3], one.frames) for one in stretches(extents)]


def named(runs):
    """The same with the frames that a source has."""
    names = {Source.KEYS: "keys", Source.THINNED: "thinned", Source.COPY_KEYS: "keys", Source.COPY_THINNED: "thinned"}
    return sorted((*one[:3], names.get(one[3], "all")) for one in runs)


def history(database, chance):
    """Spans over blocks of two disks, with holes, laps that are over, thinned parts, copies and mirrored copies."""
    at_us, number = SECOND_US, 0
    for span in range(chance.randrange(1, 8)):
        base = chance.choice([Source.LIVE, Source.LIVE, Source.KEYS])
        at_us -= chance.choice([0, 0, 20 * SECOND_US])
        for _n in range(chance.randrange(1, 12)):
            number += 1
            at_us = max(1, at_us) + chance.randrange(1, 1000)
            last_us = at_us + chance.choice(
                [0, 1, 40_000, 5 * SECOND_US, 70 * SECOND_US, 601 * SECOND_US, 86_400 * SECOND_US]
            )
            samples = chance.choice([1, 2, 5, 100])
            source = chance.choice([base, base, base, Source.THINNED])
            if chance.random() < 0.2:
                source = {Source.THINNED: Source.COPY_THINNED, Source.KEYS: Source.COPY_KEYS}.get(source, Source.COPY)
            disk, lap = chance.choice(DISKS), number + 1000
            state = BlockState.SEALED
            row = BlockRow(number, BlockClass.SHARED, state, 1, lap, number, 1, 9, 0, at_us, last_us, 9, 1, 0, 0)
            index_schema.insert(database, disk, row)
            code = STREAM_CODES[StreamName.MAIN]
            what = (1, code, source, BOOT, 0)
            size = chance.randrange(1000)
            if chance.random() < 0.2:
                origin = chance.choice([lap - 1, 5])
                copied = CopyRow(number, lap, RowId(1, 1, span), origin, at_us, *what, last_us, size, samples, 1)
                index_schema.insert(database, disk, copied)
            else:
                piece = PieceRow(number, lap, RowId(1, 1, span), *what, at_us, last_us, size, samples, 1)
                index_schema.insert(database, disk, piece)
            at_us = last_us + chance.choice(
                [0, 40_000, 40_000, SECOND_US, 3 * SECOND_US, 12 * SECOND_US, 90 * SECOND_US]
            )
    return at_us


@pytest.mark.parametrize("seed", range(60))
def test_extents_hold_together_as_their_pieces_do(tmp_path, seed):
    chance = random.Random(seed)
    place = tmp_path / "index.sqlite"
    with closing(connect(place)) as database:
        end_us = history(database, chance)
    index, clock = IndexReader(place), ManualClock()
    disks = ReadDisks(tmp_path / "disks", clock, BlockCache(), NO_KEYS, index.disk_paths)
    answers = 0
    for copies in (False, True):
        footage = Footage(disks, index, clock, copies=copies)
        for _n in range(6):
            start = chance.randrange(end_us)
            asked = (MAIN, *chance.choice([(0, ALWAYS), (start, start + chance.randrange(1, end_us))]))
            expected = named(by_pieces(footage.pieces(*asked)))
            assert sorted(by_extents(footage.extents(*asked))) == expected
            answers += len(expected)
    assert answers
    index.close()


def test_blocks_that_are_written_count_as_in_pieces(rig):
    store = rig.store()
    main, sub = rig.camera(), rig.camera(SUB)
    reader = rig.reader()
    chance = random.Random(3)
    for _n in range(6):
        rig.film(store, main, sub, seconds=9)
        if chance.random() < 0.5:
            rig.clock.advance(20)
        footage = reader._footage
        footage.forget_closed_blocks()
        for key in (MAIN, SUB):
            first, last = main.sent[0].wall_us, rig.clock.now_us()
            start = chance.randrange(first, last)
            for asked in ((0, ALWAYS), (start, last), (first, start)):
                expected = named(by_pieces(footage.pieces(key, *asked)))
                assert by_extents(footage.extents(key, *asked)) == expected
        assert footage.open_pieces(MAIN)


def test_spans_of_a_day_are_answered_by_the_index_of_times_alone(tmp_path):
    place = tmp_path / "index.sqlite"
    with closing(connect(place)):
        pass
    index, asked = IndexReader(place), []
    index._rows("SELECT 1")
    index._database.set_trace_callback(asked.append)
    index.extents(MAIN, 0, ALWAYS)
    plans = []
    with closing(sqlite3.connect(place)) as database:
        for query in asked:
            (plan, *rest) = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {query}")]
            assert not any("TEMP B-TREE" in one for one in rest)
            plans.append(plan)
    long, day = plans
    assert "INDEX piece_long" in long
    assert "COVERING INDEX piece_time" in day
    index.close()


def test_whether_there_are_second_copies_is_answered_by_their_index_alone(tmp_path):
    place = tmp_path / "index.sqlite"
    with closing(connect(place)):
        pass
    index, asked = IndexReader(place), []
    index._rows("SELECT 1")
    index._database.set_trace_callback(asked.append)
    assert not index.has_copies(MAIN)
    with closing(sqlite3.connect(place)) as database:
        (plan,) = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {asked[0]}")]
    assert "piece_copy" in plan
    index.close()


@pytest.mark.parametrize("seed", range(40))
def test_pieces_about_a_moment_are_found_however_long_they_are(tmp_path, seed):
    chance = random.Random(seed)
    place = tmp_path / "index.sqlite"
    pieces = []
    with closing(connect(place)) as database:
        for number in range(chance.randrange(1, 60)):
            first_us = chance.randrange(1, 3 * DAY_US)
            last_us = first_us + chance.choice([0, 60 * SECOND_US, LONG_US, LONG_US + 1, DAY_US, LONGEST_PIECE_US])
            code = STREAM_CODES[StreamName.MAIN]
            row = PieceRow(number, 7, RowId(1, 1, number), 1, code, Source.LIVE, BOOT, 0, first_us, last_us, 9, 2, 1)
            index_schema.insert(database, DISKS[0], row)
            pieces.append((first_us, last_us))
    index = IndexReader(place)
    for _n in range(20):
        start_us = chance.randrange(5 * DAY_US)
        end_us = start_us + chance.choice([1, 60 * SECOND_US, DAY_US])
        touching = sorted(one for one in pieces if one[0] < end_us and one[1] >= start_us)
        assert [(one.first_us, one.last_us) for one in index.pieces(MAIN, start_us, end_us)] == touching
        assert [one[:2] for one in index.extents(MAIN, start_us, end_us)] == touching
    index.close()

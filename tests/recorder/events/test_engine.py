"""What sources say becomes one event each, listed for good; several triggers within the anti-dither time are one."""

import itertools
import shutil
import sqlite3

import pytest

from recorder.client.clock import SECOND_US
from recorder.events.engine import ALIVE, MOST_TOLD, Found
from recorder.events.sources.input_alarm import InputAlarm
from recorder.events.sources.machine_faults import DiskFault
from recorder.events.sources.picture_faults import VideoLoss
from recorder.events.store import ROWS_AT_ONCE, SHARE, EventStore
from recorder.settings.pages.date_time import DateTime

pytestmark = pytest.mark.anyio


class Reacting:
    """Remembers what it was told."""

    def __init__(self):
        self.begun, self.ended, self.unseen = [], [], []

    def begin(self, occurrence, page):
        self.begun.append((occurrence, page))

    def end(self, occurrence):
        self.ended.append(occurrence)

    def ended_unseen(self, event, page):
        self.unseen.append((event, page))


@pytest.fixture
def reacting(bench):
    bench.engine.reacting = Reacting()
    return bench.engine.reacting


async def test_an_event_has_begin_end_channel_and_detail(bench):
    began = bench.clock.now_us()
    bench.engine.begin(VideoLoss, "3", words="No picture.", channel=3, detail={"reason": "silence"})
    (open_,) = await bench.listed(going_on=True)
    assert (open_.source, open_.item, open_.channel, open_.begin_us, open_.end_us) == (
        "video-loss",
        "3",
        3,
        began,
        None,
    )
    bench.clock.advance(20)
    bench.engine.end(VideoLoss, "3")
    (closed,) = await bench.listed()
    assert (closed.end_us, closed.why, closed.detail) == (began + 20 * SECOND_US, "", {"reason": "silence"})
    assert await bench.listed(going_on=True) == []


@pytest.mark.covers("D-RULE-06", "D-LINK-01")
async def test_triggers_within_the_anti_dither_time_are_one_event(bench, reacting):
    bench.change(InputAlarm, "IN1", anti_dither_s=5)
    for _time in range(4):
        bench.engine.begin(InputAlarm, "IN1", words="Active.")
        bench.clock.advance(0.5)
        bench.engine.end(InputAlarm, "IN1")
        bench.clock.advance(0.5)
        bench.engine.look()
    assert [one.count for one in await bench.listed()] == [4]
    assert len(reacting.begun) == 1
    assert reacting.ended == []
    last_end = bench.clock.now_us() - SECOND_US // 2
    bench.clock.advance(1)
    bench.engine.look()
    assert [one.end_us for one in await bench.listed()] == [last_end]
    assert len(reacting.ended) == 1
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    assert [one.count for one in await bench.listed()] == [1, 4]


async def test_without_anti_dither_every_trigger_counts(bench):
    bench.change(InputAlarm, "IN1", anti_dither_s=0)
    for _time in range(3):
        bench.engine.happened(InputAlarm, "IN1", words="Active.")
    assert [one.count for one in await bench.listed()] == [1, 1, 1]


@pytest.mark.covers("D-RULE-04")
@pytest.mark.parametrize(
    ("minute", "armed"), [(8 * 60 - 1, False), (8 * 60, True), (17 * 60 - 1, True), (17 * 60, False)]
)
async def test_outside_the_arming_schedule_nothing_follows(bench, reacting, minute, armed):
    day = [{"start_min": 8 * 60, "end_min": 17 * 60, "types": ["armed"]}]
    bench.change(InputAlarm, "IN1", week={"days": [day] * 7})
    bench.change(DateTime, zone="Europe/Berlin")
    local_us = 3600 * SECOND_US  # Berlin is an hour ahead in winter
    midnight = bench.clock.now_us() // (86_400 * SECOND_US) * 86_400 * SECOND_US - local_us
    bench.clock.step((midnight + minute * 60 * SECOND_US - bench.clock.now_us()) / SECOND_US)
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    assert [one.armed for one in await bench.listed()] == [armed]
    assert len(reacting.begun) == armed


async def test_a_rule_that_is_off_raises_nothing_and_ends_what_goes_on(bench, reacting):
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    bench.change(InputAlarm, "IN1", enabled=False)
    bench.engine.look()
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    assert [one.why for one in await bench.listed()] == ["disabled"]
    assert len(reacting.ended) == 1


async def test_what_is_so_now_begins_and_what_is_gone_ends(bench):
    bench.engine.now(DiskFault, {("", "a"): Found("A failed."), ("", "b"): Found("B is slow.")})
    bench.clock.advance(10)
    bench.engine.now(DiskFault, {("", "b"): Found("B is slow."), ("", "c"): Found("C is missing.")})
    found = {one.part: one.end_us is None for one in await bench.listed()}
    assert found == {"a": False, "b": True, "c": True}
    assert [one.count for one in await bench.listed()] == [1, 1, 1]


async def test_an_event_open_at_a_crash_is_closed_with_the_reason(bench):
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    await bench.listed()
    seen = bench.clock.now_us() + 60 * SECOND_US
    bench.store.note(ALIVE, str(seen))
    bench.clock.advance(3600)
    await bench.restart()
    (one,) = await bench.listed()
    assert (one.end_us, one.why) == (seen, "restart")
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    assert [one.id for one in await bench.listed()] == [2, 1]


async def test_reactions_hear_of_what_a_crash_left_open(bench):
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    await bench.listed()
    bench.store.close()
    bench.begin()
    bench.engine.reacting = Reacting()
    await bench.engine.start()
    assert [event.item for event, _page in bench.engine.reacting.unseen] == ["IN1"]


async def test_a_stop_closes_all_and_says_so(bench):
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    await bench.engine.stop()
    assert [one.why for one in await bench.listed()] == ["stopped"]


async def test_ids_are_never_given_twice(bench):
    bench.change(InputAlarm, "IN1", anti_dither_s=0)
    bench.engine.happened(InputAlarm, "IN1", words="Active.")
    await bench.listed()
    assert bench.store.prune(1 << 60) == 1
    await bench.restart()
    bench.engine.happened(InputAlarm, "IN1", words="Active.")
    assert [one.id for one in await bench.listed()] == [2]


async def test_the_list_is_bounded_and_the_oldest_closed_go_first(bench):
    bench.change(InputAlarm, "IN1", anti_dither_s=0)
    bench.engine.begin(InputAlarm, "stays", words="Open since ever.")
    for number in range(50):
        bench.engine.happened(InputAlarm, "IN1", words=f"{number}")
    await bench.listed()
    while bench.store.prune(0, most_rows=20):
        pass
    left = [one.words for one in await bench.listed(limit=100)]
    assert left == [str(number) for number in range(49, 30, -1)] + ["Open since ever."]


async def test_the_list_leaves_room_on_a_small_disk_of_the_recorder_s_own(bench, monkeypatch):
    """It might have 2 GiB, which some boards' own disk has not: then nothing could be noted, logged or updated."""
    bench.change(InputAlarm, "IN1", anti_dither_s=0)
    for number in range(3000):
        bench.engine.happened(InputAlarm, "IN1", words=f"{number} {'x' * 280}")
    await bench.listed()
    assert not bench.store.prune(0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: shutil._ntuple_diskusage(SHARE * 400_000, 0, 0))
    while bench.store.prune(0):
        pass
    with bench.store.reading() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0] - db.execute("PRAGMA freelist_count").fetchone()[0]
    assert pages * 4096 <= 400_000


async def test_the_list_is_bounded_in_bytes(bench):
    bench.change(InputAlarm, "IN1", anti_dither_s=0)
    for number in range(3000):
        bench.engine.happened(InputAlarm, "IN1", words=f"{number} {'x' * 280}")
    await bench.listed()
    most, passes = 400_000, 0
    while gone := bench.store.prune(0, most_bytes=most):
        assert gone <= ROWS_AT_ONCE
        passes += 1
    with bench.store.reading() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0] - db.execute("PRAGMA freelist_count").fetchone()[0]
    assert passes > 0
    assert pages * 4096 <= most


@pytest.mark.covers("V-ALST-07")
async def test_what_is_older_than_wished_for_goes(bench):
    bench.change(InputAlarm, "IN1", anti_dither_s=0)
    bench.engine.happened(InputAlarm, "IN1", words="old")
    bench.clock.advance(86_400)
    bench.engine.happened(InputAlarm, "IN1", words="new")
    await bench.listed()
    assert bench.store.prune(bench.clock.now_us() - SECOND_US) == 1
    assert [one.words for one in await bench.listed()] == ["new"]


@pytest.mark.covers("D-ALM-01", "V-ALST-04")
async def test_events_are_found_by_time_source_channel_words_and_page(bench):
    start = bench.clock.now_us()
    for number in range(1, 7):
        bench.engine.begin(VideoLoss, str(number), words=f"Camera_{number} is 100% dark.", channel=number)
        bench.clock.advance(60)
        bench.engine.end(VideoLoss, str(number))
    bench.engine.begin(InputAlarm, "IN1", words="Active.")

    async def numbers(**sought):
        return [one.channel for one in await bench.listed(**sought)]

    assert await numbers(sources=["video-loss"]) == [6, 5, 4, 3, 2, 1]
    assert await numbers(sources=["video-loss"], hidden=frozenset({6, 2})) == [5, 4, 3, 1]
    assert await numbers(channels=[2, 3]) == [3, 2]
    assert await numbers(start_us=start + 61 * SECOND_US, end_us=start + 121 * SECOND_US) == [3, 2]
    assert await numbers(text="camera_4") == [4]
    assert await numbers(text="100%") == [6, 5, 4, 3, 2, 1]
    assert await numbers(text="_%_%") == []
    first = await bench.listed(limit=3)
    assert [one.id for one in first] + [one.id for one in await bench.listed(before=first[-1].id)] == [
        7,
        6,
        5,
        4,
        3,
        2,
        1,
    ]


async def test_foreign_words_are_made_printable_and_bounded(bench):
    bench.engine.begin(
        InputAlarm, "IN1", "a\nb", words="Hello\r\nBcc: all@world\x00 " + "x" * 9999, detail={"n\n": "v\r\n" * 999}
    )
    (one,) = await bench.listed()
    assert one.words.startswith("Hello Bcc: all@world x")
    assert len(one.words) == 300
    assert (one.part, one.detail.keys()) == ("a b", {"n"})
    assert "\n" not in one.detail["n"]
    assert len(one.detail["n"]) <= 300


async def test_many_events_at_once_cut_nobody_off(bench):
    bench.change(InputAlarm, "IN1", anti_dither_s=0)
    async with bench.bus.listen() as queue:
        for number in range(500):
            bench.engine.happened(InputAlarm, "IN1", words=f"{number}")
        await bench.engine.flush()
        told = [queue.get_nowait() for _one in range(queue.qsize())]
    assert [one.kind for one in told] == ["event"] * MOST_TOLD + ["events"]
    assert len(await bench.listed(limit=1000)) == 500


async def test_what_cannot_be_written_is_written_later(bench, monkeypatch):
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    fails = itertools.chain([sqlite3.OperationalError("disk full")], itertools.repeat(None))
    write = bench.store.write

    def failing(*arguments):
        if (error := next(fails)) is not None:
            raise error
        write(*arguments)

    monkeypatch.setattr(bench.store, "write", failing)
    assert not await bench.engine.flush()
    assert await bench.engine.flush()
    assert len(bench.store.still_open()) == 1


def test_a_damaged_list_is_set_aside_and_begun_anew(tmp_path):
    path = tmp_path / "events.db"
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    store = EventStore(path)
    assert store.next_id() == 1
    store.close()
    assert path.with_suffix(".damaged").exists()

"""An alarm waits until somebody has seen to it; what people did with it stays, and the list stays bounded."""

import sqlite3

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.happened import AlarmState
from recorder.events.alarms import MOST_COMMENTS, MOST_MUTES, Alarms, Deed, NoAlarm, TooManyComments, TooManyMutes
from recorder.events.sources.input_alarm import InputAlarm
from recorder.events.sources.motion_detection import MotionDetection
from recorder.events.sources.picture_faults import VideoLoss
from recorder.events.store import MIGRATIONS, ROWS_AT_ONCE, EventStore
from recorder.settings.pages.event_list import EventList

pytestmark = pytest.mark.anyio
NEW, PROGRESS, FALSE, CLOSED = AlarmState
SEEN = Deed("ada", PROGRESS, only_new=True)


@pytest.fixture
def alarms(bench):
    return Alarms(bench.store, bench.clock)


async def rung(bench, count=1, name="IN1"):
    """Let an input ring so often, and give the events, oldest first."""
    bench.change(InputAlarm, name, anti_dither_s=0)
    for number in range(count):
        bench.engine.happened(InputAlarm, name, words=f"{name} rings, {number}.")
    return (await bench.listed(limit=count))[::-1]


@pytest.mark.covers("V-ALST-02")
async def test_an_alarm_is_new_until_somebody_sees_to_it(bench, alarms):
    (event,) = await rung(bench)
    assert (event.state, event.handled_by, event.handled_us) == (NEW, "", None)
    bench.clock.advance(5)
    ((before, after),) = alarms.handle(event, SEEN)
    assert (before.state, after.state, after.handled_by, after.handled_us) == (
        NEW,
        PROGRESS,
        "ada",
        bench.clock.now_us(),
    )
    assert alarms.handle(event, Deed("bob", PROGRESS, only_new=True)) == []
    assert (await bench.listed(states=[NEW]), len(await bench.listed(states=[PROGRESS]))) == ([], 1)
    alarms.handle(event, Deed("bob", FALSE))
    (event,) = await bench.listed()
    assert (event.state, event.handled_by) == (FALSE, "bob")


async def test_only_armed_events_of_rules_that_say_so_are_alarms(bench, alarms):
    bench.change(MotionDetection, "1", listed=True)
    bench.engine.begin(MotionDetection, "1", words="Something moves.", channel=1)
    bench.change(InputAlarm, "IN1", week={"days": [[]] * 7})
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    bench.change(VideoLoss, "2", alarm=False)
    bench.engine.begin(VideoLoss, "2", words="No picture.", channel=2)
    bench.change(MotionDetection, "3", alarm=True)
    bench.engine.begin(MotionDetection, "3", words="Something moves.", channel=3)
    found = await bench.listed()
    assert [one.state for one in found] == [NEW, None, None, None]
    with pytest.raises(NoAlarm):
        alarms.handle(found[1], SEEN)
    assert alarms.handle(found[1], Deed("ada", pinned=True))[0][1].pinned


@pytest.mark.covers("D-LED-05")
async def test_there_is_an_alarm_while_one_goes_on_that_nobody_called_false_or_closed(bench, alarms):
    bench.change(VideoLoss, "2", alarm=False)
    bench.engine.begin(VideoLoss, "2", words="No picture.", channel=2)
    assert not bench.engine.alarmed
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    assert bench.engine.alarmed
    event = (await bench.listed())[0]
    for state, alarmed in ((PROGRESS, True), (FALSE, False), (NEW, True), (CLOSED, False), (NEW, True)):
        ((_before, after),) = alarms.handle(event, Deed("ada", state))
        bench.engine.handled(after)
        assert bench.engine.alarmed is alarmed, state
        (event,) = [one for one in await bench.listed() if one.id == event.id]
    bench.engine.end(InputAlarm, "IN1")
    bench.clock.advance(60)
    bench.engine.look()
    assert not bench.engine.alarmed


async def test_what_people_did_is_not_undone_when_the_event_goes_on(bench, alarms):
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    (event,) = await bench.listed()
    ((_before, after),) = alarms.handle(event, Deed("ada", CLOSED, pinned=True))
    async with bench.bus.listen() as told:
        bench.engine.handled(after)
        bench.engine.begin(InputAlarm, "IN1", words="Active.")
        bench.engine.end(InputAlarm, "IN1")
        assert {told.get_nowait().data["state"] for _one in range(2)} == {CLOSED}
    bench.clock.advance(60)
    bench.engine.look()
    (event,) = await bench.listed()
    assert (event.state, event.pinned, event.count, event.end_us is None) == (CLOSED, True, 2, False)
    await bench.restart()
    assert [(one.state, one.handled_by) for one in await bench.listed()] == [(CLOSED, "ada")]


@pytest.mark.covers("V-ALST-02")
async def test_comments_stay_in_their_order_and_are_bounded(bench, alarms):
    (event,) = await rung(bench)
    found = alarms.comment(event.id, "ada", "The wind.\r\nBcc: all\x00")
    assert [(one.who, one.words) for one in found.comments] == [("ada", "The wind. Bcc: all")]
    for number in range(1, MOST_COMMENTS):
        found = alarms.comment(event.id, "bob", f"{number}")
    assert [one.words for one in found.comments][1:] == [str(number) for number in range(1, MOST_COMMENTS)]
    with pytest.raises(TooManyComments):
        alarms.comment(event.id, "bob", "once more")


@pytest.mark.covers("V-ALM-42")
async def test_events_of_one_rule_and_camera_within_a_time_are_one_group(bench, alarms):
    bench.change(EventList, group_s=60)
    await rung(bench, 3)
    await rung(bench, 1, "IN2")
    bench.clock.advance(59)
    await rung(bench, 1)
    bench.clock.advance(1)
    await rung(bench, 2)
    found = await bench.listed(grouped=True)
    assert [(one.item, one.alike) for one in found] == [("IN1", 2), ("IN1", 4), ("IN2", 1)]
    group = next(one for one in found if one.alike == 4)
    # One of them is seen to by itself; what waits of the group follows, what is over is left as it is.
    first = (await bench.listed(before=2))[0]
    alarms.handle(first, Deed("bob", FALSE))
    changed = alarms.handle(group, Deed("ada", CLOSED, whole_group=True))
    assert len(changed) == 3
    states = [(one.item, one.state) for one in await bench.listed()]
    assert states == [("IN1", NEW)] * 2 + [("IN1", CLOSED), ("IN2", NEW)] + [("IN1", CLOSED)] * 2 + [("IN1", FALSE)]
    waiting = await bench.listed(grouped=True, states=[NEW])
    assert [(one.item, one.alike) for one in waiting] == [("IN1", 2), ("IN2", 1)]


async def test_groups_are_listed_once_page_by_page(bench):
    bench.change(EventList, group_s=600)
    for name in ("IN1", "IN2", "IN1", "IN3", "IN2", "IN1"):
        await rung(bench, 1, name)
    pages, before = [], None
    while found := await bench.listed(grouped=True, before=before, limit=1):
        pages.append((found[0].item, found[0].alike))
        before = found[0].id
    assert pages == [("IN1", 3), ("IN2", 2), ("IN3", 1)]


async def test_the_oldest_that_nobody_waits_for_go_first_and_the_bound_holds_nevertheless(bench, alarms):
    events = await rung(bench, 60)
    for event in events[20:40]:
        alarms.handle(event, Deed("ada", CLOSED))
    for event in events[:5]:
        alarms.handle(event, Deed("ada", pinned=True))
        alarms.comment(event.id, "ada", "keep")

    def left(most):
        while bench.store.prune(0, most_rows=most):
            pass
        with bench.store.reading() as db:
            return [one for (one,) in db.execute("SELECT id FROM event ORDER BY id")]

    every = [one.id for one in events]
    assert left(50) == every[:20] + every[30:]
    assert left(40) == every[:20] + every[40:]
    assert left(15) == every[:5] + every[-10:]
    assert left(3) == every[2:5]
    with bench.store.reading() as db:
        assert [one for (one,) in db.execute("SELECT event FROM comment ORDER BY event")] == every[2:5]


async def test_the_list_with_comments_is_bounded_in_bytes(bench, alarms):
    for event in await rung(bench, 300):
        for _each in range(3):
            alarms.comment(event.id, "ada", "x" * 500)
    most, passes = 200_000, 0
    while gone := bench.store.prune(0, most_bytes=most):
        assert gone <= ROWS_AT_ONCE
        passes += 1
    with bench.store.reading() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0] - db.execute("PRAGMA freelist_count").fetchone()[0]
    assert passes > 0
    assert pages * 4096 <= most


async def test_a_pinned_event_does_not_grow_too_old(bench, alarms):
    events = await rung(bench, 2)
    alarms.handle(events[0], Deed("ada", pinned=True))
    assert bench.store.prune(bench.clock.now_us() + SECOND_US) == 1
    assert [one.id for one in await bench.listed()] == [events[0].id]
    assert [one.id for one in await bench.listed(pinned=True)] == [events[0].id]


async def test_a_list_of_the_version_before_is_taken_over_as_it_is(bench, tmp_path):
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
    for number in range(1, 4):
        old.execute(
            "INSERT INTO event VALUES (?, 'input-alarm', 'Alarm', 'IN1', '', 0, ?, ?, '', 'Old.', 2, 1, NULL, '{}')",
            (number, number * SECOND_US, None if number == 3 else number * SECOND_US + 5),
        )
    old.execute("INSERT INTO reaction VALUES (1, 'log', 'done', 5, '', 1)")
    old.commit()
    old.close()
    store = EventStore(path)
    try:
        found = store.get(1)
        assert (found.words, found.count, found.state, found.pinned, found.group) == ("Old.", 2, None, False, 0)
        assert [one.linkage for one in found.reactions] == ["log"]
        assert [one.id for one in store.still_open()] == [3]
        assert store.next_id() == 4
        assert Alarms(store, bench.clock).handle(found, Deed("ada", pinned=True))
        assert store.prune(0, most_rows=2) == 1
        assert store.get(2) is None
    finally:
        store.close()


@pytest.mark.covers("V-ALM-41", "V-ALST-03")
async def test_each_user_is_told_of_what_he_wishes(bench, alarms):
    (event,) = await rung(bench)
    alarms.mute("ada", event, 10)
    alarms.wish("bob", ["video-loss"], [2, 3], 0)
    alarms.wish("eve", None, None, 9999)

    def told(of=alarms):
        asked = [("input-alarm", "IN1", 0), ("video-loss", "2", 2), ("video-loss", "4", 4)]
        return {user: [of.wants(user, *one) for one in asked] for user in ("ada", "bob", "eve", "new")}

    first = {"ada": [False, True, True], "bob": [False, True, False], "eve": [False] * 3, "new": [True] * 3}
    assert told() == first
    assert told(Alarms(bench.store, bench.clock)) == first
    bench.clock.advance(10 * 60)
    assert told()["ada"] == [True] * 3
    bench.clock.advance(9999 * 60)
    assert told()["eve"] == [True] * 3
    assert alarms.receiving("eve").off_until_us == 0
    alarms.forget("bob")
    assert told(Alarms(bench.store, bench.clock))["bob"] == [True] * 3


async def test_mutes_are_bounded_and_taken_back(bench, alarms):
    for number in range(MOST_MUTES):
        (event,) = await rung(bench, 1, f"IN{number}")
        alarms.mute("ada", event, 60)
    (other,) = await rung(bench, 1, "IN-other")
    with pytest.raises(TooManyMutes):
        alarms.mute("ada", other, 60)
    assert len(alarms.mute("ada", event, 0).mutes) == MOST_MUTES - 1
    left = await bench.listed(without=[(one.source, one.item) for one in alarms.receiving("ada").mutes])
    assert {one.item for one in left} == {event.item, "IN-other"}

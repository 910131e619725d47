"""The control plane as a whole, on a clock of the test's."""

import asyncio
from dataclasses import replace

import pytest

from recorder.client.status import DiskState, DiskStatus, MediaStatus, PoolState, PoolStatus
from recorder.control import planning
from recorder.control.control import Control
from recorder.media.plan import PLAN_FILE, save
from recorder.settings.pages.general import General
from recorder.settings.pages.record_mode import RecordMode

pytestmark = pytest.mark.anyio


@pytest.fixture
async def started(instance, parts, monkeypatch):
    monkeypatch.setattr(planning, "LOOK_S", 0.02)
    found = Control(instance, parts)
    await found.start()
    yield found
    await found.stop()


async def until(look):
    async with asyncio.timeout(60):
        while not look():  # noqa: ASYNC110 - what is looked at tells nobody
            await asyncio.sleep(0.01)


async def test_a_change_that_matters_makes_a_new_plan(started, author):
    first = started.plan.revision
    await asyncio.to_thread(started.channels.add, {"url": "rtsp://camera/"}, author)
    await until(lambda: started.plan.channel(1))
    await asyncio.to_thread(started.settings.change, RecordMode, {"mode": "off"}, author, item="1")
    await until(lambda: started.plan.channel(1).record == ())
    assert started.plan.revision > first


async def test_a_change_that_does_not_matter_makes_none(started, author):
    revision = started.plan.revision
    await asyncio.to_thread(started.settings.change, General, {"recorder_name": "Harbour"}, author)
    await asyncio.sleep(0.1)
    assert started.plan.revision == revision


async def test_the_plan_is_renewed_every_day(started, clock):
    revision = started.plan.revision
    clock.advance(24 * 3600)
    await until(lambda: started.plan.revision > revision)
    assert started.plan.made_us == clock.now_us()


async def test_the_plan_is_renewed_when_the_clock_is_set_back(started, clock):
    revision = started.plan.revision
    clock.step(-3600)
    await until(lambda: started.plan.revision > revision)


async def test_what_was_due_before_a_restart_is_due_since_then(instance, parts, clock, author):
    first = Control(instance, parts)
    first.channels.add({"url": "rtsp://camera/"}, author)
    await first.start()
    begin = first.plan.channel(1).record[0].start_us
    save(first.plan, instance.state / PLAN_FILE)
    await first.stop()
    clock.advance(3600)
    second = Control(instance, parts)
    await second.start()
    assert second.plan.channel(1).record[0].start_us == begin
    await second.stop()


async def test_a_damaged_plan_of_before_keeps_nobody_from_making_a_new_one(instance, parts):
    (instance.state / PLAN_FILE).write_bytes(b"\xff{")
    found = Control(instance, parts)
    await found.start()
    assert found.plan.revision == 1
    await found.stop()


async def test_what_was_left_to_be_fetched_before_a_restart_is_cleared_away(instance, parts):
    (instance.exports / "fetch-0123").mkdir(parents=True)
    (instance.exports / "holiday").mkdir()
    found = Control(instance, parts)
    await found.start()
    await found.stop()
    assert [one.name for one in instance.exports.iterdir()] == ["holiday"]


async def test_a_disk_or_pool_in_another_state_is_an_event(instance, parts):
    works = DiskStatus("one", "a", DiskState.WRITABLE, 0, "", 10, 1)
    pool = PoolStatus(1, "", PoolState.RECORDING, 10, 1)
    control = Control(instance, parts)
    control.events.start()
    async with control.events.listen() as queue:
        for disk, of in (
            (works, pool),
            (works, pool),
            (replace(works, state=DiskState.SLOW, reason="a write has been going on for 6 s"), pool),
            (None, None),
            (works, replace(pool, state=PoolState.FULL)),
        ):
            control.machinery.disk_news.tell(MediaStatus(0, 1, disks=(disk,), pools=(of,)) if disk else None)
        told = [queue.get_nowait() for _n in range(queue.qsize())]
    assert [(one.kind, one.data["state"]) for one in told] == [("disk", "slow"), ("disk", "writable"), ("pool", "full")]
    assert told[0].data["reason"] == "a write has been going on for 6 s"
    await control.stop()

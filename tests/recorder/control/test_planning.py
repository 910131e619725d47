"""Plans are made anew as settings and clock want it, whatever kept the one before from being made."""

import asyncio
import errno
import sqlite3

import pytest

from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.control import planning
from recorder.control.planning import Planning
from recorder.media.plan import Plan
from recorder.settings.settings import Changed

pytestmark = pytest.mark.anyio


class Planner:
    """Makes plans one after the other, or fails as it is told."""

    def __init__(self):
        self.made = 0
        self.faults = []

    def make(self, now_us, previous):
        if self.faults:
            raise self.faults.pop(0)
        self.made += 1
        return Plan(self.made, now_us)


class Followers:
    """media and pictures, as far as plans go to them."""

    def __init__(self):
        self.given = asyncio.Queue()

    def give(self, plan):
        self.given.put_nowait(plan.revision)

    def follow(self, wanted):
        pass


@pytest.fixture
async def rig(tmp_path, monkeypatch):
    monkeypatch.setattr(planning, "LOOK_S", 0.01)
    monkeypatch.setattr(planning, "AGAIN_S", 0.01)
    monkeypatch.setattr(planning, "wanted_pictures", lambda _settings, _now_us: ())
    planner, followers = Planner(), Followers()
    made = Planning(Instance(tmp_path), ManualClock(), None, planner, followers, followers)
    made.planner, made.given = planner, followers.given
    return made


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    "fault", [FULL, sqlite3.OperationalError("database or disk is full"), ValueError("unforeseen")]
)
async def test_a_plan_that_cannot_be_made_is_tried_again_and_later_changes_reach_media(rig, fault):
    await rig.begin()
    assert await rig.given.get() == 1
    running = asyncio.create_task(rig.run())
    rig.planner.faults += [fault, fault]
    rig.changed([Changed("channel", "1", 2)])
    async with asyncio.timeout(10):
        assert await rig.given.get() == 2
        assert not rig.planner.faults
        rig.changed([Changed("record-mode", "1", 3)])
        assert await rig.given.get() == 3
    assert not running.done()
    running.cancel()


async def test_control_starts_with_the_plan_of_before_where_no_new_one_can_be_made(rig):
    rig.planner.faults.append(FULL)
    await rig.begin()
    running = asyncio.create_task(rig.run())
    async with asyncio.timeout(10):
        assert await rig.given.get() == 1
    running.cancel()

"""Alarms that other programs tell are over to the moment, and nothing is looked at before (D-ALM-05)."""

import asyncio
import selectors
from types import SimpleNamespace

import pytest

from recorder.events.sources.network_alarm import NetworkAlarm, NetworkAlarms
from tests.recorder.events.conftest import ADA


class Idle(selectors.SelectSelector):
    """Where nothing happens, the clock of the test goes on to the next timer."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock

    def select(self, timeout=None):
        if found := super().select(0):
            return found
        if timeout is None:
            raise AssertionError("it sleeps for good")
        self.clock.advance(max(timeout, 1e-6))
        return []


class OwnedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is that of the test's clock."""

    def __init__(self, clock):
        super().__init__(Idle(clock))
        self.clock = clock

    def time(self):
        return self.clock.monotonic_us() / 1_000_000


class Counted(NetworkAlarms):
    """Notes when it looked, in seconds from the beginning."""

    def __init__(self, engine, around):
        super().__init__(engine, around)
        self.looks = []
        self.begin_us = around.clock.monotonic_us()

    def look(self):
        self.looks.append((self.around.clock.monotonic_us() - self.begin_us) / 1_000_000)
        super().look()


@pytest.fixture
def told(bench):
    for name, lasts_s in (("till", 30), ("gate", 600), ("safe", 0)):
        bench.change(NetworkAlarm, name, lasts_s=lasts_s)
    return Counted(bench.engine, SimpleNamespace(clock=bench.clock))


def going_on(bench):
    return {name for name in ("till", "gate", "safe") if bench.engine.goes_on(NetworkAlarm, name)}


def played(bench, told, play):
    """Run the source beside what a test does, on its clock."""

    async def both():
        running = asyncio.create_task(told.run())
        await asyncio.sleep(0)
        await play()
        running.cancel()

    with asyncio.Runner(loop_factory=lambda: OwnedLoop(bench.clock)) as runner:
        runner.run(both())


@pytest.mark.covers("D-ALM-05")
def test_it_looks_when_something_is_over_and_at_no_other_time(bench, told):
    async def play():
        for name in ("gate", "safe", "till"):
            told.tell(name, "", active=True)
        await asyncio.sleep(29.9)
        assert going_on(bench) == {"till", "gate", "safe"}
        await asyncio.sleep(0.2)
        assert going_on(bench) == {"gate", "safe"}
        await asyncio.sleep(3600)
        assert going_on(bench) == {"safe"}

    played(bench, told, play)
    # The start, what was told, the two ends.
    assert told.looks == pytest.approx([0, 0, 30, 600], abs=0.001)


@pytest.mark.covers("D-ALM-05")
def test_one_that_is_told_while_it_sleeps_for_another_is_over_first(bench, told):
    async def play():
        told.tell("gate", "", active=True)
        await asyncio.sleep(100)
        told.tell("till", "", active=True)
        await asyncio.sleep(29.9)
        assert going_on(bench) == {"gate", "till"}
        await asyncio.sleep(0.2)
        assert going_on(bench) == {"gate"}

    played(bench, told, play)


def test_a_rule_that_its_owner_removes_ends_its_alarm_at_once(bench, told):
    async def play():
        told.tell("safe", "", active=True)
        await asyncio.sleep(1)
        assert going_on(bench) == {"safe"}
        bench.settings.remove(NetworkAlarm, "safe", ADA)
        told.look_soon()
        await asyncio.sleep(0.001)
        assert going_on(bench) == set()

    played(bench, told, play)

"""Domes of two speeds on one line: each is spoken to at its own, whoever asks at the same time."""

import asyncio

import pytest

from hal.client.kinds import PtzBusState
from recorder.client.clock import SECOND_US, ManualClock
from recorder.control.domes import Domes
from recorder.control.turning import REST_US
from recorder.settings.pages.ptz import Ptz

pytestmark = pytest.mark.anyio
PAGES = {"1": Ptz(line="RS485", address=1, baud="2400"), "2": Ptz(line="RS485", address=2, baud="9600")}


class Line:
    """Stands for hardware, channels and settings; every request takes a while."""

    def __init__(self):
        self.follower = self
        self.spoken = []
        self.baud = 0

    def listen(self, ear):
        pass

    def get(self, page, channel=None):
        return PAGES[channel] if channel is not None else None

    async def states(self, kind):
        return [PtzBusState("RS485", online=True, baud=9600)]

    async def ask(self, _kind, _name, verb, **arguments):
        await asyncio.sleep(0)
        if verb == "set_line":
            self.baud = arguments["baud"]
        else:
            self.spoken.append((arguments["dome"]["address"], self.baud))
        await asyncio.sleep(0)


@pytest.mark.covers("D-PTZ-01.4")
async def test_nobody_sets_the_line_between_another_dome_and_what_it_is_told():
    line = Line()
    domes = Domes(line, line, line, ManualClock())
    await asyncio.gather(*(domes.stop(1 + n % 2) for n in range(12)))
    assert sorted(line.spoken) == [(1, 2400)] * 6 + [(2, 9600)] * 6


async def test_a_dome_that_was_asked_for_a_preset_turns_for_a_while_and_one_on_tour_until_it_is_asked_for_more():
    line, clock = Line(), ManualClock()
    domes = Domes(line, line, line, clock)
    assert not domes.turning.turns(1)
    await domes.act(1, "preset_goto", 3, author=None)
    assert (domes.turning.turns(1), domes.turning.turns(2)) == (True, False)
    clock.advance(REST_US / SECOND_US)
    assert not domes.turning.turns(1)
    await domes.act(1, "preset_set", 4, author=None)
    assert not domes.turning.turns(1)
    await domes.act(1, "tour_start", 1, author=None)
    clock.advance(3600)
    assert domes.turning.turns(1)
    await domes.stop(1)
    clock.advance(REST_US / SECOND_US)
    assert not domes.turning.turns(1)

"""One line to hal serves a whole process: states as they become, events, requests, and a hal that comes back."""

import asyncio
import contextlib
import subprocess
import sys

import msgspec
import pytest

from hal.client import HalClient, HalRefused, HalUnavailable
from hal.client.follower import Follower
from hal.kinds.alarm_input import AlarmInputState
from hal.kinds.key import KeyEvent
from hal.kinds.relay import RelayState

pytestmark = pytest.mark.anyio


@contextlib.contextmanager
def hal(place):
    command = [sys.executable, "-m", "hal", "--socket", str(place), "--board", "simulated"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.terminate()
            process.wait(60)


class Watched:
    """A follower that runs, and what it told."""

    def __init__(self, place):
        self.follower = Follower(place)
        self.told = []
        self.news = asyncio.Event()
        self.follower.listen(self.hear)

    def hear(self, said, before):
        self.told.append((said, before))
        self.news.set()

    async def until(self, found):
        async with asyncio.timeout(30):
            while not (one := next((told for told in self.told if found(*told)), None)):
                self.news.clear()
                await self.news.wait()
        return one

    async def __aenter__(self):
        self.task = asyncio.create_task(self.follower.run())
        return self

    async def __aexit__(self, *_exc):
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


@pytest.fixture
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("f") / "hal.sock"


def hand(place, kind, name, gesture, **args):
    with HalClient(place) as client:
        client.simulate(kind, name, gesture, **args)


async def test_states_follow_by_themselves_and_each_is_told_with_the_one_before(place):
    async with Watched(place) as here:
        with pytest.raises(HalUnavailable, match="does not answer"):
            await here.follower.ready()
        with hal(place):
            await here.follower.ready()
            inputs = here.follower.states(AlarmInputState)
            assert [one.name for one in inputs] == [f"IN{number}" for number in range(1, 9)]
            assert {one.driver for one in here.follower.inventory} == {"simulated"}
            await asyncio.to_thread(hand, place, "alarm_input", "IN2", "move", active=True)
            now, before = await here.until(lambda said, _before: getattr(said, "active", False))
            assert (now.name, before.active) == ("IN2", False)
            assert [one.name for one in here.follower.states(AlarmInputState) if one.active] == ["IN2"]
            await asyncio.to_thread(hand, place, "key", "FRONT", "press", key="reset")
            event, before = await here.until(lambda said, _before: isinstance(said, KeyEvent))
            assert (event.key, before) == ("reset", None)


async def test_what_a_request_changed_is_known_when_it_returns(place):
    async with Watched(place) as here:
        with hal(place):
            for closed in (True, False) * 5:
                await here.follower.ask("relay", "OUT1", "switch", closed=closed)
                assert here.follower.states(RelayState)[0].closed is closed
            answers = await asyncio.gather(
                *(here.follower.ask("relay", name, "switch", closed=True) for name in ("OUT1", "OUT2")),
                here.follower.ask("relay", "OUT9", "switch", closed=True),
                here.follower.ask("relay", "OUT1", "pulse", for_s=-1),
                return_exceptions=True,
            )
            assert answers[:2] == [None, None]
            assert [type(one) for one in answers[2:]] == [HalRefused, HalRefused]
            assert "no relay OUT9" in str(answers[2])


async def test_who_is_ended_as_his_answer_comes_has_ended(place):
    """`asyncio.wait_for` of Python 3.11 gives the answer then, and who was to end goes on."""
    async with Watched(place) as here:
        with hal(place):
            await here.follower.ready()
            asking = asyncio.create_task(here.follower.ask("relay", "OUT1", "switch", closed=True))
            while not here.follower._waiting:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0)
            (answered,) = here.follower._waiting.values()
            answered.set_result(None)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking


async def test_after_hal_was_away_only_what_is_another_way_is_told(place):
    async with Watched(place) as here:
        with hal(place):
            await here.follower.ready()
            await here.follower.ask("relay", "OUT1", "switch", closed=True)
        async with asyncio.timeout(30):
            while here.follower.connected:  # noqa: ASYNC110 - nobody is told that a line ended
                await asyncio.sleep(0.01)
        assert here.follower.states(RelayState)[0].closed
        here.told.clear()
        with hal(place):
            await here.follower.ready()
            now, before = await here.until(lambda said, _before: said.name == "OUT1")
            assert (now.closed, before.closed) == (False, True)
            assert not [said for said, _before in here.told if said.name == "OUT2"]


async def test_a_request_under_way_ends_when_hal_does_and_nonsense_ends_the_line_alone(tmp_path_factory):
    place = tmp_path_factory.mktemp("s") / "hal.sock"
    lives = []
    fourth = asyncio.Event()
    nonsense = [b'{"op": "state", "device": 12}\n{"nonsense\n', b"[" * 60_000 + b"\n"]

    async def serve(reader, writer):
        lives.append(1)
        await reader.readline()
        about = {"op": "done", "id": 1, "inventory": [], "devices": []}
        writer.write(msgspec.json.encode(about) + b"\n")
        if len(lives) == 1:
            await reader.readline()
        else:
            writer.write(nonsense[len(lives) % 2])
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        if len(lives) == 4:
            fourth.set()

    server = await asyncio.start_unix_server(serve, str(place))
    async with Watched(place) as here:
        with pytest.raises(HalUnavailable, match="ended"):
            await here.follower.ask("relay", "OUT1", "switch", closed=True)
        async with asyncio.timeout(30):
            await fourth.wait()
        assert not here.task.done()
    server.close()
    await server.wait_closed()

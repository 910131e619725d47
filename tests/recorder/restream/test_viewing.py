"""How often is looked whether a viewer may still have his stream, and what that costs a process that sleeps."""

import asyncio

import pytest

from recorder.client.clock import ManualClock
from recorder.client.grants import Grant
from recorder.client.stream import StreamName
from recorder.restream.messages import Fetched
from recorder.restream.viewing import Viewing
from recorder.rtsp.server.server import RtspServer
from tests.recorder.rtsp.server.fakes import Library

pytestmark = pytest.mark.anyio

GRANT = Grant((1,), (StreamName.MAIN,), audio=False, start_us=None, end_us=None, live=True, expires_us=1 << 60)


class Desk:
    async def fetch(self, ticket, channel, stream, *, begins):
        return Fetched(1, "grant", ticket, "Yard", audio=False, expires_us=GRANT.expires_us)


class Verifier:
    def verify(self, token):
        return GRANT


class Feed:
    def join(self, sink):
        return sink

    def leave(self, seat):
        pass

    async def send(self, seat, grant):
        await asyncio.Event().wait()


async def test_all_that_looks_once_a_second_is_woken_for_at_one_moment(monkeypatch):
    loop, due = asyncio.get_running_loop(), []
    call_later, clock = loop.call_later, iter((1000.25, 1000.5, 1000.75))
    now = 1000.125

    def watched(delay, callback, *args, **named):
        due.append(now + delay)
        return call_later(delay, callback, *args, **named)

    monkeypatch.setattr(loop, "call_later", watched)
    monkeypatch.setattr(loop, "time", lambda: now)
    ends = []
    async with RtspServer(Library()):
        for now in clock:  # noqa: B007 - what the loop's clock shows
            viewing = Viewing(
                Desk(),
                Verifier(),
                ManualClock(),
                1,
                StreamName.MAIN,
                Feed(),
                await Desk().fetch("", 1, StreamName.MAIN, begins=True),
            )
            ends.append(viewing.begin(object()))
            for _turn in range(10):
                await asyncio.sleep(0)
    for end in ends:
        end()
    assert due == [1001.0] * 4

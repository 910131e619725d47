"""The line to media: supplied whatever happens to either end."""

import asyncio

import pytest

from recorder.client import wire
from recorder.control import media_link
from recorder.control.media_link import MediaLink
from recorder.media.plan import Plan

pytestmark = pytest.mark.anyio
STATUS = {"op": "status", "time_us": 5, "plan_revision": 3, "names": {"1": "Gate"}}


class Media:
    """A media that answers as it is told to."""

    def __init__(self, path):
        self.path = path
        self.told = asyncio.Queue()
        self.writers = []

    async def start(self):
        self.server = await asyncio.start_unix_server(self.serve, str(self.path))

    async def serve(self, reader, writer):
        self.writers.append(writer)
        try:
            while True:
                _kind, payload = await wire.read_frame(reader)
                self.told.put_nowait(wire.decode(payload))
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    async def heard(self, op):
        async with asyncio.timeout(60):
            while True:
                message = await self.told.get()
                if message["op"] == op:
                    return message

    def say(self, message):
        self.writers[-1].write(message if isinstance(message, bytes) else wire.encode(message))

    async def die(self):
        self.server.close()
        for writer in self.writers:
            writer.close()
        self.path.unlink(missing_ok=True)


@pytest.fixture
def lively(monkeypatch):
    monkeypatch.setattr(media_link, "HELLO_S", 0.02)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(media_link, "SILENT_S", 0.05)


@pytest.fixture
async def media(instance, monkeypatch):
    monkeypatch.setattr(media_link, "RECONNECT_S", 0.02)
    found = Media(instance.socket("media"))
    await found.start()
    yield found
    await found.die()


@pytest.fixture
async def link(instance, clock):
    changes = asyncio.Queue()
    found = MediaLink(instance, clock, changes.put_nowait)
    found.changes = changes
    task = asyncio.create_task(found.run())
    yield found
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_media_gets_the_plan_and_a_sign_of_life(media, link):
    await media.heard("hello")
    link.give(Plan(revision=7))
    assert (await media.heard("plan"))["plan"]["revision"] == 7


async def test_a_new_media_gets_the_plan_again(media, link):
    link.give(Plan(revision=7))
    await media.heard("plan")
    await media.die()
    await media.start()
    assert (await media.heard("plan"))["plan"]["revision"] == 7
    await media.heard("hello")


async def test_signs_of_life_go_on(lively, media, link):
    for _each in range(3):
        await media.heard("hello")


async def test_status_is_known_until_media_is_gone(media, link, clock):
    await media.heard("watch")
    media.say(STATUS)
    status = await asyncio.wait_for(link.changes.get(), 60)
    assert (status.plan_revision, status.names, link.silent_since_us) == (3, {1: "Gate"}, None)
    clock.advance(60)
    await media.die()
    assert await asyncio.wait_for(link.changes.get(), 60) is None
    assert (link.status, link.silent_since_us) == (None, clock.now_us())


@pytest.mark.parametrize(
    "nonsense", [b"\xff\xff\xff\xff\0", wire.encode({"op": "status", "streams": 5}), wire.encode([1]), b"\0\0\0\2\0{"]
)
async def test_nonsense_from_media_costs_the_connection_and_nothing_else(media, link, nonsense):
    await media.heard("watch")
    media.say(nonsense)
    await media.heard("watch")
    media.say(STATUS)
    assert await asyncio.wait_for(link.changes.get(), 60)


async def test_a_media_that_says_nothing_more_is_taken_for_dead(impatient, media, link):
    for _each in range(3):
        await media.heard("watch")

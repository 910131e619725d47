"""A decode service in a thread of its own, two fake taps, and a client, on a clock that the test moves."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from recorder.client.clock import Clock, ManualClock
from recorder.client.frames import DecodeClient
from recorder.client.instance import Instance
from recorder.client.surface import Picture
from recorder.decode.service import Service
from tests.recorder.decode.film import number_of
from tests.recorder.decode.taps import FakeTap

PATIENCE_S = 60


def in_vain() -> str:
    return "waited in vain"


def eventually(found: Callable[[], object], what: Callable[[], str] = in_vain) -> object:
    """Wait until something is true and give it; a failure after `PATIENCE_S`."""
    deadline = time.monotonic() + PATIENCE_S
    while not (value := found()):
        assert time.monotonic() < deadline, what()
        time.sleep(0.002)
    return value


@dataclass
class House:
    """The service and what stands around it."""

    instance: Instance
    service: Service
    client: DecodeClient
    media: FakeTap
    reader: FakeTap
    clock: Clock

    def look(self, view: int) -> tuple[Picture, np.ndarray] | None:
        """What a view shows now."""
        surface = self.client.surface(view)
        if surface is None:
            return None
        memory = bytearray(surface.picture_bytes)
        picture = surface.copy(memory)
        if picture is None:
            return None
        lines = np.frombuffer(memory, np.uint8).reshape(surface.height, surface.stride // 4, 4)
        return picture, lines[:, : surface.width]

    def number(self, view: int) -> int | None:
        """The number burned into the picture that a view shows."""
        seen = self.look(view)
        return None if seen is None else number_of(seen[1])

    def wait_number(self, view: int, number: int) -> None:
        eventually(lambda: self.number(view) == number, lambda: f"view {view} shows {self.number(view)}, not {number}")

    def wait(self, found: Callable[[], object], what: Callable[[], str] = in_vain) -> object:
        return eventually(found, what)


@pytest.fixture
def clock() -> Clock:
    return ManualClock()


@pytest.fixture
def house(tmp_path, clock) -> Iterator[House]:
    instance = Instance(tmp_path)
    media, reader = FakeTap(instance.socket("media")), FakeTap(instance.socket("reader"))
    loop = asyncio.new_event_loop()
    made: list[Service] = []
    ready = threading.Event()

    async def begin() -> None:
        service = Service(instance, clock)
        service.start()
        made.append(service)
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(begin())
        loop.run_forever()
        loop.run_until_complete(made[0].close())
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(60)
    client = DecodeClient(instance.socket("decode"))
    client.start()
    eventually(lambda: client.connected and made[0].media.connected and made[0].reader.connected)
    yield House(instance, made[0], client, media, reader, clock)
    client.close()
    loop.call_soon_threadsafe(loop.stop)
    thread.join(60)
    media.close()
    reader.close()

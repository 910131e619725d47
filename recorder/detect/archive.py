"""Brings records of motion to media: those that grow every few seconds, whole ones until it has taken them."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable

from recorder.client import wire
from recorder.client.instance import Instance
from recorder.client.motion import MotionRecord, pack

BRING_S = 10.0
"""The death of detect loses so much of what moved, and media's nothing."""
RECONNECT_S = 0.5
MOST_WAITING = 4096
"""Whole records that media has not taken: two hours of a full box. The oldest go."""

log = logging.getLogger(__name__)


class Archive:
    """The line to media. `growing` gives (channel, record) of what is not whole yet."""

    def __init__(self, instance: Instance, growing: Callable[[], Iterable[tuple[int, MotionRecord]]]) -> None:
        self._path = instance.socket("media")
        self._growing = growing
        self._waiting: dict[int, tuple[int, MotionRecord]] = {}
        self._number = 0
        self._taken = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None

    def put(self, channel: int, record: MotionRecord) -> None:
        """Bring a whole record."""
        self._number += 1
        self._taken.clear()
        self._waiting[self._number] = (channel, record)
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        if self._writer is not None:
            self._send(self._number, channel, record, whole=True)

    async def run(self) -> None:
        """Stay connected until cancelled."""
        while True:
            try:
                reader, self._writer = await asyncio.open_unix_connection(str(self._path))
                await self._serve(reader)
            except (OSError, asyncio.IncompleteReadError, wire.BadFrame) as error:
                log.debug("media: %s", error)
            finally:
                if self._writer is not None:
                    self._writer.close()
                    self._writer = None
            await asyncio.sleep(RECONNECT_S)

    async def finish(self, patience_s: float) -> None:
        """Wait until media has taken all whole records, but not for long."""
        if self._writer is not None and self._waiting:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await self._taken.wait()

    async def _serve(self, reader: asyncio.StreamReader) -> None:
        for number, (channel, record) in list(self._waiting.items()):
            self._send(number, channel, record, whole=True)
        bringing = asyncio.create_task(self._bring())
        try:
            while True:
                kind, payload = await wire.read_frame(reader)
                if kind == wire.MESSAGE:
                    self._answered(wire.decode(payload))
        finally:
            bringing.cancel()

    async def _bring(self) -> None:
        while True:
            for channel, record in self._growing():
                self._send(0, channel, record, whole=False)
            await asyncio.sleep(BRING_S)

    def _answered(self, message: dict[str, object]) -> None:
        number = message.get("id")
        if isinstance(number, int) and number in self._waiting:
            if message["op"] == "failed":
                log.error("media does not take a record of motion: %s", message.get("words"))
            del self._waiting[number]
            if not self._waiting:
                self._taken.set()

    def _send(self, number: int, channel: int, record: MotionRecord, *, whole: bool) -> None:
        assert self._writer is not None
        message = {
            "op": "motion",
            "id": number,
            "channel": channel,
            "start_us": record.start_us,
            "record": pack(record),
            "whole": whole,
        }
        self._writer.write(wire.encode(message))

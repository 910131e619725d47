"""The line to media: it gets the plan and a sign of life, and tells how streams and disks are. Heals by itself."""

import asyncio
import logging
from collections.abc import Callable, Sequence

import msgspec

from recorder.client import wire
from recorder.client.clock import Clock
from recorder.client.errors import Unavailable
from recorder.client.instance import Instance
from recorder.client.status import MediaStatus
from recorder.control.frames_call import connect, next_message
from recorder.media.plan import Plan

log = logging.getLogger(__name__)

HELLO_S = 10.0
RECONNECT_S = 0.5
SILENT_S = 15.0
"""media pushes its status every second: so long without one, and the line is taken for dead."""


class MediaLink:
    """Keeps media supplied. `changed` is called with every status, and with None when media is gone."""

    def __init__(
        self,
        instance: Instance,
        clock: Clock,
        changed: Callable[[MediaStatus | None], None],
        event: Callable[[Sequence[int]], None] = lambda _channels: None,
    ) -> None:
        """`event` is called with the channels on which a mark begins."""
        self.status: MediaStatus | None = None
        self.silent_since_us: int | None = clock.now_us()
        self._instance = instance
        self._clock = clock
        self._changed = changed
        self._event = event
        self._plan: Plan | None = None
        self._writer: asyncio.StreamWriter | None = None

    def give(self, plan: Plan) -> None:
        """Send a plan now, and again at every reconnection."""
        self._plan = plan
        if self._writer is not None:
            self._writer.write(wire.encode({"op": "plan", "plan": plan}))

    async def run(self) -> None:
        """Stay connected until cancelled."""
        while True:
            try:
                await self._connected()
            except (OSError, asyncio.IncompleteReadError, TimeoutError, wire.BadFrame, Unavailable) as error:
                log.debug("media: %s", error)
            finally:
                self._lost()
            await asyncio.sleep(RECONNECT_S)

    async def _connected(self) -> None:
        reader, writer = await connect(self._instance, "media")
        self._writer = writer
        hello = asyncio.create_task(self._hello(writer))
        try:
            writer.write(wire.encode({"op": "watch"}))
            if self._plan is not None:
                self.give(self._plan)
            while True:
                async with asyncio.timeout(SILENT_S):
                    self._received(await next_message(reader))
        finally:
            hello.cancel()
            self._writer = None
            writer.close()

    async def _hello(self, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(wire.encode({"op": "hello"}))
            await asyncio.sleep(HELLO_S)

    def _received(self, message: dict[str, object]) -> None:
        match message["op"]:
            case "status":
                try:
                    status = msgspec.convert(message, MediaStatus, str_keys=True)
                except msgspec.ValidationError as error:
                    raise wire.BadFrame(problem=str(error)) from error
                if self.silent_since_us is not None:
                    log.info("media answers")
                self.status, self.silent_since_us = status, None
                self._changed(status)
            case "event":
                channels = message.get("channels")
                if isinstance(channels, list):
                    self._event([one for one in channels if isinstance(one, int)])
            case "planned":
                log.info("media runs from plan %s", message.get("revision"))
            case "failed":
                log.error("media refused: %s", message.get("words"))
            case _:
                pass

    def _lost(self) -> None:
        if self.silent_since_us is None:
            log.warning("media does not answer")
            self.status, self.silent_since_us = None, self._clock.now_us()
            self._changed(None)

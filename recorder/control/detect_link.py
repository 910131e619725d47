"""The line to detect: it gets the channels to look at, and tells what it sees. Heals by itself."""

import asyncio
import logging
from collections.abc import Callable

import msgspec

from recorder.client import wire
from recorder.client.detection import ChannelSeen, Seen, Watch
from recorder.client.errors import Unavailable
from recorder.client.instance import Instance
from recorder.control.frames_call import connect, next_message

RECONNECT_S = 0.5
SILENT_S = 15.0
"""detect tells once a second how everything is: so long without, and the line is taken for dead."""
log = logging.getLogger(__name__)


class DetectLink:
    """Keeps detect supplied. Belongs to the event loop."""

    def __init__(self, instance: Instance) -> None:
        self.seen: dict[int, ChannelSeen] | None = None
        """By channel; None while detect does not answer."""
        self._instance = instance
        self._watch: Watch | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._wished: dict[int, int] = {}
        self._listeners: list[Callable[[], None]] = []

    def listen(self, told: Callable[[], None]) -> None:
        """Call somebody whenever `seen` is another one."""
        self._listeners.append(told)

    def want(self, watch: Watch) -> None:
        """Have these channels looked at; costs nothing where they are the same."""
        if watch != self._watch:
            self._watch = watch
            self._send()

    def listen_to(self, channel: int, until_us: int) -> None:
        """Have a channel listened to for a while, whatever rules say: somebody looks at its level. Monotonic."""
        self._wished[channel] = until_us

    def wished(self, channel: int, now_us: int) -> bool:
        """Whether somebody looks at the level of a channel."""
        return self._wished.get(channel, now_us) > now_us

    async def run(self) -> None:
        """Stay connected until cancelled."""
        while True:
            try:
                await self._connected()
            except (OSError, asyncio.IncompleteReadError, TimeoutError, wire.BadFrame, Unavailable) as error:
                log.debug("detect: %s", error)
            finally:
                self._writer = None
                if self.seen is not None:
                    log.warning("detect does not answer")
                    self._take(None)
            await asyncio.sleep(RECONNECT_S)

    async def _connected(self) -> None:
        reader, self._writer = await connect(self._instance, "detect")
        writer = self._writer
        try:
            writer.write(wire.encode({"op": "seen"}))
            self._send()
            while True:
                async with asyncio.timeout(SILENT_S):
                    message = await next_message(reader)
                if message["op"] == "failed":
                    log.error("detect refused: %s", message.get("words"))
                elif message["op"] == "seen":
                    try:
                        seen = msgspec.convert(message, Seen)
                    except msgspec.ValidationError as error:
                        raise wire.BadFrame(problem=str(error)) from error
                    self._take({one.channel: one for one in seen.channels})
        finally:
            writer.close()

    def _send(self) -> None:
        if self._writer is not None and self._watch is not None:
            self._writer.write(wire.encode(self._watch))

    def _take(self, seen: dict[int, ChannelSeen] | None) -> None:
        self.seen = seen
        for told in self._listeners:
            told()

"""Detection as a whole: which channels are looked at, how often, and who is told what is seen."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from recorder.client.clock import Clock, SystemClock
from recorder.client.detection import Seen, Watch
from recorder.client.errors import UNREADABLE, Invalid
from recorder.client.instance import Instance
from recorder.client.motion import MotionRecord
from recorder.client.words import _
from recorder.detect.archive import Archive
from recorder.detect.channel import WatchedChannel
from recorder.detect.pictures import Pictures
from recorder.sockets.connection import Connection
from recorder.sockets.listener import Listener
from recorder.sockets.request import read
from recorder.sockets.running import Running

LOOK_S = 0.1
"""How often new pictures are looked for: half of the time between two."""
TELL_S = 1.0
RATES = (5.0, 2.5, 1.0)
"""Pictures a second of a channel: the first as long as there is room, then less, never silently."""
CROWDED, ROOMY = 0.6, 0.2
"""Of a core: above, the rate goes down; below, it goes up again."""
WEIGH_S = 5.0
MOST_CHANNELS = 128
LAST_CHANNEL = 999
FINISH_S = 2.0
WATCHED_FILE = "detect.json"

log = logging.getLogger(__name__)


class Service:
    """Everything that detect does, in one event loop."""

    def __init__(self, instance: Instance, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.channels: dict[int, WatchedChannel] = {}
        self.rate = RATES[0]
        self._file = (instance.own or instance.state) / WATCHED_FILE
        self._pictures = Pictures(instance)
        self._archive = Archive(instance, self._growing)
        self._clients: set[Client] = set()
        self._mattered: dict[int, tuple[object, ...]] | None = None
        """What was told last of each channel, as far as a change of it is told at once."""
        self._running = Running()
        self._listener = Listener(instance.socket("detect"), lambda connection: Client(self, connection))

    def start(self) -> None:
        """Look at what was looked at before, and listen; needs a running event loop."""
        self.watch(_kept(self._file))
        self._pictures.start()
        self._listener.open()
        self._running.begin((self._archive.run, self._look_on, self._tell_on))

    async def close(self) -> None:
        """Bring what was seen, and end."""
        self._listener.close()
        for channel in list(self.channels):
            self._drop(channel)
        await self._archive.finish(FINISH_S)
        await self._running.end()
        await asyncio.to_thread(self._pictures.close)

    def watch(self, asked: Watch) -> None:
        """Look at these channels and no others; raises `Invalid`. It is remembered over a restart."""
        wanted = {one.channel: one for one in asked.channels}
        if len(wanted) > MOST_CHANNELS or not all(1 <= channel <= LAST_CHANNEL for channel in wanted):
            raise Invalid(problem=_("more than {most} channels, or one that cannot be").format(most=MOST_CHANNELS))
        for channel in self.channels.keys() - wanted.keys():
            self._drop(channel)
        for channel, one in wanted.items():
            known = self.channels.get(channel)
            if known is None:
                self.channels[channel] = WatchedChannel(one)
            else:
                known.change(one)
            self._pictures.want(one, self.rate)
            self._pictures.listen(one)
        with contextlib.suppress(OSError):
            fresh = self._file.with_suffix(".new")
            fresh.write_bytes(msgspec.json.encode(asked))
            fresh.replace(self._file)

    def seen(self) -> Seen:
        """Say how all channels are."""
        now = self.clock.monotonic_us()
        return Seen(
            tuple(
                one.told(now, keys_only=self._pictures.keys_only(channel))
                for channel, one in sorted(self.channels.items())
            )
        )

    def join(self, client: "Client") -> None:
        """Tell one more client."""
        self._clients.add(client)

    def leave(self, client: "Client") -> None:
        """Tell one client no more."""
        self._clients.discard(client)

    def look(self) -> bool:
        """Look at every picture that has come; says whether there was any."""
        looked = False
        now = self.clock.monotonic_us()
        for heard in self._pictures.heard():
            if (known := self.channels.get(heard.id)) is not None:
                known.hear(heard, now)
        for channel, at_us, picture in self._pictures.fresh():
            looked = True
            try:
                record = self.channels[channel].take(picture, at_us, now)
            except Exception:
                # One channel's pictures must not end looking at the others.
                log.exception("Looking at channel %d failed", channel)
                continue
            if record is not None:
                self._archive.put(channel, record)
        return looked

    def weigh(self, busy: float) -> None:
        """Choose the rate by how much of a core looking takes."""
        at = RATES.index(self.rate)
        if busy > CROWDED and at + 1 < len(RATES):
            at += 1
        elif busy < ROOMY and at:
            at -= 1
        if RATES[at] != self.rate:
            self.rate = RATES[at]
            log.warning("looking takes %.0f %% of a core: %g pictures a second from now on", 100 * busy, self.rate)
            for one in self.channels.values():
                self._pictures.want(one.asked, self.rate)

    def _drop(self, channel: int) -> None:
        record = self.channels.pop(channel).finish()
        self._pictures.drop(channel)
        if record is not None:
            self._archive.put(channel, record)

    def _growing(self) -> Iterator[tuple[int, MotionRecord]]:
        for channel, one in list(self.channels.items()):
            record = one.record()
            if record is not None:
                yield channel, record

    async def _look_on(self) -> None:
        busy_s, weighed = 0.0, time.monotonic()
        while True:
            await asyncio.sleep(LOOK_S)
            begun, spent = time.monotonic(), time.thread_time()
            if self.look():
                self._tell(changes_only=True)
            # Waiting for the processor counts as well: then there is no room either.
            busy_s += max(time.thread_time() - spent, min(time.monotonic() - begun, LOOK_S) / 2)
            if begun - weighed > WEIGH_S:
                self.weigh(busy_s / (begun - weighed))
                busy_s, weighed = 0.0, begun

    async def _tell_on(self) -> None:
        while True:
            await asyncio.sleep(TELL_S)
            self._tell(changes_only=False)

    def _tell(self, *, changes_only: bool) -> None:
        if not self._clients:
            return
        now = self.clock.monotonic_us()
        matters = {channel: one.matters(now) for channel, one in self.channels.items()}
        if changes_only and matters == self._mattered:
            return
        self._mattered = matters
        seen = self.seen()
        for client in list(self._clients):
            client.tell(seen)


def _kept(file: Path) -> Watch:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Watch)
    except FileNotFoundError:
        return Watch()
    except (OSError, *UNREADABLE) as error:
        log.warning("what was looked at before cannot be read: %s", error)
        return Watch()


class Client:
    """One connection: control, most likely."""

    def __init__(self, service: Service, connection: Connection) -> None:
        self._service = service
        self._connection = connection

    def received(self, message: dict[str, Any]) -> None:
        """Do what is asked."""
        self._connection.peer.require_steering(_("say what is looked at"))
        match message["op"]:
            case "watch":
                self._service.watch(read(message, Watch))
            case "seen":
                pass
            case op:
                raise Invalid(problem=_("detect does not know {op}.").format(op=str(op)[:40]))
        self._service.join(self)
        self.tell(self._service.seen())

    def tell(self, seen: Seen) -> None:
        """Send how all channels are, unless too much waits already."""
        if self._connection.backlog < 1 << 20:
            self._connection.send(seen)

    def drained(self) -> None:
        """Nothing waits for that."""

    def closed(self) -> None:
        """The client is gone."""
        self._service.leave(self)

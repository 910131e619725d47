"""A tap server that plays what a test put into it: live as the test sends it, recorded with credit, modes and holes."""

import asyncio
import threading
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from recorder.client import tap, wire
from recorder.client.stream import Epoch, Sample, SampleFlag, StreamKey


@dataclass
class Stretch:
    """Samples without a hole between them, of one epoch."""

    epoch: Epoch
    samples: list[Sample]


@dataclass
class Subscription:
    asked: tap.Subscribe
    writer: asyncio.StreamWriter
    credit: int = 0
    waiting: list[tuple[Epoch, Sample]] = field(default_factory=list)
    epoch: Epoch | None = None
    finished: bool = False
    held: bool = False
    until_us: int | None = None
    broken: str = ""

    def send(self, message) -> None:
        self.writer.write(wire.encode(message))

    def put(self, epoch: Epoch, sample: Sample) -> None:
        if epoch != self.epoch:
            self.epoch = epoch
            self.send(tap.EpochMessage(self.asked.id, epoch))
        self.writer.write(tap.pack_sample_header(self.asked.id, epoch.number, sample) + bytes(sample.data))

    @property
    def _late(self) -> bool:
        return self.held or (self.until_us is not None and self.waiting[0][1].wall_us > self.until_us)

    def pump(self) -> None:
        while self.waiting and not self._late and self.credit >= len(self.waiting[0][1].data):
            epoch, sample = self.waiting.pop(0)
            self.credit -= len(sample.data)
            self.put(epoch, sample)
        if not self.waiting and not self.finished:
            self.finished = True
            broken = self.broken and tap.Failed(self.asked.id, "DiskSilent", self.broken)
            self.send(broken or tap.Ended(self.asked.id, "end"))


class FakeTap:
    """A server of its own thread. `live` and `recorded` say what it has; `push` sends a live sample."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recorded: dict[StreamKey, list[Stretch]] = {}
        self.hold = False
        self.until_us: int | None = None
        """What is later than this is late to come, until `catch_up`."""
        self.broken = ""
        """Why nothing behind what is recorded can be read."""
        self.strict = False
        """As the reader has it: behind the end of the footage there is nothing, not the last GOP."""
        self.asked: list[tap.Subscribe] = []
        self.ring: dict[StreamKey, list[tuple[Epoch, Sample]]] = {}
        self._open: dict[tuple[asyncio.StreamWriter, int], Subscription] = {}
        self.loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._thread.start()
        assert self._ready.wait(60)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._listen())
        self._ready.set()
        self.loop.run_forever()
        self.loop.run_until_complete(self._stop())
        self.loop.close()

    async def _listen(self) -> None:
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._client, str(self.path))

    async def _stop(self) -> None:
        self._server.close()
        for writer in {writer for writer, _ in self._open}:
            writer.transport.abort()
        tasks = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def close(self) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(60)

    def hang_up(self) -> None:
        """Cut all connections, as a killed process does."""

        def cut() -> None:
            for writer in {writer for writer, _ in self._open}:
                writer.transport.abort()

        self.loop.call_soon_threadsafe(cut)

    def catch_up(self) -> None:
        """Send what was late."""

        def send() -> None:
            self.until_us = None
            for one in self._open.values():
                one.until_us = None
                if one.asked.from_us is not None:
                    one.pump()

        self.loop.call_soon_threadsafe(send)

    def push(self, key: StreamKey, epoch: Epoch, samples: list[Sample]) -> None:
        """Send live samples, and keep them from the newest key frame on for who comes later."""

        def send() -> None:
            ring = self.ring.setdefault(key, [])
            for sample in samples:
                if sample.flags & SampleFlag.KEY:
                    ring.clear()
                ring.append((epoch, sample))
                for one in self._open.values():
                    if one.asked.key == key and one.asked.from_us is None:
                        one.put(epoch, sample)

        self.loop.call_soon_threadsafe(send)

    def live_subscriptions(self, key: StreamKey) -> int:
        return sum(one.asked.key == key and one.asked.from_us is None for one in self._open.values())

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                _kind, payload = await wire.read_frame(reader)
                self._message(wire.decode(payload), writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            for name in [name for name in self._open if name[0] is writer]:
                del self._open[name]
            writer.close()

    def _message(self, message: dict, writer: asyncio.StreamWriter) -> None:
        name = (writer, message["id"])
        match message["op"]:
            case "subscribe":
                asked = msgspec.convert(message, tap.Subscribe)
                self.asked.append(asked)
                one = self._open[name] = Subscription(
                    asked, writer, held=self.hold, until_us=self.until_us, broken=self.broken
                )
                one.send(tap.Opened(asked.id))
                if asked.from_us is None:
                    for epoch, sample in self.ring.get(asked.key, []):
                        one.put(epoch, sample)
                else:
                    one.waiting = self._stretch(asked)
                    if not one.waiting:
                        one.pump()
            case "spans":
                key = StreamKey(message["channel"], message["stream"])
                spans = [
                    {
                        "start_us": one.samples[0].wall_us,
                        "end_us": one.samples[-1].wall_us,
                        "type": "general",
                        "bytes": 1000,
                    }
                    for one in self.recorded.get(key, [])
                ]
                writer.write(wire.encode({"op": "spans", "id": message["id"], "spans": spans}))
            case "credit" if name in self._open:
                self._open[name].credit += message["bytes"]
                self._open[name].pump()
            case "unsubscribe":
                self._open.pop(name, None)

    def _stretch(self, asked: tap.Subscribe) -> list[tuple[Epoch, Sample]]:
        gops: list[tuple[Epoch, list[Sample]]] = []
        for stretch in self.recorded.get(asked.key, []):
            for sample in stretch.samples:
                if sample.flags & SampleFlag.KEY:
                    gops.append((stretch.epoch, []))
                gops[-1][1].append(sample)
        if asked.mode.backwards:
            found = [(epoch, gop) for epoch, gop in reversed(gops) if gop[0].wall_us <= asked.from_us]
            few = asked.mode is tap.Mode.REVERSE_KEY
            return [
                (epoch, flagged(sample, discontinuity=at == 0))
                for epoch, gop in found
                for at, sample in enumerate(gop[:1] if few else gop)
            ]
        if self.strict and gops and asked.from_us > gops[-1][1][-1].wall_us + 1_000_000:
            return []
        first = max((at for at, (_, gop) in enumerate(gops) if gop[0].wall_us <= asked.from_us), default=0)
        return [
            (epoch, sample)
            for epoch, gop in gops[first:]
            for sample in (gop[:1] if asked.mode is tap.Mode.KEY else gop)
            if asked.until_us is None or sample.wall_us < asked.until_us
            if asked.audio or sample.track == 0
        ]


def flagged(sample: Sample, *, discontinuity: bool) -> Sample:
    flags = sample.flags | SampleFlag.DISCONTINUITY if discontinuity else sample.flags & ~SampleFlag.DISCONTINUITY
    return Sample(sample.track, sample.pts_us, sample.wall_us, flags, sample.data)

"""One live stream for all who watch it: one tap at media, and packets that are made and numbered once.

Whoever joins begins at the newest key frame, of which and of all since the packets are kept. Rights are not looked at
here: a viewer joins under his own (`recorder.restream.viewing`), and the tap is opened under those of one of them.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.stream import Epoch, Sample, SampleFlag, TrackKind
from recorder.restream.in_band import with_sets
from recorder.restream.offered import goes_on
from recorder.restream.pace import Pace
from recorder.restream.tap import Take
from recorder.rtsp.packetise import packetiser
from recorder.rtsp.server.numbering import Entry, Numbered, Numbering
from recorder.rtsp.server.source import OfferedTrack, Sink, Unit

log = logging.getLogger("rtsp")

CATCH_UP_US = SECOND_US // 2
BURST_BYTES_PER_S = 8 << 20
"""What is older than half a second comes no faster than this: a GOP at once would overflow a client's buffers."""
GOP_BYTES = 8 << 20
"""What is kept for those who join, and what may wait for one who has not caught up. Beyond, who joins gets a feed of
his own, and who waits begins at the next key frame."""

# A flag takes ten times as long as a number.
_KEY = int(SampleFlag.KEY)

Tap = Callable[[str, Take], Coroutine[Any, Any, None]]
"""Has the stream taken under a grant, until it ends or no more of it is wanted."""


class Seat:
    """One viewer's place in a feed. What comes before he is let in, or has caught up, waits for him."""

    def __init__(self, sink: Sink, units: "deque[Unit]", clock: Clock, *, from_next_key: bool) -> None:
        self.over = asyncio.Event()
        """Set when nothing more comes."""
        self.let_in = False
        self._sink = sink
        self._clock = clock
        self._waiting: deque[Unit] | None = units
        self._waiting_bytes = sum(len(unit.packets.data) for unit in units)
        self._from_next_key = from_next_key

    def take(self, unit: Unit) -> None:
        """Take what is newest; whatever goes wrong with one viewer, the others go on."""
        if self._from_next_key and not unit.starts_key:
            return
        if self._waiting is not None:
            self._keep(self._waiting, unit)
            return
        self._from_next_key = False
        try:
            self._sink.put(unit)
        except Exception:  # one client's connection must not take the others with it
            log.exception("a stream failed for a client")
            self.over.set()

    async def catch_up(self) -> None:
        """Send what waits, and from then on everything as it comes."""
        assert self._waiting is not None
        while self._waiting:
            unit = self._waiting.popleft()
            size = len(unit.packets.data)
            self._waiting_bytes -= size
            self._sink.put(unit)
            if rest_s := rest(self._clock, unit.wall_us, size):
                await asyncio.sleep(rest_s)
        self._waiting = None

    def _keep(self, waiting: deque[Unit], unit: Unit) -> None:
        size = len(unit.packets.data)
        if self._from_next_key:
            waiting.clear()
            self._waiting_bytes = 0
        self._from_next_key = self._waiting_bytes + size > GOP_BYTES
        if not self._from_next_key:
            waiting.append(unit)
            self._waiting_bytes += size


class Feed:
    """Runs while somebody sits in it; what stopped can be begun again, and its numbers and times go on."""

    def __init__(self, name: str, tap: Tap, clock: Clock, epoch: Epoch, tracks: tuple[OfferedTrack, ...]) -> None:
        """`tracks` are what the epoch is offered as."""
        self.numberings = {one.number: Numbering() for one in tracks}
        self._name = name
        self._tap = tap
        self._clock = clock
        self._epoch = epoch
        self._parameters = {one.number: one.parameters for one in tracks}
        self._packetisers = {one.number: packetiser(one.parameters, one.payload_type) for one in tracks}
        self._has_video = any(one.parameters.kind is TrackKind.VIDEO for one in tracks)
        self._pace = Pace()
        self._begins = True
        """Nothing of the tap that is open has been sent yet."""
        self._seats: set[Seat] = set()
        self._running: asyncio.Task[None] | None = None
        self._gop: deque[Unit] | None = deque()
        """All since the newest key frame; None while that is more than is kept."""
        self._gop_bytes = 0

    def takes(self, epoch: Epoch) -> bool:
        """Whether who was offered this epoch can join, and begins with a key frame at once."""
        return goes_on(self._epoch, epoch) and self._gop is not None

    def join(self, sink: Sink) -> Seat:
        """Take a place at the newest key frame, which is where `numberings` say that one begins."""
        seat = Seat(sink, deque(self._gop or ()), self._clock, from_next_key=self._gop is None)
        self._seats.add(seat)
        return seat

    def leave(self, seat: Seat) -> None:
        """Give a place up; may be called twice. With the last one the tap is closed."""
        self._seats.discard(seat)
        if not self._seats and self._running is not None:
            self._running.cancel()
            self._stopped()

    async def send(self, seat: Seat, grant: str) -> None:
        """Send to a place until the stream ends; where the tap is not open yet, it is opened under this grant."""
        seat.let_in = True
        if self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._run(grant))
        await seat.catch_up()
        await seat.over.wait()

    async def _run(self, grant: str) -> None:
        self._begins = True
        try:
            await self._tap(grant, self._part)
        except NightjarError as error:
            log.info("%s ends for its clients: %s", self._name, error)
        except Exception:
            log.exception("%s failed for its clients", self._name)
        # Not where it was cancelled: then somebody may have begun it again.
        self._stopped()
        for seat in self._seats:
            if seat.let_in:
                seat.over.set()

    def _stopped(self) -> None:
        self._running = None
        self._begin_gop()

    def _begin_gop(self) -> None:
        self._gop, self._gop_bytes = deque(), 0
        for numbering in self.numberings.values():
            numbering.joins_at = None

    def _part(self, part: Epoch | Sample) -> float | None:
        """Take the next of the stream (`recorder.restream.tap.Take`)."""
        if isinstance(part, Sample):
            return self._put(part) if part.track in self._packetisers else 0.0
        if not goes_on(self._epoch, part):
            log.info("%s is coded otherwise now; its clients come anew", self._name)
            return None
        self._parameters |= {one.track: one for one in part.tracks if one.track in self._parameters}
        return 0.0

    def _put(self, sample: Sample) -> float:
        # Between two taps there is a hole, whatever media says of its first sample.
        unit = self._unit(sample, self._pace.time_us(sample, after_hole=self._begins))
        self._begins = False
        if not unit.packets.offsets:
            return 0.0
        for seat in tuple(self._seats):
            seat.take(unit)
        return rest(self._clock, sample.wall_us, len(unit.packets.data))

    def _unit(self, sample: Sample, time_us: int) -> Unit:
        """Make the packets of a sample, and keep them for who joins."""
        parameters, numbering = self._parameters[sample.track], self.numberings[sample.track]
        key = bool(int(sample.flags) & _KEY)
        time = time_us * parameters.clock_hz // SECOND_US
        packets = self._packetisers[sample.track](with_sets(sample.data, parameters) if key else sample.data)
        sequence = numbering.sequence
        packets = numbering.number(packets, time, 0)
        unit = Unit(sample.track, time, sample.wall_us, key, packets, numbered=Numbered(packets))
        if key:
            self._begin_gop()
        if self._has_video and self._gop is not None and packets.offsets:
            self._remember(self._gop, unit, sequence)
        return unit

    def _remember(self, gop: deque[Unit], unit: Unit, sequence: int) -> None:
        self._gop_bytes += len(unit.packets.data)
        if self._gop_bytes > GOP_BYTES:
            self._gop = None
            for numbering in self.numberings.values():
                numbering.joins_at = Entry(None)
            return
        gop.append(unit)
        numbering = self.numberings[unit.track]
        if numbering.joins_at is None:
            numbering.joins_at = Entry(sequence, numbering.timestamp(unit.time))


def rest(clock: Clock, wall_us: int, size: int) -> float:
    """Give how long (s) a burst of so many bytes may take, where it is of something old."""
    return size / BURST_BYTES_PER_S if clock.now_us() - wall_us > CATCH_UP_US else 0.0

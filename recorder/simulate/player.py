"""One delivery of a simulated camera: each picture when it is due, with the faults that were asked for."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from recorder.client.clock import SECOND_US
from recorder.rtsp.packetise.packets import Packets
from recorder.rtsp.server.source import Sink, Unit
from recorder.simulate.faults import JUMP_S, Faults
from recorder.simulate.reel import LoopOrder, Reel
from recorder.simulate.stamp import Stamp

VIDEO, AUDIO = 0, 1
VIDEO_HZ = 90_000
_PACED_SHARE = 0.6
_MOST_BEHIND_US = 2 * SECOND_US


@dataclass(frozen=True)
class Cadence:
    """When a camera takes its pictures: picture `n` at `n / frames_per_s` seconds after 1970, plus its own offset.

    So numbers never wrap, go on over restarts of the simulator, and cameras are not in step with each other.
    """

    frames_per_s: int
    gop_frames: int
    offset_us: int

    def taken_us(self, frame: int) -> int:
        """UTC of a picture."""
        return frame * SECOND_US // self.frames_per_s + self.offset_us

    def next_key(self, now_us: int) -> int:
        """Give the first key picture that is not yet taken."""
        frame = -(-(now_us - self.offset_us) * self.frames_per_s // SECOND_US)
        return -(-frame // self.gop_frames) * self.gop_frames


@dataclass(frozen=True)
class Picture:
    """The pictures of a camera's stream: a reel and its order."""

    reel: Reel
    order: LoopOrder


@dataclass(frozen=True)
class Sound:
    """The sound of a camera's stream: packets of one length, in a loop."""

    reel: Callable[[int], Packets]
    """Gives a copy of the packets of chunk `n`, counted without end."""
    clock_hz: int
    chunk_ticks: int


class Player:
    """Delivers to one sink until closed."""

    def __init__(
        self,
        sink: Sink,
        cadence: Cadence,
        pictures: tuple[Picture, Picture | None],
        sound: Sound | None,
        faults: Faults,
        epoch_us: float,
    ) -> None:
        """Begin at the next key picture. `epoch_us` is UTC where the event loop's clock stands at zero.

        The second picture takes over where the fault `resolution` says so.
        """
        self._loop = asyncio.get_running_loop()
        self._sink, self._cadence, self._sound, self._faults, self._epoch_us = sink, cadence, sound, faults, epoch_us
        self._picture, self._other = pictures
        self._random = random.Random(1)
        self._frame = cadence.next_key(self._now_us())
        self._started_us = cadence.taken_us(self._frame)
        self._chunk = self._chunk_at(self._started_us)
        self._timer = self._loop.call_at(self._due(self._started_us), self._tick)
        self._parts: deque[tuple[float, Unit]] = deque()
        """What waits for its moment (the loop's clock), in the order of sending."""
        self._parting: asyncio.TimerHandle | None = None
        self._closed = False

    def close(self) -> None:
        """Deliver nothing more."""
        self._closed = True
        self._timer.cancel()
        if self._parting is not None:
            self._parting.cancel()
        self._parts.clear()

    def _now_us(self) -> int:
        return int(self._epoch_us + self._loop.time() * SECOND_US)

    def _due(self, utc_us: int) -> float:
        return (utc_us - self._epoch_us) / SECOND_US

    def _tick(self) -> None:
        # A timer may fire a clock's tick early.
        now_us = self._now_us() + 500
        if now_us - self._cadence.taken_us(self._frame) > _MOST_BEHIND_US:
            # The machine slept: what was missed is missed.
            self._frame = self._cadence.next_key(now_us)
            self._chunk = self._chunk_at(self._cadence.taken_us(self._frame))
        while not self._closed and self._cadence.taken_us(self._frame) <= now_us:
            self._show(self._frame)
            self._frame += 1
        if not self._closed:
            self._timer = self._loop.call_at(self._due(self._cadence.taken_us(self._frame)), self._tick)

    def _show(self, frame: int) -> None:
        taken_us = self._cadence.taken_us(frame)
        passed_s = (taken_us - self._started_us) / SECOND_US
        faults = self._faults
        if faults.drop is not None and passed_s >= faults.drop:
            self.close()
            self._sink.hang_up()
            return
        gop, within = divmod(frame, self._cadence.gop_frames)
        if self._other is not None and not within and faults.resolution is not None and passed_s >= faults.resolution:
            self._picture, self._other = self._other, None
        silent = faults.stall is not None and faults.stall[0] <= passed_s < faults.stall[1]
        jumped_s = JUMP_S if faults.jump is not None and passed_s >= faults.jump else 0
        if not silent:
            loop_frame = self._picture.order.loop_gop(gop) * self._cadence.gop_frames + within
            packets = self._picture.reel.packets(loop_frame, Stamp(frame, taken_us, loop_frame))
            time = frame * (VIDEO_HZ // self._cadence.frames_per_s) + jumped_s * VIDEO_HZ
            self._put(Unit(VIDEO, time, taken_us, not within, packets))
        if self._sound is not None:
            self._play(self._sound, taken_us, jumped_s, silent=silent)

    def _play(self, sound: Sound, until_us: int, jumped_s: int, *, silent: bool) -> None:
        while (taken_us := self._chunk_us(sound, self._chunk)) <= until_us:
            if not silent:
                time = self._chunk * sound.chunk_ticks + jumped_s * sound.clock_hz
                self._lose(Unit(AUDIO, time, taken_us, False, sound.reel(self._chunk)))
            self._chunk += 1

    def _chunk_us(self, sound: Sound, chunk: int) -> int:
        return chunk * sound.chunk_ticks * SECOND_US // sound.clock_hz + self._cadence.offset_us

    def _chunk_at(self, utc_us: int) -> int:
        if self._sound is None:
            return 0
        return (utc_us - self._cadence.offset_us) * self._sound.clock_hz // (self._sound.chunk_ticks * SECOND_US)

    def _put(self, unit: Unit) -> None:
        offsets = unit.packets.offsets
        if not self._faults.pace or (len(offsets) <= self._faults.pace and not self._parts):
            self._lose(unit)
            return
        gap_s = _PACED_SHARE / self._cadence.frames_per_s * self._faults.pace / len(offsets)
        # Never into the picture before, however late we are: its packets come first.
        begins = max(self._loop.time(), self._parts[-1][0] if self._parts else 0.0)
        for number, begin in enumerate(range(0, len(offsets), self._faults.pace)):
            self._parts.append((begins + number * gap_s, _part(unit, begin, begin + self._faults.pace)))
        if self._parting is None:
            self._send_parts()

    def _send_parts(self) -> None:
        self._parting = None
        now = self._loop.time()
        while not self._closed and self._parts and self._parts[0][0] <= now:
            self._lose(self._parts.popleft()[1])
        if not self._closed and self._parts:
            self._parting = self._loop.call_at(self._parts[0][0], self._send_parts)

    def _lose(self, unit: Unit) -> None:
        if self._faults.loss:
            indices = range(len(unit.packets.offsets))
            unit = replace(unit, unsent=frozenset(i for i in indices if self._random.random() < self._faults.loss))
        self._sink.put(unit)


def _part(unit: Unit, begin: int, end: int) -> Unit:
    """Give packets `begin` to `end` of a unit as a unit of its own."""
    offsets = unit.packets.offsets
    start = offsets[begin]
    stop = offsets[end] if end < len(offsets) else len(unit.packets.data)
    packets = Packets(unit.packets.data[start:stop], tuple(offset - start for offset in offsets[begin:end]))
    return replace(unit, packets=packets, starts_key=unit.starts_key and not begin)

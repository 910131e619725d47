"""One RTP source as it is received: order, loss and reports (RFC 3550 §6.4.1, A.1, A.3, A.8), then depacketised."""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from recorder.client.clock import SECOND_US
from recorder.rtsp.errors import Malformed
from recorder.rtsp.newcomer import Newcomer
from recorder.rtsp.payload.depacketiser import LARGEST_UNIT, Depacketiser, Fragments
from recorder.rtsp.reorder import Held, ReorderWindow
from recorder.rtsp.rtcp import ReportBlock, SenderReport
from recorder.rtsp.rtp import HEADER_BYTES, PLAIN, payload_of
from recorder.rtsp.timeline import Timeline

FRAME = struct.Struct(">HHBBHII")
"""An interleaved frame: `$` and channel, length, then the fixed header of RTP: one unpacking for each packet."""
_HEAD = struct.Struct(">HHBBH")
_STAMP = struct.Struct(">II")
MAX_DROPOUT, MAX_MISORDER = 3000, 100
"""RFC 3550 A.1: further ahead or behind than these, a sequence number means that the sender began anew."""
AT_ONCE = 64
"""Frames that are taken apart together."""
LARGEST_CONTENT = 2048
"""Bytes in a frame; of larger ones there are few, and nothing is gained by taking them together."""
_COUNTING = bytearray(range(256))
Deliver = Callable[[int, bool, bool, bool, bytes | memoryview], None]
"""Takes pts µs, key, damaged, discontinuity and data."""


@dataclass
class Counts:
    """What happened to the packets of one track."""

    packets: int = 0
    lost: int = 0
    reordered: int = 0
    """Packets that came after one they precede, and still in time."""
    late: int = 0
    """Duplicates, and packets that came after they had been counted as lost."""
    malformed: int = 0
    foreign: int = 0
    """Packets of another payload type, version or source."""


class Reception:
    """Takes the packets of one track in the order they arrive and hands whole access units on.

    `arrived_us`, the monotonic time of the read at hand, is set by whoever reads before it passes packets. Over TCP
    every hole is a loss at once; after `allow_reordering` (UDP) packets may come a little out of order.
    """

    def __init__(self, payload_type: int, clock_hz: int, deliver: Deliver, *, video: bool) -> None:
        self.counts = Counts()
        self.timeline = Timeline(clock_hz, reorders=video)
        self.arrived_us = 0
        self.sender_report: SenderReport | None = None
        self.newcomer = Newcomer()
        self.payload_type = payload_type
        self._hz = clock_hz
        self._deliver = deliver
        self._window: ReorderWindow | None = None
        self._held: dict[int, Held] = {}
        self._draining = False
        self._depacketiser: Depacketiser
        self._fragments: Fragments | None = None
        self._push: Callable[[memoryview, int], None]
        self._expected = -1
        self._cycles = 0
        self._suspect = -1
        self._ssrc = -1
        self._timestamp = -1
        self._gap = False
        self._jitter = 0.0
        self._transit: int | None = None
        self._transit_us = -1
        self._reported = (0, 0)
        self.sender_report_at_us = 0

    def attach(self, depacketiser: Depacketiser) -> None:
        """Set who makes access units of the payloads; it must emit into `emit`."""
        self._depacketiser = depacketiser
        self._push = depacketiser.push
        self._fragments = depacketiser.fragments()

    def allow_reordering(self) -> None:
        """Let packets overtake each other within a small window."""
        self._window = ReorderWindow()
        self._held = self._window.held

    @property
    def ssrc(self) -> int | None:
        """The source, once a packet came."""
        return self._ssrc if self._ssrc >= 0 else None

    @property
    def malformed(self) -> int:
        """Packets and parameter sets that could not be parsed."""
        return self.counts.malformed + self._depacketiser.malformed

    @property
    def dropped(self) -> int:
        """Access units of which nothing was left."""
        return self._depacketiser.dropped

    def packet(self, first: int, second: int, sequence: int, timestamp: int, ssrc: int, payload: memoryview) -> None:
        """Take one packet, its fixed header already unpacked; `payload` is what follows, valid only during the call."""
        marker = second ^ self.payload_type
        if marker & 0x7F or first & 0xC0 != PLAIN:
            # Comfort noise, a format that was not set up, or no RTP at all.
            self.counts.foreign += 1
            return
        if ssrc != self._ssrc and not self._takes_over((first, second, sequence, timestamp, ssrc, payload)):
            return
        if sequence != self._expected and not self._in_order(first, second, sequence, timestamp, payload):
            return
        self._expected = following = (sequence + 1) & 0xFFFF
        if not following:
            self._cycles += 1
        self.counts.packets += 1
        if timestamp != self._timestamp:
            self._turn(timestamp)
        self._gap = False
        try:
            if first != PLAIN:
                payload = payload_of(first, payload)
            self._push(payload, marker)
        except Malformed:
            self.counts.malformed += 1
            self._depacketiser.lost()
        if self._held and self._take_held():
            self.counts.reordered += 1

    def frames(self, buffer: bytearray, at: int, end: int) -> int:
        """Take the interleaved frames of the channel at `at` that lie there whole, one behind the other.

        Gives where they end; what begins there is for somebody else, or has not wholly arrived.
        """
        lead = buffer[at] << 8 | buffer[at + 1]
        view, unpack, head = memoryview(buffer), FRAME.unpack_from, FRAME.size
        fragments = self._fragments
        while at + head <= end:
            found, length, first, second, sequence, timestamp, ssrc = unpack(buffer, at)
            after = at + 4 + length
            if found != lead or length < HEADER_BYTES or after > end:
                break
            self.packet(first, second, sequence, timestamp, ssrc, view[at + head : after])
            at = after
            if fragments is not None and fragments.is_open:
                at = self._run(fragments, buffer, view, after, end, lead)
        if fragments is not None and fragments.borrows:
            fragments.keep()
        return at

    def _run(self, unit: Fragments, buffer: bytearray, view: memoryview, at: int, end: int, lead: int) -> int:
        """Take the further fragments of an open NAL unit that follow each other from `at` on; give where they end.

        Most packets of a camera are such, and nothing is called or run for one of them: where frame, header and
        fragment are what is expected, byte for byte, only the content is taken. Encoders cut all fragments but the last
        to one size, so frames are taken apart by the many, as long as they keep it. Whatever differs is left to
        `packet`. `lead` is what each frame begins with, `$` and channel.
        """
        if self._held:
            return at
        source = _STAMP.pack(self._timestamp, self._ssrc)
        same = source + unit.middle
        head = 8 + len(same)
        begun = expected = self._expected
        while end - at > head and buffer.startswith(same, at + 8):
            found, length, first, second, sequence = _HEAD.unpack_from(buffer, at)
            frame, size = 4 + length, 4 + length - head
            if not 0 < size <= LARGEST_CONTENT:
                break
            # Whole frames, as many as have room, and none beyond where the last byte of their numbers turns over.
            high, low = sequence >> 8, sequence & 0xFF
            most = min(AT_ONCE, (end - at) // frame, (LARGEST_UNIT - 1 - unit.size) // size, 0x100 - low)
            regular = found == lead and first == PLAIN and second == self.payload_type and sequence == expected
            alike = _alike(len(same), size)(buffer, at, at + most * frame)
            if not regular or alike is None:
                break
            until = alike.end()
            number = (until - at) // frame
            if (
                buffer[at + 7 : until : frame] != _COUNTING[low : low + number]
                or buffer[at + 6 : until : frame].count(high) != number
            ):
                # One is missing; what comes before it is taken one by one.
                number = 1
            following = at + number * frame
            unit.continued(map(view[at:following].__getitem__, _contents(number, head, size)), number * size)
            at = following
            expected = (expected + number) & 0xFFFF
        if unit.last and end - at > head and buffer.startswith(source + unit.last, at + 8):
            found, length, first, second, sequence = _HEAD.unpack_from(buffer, at)
            after = at + 4 + length
            marker = second ^ self.payload_type
            regular = found == lead and first == PLAIN and sequence == expected and not marker & 0x7F
            if regular and at + head < after <= end and unit.size + after - at < LARGEST_UNIT:
                self._count((expected + 1 - begun) & 0xFFFF)
                unit.completed(view[at + head : after], marker)
                return after
        self._count((expected - begun) & 0xFFFF)
        return at

    def _count(self, packets: int) -> None:
        """Count packets that came as expected."""
        self.counts.packets += packets
        following = self._expected + packets
        self._expected = following & 0xFFFF
        self._cycles += following >> 16

    def emit(self, ticks: int, key: bool, damaged: bool, data: bytes | memoryview) -> None:  # noqa: FBT001 - hot path
        """Take a finished access unit from the depacketiser."""
        timeline = self.timeline
        if key:
            timeline.key(self.arrived_us)
        jumped = timeline.jumped
        timeline.jumped = False
        self._deliver(timeline.after_us(ticks) if ticks else timeline.pts_us, key, damaged, jumped, data)

    def expire(self) -> None:
        """Give up on packets that others have waited for too long; called after every read (UDP)."""
        window = self._window
        if window and window.overdue(self.arrived_us):
            self._give_up(window)

    def sender_reported(self, report: SenderReport) -> None:
        """Take a sender report of this source; those of other sources are passed over."""
        if self._ssrc in {-1, report.ssrc}:
            self.sender_report = report
            self.sender_report_at_us = self.arrived_us

    def report(self, now_us: int) -> ReportBlock | None:
        """Make the report block about this source since the last one; None before its first packet."""
        if self._ssrc < 0:
            return None
        expected = self.counts.packets + self.counts.lost
        lost = self.counts.lost
        expected_before, lost_before = self._reported
        self._reported = expected, lost
        interval, lost_now = expected - expected_before, lost - lost_before
        fraction = min(255, 256 * lost_now // interval) if interval > 0 else 0
        # The cycle of the expected one has begun when its number is 0, and the highest one belongs to that before.
        highest = (self._cycles << 16 | self._expected) - 1
        last, delay = 0, 0
        if self.sender_report:
            last = self.sender_report.ntp >> 16 & 0xFFFFFFFF
            delay = (now_us - self.sender_report_at_us) * 65536 // SECOND_US
        return ReportBlock(self._ssrc, fraction, lost, highest & 0xFFFFFFFF, int(self._jitter), last, delay)

    def _turn(self, timestamp: int) -> None:
        self._depacketiser.turn()
        if self._gap:
            # What was lost may be the end of the unit before, the beginning of this one, or both.
            self._depacketiser.lost()
        self._timestamp = timestamp
        self.timeline.advance(timestamp, self.arrived_us)
        if self.arrived_us != self._transit_us:
            self._look_at_transit(timestamp)

    def _look_at_transit(self, timestamp: int) -> None:
        """Follow the jitter (RFC 3550 A.8), at the first packet of a read only: what comes with it tells no more."""
        transit = self.arrived_us * self._hz // SECOND_US - timestamp
        if self._transit is not None:
            moved = abs(((transit - self._transit + 0x80000000) & 0xFFFFFFFF) - 0x80000000)
            self._jitter += (moved - self._jitter) / 16
        self._transit, self._transit_us = transit, self.arrived_us

    def _in_order(self, first: int, second: int, sequence: int, timestamp: int, payload: memoryview) -> bool:
        """Judge a packet that is not the expected one; True says that it is to be taken now."""
        if self._expected < 0:
            return True
        ahead = (sequence - self._expected) & 0xFFFF
        behind = 0x10000 - ahead
        if behind <= MAX_MISORDER:
            self.counts.late += 1
            return False
        if ahead > MAX_DROPOUT:
            if sequence != self._suspect:
                self._suspect = (sequence + 1) & 0xFFFF
                self.counts.late += 1
                return False
            self._begin_anew()
            return True
        window = self._window
        if window:
            window.hold(sequence, (first, second, sequence, timestamp, self._ssrc, payload), self.arrived_us)
            if window.full:
                self._give_up(window)
            return False
        self._lose(ahead)
        if sequence < self._expected:
            self._cycles += 1
        return True

    def _lose(self, count: int) -> None:
        self.counts.lost += count
        self._gap = True
        self._depacketiser.lost()

    def _give_up(self, window: ReorderWindow) -> None:
        """Count what is missing before the nearest held packet as lost, and go on from there."""
        nearest = window.nearest(self._expected)
        self._lose((nearest - self._expected) & 0xFFFF)
        if nearest < self._expected:
            self._cycles += 1
        self._expected = nearest
        self._take_held()

    def _take_held(self) -> bool:
        """Take the held packets that follow now; tell whether there were any."""
        window, found = self._window, False
        if window is None or self._draining:
            return False
        self._draining = True
        while held := window.take(self._expected, self.arrived_us):
            self.packet(*held)
            found = True
        self._draining = False
        return found

    def _takes_over(self, packet: Held) -> bool:
        """Judge a packet of another source; True says that it is to be taken now, and its source is ours."""
        ssrc = packet[4]
        if self._ssrc < 0:
            self._ssrc = ssrc
            return True
        before = self.newcomer.judge(packet, self._ssrc, self.counts.packets, self.arrived_us)
        if before is None:
            self.counts.foreign += 1
            return False
        self._ssrc = ssrc
        self._begin_anew()
        for one in before:
            self.counts.foreign -= 1
            self.packet(*one)
        return True

    def _begin_anew(self) -> None:
        if self._window:
            self._window.clear()
        self._expected = -1
        self._suspect = -1
        self._transit = None
        self._gap = True
        self.sender_report = None
        self._depacketiser.lost()
        self.timeline.restart()
        # Even the same timestamp means another moment now.
        self._timestamp = -1


@lru_cache(maxsize=4 * LARGEST_CONTENT)
def _alike(same: int, size: int) -> Callable[[bytearray, int, int], "re.Match[bytes] | None"]:
    """Give what finds interleaved frames of one size one behind the other, with `size` bytes of content.

    Their heads, with `same` bytes behind the sequence number, are alike but for that number.
    """
    return re.compile(rb"(?s)(.{6})..(.{%d}).{%d}(?:\1..\2.{%d})*+" % (same, size, size)).match


@lru_cache(maxsize=512)
def _contents(number: int, head: int, size: int) -> tuple[slice, ...]:
    """Give where the contents of so many interleaved frames lie."""
    begins = range(head, number * (head + size), head + size)
    return tuple(slice(begin, begin + size) for begin in begins)

"""RTCP (RFC 3550 §6): sender and receiver reports, source descriptions and goodbyes, parsed and built."""

import struct
from dataclasses import dataclass

from recorder.client.clock import SECOND_US
from recorder.rtsp.errors import Malformed

SENDER_REPORT, RECEIVER_REPORT, SOURCE_DESCRIPTION, GOODBYE = 200, 201, 202, 203
CNAME = 1
NTP_EPOCH_S = 2_208_988_800
"""1970 counted in the seconds of NTP, which begin in 1900."""
_HEAD = struct.Struct(">BBH")
_SENDER = struct.Struct(">IQIII")
_BLOCK = struct.Struct(">IIIIII")


@dataclass(frozen=True)
class ReportBlock:
    """How one source is received. `fraction_lost` in 1/256, `jitter` in RTP ticks, the two delays in 1/65536 s."""

    ssrc: int
    fraction_lost: int = 0
    lost: int = 0
    highest_sequence: int = 0
    jitter: int = 0
    last_report: int = 0
    delay: int = 0


@dataclass(frozen=True)
class SenderReport:
    """What a sender says: NTP time (64 bits, 32.32 s) and RTP timestamp of the same moment, and its counts."""

    ssrc: int
    ntp: int
    rtp_timestamp: int
    packets: int = 0
    octets: int = 0
    blocks: tuple[ReportBlock, ...] = ()

    @property
    def utc_us(self) -> int:
        """The sender's wall clock in microseconds since 1970; may be anything, cameras are often wrong."""
        return (self.ntp * SECOND_US >> 32) - NTP_EPOCH_S * SECOND_US


@dataclass(frozen=True)
class ReceiverReport:
    """What a receiver says."""

    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()


@dataclass(frozen=True)
class SourceDescription:
    """Who a source is (CNAME only)."""

    ssrc: int
    cname: str


@dataclass(frozen=True)
class Goodbye:
    """These sources leave."""

    ssrcs: tuple[int, ...]


Report = SenderReport | ReceiverReport | SourceDescription | Goodbye


def ntp_from_us(utc_us: int) -> int:
    """Turn microseconds since 1970 into a 64-bit NTP time."""
    return ((utc_us + NTP_EPOCH_S * SECOND_US) << 32) // SECOND_US & 0xFFFFFFFFFFFFFFFF


def parse(data: bytes | bytearray | memoryview) -> list[Report]:
    """Read a compound packet; parts of unknown type are passed over. Raises `Malformed`."""
    found: list[Report] = []
    view = memoryview(data)
    at, end = 0, len(view)
    if not end:
        raise Malformed(reason="an empty RTCP packet")
    while at < end:
        if end - at < 4:
            raise Malformed(reason="an RTCP packet that is cut off")
        first, kind, words = _HEAD.unpack_from(view, at)
        after = at + 4 + 4 * words
        if first >> 6 != 2 or after > end:
            raise Malformed(reason="an RTCP packet with a bad header")
        body = view[at + 4 : after]
        if first & 0x20 and words:
            # Padding stands at the end of the last part only; its last byte counts itself.
            body = body[: max(0, len(body) - body[-1])]
        if one := _part(kind, first & 31, body):
            found.append(one)
        at = after
    return found


def build(*reports: Report) -> bytes:
    """Give a compound packet."""
    return b"".join(map(_built, reports))


def _part(kind: int, count: int, body: memoryview) -> Report | None:
    match kind:
        case 200:
            if len(body) < _SENDER.size:
                raise Malformed(reason="a short sender report")
            ssrc, ntp, timestamp, packets, octets = _SENDER.unpack_from(body)
            return SenderReport(ssrc, ntp, timestamp, packets, octets, _blocks(body[_SENDER.size :], count))
        case 201:
            if len(body) < 4:
                raise Malformed(reason="a short receiver report")
            return ReceiverReport(int.from_bytes(body[:4]), _blocks(body[4:], count))
        case 202:
            return _description(body)
        case 203:
            numbers = range(0, min(4 * count, len(body) & ~3), 4)
            return Goodbye(tuple(int.from_bytes(body[at : at + 4]) for at in numbers))
        case _:
            return None


def _blocks(body: memoryview, count: int) -> tuple[ReportBlock, ...]:
    if len(body) < count * _BLOCK.size:
        raise Malformed(reason="a report with fewer blocks than it says")
    blocks: list[ReportBlock] = []
    for at in range(0, count * _BLOCK.size, _BLOCK.size):
        ssrc, losses, highest, jitter, last, delay = _BLOCK.unpack_from(body, at)
        lost = losses & 0xFFFFFF
        # A 24-bit signed number: duplicates can make it negative.
        lost -= (lost & 0x800000) << 1
        blocks.append(ReportBlock(ssrc, losses >> 24, lost, highest, jitter, last, delay))
    return tuple(blocks)


def _description(body: memoryview) -> SourceDescription | None:
    """Read the CNAME of the first chunk."""
    at = 4
    while at + 2 <= len(body) and body[at]:
        kind, length = body[at], body[at + 1]
        at += 2
        if at + length > len(body):
            raise Malformed(reason="a source description that is cut off")
        if kind == CNAME:
            return SourceDescription(int.from_bytes(body[:4]), bytes(body[at : at + length]).decode("utf-8", "replace"))
        at += length
    return None


def _built(report: Report) -> bytes:
    match report:
        case SenderReport():
            fixed = _SENDER.pack(report.ssrc, report.ntp, report.rtp_timestamp, report.packets, report.octets)
            return _framed(SENDER_REPORT, len(report.blocks), fixed + _packed(report.blocks))
        case ReceiverReport():
            return _framed(RECEIVER_REPORT, len(report.blocks), report.ssrc.to_bytes(4) + _packed(report.blocks))
        case SourceDescription():
            name = report.cname.encode()[:255]
            body = report.ssrc.to_bytes(4) + bytes((CNAME, len(name))) + name
            # At least one zero byte ends the list of items.
            return _framed(SOURCE_DESCRIPTION, 1, body + bytes(4 - len(body) % 4))
        case Goodbye():
            return _framed(GOODBYE, len(report.ssrcs), b"".join(one.to_bytes(4) for one in report.ssrcs))


def _packed(blocks: tuple[ReportBlock, ...]) -> bytes:
    return b"".join(
        _BLOCK.pack(
            one.ssrc,
            (one.fraction_lost & 255) << 24 | min(max(one.lost, -0x800000), 0x7FFFFF) & 0xFFFFFF,
            one.highest_sequence,
            one.jitter & 0xFFFFFFFF,
            one.last_report,
            one.delay & 0xFFFFFFFF,
        )
        for one in blocks
    )


def _framed(kind: int, count: int, body: bytes) -> bytes:
    return _HEAD.pack(0x80 | count, kind, len(body) // 4) + body

"""One track on its way to one receiver: numbers and counts its packets, and reports on them (RFC 3550 §5.1, §6.4.1)."""

import secrets
import struct
from typing import Protocol

from recorder.client.clock import SECOND_US
from recorder.rtsp import rtcp
from recorder.rtsp.packetise.packets import PREFIX_BYTES, Packets
from recorder.rtsp.server.source import OfferedTrack, Unit

_IDENTITY = struct.Struct(">HII")
_SEQUENCE_AT = PREFIX_BYTES + 2
_CYCLE = 1 << 32


class Outlet(Protocol):
    """Where the packets of one track leave: channels of a connection, or a pair of sockets."""

    channel: int
    """What stands in the prefix of every packet."""

    def send_rtp(self, packets: Packets, unsent: frozenset[int]) -> None:
        """Send numbered packets but those of these indices."""
        ...

    def send_rtcp(self, report: bytes) -> None:
        """Send one compound report."""
        ...

    def close(self) -> None:
        """Let go of sockets."""
        ...


class TrackSender:
    """Sends one track. Sequence numbers and timestamps begin anywhere, as RFC 3550 asks."""

    def __init__(self, track: OfferedTrack, outlet: Outlet, name: str) -> None:
        self.track = track
        self.outlet = outlet
        self.ssrc = secrets.randbits(32)
        self.sequence = secrets.randbits(16)
        self.packets = 0
        self.octets = 0
        self._name = name
        self._base = secrets.randbits(32)
        self._latest: Unit | None = None

    def send(self, unit: Unit) -> None:
        """Number and send one unit. A `bytearray` is numbered in place; `bytes` belong to everybody and are copied."""
        packets = unit.packets
        if not packets.offsets:
            return
        data = packets.data if isinstance(packets.data, bytearray) else bytearray(packets.data)
        sequence, ssrc, channel = self.sequence, self.ssrc, self.outlet.channel
        timestamp = (self._base + unit.time) % _CYCLE
        for index, offset in enumerate(packets.offsets):
            if packets.ticks:
                timestamp = (self._base + unit.time + packets.ticks[index]) % _CYCLE
            data[offset + 1] = channel
            _IDENTITY.pack_into(data, offset + _SEQUENCE_AT, sequence, timestamp, ssrc)
            sequence = sequence + 1 & 0xFFFF
        self.sequence = sequence
        self.packets += len(packets.offsets)
        self.octets += packets.payload_bytes
        self._latest = unit
        self.outlet.send_rtp(Packets(data, packets.offsets), unit.unsent)

    def skip(self, unit: Unit) -> None:
        """Leave a unit out. Its packets keep their numbers, so that the receiver sees the hole."""
        self.sequence = self.sequence + len(unit.packets.offsets) & 0xFFFF

    def report(self, now_us: int) -> None:
        """Send a sender report for this moment (UTC, µs); nothing before the first unit."""
        latest = self._latest
        if latest is None:
            return
        passed = (now_us - latest.wall_us) * self.track.parameters.clock_hz // SECOND_US
        timestamp = (self._base + latest.time + passed) % _CYCLE
        report = rtcp.SenderReport(
            self.ssrc, rtcp.ntp_from_us(now_us), timestamp, self.packets % _CYCLE, self.octets % _CYCLE
        )
        self.outlet.send_rtcp(rtcp.build(report, rtcp.SourceDescription(self.ssrc, self._name)))

    def farewell(self) -> None:
        """Say that nothing more comes."""
        self.outlet.send_rtcp(rtcp.build(rtcp.ReceiverReport(self.ssrc), rtcp.Goodbye((self.ssrc,))))

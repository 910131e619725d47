"""One track on its way to one receiver: counts its packets, and reports on them (RFC 3550 §6.4.1)."""

from typing import Protocol

from recorder.client.clock import SECOND_US
from recorder.rtsp import rtcp
from recorder.rtsp.packetise.packets import Packets
from recorder.rtsp.server.numbering import Numbering
from recorder.rtsp.server.source import OfferedTrack, Unit

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
    """Sends one track, under numbers of its own or under those that a source gives to all its receivers."""

    def __init__(self, track: OfferedTrack, outlet: Outlet, name: str, numbering: Numbering | None = None) -> None:
        self.track = track
        self.outlet = outlet
        self.numbering = numbering or Numbering()
        self.packets = 0
        self.octets = 0
        self._name = name
        self._latest: Unit | None = None

    @property
    def ssrc(self) -> int:
        """Whose packets these are."""
        return self.numbering.ssrc

    def send(self, unit: Unit) -> None:
        """Send one unit, numbered now if it is not yet."""
        packets, channel = unit.packets, self.outlet.channel
        if not packets.offsets:
            return
        self.packets += len(packets.offsets)
        self.octets += packets.payload_bytes
        self._latest = unit
        if unit.numbered is None:
            numbered = self.numbering.number(packets, unit.time, channel)
        else:
            numbered = unit.numbered.over(channel)
        self.outlet.send_rtp(numbered, unit.unsent)

    def skip(self, unit: Unit) -> None:
        """Leave a unit out. Its packets keep their numbers, so that the receiver sees the hole."""
        if unit.numbered is None:
            self.numbering.skip(unit.packets)

    def report(self, now_us: int) -> None:
        """Send a sender report for this moment (UTC, µs); nothing before the first unit."""
        latest = self._latest
        if latest is None:
            return
        passed = (now_us - latest.wall_us) * self.track.parameters.clock_hz // SECOND_US
        timestamp = self.numbering.timestamp(latest.time + passed)
        report = rtcp.SenderReport(
            self.ssrc, rtcp.ntp_from_us(now_us), timestamp, self.packets % _CYCLE, self.octets % _CYCLE
        )
        self.outlet.send_rtcp(rtcp.build(report, rtcp.SourceDescription(self.ssrc, self._name)))

    def farewell(self) -> None:
        """Say that nothing more comes."""
        self.outlet.send_rtcp(rtcp.build(rtcp.ReceiverReport(self.ssrc), rtcp.Goodbye((self.ssrc,))))

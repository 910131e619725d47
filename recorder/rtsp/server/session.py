"""One client's session with one source (RFC 2326 §A.2): its tracks, its state, and what it gets when it is slow."""

import enum
import logging
import secrets
from typing import Protocol

from recorder.client.clock import SECOND_US
from recorder.client.stream import TrackKind
from recorder.rtsp.rtcp import ReceiverReport, Report, ReportBlock, SenderReport
from recorder.rtsp.server.sender import Outlet, TrackSender
from recorder.rtsp.server.source import MediaSource, OfferedTrack, Subscription, Unit

REPORT_INTERVAL_US = 5 * SECOND_US
# RFC 2326 §3.4: at least eight octets, and not to be guessed.
_ID_BYTES = 12

log = logging.getLogger("rtsp.server")


class State(enum.Enum):
    """Where a session stands."""

    READY = "ready"
    PLAYING = "playing"
    OVER = "over"


class Carrier(Protocol):
    """The connection that a session's packets travel in, or lean on."""

    @property
    def congested(self) -> bool:
        """Whether so much waits to be sent that nothing may be added."""
        ...

    def abort(self) -> None:
        """Close at once."""
        ...


class Session:
    """Delivers a source to a client. `now_us` in its methods is monotonic, `wall_us` is UTC."""

    def __init__(self, path: str, source: MediaSource, offered: tuple[OfferedTrack, ...], carrier: Carrier) -> None:
        self.id = secrets.token_hex(_ID_BYTES)
        self.path = path
        self.offered = {track.number: track for track in offered}
        self.senders: dict[int, TrackSender] = {}
        self.state = State.READY
        self.heard_us = 0
        self.carrier = carrier
        self.over_connection = False
        """Whether packets travel inside the connection; such a session ends with it."""
        self.skipped = 0
        """Units left out because the client was slow."""
        self.received: dict[int, ReportBlock] = {}
        """What the client last said of each track, by SSRC."""
        self._source = source
        self._subscription: Subscription | None = None
        self._behind = False
        self._report_at_us = 0

    def add(self, number: int, outlet: Outlet) -> TrackSender:
        """Set up a track; what it was set up with before is let go."""
        if number in self.senders:
            self.senders[number].outlet.close()
        sender = TrackSender(
            self.offered[number], outlet, self._source.name or "stream", self._source.numbering(number)
        )
        self.senders[number] = sender
        return sender

    def play(self) -> None:
        """Begin or go on."""
        if self.state is State.READY:
            self.state = State.PLAYING
            self._behind = False
            self._report_at_us = 0
            self._subscription = self._source.subscribe(self, frozenset(self.senders))

    def pause(self) -> None:
        """Stand still; a live source goes on without us."""
        if self.state is State.PLAYING:
            self.state = State.READY
            self._unsubscribe()

    def close(self) -> None:
        """End the session and let go of its sockets."""
        if self.state is State.OVER:
            return
        self.state = State.OVER
        self._unsubscribe()
        for sender in self.senders.values():
            sender.outlet.close()

    def put(self, unit: Unit) -> None:
        """Take a unit from the source. A slow client loses what it cannot take, up to the next key picture."""
        sender = self.senders.get(unit.track)
        if sender is None or self.state is not State.PLAYING:
            return
        if self._must_skip(unit):
            self.skipped += 1
            sender.skip(unit)
            return
        sender.send(unit)

    def end(self) -> None:
        """Take from the source that it is over, and tell the client."""
        if self.state is not State.PLAYING:
            return
        for sender in self.senders.values():
            sender.farewell()
        self.close()

    def hang_up(self) -> None:
        """Break the connection at once."""
        self.carrier.abort()

    def hear(self, reports: list[Report], now_us: int) -> None:
        """Take a client's reports: they are a sign of life, and say how it receives each track."""
        self.heard_us = now_us
        ours = {sender.ssrc for sender in self.senders.values()}
        for report in reports:
            if isinstance(report, ReceiverReport | SenderReport):
                self.received |= {block.ssrc: block for block in report.blocks if block.ssrc in ours}

    def report(self, now_us: int, wall_us: int) -> None:
        """Send sender reports where they are due: soon after the first unit, then every 5 s."""
        if self.state is not State.PLAYING or now_us < self._report_at_us:
            return
        if any(sender.packets for sender in self.senders.values()):
            self._report_at_us = now_us + REPORT_INTERVAL_US
            for sender in self.senders.values():
                sender.report(wall_us)

    @property
    def _has_video(self) -> bool:
        return any(sender.track.parameters.kind is TrackKind.VIDEO for sender in self.senders.values())

    def _must_skip(self, unit: Unit) -> bool:
        if self.over_connection and self.carrier.congested:
            if not self._behind:
                log.info("session %s of %s is too slow, skips to the next key picture", self.id[:6], self.path)
            self._behind = True
        elif self._behind and (unit.starts_key or not self._has_video):
            self._behind = False
        return self._behind

    def _unsubscribe(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None

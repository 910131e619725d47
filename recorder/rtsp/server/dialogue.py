"""The server's side of RTSP (RFC 2326 §10) without I/O: a request in, a response out, sessions changed in between."""

import logging
from dataclasses import dataclass, field
from typing import Protocol

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.rtsp import message
from recorder.rtsp.errors import Malformed
from recorder.rtsp.guard import Checked, Verdict
from recorder.rtsp.message import Headers, Request, Response
from recorder.rtsp.server.address import Address, parse
from recorder.rtsp.server.description import CONTROL, describe
from recorder.rtsp.server.sender import Outlet, TrackSender
from recorder.rtsp.server.session import Carrier, Session, State
from recorder.rtsp.server.source import MediaLibrary, MediaRequest
from recorder.rtsp.server.transport import OverConnection, OverUdp, choose

PRODUCT = "Nightjar"
METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"
# Known to RFC 2326, and nothing for a server that only gives.
_NOT_HERE = frozenset({"ANNOUNCE", "RECORD", "REDIRECT"})
_MOST_REFUSALS = 10
# HTTP statuses of our errors and RTSP's mean the same where both have them.
_KNOWN_STATUSES = frozenset(message.REASONS)

log = logging.getLogger("rtsp.server")


@dataclass(frozen=True)
class Limits:
    """What one server bears."""

    connections: int = 256
    sessions: int = 256
    timeout_s: int = 60
    """A session that is silent for so long is closed; clients are told (RFC 2326 §12.37)."""
    backlog_bytes: int = 1 << 20
    """How much may wait to be sent to one client before pictures are left out."""


class Gate(Protocol):
    """Who looks at logins; `recorder.rtsp.guard.Guard` does where it knows the passwords itself."""

    def challenges(self, *, stale: bool = False) -> list[str]:
        """Give the values of WWW-Authenticate headers."""
        ...

    async def admit(self, authorization: str, method: str, url: str, source: str) -> Checked:
        """Look at the Authorization header of a request ("" where there is none) that came from an address."""
        ...


class Link(Carrier, Protocol):
    """The connection that a dialogue runs on, as far as it must know it."""

    @property
    def peer(self) -> str:
        """The client's address."""
        ...

    def open_channels(self, session: Session, wanted: tuple[int, int] | None) -> tuple[Outlet, tuple[int, int]] | None:
        """Give an outlet into the connection and its two channels; None where they are taken."""
        ...

    def open_ports(self, session: Session, client: tuple[int, int]) -> tuple[Outlet, tuple[int, int]] | None:
        """Give an outlet by UDP to these ports of the client and our two ports; None where it cannot be had."""
        ...


@dataclass
class Ward:
    """What all connections of a server share."""

    library: MediaLibrary
    clock: Clock
    guard: Gate | None = None
    limits: Limits = field(default_factory=Limits)
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])

    def close(self, session: Session) -> None:
        """End a session and forget it."""
        session.close()
        self.sessions.pop(session.id, None)

    def tick(self) -> None:
        """Once a second: end silent sessions, send reports."""
        now, wall = self.clock.monotonic_us(), self.clock.now_us()
        for session in list(self.sessions.values()):
            silent = now - session.heard_us > self.limits.timeout_s * SECOND_US
            if session.state is State.OVER or (silent and not session.over_connection):
                log.info("session %s of %s is over%s", session.id[:6], session.path, ": silent" if silent else "")
                self.close(session)
            else:
                session.report(now, wall)


class Refusal(Exception):
    """A request is answered with this status and nothing else."""

    def __init__(self, status: int, *headers: tuple[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


class Dialogue:
    """Answers the requests of one connection, one after the other."""

    def __init__(self, ward: Ward, link: Link) -> None:
        self._ward = ward
        self._link = link
        self._refusals = 0
        self.hang_up = False
        """Set with an answer after which the connection is to be closed."""

    async def answer(self, request: Request) -> Response:
        """Answer one request; never raises for what a client sent."""
        try:
            return await self._answer(request)
        except Refusal as refusal:
            return self._response(request, refusal.status, *refusal.headers)
        except Malformed:
            return self._response(request, 400)
        except NightjarError as error:
            status = error.status if error.status in _KNOWN_STATUSES else 400 if error.status < 500 else 500
            log.info("%s %s: %s", request.method, status, error)
            return self._response(request, status)
        except Exception:  # a fault of a source ends this request, not the server
            log.exception("%s could not be answered", request.method)
            return self._response(request, 500)

    async def _answer(self, request: Request) -> Response:
        if request.cseq is None:
            raise Refusal(400)
        if "Require" in request.headers or "Proxy-Require" in request.headers:
            named = request.headers.get("Require") or request.headers.get("Proxy-Require")
            raise Refusal(551, ("Unsupported", named))
        if request.method == "OPTIONS":
            self._touch(request)
            return self._response(request, 200, ("Public", METHODS))
        if request.method in _NOT_HERE:
            raise Refusal(405, ("Allow", METHODS))
        who = await self._admit(request)
        match request.method:
            case "DESCRIBE":
                return await self._describe(request, who)
            case "SETUP":
                return await self._setup(request, who)
            case "PLAY":
                return self._play(request)
            case "PAUSE":
                return self._pause(request)
            case "GET_PARAMETER" | "SET_PARAMETER":
                return self._parameter(request)
            case "TEARDOWN":
                return self._teardown(request)
            case _:
                raise Refusal(501, ("Public", METHODS))

    async def _admit(self, request: Request) -> Checked:
        guard = self._ward.guard
        if guard is None:
            return Checked(Verdict.ACCEPTED)
        authorization = request.headers.get("Authorization")
        checked = await guard.admit(authorization, request.method, request.url, self._link.peer)
        match checked.verdict:
            case Verdict.ACCEPTED:
                self._refusals = 0
                return checked
            case Verdict.LOCKED:
                self.hang_up = True
                raise Refusal(403)
            case Verdict.REFUSED:
                self._refusals += 1
                self.hang_up = self._refusals >= _MOST_REFUSALS
            case _:
                pass
        challenges = guard.challenges(stale=checked.verdict is Verdict.STALE)
        raise Refusal(401, *(("WWW-Authenticate", value) for value in challenges))

    async def _describe(self, request: Request, who: Checked) -> Response:
        accepted = request.headers.get("Accept", "application/sdp").lower()
        if "application/sdp" not in accepted and "*/*" not in accepted:
            raise Refusal(406)
        address = parse(request.url)
        source = self._ward.library.find(MediaRequest(address.path, address.options, who.user, who.ticket))
        told = bytes(describe(source.name, await source.describe()))
        base = address.base if address.base.endswith("/") else f"{address.base}/"
        headers = ("Content-Type", "application/sdp"), ("Content-Base", base)
        return self._response(request, 200, *headers, body=told)

    async def _setup(self, request: Request, who: Checked) -> Response:
        address = parse(request.url)
        wanted = choose(request.headers.get("Transport"))
        if wanted is None:
            raise Refusal(461)
        session = await self._session_for_setup(request, address, who)
        try:
            return self._set_up(request, session, self._track(session, address), wanted)
        finally:
            if not session.senders:
                self._ward.close(session)

    def _set_up(self, request: Request, session: Session, track: int, wanted: OverConnection | OverUdp) -> Response:
        # One session travels one way: half inside the connection and half by UDP is asked for by no honest player.
        over_connection = isinstance(wanted, OverConnection)
        if session.senders and session.over_connection is not over_connection:
            raise Refusal(461)
        if isinstance(wanted, OverConnection):
            opened = self._link.open_channels(session, wanted.channels)
        else:
            opened = self._link.open_ports(session, wanted.ports)
        if opened is None:
            raise Refusal(461)
        outlet, ours = opened
        session.over_connection = over_connection
        sender = session.add(track, outlet)
        if isinstance(wanted, OverConnection):
            chosen = f"RTP/AVP/TCP;unicast;interleaved={ours[0]}-{ours[1]}"
        else:
            client = wanted.ports
            chosen = f"RTP/AVP;unicast;client_port={client[0]}-{client[1]};server_port={ours[0]}-{ours[1]}"
        headers = ("Transport", f'{chosen};ssrc={sender.ssrc:08X};mode="PLAY"'), self._session_header(session)
        return self._response(request, 200, *headers)

    async def _session_for_setup(self, request: Request, address: Address, who: Checked) -> Session:
        if "Session" in request.headers:
            session = self._session(request)
            if session.path != address.path:
                raise Refusal(459)
            if session.state is State.PLAYING:
                raise Refusal(455)
            return session
        source = self._ward.library.find(MediaRequest(address.path, address.options, who.user, who.ticket))
        offered = await source.describe()
        if len(self._ward.sessions) >= self._ward.limits.sessions:
            raise Refusal(453)
        session = Session(address.path, source, offered, self._link)
        session.heard_us = self._ward.clock.monotonic_us()
        self._ward.sessions[session.id] = session
        return session

    @staticmethod
    def _track(session: Session, address: Address) -> int:
        if address.track is None:
            if len(session.offered) != 1:
                raise Refusal(459)
            return next(iter(session.offered))
        if address.track not in session.offered:
            raise Refusal(404)
        return address.track

    def _play(self, request: Request) -> Response:
        session = self._session(request)
        self._check_aggregate(request, session)
        if not session.senders:
            raise Refusal(455)
        if session.over_connection and session.carrier is not self._link:
            raise Refusal(455)
        address = parse(request.url)
        base = address.base.rstrip("/")
        # Both in one go: where a receiver of shared packets begins moves with every key picture.
        info = ",".join(f"url={base}/{CONTROL}{number}{_begins(one)}" for number, one in session.senders.items())
        session.play()
        return self._response(request, 200, self._session_header(session), ("Range", "npt=now-"), ("RTP-Info", info))

    def _pause(self, request: Request) -> Response:
        session = self._session(request)
        self._check_aggregate(request, session)
        if session.state is not State.PLAYING:
            raise Refusal(455)
        session.pause()
        return self._response(request, 200, self._session_header(session))

    def _parameter(self, request: Request) -> Response:
        headers: list[tuple[str, str]] = []
        if "Session" in request.headers:
            headers.append(self._session_header(self._session(request)))
        # Empty, it is a sign of life (RFC 2326 §10.8); of parameters we know none.
        return self._response(request, 451 if request.body.strip() else 200, *headers)

    def _teardown(self, request: Request) -> Response:
        session = self._session(request)
        self._ward.close(session)
        return self._response(request, 200, ("Session", session.id))

    def _session(self, request: Request) -> Session:
        session = self._touch(request)
        if session is None:
            raise Refusal(454)
        return session

    def _touch(self, request: Request) -> Session | None:
        named = request.headers.get("Session").partition(";")[0].strip()
        session = self._ward.sessions.get(named)
        if session is None or session.state is State.OVER:
            return None
        session.heard_us = self._ward.clock.monotonic_us()
        return session

    @staticmethod
    def _check_aggregate(request: Request, session: Session) -> None:
        address = parse(request.url)
        if address.path != session.path:
            raise Refusal(454)
        if address.track is not None and len(session.senders) > 1:
            raise Refusal(460)

    def _session_header(self, session: Session) -> tuple[str, str]:
        return "Session", f"{session.id};timeout={self._ward.limits.timeout_s}"

    @staticmethod
    def _response(request: Request, status: int, *headers: tuple[str, str], body: bytes = b"") -> Response:
        number = request.cseq
        first = (("CSeq", str(number)),) if number is not None else ()
        reason = _REASONS.get(status, "")
        return Response(status, reason, Headers((*first, ("Server", PRODUCT), *headers)), body)


def _begins(sender: TrackSender) -> str:
    """Say in the words of RTP-Info (RFC 2326 §12.33) where a track begins, as far as that is known."""
    entry = sender.numbering.entry
    told = ("seq", entry.sequence), ("rtptime", entry.timestamp)
    return "".join(f";{name}={value}" for name, value in told if value is not None)


_REASONS = {451: "Parameter Not Understood"}

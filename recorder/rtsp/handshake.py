"""From the first request to PLAY: what a camera offers, logging in, setting tracks up (RFC 2326 §10)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from recorder.rtsp import sdp
from recorder.rtsp.address import Address, base_of, control_url
from recorder.rtsp.auth import Challenge, Login
from recorder.rtsp.connection import Connection
from recorder.rtsp.errors import (
    Closed,
    Faulty,
    Redirected,
    RtspError,
    Stalled,
    StreamNotFound,
    Unsupported,
    WrongPassword,
)
from recorder.rtsp.message import REASONS, Response, number
from recorder.rtsp.multicast import Group, described, told
from recorder.rtsp.offer import Offer, choose
from recorder.rtsp.redirect import STATUSES as REDIRECTS

DEFAULT_TIMEOUT_S = 60
"""RFC 2326 §12.37: how long a session lives without a sign of life, where the server does not say."""
MOST_STALE = 2
"""What comes of a nonce that is stale for ever: with two tries a login is sent four times, and cameras lock at five."""
_NOT_OURS = frozenset({501, 505, 551})
"""It does not know what was asked, or not in this way."""
_SOURCE = re.compile(r"[0-9a-fA-F]{1,8}")
FORBIDDEN, NO_AGGREGATE, UNSUPPORTED_TRANSPORT = 403, 459, 461


@dataclass
class Setup:
    """What SETUP made of one track: interleaved channel, the camera's port (0 where it did not say), or the group.

    `ssrc` is the source that the camera announced, or None.
    """

    offer: Offer
    channel: int = 0
    server_port: int = 0
    ssrc: int | None = None
    group: Group | None = None


@dataclass
class Dialogue:
    """Requests to one camera with their logins, and what is known of its session."""

    connection: Connection
    address: Address
    login: Login
    has_password: bool
    signs_of_life: list[str] = field(default_factory=lambda: ["GET_PARAMETER", "OPTIONS"])
    """Methods that may keep the session alive, the one in use first; without one, RTCP alone does."""
    base: str = ""
    control: str = ""
    session: str = ""
    timeout_s: int = DEFAULT_TIMEOUT_S
    _description: sdp.SessionDescription = field(default=sdp.SessionDescription(()), init=False)
    _answered: bool = field(default=False, init=False)
    _let_in: bool = field(default=False, init=False)
    _tracks: list[str] = field(default_factory=list[str], init=False)
    """URLs of what was set up."""

    async def ask(self, method: str, url: str, *headers: tuple[str, str]) -> Response:
        """Send a request, log in where that is asked for, and give the answer, whatever its status.

        One refused login is the end: raises `WrongPassword`. What does not count as one: the first challenge, one that
        says the nonce is stale, and one with another nonce after the camera had let us in before.
        """
        for _ in range(MOST_STALE + 1):
            response = await self.connection.request(method, url, self._with_login(method, url, headers))
            if response.status != 401:
                if response.status == FORBIDDEN:
                    # Where nothing was said yet, no password was refused: it may be a filter of addresses, or a lock.
                    before = "" if self._answered else " before any login"
                    raise WrongPassword(
                        reason=f"{_told(method, FORBIDDEN)}{before}", status=FORBIDDEN, unsaid=not self._answered
                    )
                self._let_in = self._let_in or self._answered
                return response
            challenge = self.login.challenge(response.headers.all("WWW-Authenticate"))
            self._judge(challenge)
            self._answered = True
        self.login.withdraw()
        raise WrongPassword(reason="the camera asks for a login again and again")

    def tell(self, method: str, url: str) -> None:
        """Send a request whose answer does not matter."""
        self.connection.tell(method, url, self._with_login(method, url, ()))

    async def describe(self) -> list[Offer]:
        """Ask what there is; gives the tracks to set up."""
        asked = self.address.url
        self._note_methods(await self.ask("OPTIONS", asked))
        response = await self.ask("DESCRIBE", asked, ("Accept", "application/sdp"))
        _check("DESCRIBE", response)
        description = self._description = sdp.parse(response.body)
        named = (response.headers.get(name) for name in ("Content-Base", "Content-Location"))
        self.base = base_of(asked, *named)
        self.control = control_url(self.base, description.control)
        return choose(description)

    async def set_up(self, offer: Offer, transport: str) -> Setup:
        """Set a track up; raises `Unsupported` with status 461 in its details where the transport is refused."""
        url = control_url(self.base, offer.control)
        response = await self.ask("SETUP", url, ("Transport", transport))
        _check("SETUP", response)
        self._note_session(response)
        self._tracks.append(url)
        chosen = _parameters(response.headers.get("Transport"))
        setup = Setup(offer, ssrc=_source(chosen.get("ssrc", "")))
        if "multicast" in transport:
            setup.group = told(chosen) or described(self._description, offer)
            if setup.group is None:
                raise Faulty(reason="SETUP was answered without a multicast group")
        elif "TCP" in transport:
            if "interleaved" not in chosen and chosen.keys() & {"client_port", "server_port"}:
                raise Unsupported(reason="SETUP of TCP was answered by UDP", status=UNSUPPORTED_TRANSPORT)
            asked = _parameters(transport)["interleaved"]
            channel = _first_number(chosen.get("interleaved", asked), 255)
            if channel is None:
                raise Faulty(reason="SETUP was answered without a channel")
            setup.channel = channel
        else:
            setup.server_port = _first_number(chosen.get("server_port", "0"), 65535) or 0
        return setup

    async def play(self) -> None:
        """Let it play from now: all together, or track by track where the camera wants that (RFC 2326 §11.3.10)."""
        now = ("Range", "npt=0.000-")
        response = await self.ask("PLAY", self.control, now)
        if response.status != NO_AGGREGATE:
            _check("PLAY", response)
            return
        for url in self._tracks:
            _check("PLAY", await self.ask("PLAY", url, now))

    async def keep_alive(self) -> None:
        """Give a sign of life, if the camera takes any but RTCP; raises `Closed` where it has forgotten the session.

        What is not implemented is given otherwise at once: half of the time that the session has is over.
        A camera that plays, and no longer takes the password, is left in peace: each further try would count.
        """
        while self.signs_of_life:
            try:
                response = await self.ask(self.signs_of_life[0], self.control)
            except WrongPassword as error:
                forbidden = error.details.get("status") == FORBIDDEN
                self.signs_of_life = self.signs_of_life[1:] if forbidden else []
                continue
            if response.status == 454:
                raise Closed(reason="the camera forgot the session (454)")
            if response.status == 200:
                return
            # Announced, or taken for granted, and not implemented.
            self.signs_of_life = self.signs_of_life[1:]

    def keep_alive_otherwise(self) -> None:
        """Let the next sign of life be another one, if there is another: this one was never answered."""
        self.signs_of_life = [*self.signs_of_life[1:], *self.signs_of_life[:1]]

    def _note_methods(self, response: Response) -> None:
        """Learn from the answer to OPTIONS how the session is kept alive (RFC 2326 §10.1, §10.8)."""
        if response.status in REDIRECTS:
            _check("OPTIONS", response)
        if response.status != 200:
            self.signs_of_life.remove("OPTIONS")
            return
        listed = ",".join(response.headers.all("Public")).upper()
        public = {one.strip() for one in listed.split(",")} - {""}
        if "GET_PARAMETER" not in public:
            self.signs_of_life.remove("GET_PARAMETER")

    def _with_login(self, method: str, url: str, headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
        found = list(headers)
        if self.session:
            found.append(("Session", self.session))
        if authorization := self.login.authorization(method, url):
            found.append(("Authorization", authorization))
        return found

    def _judge(self, challenge: Challenge | None) -> None:
        if challenge is None:
            raise WrongPassword(reason="the camera asks for a kind of login that is not known")
        if not self.has_password:
            raise WrongPassword(reason="the camera asks for user name and password, and none are set")
        if self._answered and not challenge.stale:
            if not self._let_in:
                self.login.withdraw()
                raise WrongPassword(reason="401 after a login")
            # The nonce may have run out without that being said; if not, the next refusal is the end.
            self._let_in = False

    def _note_session(self, response: Response) -> None:
        session, _, rest = response.headers.get("Session").partition(";")
        if not session:
            return
        self.session = session.strip()[:256]
        seconds = number(_parameters(rest).get("timeout", ""), 86400)
        if seconds:
            self.timeout_s = seconds


def interleaved(channel: int) -> str:
    """Give the Transport header for TCP."""
    return f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"


def datagrams(port: int) -> str:
    """Give the Transport header for UDP."""
    return f"RTP/AVP;unicast;client_port={port}-{port + 1}"


def multicast() -> str:
    """Give the Transport header for a group of the camera's choice."""
    return "RTP/AVP;multicast"


def _check(method: str, response: Response) -> None:
    status = response.status
    if status == 200:
        return
    if status in REDIRECTS and (location := response.headers.get("Location")):
        raise Redirected(reason=_told(method, status), location=location)
    raise _failure(status)(reason=_told(method, status), status=status)


def _told(method: str, status: int) -> str:
    """Say what was answered, in the words of RFC 2326: those of the camera may be anything."""
    words = REASONS.get(status)
    return f"{method} was answered by {status}{f' ({words})' if words else ''}"


def _failure(status: int) -> Callable[..., RtspError]:
    if status in {404, 410}:
        return StreamNotFound
    if status in {406, 415, UNSUPPORTED_TRANSPORT}:
        return Unsupported
    if status == 453 or (status >= 500 and status not in _NOT_OURS):
        # It is there, and has no picture for us: its sessions are all taken, or its encoder is not up yet.
        return Stalled
    return Faulty


def _parameters(text: str) -> dict[str, str]:
    pairs = (one.partition("=") for one in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _source(text: str) -> int | None:
    """Read an SSRC: eight hexadecimal digits, of which cameras leave the first zeros out (RFC 2326 §12.39)."""
    found = text.strip('" ')
    return int(found, 16) if _SOURCE.fullmatch(found) else None


def _first_number(text: str, most: int) -> int | None:
    return number(text.partition("-")[0], most)

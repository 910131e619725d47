"""Logins of RTSP as the server asks for and checks them: Digest (RFC 7616, RFC 2069) and Basic."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from recorder.client.clock import SECOND_US, Clock
from recorder.rtsp.auth import Algorithm, parse_credentials
from recorder.rtsp.digest_login import DigestLogin
from recorder.rtsp.errors import Malformed

NONCE_LIFE_US = 300 * SECOND_US
MOST_NONCES = 1024


class Verdict(Enum):
    """What a server makes of a login."""

    ACCEPTED = "accepted"
    MISSING = "missing"
    STALE = "stale"
    """Right, with a nonce that is too old or was used: the client tries again without asking for the password."""
    REFUSED = "refused"
    LOCKED = "locked"
    """Too many were wrong: for a while none is looked at."""


@dataclass(frozen=True)
class Checked:
    """The outcome of a check; `user` is set when accepted, and `ticket` where others must know who it is."""

    verdict: Verdict
    user: str = ""
    ticket: str = ""


class Guard:
    """Makes challenges and verifies logins. `password_of` gives a user's password, or None for an unknown user.

    Nonces carry their own time and seal, so that challenges cost no memory; only the counts of nonces in use are kept.
    """

    def __init__(
        self,
        realm: str,
        password_of: Callable[[str], str | None],
        *,
        clock: Clock,
        algorithms: tuple[Algorithm, ...] = (Algorithm.SHA_256, Algorithm.MD5),
        basic: bool = False,
    ) -> None:
        self._realm = realm
        self._password_of = password_of
        self._clock = clock
        self._algorithms = algorithms
        self._basic = basic
        self._key = secrets.token_bytes(32)
        self._counts: dict[str, int] = {}

    def challenges(self, *, stale: bool = False) -> list[str]:
        """Give the values of WWW-Authenticate headers, strongest first, with a fresh nonce."""
        nonce = self._nonce(self._clock.monotonic_us())
        tail = ", stale=true" if stale else ""
        values = [
            f'Digest realm="{self._realm}", nonce="{nonce}", algorithm={one}, qop="auth"{tail}'
            for one in self._algorithms
        ]
        return [*values, f'Basic realm="{self._realm}"'] if self._basic else values

    async def admit(self, authorization: str, method: str, url: str, source: str) -> Checked:
        """As `check`; whoever keeps its passwords elsewhere has to wait here. `source` is the client's address."""
        del source
        return self.check(authorization, method, url)

    def check(self, authorization: str, method: str, url: str) -> Checked:
        """Verify the Authorization header of a request ("" where there is none). `url` is that of the first line."""
        if not authorization:
            return Checked(Verdict.MISSING)
        try:
            scheme, fields = parse_credentials(authorization)
        except Malformed:
            return Checked(Verdict.REFUSED)
        if scheme == "basic":
            return self._check_basic(fields["token"])
        login = self._digest(fields, method, url) if scheme == "digest" else None
        if login is None or not login.fits(self._password_of(login.user)):
            return Checked(Verdict.REFUSED)
        return Checked(Verdict.ACCEPTED, login.user) if self.is_fresh(login) else Checked(Verdict.STALE)

    def read(self, authorization: str, method: str, url: str) -> DigestLogin | None:
        """Give the Digest login of a header, if it is one for this request and for us."""
        try:
            scheme, fields = parse_credentials(authorization)
        except Malformed:
            return None
        return self._digest(fields, method, url) if scheme == "digest" else None

    def is_fresh(self, login: DigestLogin) -> bool:
        """Whether we made its nonce lately, and its count is higher than any before; it is spent by that."""
        return self._fresh(login.nonce, int(login.count, 16) if login.count else None)

    def _check_basic(self, token: str) -> Checked:
        if not self._basic:
            return Checked(Verdict.REFUSED)
        try:
            user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return Checked(Verdict.REFUSED)
        known = self._password_of(user)
        same = hmac.compare_digest((known or "").encode(), password.encode())
        return Checked(Verdict.ACCEPTED, user) if same and known is not None else Checked(Verdict.REFUSED)

    def _digest(self, fields: dict[str, str], method: str, url: str) -> DigestLogin | None:
        named = fields.get("algorithm", "MD5").upper()
        algorithm = next((one for one in self._algorithms if one.upper() == named), None)
        asked, realm = fields.get("uri", ""), fields.get("realm", "")
        if algorithm is None or not _same_resource(asked, url) or realm != self._realm:
            return None
        count, client_nonce = "", fields.get("cnonce", "")
        if "qop" in fields:
            count = fields.get("nc", "")
            if fields["qop"] != "auth" or not client_nonce or not _is_count(count):
                return None
        user, nonce, answer = fields.get("username", ""), fields.get("nonce", ""), fields.get("response", "").lower()
        return DigestLogin(algorithm, user, realm, nonce, client_nonce, count, method, asked, answer)

    def _nonce(self, at_us: int) -> str:
        stamp = f"{at_us:x}.{secrets.token_hex(8)}"
        return f"{stamp}.{self._seal(stamp)}"

    def _seal(self, stamp: str) -> str:
        return hmac.new(self._key, stamp.encode(), hashlib.sha256).hexdigest()[:32]

    def _fresh(self, nonce: str, count: int | None) -> bool:
        """Tell whether we made this nonce lately, and whether its count is higher than any before (RFC 7616 §3.4)."""
        stamp, _, seal = nonce.rpartition(".")
        if not hmac.compare_digest(self._seal(stamp).encode(), seal.encode()):
            return False
        made_us = int(stamp.partition(".")[0], 16)
        if self._clock.monotonic_us() - made_us > NONCE_LIFE_US:
            return False
        if count is None:
            return True
        if count <= self._counts.get(nonce, 0):
            return False
        self._counts.pop(nonce, None)
        self._counts[nonce] = count
        while len(self._counts) > MOST_NONCES:
            # The nonce unused for longest; should its client come back with an old count, its age still bounds it.
            del self._counts[next(iter(self._counts))]
        return True


def _is_count(text: str) -> bool:
    return len(text) == 8 and all(one in "0123456789abcdefABCDEF" for one in text)


def _same_resource(asked: str, url: str) -> bool:
    """Compare the URL of the login with that of the request, without host and closing slash."""
    return asked == url or _path(asked) == _path(url)


def _path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.path.rstrip('/')}?{parts.query}"

"""Logins of RTSP: Digest (RFC 7616, RFC 2069) and Basic, the client's side and the server's."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum

from recorder.client.clock import SECOND_US, Clock
from recorder.rtsp.errors import Malformed

LONGEST_FIELD = 4096
NONCE_LIFE_US = 300 * SECOND_US
MOST_NONCES = 512


class Algorithm(StrEnum):
    """Hashes of Digest, as they are named on the wire. The weaker ones are what most cameras speak."""

    SHA_256 = "SHA-256"
    SHA_256_SESS = "SHA-256-sess"
    MD5 = "MD5"
    MD5_SESS = "MD5-sess"


class Verdict(Enum):
    """What a server makes of a login."""

    ACCEPTED = "accepted"
    MISSING = "missing"
    STALE = "stale"
    """Right, with a nonce that is too old or was used: the client tries again without asking for the password."""
    REFUSED = "refused"


@dataclass(frozen=True)
class Challenge:
    """One scheme that a server offers. `algorithm` is None for Basic."""

    realm: str
    algorithm: Algorithm | None = None
    nonce: str = ""
    opaque: str | None = None
    qop_auth: bool = False
    stale: bool = False
    named: bool = True
    """The server named the algorithm; where it did not (RFC 2069), neither do we."""

    @property
    def strength(self) -> int:
        """Orders challenges: SHA-256 before MD5 before Basic."""
        return {None: 0, Algorithm.MD5: 1, Algorithm.MD5_SESS: 2, Algorithm.SHA_256: 3, Algorithm.SHA_256_SESS: 4}[
            self.algorithm
        ]


def parse_challenges(values: Iterable[str]) -> list[Challenge]:
    """Read WWW-Authenticate headers, several challenges in one header or in many; unknown ones are passed over."""
    raise NotImplementedError


class Login:
    """The client's side: remembers the challenge that was accepted and answers it for each request."""

    def __init__(self, user: str, password: str, *, client_nonce: Callable[[], str] | None = None) -> None:
        raise NotImplementedError

    def challenge(self, values: Iterable[str]) -> Challenge | None:
        """Take the WWW-Authenticate headers of a 401; give the strongest challenge that we can answer, or None."""
        raise NotImplementedError

    def authorization(self, method: str, url: str) -> str | None:
        """Give the value of the Authorization header for a request; None before the first challenge."""
        raise NotImplementedError


@dataclass(frozen=True)
class Checked:
    """The outcome of a check; `user` is set when accepted."""

    verdict: Verdict
    user: str = ""


class Guard:
    """The server's side: makes challenges, verifies logins. `password_of` gives a user's password or None."""

    def __init__(
        self,
        realm: str,
        password_of: Callable[[str], str | None],
        *,
        clock: Clock,
        algorithms: tuple[Algorithm, ...] = (Algorithm.SHA_256, Algorithm.MD5),
        basic: bool = False,
    ) -> None:
        raise NotImplementedError

    def challenges(self, *, stale: bool = False) -> list[str]:
        """Give the values of WWW-Authenticate headers, strongest first, with a fresh nonce."""
        raise NotImplementedError

    def check(self, authorization: str, method: str, url: str) -> Checked:
        """Verify the Authorization header of a request ("" where there is none). `url` is that of the first line."""
        raise NotImplementedError

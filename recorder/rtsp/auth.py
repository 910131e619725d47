"""Logins of RTSP: Digest (RFC 7616, RFC 2069) and Basic, as the client answers them.

The server's side is `recorder.rtsp.guard`.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from recorder.rtsp.errors import Malformed

LONGEST_FIELD = 4096
MOST_CHALLENGES = 8


class Algorithm(StrEnum):
    """Hashes of Digest, as they are named on the wire. The weaker ones are what most cameras speak."""

    SHA_256 = "SHA-256"
    SHA_256_SESS = "SHA-256-sess"
    MD5 = "MD5"
    MD5_SESS = "MD5-sess"

    @property
    def session(self) -> bool:
        """The secret is derived anew for each nonce."""
        return self.endswith("-sess")

    def hash(self, text: str) -> str:
        """Give H(text) in hexadecimal."""
        if self.startswith("MD5"):
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        return hashlib.sha256(text.encode()).hexdigest()


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
    found: list[Challenge] = []
    for value in values:
        for scheme, fields in _schemes(value[:LONGEST_FIELD]):
            if (one := _challenge(scheme, fields)) and len(found) < MOST_CHALLENGES:
                found.append(one)
    return found


class Login:
    """The client's side: remembers the challenge that was taken last and answers it for each request."""

    def __init__(self, user: str, password: str, *, client_nonce: Callable[[], str] | None = None) -> None:
        self._user = user
        self._password = password
        self._new_nonce = client_nonce or (lambda: secrets.token_hex(16))
        self._taken: Challenge | None = None
        self._nonce = ""
        self._count = 0

    def challenge(self, values: Iterable[str]) -> Challenge | None:
        """Take the WWW-Authenticate headers of a 401; give the strongest challenge that we can answer, or None."""
        self._taken = max(parse_challenges(values), key=lambda one: one.strength, default=None)
        # One client nonce for as long as a nonce lasts: the -sess algorithms derive their key from the first.
        self._nonce = self._new_nonce()
        self._count = 0
        return self._taken

    def withdraw(self) -> None:
        """Say the password no more until the next challenge: it was refused, and cameras count how often."""
        self._taken = None

    def authorization(self, method: str, url: str) -> str | None:
        """Give the value of the Authorization header for a request; None before the first challenge."""
        taken = self._taken
        if taken is None:
            return None
        if taken.algorithm is None:
            return "Basic " + base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        secret = digest_secret(taken.algorithm, self._user, taken.realm, self._password, taken.nonce, self._nonce)
        fields = {"username": self._user, "realm": taken.realm, "nonce": taken.nonce, "uri": url}
        bare: dict[str, str] = {}
        if taken.qop_auth:
            self._count += 1
            bare = {"qop": "auth", "nc": f"{self._count:08x}"}
            fields["cnonce"] = self._nonce
        elif taken.algorithm.session:
            fields["cnonce"] = self._nonce
        answer = digest_answer(taken.algorithm, secret, method, url, taken.nonce, bare.get("nc", ""), self._nonce)
        fields["response"] = answer
        if taken.opaque is not None:
            fields["opaque"] = taken.opaque
        if taken.named:
            bare["algorithm"] = taken.algorithm
        quoted = [f'{name}="{_escaped(value)}"' for name, value in fields.items()]
        return "Digest " + ", ".join(quoted + [f"{name}={value}" for name, value in bare.items()])


def digest_secret(algorithm: Algorithm, user: str, realm: str, password: str, nonce: str, client_nonce: str) -> str:
    """Give H(A1) of RFC 7616 §3.4.2."""
    secret = algorithm.hash(f"{user}:{realm}:{password}")
    return algorithm.hash(f"{secret}:{nonce}:{client_nonce}") if algorithm.session else secret


def digest_answer(
    algorithm: Algorithm, secret: str, method: str, url: str, nonce: str, count: str, client_nonce: str
) -> str:
    """Give the response of RFC 7616 §3.4.1 with qop=auth, or, where `count` is empty, of RFC 2069."""
    between = f"{nonce}:{count}:{client_nonce}:auth" if count else nonce
    asked = algorithm.hash(f"{method}:{url}")
    return algorithm.hash(f"{secret}:{between}:{asked}")


def parse_credentials(value: str) -> tuple[str, dict[str, str]]:
    """Read an Authorization header: the scheme in lower case, and its fields; for Basic one field `token`.

    Raises `Malformed`.
    """
    if len(value) > LONGEST_FIELD or not value.strip():
        raise Malformed(reason="an Authorization header that is too long or empty")
    scheme, *rest = value.split(None, 1)
    if scheme.lower() == "basic":
        return "basic", {"token": rest[0].strip() if rest else ""}
    schemes = _schemes(value)
    if len(schemes) != 1 or schemes[0][0] == "basic":
        raise Malformed(reason="an Authorization header that is none")
    return schemes[0]


# Words and quoted strings; a word without "=" begins a challenge (RFC 9110 §11.2).
_FIELD = re.compile(r'([\w.\-]+)(?:[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^\s,"]*))?', re.ASCII)


def _schemes(value: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    for match in _FIELD.finditer(value):
        name, text = match[1].lower(), match[2]
        if text is None:
            found.append((name, {}))
        elif found:
            plain = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
            found[-1][1].setdefault(name, plain)
    return found


def _challenge(scheme: str, fields: dict[str, str]) -> Challenge | None:
    realm = fields.get("realm", "")
    if scheme == "basic":
        return Challenge(realm)
    if scheme != "digest" or "nonce" not in fields:
        return None
    named = fields.get("algorithm", "MD5").upper()
    algorithm = next((one for one in Algorithm if one.upper() == named), None)
    offered = {one.strip().lower() for one in fields.get("qop", "").split(",")} - {""}
    if algorithm is None or (offered and "auth" not in offered):
        return None
    return Challenge(
        realm,
        algorithm,
        fields["nonce"],
        fields.get("opaque"),
        qop_auth=bool(offered),
        stale=fields.get("stale", "").lower() == "true",
        named="algorithm" in fields,
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')

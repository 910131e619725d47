"""RTSP addresses: what a person enters, what is asked of the camera, and how a track's address is made of both."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import unquote, urljoin, urlsplit

from recorder.client.words import _
from recorder.rtsp.errors import Unreachable

PORT, TLS_PORT = 554, 322
LONGEST_URL = 2048
_CUT_LOGIN = "user or password hold one of / ? # and end there; give them apart from the address"


class BadAddress(Unreachable):
    """What was entered is no RTSP address."""

    status: ClassVar[int] = 422
    words: ClassVar[str] = _(
        "The address is not valid: {reason}. It begins with rtsp:// or rtsps:// and names the camera."
    )


@dataclass(frozen=True)
class Address:
    """Where a stream is asked for. `url` has no user and password; they are given apart, from the URL or empty.

    `tls` says that the connection is encrypted; `foreign`, that a camera named it, and not the owner.
    """

    host: str
    port: int
    url: str
    user: str = ""
    password: str = ""
    tls: bool = False
    foreign: bool = False

    def __repr__(self) -> str:
        return f"Address({self.url!r})"


def parse(url: str) -> Address:
    """Read an rtsp:// or rtsps:// URL; raises `BadAddress`."""
    if len(url) > LONGEST_URL:
        raise BadAddress(reason="it is too long")
    if not url.isprintable() or " " in url:
        raise BadAddress(reason="it holds a space or a control character")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress(reason=_CUT_LOGIN if "@" in url else "host or port cannot be read") from error
    if "@" in parts.fragment:
        raise BadAddress(reason=_CUT_LOGIN)
    scheme = parts.scheme.lower()
    if scheme not in {"rtsp", "rtsps"}:
        raise BadAddress(reason="it does not begin with rtsp:// or rtsps://")
    if not host or port == 0:
        raise BadAddress(reason="it names no host")
    if ":" in host:
        # RFC 6874: how the interface of a link-local address stands in a URL.
        host = host.replace("%25", "%")
    tls = scheme == "rtsps"
    place = parts.netloc.rpartition("@")[2]
    rest = parts.path + (f"?{parts.query}" if parts.query else "")
    return Address(
        host,
        port or (TLS_PORT if tls else PORT),
        f"{scheme}://{place}{rest}",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        tls=tls,
    )


def base_of(asked: str, *named: str) -> str:
    """Give the URL that controls are relative to: the first named (Content-Base, Content-Location), or what was asked.

    RFC 2326 C.1.1. A camera may name a relative one, or nonsense, which is passed over.
    """
    for one in named:
        found = one.strip()
        if found and len(found) <= LONGEST_URL and found.isprintable() and " " not in found:
            return found if _is_absolute(found) else _joined(asked, found)
    return asked


def control_url(base: str, control: str | None) -> str:
    """Give the URL of a track or session from its `a=control`.

    A relative one is appended, as all cameras mean it, even where RFC 3986 would replace the last part of the base.
    """
    found = (control or "").strip()
    if found in {"", "*"} or len(found) > LONGEST_URL or not found.isprintable() or " " in found:
        return base
    if _is_absolute(found):
        return found
    if found.startswith("/"):
        whole = _joined(base, found)
        if whole.startswith(base.rstrip("/")):
            return whole
    return f"{base.rstrip('/')}/{found.lstrip('/')}"


def _is_absolute(url: str) -> bool:
    return url.lower().startswith(("rtsp://", "rtspu://", "rtsps://"))


def _joined(base: str, relative: str) -> str:
    try:
        # urljoin knows of no RTSP, and treats it as HTTP when it is called so.
        return "rtsp" + urljoin("http" + base[4:], relative)[4:]
    except ValueError:
        return base

"""Addresses of camera streams: rtsp or rtsps, without login inside, nothing that could break a request line."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from recorder.client.words import _
from recorder.settings.errors import NotAllowed

ALLOWED = _("rtsp://address:port/path")
ADDRESS = "{address}"
"""Stands in an address for that of the camera's seat at the recorder's own ports."""


@dataclass(frozen=True)
class Split:
    """An address with the login taken out; `user` and `password` are None where it named none."""

    url: str
    user: str | None
    password: str | None


def take_login_out(url: str) -> Split:
    """Split `rtsp://user:password@host/…`, percent-decoding the login; what is no address is left as it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return Split(url, None, None)
    login, at, host = parts.netloc.rpartition("@")
    if not at:
        return Split(url, None, None)
    user, _colon, password = login.partition(":")
    return Split(urlunsplit(parts._replace(netloc=host)), unquote(user), unquote(password))


def rtsp_url(url: str) -> str:
    """Check an address, whose host may be `{address}`; raises `NotAllowed`."""
    checked = url.replace(f"://{ADDRESS}", "://0.0.0.0", 1)
    _check(checked)
    return url


def _check(url: str) -> None:
    if not url.isprintable() or not url.isascii() or any(mark in url for mark in ' "<>\\^`{|}'):
        raise NotAllowed(_("The address contains characters that no address may have."), ALLOWED)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed(_("The address cannot be understood."), ALLOWED) from error
    if parts.scheme not in {"rtsp", "rtsps"}:
        raise NotAllowed(_("The address must begin with rtsp:// or, encrypted, rtsps://."), ALLOWED)
    if not parts.hostname:
        raise NotAllowed(_("The address names no camera."), ALLOWED)
    if port == 0:
        raise NotAllowed(_("There is no port 0."), _("a port from 1 to 65535"))
    if "@" in parts.netloc:
        raise NotAllowed(_("The address must not contain user and password."), ALLOWED)
    if parts.fragment:
        raise NotAllowed(_("The address must not contain #."), ALLOWED)


def optional_rtsp_url(url: str) -> str:
    """As `rtsp_url`, and empty is fine."""
    return url and rtsp_url(url)

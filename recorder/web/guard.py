"""What every call from the network passes first: our name in Host, a bounded body, headers that protect browsers."""

import ipaddress
import json
import re
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from hal.client.firmware import LARGEST_BUNDLE
from recorder.client.words import _
from recorder.sockets.http_server import drain
from recorder.sockets.protection import protected, protection

LARGEST_BODY = 1 << 20
LARGE_BODIES = {("PUT", "/api/v1/update/bundle"): LARGEST_BUNDLE}
"""Calls whose body is passed on piece by piece; control judges who may before it takes any of it."""
LARGEST_PORT = 65535
# RFC 3986 §3.2, as far as hosts are written here: an address in brackets, or a name, and perhaps a port.
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::([0-9]{1,5}))?", re.ASCII)
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
PROTECTION = protection(POLICY)


class Guard:
    """Lets through what names us as its host. A name that somebody else points at us (DNS rebinding) is not ours."""

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call through, or answer it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._is_ours(headers.get("host", "")):
            words = _("This recorder is not known by that name. Use its address.")
            await _refuse(scope, receive, send, 421, "Misdirected", words)
            return
        if scope["type"] == "http" and not _fits(headers.get("content-length", "0"), largest_body(scope)):
            await _refuse(scope, receive, send, 413, "TooLarge", _("The request is too large."))
            return
        await self._app(scope, receive, protected(send, PROTECTION))

    def _is_ours(self, host: str) -> bool:
        found = _HOST.fullmatch(host.lower())
        if found is None or int(found[3] or 0) > LARGEST_PORT:
            return False
        name = found[1] or found[2].removesuffix(".")
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def largest_body(scope: Scope) -> int:
    """How many bytes a call may carry."""
    return LARGE_BODIES.get((scope["method"], scope["path"]), LARGEST_BODY)


def _fits(length: str, most: int) -> bool:
    return length.isascii() and length.isdigit() and int(length[:20]) <= most


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, code: str, words: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": code})
        return
    await drain(receive, LARGEST_BODY)
    content = json.dumps({"code": code, "words": words}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in PROTECTION.items()]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": content})

"""The one place where calls come in: who calls is settled here, and nothing else answers who is not let through.

* The door is the unix socket that the call came by. At the owner's everything is allowed; at the screen's a call
  without session is a visitor's; at the web's it is refused, but for the few routes that lead to a session.
* A session's token comes as `Authorization: Bearer` or, from browsers, in a cookie. A call that relies on the cookie
  and changes something, or opens a WebSocket, must come from our own pages: its Origin names our host, and it carries
  the `X-Nightjar` header that no form of another site can send.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hal.client.firmware import LARGEST_BUNDLE
from recorder.accounts.accounts import Accounts
from recorder.accounts.caller import Caller, Door, Role, visitor
from recorder.accounts.errors import NotLoggedIn
from recorder.api.errors import body
from recorder.client.errors import NightjarError, Refused
from recorder.client.words import _
from recorder.configuration.sealed import LARGEST_FILE
from recorder.settings.rights import EVERY, FULL, NONE
from recorder.sockets.http_server import drain

COOKIE = "__Host-nightjar"
HEADER = "x-nightjar"
SOURCE_HEADER = "x-forwarded-for"
"""Set by our web process, which throws away what the network sent under this name."""
OPEN = {
    ("GET", "/api/v1/setup"),
    ("POST", "/api/v1/setup"),
    ("POST", "/api/v1/setup/backups"),
    ("POST", "/api/v1/setup/restore"),
    ("POST", "/api/v1/sessions"),
    ("POST", "/api/v1/recovery"),
}
SAFE = {"GET", "HEAD", "OPTIONS"}
LARGEST_BODY = 1 << 20
LARGE_BODIES = {
    ("PUT", "/api/v1/update/bundle"): LARGEST_BUNDLE,
    ("PUT", "/api/v1/configuration/file"): LARGEST_FILE,
}
"""Routes that take a file as it comes, never whole in memory, and judge the caller before the first byte of it."""


class TooLarge(NightjarError):
    """A request with more in it than any of ours has."""

    status = 413
    words = _("The request is too large.")


class ForeignOrigin(Refused):
    """A page of another site sent this in somebody's name."""

    words = _("This request did not come from the recorder's own pages.")


class Entrance:
    """Puts the `Caller` into the scope of a call, or refuses it."""

    def __init__(self, app: ASGIApp, accounts: Accounts, hidden: Callable[[], frozenset[int]]) -> None:
        """`hidden` gives the channels that are not shown at the screen while nobody is logged in."""
        self._app = app
        self._accounts = accounts
        self._hidden = hidden

    def again(self, caller: Caller) -> Caller | None:
        """Give a caller as he stands now, for what goes on after his call; None where he is let in no more."""
        if caller.role is Role.OWNER:
            return caller
        if caller.role is Role.VISITOR:
            return self._visitor(caller.door, caller.source)
        found = self._accounts.again(caller)
        return self._at(found) if found is not None else None

    def _visitor(self, door: Door, source: str) -> Caller:
        return visitor(door, source, EVERY - self._hidden() if door is Door.SCREEN else NONE.known)

    def _at(self, caller: Caller) -> Caller:
        """Add what whoever stands at the screen sees anyway."""
        if caller.door is not Door.SCREEN:
            return caller
        return replace(caller, rights=caller.rights.joined(self._visitor(caller.door, caller.source).rights))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call through, or answer it with its refusal."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        try:
            scope["caller"] = self._caller(scope)
            scope["again"] = self.again
            limited = _limited(scope, receive)
        except NightjarError as error:
            await _refuse(scope, receive, send, error)
            return
        await self._app(scope, limited, send)

    def _caller(self, scope: Scope) -> Caller | None:
        headers = Headers(scope=scope)
        door = Door(scope["server"][0])
        source = headers.get(SOURCE_HEADER, "")[:64] if door is Door.WEB else door.value
        if door is Door.OWNER:
            return Caller("owner", Role.OWNER, door, source, FULL)
        if door is Door.WEB:
            _check_origin(scope, headers)
        bearer = _bearer(headers)
        cookie = "" if bearer or door is not Door.WEB else _cookie(headers)
        found = self._accounts.caller(bearer or cookie, door, source) if bearer or cookie else None
        if found is not None:
            if cookie and not bearer:
                _check_own_page(scope, headers)
            return self._at(found)
        if door is Door.SCREEN:
            if bearer and (scope.get("method"), scope["path"]) not in OPEN:
                raise NotLoggedIn
            return self._visitor(door, source)
        if (scope.get("method"), scope["path"]) in OPEN:
            return self._visitor(door, source)
        raise NotLoggedIn


def _bearer(headers: Headers) -> str:
    scheme, _space, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _check_origin(scope: Scope, headers: Headers) -> None:
    """Refuse what another site's page makes a browser send. Programs send no Origin, and are not refused here."""
    origin = headers.get("origin")
    unsafe = scope["type"] == "websocket" or scope["method"] not in SAFE
    if origin is None or not unsafe:
        return
    try:
        named = urlsplit(origin).netloc
    except ValueError:  # "http://[" is no address at all
        raise ForeignOrigin from None
    if named.lower() != headers.get("host", "").lower():
        raise ForeignOrigin
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignOrigin


def _check_own_page(scope: Scope, headers: Headers) -> None:
    """Ask for a sign that only our own pages can give, where a browser adds the cookie by itself."""
    if scope["type"] == "websocket":
        if "origin" not in headers:
            raise ForeignOrigin
    elif scope["method"] not in SAFE and HEADER not in headers:
        raise ForeignOrigin


def _limited(scope: Scope, receive: Receive) -> Receive:
    if scope["type"] != "http":
        return receive
    told = Headers(scope=scope).get("content-length", "0")
    most = LARGE_BODIES.get((scope["method"], scope["path"]), LARGEST_BODY)
    if not told.isascii() or not told.isdigit() or int(told) > most:
        raise TooLarge
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > most:
                raise TooLarge
        return message

    return counted


async def _refuse(scope: Scope, receive: Receive, send: Send, error: NightjarError) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": error.code})
        return
    await drain(receive, LARGEST_BODY)
    content = json.dumps(body(error)).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})

"""Who may enter the panel: a browser of this machine that was given the one-time token, and its own page alone.

The token opens the door once and is exchanged for a cookie; another one is then written for the next browser. Names of
hosts other than the loopback's are refused (DNS rebinding), and so is every origin but the page's own.
"""

import hmac
import secrets
from collections.abc import Callable
from http.cookies import SimpleCookie

from starlette.datastructures import Headers, QueryParams
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from recorder.client.words import _
from recorder.sockets.protection import protected, protection

MOST_BROWSERS = 16
"""Sessions remembered; the oldest ends. Nobody has more browsers before one recorder."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
PROTECTION = {**protection(POLICY), "Cache-Control": "no-store"}
REFUSED = 1008


class Entrance:
    """Stands before the app. `fresh_token` is told each token that opens the door next."""

    def __init__(self, app: ASGIApp, port: int, fresh_token: Callable[[str], None]) -> None:
        self._app = app
        # Cookies do not tell ports apart, and two recorders may run.
        self._cookie = f"nightjar-panel-{port}"
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._fresh_token = fresh_token
        self._sessions: list[str] = []
        self._token = ""
        self._renew()

    def _renew(self) -> None:
        self._token = secrets.token_urlsafe(24)
        self._fresh_token(self._token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call through, or answer it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        answer: Response | None = None
        if host not in self._hosts:
            answer = PlainTextResponse(_("The front panel is not known by that name."), 421)
        elif (origin := headers.get("origin")) is not None and origin.lower() != f"http://{host}":
            answer = PlainTextResponse(_("The front panel is not for other pages."), 403)
        elif scope["type"] == "websocket" and origin is None:
            answer = PlainTextResponse(_("The front panel is for browsers."), 403)
        elif (token := QueryParams(scope["query_string"]).get("token")) is not None:
            answer = self._enter(token)
        elif not self._known(headers.get("cookie", "")):
            answer = PlainTextResponse(_("Open the address that `nightjar panel` prints; each opens once."), 403)
        if answer is None:
            await self._app(scope, receive, protected(send, PROTECTION))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": REFUSED})
        else:
            await answer(scope, receive, protected(send, PROTECTION))

    def _enter(self, token: str) -> Response:
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return PlainTextResponse(_("This address was used before. `nightjar panel` prints a fresh one."), 403)
        self._renew()
        session = secrets.token_urlsafe(24)
        self._sessions = [*self._sessions, session][-MOST_BROWSERS:]
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._cookie, session, httponly=True, samesite="strict")
        return answer

    def _known(self, cookie: str) -> bool:
        found = SimpleCookie(cookie).get(self._cookie)
        shown = found.value.encode() if found is not None else b""
        return any(hmac.compare_digest(shown, one.encode()) for one in self._sessions)

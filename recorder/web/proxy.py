"""Passing calls below /api on to control's socket for the network, as they are; only who called is told by us."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from recorder.client.errors import Unavailable
from recorder.client.words import _
from recorder.web.guard import LARGEST_BODY, largest_body

# RFC 9110 §7.6.1: these belong to one connection. Who called is ours to say, so what the network says of it goes.
DROPPED = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-length",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
}
TIMEOUT = {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 10.0}
BODY_S = 20.0
"""A caller that does not get its body across within this time is refused."""
MOST_CONNECTIONS = 128
LARGEST_MESSAGE = 1 << 20


class Proxy:
    """Carries calls to control. Holds nothing between calls but open connections: no cookies, no answers."""

    def __init__(self, path: Path) -> None:
        self._path = path
        limits = httpx.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=16)
        self._transport = httpx.AsyncHTTPTransport(uds=str(path), limits=limits)

    async def close(self) -> None:
        """Close what is open."""
        await self._transport.aclose()

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> tuple[int, Any]:
        """Ask control something ourselves: status, and the JSON of its answer. Raises `Unavailable`."""
        asked = httpx.Request(
            method,
            httpx.URL(scheme="http", host="control", path=path),
            headers=headers,
            json=body,
            extensions={"timeout": TIMEOUT},
        )
        try:
            answer = await self._transport.handle_async_request(asked)
            try:
                data = await answer.aread()
            finally:
                await answer.aclose()
            return answer.status_code, json.loads(data) if data else None
        except (httpx.TransportError, ValueError) as error:
            raise Unavailable(process="control") from error

    async def http(self, request: Request) -> Response:
        """Pass on one call and stream its answer."""
        most = largest_body(request.scope)
        if most > LARGEST_BODY:
            return await self._pass(request, _bounded(request, most))
        try:
            async with asyncio.timeout(BODY_S):
                body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            told = {"code": "TooSlow", "words": _("The request did not arrive in time. Try again.")}
            return JSONResponse(told, 408, headers={"Connection": "close"})
        if body is None:
            return JSONResponse({"code": "TooLarge", "words": _("The request is too large.")}, 413)
        return await self._pass(request, body)

    async def _pass(self, request: Request, body: bytes | AsyncIterator[bytes]) -> Response:
        asked = httpx.Request(
            request.method,
            httpx.URL(scheme="http", host="control", raw_path=_target(request)),
            headers=[*_kept(request.headers.items()), ("x-forwarded-for", _source(request))],
            content=body,
            extensions={"timeout": TIMEOUT},
        )
        try:
            answer = await self._transport.handle_async_request(asked)
        except ClientDisconnect:
            return Response(status_code=400)
        except httpx.TransportError:
            gone = Unavailable(process="control")
            return JSONResponse({"code": gone.code, "words": str(gone)}, gone.status)
        passed = StreamingResponse(_streamed(answer), answer.status_code)
        passed.raw_headers = [
            (name.lower(), value)
            for name, value in answer.headers.raw
            if name.lower().decode("latin-1") not in DROPPED - {"content-length"}
        ]
        return passed

    async def web_socket(self, socket: WebSocket) -> None:
        """Join a browser's WebSocket with one of control's."""
        host = socket.headers.get("host", "control")
        query = f"?{socket.url.query}" if socket.url.query else ""
        extra = [(name, socket.headers[name]) for name in ("cookie", "authorization") if name in socket.headers]
        extra.append(("x-forwarded-for", _source(socket)))
        try:
            inner = await unix_connect(
                str(self._path),
                f"ws://{host}{socket.url.path}{query}",
                origin=socket.headers.get("origin"),  # pyright: ignore[reportArgumentType]
                additional_headers=extra,
                compression=None,
                proxy=None,
                max_size=LARGEST_MESSAGE,
            )
        except InvalidStatus:
            await socket.close(1008)
            return
        except (OSError, WebSocketException):
            await socket.close(1013)
            return
        try:
            await socket.accept()
            await _join(socket, inner)
        finally:
            await inner.close()


def _target(request: Request) -> bytes:
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return path + (b"?" + query if query else b"")


def _source(connection: Any) -> str:
    return connection.client.host if connection.client else "unknown"


def _kept(headers: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in DROPPED]


async def _body(request: Request) -> bytes | None:
    """Read a bounded body; None where it is too large."""
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > LARGEST_BODY:
            return None
    return bytes(found)


async def _bounded(request: Request, most: int) -> AsyncIterator[bytes]:
    """Give a body as it comes; one that is larger than it may be, or stands still, ends as if its sender had gone."""
    seen = 0
    pieces = request.stream()
    while True:
        try:
            async with asyncio.timeout(BODY_S):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise ClientDisconnect from None
        seen += len(piece)
        if seen > most:
            raise ClientDisconnect
        if piece:
            yield piece


async def _streamed(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:
        await answer.aclose()


async def _join(outer: WebSocket, inner: ClientConnection) -> None:
    """Carry messages both ways until one side leaves."""

    async def up() -> None:
        while True:
            await inner.send(await outer.receive_text())

    async def down() -> None:
        async for message in inner:
            if isinstance(message, str):
                await outer.send_text(message)
            else:
                await outer.send_bytes(message)

    ways = [asyncio.create_task(up()), asyncio.create_task(down())]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        for way in ways:
            with contextlib.suppress(
                asyncio.CancelledError, ConnectionClosed, WebSocketDisconnect, RuntimeError, KeyError
            ):
                await way
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await outer.close(inner.close_code if inner.close_code in {1000, 1008, 1013} else 1000)

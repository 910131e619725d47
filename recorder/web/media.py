"""Live and recorded pictures for browsers: fragmented MP4 over HTTP, and over WebSocket for Media Source Extensions.

Every call carries a grant from the API. web looks at it first, so that none is passed on without, and media and reader
verify it again: web runs as a user whom they would trust.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from recorder.client.clock import Clock
from recorder.client.errors import Invalid, NightjarError
from recorder.client.grants import BadGrant, Grant, Verifier
from recorder.client.instance import Instance
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.web.tapped import Opening, TappedStream, live, recorded

FIRST_S = 15.0
SEND_S = 15.0
LOOK_S = 1.0
"""How often is looked whether a grant still counts."""
MOST_STREAMS = 64


class TooManyStreams(NightjarError):
    """More pictures are being watched than we serve."""

    status = 429
    words = _("Too many pictures are being watched over the network. Close one.")


class Media:
    """Opens streams under grants."""

    def __init__(self, instance: Instance, clock: Clock) -> None:
        self._instance = instance
        self._verifier = Verifier(instance, clock)
        self._clock = clock
        self._open = 0

    async def http(self, request: Request) -> Response:
        """Answer with MP4 for as long as somebody reads; ends where the codec changes."""
        try:
            stream, grant = await asyncio.to_thread(self._wanted, request)
            parts = self._counted(stream, grant)
            try:
                async with asyncio.timeout(FIRST_S):
                    first = await _opening(parts)
            except BaseException:
                await parts.aclose()
                raise
        except TimeoutError:
            return _refused(Invalid(problem=_("No picture arrives.")), 504)
        except NightjarError as error:
            return _refused(error, error.status)
        kind = f'video/mp4; codecs="{first.codec}"'
        return StreamingResponse(_until_change(first, parts), media_type=kind, headers={"Cache-Control": "no-store"})

    async def web_socket(self, socket: WebSocket) -> None:
        """Send the codec as JSON text, then init segment and fragments as binary; again where the codec changes."""
        try:
            stream, grant = await asyncio.to_thread(self._wanted, socket)
        except NightjarError as error:
            await socket.close(1008, error.code)
            return
        await socket.accept()
        leaving = asyncio.create_task(_until_left(socket))
        sending = asyncio.create_task(self._send(socket, stream, grant))
        try:
            await asyncio.wait([leaving, sending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (leaving, sending):
                task.cancel()
            for task in (leaving, sending):
                with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError, TimeoutError):
                    await task

    async def _send(self, socket: WebSocket, stream: TappedStream, grant: Grant) -> None:
        try:
            async for part in self._counted(stream, grant):
                async with asyncio.timeout(SEND_S):
                    if isinstance(part, Opening):
                        told = {"codec": part.codec, "width": part.width, "height": part.height}
                        await socket.send_text(msgspec.json.encode(told).decode())
                        await socket.send_bytes(part.init)
                    else:
                        await socket.send_bytes(part)
        except NightjarError as error:
            await socket.send_text(msgspec.json.encode({"code": error.code, "words": str(error)}).decode())
        await socket.close(1000)

    async def _counted(self, stream: TappedStream, grant: Grant) -> AsyncGenerator[Opening | bytes]:
        """Pass parts on while the grant counts: who may less since sees no more, nor, live, who has no session now.

        What was recorded plays to the end that the grant gives it. Raises `BadGrant`, `TooManyStreams`.
        """
        if self._open >= MOST_STREAMS:
            raise TooManyStreams
        parts = stream.parts()
        self._open += 1
        try:
            async with contextlib.aclosing(parts):
                looked = time.monotonic()
                async for part in parts:
                    if time.monotonic() - looked > LOOK_S:
                        looked = time.monotonic()
                        if self._verifier.is_void(grant):
                            return
                        if stream.is_live and self._clock.now_us() >= grant.expires_us:
                            raise BadGrant(problem=_("the token has expired"))
                    yield part
        finally:
            self._open -= 1

    def _wanted(self, asked: HTTPConnection) -> tuple[TappedStream, Grant]:
        channel = _number(asked.path_params["channel"], most=128)
        try:
            name = StreamName(asked.path_params["stream"])
        except ValueError:
            raise Invalid(problem=_("There is no such stream.")) from None
        token = asked.query_params.get("grant", "")
        grant = self._verifier.verify(token)
        if asked.path_params.get("kind") == "recorded":
            start = _number(asked.query_params.get("start", ""))
            end = _number(asked.query_params.get("end", ""))
            grant.check_recorded(channel, name, start, end)
            return recorded(self._instance.socket("reader"), channel, name, start, end, token), grant
        grant.check_live(channel, name)
        return live(self._instance.socket("media"), channel, name, token), grant


def _number(text: str, most: int = 1 << 60) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and 0 < int(text) <= most):
        raise Invalid(problem=_("Channel and times must be whole numbers."))
    return int(text)


async def _opening(parts: AsyncGenerator[Opening | bytes]) -> Opening:
    async for part in parts:
        if isinstance(part, Opening):
            return part
    raise Invalid(problem=_("There is no picture in this time."))


async def _until_change(first: Opening, parts: AsyncGenerator[Opening | bytes]) -> AsyncGenerator[bytes]:
    """A file has one init segment: it ends where another one would be needed, or where the stream breaks."""
    async with contextlib.aclosing(parts):
        yield first.init
        with contextlib.suppress(NightjarError):
            async for part in parts:
                if isinstance(part, Opening):
                    return
                yield part


async def _until_left(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await socket.receive()


def _refused(error: NightjarError, status: int) -> JSONResponse:
    return JSONResponse({"code": error.code, "words": str(error)}, status)

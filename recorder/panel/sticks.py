"""The panel's sticks: what is on them, and files that a browser puts on one or takes from one."""

import asyncio
import base64
from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from hal.client import HalClient, HalUnavailable
from recorder.client.instance import Instance

KIND = "usb_port"
PART_BYTES = 32768
"""A line to hal holds it in base64."""


def stick_routes(instance: Instance) -> list[BaseRoute]:
    """Build the routes of one instance; a USB port names the line to hal by which its sticks are reached."""

    def line() -> HalClient:
        return HalClient(instance.socket("hal"))

    async def all_sticks(request: Request) -> Response:
        def ask() -> object:
            with line() as hal:
                return hal.simulate(KIND, request.path_params["port"], "sticks")

        try:
            return JSONResponse(await asyncio.to_thread(ask))
        except HalUnavailable as error:
            return PlainTextResponse(str(error), 409)

    async def put(request: Request) -> Response:
        port, label, file = (request.path_params[name] for name in ("port", "label", "file"))
        try:
            with line() as hal:
                begins = True
                async for part in _parts(request.stream()):
                    content = base64.b64encode(part).decode()
                    about = {"label": label, "file": file, "content": content, "begins": begins}
                    await asyncio.to_thread(hal.simulate, KIND, port, "put", **about)
                    begins = False
        except HalUnavailable as error:
            return PlainTextResponse(str(error), 409)
        return Response(status_code=204)

    async def take(request: Request) -> Response:
        port, label, file = (request.path_params[name] for name in ("port", "label", "file"))

        def part(offset: int) -> bytes:
            with line() as hal:
                about = {"label": label, "file": file, "offset": offset, "most": PART_BYTES}
                return base64.b64decode(hal.simulate(KIND, port, "read", **about))

        async def rest(content: bytes) -> AsyncIterator[bytes]:
            offset = 0
            while content:
                yield content
                offset += len(content)
                content = await asyncio.to_thread(part, offset)

        try:
            first = await asyncio.to_thread(part, 0)
        except HalUnavailable as error:
            return PlainTextResponse(str(error), 404)
        saved = f"attachment; filename*=UTF-8''{quote(file.rpartition('/')[2], safe='')}"
        headers = {"Content-Disposition": saved}
        return StreamingResponse(rest(first), media_type="application/octet-stream", headers=headers)

    one = "/sticks/{port}/{label}/{file:path}"
    return [
        Route("/sticks/{port}", all_sticks),
        Route(one, put, methods=["PUT"]),
        Route(one, take, methods=["GET"]),
    ]


async def _parts(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Cut a body into parts that a line to hal holds; an empty body is one empty part."""
    waiting = bytearray()
    async for chunk in stream:
        waiting += chunk
        while len(waiting) > PART_BYTES:
            yield bytes(waiting[:PART_BYTES])
            del waiting[:PART_BYTES]
    yield bytes(waiting)

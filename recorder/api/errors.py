"""Errors at the edge: each class becomes a status and one form of JSON, here and nowhere else."""

import contextlib
import errno
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketDisconnect

from recorder.client.errors import Invalid, NightjarError
from recorder.client.unix_http import ApiError
from recorder.client.words import _

log = logging.getLogger(__name__)
REFUSED, FAULT = 1008, 1011
"""Why a WebSocket is closed (RFC 6455 section 7.4.1)."""


class NotStored(NightjarError):
    """What was asked for has no place to be kept."""

    status = 507
    words = _("{problem}")


_NO_ROOM = _("There is no room left where the recorder keeps its own files. Make some, and try again.")
_READ_ONLY = _(
    "Where the recorder keeps its own files nothing can be written any more. Restart it; where that does not help, the "
    "disk has to be replaced."
)
_FAULTY = _("The disk on which the recorder keeps its own files is faulty. Save your settings, and replace it.")
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: _NO_ROOM,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_IOERR: _FAULTY,
    sqlite3.SQLITE_CORRUPT: _FAULTY,
}
_OF_SYSTEM = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EROFS: _READ_ONLY,
    errno.EIO: _FAULTY,
}


def _why_not_stored(error: Exception) -> str:
    """Give what is wrong with the disk that the recorder keeps its own things on; "" for any other error."""
    if isinstance(error, sqlite3.Error):
        # The upper bits say more than matters here (SQLite's extended result codes).
        return _OF_SQLITE.get((error.sqlite_errorcode or 0) & 0xFF, "")
    return _OF_SYSTEM.get(error.errno or 0, "") if isinstance(error, OSError) else ""


class ErrorAnswer(BaseModel):
    """What every refusal looks like."""

    code: str = Field(description="The stable name of the error")
    words: str = Field(description="What happened and what to do, for people")
    field: str | None = Field(None, description="The field that is wrong, with dots into its parts")
    allowed: str | None = Field(None, description="What the field takes, for people")


_MEANINGS = {
    401: "Nobody is logged in",
    403: "Not allowed",
    404: "There is no such thing",
    409: "Not in this state",
    412: "Changed by somebody else meanwhile",
    413: "The request is too large",
    422: "A value is not allowed: which, and what would be",
    429: "Too many; wait",
    500: "A fault of the recorder",
    502: "Another service answered wrongly",
    503: "Another service does not answer; try again",
    507: "There is no room to keep it, or its disk is faulty",
}
_FORM = {"application/json": {"schema": {"$ref": f"#/components/schemas/{ErrorAnswer.__name__}"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": meaning, "content": _FORM} for status, meaning in _MEANINGS.items()
}
"""What every route may answer besides. Named, not as models: FastAPI would make a validator for each on each route,
which is most of what its first request takes."""


def describe(schema: dict[str, Any]) -> None:
    """Add to an OpenAPI what `RESPONSES` refers to."""
    schema["components"]["schemas"][ErrorAnswer.__name__] = ErrorAnswer.model_json_schema()


def body(error: NightjarError) -> dict[str, Any]:
    """Give the JSON of an error."""
    found: dict[str, Any] = {"code": error.code, "words": str(error)}
    for name in ("field", "allowed"):
        value = getattr(error, name, None)
        if value:
            found[name] = value
    return found


def answer(error: NightjarError) -> JSONResponse:
    """Give the answer to a refused request."""
    status = error.http_status if isinstance(error, ApiError) else error.status
    return JSONResponse(body(error), status, headers={"Cache-Control": "no-store"})


def install(app: FastAPI) -> None:
    """Make an app answer every error in our form."""

    async def ours(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, NightjarError)
        if error.status == NightjarError.status:
            log.error("%s: %s", error.code, error)
        return answer(error)

    async def unfit(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        found = error.errors()[0]
        place = ".".join(str(part) for part in found["loc"][1:]) or "body"
        problem = str(found["msg"]).removeprefix("Value error, ")
        words = _("{field}: {problem}").format(field=place, problem=problem)
        return JSONResponse({"code": "Invalid", "words": words, "field": place}, 422)

    async def http(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        cause = error.__cause__
        if isinstance(cause, NightjarError):  # raised while the body was read
            return answer(cause)
        if error.status_code == 400 and cause is not None:
            return answer(Invalid(problem=_("The body of the request is not JSON.")))
        words = {404: _("There is nothing at this address."), 405: _("This cannot be done here.")}
        told = {"code": f"Http{error.status_code}", "words": words.get(error.status_code, str(error.detail))}
        return JSONResponse(told, error.status_code, headers=error.headers)

    async def unexpected(_request: Request, error: Exception) -> JSONResponse:
        if problem := _why_not_stored(error):
            log.error("Nothing can be stored: %s", error)
            return answer(NotStored(problem=problem))
        log.error("A request failed: %s", type(error).__name__, exc_info=error)
        return answer(NightjarError())

    app.add_exception_handler(NightjarError, _on_both(ours))
    app.add_exception_handler(RequestValidationError, _on_both(unfit))
    app.add_exception_handler(HTTPException, _on_both(http))
    app.add_exception_handler(sqlite3.Error, _on_both(unexpected))
    app.add_exception_handler(OSError, _on_both(unexpected))
    app.add_exception_handler(Exception, unexpected)


def _on_both(handler: Callable[[Any, Exception], Awaitable[JSONResponse]]) -> Callable[[Any, Exception], Any]:
    """Have a WebSocket closed where a request is answered: after an answer uvicorn logs that it was never opened."""

    async def handled(connection: HTTPConnection, error: Exception) -> JSONResponse | None:
        found = await handler(connection, error)
        if not isinstance(connection, WebSocket):
            return found
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await connection.close(REFUSED if found.status_code < NightjarError.status else FAULT)
        return None

    return handled

"""WebDAV, class 1 and read-only (RFC 4918), over the tree of recordings; byte ranges as in RFC 9110 §14.

Everybody logs in as at the screen: Basic over TLS, or the session of a browser. What would change anything is refused.
"""

import asyncio
import base64
import binascii
import contextlib
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import quote, unquote

from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError, NotFound
from recorder.client.words import _
from recorder.sockets.http_server import drain
from recorder.web.guard import LARGEST_BODY
from recorder.web.recordings import File, NotLetIn, Recordings, Seer

PREFIX = "/recordings"
METHODS = "OPTIONS, PROPFIND, GET, HEAD"
MOST_READERS = 16
"""Files that are read at once over the network: more would take the disk's time from recording."""
MOST_LISTINGS = 4
LONGEST_PATH = 1024
MOST_RANGES_TEXT = 200
_RANGE = re.compile(r"bytes=(?:(\d{1,19})-(\d{0,19})|-(\d{1,19}))", re.ASCII)
_XML_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_XML = 'application/xml; charset="utf-8"'


class Busy(NightjarError):
    """More is read at once than the disks can give beside recording."""

    status = 503
    words = _("Too many recordings are being read over the network. Try again in a moment.")


class ReadOnly(NightjarError):
    """Recordings are only ever written by the recorder."""

    status = 405
    words = _("Recordings can be read here, and not changed.")


class TooDeep(NightjarError):
    """The whole tree at once would be all disks."""

    status = 403
    words = _("Only one folder can be listed at once.")


class OutOfRange(NightjarError):
    """The file is not so long."""

    status = 416
    words = _("The file ends before the bytes that were asked for.")


@dataclass(frozen=True)
class Entry:
    """One line of a listing: its address below the prefix, its name, and the file behind it, or None for a folder."""

    parts: tuple[str, ...]
    file: File | None = None

    @property
    def href(self) -> str:
        """Its address; folders end with a slash."""
        path = "/".join(quote(one, safe="") for one in self.parts)
        folder = "" if self.file or not path else "/"
        return f"{PREFIX}/{path}{folder}"

    @property
    def name(self) -> str:
        """What it is called."""
        return self.parts[-1] if self.parts else "recordings"


def split(raw_path: bytes) -> tuple[str, ...]:
    """Give the parts of a path below the prefix, decoded; raises `NotFound` for what none of ours looks like."""
    if len(raw_path) > LONGEST_PATH:
        raise NotFound(what=_("such a file"))
    path = raw_path.decode("latin-1").partition("?")[0]
    if path != PREFIX and not path.startswith(f"{PREFIX}/"):
        raise NotFound(what=_("such a file"))
    parts = path[len(PREFIX) :].strip("/").split("/")
    try:
        found = tuple(unquote(one, errors="strict") for one in parts if one)
    except UnicodeDecodeError:
        raise NotFound(what=_("such a file")) from None
    if len(found) > 3 or any(one in {".", ".."} or "/" in one or "\0" in one for one in found):
        raise NotFound(what=_("such a file"))
    return found


def byte_range(text: str, size: int) -> tuple[int, int] | None:
    """Give [begin, end) of a Range header for a file of `size`; None for all of it. Raises `OutOfRange`.

    What is no range of bytes, or more than one, is answered with the whole (RFC 9110 §14.2).
    """
    found = _RANGE.fullmatch(text.strip()) if len(text) <= MOST_RANGES_TEXT else None
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        if not int(suffix) or not size:
            raise OutOfRange
        return max(size - int(suffix), 0), size
    begin, end = int(first), int(last) + 1 if last else size
    if last and end <= begin:
        return None
    if begin >= size:
        raise OutOfRange
    return begin, min(end, size)


class Dav:
    """The ASGI app below `/recordings`."""

    def __init__(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._readers = asyncio.Semaphore(MOST_READERS)
        self._listings = asyncio.Semaphore(MOST_LISTINGS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await drain(receive, LARGEST_BODY)
        try:
            response = await self._answer(scope)
        except NightjarError as error:
            response = _refused(error)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        method = scope["method"]
        headers = Headers(scope=scope)
        if method == "OPTIONS":
            return Response(headers={"DAV": "1", "Allow": METHODS, "MS-Author-Via": "DAV"})
        if method not in METHODS.split(", "):
            raise ReadOnly
        parts = split(scope["raw_path"])
        source = scope["client"][0] if scope.get("client") else "unknown"
        seer = await self._who(headers, source)
        if method == "PROPFIND":
            return await self._propfind(seer, parts, headers.get("depth", "infinity").strip().lower())
        if len(parts) == 3:
            return await self._file(seer, parts, headers, head=method == "HEAD")
        return _page(parts, await self._children(seer, parts), head=method == "HEAD")

    async def _who(self, headers: Headers, source: str) -> Seer:
        scheme, _space, text = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                user, colon, password = base64.b64decode(text.strip(), validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                colon, user, password = "", "", ""
            if not colon:
                raise NotLetIn(words=_("Log in with your user and password."))
            return await self._recordings.by_password(user, password, source)
        cookie = headers.get("cookie", "")
        if cookie:
            return await self._recordings.by_cookie(cookie, source)
        raise NotLetIn(words=_("Log in with your user and password."))

    async def _children(self, seer: Seer, parts: tuple[str, ...]) -> list[Entry]:
        """Give what is in a folder; raises `NotFound`."""
        async with self._listings:
            match parts:
                case ():
                    return [Entry((one,)) for one in seer.channels]
                case (channel,):
                    return [Entry((channel, day)) for day in await self._recordings.days(seer, channel)]
                case (channel, day):
                    if day not in await self._recordings.days(seer, channel):
                        raise NotFound(what=_("such a day"))
                    files = await self._recordings.files(seer, channel, day)
                    return [Entry((channel, day, one.name), one) for one in files]
                case _:
                    return []

    async def _propfind(self, seer: Seer, parts: tuple[str, ...], depth: str) -> Response:
        if depth not in {"0", "1"}:
            raise TooDeep
        if len(parts) == 3:
            async with self._listings:
                found = [Entry(parts, await self._recordings.file(seer, *parts))]
        else:
            children = await self._children(seer, parts)
            found = [Entry(parts), *(children if depth == "1" else [])]
        body = "".join(map(_described, found))
        xml = f'{_XML_HEAD}<D:multistatus xmlns:D="DAV:">{body}</D:multistatus>\n'
        return Response(xml, 207, media_type=_XML, headers={"DAV": "1", "Cache-Control": "no-store"})

    async def _file(self, seer: Seer, parts: tuple[str, ...], headers: Headers, *, head: bool) -> Response:
        async with self._listings:
            found = await self._recordings.file(seer, *parts)
        etag = f'"{found.etag}"'
        told = {
            "ETag": etag,
            "Accept-Ranges": "bytes",
            "Last-Modified": _date(found.end_us),
            "Cache-Control": "private, no-cache",
        }
        if etag in [one.strip() for one in headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=told)
        asked = headers.get("range", "")
        if "if-range" in headers and headers["if-range"].strip() not in {etag, told["Last-Modified"]}:
            asked = ""
        try:
            span = byte_range(asked, found.bytes)
        except OutOfRange as error:
            refused = _refused(error)
            refused.headers["Content-Range"] = f"bytes */{found.bytes}"
            return refused
        begin, end = span or (0, found.bytes)
        told["Content-Length"] = str(end - begin)
        if span is not None:
            told["Content-Range"] = f"bytes {begin}-{end - 1}/{found.bytes}"
        status = 200 if span is None else 206
        if head:
            return Response(status_code=status, headers=told, media_type="video/mp4")
        if self._readers.locked():
            raise Busy
        body = self._bytes(seer, parts[0], found, begin, end - begin)
        return StreamingResponse(body, status, told, "video/mp4")

    async def _bytes(self, seer: Seer, channel: str, file: File, begin: int, size: int) -> AsyncGenerator[bytes]:
        async with self._readers, contextlib.aclosing(self._recordings.read(seer, channel, file, begin, size)) as parts:
            async for one in parts:
                yield one


def _described(entry: Entry) -> str:
    """One response of a multistatus (RFC 4918 §14.24)."""
    if entry.file is None:
        props = "<D:resourcetype><D:collection/></D:resourcetype>"
    else:
        made = datetime.fromtimestamp(entry.file.start_us / SECOND_US, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        props = (
            "<D:resourcetype/>"
            f"<D:getcontentlength>{entry.file.bytes}</D:getcontentlength>"
            "<D:getcontenttype>video/mp4</D:getcontenttype>"
            f'<D:getetag>"{escape(entry.file.etag)}"</D:getetag>'
            f"<D:creationdate>{made}</D:creationdate>"
            f"<D:getlastmodified>{_date(entry.file.end_us)}</D:getlastmodified>"
        )
    return (
        f"<D:response><D:href>{escape(entry.href)}</D:href><D:propstat><D:prop>"
        f"<D:displayname>{escape(entry.name)}</D:displayname>{props}"
        "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )


def _page(parts: tuple[str, ...], entries: Sequence[Entry], *, head: bool) -> Response:
    """A folder for a plain browser."""
    lines = [f'<li><a href="{escape(one.href)}">{escape(one.name)}</a></li>' for one in entries]
    if parts:
        lines.insert(0, f'<li><a href="{escape(Entry(parts[:-1]).href)}">..</a></li>')
    title = escape("/".join((_("Recordings"), *parts)))
    page = f'<!doctype html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1><ul>{"".join(lines)}</ul>\n'
    response = Response(page, media_type="text/html", headers={"Cache-Control": "no-store"})
    if head:
        response.body = b""
    return response


def _refused(error: NightjarError) -> Response:
    status = int(str(error.details.get("answered", error.status)))
    response = Response(f"{error}\n", status, media_type="text/plain")
    match error:
        case NotLetIn() if status == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="Nightjar recordings", charset="UTF-8"'
        case ReadOnly():
            response.headers["Allow"] = METHODS
        case TooDeep():
            body = '<D:error xmlns:D="DAV:"><D:propfind-finite-depth/></D:error>'
            response = Response(f"{_XML_HEAD}{body}\n", error.status, media_type=_XML)
        case _:
            pass
    return response


def _date(at_us: int) -> str:
    return format_datetime(datetime.fromtimestamp(at_us // SECOND_US, UTC), usegmt=True)

"""RTSP messages (RFC 2326 §4-7): requests, responses and interleaved frames out of a byte stream and back, without I/O.

Tolerant where cameras differ: bare LF ends lines, blank lines stand between messages, headers may be folded, reason
phrases and CSeq may be missing. Bounded everywhere: a head over `LONGEST_HEAD` or a body over `LONGEST_BODY` is refused
before its memory is taken.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recorder.rtsp.errors import Malformed

LONGEST_HEAD = 16 << 10
LONGEST_BODY = 64 << 10
MOST_HEADERS = 100
DOLLAR = 0x24
"""Begins an interleaved frame (RFC 2326 §10.12): `$`, channel, length of 2 bytes, then the packet."""

REASONS = {
    100: "Continue",
    200: "OK",
    301: "Moved Permanently",
    302: "Moved Temporarily",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    415: "Unsupported Media Type",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    457: "Invalid Range",
    459: "Aggregate Operation Not Allowed",
    460: "Only Aggregate Operation Allowed",
    461: "Unsupported Transport",
    462: "Destination Unreachable",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "RTSP Version Not Supported",
    551: "Option not supported",
}


class Headers:
    """Header fields in their order; names compare without case, and a name may come more than once."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs = tuple(pairs)

    def get(self, name: str, default: str = "") -> str:
        """Give the first value of this name, or the default."""
        wanted = name.lower()
        return next((value for key, value in self.pairs if key.lower() == wanted), default)

    def all(self, name: str) -> list[str]:
        """Give every value of this name."""
        wanted = name.lower()
        return [value for key, value in self.pairs if key.lower() == wanted]

    def __contains__(self, name: str) -> bool:
        wanted = name.lower()
        return any(key.lower() == wanted for key, _ in self.pairs)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(self.pairs)

    def __repr__(self) -> str:
        # Authorization carries what logs must not: names only.
        return f"Headers({[name for name, _ in self.pairs]})"


NO_HEADERS = Headers()


@dataclass(frozen=True)
class Request:
    """One request. `url` is as it stood in the first line."""

    method: str
    url: str
    headers: Headers = NO_HEADERS
    body: bytes = b""

    @property
    def cseq(self) -> int | None:
        """The sequence number, or None where it is missing or no number."""
        return number(self.headers.get("CSeq"))

    def __bytes__(self) -> bytes:
        """Give the message as it is sent; Content-Length is added where there is a body."""
        return _serialise(f"{self.method} {self.url} RTSP/1.0", self.headers, self.body)


@dataclass(frozen=True)
class Response:
    """One response; an empty `reason` is filled in when it is sent."""

    status: int
    reason: str = ""
    headers: Headers = NO_HEADERS
    body: bytes = b""

    @property
    def cseq(self) -> int | None:
        """The sequence number, or None where it is missing or no number."""
        return number(self.headers.get("CSeq"))

    def __bytes__(self) -> bytes:
        """Give the message as it is sent; Content-Length is added where there is a body."""
        reason = self.reason or REASONS.get(self.status, "Unknown")
        return _serialise(f"RTSP/1.0 {self.status} {reason}", self.headers, self.body)


@dataclass(frozen=True)
class Interleaved:
    """One packet inside the connection, RTP or RTCP by its channel."""

    channel: int
    payload: bytes

    def __bytes__(self) -> bytes:
        """Give the frame as it is sent."""
        return bytes((DOLLAR, self.channel)) + len(self.payload).to_bytes(2) + self.payload


Message = Request | Response
_FORBIDDEN = str.maketrans("", "", "\r\n")


def number(text: str, most: int = 0xFFFFFFFF) -> int | None:
    """Read a decimal number of a header; None where it is none or larger than `most`."""
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 10:
        return None
    found = int(digits)
    return found if found <= most else None


def take(buffer: bytes | bytearray, start: int, end: int) -> tuple[Message, int] | None:
    """Take one request or response out of `buffer[start:end]`; give it and where the next begins.

    None says that it is not whole yet. Blank lines before it are skipped. Raises `Malformed` on what can never become a
    message, and where head or body exceed their bounds.
    """
    while start < end and buffer[start] in b"\r\n":
        start += 1
    body_at, head_end = _end_of_head(buffer, start, end)
    if body_at < 0:
        if end - start > LONGEST_HEAD:
            raise Malformed(reason="a message head without an end")
        return None
    if head_end - start > LONGEST_HEAD:
        raise Malformed(reason="a message head that is too long")
    lines = bytes(buffer[start:head_end]).decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    headers = _headers(lines[1:])
    length = 0
    if "Content-Length" in headers:
        found = number(headers.get("Content-Length"))
        if found is None or found > LONGEST_BODY:
            raise Malformed(reason="a Content-Length out of bounds")
        length = found
    if end - body_at < length:
        return None
    body = bytes(buffer[body_at : body_at + length])
    return _message(lines[0], headers, body), body_at + length


class MessageReader:
    """Cuts a byte stream into messages and interleaved frames; for sides where speed per packet does not matter."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> list[Message | Interleaved]:
        """Take received bytes, give what is whole now; raises `Malformed`, after which nothing more can be read."""
        buffer = self._buffer
        buffer += data
        found: list[Message | Interleaved] = []
        at, end = 0, len(buffer)
        while at < end:
            if buffer[at] == DOLLAR:
                if end - at < 4:
                    break
                after = at + 4 + int.from_bytes(buffer[at + 2 : at + 4])
                if after > end:
                    break
                found.append(Interleaved(buffer[at + 1], bytes(buffer[at + 4 : after])))
                at = after
                continue
            if buffer[at] in b"\r\n":
                at += 1
                continue
            taken = take(buffer, at, end)
            if taken is None:
                break
            message, at = taken
            found.append(message)
        del buffer[:at]
        return found


def _end_of_head(buffer: bytes | bytearray, start: int, end: int) -> tuple[int, int]:
    """Give where the body begins and where the head ends, by the first empty line; (-1, -1) where there is none yet."""
    search_end = min(end, start + LONGEST_HEAD + 4)
    bare = buffer.find(b"\n\n", start, search_end)
    strict = buffer.find(b"\n\r\n", start, bare + 1 if bare >= 0 else search_end)
    if strict >= 0:
        return strict + 3, strict
    return (bare + 2, bare) if bare >= 0 else (-1, -1)


def _headers(lines: list[str]) -> Headers:
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and pairs:
            name, value = pairs[-1]
            pairs[-1] = name, f"{value} {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        if colon:
            pairs.append((name.strip(), value.strip()))
        if len(pairs) > MOST_HEADERS:
            raise Malformed(reason="too many header fields")
    return Headers(pairs)


def _message(first: str, headers: Headers, body: bytes) -> Message:
    words = first.strip().split(None, 2)
    if len(words) >= 2 and words[0].upper().startswith("RTSP/"):
        status = number(words[1], 999)
        if status is None or status < 100:
            raise Malformed(reason="a response without a status")
        return Response(status, words[2] if len(words) > 2 else "", headers, body)
    if len(words) == 3 and words[2].strip().upper().startswith("RTSP/") and words[0].replace("_", "").isalpha():
        return Request(words[0].upper(), words[1], headers, body)
    if words and words[0].upper().startswith("HTTP/"):
        raise Malformed(reason="it answers as a web server does; RTSP has a port of its own, mostly 554")
    raise Malformed(reason="what arrived is no RTSP message")


def _serialise(first: str, headers: Headers, body: bytes) -> bytes:
    # A line break inside a value would begin a header of somebody else's choice.
    lines = [first.translate(_FORBIDDEN)]
    lines += [f"{name}: {value}".translate(_FORBIDDEN) for name, value in headers]
    if body and "Content-Length" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body

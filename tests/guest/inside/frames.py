"""Frames on a serial line: one a line, checked, so that a stray byte or a message of the kernel is seen and skipped."""

import base64
import json
import zlib
from typing import Any

MARK = b"~"
MOST_DATA = 12 << 10
"""Bytes of data in a frame: with its answer awaited, never more than the guest's line buffer of 64 KiB is under way."""


def pack(message: dict[str, Any]) -> bytes:
    """Give the line of a message; `bytes` in it travel as base64."""
    text = json.dumps({key: _out(value) for key, value in message.items()}, separators=(",", ":")).encode()
    # The mark stands at the beginning of a frame and nowhere in it.
    text = text.replace(MARK, b"\\u007e")
    return b"%s%08x %s\n" % (MARK, zlib.crc32(text), text)


def parse(line: bytes) -> dict[str, Any] | None:
    """Read a line; None for anything that is not a whole frame."""
    at = line.rfind(MARK)
    head, _, text = line[at + 1 :].strip().partition(b" ")
    if at < 0 or len(head) != 8 or head != b"%08x" % zlib.crc32(text):
        return None
    return {key: _in(value) for key, value in json.loads(text).items()}


def _out(value: Any) -> Any:
    return {"b64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _in(value: Any) -> Any:
    return base64.b64decode(value["b64"]) if isinstance(value, dict) and set(value) == {"b64"} else value


class Lines:
    """Puts bytes together to lines."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes, give the lines that are whole."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        return whole

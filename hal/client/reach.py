"""Testing from the recorder whether an address answers: one line to hal for each test, which ends with it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec

from hal.client.connection import HAL_USER, LONGEST_LINE, HalRefused, HalUnavailable, require_served_by
from hal.errors import UNREADABLE
from hal.reach.echo import Why
from hal.reach.series import (
    LEAST_INTERVAL_S,
    MISSING,
    MOST_INTERVAL_S,
    MOST_REQUESTS,
    WAITING,
    Problem,
    Report,
    Said,
)

__all__ = [
    "LEAST_INTERVAL_S",
    "MISSING",
    "MOST_INTERVAL_S",
    "MOST_REQUESTS",
    "WAITING",
    "Problem",
    "Report",
    "Said",
    "Why",
    "reach",
]
SILENT_S = 15.0
"""Nothing is heard for longest while a name is looked up."""


async def reach(path: Path, address: str, *, port: int, count: int, interval_s: float) -> AsyncGenerator[Report]:
    """Test an address, and give every report; the last one is `over`. Raises `HalRefused` with words, `HalUnavailable`.

    Left before its end, the test ends. `port` 0: by echo requests, else by connections to it.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=LONGEST_LINE)
    except OSError as error:
        raise HalUnavailable(f"The hardware service does not answer: {error.strerror or error}") from error
    try:
        require_served_by(HAL_USER, writer.get_extra_info("socket"))
        asked = {"address": address, "port": port, "count": count, "interval_s": interval_s}
        writer.write(msgspec.json.encode({"op": "reach", "id": 1, "asked": asked}) + b"\n")
        while True:
            said = await _next(reader)
            match said.get("op"):
                case "progress":
                    yield msgspec.convert(said["report"], Report)
                case "done":
                    yield msgspec.convert(said["result"], Report)
                    return
                case _:
                    raise HalRefused(str(said.get("words", "The hardware service refused")))
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _next(reader: asyncio.StreamReader) -> dict[str, Any]:
    try:
        async with asyncio.timeout(SILENT_S):
            line = await reader.readline()
        if line:
            return msgspec.json.decode(line, type=dict[str, Any])
    except TimeoutError:
        raise HalUnavailable("The hardware service does not answer in time") from None
    except (OSError, ValueError, *UNREADABLE) as error:
        raise HalUnavailable(f"The hardware service tells what is not understood: {error}") from error
    raise HalUnavailable("The hardware service hung up")

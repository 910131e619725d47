"""How times are written and read on the command line."""

import argparse
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from recorder.client.clock import LATEST_US

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD_US = 86_400_000_000
"""Cameras' clocks are not ours: nothing recorded lies further ahead than this."""


def moment(text: str) -> int:
    """Read a time, ISO 8601 (local zone where none is given) or microseconds since 1970, as microseconds UTC."""
    found = -1
    if text.isascii() and text.isdigit():
        found = int(text)
    else:
        with suppress(ValueError, OverflowError):  # OverflowError: of a year that has no UTC
            found = (datetime.fromisoformat(text).astimezone(UTC) - EPOCH) // timedelta(microseconds=1)
    if not 0 <= found <= LATEST_US:
        words = f"{text!r} is neither ISO 8601 nor microseconds since 1970, up to the year 2200"
        raise argparse.ArgumentTypeError(words)
    return found


def end_of(asked: argparse.Namespace) -> int:
    """Give the `end` that was named; else one behind all that is recorded from `start` on."""
    if asked.end is not None:
        return asked.end
    return max(time.time_ns() // 1000 + AHEAD_US, asked.start + 1)


def written(moment_us: int) -> str:
    """Write a time as ISO 8601 in UTC, with microseconds."""
    return (EPOCH + timedelta(microseconds=moment_us)).isoformat(timespec="microseconds")

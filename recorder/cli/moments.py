"""How times are written and read on the command line."""

import argparse
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(text: str) -> int:
    """Read a time, ISO 8601 (local zone where none is given) or microseconds since 1970, as microseconds UTC."""
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        found = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):  # OverflowError: of a year that has no UTC
        raise argparse.ArgumentTypeError(f"{text!r} is neither ISO 8601 nor microseconds since 1970") from None
    return (found - EPOCH) // timedelta(microseconds=1)


def written(moment_us: int) -> str:
    """Write a time as ISO 8601 in UTC, with microseconds."""
    return (EPOCH + timedelta(microseconds=moment_us)).isoformat(timespec="microseconds")

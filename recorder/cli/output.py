"""How a command writes what it found."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from recorder.client.answers import AlarmInput, Output

T = TypeVar("T")


def print_json(found: Any) -> None:
    """Write dataclasses, mappings and lists as indented JSON."""
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")


def print_list(found: Sequence[T], line: Callable[[T], str], *, as_json: bool) -> None:
    """Write a line for each that was found, or all as JSON."""
    if as_json:
        print_json(found)
        return
    for one in found:
        print(line(one))


def terminal_line(one: "AlarmInput | Output") -> str:
    """How an alarm input or output is."""
    return f"  {one.name:8} {one.words}{f'  ({one.title})' if one.title else ''}"

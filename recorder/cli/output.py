"""How a command writes what it found."""

import sys
from typing import Any

import msgspec


def print_json(found: Any) -> None:
    """Write dataclasses, mappings and lists as indented JSON."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")

"""What a user or group is allowed, as a command line says it: `--live 1-4,7 --playback none --may alarm,camera`."""

import argparse
import re
from collections.abc import Mapping
from typing import Any

from recorder.settings.rights import AREAS
from recorder.settings.scope import PER_CHANNEL

_PART = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)


def channel_set(text: str) -> str | list[int]:
    """Read `all`, `none` or numbers as in 1-4,7."""
    if text in {"all", "none"}:
        return "all" if text == "all" else []
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise argparse.ArgumentTypeError("all, none, or channels as in 1-4,7")
        first = int(match[1])
        found.update(range(first, int(match[2] or first) + 1))
    return sorted(found)


def area_set(text: str) -> str | list[str]:
    """Read `all`, `none` or names with commas between them."""
    return "all" if text == "all" else [] if text == "none" else [one.strip() for one in text.split(",")]


def add_rights(to: argparse.ArgumentParser) -> None:
    """Name an option for each right."""
    names = ", ".join(one.value for one in AREAS)
    to.add_argument("--may", type=area_set, dest="allowed", metavar="AREAS", help=f"all, none, or of: {names}")
    for one in PER_CHANNEL:
        to.add_argument(f"--{one.value}", type=channel_set, metavar="CHANNELS", help="all, none, or as in 1-4,7")


def rights_of(asked: argparse.Namespace) -> dict[str, Any]:
    """Give the rights that were named."""
    return {name: getattr(asked, name) for name in ("allowed", *(one.value for one in PER_CHANNEL))}


def told_rights(values: Mapping[str, Any]) -> str:
    """Say what is allowed, in short."""
    some = {"may": values["allowed"]} | {one.value: values[one.value] for one in PER_CHANNEL}
    if all(one == "all" for one in some.values()):
        return "everything"
    return " ".join(f"{name}={_short(one)}" for name, one in some.items())


def _short(chosen: str | list[int] | list[str]) -> str:
    return chosen if isinstance(chosen, str) else ",".join(map(str, chosen)) or "none"

"""Groups of users: list, add, change, remove."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from recorder.cli.items import Kind

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    noun = verbs.add_parser("group", parents=[shared], help="list, add, change and remove groups of users")
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    GROUPS.add(actions, shared, add_group)


def _options(to: argparse.ArgumentParser, new: bool) -> None:  # noqa: FBT001
    del new
    to.add_argument("--title", help="what it is called on screen")
    to.add_argument("--remarks")


def _values(asked: argparse.Namespace) -> Mapping[str, Any]:
    return {"title": asked.title, "remarks": asked.remarks}


GROUPS = Kind("user-group", "group", lambda one, _values: f"{one.title:24}", _options, _values)


def add_group(asked: argparse.Namespace) -> None:
    """Add a group, which may nothing but what is named."""
    asked.title = asked.title or asked.item
    GROUPS.change(asked)

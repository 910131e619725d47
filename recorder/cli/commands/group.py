"""Groups of users: list, add, change, remove."""

import argparse
from typing import TYPE_CHECKING

from recorder.cli.allowed import add_rights, rights_of, told_rights
from recorder.cli.connection import owner

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

PAGE = "user-group"


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    noun = verbs.add_parser("group", help="list, add, change and remove groups of users")
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", parents=[shared], help="list groups")
    listed.set_defaults(run=list_groups)
    for name, told in (("add", "add a group, which may nothing but what is named"), ("set", "change a group")):
        one = actions.add_parser(name, parents=[shared], help=told)
        one.add_argument("group")
        one.add_argument("--title", help="what it is called on screen")
        one.add_argument("--remarks")
        add_rights(one)
        one.set_defaults(run=set_group, new=name == "add")
    gone = actions.add_parser("remove", parents=[shared], help="remove a group that nobody is in")
    gone.add_argument("group")
    gone.set_defaults(run=remove_group)


def list_groups(asked: argparse.Namespace) -> None:
    """List groups with their rights."""
    ask = owner(asked)
    for one in ask.page_items(PAGE):
        values = ask.page(PAGE, item=one.item).values
        print(f"{one.item:20} {one.title:24} {told_rights(values)}  {values['remarks']}".rstrip())


def set_group(asked: argparse.Namespace) -> None:
    """Add or change a group."""
    ask = owner(asked)
    if not asked.new:
        ask.page(PAGE, item=asked.group)
    values = {"title": asked.title or (asked.group if asked.new else None), "remarks": asked.remarks}
    values |= rights_of(asked)
    ask.set_page(PAGE, {name: value for name, value in values.items() if value is not None}, item=asked.group)


def remove_group(asked: argparse.Namespace) -> None:
    """Remove a group."""
    owner(asked).remove_item(PAGE, asked.group)

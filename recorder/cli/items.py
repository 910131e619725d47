"""What users and groups have in common on the command line: they are listed, set and removed with their rights."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recorder.cli.allowed import add_rights, rights_of, told_rights
from recorder.cli.connection import owner

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs
    from recorder.client.answers import PageItem


Run = Callable[[argparse.Namespace], object]


@dataclass(frozen=True)
class Kind:
    """A page with a document for each item, whose fields include rights."""

    page: str
    noun: str
    beside: Callable[["PageItem", Mapping[str, Any]], str]
    """What is listed beside an item's name."""
    options: Callable[[argparse.ArgumentParser, bool], object]
    """Names the options of its other fields; told whether a new item is made."""
    values: Callable[[argparse.Namespace], Mapping[str, Any]]
    """Gives what was named by them; None is nothing."""

    def add(
        self, actions: "Verbs", shared: argparse.ArgumentParser, add: Callable[[argparse.Namespace], object]
    ) -> None:
        """Name the verbs; `add` makes an item."""
        listed = actions.add_parser("list", parents=[shared], help=f"list {self.noun}s")
        listed.set_defaults(run=self.list)
        for name, run in (("add", add), ("set", self.set)):
            one = actions.add_parser(name, parents=[shared], help=f"{name} a {self.noun}, with what it may")
            one.add_argument("item", metavar=self.noun)
            self.options(one, name == "add")
            add_rights(one)
            one.set_defaults(run=run)
        gone = actions.add_parser("remove", parents=[shared], help=f"remove a {self.noun}")
        gone.add_argument("item", metavar=self.noun)
        gone.set_defaults(run=self.remove)

    def list(self, asked: argparse.Namespace) -> None:
        """List them with their rights."""
        ask = owner(asked)
        for one in ask.page_items(self.page):
            values = ask.page(self.page, item=one.item).values
            off = "" if values.get("enabled", True) else "  (may not log in)"
            print(f"{one.item:20} {self.beside(one, values)} {told_rights(values)}{off}  {values['remarks']}".rstrip())

    def change(self, asked: argparse.Namespace) -> None:
        """Store what was named."""
        named = {**self.values(asked), **rights_of(asked)}
        values = {name: value for name, value in named.items() if value is not None}
        owner(asked).set_page(self.page, values, item=asked.item)

    def set(self, asked: argparse.Namespace) -> None:
        """Change one that is there."""
        owner(asked).page(self.page, item=asked.item)
        self.change(asked)

    def remove(self, asked: argparse.Namespace) -> None:
        """Remove one."""
        owner(asked).remove_item(self.page, asked.item)

"""Settings pages, read and changed as JSON."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from recorder.cli.connection import owner
from recorder.client.answers import PageInfo
from recorder.client.api import ApiClient, ApiError
from recorder.client.calls.pages import KEEPS_LESS
from recorder.client.errors import Invalid, NotFound
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    noun = verbs.add_parser("settings", parents=[shared], help="list, read or change settings pages")
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", parents=[shared], help="list the pages")
    listed.set_defaults(run=list_pages)
    items = actions.add_parser("items", parents=[shared], help="list the items of a page that has several")
    items.add_argument("page")
    items.set_defaults(run=list_items)
    for name, told in (("get", "print a page as JSON"), ("set", "change fields of a page")):
        one = actions.add_parser(name, parents=[shared], help=told)
        one.add_argument("page")
        one.add_argument("--channel", type=int, help="of which channel, where the page has one per channel")
        one.add_argument("--item", default="", help="of which item, where the page has several; `settings items` lists")
        if name == "set":
            one.add_argument(
                "values", nargs="+", metavar="FIELD=VALUE", help="JSON or plain text; or an object; - reads one"
            )
            one.add_argument("--yes", action="store_true", help="agree to what is lost where less is kept than before")
        one.set_defaults(run=get_page if name == "get" else set_page)


def list_pages(asked: argparse.Namespace) -> None:
    """Print names and titles."""
    for page in owner(asked).pages():
        print(f"{page.name:20} {page.title} ({page.scope})")


def list_items(asked: argparse.Namespace) -> None:
    """Print names and words."""
    ask = owner(asked)
    if _known(ask, asked.page).scope != "list":
        words = _("The page {page} has no items: there is one of it, or one for each channel.")
        raise Invalid(problem=words.format(page=asked.page))
    for one in ask.page_items(asked.page):
        print(f"{one.item:34} {one.title}")


def get_page(asked: argparse.Namespace) -> None:
    """Print the values of a page."""
    _print(_page(asked).page(asked.page, asked.channel, asked.item).values)


def set_page(asked: argparse.Namespace) -> None:
    """Change the named fields, all or none, and print the page."""
    ask = _page(asked)
    known = ask.page(asked.page, asked.channel, asked.item).values
    values: dict[str, Any] = {}
    for pair in asked.values:
        field, equals, text = pair.partition("=")
        if pair == "-":
            values |= _object(sys.stdin.read())
        elif pair.startswith("{"):
            values |= _object(pair)
        elif equals and field:
            # Where words are wanted, 12 is a word too.
            plain = isinstance(known.get(field), str) and not text.startswith('"')
            values[field] = text if plain else _value(text)
        else:
            raise Invalid(problem=f"{pair!r} is not FIELD=VALUE.")
    try:
        found = ask.set_page(asked.page, values, channel=asked.channel, item=asked.item, losing=asked.yes)
    except ApiError as error:
        if error.code != KEEPS_LESS:
            raise
        raise Invalid(problem=_("{losses}\nNothing was changed. Say --yes to agree.").format(losses=error)) from None
    _print(found.values)


def _page(asked: argparse.Namespace) -> ApiClient:
    """Connect, and see that the page is there and is of a channel where one is named; raises `NotFound`, `Invalid`."""
    ask = owner(asked)
    found = _known(ask, asked.page)
    each = found.scope == "channel"
    if each and asked.channel is None:
        raise Invalid(problem=_("Each channel has a page {page} of its own: add --channel N.").format(page=asked.page))
    if not each and asked.channel is not None:
        raise Invalid(problem=_("The page {page} is not of a channel: leave out --channel.").format(page=asked.page))
    several = found.scope == "list"
    if several and not asked.item:
        words = _("The page {page} is one of several: add --item. `nightjar settings items {page}` lists them.")
        raise Invalid(problem=words.format(page=asked.page))
    if not several and asked.item:
        raise Invalid(problem=_("The page {page} has no items: leave out --item.").format(page=asked.page))
    return ask


def _known(ask: ApiClient, page: str) -> PageInfo:
    found = next((one for one in ask.pages() if one.name == page), None)
    if found is None:
        raise NotFound(what=_("settings page {page}. See `nightjar settings list`").format(page=page))
    return found


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _object(text: str) -> dict[str, Any]:
    found = _value(text)
    if not isinstance(found, dict):
        raise Invalid(problem=_("This is no JSON object: {text}.").format(text=text.strip()[:60]))
    return found


def _print(values: dict[str, Any]) -> None:
    print(json.dumps(values, indent=2, ensure_ascii=False))

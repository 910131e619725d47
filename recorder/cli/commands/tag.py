"""Tags: named marks on recorded time."""

import argparse
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.moments import moment, written
from recorder.cli.notes import name_search, name_streams
from recorder.cli.output import print_list
from recorder.client.answers import Tag

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    noun = verbs.add_parser(
        "tag", parents=[shared], help="put named marks on recorded time, find, rename and remove them"
    )
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    fresh = actions.add_parser("add", parents=[shared], help="tag a moment, or a stretch")
    name_streams(fresh)
    fresh.add_argument("--at", type=moment, required=True, dest="start", metavar="TIME")
    fresh.add_argument("--to", type=moment, dest="end", metavar="TIME", help="of a stretch: its end")
    fresh.add_argument("words")
    fresh.set_defaults(run=add_tag)
    listed = actions.add_parser("list", parents=[shared], help="list tags, oldest first")
    name_search(listed)
    listed.add_argument("--text", default="", help="only those with this in their words")
    listed.set_defaults(run=list_tags)
    renamed = actions.add_parser("rename", parents=[shared], help="give a tag other words")
    renamed.add_argument("tag")
    renamed.add_argument("words")
    renamed.set_defaults(run=rename_tag)
    gone = actions.add_parser("remove", parents=[shared], help="remove a tag; the footage stays as it is")
    gone.add_argument("tag")
    gone.set_defaults(run=remove_tag)


def _told(one: Tag) -> str:
    end = "" if one.end_us == one.start_us else f" to {written(one.end_us)}"
    return f"{one.id}  {one.channel}/{one.stream or 'all'}  {written(one.start_us)}{end}  {one.owner}: {one.words}"


def add_tag(asked: argparse.Namespace) -> None:
    """Tag, and tell the tag."""
    print(_told(owner(asked).add_tag(asked.channel, asked.start, asked.words, asked.end, stream=asked.stream)))


def list_tags(asked: argparse.Namespace) -> None:
    """List tags."""
    print_list(owner(asked).tags(asked.channel, asked.start, asked.end, text=asked.text), _told, as_json=asked.json)


def rename_tag(asked: argparse.Namespace) -> None:
    """Rename a tag."""
    print(_told(owner(asked).rename_tag(asked.tag, asked.words)))


def remove_tag(asked: argparse.Namespace) -> None:
    """Remove a tag."""
    owner(asked).remove_tag(asked.tag)

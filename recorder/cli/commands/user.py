"""Users: list, add, change, remove, set passwords; who is logged in."""

import argparse
from typing import TYPE_CHECKING, Any

from recorder.cli.allowed import add_rights, channel_set, rights_of, told_rights
from recorder.cli.connection import owner
from recorder.cli.moments import written
from recorder.cli.passwords import new_password
from recorder.client.errors import NightjarError

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

PAGE = "user"


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    noun = verbs.add_parser("user", help="list, add, change and remove users, set passwords, see who is logged in")
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", parents=[shared], help="list users")
    listed.set_defaults(run=list_users)
    for name, told in (("add", "add a user; the password is asked for"), ("set", "change what a user may")):
        one = actions.add_parser(name, parents=[shared], help=told)
        one.add_argument("user")
        one.add_argument("--group", required=name == "add")
        one.add_argument("--remarks")
        one.add_argument("--enabled", choices=("yes", "no"), help="whether he may log in")
        one.add_argument("--keep-password", action="store_true", help="he need not choose his own at his first login")
        add_rights(one)
        one.set_defaults(run=add_user if name == "add" else set_user)
    password = actions.add_parser("password", parents=[shared], help="set a user's password")
    password.add_argument("user")
    password.add_argument("--keep-password", action="store_true", help="he need not choose his own at his next login")
    password.set_defaults(run=set_password)
    gone = actions.add_parser("remove", parents=[shared], help="remove a user")
    gone.add_argument("user")
    gone.set_defaults(run=remove_user)
    keys = actions.add_parser("keys", parents=[shared], help="list the keys of a user's programs")
    keys.add_argument("user")
    keys.set_defaults(run=list_keys)
    key = actions.add_parser("add-key", parents=[shared], help="make a key for a program; its token is told once")
    key.add_argument("user")
    key.add_argument("--title", required=True, help="what it is for")
    key.add_argument("--may", required=True, help="rights with commas, as in live,playback")
    key.add_argument("--channels", type=channel_set, default="all", help="all, or as in 1-4,7")
    key.add_argument("--days", type=int, default=365, help="it ends after so many (default 365)")
    key.set_defaults(run=add_key)
    gone_key = actions.add_parser("remove-key", parents=[shared], help="remove a key")
    gone_key.add_argument("user")
    gone_key.add_argument("key", help="as `user keys` lists them")
    gone_key.set_defaults(run=remove_key)
    online = actions.add_parser("online", parents=[shared], help="list who is logged in")
    online.set_defaults(run=list_online)
    kick = actions.add_parser("kick", parents=[shared], help="log somebody out")
    kick.add_argument("session", help="as `user online` lists them")
    kick.set_defaults(run=kick_session)


def list_users(asked: argparse.Namespace) -> None:
    """List users with their groups and rights."""
    ask = owner(asked)
    for one in ask.page_items(PAGE):
        values = ask.page(PAGE, item=one.item).values
        off = "" if values["enabled"] else "  (may not log in)"
        print(f"{one.item:20} {values['group']:16} {told_rights(values)}{off}  {values['remarks']}".rstrip())


def add_user(asked: argparse.Namespace) -> None:
    """Add a user with a password."""
    ask = owner(asked)
    known = {one.item for one in ask.page_items(PAGE)}
    if asked.user in known:
        raise Taken(name=asked.user)
    password = new_password(asked.user)
    ask.set_page(PAGE, _values(asked), item=asked.user)
    try:
        ask.set_password(asked.user, password, must_change=not asked.keep_password)
    except NightjarError:
        # A user without a password is of no use, and would stand in the way of the next try.
        ask.remove_item(PAGE, asked.user)
        raise


def set_user(asked: argparse.Namespace) -> None:
    """Change a user."""
    ask = owner(asked)
    ask.page(PAGE, item=asked.user)
    ask.set_page(PAGE, _values(asked), item=asked.user)


def set_password(asked: argparse.Namespace) -> None:
    """Set a password."""
    owner(asked).set_password(asked.user, new_password(asked.user), must_change=not asked.keep_password)


def remove_user(asked: argparse.Namespace) -> None:
    """Remove a user."""
    owner(asked).remove_item(PAGE, asked.user)


def list_keys(asked: argparse.Namespace) -> None:
    """List keys."""
    for one in owner(asked).api_keys(asked.user):
        channels = one.channels if isinstance(one.channels, str) else ",".join(map(str, one.channels))
        print(f"{one.id}  {one.title:24} {','.join(one.may)} on {channels}, until {written(one.ends_us)}")


def add_key(asked: argparse.Namespace) -> None:
    """Make a key and print its token alone, so that a script can take it."""
    may = [one.strip() for one in asked.may.split(",")]
    print(owner(asked).make_api_key(asked.user, asked.title, may, channels=asked.channels, days=asked.days).token)


def remove_key(asked: argparse.Namespace) -> None:
    """Remove a key."""
    owner(asked).remove_api_key(asked.user, asked.key)


def list_online(asked: argparse.Namespace) -> None:
    """List sessions."""
    for one in owner(asked).online():
        print(f"{one.id}  {one.user:20} {one.door}:{one.source}  since {written(one.since_us)}")


def kick_session(asked: argparse.Namespace) -> None:
    """End a session."""
    owner(asked).end_session(asked.session)


def _values(asked: argparse.Namespace) -> dict[str, Any]:
    found = {"group": asked.group, "remarks": asked.remarks, **rights_of(asked)}
    if asked.enabled is not None:
        found["enabled"] = asked.enabled == "yes"
    return {name: value for name, value in found.items() if value is not None}


class Taken(NightjarError):
    """There is a user of this name."""

    status = 409
    words = "There is a user named {name} already. `nightjar user set` changes him."

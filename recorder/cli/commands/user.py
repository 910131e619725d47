"""Users: list, add, change, remove, set passwords; who is logged in."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from recorder.cli.allowed import channel_set
from recorder.cli.connection import owner
from recorder.cli.items import Kind
from recorder.cli.moments import written
from recorder.cli.passwords import new_password
from recorder.client.errors import NightjarError

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verbs."""
    noun = verbs.add_parser(
        "user", parents=[shared], help="list, add, change and remove users, set passwords, see who is logged in"
    )
    actions = noun.add_subparsers(dest="action", required=True, metavar="ACTION")
    USERS.add(actions, shared, add_user)
    password = actions.add_parser("password", parents=[shared], help="set a user's password")
    password.add_argument("user")
    password.add_argument("--keep-password", action="store_true", help="he need not choose his own at his next login")
    password.set_defaults(run=set_password)
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
    directory = actions.add_parser(
        "directory", parents=[shared], help="see whether users of the system or a directory are asked about"
    )
    directory.set_defaults(run=show_directory)
    kick = actions.add_parser("kick", parents=[shared], help="log somebody out")
    kick.add_argument("session", help="as `user online` lists them")
    kick.add_argument("--block", type=int, default=0, metavar="MINUTES", help="and keep him out from that address")
    kick.set_defaults(run=kick_session)
    phone = actions.add_parser("remove-second-factor", parents=[shared], help="ask for no second factor any more")
    phone.add_argument("user")
    phone.set_defaults(run=remove_second_factor)


def _options(to: argparse.ArgumentParser, new: bool) -> None:  # noqa: FBT001
    to.add_argument("--group", required=new)
    to.add_argument("--remarks")
    to.add_argument("--enabled", choices=("yes", "no"), help="whether he may log in")
    if new:
        to.add_argument("--keep-password", action="store_true", help="he need not choose his own at his first login")


def _values(asked: argparse.Namespace) -> Mapping[str, Any]:
    enabled = None if asked.enabled is None else asked.enabled == "yes"
    return {"group": asked.group, "remarks": asked.remarks, "enabled": enabled}


USERS = Kind("user", "user", lambda _one, values: f"{values['group']:16}", _options, _values)


def add_user(asked: argparse.Namespace) -> None:
    """Add a user with a password."""
    ask = owner(asked)
    if asked.item in {one.item for one in ask.page_items(USERS.page)}:
        raise Taken(name=asked.item)
    password = new_password(asked.item)
    USERS.change(asked)
    try:
        ask.set_password(asked.item, password, must_change=not asked.keep_password)
    except NightjarError:
        # A user without a password is of no use, and would stand in the way of the next try.
        USERS.remove(asked)
        raise


def set_password(asked: argparse.Namespace) -> None:
    """Set a password."""
    owner(asked).set_password(asked.user, new_password(asked.user), must_change=not asked.keep_password)


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


def show_directory(asked: argparse.Namespace) -> None:
    """Say how it stands."""
    print(owner(asked).directory().words)


def kick_session(asked: argparse.Namespace) -> None:
    """End a session."""
    owner(asked).end_session(asked.session, asked.block)


def remove_second_factor(asked: argparse.Namespace) -> None:
    """Take the second factor of who has lost it away."""
    owner(asked).drop_second_factor(asked.user)


class Taken(NightjarError):
    """There is a user of this name."""

    status = 409
    words = "There is a user named {name} already. `nightjar user set` changes him."

"""The configuration as a whole: out to a file, in from one, and factory reset."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.cli.files import NotAFile, check_place, write_file
from recorder.cli.passwords import new_password, typed
from recorder.client.answers.configuration import Extent, Taking
from recorder.client.errors import Invalid
from recorder.client.words import _

LARGEST_FILE = 32 << 20
"""What the recorder takes."""
if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

GOES = {
    Extent.SETTINGS: _("All settings but users and network go."),
    Extent.USERS: _("All settings and users go; the recorder is set up anew."),
    Extent.EVERYTHING: _("All that is no recording goes: settings, users, keys, events, the log, exports kept here."),
}


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    parser = verbs.add_parser("configuration", parents=[shared], help="the configuration as a whole")
    actions = parser.add_subparsers(dest="action", required=True)
    one = actions.add_parser(
        "export", parents=[shared], help="write all that was set into a file, sealed with a password"
    )
    one.add_argument("file", type=Path)
    one.set_defaults(run=export)
    one = actions.add_parser("import", parents=[shared], help="say what a file would change; with --yes, take it in")
    one.add_argument("file", type=Path)
    one.add_argument("--clone", action="store_true", help="name, number, keys, cameras, disks and network stay")
    one.add_argument("--yes", action="store_true", help="agree to what changes; the recorder starts anew")
    one.set_defaults(run=take)
    one = actions.add_parser("reset", parents=[shared], help="factory reset; recordings stay")
    one.add_argument("extent", choices=[one.value for one in Extent])
    one.add_argument("--yes", action="store_true", help="agree to what goes")
    one.set_defaults(run=reset)


def export(asked: argparse.Namespace) -> None:
    """Write the file; raises `NightjarError`."""
    check_place(asked.file)
    with owner(asked) as api:
        data = api.export_configuration(new_password(_("the file")))
    write_file(asked.file, data)
    print(_("Written. It opens with this password alone: keep both, apart from the recorder."))


def take(asked: argparse.Namespace) -> None:
    """Say what would change, and take it in where that was agreed to; raises `NightjarError`."""
    try:
        with asked.file.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise NotAFile(path=asked.file, problem=error.strerror or error) from None
    taking = Taking.CLONE if asked.clone else Taking.SAME
    with owner(asked) as api:
        held = api.hold_configuration(data)
        password = typed(_("Password of the file: "))
        seen = api.look_at_configuration(held.id, password, taking)
        for one in seen.differences:
            print("  ".join(filter(None, (one.page, one.item, one.field))) + f": {one.old} -> {one.new}")
        if seen.more:
            print(_("and {count} more").format(count=seen.more))
        print(_("Users: {users}").format(users=", ".join(seen.users)))
        for words in seen.left_out:
            print(_("left out: {words}").format(words=words))
        if asked.yes:
            api.take_configuration(held.id, password, taking)
            print(_("It is taken in. The recorder starts anew now."))
        else:
            print(_("Nothing was changed yet. Say --yes to take it in."))


def reset(asked: argparse.Namespace) -> None:
    """Reset, if it was agreed to; raises `NightjarError`."""
    extent = Extent(asked.extent)
    if not asked.yes:
        raise Invalid(problem=_("{goes} Recordings stay. Say --yes to agree.").format(goes=GOES[extent]))
    with owner(asked) as api:
        api.reset(extent)
    print(_("It is reset, and starts anew now."))

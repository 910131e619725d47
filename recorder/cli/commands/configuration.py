"""The configuration as a whole: factory reset."""

import argparse
from typing import TYPE_CHECKING

from recorder.cli.connection import owner
from recorder.client.answers.configuration import Extent
from recorder.client.errors import Invalid
from recorder.client.words import _

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

GOES = {
    Extent.SETTINGS: _("All settings but users and network go."),
    Extent.USERS: _("All settings and users go; the recorder is set up anew."),
    Extent.EVERYTHING: _("All that is no recording goes: settings, users, keys, events, the log, exports kept here."),
}


def add(verbs: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the verb."""
    parser = verbs.add_parser("configuration", help="the configuration as a whole")
    actions = parser.add_subparsers(dest="action", required=True)
    one = actions.add_parser("reset", parents=[shared], help="factory reset; recordings stay")
    one.add_argument("extent", choices=[one.value for one in Extent])
    one.add_argument("--yes", action="store_true", help="agree to what goes")
    one.set_defaults(run=reset)


def reset(asked: argparse.Namespace) -> None:
    """Reset, if it was agreed to; raises `NightjarError`."""
    extent = Extent(asked.extent)
    if not asked.yes:
        raise Invalid(problem=_("{goes} Recordings stay. Say --yes to agree.").format(goes=GOES[extent]))
    with owner(asked) as api:
        api.reset(extent)
    print(_("It is reset, and starts anew now."))

"""One alarm input, by its terminal: what its owner calls it, and how its contact rests (D-ALM-03, D-HW-09)."""

from enum import StrEnum

from recorder.client.words import _
from recorder.settings.page import setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.terminal import Terminal


class Rest(StrEnum):
    """How a contact is while nothing happens; named as in the hardware layer."""

    BOARD = "board"
    OPEN = "open"
    CLOSED = "closed"


class AlarmInput(
    Terminal, scope=Scope.LIST, area=Area.EVENT, permission=Permission.SYSTEM, order=70, title=_("Alarm inputs")
):
    """Name and contact of an alarm input."""

    rest: Rest = setting(
        Rest.BOARD,
        title=_("Contact at rest"),
        choices={
            "board": _("As the recorder was built"),
            "open": _("Open (NO): an alarm closes it"),
            "closed": _("Closed (NC): an alarm opens it"),
        },
        hint=_("Closed at rest, a cut cable raises the alarm, too."),
    )

"""The button of a camera's tile: an output of the owner's choice, such as the gate that the camera looks at."""

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.terminal import LONGEST_NAME, LONGEST_TERMINAL
from recorder.settings.texts import Printable


class TileButton(
    Page, scope=Scope.CHANNEL, area=Area.CAMERA, permission=Permission.SYSTEM, order=34, title=_("Button on the tile")
):
    """What it is called, and what it switches. Who presses it needs the right to alarms; each press is in the audit."""

    output: Printable = setting(
        "",
        longest=LONGEST_TERMINAL,
        title=_("Output"),
        widget="item-of:alarm-output",
        hint=_("None: the tile has no button. How long it stays on is set on the page Alarm outputs."),
    )
    label: Printable = setting("", longest=LONGEST_NAME, title=_("What it says"), hint=_("Such as Open the gate."))
    ask: bool = setting(
        False,
        title=_("Ask first"),
        hint=_("Where somebody could be frightened or let in, such as by 12 V, it asks anyway."),
    )

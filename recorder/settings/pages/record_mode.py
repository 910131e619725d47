"""Whether a channel records by its schedule, always, or not at all (D-REC-06)."""

from enum import StrEnum

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope


class Mode(StrEnum):
    """How a channel records."""

    AUTO = "auto"
    MANUAL = "manual"
    OFF = "off"


class RecordMode(
    Page, scope=Scope.CHANNEL, area=Area.STORAGE, permission=Permission.STORAGE, order=40, title=_("Recording mode")
):
    """Auto, manual or off."""

    mode: Mode = setting(
        Mode.AUTO,
        title=_("Recording"),
        choices={"auto": _("Auto: by the schedule"), "manual": _("Manual: round the clock"), "off": _("Off")},
    )

"""One output, by its terminal: its name, who switches it, and how long it stays on (D-ALM-08, D-HW-10, D-HW-11)."""

from enum import StrEnum

from recorder.client.words import _
from recorder.settings.page import setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.terminal import Terminal

SHORTEST_S = 0.1
"""Door openers want half a second; a shorter pulse moves nothing behind a relay."""
LONGEST_S = 86_400.0
"""As the hardware layer has it: what stays on for longer than a day is switched, not timed."""


class Mode(StrEnum):
    """Who switches an output."""

    AUTO = "auto"
    MANUAL = "manual"
    OFF = "off"


class Course(StrEnum):
    """What an output does once it was switched on."""

    HOLD = "hold"
    PULSE = "pulse"


class AlarmOutput(
    Terminal, scope=Scope.LIST, area=Area.EVENT, permission=Permission.SYSTEM, order=72, title=_("Alarm outputs")
):
    """Name and mode of an output."""

    mode: Mode = setting(
        Mode.AUTO,
        title=_("Mode"),
        choices={"auto": _("Automatic: by alarms and by hand"), "manual": _("Always on"), "off": _("Never on")},
    )
    course: Course = setting(
        Course.HOLD,
        title=_("Once it is on"),
        choices={"hold": _("It stays on until it is switched off"), "pulse": _("It goes off by itself")},
    )
    seconds: float = setting(
        5.0, ge=SHORTEST_S, le=LONGEST_S, title=_("Goes off after"), unit="s", hint=_("Where it goes off by itself.")
    )

    @property
    def pulse_s(self) -> float | None:
        """How long it stays on once it was switched on; None: until it is switched off."""
        return self.seconds if self.course is Course.PULSE else None

"""When the buzzer keeps silent, and a button to hear it."""

from enum import StrEnum
from typing import Any

from recorder.client.words import _
from recorder.settings.action import Run, action
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.week import WeekGrid


class Quiet(StrEnum):
    """What a period of the week stands for."""

    QUIET = "quiet"


class BuzzerHours(
    Page, scope=Scope.SYSTEM, area=Area.EVENT, permission=Permission.SYSTEM, order=182, title=_("Buzzer")
):
    """The buzzer is heard when nothing is recorded, and for rules that say so: 0.2 s every 10 s."""

    week: WeekGrid[Quiet] = setting(
        WeekGrid[Quiet].never(),
        title=_("Quiet hours"),
        widget="week-grid",
        choices={Quiet.QUIET: _("Quiet")},
        hint=_("It is silent then; messages and lights stay."),
    )

    @action(title=_("Sound it once"))
    def test(self, run: Run) -> dict[str, Any]:
        """Let every buzzer be heard, as an alarm would, also within quiet hours."""
        run.progress(1, 1, _("It sounds now."))
        return {"words": _("It sounds now, where this recorder has a buzzer.")}

"""Disarming: nothing follows events for a while, by one touch or by a week plan (D-ALM-18, D-ALM-18.1)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, create_model

from recorder.client.words import _
from recorder.events.linkage import built_in
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.week import WeekGrid

PREFIX = "stop_"
GOES_ON = frozenset(("record", "hold", "log", "restart"))
"""What an owner who silences the siren does not want to lose."""


class Disarmed(StrEnum):
    """What a period of the plan stands for."""

    DISARMED = "disarmed"


if TYPE_CHECKING:

    class _Stops(BaseModel):
        """A switch for each linkage."""

else:
    _Stops = create_model(
        "_Stops",
        **{
            PREFIX + one.name: (bool, setting(one.name not in GOES_ON, title=one.title, group=_("What is left out")))
            for one in built_in()
        },
    )


class Disarming(
    _Stops, Page, scope=Scope.SYSTEM, area=Area.EVENT, permission=Permission.SYSTEM, order=180, title=_("Disarming")
):
    """While disarmed, events are listed and the chosen reactions are left out."""

    disarmed: bool = setting(False, title=_("Disarm now"), hint=_("Until it is switched off again."))
    channels: tuple[Annotated[int, Field(ge=1, le=128)], ...] = setting(
        (), longest=128, title=_("Cameras"), widget="channels", nothing=_("All, and all that is no camera")
    )
    week: WeekGrid[Disarmed] = setting(
        WeekGrid[Disarmed].never(),
        title=_("Disarmed by plan"),
        widget="week-grid",
        choices={Disarmed.DISARMED: _("Disarmed")},
        hint=_("Counts only while Disarm now is off."),
    )

    @classmethod
    def form_order(cls, names: Sequence[str]) -> Sequence[str]:
        """When, and then what."""
        return sorted(names, key=lambda name: name.startswith(PREFIX))

    def stops(self, linkage: str) -> bool:
        """Whether a linkage is left out while disarmed."""
        return bool(getattr(self, PREFIX + linkage, True))

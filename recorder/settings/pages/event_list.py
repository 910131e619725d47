"""How long the list of events is kept, and what stands together in it (V-ALST-07, V-ALM-42)."""

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope

LONGEST_DAYS = 3650
LONGEST_GROUP_S = 86_400


class EventList(
    Page, scope=Scope.SYSTEM, area=Area.EVENT, permission=Permission.SYSTEM, order=190, title=_("List of events")
):
    """What is kept of events that are over; recordings have rules of their own."""

    keep_days: int = setting(
        365,
        ge=1,
        le=LONGEST_DAYS,
        title=_("Keep for"),
        unit=_("days"),
        hint=_("When a million events are listed, the oldest go earlier."),
        lowering=_("Events older than that go from the list for good."),
    )
    group_s: int = setting(
        300,
        ge=0,
        le=LONGEST_GROUP_S,
        title=_("One group within"),
        unit="s",
        hint=_(
            "Events of one rule and camera within this time, counted from the first, can be shown and handled as one."
        ),
    )

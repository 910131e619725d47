"""When pictures of a channel are taken by themselves, and how all of them are (D-REC-05, D-ENC-03, D-ENC-04)."""

from enum import StrEnum

from recorder.client.recording import RecordType
from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.week import WeekGrid

LONGEST_EVERY_S = 24 * 3600
BEST = 6
MOST_BY_HAND = 5
GROUP = _("Pictures")


class Size(StrEnum):
    """As large as the pictures of which stream; what it calls its streams."""

    MAIN = "main"
    SUB = "sub"


class PictureSchedule(
    Page, scope=Scope.CHANNEL, area=Area.STORAGE, permission=Permission.STORAGE, order=55, title=_("Picture schedule")
):
    """Every so many seconds by a week plan, and when an event begins."""

    scheduled: bool = setting(False, title=_("Take pictures by the plan"))
    every_s: int = setting(60, ge=1, le=LONGEST_EVERY_S, title=_("A picture every"), unit="s")
    on_event: bool = setting(False, title=_("Take a picture when an event begins"))
    week: WeekGrid[RecordType] = setting(
        WeekGrid[RecordType].always(RecordType.GENERAL),
        title=_("Week"),
        widget="week-grid",
        choices={RecordType.GENERAL: _("Pictures")},
    )
    size: Size = setting(
        Size.MAIN,
        title=_("Size"),
        group=GROUP,
        choices={"main": _("As the main stream"), "sub": _("As the sub stream")},
        hint=_("Of a camera without a sub stream pictures are as large as its main stream."),
    )
    quality: int = setting(
        5, ge=1, le=BEST, title=_("Quality"), group=GROUP, hint=_("6 is the best, and takes the most room.")
    )
    by_hand: int = setting(
        1, ge=1, le=MOST_BY_HAND, title=_("Taken at once by hand"), group=GROUP, hint=_("One a second.")
    )

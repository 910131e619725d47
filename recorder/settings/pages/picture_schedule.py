"""When pictures of a channel are taken by themselves (D-REC-05)."""

from recorder.client.recording import RecordType
from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.week import WeekGrid

LONGEST_EVERY_S = 24 * 3600


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

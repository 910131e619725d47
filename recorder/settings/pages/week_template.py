"""A week plan under a name, to be copied to record schedules (D-REC-01.4, D-REC-03)."""

from typing import Annotated, Any

from pydantic import Field

from recorder.client.recording import RecordType
from recorder.client.words import _
from recorder.settings.action import Parameters, Run, action
from recorder.settings.page import Page, setting
from recorder.settings.pages.record_schedule import TITLES, RecordSchedule, WeekOfTypes
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable
from recorder.settings.week import WeekGrid

MOST_TEMPLATES = 32
"""As many as anybody can tell apart by their names."""


class CopyToCameras(Parameters):
    """Whose record schedule gets the week."""

    cameras: tuple[Annotated[int, Field(ge=1, le=128)], ...] = setting(
        title=_("Cameras"), widget="channels", shortest=1, longest=128
    )


class WeekTemplate(
    Page,
    scope=Scope.LIST,
    area=Area.STORAGE,
    permission=Permission.STORAGE,
    order=52,
    removable=True,
    numbered=MOST_TEMPLATES,
    title=_("Week templates"),
):
    """A week of record types with a name. Cameras that it was copied to keep theirs when it changes."""

    name: Printable = setting("", longest=63, title=_("Name"))
    week: WeekOfTypes = setting(
        WeekGrid[RecordType].always(RecordType.GENERAL), title=_("Week"), widget="week-grid", choices=TITLES
    )

    @classmethod
    def item_title(cls, item: str, values: Any, known: str) -> str:
        """Its name, else its number."""
        del known
        named = isinstance(values, WeekTemplate) and values.name
        return values.name if named else _("Template {item}").format(item=item)

    @action(title=_("Copy to cameras"))
    def copy_to_cameras(self, run: Run, parameters: CopyToCameras) -> dict[str, Any]:
        """Give cameras this week, all or none; what else their record schedules say stays."""
        cameras = sorted(set(parameters.cameras))
        run.change(RecordSchedule, {str(one): {"week": self.week} for one in cameras})
        return {"words": _("Copied to cameras {numbers}.").format(numbers=", ".join(map(str, cameras)))}

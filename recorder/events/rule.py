"""A rule binds a source to its own settings, an arming schedule, anti-dither and linkages: one settings page each."""

from typing import Any, ClassVar

from recorder.client.recording import RecordType
from recorder.client.words import _
from recorder.events.arming import Arming
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.week import WeekGrid

LONGEST_DITHER_S = 600
ORDER = 200


class Rule(Page, scope=Scope.SYSTEM, area=Area.EVENT, permission=Permission.SYSTEM):
    """What every source's page has. The name of the page is the name of the source.

    Class arguments beside those of a page: `record_type`, what recorded time counts as while it lasts.
    """

    record_type: ClassVar[RecordType] = RecordType.ALARM

    enabled: bool = setting(True, title=_("Enabled"))
    anti_dither_s: int = setting(
        5,
        ge=0,
        le=LONGEST_DITHER_S,
        title=_("Anti-dither"),
        unit="s",
        hint=_("Several triggers within this time count as one event."),
    )
    week: WeekGrid[Arming] = setting(
        WeekGrid[Arming].always(Arming.ARMED),
        title=_("Armed"),
        widget="week-grid",
        choices={Arming.ARMED: _("Armed")},
        hint=_("Outside these times events are listed, and nothing follows."),
    )

    def __init_subclass__(
        cls,
        *,
        record_type: RecordType = RecordType.ALARM,
        scope: Scope = Scope.SYSTEM,
        area: Area = Area.EVENT,
        permission: Permission = Permission.SYSTEM,
        order: int = ORDER,
        **rest: Any,
    ) -> None:
        super().__init_subclass__(scope=scope, area=area, permission=permission, order=order, **rest)
        cls.record_type = record_type

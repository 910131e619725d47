"""A rule binds a source to its own settings, an arming schedule, anti-dither and linkages: one settings page each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from recorder.client.recording import RecordType
from recorder.client.words import _
from recorder.events.arming import Arming
from recorder.events.linkage import built_in
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable
from recorder.settings.week import WeekGrid

LONGEST_DITHER_S = 600
LONGEST_INSTRUCTIONS = 500
ORDER = 200


def is_alarm(*, on: bool = True) -> Any:
    """Declare the switch; sources that tell much, or nothing that anybody has to see to, have it off."""
    return setting(
        on,
        title=_("Is an alarm"),
        group=_("Alarm"),
        hint=_("It waits in the list of events until somebody has seen to it."),
    )


def is_listed(*, on: bool = True) -> Any:
    """Declare the switch; sources that tell something all day long have it off."""
    return setting(
        on,
        title=_("In the list of events"),
        group=_("Alarm"),
        hint=_("Off: listed only if it is an alarm, or if anything but recording follows."),
    )


if TYPE_CHECKING:

    class _Linked(BaseModel):
        """The fields of all linkages."""

else:
    # Fields come in the order of the bases from the last to the first.
    _Linked = type("_Linked", (*(one.options() for one in reversed(built_in()) if one.everywhere), BaseModel), {})


class Rule(_Linked, Page, scope=Scope.SYSTEM, area=Area.EVENT, permission=Permission.SYSTEM):
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

    listed: bool = is_listed()
    alarm: bool = is_alarm()
    instructions: Printable = setting(
        "",
        longest=LONGEST_INSTRUCTIONS,
        title=_("Instructions"),
        group=_("Alarm"),
        hint=_("What is to be done. It is shown with the event."),
    )

    @classmethod
    def form_order(cls, names: Sequence[str]) -> Sequence[str]:
        """The switch, the source's own settings, when it acts, and then what follows."""
        when = ("anti_dither_s", "week", "listed", "alarm", "instructions")
        follows = {field for one in built_in() for field in one.options().model_fields}
        own = [name for name in names if name != "enabled" and name not in when and name not in follows]
        return ["enabled", *own, *when, *(name for name in names if name in follows)]

    def lists(self) -> bool:
        """Whether its events are in the list: where that is wished, and where they leave more behind than footage."""
        follows = any(getattr(self, one.name, False) for one in built_in() if not one.quiet)
        return self.listed or self.alarm or follows

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

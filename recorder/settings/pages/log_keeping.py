"""How long changes and logins stay in the log."""

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope

LONGEST_DAYS = 3650
SHORTEST_DAYS = 7
"""So that nobody rubs out what he did today by keeping nothing."""


class LogKeeping(Page, scope=Scope.SYSTEM, area=Area.SYSTEM, permission=Permission.SYSTEM, order=170, title=_("Log")):
    """Only administrators change it. What happened is kept as the page List of events says."""

    keep_days: int = setting(
        LONGEST_DAYS,
        ge=SHORTEST_DAYS,
        le=LONGEST_DAYS,
        title=_("Keep changes and logins for"),
        unit=_("days"),
        hint=_("The oldest of a million go earlier."),
        lowering=_("Changes and logins older than that go from the log for good."),
    )
    most_mb: int = setting(
        512,
        ge=16,
        le=2048,
        title=_("In at most"),
        unit="MB",
        lowering=_("When the log is larger, its oldest entries go for good."),
    )

"""A mail that says whether all is well, once a day or a week: who gets none any more knows that something is wrong."""

from datetime import datetime
from enum import StrEnum

from recorder.client.words import _
from recorder.events.linkages.mail import Addresses
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope


class Often(StrEnum):
    """On which days."""

    DAILY = "daily"
    MONDAY = "monday"


class HealthMail(
    Page, scope=Scope.SYSTEM, area=Area.EVENT, permission=Permission.SYSTEM, order=185, title=_("Health mail")
):
    """When it is sent, and to whom; the server is that of the page E-mail."""

    enabled: bool = setting(False, title=_("Say by mail whether all is well"))
    often: Often = setting(
        Often.DAILY, title=_("On"), choices={Often.DAILY: _("Every day"), Often.MONDAY: _("Mondays")}
    )
    hour: int = setting(7, ge=0, le=23, title=_("At"), unit=_("o'clock"))
    only_trouble: bool = setting(False, title=_("Only when something is wrong"))
    recipients: Addresses = setting("", longest=1000, title=_("Recipients"), hint=_("Empty: those of the page E-mail."))

    def wanted_at(self, now: datetime) -> bool:
        """Whether it is due on this day and at this hour, or was due earlier today."""
        day = self.often is Often.DAILY or now.weekday() == 0
        return self.enabled and day and now.hour >= self.hour

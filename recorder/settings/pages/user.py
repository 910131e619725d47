"""Users: each in one group, with as much of its rights as is left to him (D-ACC-01, D-ACC-03, V-USR-02)."""

import re
from collections.abc import Collection
from enum import StrEnum
from typing import Any, ClassVar

from recorder.client.words import _
from recorder.settings.addresses import LONGEST, AddressList
from recorder.settings.allowance import ALL, Allowance, AreaSet, ChannelSet, areas, channels, with_power
from recorder.settings.page import Page, setting
from recorder.settings.pages.user_group import NAME
from recorder.settings.remarked import Remarked
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable
from recorder.settings.week import WeekGrid


class LoginHours(StrEnum):
    """What a period of the week means."""

    OPEN = "open"


ALWAYS = WeekGrid[LoginHours].always(LoginHours.OPEN)
LONGEST_DAYS = 3650
"""Ten years: longer than footage is kept."""
RESERVED = frozenset({"owner", "visitor", "recorder"})
"""They stand in the audit for somebody else."""


class User(
    Remarked,
    Allowance,
    Page,
    scope=Scope.LIST,
    area=Area.ACCOUNT,
    permission=Permission.ACCOUNT,
    order=400,
    version=2,
    removable=True,
    title=_("Users"),
):
    """Who may log in. Of what is ticked here only that counts which the group may too."""

    names: ClassVar[re.Pattern[str]] = NAME
    reserved: ClassVar[Collection[str]] = RESERVED

    group: Printable = setting(
        longest=32, title=_("Group"), widget="item-of:user-group", hint=_("Nobody may more than his group.")
    )
    enabled: bool = setting(True, title=_("May log in"))
    remarks: Printable = setting("", longest=200, title=_("Remarks"))
    newest_days: int = setting(
        0,
        ge=0,
        le=LONGEST_DAYS,
        title=_("Sees recordings of the last"),
        unit=_("days"),
        hint=_("What is older does not exist for the user. 0 is all there is."),
    )
    watermark: bool = setting(
        False,
        title=_("Name over the pictures"),
        hint=_("Small, on live pictures and playback: who films the screen is known."),
    )
    addresses: AddressList = setting(
        "",
        longest=LONGEST,
        title=_("May come from"),
        hint=_("Over the network: addresses, networks or MAC addresses, with commas. Empty is anywhere."),
    )
    hours: WeekGrid[LoginHours] = setting(
        ALWAYS,
        title=_("May log in during"),
        widget="week-grid",
        choices={"open": _("May log in")},
    )
    allowed: AreaSet = areas(ALL)
    live: ChannelSet = channels(Permission.LIVE, ALL)
    playback: ChannelSet = channels(Permission.PLAYBACK, ALL)
    backup: ChannelSet = channels(Permission.BACKUP, ALL)
    ptz: ChannelSet = channels(Permission.PTZ, ALL)
    audio: ChannelSet = channels(Permission.AUDIO, ALL)

    @property
    def is_always_let_in(self) -> bool:
        """Whether neither time nor place keeps the user out."""
        return not self.addresses and self.hours == ALWAYS

    @classmethod
    def upgrade(cls, values: dict[str, Any], version: int) -> dict[str, Any]:
        """Version 2 has a right to shut down."""
        return with_power(values, version)

"""Users of the RTSP server: a list of their own, for programs and other recorders that fetch live streams.

Digest needs the password itself at the other end, so it is sealed and not an argon2id record; nobody who uses a
recorder should have the same password here and there.
"""

import re
from collections.abc import Collection
from typing import Annotated, ClassVar

from pydantic import AfterValidator

from recorder.client.words import _
from recorder.settings.addresses import LONGEST, AddressList
from recorder.settings.allowance import ALL, Allowance, ChannelSet, channels
from recorder.settings.errors import NotAllowed
from recorder.settings.page import Page, setting
from recorder.settings.pages.user import ALWAYS, RESERVED, LoginHours
from recorder.settings.pages.user_group import NAME
from recorder.settings.remarked import Remarked
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.secret import Secret
from recorder.settings.texts import Printable
from recorder.settings.week import WeekGrid

SHORTEST = 8
"""As for all passwords; the longest is that of every secret."""


def _long_enough(password: Secret) -> Secret:
    if password and len(password.reveal()) < SHORTEST:
        allowed = _("8 to 128 printable characters, or empty")
        raise NotAllowed(_("This password is too short."), allowed)
    return password


class StreamUser(
    Remarked,
    Allowance,
    Page,
    scope=Scope.LIST,
    area=Area.ACCOUNT,
    permission=Permission.ACCOUNT,
    order=415,
    removable=True,
    named=_("Add RTSP user"),
    title=_("RTSP users"),
):
    """Who may fetch live streams over RTSP: programs and other recorders. They log in nowhere else."""

    names: ClassVar[re.Pattern[str]] = NAME
    reserved: ClassVar[Collection[str]] = RESERVED

    password: Annotated[Secret, AfterValidator(_long_enough)] = setting(
        Secret(),
        title=_("Password"),
        hint=_("8 to 128 printable characters, and nowhere else in use. Without one nobody comes in."),
    )
    enabled: bool = setting(True, title=_("May fetch streams"))
    remarks: Printable = setting("", longest=200, title=_("Remarks"))
    addresses: AddressList = setting(
        "",
        longest=LONGEST,
        title=_("May come from"),
        hint=_("Addresses, networks or MAC addresses, with commas. Empty is anywhere."),
    )
    hours: WeekGrid[LoginHours] = setting(
        ALWAYS,
        title=_("May fetch streams during"),
        widget="week-grid",
        choices={"open": _("May fetch streams")},
    )
    live: ChannelSet = channels(Permission.LIVE, ALL)
    audio: ChannelSet = channels(Permission.AUDIO, ())

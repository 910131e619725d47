"""Announcements: voice files that are played by a plan of the week (D-AUD-02)."""

from enum import StrEnum
from typing import Any

from recorder.client.words import _
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.week import WeekGrid

MOST_ANNOUNCEMENTS = 6
LONGEST_EVERY_MIN = 24 * 60


class Announcing(StrEnum):
    """What a period of the week means."""

    PLAYED = "played"


class Announcement(
    Page,
    scope=Scope.LIST,
    area=Area.EVENT,
    permission=Permission.SYSTEM,
    order=184,
    removable=True,
    numbered=MOST_ANNOUNCEMENTS,
    title=_("Announcements"),
):
    """A voice file that is played as a period of its week begins, and every so many minutes until it ends."""

    enabled: bool = setting(True, title=_("Play it"))
    voice_file: str = setting(
        "",
        longest=32,
        title=_("Voice file"),
        widget="item-of:voice-file",
        hint=_("From the page Voice files. What events say comes first."),
    )
    week: WeekGrid[Announcing] = setting(
        WeekGrid[Announcing].never(), title=_("When"), widget="week-grid", choices={Announcing.PLAYED: _("Played")}
    )
    every_min: int = setting(
        60, ge=1, le=LONGEST_EVERY_MIN, title=_("Every"), unit=_("minutes"), hint=_("From the begin of a period on.")
    )
    times: int = setting(1, ge=1, le=10, title=_("How often"), unit=_("times"))

    @classmethod
    def item_title(cls, item: str, values: Any, known: str) -> str:
        """Its number and its voice file."""
        del known
        return f"{item}  {values.voice_file}".strip() if isinstance(values, Announcement) else item

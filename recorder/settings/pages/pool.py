"""One pool of disks: what happens when it is full, and how long footage stays (P-POOL-01, P-POOL-03, P-POOL-04)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

from pydantic import model_validator

from recorder.client.words import _
from recorder.settings.errors import NotAllowed
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable
from recorder.store.policy import MOST_POOLS, STANDARD_POOL

LONGEST_DAYS = 3650
"""Ten years: longer than any law asks for and any disk lasts."""


class WhenFull(StrEnum):
    """What gives way when every block of the pool is in use."""

    INHERIT = "inherit"
    OVERWRITE = "overwrite"
    DAYS = "days"
    STOP = "stop"


class Pool(
    Page, scope=Scope.LIST, area=Area.STORAGE, permission=Permission.STORAGE, order=64, title=_("Pools of disks")
):
    """Rules of a numbered group of disks. Disks and streams are put into it on the pages of theirs."""

    name: Printable = setting("", longest=63, title=_("Name"))
    when_full: WhenFull = setting(
        WhenFull.INHERIT,
        title=_("When the pool is full"),
        choices={
            "inherit": _("As on the page Storage"),
            "overwrite": _("Overwrite the oldest"),
            "days": _("Overwrite only what is older than the longest time"),
            "stop": _("Stop recording"),
        },
    )
    most_days: int = setting(
        0,
        ge=0,
        le=LONGEST_DAYS,
        title=_("Keep at most"),
        unit=_("days"),
        group=_("How long"),
        hint=_("Older footage is not shown and makes room first. 0 keeps it as long as there is room."),
        lowering=_("Footage older than that is no longer shown, and is overwritten first."),
    )
    least_days: int = setting(
        0,
        ge=0,
        le=LONGEST_DAYS,
        title=_("Keep at least"),
        unit=_("days"),
        group=_("How long"),
        hint=_("Younger footage is never overwritten. When the pool is full of it, recording stops."),
    )
    thin_days: int = setting(
        0,
        ge=0,
        le=LONGEST_DAYS,
        title=_("Thin after"),
        unit=_("days"),
        group=_("How long"),
        hint=_("From this age on only key pictures are kept, without sound, to make room. 0 never thins."),
        lowering=_("Of footage older than that only key pictures are kept, without sound."),
    )
    lock_percent: int = setting(
        25,
        ge=0,
        le=100,
        title=_("May be locked"),
        unit="%",
        group=_("Room"),
        hint=_("How much of the pool locks and evidence may keep from being overwritten."),
    )
    start_percent: int = setting(
        100,
        ge=50,
        le=100,
        title=_("Start to free at"),
        unit="%",
        group=_("Room"),
        hint=_(
            "From so much in use on, old footage makes room before it is needed. 100 keeps all as long as possible."
        ),
    )
    takes_spill: bool = setting(
        True,
        title=_("Help other pools"),
        group=_("Room"),
        hint=_("Takes streams of other pools while their disks are gone or too slow."),
    )

    encrypted: bool = setting(
        False,
        title=_("Encrypt"),
        group=_("Encryption"),
        hint=_("Other recorders then need the recovery key: write it down."),
    )

    @model_validator(mode="after")
    def _times_agree(self) -> Self:
        if self.when_full is WhenFull.DAYS and not self.most_days:
            raise NotAllowed(_("Overwriting by age needs the number of days to keep at most."), _("1 or more days"))
        if self.most_days and self.least_days > self.most_days:
            raise NotAllowed(
                _("Footage cannot be kept for less than at least as long as at most."), _("at least ≤ at most")
            )
        return self

    @classmethod
    def standing_items(cls) -> Mapping[str, str]:
        """All pools are there from the beginning; one without disks and streams does nothing."""
        return {str(number): "" for number in range(1, MOST_POOLS + 1)}

    @classmethod
    def item_title(cls, item: str, values: Any, known: str) -> str:
        """Number and name."""
        del known
        standard = _("Standard") if item == str(STANDARD_POOL) else ""
        return f"{item}  {values.name if isinstance(values, Pool) and values.name else standard}".strip()

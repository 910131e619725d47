"""Where the streams of a channel are recorded, how much they take, what goes first in need (D-STO-05, D-STO-06)."""

from typing import Self

from pydantic import model_validator

from recorder.client.words import _
from recorder.settings.errors import NotAllowed
from recorder.settings.page import Page, setting
from recorder.settings.pages.pool import LONGEST_DAYS
from recorder.settings.scope import Area, Permission, Scope
from recorder.store.policy import MOST_POOLS, NO_MIRROR, STANDARD_POOL

LARGEST_QUOTA_GB = 1_000_000
"""A petabyte: more than the largest box holds."""


class ChannelStorage(
    Page,
    scope=Scope.CHANNEL,
    area=Area.STORAGE,
    permission=Permission.STORAGE,
    order=66,
    title=_("Storage of a channel"),
):
    """Pools of the streams, a second copy, a quota, and the priority when the disks cannot keep up."""

    main_pool: int = setting(STANDARD_POOL, ge=1, le=MOST_POOLS, title=_("Main stream to pool"), group=_("Pools"))
    sub_pool: int = setting(STANDARD_POOL, ge=1, le=MOST_POOLS, title=_("Sub stream to pool"), group=_("Pools"))
    picture_pool: int = setting(STANDARD_POOL, ge=1, le=MOST_POOLS, title=_("Pictures to pool"), group=_("Pools"))
    mirror_pool: int = setting(
        NO_MIRROR,
        ge=NO_MIRROR,
        le=MOST_POOLS,
        title=_("Second copy to pool"),
        group=_("Pools"),
        hint=_("Video is recorded twice, in two pools. 0: only once."),
    )
    quota_gb: int = setting(
        0,
        ge=0,
        le=LARGEST_QUOTA_GB,
        title=_("Takes at most"),
        unit="GB",
        group=_("Quota"),
        hint=_("0 takes as much as there is. Over it the channel overwrites its own oldest footage."),
        lowering=_("The oldest footage of this camera beyond that is given up, and cannot be brought back."),
    )
    quota_days: int = setting(
        0,
        ge=0,
        le=LONGEST_DAYS,
        title=_("Keeps at most"),
        unit=_("days"),
        group=_("Quota"),
        hint=_("0 keeps footage as long as its pool does."),
        lowering=_("Footage of this camera older than that is given up, and cannot be brought back."),
    )
    thin_days: int = setting(
        0,
        ge=0,
        le=LONGEST_DAYS,
        title=_("Thin after"),
        unit=_("days"),
        group=_("Quota"),
        hint=_("From this age on only key pictures are kept, without sound. 0 is as its pool says."),
        lowering=_("Of footage of this camera older than that only key pictures are kept, without sound."),
    )
    priority: int = setting(
        5,
        ge=1,
        le=9,
        title=_("Priority"),
        group=_("When disks are too slow"),
        hint=_("The channel with the lowest gives up pictures first; of equals the one with the higher number."),
    )

    @model_validator(mode="after")
    def _copies_lie_apart(self) -> Self:
        if self.mirror_pool != NO_MIRROR and self.mirror_pool in {self.main_pool, self.sub_pool}:
            raise NotAllowed(_("The second copy must go to another pool than the first."), _("0, or another pool"))
        return self

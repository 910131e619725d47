"""Which open blocks are to be sealed: those that are open for too long, and those that nobody wants any more."""

from collections.abc import Collection, Mapping, Sequence

from recorder.client.clock import SECOND_US, Clock
from recorder.store.block_owner import Owner
from recorder.store.contents import Contents
from recorder.store.holds import Held
from recorder.store.layout import BlockClass
from recorder.store.open_block import OpenBlock
from recorder.store.policy import StorePolicy

ORPHAN_US = 60 * SECOND_US
"""An open block that nobody writes to for so long is sealed: its stream went to another disk, pool, or away."""
_LOOK_US = 5 * SECOND_US
"""So often is asked whether a hold still wants what lies in an open block of copies."""


def is_old(opened: OpenBlock, now_us: int, after_s: int = StorePolicy.seal_after_s) -> bool:
    """Whether a block has been open for too long, by whatever clock."""
    return abs(now_us - opened.row.opened_us) >= after_s * SECOND_US


class Overdue:
    """Of one disk, in its own thread."""

    def __init__(self, blocks: Mapping[Owner, OpenBlock], contents: Contents, clock: Clock) -> None:
        """`blocks` are those that are open."""
        self._open, self._contents, self._clock = blocks, contents, clock
        self._look_at_us = 0
        self._idle: dict[Owner, int] = {}

    def aged(self, policy: StorePolicy) -> list[Owner]:
        """Give the owners of blocks that have been open for too long, or are not encrypted as is wanted now."""
        return [
            owner
            for owner, opened in self._open.items()
            if (opened.lap is not None) is not policy.pool(owner.pool).encrypted
            or (opened.entries and is_old(opened, self._clock.now_us(), policy.seal_after_s))
        ]

    def orphans(self, owners: Collection[Owner]) -> list[Owner]:
        """Give the owners of open blocks that none of those who write here has been for a while."""
        now = self._clock.monotonic_us()
        copies = [one for one in self._open if isinstance(one.what, BlockClass)]
        self._idle = {one: self._idle.get(one, now) for one in self._open if one not in owners and one not in copies}
        idle = [one for one, since in self._idle.items() if now - since >= ORPHAN_US]
        return [*idle, *self._unwanted(copies, now)]

    def _unwanted(self, copies: Sequence[Owner], now_us: int) -> list[Owner]:
        """Give the owners of open blocks of hold copies that no hold wants any more: open ones are never used again."""
        held = [one for one in copies if one.what is BlockClass.HELD and self._open[one].entries]
        if not held or now_us < self._look_at_us:
            return []
        self._look_at_us = now_us + _LOOK_US
        is_held = Held(self._contents, self._clock.now_us())
        return [one for one in held if not is_held(self._open[one].row.number)]

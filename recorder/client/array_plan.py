"""What an array of some disks would be: how much it holds, what it bears, what is lost, or why it cannot be made."""

from collections.abc import Sequence

from hal.client.sizes import size
from recorder.client.answers import ArrayPlan
from recorder.client.disk_words import LEVELS
from recorder.client.words import _

FEWEST = {"raid0": 2, "raid1": 2, "raid5": 3, "raid6": 4, "raid10": 4}
"""Disks that a level takes at least (D-STO-03); RAID 1 takes no more."""
GROWS = frozenset(("raid5", "raid6", "raid10"))
"""Levels that a disk can be added to for more room."""


def plan(level: str, disks: Sequence[int], spares: Sequence[int] = ()) -> ArrayPlan:
    """Say what comes of disks of so many bytes; `refusal` says why nothing does."""
    name = LEVELS[level].partition(":")[0]
    fewest = FEWEST[level]
    if len(disks) < fewest:
        words = _("{level} takes at least {fewest} disks; chosen: {count}.")
        return ArrayPlan(0, "", words.format(level=name, fewest=fewest, count=len(disks)))
    if level == "raid1" and len(disks) > fewest:
        return ArrayPlan(0, "", _("{level} takes two disks. Make the others spares.").format(level=name))
    if level == "raid0" and spares:
        return ArrayPlan(0, "", _("{level} cannot use a spare: with one disk less all is lost.").format(level=name))
    each = min(disks)
    if spares and min(spares) < each:
        return ArrayPlan(0, "", _("A spare is smaller than the disks whose place it shall take."))
    capacity = _data_disks(level, len(disks)) * each
    parts = [_("It holds {size}.").format(size=size(capacity)), LEVELS[level].partition(": ")[2].capitalize() + "."]
    if idle := sum(disks) - each * len(disks):
        parts.append(_("{size} stay unused, since the disks differ.").format(size=size(idle)))
    return ArrayPlan(capacity, " ".join(parts))


def _data_disks(level: str, disks: int) -> int:
    """How many disks' worth of data it holds."""
    return {"raid0": disks, "raid1": 1, "raid5": disks - 1, "raid6": disks - 2, "raid10": disks // 2}[level]

"""The recording disks of an instance: every directory below `disks`, which on the target is a mount point each."""

from recorder.client.clock import Clock
from recorder.client.instance import Instance
from recorder.media.plan import FullPolicy, StoragePlan
from recorder.store import Disk, StorePolicy


class Disks:
    """Finds disks; one that does not answer is among them and says so in its status."""

    def __init__(self, instance: Instance, clock: Clock) -> None:
        self._instance = instance
        self._clock = clock
        self._known: set[str] = set()

    def new(self) -> list[Disk]:
        """Give the disks that were not there at the last look."""
        try:
            names = {place.name for place in self._instance.disks.iterdir() if place.is_dir()}
        except OSError:
            return []
        fresh = sorted(name for name in names - self._known if not name.startswith("."))
        self._known.update(fresh)
        return [Disk.open(self._instance.disks / name, self._clock) for name in fresh]


def policy(plan: StoragePlan) -> StorePolicy:
    """Say the storage plan as the store takes it."""
    return StorePolicy(overwrite=plan.full_policy is FullPolicy.OVERWRITE, expiry_days=plan.expiry_days)

"""The recording disks of an instance: every directory below `disks`, which on the target is a mount point each."""

from recorder.client.clock import Clock
from recorder.client.instance import Instance
from recorder.media.plan import FullPolicy, StoragePlan
from recorder.store import Disk, StorePolicy


def open_disks(instance: Instance, clock: Clock) -> list[Disk]:
    """Look at all disks there are; one that does not answer is among them and says so in its status."""
    try:
        places = sorted(place for place in instance.disks.iterdir() if place.is_dir() and place.name[0] != ".")
    except OSError:
        places = []
    return [Disk.open(place, clock) for place in places]


def policy(plan: StoragePlan) -> StorePolicy:
    """Say the storage plan as the store takes it."""
    return StorePolicy(overwrite=plan.full_policy is FullPolicy.OVERWRITE, expiry_days=plan.expiry_days)

"""The recording disks of an instance: every directory below `disks`, which on the target is a mount point each."""

import logging
import os

from recorder.client.clock import Clock
from recorder.client.instance import Instance
from recorder.client.status import DiskState, DiskStatus
from recorder.client.stream import MOMENTS, StreamKey, StreamName
from recorder.client.words import _
from recorder.media.plan import FullPolicy, Plan
from recorder.store import Disk, StorePolicy
from recorder.store.policy import MOST_DISKS, NO_MIRROR, STANDARD_POOL, DiskUse, PoolPolicy, Quota

log = logging.getLogger("media")


class Disks:
    """Finds disks, and touches none of them: one that hangs must hold up nobody but its own writer.

    What is more than the store takes is left alone, and told.
    """

    def __init__(self, instance: Instance, clock: Clock) -> None:
        self._instance = instance
        self._clock = clock
        self._known: set[str] = set()
        self._beyond: dict[str, int] = {}
        """Since when (UTC, µs) disks are there that are too many."""

    def new(self) -> list[Disk]:
        """Give the disks that were not there at the last look."""
        try:
            with os.scandir(self._instance.disks) as found:
                # The kind of an entry comes with its name: nothing is asked of a disk that may be mounted there.
                names = {one.name for one in found if one.is_dir(follow_symlinks=False) or one.is_symlink()}
        except OSError:
            return []
        fresh = sorted(name for name in names - self._known if not name.startswith("."))
        room = MOST_DISKS - len(self._known)
        fresh, beyond = fresh[:room], fresh[room:]
        self._known.update(fresh)
        for name in sorted(set(beyond) - self._beyond.keys()):
            log.error("disk %s: not used, there are %d already", name, MOST_DISKS)
        self._beyond = {name: self._beyond.get(name, self._clock.now_us()) for name in beyond}
        return [Disk(self._instance.disks / name, self._clock) for name in fresh]

    def beyond(self) -> tuple[DiskStatus, ...]:
        """Say which disks are not used because there are too many."""
        if not self._beyond:
            return ()
        why = _("A recorder uses {most} disks, and has as many. Take others out, and start it again.")
        words = why.format(most=MOST_DISKS)
        return tuple(
            DiskStatus(name, "", DiskState.FAILED, since_us, words, 0, 0, place=name)
            for name, since_us in self._beyond.items()
        )


def policy(plan: Plan) -> StorePolicy:
    """Say what a plan wants of the disks as the store takes it."""
    storage = plan.storage
    pools = {
        one.number: PoolPolicy(
            one.number,
            one.name,
            one.full_policy is FullPolicy.OVERWRITE,
            one.expiry_days,
            one.least_days,
            one.lock_percent,
            one.start_percent,
            one.thin_days,
            one.takes_spill,
            one.encrypted,
        )
        for one in storage.pools
    }
    streams: dict[StreamKey, int] = {}
    mirrors: dict[StreamKey, int] = {}
    for channel in plan.channels:
        places = channel.storage
        for name in StreamName:
            if places.pool(name) != STANDARD_POOL:
                streams[StreamKey(channel.number, name)] = places.pool(name)
        if places.mirror_pool != NO_MIRROR:
            copied = [StreamKey(channel.number, name) for name in StreamName if name not in MOMENTS]
            mirrors |= {key: places.mirror_pool for key in copied if places.pool(key.stream) != places.mirror_pool}
    return StorePolicy(
        overwrite=storage.full_policy is FullPolicy.OVERWRITE,
        expiry_days=storage.expiry_days,
        pools=pools,
        disks={one.id: DiskUse(one.pool, one.read_only) for one in storage.disks},
        streams=streams,
        mirrors=mirrors,
        quotas={
            one.number: Quota(one.storage.quota_bytes, one.storage.quota_days)
            for one in plan.channels
            if one.storage.quota_bytes is not None or one.storage.quota_days is not None
        },
        thin={one.number: one.storage.thin_days for one in plan.channels if one.storage.thin_days},
        ranks={one.number: one.storage.priority for one in plan.channels},
    )

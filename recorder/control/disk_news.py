"""Tells API clients of every disk and pool whose state is another one."""

import logging

from recorder.client.status import DiskState, MediaStatus, PoolState
from recorder.control.bays import Bays
from recorder.control.events import Events

log = logging.getLogger(__name__)


class DiskNews:
    """Belongs to the event loop of control."""

    def __init__(self, events: Events, bays: Bays) -> None:
        self._events = events
        self._bays = bays
        self._disks: dict[str, DiskState] = {}
        self._pools: dict[int, PoolState] = {}

    def tell(self, status: MediaStatus | None) -> None:
        """Tell what changed since the last status; nothing while media is away."""
        if status is None:
            return
        self._bays.follow(status.disks)
        for disk in status.disks:
            # By its place: where one disk is changed for another, that is told too.
            before = self._disks.get(disk.place or disk.name)
            if before not in {None, disk.state}:
                log.warning("disk %s: %s %s", disk.name, disk.state, disk.reason)
                self._events.publish("disk", disk)
        for pool in status.pools:
            if self._pools.get(pool.number) not in {None, pool.state}:
                log.warning("pool %d: %s", pool.number, pool.state)
                self._events.publish("pool", pool)
        self._disks = {one.place or one.name: one.state for one in status.disks}
        self._pools = {one.number: one.state for one in status.pools}

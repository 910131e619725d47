"""What the owner decided about disks: pools with their rules, which stream goes where, and the bounds of memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from recorder.client.stream import StreamKey, StreamName

STANDARD_POOL = 1
"""Every disk and stream that nothing else was said of belongs here, so that a laptop records without any set-up."""
MOST_POOLS = 20
"""As many as the reference knows (P-POOL-01); the number is 16 bits on disk."""
MOST_DISKS = 64
"""In use at once: a writer's thread and a chunk buffer of 4 MiB each. Twice what four boxes of 16 bays hold."""
NO_MIRROR = 0
BUFFER_BYTES = 256 << 20
"""Samples that wait for disks: the 5 s that S2 lets be exposed, at 400 Mbit/s. Most of it lies in the rings as well."""


@dataclass(frozen=True)
class PoolPolicy:
    """The rules of one pool. What wins where they conflict stands in docs/reference/limits.md."""

    number: int = STANDARD_POOL
    name: str = ""
    overwrite: bool = True
    """When every block is in use: reuse the oldest, or stop."""
    expiry_days: int | None = None
    """Retention maximum: older footage is not shown and its blocks go first; None keeps it while there is room."""
    least_days: int = 0
    """Retention minimum: younger footage is not overwritten, whatever is full."""
    lock_percent: int = 25
    """The share of the pool's blocks that holds may keep from reuse."""
    start_percent: int = 100
    """High-water mark: from this share in use on, blocks that may go are set free before they are needed."""
    thin_days: int = 0
    """Older footage is thinned to its key frames (P-POOL-05); 0: never."""
    takes_spill: bool = True
    """Whether streams of other pools may come here while the disks of their own are gone or too slow."""
    encrypted: bool = False
    """Whether blocks that are begun from now on are encrypted; without the key nothing is written."""


@dataclass(frozen=True)
class DiskUse:
    """What a disk is for."""

    pool: int = STANDARD_POOL
    read_only: bool = False
    """Nothing new goes there; what is on it can be played."""


@dataclass(frozen=True)
class Quota:
    """What one channel may take; None is as much as there is."""

    bytes: int | None = None
    days: int | None = None


@dataclass(frozen=True)
class StorePolicy:
    """The owner's choice, and the bounds of memory. Pools that are not listed follow the first two fields."""

    overwrite: bool = True
    expiry_days: int | None = None
    pools: Mapping[int, PoolPolicy] = field(default_factory=dict[int, PoolPolicy])
    disks: Mapping[str, DiskUse] = field(default_factory=dict[str, DiskUse])
    """By the id of the disk."""
    streams: Mapping[StreamKey, int] = field(default_factory=dict[StreamKey, int])
    """The pool of a stream, where it is not the standard one."""
    mirrors: Mapping[StreamKey, int] = field(default_factory=dict[StreamKey, int])
    """The pool that holds a second copy of a stream."""
    quotas: Mapping[int, Quota] = field(default_factory=dict[int, Quota])
    """By channel."""
    thin: Mapping[int, int] = field(default_factory=dict[int, int])
    """By channel, in place of the `thin_days` of its pool."""
    ranks: Mapping[int, int] = field(default_factory=dict[int, int])
    """How important a channel is, by number; the least important is shed first (S9), 5 where nothing was said."""
    buffer_bytes: int = BUFFER_BYTES
    """Samples that wait for a disk, all streams together. Beyond it the store sheds, and says so in gap rows (S9)."""
    encrypted: bool = False
    """Of pools that are not listed."""
    lock_share: float = 0.25
    """Of the disks, may be locked by holds, where a pool says nothing; an export under way is not counted."""
    seal_after_s: int = 24 * 3600
    """A block that is not full by then is closed anyway."""

    def pool(self, number: int) -> PoolPolicy:
        """Give the rules of a pool; blocks from before there were pools carry 0 and count as the standard one."""
        known = self.pools.get(number or STANDARD_POOL)
        return known or PoolPolicy(
            number or STANDARD_POOL,
            overwrite=self.overwrite,
            expiry_days=self.expiry_days,
            lock_percent=round(self.lock_share * 100),
            encrypted=self.encrypted,
        )

    def pool_of(self, key: StreamKey) -> int:
        """Give the pool of a stream."""
        return self.streams.get(key, STANDARD_POOL)

    def use_of(self, disk: str) -> DiskUse:
        """Say what a disk is for."""
        return self.disks.get(disk, _STANDARD_USE)

    @property
    def thins(self) -> bool:
        """Whether anything is ever thinned."""
        return bool(self.thin) or any(one.thin_days for one in self.pools.values())

    def thin_days(self, pool: int, channel: int) -> int | None:
        """Give the age from which footage of a channel in a pool is thinned; None: never."""
        return self.thin.get(channel) or self.pool(pool).thin_days or None

    def quota(self, channel: int) -> Quota:
        """Give what a channel may take."""
        return self.quotas.get(channel, _NO_QUOTA)

    def shown(self) -> dict[str, int | None]:
        """Give `shown_days` of every stream that has rules of its own, and under "" that of all others."""
        own = {StreamKey(channel, name) for channel in self.quotas for name in StreamName}
        keys = own | self.streams.keys() | self.mirrors.keys()
        return {"": self.shown_days(StreamKey(0)), **{str(key): self.shown_days(key) for key in keys}}

    def shown_days(self, key: StreamKey) -> int | None:
        """Give the age up to which a stream is shown: that of its longest copy, cut by the quota of its channel."""
        pools = [self.pool_of(key), *([self.mirrors[key]] if key in self.mirrors else [])]
        longest = [self.pool(one).expiry_days for one in pools]
        kept = None if None in longest else max(one for one in longest if one is not None)
        days = self.quota(key.channel).days
        days = days if kept is None else kept if days is None else min(kept, days)
        # What must be kept is shown.
        return None if days is None else max(days, *(self.pool(one).least_days for one in pools))


_STANDARD_USE = DiskUse()
_NO_QUOTA = Quota()

"""How each pool stands, from the disks in it and the rules that hold."""

from collections.abc import Iterable, Sequence

from recorder.client.status import DiskState, DiskStatus, PoolState, PoolStatus
from recorder.store.policy import StorePolicy

NEARLY_FULL_PERCENT = 95
"""A pool that never overwrites warns here where its own high-water mark lies higher."""
_DAY_S = 86_400
_READABLE = {DiskState.WRITABLE, DiskState.FULL, DiskState.SLOW, DiskState.READ_ONLY}


def pool_statuses(
    disks: Sequence[DiskStatus], wanted: Iterable[int], nearly_full: frozenset[str], policy: StorePolicy
) -> tuple[PoolStatus, ...]:
    """Tell of every pool that has disks, or that streams are to go to (`wanted`).

    `nearly_full` names the disks (by id) that are past the high-water mark and may set nothing free.
    """
    numbers = sorted({one.pool for one in disks if one.id} | set(wanted))
    return tuple(_pool(number, [one for one in disks if one.pool == number], nearly_full, policy) for number in numbers)


def _pool(number: int, disks: Sequence[DiskStatus], nearly_full: frozenset[str], policy: StorePolicy) -> PoolStatus:
    there = [one for one in disks if one.state in _READABLE]
    total, used = sum(one.total_bytes for one in there), sum(one.used_bytes for one in there)
    written = sum(one.write_bytes_per_s for one in disks if one.state in {DiskState.WRITABLE, DiskState.SLOW})
    return PoolStatus(
        number=number,
        name=policy.pool(number).name,
        state=_state(disks, nearly_full),
        total_bytes=total,
        used_bytes=used,
        oldest_us=min((one.oldest_us for one in there if one.oldest_us is not None), default=None),
        write_bytes_per_s=written,
        days=round(total / written / _DAY_S, 2) if written else None,
    )


def _state(disks: Sequence[DiskStatus], nearly_full: frozenset[str]) -> PoolState:
    if not disks:
        return PoolState.EMPTY
    writable = [one for one in disks if one.state in {DiskState.WRITABLE, DiskState.SLOW}]
    if writable:
        all_nearly = all(one.id in nearly_full for one in writable)
        return PoolState.NEARLY_FULL if all_nearly else PoolState.RECORDING
    return PoolState.FULL if any(one.state is DiskState.FULL for one in disks) else PoolState.OUT

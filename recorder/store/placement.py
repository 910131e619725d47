"""Which disk records which stream: within its pool by load, elsewhere while its pool takes nothing, and back (S9).

Loads are bytes a second as they come, over the size of the disk: members of a pool then fill in the same time, and what
an owner sees as the oldest footage is equally old on all of them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from recorder.client.clock import SECOND_US, Clock
from recorder.client.stream import StreamName
from recorder.store.policy import StorePolicy
from recorder.store.stream_recorder import StreamRecorder

LOOK_US = 10 * SECOND_US
"""How often loads are measured and evened out."""
UNEVEN = 0.25
"""Streams move only where the fullest disk has so much more than the emptiest, as a share of it: moves cost blocks."""
MOST_MOVES = 4
"""At one look: a new disk gets its share within a minute, without a storm of new blocks."""
_ASSUMED_MAIN, _ASSUMED_OTHER = 500_000, 125_000


class Member(Protocol):
    """A disk that streams may go to."""

    @property
    def usable(self) -> bool:
        """Whether it takes samples now."""
        ...

    @property
    def full(self) -> bool:
        """Whether it takes nothing because its rules keep all that is on it."""
        ...

    @property
    def late(self) -> bool:
        """Whether it answers too late to be trusted with more."""
        ...

    @property
    def pool(self) -> int:
        """The pool it is in."""
        ...

    @property
    def capacity(self) -> float:
        """How much it should take, in any unit: its size, less where it proved slow."""
        ...


class Placement:
    """Gives every stream its home. One caller at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looked_us = clock.monotonic_us()
        self._came: dict[StreamRecorder, int] = {}
        self._rates: dict[StreamRecorder, float] = {}
        self._seen: object = None

    def settle(self, streams: Sequence[StreamRecorder], members: Sequence[Member], policy: StorePolicy) -> None:
        """Give streams without a home one, move those that must, and even out loads now and then."""
        now = self._clock.monotonic_us()
        look = now - self._looked_us >= LOOK_US
        seen = (
            tuple((one.usable, one.full, one.late, one.pool, one.capacity) for one in members),
            len(streams),
            id(policy),
        )
        if not look and seen == self._seen and all(one.home is not None or one.twin is not None for one in streams):
            return
        came = self._seen is not None and seen != self._seen
        self._seen = seen
        if look:
            self._measure(streams, now)
        loads = {id(one): 0.0 for one in members}
        homeless: list[tuple[StreamRecorder, list[Member]]] = []
        for stream in streams:
            choices = _choices(stream, members, policy)
            if any(one is stream.home for one in choices):
                loads[id(stream.home)] += self._rate(stream)
            elif choices:
                homeless.append((stream, choices))
                # What it brings along waited for a disk that is gone, or hangs.
                stream.stuck = stream.stuck or (stream.home is not None and stream.waiting > 0)
            elif stream.twin is not None:
                stream.home = None
        for stream, choices in sorted(homeless, key=lambda one: -self._rate(one[0])):
            best = min(choices, key=lambda one: (loads[id(one)] + self._rate(stream)) / one.capacity)
            stream.home = best
            loads[id(best)] += self._rate(stream)
        if look or came:
            for pool in {one.pool for one in members}:
                self._even_out(pool, streams, members, policy, loads)

    def _measure(self, streams: Iterable[StreamRecorder], now_us: int) -> None:
        passed_s = (now_us - self._looked_us) / SECOND_US
        self._looked_us = now_us
        for stream in streams:
            # What waits counts too: a disk that falls behind must not look as if less came.
            came = stream.bytes_written + stream.waiting
            before, self._came[stream] = self._came.get(stream), came
            if before is not None and came > before:
                rate, known = (came - before) / passed_s, self._rates.get(stream)
                self._rates[stream] = rate if known is None else (known + rate) / 2

    def _rate(self, stream: StreamRecorder) -> float:
        assumed = _ASSUMED_MAIN if stream.key.stream is StreamName.MAIN else _ASSUMED_OTHER
        return self._rates.get(stream) or assumed

    def _even_out(
        self,
        pool: int,
        streams: Iterable[StreamRecorder],
        members: Iterable[Member],
        policy: StorePolicy,
        loads: dict[int, float],
    ) -> None:
        """Move streams from the fullest member of a pool to the emptiest while that makes the fullest emptier."""
        mine = [one for one in members if one.usable and not one.late and one.pool == pool]
        if len(mine) < 2:
            return
        share: Callable[[Member], float] = lambda one: loads[id(one)] / one.capacity  # noqa: E731
        for _move in range(MOST_MOVES):
            full, empty = max(mine, key=share), min(mine, key=share)
            if share(full) - share(empty) <= share(full) * UNEVEN:
                return
            # What moves must leave the other below where this one was.
            fits = [
                one
                for one in streams
                if one.home is full
                and one.pool == pool
                and (loads[id(empty)] + self._rate(one)) / empty.capacity < share(full)
                and any(empty is choice for choice in _choices(one, mine, policy))
            ]
            if not fits:
                return
            best = min(
                fits,
                key=lambda one: abs(
                    (loads[id(full)] - self._rate(one)) / full.capacity
                    - (loads[id(empty)] + self._rate(one)) / empty.capacity
                ),
            )
            loads[id(full)] -= self._rate(best)
            loads[id(empty)] += self._rate(best)
            best.home = empty


def _choices(stream: StreamRecorder, members: Iterable[Member], policy: StorePolicy) -> list[Member]:
    """Give the members that a stream may go to now: of its pool; else of pools that take others'; else late ones.

    A pool that is full by its own rules has decided that recording stops: its streams do not spill.
    """
    members = list(members)
    if stream.twin is not None:
        # A second copy beside the first would be none, and the first has the better right to other pools.
        apart = [one for one in members if one.usable and one.pool == stream.pool and one is not stream.twin.home]
        return [one for one in apart if not one.late] or apart
    own = [one for one in members if one.usable and one.pool == stream.pool]
    if not own and any(one.full and one.pool == stream.pool for one in members):
        return []
    spill = [one for one in members if one.usable and one.pool != stream.pool and policy.pool(one.pool).takes_spill]
    for some in (own, spill):
        prompt = [one for one in some if not one.late]
        if prompt:
            return prompt
    return own or spill

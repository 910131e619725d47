"""What somebody may do: the areas of the recorder, and the channels for each thing that is done with channels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from recorder.settings.scope import PER_CHANNEL, Permission

MOST_CHANNELS = 128
EVERY = frozenset(range(1, MOST_CHANNELS + 1))
"""All channels, those that are added later too."""
AREAS = tuple(one for one in Permission if one not in PER_CHANNEL)


@dataclass(frozen=True)
class Rights:
    """`areas` are those permissions that are no channels'; `channels` are kept for each of `PER_CHANNEL`."""

    areas: frozenset[Permission] = frozenset()
    channels: Mapping[Permission, frozenset[int]] = field(default_factory=dict[Permission, frozenset[int]])

    def on(self, permission: Permission) -> frozenset[int]:
        """The channels on which something may be done."""
        return self.channels.get(permission, frozenset())

    @cached_property
    def known(self) -> frozenset[int]:
        """The channels on which anything may be done: no others exist for whoever has these rights."""
        return frozenset().union(*(self.on(one) for one in PER_CHANNEL))

    def allow(self, permission: Permission) -> bool:
        """Whether something is allowed, on one channel at least where it is a channel's."""
        return bool(self.on(permission)) if permission in PER_CHANNEL else permission in self.areas

    def within(self, other: "Rights") -> "Rights":
        """Give what both have."""
        return Rights(self.areas & other.areas, {one: self.on(one) & other.on(one) for one in PER_CHANNEL})

    def joined(self, other: "Rights") -> "Rights":
        """Give what either has."""
        return Rights(self.areas | other.areas, {one: self.on(one) | other.on(one) for one in PER_CHANNEL})

    def without(self, areas: Iterable[Permission]) -> "Rights":
        """Give these rights, some areas left out."""
        return Rights(self.areas - frozenset(areas), self.channels)

    def cover(self, other: "Rights") -> bool:
        """Whether all that another has is in these."""
        return other.areas <= self.areas and all(other.on(one) <= self.on(one) for one in PER_CHANNEL)


FULL = Rights(frozenset(AREAS), dict.fromkeys(PER_CHANNEL, EVERY))
NONE = Rights()

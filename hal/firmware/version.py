"""Versions of firmware, ordered as semver.org orders them."""

import re
from dataclasses import dataclass
from functools import total_ordering

_FORM = re.compile(
    r"([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?(?:-([0-9A-Za-z.-]{1,64}))?(?:\+[0-9A-Za-z.-]{1,64})?"
)


@total_ordering
@dataclass(frozen=True)
class Version:
    """Three numbers, and what comes before a release (`1.4.0-rc1` is older than `1.4.0`). What follows `+` is not kept.

    `Version.parse` raises ValueError.
    """

    numbers: tuple[int, int, int]
    before: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Read one; numbers that are left out are 0."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(text)
        major, minor, patch, before = found.groups()
        parts = tuple(before.split(".")) if before else ()
        return cls((int(major), int(minor or 0), int(patch or 0)), parts)

    def __lt__(self, other: "Version") -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[object, ...]:
        parts = tuple((0, int(one), "") if one.isdecimal() else (1, 0, one) for one in self.before)
        return self.numbers, not self.before, parts

"""One channel's row on the timeline: recorded spans become runs of pixels in the colour of their type (D-PLAY-08)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby
from math import ceil, floor
from typing import NamedTuple

from gui.playback.window import HOUR_US, Window
from gui.toolkit.theme import RECORD_TYPES, Colour
from gui.wall.moments import local
from recorder.client.clock import SECOND_US
from recorder.client.words import _

RESTART_US = 3_000_000
"""So soon after its beginning a recording is not gone back to, but the one before it."""


class Stretch(NamedTuple):
    """A recorded stretch of one channel as the reader cuts it: UTC in µs, and its record type."""

    start_us: int
    end_us: int
    type: str = "general"


class Run(NamedTuple):
    """So many pixels of one kind, from `x`."""

    x: int
    width: int
    kind: str


@dataclass(frozen=True)
class Kind:
    """How a record type looks: its name in the legend and a colour told apart by light as well as by hue."""

    title: str
    colour: Colour


# In order of weight: where several fall on one pixel the last wins, so that a second of alarm is never hidden by an
# hour of general recording. Hues are those of the reference.
KINDS: dict[str, Kind] = {
    "general": Kind(_("General"), RECORD_TYPES["general"]),
    "motion": Kind(_("Motion"), RECORD_TYPES["motion"]),
    "pos": Kind(_("Cash register"), RECORD_TYPES["pos"]),
    "intelligent": Kind(_("Intelligent"), RECORD_TYPES["intelligent"]),
    "alarm": Kind(_("Alarm"), RECORD_TYPES["alarm"]),
}
_SHOWN_AS = {"motion&alarm": "alarm"}
_WEIGHTS = {name: weight for weight, name in enumerate(KINDS, 1)}
_NAMES = ("", *KINDS)


def kind_of(record_type: str) -> str:
    """Give the kind that stands for a record type; an unknown one of a later version shows as general."""
    shown = _SHOWN_AS.get(record_type, record_type)
    return shown if shown in KINDS else "general"


def runs(stretches: Iterable[Stretch], window: Window, width: int) -> list[Run]:
    """Turn stretches into runs of pixels, left to right, never overlapping, none narrower than a pixel.

    Every stretch in the window shows at least one pixel; work is bounded by the stretches and the width, and the
    result by the width alone.
    """
    if width <= 0:
        return []
    pixels = bytearray(width)
    for start_us, end_us, record_type in stretches:
        if end_us <= window.start_us or start_us >= window.end_us or end_us <= start_us:
            continue
        left = min(max(0, floor(window.x(start_us, width))), width - 1)
        right = min(max(left + 1, ceil(window.x(end_us, width))), width)
        weight = _WEIGHTS[kind_of(record_type)]
        covered = pixels[left:right]
        if max(covered) == 0 or min(covered) == max(covered) < weight:
            pixels[left:right] = bytes((weight,)) * (right - left)
        else:
            pixels[left:right] = bytes(max(one, weight) for one in covered)
    found: list[Run] = []
    x = 0
    for weight, same in groupby(pixels):
        length = sum(1 for _one in same)
        if weight:
            found.append(Run(x, length, _NAMES[weight]))
        x += length
    return found


def footage_at(stretches: Iterable[Stretch], at_us: int) -> bool:
    """Say whether there is a recording of this moment."""
    return any(start <= at_us < end for start, end, _type in stretches)


def length_within(stretches: Iterable[Stretch], start_us: int, end_us: int) -> int:
    """Say how much is recorded between two times."""
    return sum(max(0, min(end, end_us) - max(start, start_us)) for start, end, _type in stretches)


def next_footage(stretches: Iterable[Stretch], at_us: int) -> int | None:
    """Give the moment itself where it is recorded, else the next that is (D-PLAY-08.1), else None."""
    ahead = [max(start, at_us) for start, end, _type in stretches if end > at_us]
    return min(ahead, default=None)


def footage_before(stretches: Iterable[Stretch], at_us: int) -> int | None:
    """Give the moment itself where it is recorded, else the last before it that is, else None."""
    behind = [min(end - 1, at_us) for start, end, _type in stretches if start <= at_us]
    return max(behind, default=None)


def next_recording(stretches: Iterable[Stretch], at_us: int, zone: tzinfo) -> int | None:
    """Give where the next recording begins after a moment, and a long one anew at every full hour (D-IR-05)."""
    offset_us = _offset_us(at_us, zone)
    begins = [begin for start, end, _type in stretches for begin in _begins(start, end, offset_us) if begin > at_us]
    return min(begins, default=None)


def previous_recording(stretches: Iterable[Stretch], at_us: int, zone: tzinfo) -> int | None:
    """Give where the recording before that of a moment begins, in the same way (D-IR-06)."""
    offset_us = _offset_us(at_us, zone)
    every = {begin for start, end, _type in stretches for begin in _begins(start, end, offset_us)}
    begins = sorted(one for one in every if one <= at_us)
    # The one that is shown began just now or a while ago: after a few seconds it is meant itself, as on any player.
    if begins and at_us - begins[-1] < RESTART_US:
        begins.pop()
    return begins[-1] if begins else None


def _begins(start_us: int, end_us: int, offset_us: int) -> Iterable[int]:
    """Where it begins, and the full hours within it by the clock on the wall: in India those are at half past."""
    first_us = start_us - (start_us + offset_us) % HOUR_US + HOUR_US
    return (start_us, *range(first_us, end_us, HOUR_US))


def _offset_us(at_us: int, zone: tzinfo) -> int:
    found = local(at_us, zone).utcoffset()
    return round(found.total_seconds()) * SECOND_US if found is not None else 0

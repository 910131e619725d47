"""Stretches of recorded time: footage, holes, motion, pictures."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A stretch of footage of one record type."""

    start_us: int
    end_us: int
    type: str
    bytes: int = 0
    frames: str = "all"
    """Which pictures there are: `all`, or key frames alone: `keys` as nothing happened, `thinned` as it grew old."""


@dataclass(frozen=True)
class Gap:
    """A hole in what was due, and why."""

    start_us: int
    end_us: int
    reason: str


@dataclass(frozen=True)
class Moved:
    """A stretch in which something moved, or in which pictures were looked at."""

    start_us: int
    end_us: int


@dataclass(frozen=True)
class MotionFound:
    """The answer to a search for motion. Outside of `analysed` nobody knows whether something moved."""

    moved: tuple[Moved, ...]
    analysed: tuple[Moved, ...]


@dataclass(frozen=True)
class Picture:
    """A recorded picture: when it was taken, its size, and the file that was saved of it, if one was."""

    at_us: int
    bytes: int
    path: str = ""

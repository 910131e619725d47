"""What is said on `detect.sock`: which channels to look at, and what is seen on them (docs/design/detection.md)."""

from dataclasses import dataclass
from enum import StrEnum

from recorder.client.stream import StreamName


class Tampering(StrEnum):
    """What was done to a camera."""

    NONE = ""
    ONE_COLOUR = "one_colour"
    """The whole picture has one colour: painted over, or the sensor is dead."""
    COVERED = "covered"
    """Nearly nothing can be made out any more."""
    OUT_OF_FOCUS = "out_of_focus"
    """Light and shade are where they were, and every edge is gone."""


@dataclass(frozen=True)
class Region:
    """Where motion counts, as soon as `threshold` per cent of its `cells` move (`recorder.client.grid.to_text`)."""

    number: int
    cells: str
    sensitivity: int
    threshold: int


@dataclass(frozen=True)
class Watched:
    """A channel to be looked at. Where something moves is stored whether or not there are regions."""

    channel: int
    stream: StreamName
    regions: tuple[Region, ...] = ()
    turning: bool = False
    """The camera is being turned: what it sees is no scene until it rests."""
    listening: bool = False
    """Whether its sound is to be listened to."""


@dataclass(frozen=True)
class Watch:
    """Client: look at these channels and no others; answered with `Seen`, and again at every change."""

    channels: tuple[Watched, ...] = ()
    op: str = "watch"


@dataclass(frozen=True)
class SoundSeen:
    """How loud a channel is, in dB of full scale: 0 is the loudest there can be, -96 digital silence."""

    there: bool = False
    """Whether the camera sends sound."""
    waiting: bool = False
    """It was asked for a moment ago."""
    level_db: float = -96.0
    """The power of the last second."""
    peak_db: float = -96.0
    """The loudest tenth of a second of the last two seconds."""
    usual_db: float | None = None
    """The mean over half a minute; None until that is known."""


@dataclass(frozen=True)
class ChannelSeen:
    """How a channel is. Times are UTC in microseconds."""

    channel: int
    looking: bool = False
    """Pictures come and are looked at."""
    per_s: float = 0.0
    """How many in a second, over the last seconds."""
    keys_only: bool = False
    """Key frames alone, because the processor has better things to do, or there is no sub stream."""
    moving: tuple[int, ...] = ()
    """The numbers of the regions in which something moves."""
    tampering: Tampering = Tampering.NONE
    changed_us: int = 0
    """When the scene was last seen to be another one; 0: never."""
    sound: SoundSeen | None = None
    """None where nobody listens."""


@dataclass(frozen=True)
class Seen:
    """detect: how all channels are; at every change, and once a second."""

    channels: tuple[ChannelSeen, ...]
    op: str = "seen"

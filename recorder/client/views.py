"""What is said on `decode.sock`: views, playback sessions and stills (docs/design/processes.md)."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum

from recorder.client.stream import StreamName


class PictureFlag(IntFlag):
    """What is to be known of a published picture."""

    NONE = 0
    PREVIEW = 1
    """The key picture of a seek that is still under way; the exact one follows."""
    EMPTY = 2
    """Black, because the channel has no footage at this time."""


class Colours(IntEnum):
    """What the bytes of a published picture are: pixels, or planes (4:2:0) and what these mean."""

    PIXELS = 0
    """BGRX, or luma alone."""
    BT601 = 1
    """Planes of ITU-R BT.601-7 in the limited range (luma 16 to 235)."""
    BT709 = 2
    """Planes of ITU-R BT.709-6 in the limited range."""
    JPEG = 3
    """Planes of BT.601 in the full range (ITU-T T.871)."""


class View(StrEnum):
    """What a view shows."""

    WAITING = "waiting"
    """No picture yet, or none at this time; `reason` says why."""
    SHOWING = "showing"
    KEYS_ONLY = "keys_only"
    """The processor cannot keep up: some pictures are left out, from key frame to key frame."""
    UNDECODABLE = "undecodable"
    """`reason` says why; tried again with each key frame."""


class PlayState(StrEnum):
    """What a playback session does."""

    SEEKING = "seeking"
    PLAYING = "playing"
    STANDING = "standing"
    WAITING = "waiting"
    """No footage arrives though there may be more; the position stands until it does."""
    ENDED = "ended"
    """No footage further on in this direction; stands at the last picture."""


@dataclass(frozen=True)
class Part:
    """A part of a picture, in shares of its width and its height from the upper left corner: all within 0 to 1."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class ShowView:
    """Client: show a stream live; with a known `id`, change its size, its stream or its part.

    `grey` asks for luma alone, one byte a pixel. With `per_s` above 0 nobody waits for these pictures: at most so many
    come in a second, and key frames alone where the processor has better things to do, which the state then says.
    `planes` says that planes can be read, three eighths of the bytes, where the colours of a picture allow it. With a
    `part` that alone is shown, at the size of the view, out of the picture as it was decoded; not with `grey`.
    """

    id: int
    channel: int
    stream: StreamName
    width: int
    height: int
    grant: str = ""
    grey: bool = False
    per_s: float = 0.0
    planes: bool = False
    part: Part | None = None
    op: str = "view"


@dataclass(frozen=True)
class CloseView:
    """Client: no more of a view."""

    id: int
    op: str = "close"


@dataclass(frozen=True)
class PlayView:
    """One view of a playback session; `id` is from the same numbers as those of live views, `part` as of these."""

    id: int
    channel: int
    stream: StreamName
    width: int
    height: int
    part: Part | None = None


@dataclass(frozen=True)
class PlayOpen:
    """Client: play recorded time, standing at `at_us` (UTC); with a known `session`, change its views."""

    session: int
    views: tuple[PlayView, ...]
    at_us: int
    grant: str = ""
    op: str = "play_open"


@dataclass(frozen=True)
class PlaySeek:
    """Client: go to a time; what ran runs on from there."""

    session: int
    at_us: int
    op: str = "play_seek"


@dataclass(frozen=True)
class PlaySpeed:
    """Client: 0 stands, 1 is real time, negative goes back; up to 16, from 8 on key frames only."""

    session: int
    speed: float
    op: str = "play_speed"


@dataclass(frozen=True)
class PlayStep:
    """Client: so many frames on, or back when negative, then stand."""

    session: int
    frames: int
    op: str = "play_step"


@dataclass(frozen=True)
class PlayClose:
    """Client: the session ends, with its views."""

    session: int
    op: str = "play_close"


@dataclass(frozen=True)
class StillRequest:
    """Client: one picture, live when `at_us` is None; `width` 0 is that of the stream, `quality` 1 to 6 (the best)."""

    id: int
    channel: int
    stream: StreamName
    at_us: int | None = None
    width: int = 0
    grant: str = ""
    quality: int = 5
    op: str = "still"


@dataclass(frozen=True)
class StillAnswer:
    """decode: the picture asked for; `at_us` is when it was taken (UTC)."""

    id: int
    at_us: int
    jpeg: bytes
    op: str = "still"


@dataclass(frozen=True)
class Listen:
    """Client: say how loud the sound of a live stream is, twice a second, until `Deaf`."""

    id: int
    channel: int
    stream: StreamName
    grant: str = ""
    op: str = "listen"


@dataclass(frozen=True)
class Deaf:
    """Client: listen no more."""

    id: int
    op: str = "deaf"


@dataclass(frozen=True)
class Heard:
    """decode: how loud half a second was, in dB of full scale; not `there` where the stream has no sound."""

    id: int
    at_us: int
    there: bool = True
    level_db: float = 0.0
    peak_db: float = 0.0
    """The loudest tenth of a second."""
    op: str = "heard"


@dataclass(frozen=True)
class SurfaceMessage:
    """decode: the memory of a view; its descriptor travels with this message."""

    id: int
    width: int
    height: int
    stride: int
    slots: int
    slot_bytes: int
    pixel_bytes: int = 4
    op: str = "surface"


@dataclass(frozen=True)
class ViewState:
    """decode: how one view is. `codec`, `width` and `height` are those of the stream, not of the view."""

    id: int
    state: View
    reason: str = ""
    codec: str = ""
    width: int = 0
    height: int = 0
    op: str = "view_state"


@dataclass(frozen=True)
class Position:
    """decode: where a session is. `skipped_us` is the hole in the footage that was just jumped over."""

    session: int
    at_us: int
    speed: float
    state: PlayState
    skipped_us: int = 0
    op: str = "position"

"""How each part of the recorder says how it is: the messages that media, reader and control give about themselves."""

from dataclasses import dataclass, field
from enum import StrEnum

from recorder.client.stream import StreamName


class StreamState(StrEnum):
    """Where the connection to one stream of a camera stands. `gui.wall` has a sentence and an action for each."""

    OFF = "off"
    """Not wanted: the channel is disabled or has no such stream."""
    CONNECTING = "connecting"
    PLAYING = "playing"
    """Samples arrive."""
    STALLED = "stalled"
    """Connected, and no sample for 5 s; soon reconnected, or, where packets arrive, waiting for a key frame.
    Also where the camera answers that it has no room or no picture."""
    UNREACHABLE = "unreachable"
    """No answer, refused, no route, name unknown, or closed by the camera."""
    WRONG_PASSWORD = "wrong_password"  # noqa: S105
    """Refused twice; not tried again until user or password change."""
    NOT_FOUND = "not_found"
    """The camera has no stream of this name (RTSP 404)."""
    UNSUPPORTED = "unsupported"
    """Nothing in it that we can record."""
    CERTIFICATE_CHANGED = "certificate_changed"
    """It shows another TLS certificate than the one that was trusted; nothing is said to it until that is accepted."""
    FAULTY = "faulty"
    """What it sends is not RTSP, SDP or RTP as we understand it."""


@dataclass(frozen=True)
class StreamStatus:
    """One stream of one channel, as media sees it. Rates are averages of the last 5 s."""

    channel: int
    stream: StreamName
    state: StreamState = StreamState.OFF
    since_us: int = 0
    """When this state began (UTC)."""
    reason: str = ""
    """Technical detail for the log and the channel page; never a secret."""
    tries: int = 0
    next_try_us: int | None = None
    codec: str = ""
    width: int = 0
    height: int = 0
    frames_per_s: float = 0.0
    bits_per_s: int = 0
    packets: int = 0
    lost_packets: int = 0
    damaged_samples: int = 0
    malformed: int = 0
    """Packets and messages that could not be parsed."""
    recording: bool = False
    ring_bytes: int = 0
    transport: str = ""
    clock_off_us: int | None = None
    """How far the camera's own clock is ahead of ours, by its sender reports; negative: behind. None: it tells none."""
    certificate: str = ""
    """What its camera showed last, trusted or not: SHA-256 in hexadecimal; "" where it never spoke TLS."""


class DiskState(StrEnum):
    """What a recording disk can do now."""

    WRITABLE = "writable"
    FULL = "full"
    """Policy "stop when full", and every block is in use."""
    SLOW = "slow"
    """It answers too late; its streams go elsewhere until it does not."""
    READ_ONLY = "read_only"
    """Its footage can be played; nothing is written to it."""
    FAILED = "failed"
    MISSING = "missing"


class DiskDoubt(StrEnum):
    """Why nothing is written to a disk until its owner says what it is (`nightjar store adopt`)."""

    NONE = ""
    FOREIGN = "foreign"
    """Another recorder wrote to it last."""
    STALE = "stale"
    """An older state of a disk of this recorder: a copy, or restored from one."""
    CLONE = "clone"
    """There is another disk with the same id."""


@dataclass(frozen=True)
class DiskStatus:
    """One recording disk."""

    name: str
    id: str
    state: DiskState
    since_us: int
    reason: str
    total_bytes: int
    used_bytes: int
    oldest_us: int | None = None
    write_bytes_per_s: int = 0
    buffered_bytes: int = 0
    pool: int = 1
    set_aside: bool = False
    """It is only read because its owner wants it so: no fault."""
    place: str = ""
    """The name of its directory, by which two disks of one id are told apart."""
    doubt: DiskDoubt = DiskDoubt.NONE
    rebuilt: int | None = None
    """While its catalog is made anew from its blocks: per cent done."""


class PoolState(StrEnum):
    """How a pool stands."""

    RECORDING = "recording"
    NEARLY_FULL = "nearly_full"
    """Past its high-water mark, and none of its footage may be overwritten yet."""
    FULL = "full"
    """None of its disks takes footage: every block is in use and must stay."""
    OUT = "out"
    """None of its disks can be written."""
    EMPTY = "empty"
    """It has no disks."""


@dataclass(frozen=True)
class PoolStatus:
    """One pool with disks or streams. Bytes are of the disks that are there."""

    number: int
    name: str
    state: PoolState
    total_bytes: int
    used_bytes: int
    oldest_us: int | None = None
    write_bytes_per_s: int = 0
    days: float | None = None
    """How many days of footage fit at the present rate; None while nothing is written."""


@dataclass(frozen=True)
class FootageStatus:
    """What there is of one stream on the disks that are there; `oldest_us` is where it begins (UTC)."""

    channel: int
    stream: StreamName
    oldest_us: int


@dataclass(frozen=True)
class MediaStatus:
    """All that media tells: pushed once a second and at every change of a state (op `status`)."""

    time_us: int
    plan_revision: int
    streams: tuple[StreamStatus, ...] = ()
    disks: tuple[DiskStatus, ...] = ()
    names: dict[int, str] = field(default_factory=dict[int, str])
    """Channel numbers and names of the plan, so that the wall shows live without control."""
    control_silent_since_us: int | None = None
    pools: tuple[PoolStatus, ...] = ()
    footage: tuple[FootageStatus, ...] = ()
    op: str = "status"

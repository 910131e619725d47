"""The plan: what media pulls from cameras and what it records when, dated for 14 days, so that it needs no control."""

import os
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import msgspec

from recorder.client.clock import SECOND_US
from recorder.client.errors import UNREADABLE, NightjarError
from recorder.client.instance import file_mode
from recorder.client.recording import RecordType
from recorder.client.stream import StreamKey, StreamName
from recorder.client.words import _
from recorder.store.policy import MOST_POOLS

PLAN_FILE = "plan.json"
DAYS_AHEAD = 14
LARGEST_PLAN = 8 << 20
LAST_CHANNEL = 9999
LONGEST_PRE_S = 300
DAY_US = 86_400 * SECOND_US


class DamagedPlan(NightjarError):
    """The plan on disk or in a message is not a plan."""

    status = 422
    words = _("The recording plan cannot be read ({problem}). The recorder waits for a new one.")


class Transport(StrEnum):
    """How RTP is carried; `auto` is TCP, and UDP where the camera refuses that."""

    AUTO = "auto"
    TCP = "tcp"
    UDP = "udp"
    MULTICAST = "multicast"


class FullPolicy(StrEnum):
    """What happens when every block is in use."""

    OVERWRITE = "overwrite"
    STOP = "stop"


@dataclass(frozen=True)
class StreamPlan:
    """Where one stream of a camera is pulled from. `password` is sealed (`recorder.sealing`).

    `certificate` is the SHA-256 of a certificate that the owner accepted in place of the one known before, or "".
    """

    stream: StreamName
    url: str
    user: str = ""
    password: str = ""
    transport: Transport = Transport.TCP
    certificate: str = ""


@dataclass(frozen=True)
class Due:
    """A stretch of UTC in which a channel is to be recorded: [start_us, end_us).

    `type` general is recorded throughout; every other type only where a mark says so, from `pre_s` before it.
    """

    start_us: int
    end_us: int
    type: RecordType = RecordType.GENERAL
    streams: tuple[StreamName, ...] = (StreamName.MAIN,)
    pre_s: int = 5
    keys_between: bool = False
    """Where marks decide: key frames are recorded between them (V-REC-07)."""


@dataclass(frozen=True)
class ChannelStorage:
    """Where the streams of a channel are recorded, and how much they may take."""

    main_pool: int = 1
    sub_pool: int = 1
    picture_pool: int = 1
    mirror_pool: int = 0
    """Holds a second copy of the video; 0: none."""
    quota_bytes: int | None = None
    quota_days: int | None = None
    thin_days: int = 0
    """From this age on key frames alone are kept; 0: as the pool says."""
    priority: int = 5
    """1 to 9; the lowest is shed first (S9)."""

    def pool(self, stream: StreamName) -> int:
        """Give the pool of a stream."""
        match stream:
            case StreamName.MAIN:
                return self.main_pool
            case StreamName.PICTURE:
                return self.picture_pool
            case _:
                return self.sub_pool


@dataclass(frozen=True)
class ChannelPlan:
    """One channel: what to pull, when to record it, and where."""

    number: int
    name: str
    streams: tuple[StreamPlan, ...] = ()
    record: tuple[Due, ...] = ()
    storage: ChannelStorage = ChannelStorage()

    def stream(self, name: StreamName) -> StreamPlan | None:
        """Give the plan of one stream, or None where the channel has no such stream."""
        return next((one for one in self.streams if one.stream == name), None)


@dataclass(frozen=True)
class PoolPlan:
    """The rules of one pool; as `recorder.store.policy.PoolPolicy`."""

    number: int
    name: str = ""
    full_policy: FullPolicy = FullPolicy.OVERWRITE
    expiry_days: int | None = None
    least_days: int = 0
    lock_percent: int = 25
    start_percent: int = 100
    takes_spill: bool = True
    encrypted: bool = False
    thin_days: int = 0


@dataclass(frozen=True)
class DiskPlan:
    """What the disk of this id is for."""

    id: str
    pool: int = 1
    read_only: bool = False


@dataclass(frozen=True)
class StoragePlan:
    """What the disks do when full, and how old footage may grow (None: as old as room allows).

    `pools` and `disks` name those with rules of their own.
    """

    full_policy: FullPolicy = FullPolicy.OVERWRITE
    expiry_days: int | None = None
    pools: tuple[PoolPlan, ...] = ()
    disks: tuple[DiskPlan, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All that media needs to know. `revision` counts up; control makes a new one at every change and every day."""

    revision: int = 0
    made_us: int = 0
    channels: tuple[ChannelPlan, ...] = ()
    storage: StoragePlan = StoragePlan()

    def channel(self, number: int) -> ChannelPlan | None:
        """Give a channel by its number."""
        return next((one for one in self.channels if one.number == number), None)

    def is_dated_for(self, now_us: int) -> bool:
        """Whether the plan speaks of this time: it was made before, and no more than its days ago.

        It does not where our clock starts in 1970 and nobody has set it yet, or where nobody made a new one for weeks.
        """
        return not self.made_us or self.made_us - SECOND_US <= now_us < self.made_us + DAYS_AHEAD * DAY_US

    def throughout(self, now_us: int) -> "Plan":
        """Give the plan for a time it is not dated for: what is ever recorded is recorded all the time.

        What was over when it was made stays: it says when that ended.
        """
        until_us = now_us + DAYS_AHEAD * DAY_US

        def always(channel: ChannelPlan) -> ChannelPlan:
            ahead = [due for due in channel.record if due.end_us > self.made_us]
            streams = tuple(dict.fromkeys(stream for due in ahead for stream in due.streams))
            pre_s = max((due.pre_s for due in ahead), default=0)
            due = (Due(now_us, until_us, RecordType.GENERAL, streams, pre_s),) if streams else ()
            over = tuple(one for one in channel.record if one.end_us <= self.made_us)
            return replace(channel, record=(*over, *due))

        return replace(self, channels=tuple(always(one) for one in self.channels))

    def keys(self) -> dict[StreamKey, StreamPlan]:
        """Give all streams of all channels."""
        return {StreamKey(channel.number, one.stream): one for channel in self.channels for one in channel.streams}


def load(path: Path) -> Plan:
    """Read the plan that was saved last; an empty one where there is none yet. Raises `DamagedPlan`."""
    try:
        if path.stat().st_size > LARGEST_PLAN:
            raise DamagedPlan(problem=_("it is too large"))
        data = path.read_bytes()
    except FileNotFoundError:
        return Plan()
    except OSError as error:
        raise DamagedPlan(problem=error.strerror) from error
    return parse(data)


def parse(data: bytes) -> Plan:
    """Read the JSON of a plan; raises `DamagedPlan`."""
    try:
        return _checked(msgspec.json.decode(data, type=Plan))
    except UNREADABLE as error:
        raise DamagedPlan(problem=str(error)) from error


def convert(message: object) -> Plan:
    """Read a plan that came as a decoded message; raises `DamagedPlan`."""
    try:
        return _checked(msgspec.convert(message, type=Plan))
    except msgspec.ValidationError as error:
        raise DamagedPlan(problem=str(error)) from error


def _checked(plan: Plan) -> Plan:
    numbers = [channel.number for channel in plan.channels]
    if len(set(numbers)) != len(numbers) or any(not 1 <= number <= LAST_CHANNEL for number in numbers):
        raise DamagedPlan(problem=_("a channel number is doubled or out of range"))
    pools = [one.number for one in plan.storage.pools] + [one.pool for one in plan.storage.disks]
    if any(not 1 <= number <= MOST_POOLS for number in pools):
        raise DamagedPlan(problem=_("a pool number is out of range"))
    for channel in plan.channels:
        names = [one.stream for one in channel.streams]
        if len(set(names)) != len(names):
            raise DamagedPlan(problem=_("a stream of a channel is doubled"))
        places = channel.storage
        if not all(1 <= one <= MOST_POOLS for one in (places.main_pool, places.sub_pool, places.picture_pool)):
            raise DamagedPlan(problem=_("a pool number is out of range"))
        if any(due.end_us <= due.start_us or not 0 <= due.pre_s <= LONGEST_PRE_S for due in channel.record):
            raise DamagedPlan(problem=_("a due interval ends before it begins, or records too long before an event"))
    return plan


def save(plan: Plan, path: Path) -> None:
    """Replace the saved plan so that a power cut leaves the old or the new one, whole."""
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, file_mode(fresh.parent))
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(plan))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

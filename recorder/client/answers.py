"""What the API answers: one definition for control, the screen, the command line and the OpenAPI.

Times are UTC in microseconds. Secrets are never in an answer.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from recorder.client.happened import ScreenMessage
from recorder.client.status import MediaStatus, StreamStatus
from recorder.client.stream import StreamName
from recorder.client.tone import Tone

MASK = "\u2022" * 8
"""Stands in answers where a secret is set; sent back, it leaves the secret as it is."""


@dataclass(frozen=True)
class SetupState:
    """Whether the administrator's password is still to be set, and whether this caller needs the set-up code for it."""

    needs_setup: bool
    code_needed: bool


@dataclass(frozen=True)
class Reset:
    """Somebody's password was reset by `code` or by `answers`, from a place such as `screen:screen`."""

    id: int
    user: str
    way: str
    source: str
    at_us: int


@dataclass(frozen=True)
class Session:
    """A login. `token` is given once, at login; it is empty in later answers."""

    user: str
    role: str
    expires_us: int
    token: str = ""
    must_change: bool = False
    """Nothing is allowed before the user has set a password of his own."""
    may: tuple[str, ...] = ()
    """What is allowed, on one channel at least where it is a channel's; `Channel.may` says on which."""
    resets: tuple[Reset, ...] = ()
    """Passwords that were reset, until the user says that he has seen it."""
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)
    """Told once, with the first password."""


@dataclass(frozen=True)
class ProcessInfo:
    """One process of the recorder, as its supervisor knows it."""

    pid: int
    since_us: int
    restarts: int = 0


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more happens."""
        return self in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


class BayTask(StrEnum):
    """What is done with the disk in a bay and takes a while."""

    PREPARE = "prepare"
    """All on it is lost; then it records."""
    RELEASE = "release"
    """Its files are closed, then it can be pulled."""


@dataclass(frozen=True)
class BayJob:
    """Work at a bay, under way or over; `words` say what is done now, or what went wrong."""

    work: BayTask
    state: JobState
    percent: float = 0.0
    words: str = ""


@dataclass(frozen=True)
class BayStatus:
    """One bay, the disk in it, and what is wrong with either. None: the drive does not tell."""

    name: str
    occupied: bool
    place: str = ""
    """The recording disk that is here, or is missing from here: the name of its directory."""
    disk: str = ""
    """The kernel's name of it now; destructive requests name it together with its serial number."""
    model: str = ""
    serial: str = ""
    capacity_bytes: int = 0
    verdict: str = "unknown"
    """What to think of the drive: `unknown`, `good`, `watch`, `replace` or `failed`."""
    words: str = ""
    temperature_c: int | None = None
    power_on_h: int | None = None
    fault: str = ""
    """Why the light of the bay is on; empty while it is not."""
    technology: str = "hdd"
    """What the disk is made of: `hdd`, `ssd` or `nvme`."""
    firmware: str = ""
    worn_percent: int | None = None
    """How much is used up of what its flash is made for."""
    year_bytes: int | None = None
    """What it moves in a year, and what it may as its maker says."""
    year_rating_bytes: int | None = None
    standby: bool = False
    """It rests; the figures are from before."""
    self_test: str = "none"
    """How the last self-test ended: `none`, `running`, `passed`, `failed` or `stopped`."""
    self_test_percent: int = 0
    system: bool = False
    """The recorder itself starts from it."""
    array: str = ""
    """The array that its disk belongs to."""
    light: bool = False
    """The bay has a light that can show which one it is; `located`: it does."""
    located: bool = False
    job: BayJob | None = None
    """What is done with the disk, or was done last."""


@dataclass(frozen=True)
class ArrayMember:
    """A disk of an array: the bay it sits in (the kernel's name where it sits in none), and what it does there."""

    bay: str
    role: str
    """`active`, `rebuilding`, `spare` or `failed`."""


@dataclass(frozen=True)
class ArrayStatus:
    """Disks that stand for each other."""

    name: str
    """The kernel's name of it now."""
    title: str
    level: str
    """`raid0`, `raid1`, `raid5`, `raid6` or `raid10`."""
    health: str
    """`good`, `degraded`, `rebuilding`, `verifying` or `failed`."""
    capacity_bytes: int
    disks_wanted: int
    members: tuple[ArrayMember, ...] = ()
    progress_percent: float | None = None
    bytes_per_s: int = 0
    pace: str = "adaptive"
    """Who goes first while it is rebuilt: `adaptive`, `sync_first`, `recording_first` or `balanced`."""
    mismatches: int = 0
    """Places where the copies differed at the last verifying."""
    place: str = ""
    """The recording disk that it is."""


@dataclass(frozen=True)
class SeatStatus:
    """The camera of a channel at one of the recorder's own ports: where it is, and how far it came."""

    channel: int
    seat: int
    port: int
    """Where it is plugged in now; the port of its number while it was never seen."""
    watts: float
    address: str
    """What it took; empty before."""
    words: str
    """All that is known, for people: `4.2 W · 10.1.1.13`."""


@dataclass(frozen=True)
class StickStatus:
    """A USB stick that is in one of the recorder's ports, and can be written or at least read."""

    port: str
    label: str
    place: str
    """The folder where its files are."""
    capacity_bytes: int
    free_bytes: int
    read_only: bool = False
    writing: bool = False
    """It can be written now: who pulls it out may lose what is not on it yet."""


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong with the machine: of which device (and which port or array of it), since when."""

    kind: str
    """The kind of device, such as `fan` or `poe_supply`."""
    name: str
    part: str
    """The port or the array; empty where it is the device itself."""
    fault: str
    """The stable name of what is wrong, such as `short` or `stalled`."""
    words: str
    """What is wrong and what to do, for people."""
    since_us: int


@dataclass(frozen=True)
class Status:
    """How the recorder is. While media does not answer, `media` is None and `media_silent_since_us` says since when."""

    version: str
    name: str
    time_us: int
    zone: str
    needs_setup: bool
    plan_revision: int
    channels: int
    channels_recording: int
    processes: dict[str, ProcessInfo] = field(default_factory=dict[str, ProcessInfo])
    media: MediaStatus | None = None
    media_silent_since_us: int | None = None
    simulation: bool = False
    """Whether simulated cameras can be tried."""
    date_format: str = "year-month-day"
    """How dates are written: `year-month-day`, `day-month-year` or `month-day-year`."""
    hour_format: str = "24"
    """How hours are counted: `24` or `12`."""
    week_begins: str = "monday"
    """The first day of a week in calendars: `monday`, `saturday` or `sunday`."""
    bays: tuple[BayStatus, ...] = ()
    """The bays of the board, as far as its hardware service answers."""
    arrays: tuple[ArrayStatus, ...] = ()
    seats: tuple[SeatStatus, ...] = ()
    """Channels whose cameras hang at the recorder's own ports, as far as its hardware service answers."""
    sticks: tuple[StickStatus, ...] = ()
    """USB sticks that are in, as far as its hardware service answers."""
    troubles: tuple[Trouble, ...] = ()
    """What is wrong with the machine underneath, the oldest first, as far as its hardware service answers."""
    domes: tuple[int, ...] = ()
    """Channels whose cameras turn (D-PTZ-01)."""
    recorder_number: int = 8
    """What infrared remotes call this recorder (D-IR-02)."""
    messages: tuple[ScreenMessage, ...] = ()
    """What the local screen shows for a moment, the oldest first."""


@dataclass(frozen=True)
class Channel:
    """One channel as it is set up, and its streams as media sees them. Addresses carry no password."""

    number: int
    name: str
    enabled: bool
    url: str
    sub_url: str
    user: str
    password_set: bool
    transport: str
    wall_stream: StreamName
    mode: str
    """How it records: `auto`, `manual` or `off`."""
    revision: int
    streams: tuple[StreamStatus, ...] = ()
    may: tuple[str, ...] = ()
    """What the caller may do with it: `live`, `playback`, `backup`, `ptz`, `audio`."""


@dataclass(frozen=True)
class Credentials:
    """What the one who asks logs in with beside his password, and his ways back in."""

    codes_left: int
    """One-time codes that were not used yet."""
    questions: tuple[str, ...]
    """The names of those that he chose."""


@dataclass(frozen=True)
class RecoveryCodes:
    """One-time codes, told once."""

    codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Question:
    """A question by which somebody may come back in; `name` stands for it."""

    name: str
    words: str


@dataclass(frozen=True)
class ApiKey:
    """A key for a program: what it may of what its user may, until when. `token` is told once, when it is made."""

    id: str
    user: str
    title: str
    may: tuple[str, ...]
    channels: str | tuple[int, ...]
    """`all`, or their numbers."""
    made_us: int
    ends_us: int
    token: str = ""


@dataclass(frozen=True)
class AuditEntry:
    """A row of the audit: who did what and from where; `old` and `new` are JSON, secrets masked."""

    number: int
    at_us: int
    who: str
    source: str
    page: str
    item: str
    field: str
    old: str
    new: str
    chain: str


@dataclass(frozen=True)
class AuditCheck:
    """How the audit stands: how many rows, the chain of the last, and the first row that is not as it was written."""

    rows: int
    chain: str
    broken_at: int | None = None


@dataclass(frozen=True)
class OnlineUser:
    """A session that is on. `source` is the address, or `screen`."""

    id: str
    user: str
    door: str
    source: str
    since_us: int
    own: bool = False
    """It is the one that asks."""


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
class RecoveryKey:
    """The key of an encrypted pool as it is written down: groups of four signs between dashes."""

    pool: int
    key: str = field(repr=False)


@dataclass(frozen=True)
class Picture:
    """A recorded picture: when it was taken, its size, and the file that was saved of it, if one was."""

    at_us: int
    bytes: int
    path: str = ""


class HoldKind(StrEnum):
    """Why a stretch is held."""

    LOCK = "lock"
    EVIDENCE = "evidence"
    EXPORT = "export"


@dataclass(frozen=True)
class Hold:
    """A stretch of a channel that is kept from being overwritten; `stream` None is every stream of it.

    It is over when it was released or has expired (`expires_us` None: never).
    """

    id: str
    channel: int
    stream: StreamName | None
    kind: HoldKind
    start_us: int
    end_us: int
    expires_us: int | None
    made_us: int
    owner: str
    reason: str
    released_us: int | None = None
    released_by: str = ""
    release_reason: str = ""

    def lives(self, now_us: int) -> bool:
        """Whether it keeps footage at this time."""
        return self.released_us is None and (self.expires_us is None or now_us < self.expires_us)


@dataclass(frozen=True)
class Tag:
    """A named mark on a channel's time; a moment has the same start and end."""

    id: str
    channel: int
    stream: StreamName | None
    start_us: int
    end_us: int
    made_us: int
    owner: str
    words: str


class Wholeness(StrEnum):
    """How complete an hour or a day is."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    OVERWRITTEN = "overwritten"
    """What was recorded made room since."""
    NOT_DUE = "not_due"


@dataclass(frozen=True)
class Hour:
    """How much of an hour was due, and what became of it (µs). `due_us` is the sum of the others.

    Hours count from the beginning of the local day; what is still ahead is not due yet.
    """

    start_us: int
    end_us: int
    due_us: int = 0
    recorded_us: int = 0
    overwritten_us: int = 0
    missing_us: dict[str, int] = field(default_factory=dict[str, int])
    """By reason, as in gaps."""

    @property
    def state(self) -> Wholeness:
        """How complete it is: one missing second makes it incomplete."""
        if not self.due_us:
            return Wholeness.NOT_DUE
        if any(self.missing_us.values()):
            return Wholeness.INCOMPLETE
        return Wholeness.OVERWRITTEN if self.overwritten_us else Wholeness.COMPLETE


@dataclass(frozen=True)
class Day(Hour):
    """A local day of a channel; its hours, 23 to 25 of them, where they were asked for."""

    channel: int = 0
    date: str = ""
    """As 2026-11-26."""
    hours: tuple[Hour, ...] = ()


@dataclass(frozen=True)
class ExportJob:
    """One export. `files` are the names written so far, inside `directory`; `words` say what is wrong."""

    id: str
    state: JobState
    channels: tuple[int, ...]
    stream: StreamName
    start_us: int
    end_us: int
    directory: str
    done_us: int = 0
    total_us: int = 0
    bytes: int = 0
    files: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class ActionInfo:
    """A button of a page. `parameters` is a JSON schema, empty where it needs none."""

    name: str
    title: str
    confirm: str = ""
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class PageInfo:
    """One settings page. `path` is where it is read and changed.

    `{channel}` in it stands for the channel's number, `{item}` for the name of an item of a page of scope `list`.
    """

    name: str
    title: str
    area: str
    scope: str
    permission: str
    order: int
    path: str
    actions: tuple[ActionInfo, ...] = ()
    removable: bool = False
    """Its items can be taken away."""


@dataclass(frozen=True)
class PageItem:
    """One item of a page that has several documents: its name in routes, and words for a list."""

    item: str
    title: str


@dataclass(frozen=True)
class Document:
    """The values of one page. `read_only` names fields that this machine does not let us change."""

    page: str
    item: str
    revision: int
    values: dict[str, Any]
    read_only: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActionJob:
    """A page's action under way or over."""

    id: str
    page: str
    action: str
    state: JobState
    done: int = 0
    total: int = 0
    words: str = ""
    result: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Granted:
    """A grant that was minted."""

    token: str
    expires_us: int


@dataclass(frozen=True)
class Event:
    """Something that happened, told over the event stream.

    Kinds: `status` (data: a `Status`), `disk` (a `DiskStatus` whose state is another one), `pool` (a `PoolStatus`
    likewise), `settings` (data: page, item, revision), `channels` (data: number, change),
    `export` (data: an `ExportJob`), `action` (data: an `ActionJob`), `bay` (a `BayStatus` whose fault is another one).

    `event` (a `Happened` that began, changed or ended), `events` (count: so many more did; look at the list).

    Of the machine underneath, each with `words`: `input` (data: name, title, role, active), `output` (name, title,
    role, closed), `poe_port` (supply, port, state), `dome` (line, address), `key` (name, key: the case's reset
    key is held), `stick` (port, label: pulled out while it was written), `trouble` (a `Trouble`, and `over`: it is no
    longer so).
    """

    kind: str
    at_us: int
    data: dict[str, Any]


@dataclass(frozen=True)
class HardwareLine:
    """One thing of the machine: what it is called, how it is, and how much of what it may be (0 to 1; None: no bar)."""

    name: str
    words: str
    tone: Tone = Tone.PLAIN
    share: float | None = None


@dataclass(frozen=True)
class HardwareGroup:
    """Lines that belong together; `opens` names the page that has more of it."""

    name: str
    title: str
    icon: str
    lines: tuple[HardwareLine, ...]
    opens: str = ""


@dataclass(frozen=True)
class Fact:
    """One thing that is known: what it is, and the words."""

    name: str
    words: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class StorageRow:
    """A bay, array, disk elsewhere or pool in words. `kind` is `bay`, `array`, `disk` or `pool`, `item` which one."""

    kind: str
    item: str
    label: str
    words: str
    tone: Tone
    note: str = ""
    facts: tuple[Fact, ...] = ()
    """Of a bay with a disk: all that is known of that."""
    deeds: tuple[str, ...] = ()
    """Of a bay, what can be done: `cancel` its work, `locate`, `locate_off`, `scan`, `test`, `stop_test`, `release`."""


@dataclass(frozen=True)
class Storage:
    """All that is recorded to, in words, in the order of the bays."""

    rows: tuple[StorageRow, ...] = ()


@dataclass(frozen=True)
class Hardware:
    """The machine at one glance: what is wrong, the worst first, and everything that its board can tell."""

    groups: tuple[HardwareGroup, ...]
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True)
class Device:
    """A device of the machine, whatever it is; `state` holds what its kind tells (docs/design/hardware.md).

    `unproven`: its driver was never seen on the real chip.
    """

    kind: str
    name: str
    online: bool
    reason: str
    driver: str = ""
    model: str = ""
    unproven: bool = False
    simulated: bool = False
    state: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class PoePort:
    """One PoE port. Figures are None where the hardware does not measure them.

    `state` is disabled, searching, detected, delivering, backoff, fault or unknown; `faults` say why it gives nothing.
    """

    port: int
    label: str
    enabled: bool
    state: str
    power_class: int | None
    volts: float | None
    milliamps: float | None
    watts: float | None
    allocated_watts: float
    limit_watts: float | None
    priority: str
    mode: str
    faults: tuple[str, ...]
    since_us: int
    words: str = ""
    """What it does, or what is wrong and what to do."""
    tone: Tone = Tone.QUIET
    figures: str = ""
    """What it takes: `Class 3 · 52.0 V · 81 mA · 4.2 W`; empty while it takes nothing."""


@dataclass(frozen=True)
class PoeSupply:
    """A supply with its ports; while it is not `online`, `reason` says why and the rest is what was last seen.

    `unproven`: its driver was never seen on the real chip.
    """

    name: str
    online: bool
    reason: str
    unproven: bool
    budget_watts: float
    guard_watts: float
    used_watts: float
    modes: tuple[str, ...]
    ports: tuple[PoePort, ...]
    words: str = ""
    """How much of its power is in use, or why it does not work."""


@dataclass(frozen=True)
class AlarmInput:
    """One alarm input. While it is not `online`, `reason` says why and the rest is what was last seen."""

    name: str
    online: bool
    reason: str
    role: str
    """`alarm`, or `tamper`: the switch that tells an opened case."""
    active: bool
    """Its alarm is so, whichever way its contact rests."""
    normally_closed: bool
    stuck: bool
    """It is active for so long that a contact or cable may be broken."""
    title: str = ""
    """What its owner calls it; empty where that was left open."""
    words: str = ""
    tone: Tone = Tone.QUIET

    @property
    def label(self) -> str:
        """How people know it."""
        return self.title or self.name


@dataclass(frozen=True)
class Output:
    """One output. While it is not `online`, `reason` says why and the rest is what was last seen."""

    name: str
    online: bool
    reason: str
    role: str
    """`alarm_output`: a free contact; `switched_12v`: a terminal that gives 12 V while closed."""
    closed: bool
    """It is switched on, whichever way its contact rests."""
    timed: bool
    """It opens by itself."""
    normally_closed: bool
    title: str = ""
    """What its owner calls it; empty where that was left open."""
    mode: str = "auto"
    """Who switches it: `auto` alarms and people, `manual` nobody, it is always on, `off` nobody, it is never on."""
    pulse_s: float | None = None
    """Switched on, it goes off by itself after this time; None: it stays on."""
    words: str = ""
    tone: Tone = Tone.QUIET
    warning: str = ""
    """What to think of before it is switched on; empty where nobody is frightened or freed by it."""

    @property
    def label(self) -> str:
        """How people know it."""
        return self.title or self.name


@dataclass(frozen=True)
class PtzLine:
    """A line that domes hang at. `baud` is 0 where they are reached by the network."""

    name: str
    online: bool
    reason: str
    baud: int


@dataclass(frozen=True)
class PresetName:
    """What an owner calls a preset."""

    number: int
    name: str


@dataclass(frozen=True)
class Dome:
    """The dome of a channel: what it can be asked for, and what it does. Where it looks is None until it told."""

    channel: int
    line: str
    address: int
    protocol: str
    online: bool
    reason: str
    moving: bool
    pan_degrees: float | None
    tilt_degrees: float | None
    zoom: float | None
    actions: tuple[str, ...]
    """What its protocol knows, such as `up`, `zoom_in`, `preset_goto`; empty while its line is not online."""
    presets: int
    """The highest number of a preset, and so on; 0: it has none."""
    tours: int
    patterns: int
    scans: int
    auxes: int
    preset_names: tuple[PresetName, ...] = ()
    """Those that its owner named, by number."""

"""How the recorder is as a whole, and what it tells over the event stream."""

from dataclasses import dataclass, field
from typing import Any

from recorder.client.answers.disks import ArrayStatus, BayStatus, StickStatus
from recorder.client.answers.hardware import Trouble
from recorder.client.answers.poe import SeatStatus
from recorder.client.answers.terminals import TileButton
from recorder.client.answers.update import UpdateNote
from recorder.client.happened import ScreenMessage, ScreenTour
from recorder.client.outage import Outage
from recorder.client.status import MediaStatus


@dataclass(frozen=True)
class ProcessInfo:
    """One process of the recorder, as its supervisor knows it."""

    pid: int
    since_us: int
    restarts: int = 0


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
    wall_mains: tuple[int, ...] = ()
    """Channels whose main stream the wall is to take however small its tiles are (D-LIVE-14)."""
    idle_logout_min: int = 10
    """Minutes without input after which the local screen logs its user out; 0 is never (D-SYS-06)."""
    instant_playback_min: int = 5
    """How far back the local screen goes for the last minutes of a channel (D-SYS-05)."""
    recorder_number: int = 8
    """What infrared remotes call this recorder (D-IR-02)."""
    messages: tuple[ScreenMessage, ...] = ()
    """What the local screen shows for a moment, the oldest first."""
    outage: Outage | None = None
    """The last time without power, until somebody has seen what came of it."""
    notice: str = ""
    """What was lost of the recorder's own data, in sentences, until somebody has seen it; for who looks after it."""
    unrecorded_since_us: int | None = None
    """Since when cameras are to be recorded and not one is, as its event tells; None where there is none."""
    buttons: tuple[TileButton, ...] = ()
    """The buttons of tiles."""
    tours: tuple[ScreenTour, ...] = ()
    """What the local screen shows on behalf of events, the newest event first; none: what it is set to."""
    hidden: tuple[int, ...] = ()
    """The channels that the local screen does not show to who stands before it (D-SYS-06); told to it alone."""
    update: UpdateNote = field(default_factory=UpdateNote)
    """What there is to say of updates of the recorder's firmware, for those who may see to them."""


@dataclass(frozen=True)
class Event:
    """Something that happened, told over the event stream.

    Kinds: `status` (data: a `Status`), `disk` (a `DiskStatus` whose state is another one), `pool` (a `PoolStatus`
    likewise), `settings` (data: page, item, revision), `channels` (data: number, change),
    `export` (data: an `ExportJob`), `action` (data: an `ActionJob`), `bay` (a `BayStatus` whose fault is another one),
    `update` (an `UpdateStatus`).

    `event` (a `Happened` that began, changed or ended), `events` (count: so many more did; look at the list).

    Of the machine underneath, each with `words`: `input` (data: name, title, role, active), `output` (name, title,
    role, closed), `poe_port` (supply, port, state), `dome` (line, address), `key` (name, key: the case's reset
    key is held), `stick` (port, label: pulled out while it was written), `trouble` (a `Trouble`, and `over`: it is no
    longer so).
    """

    kind: str
    at_us: int
    data: dict[str, Any]

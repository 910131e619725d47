"""How an update of the recorder's own firmware stands (D-MNT-15, D-MNT-16)."""

from dataclasses import dataclass
from enum import StrEnum

from recorder.client.tone import Tone


class Phase(StrEnum):
    """Where it stands. An update ends in `good`, `refused`, `failed` or `rolled_back`."""

    IDLE = "idle"
    FOUND = "found"
    """It is being copied and checked."""
    CHECKED = "checked"
    """It may be installed; somebody is to say when."""
    BACKUP = "backup"
    INSTALL = "install"
    ARMED = "armed"
    """It is installed, and starts next."""
    REBOOT = "reboot"
    TRIAL = "trial"
    """It runs, and must show that all is as it was before."""
    GOOD = "good"
    REFUSED = "refused"
    FAILED = "failed"
    """Nothing was changed: the recorder runs what it ran before."""
    ROLLED_BACK = "rolled_back"


class Reason(StrEnum):
    """Why an update failed or was rolled back."""

    NONE = ""
    UNREADABLE = "unreadable"
    """Where it stood could not be read any more."""
    CANCELLED = "cancelled"
    COPY = "copy"
    """The file could not be read, or there is no room for it."""
    SCHEMA = "schema"
    """The bundle's settings are older than those of this recorder."""
    BACKUP = "backup"
    INSTALL = "install"
    INTERRUPTED = "interrupted"
    """Power was cut, or the recorder started anew."""
    MISSED = "missed"
    """Its hour passed while the recorder was off."""
    NOT_STARTED = "not_started"
    """The new firmware did not come up."""
    TRIES = "tries"
    """It came up again and again."""
    CHANNELS = "channels"
    """Channels that recorded before do not record."""
    API = "api"
    HARDWARE = "hardware"
    SLOTS_UNKNOWN = "slots_unknown"
    """Nobody can tell which slot runs, also after three starts."""
    SCREEN = "screen"
    """Nothing is drawn on a monitor that is connected."""
    NO_WAY_BACK = "no_way_back"
    """The new one is not well, and there is no other."""


@dataclass(frozen=True)
class FoundBundle:
    """A file on a USB stick that is named like a bundle."""

    id: str
    stick: str
    """What its owner called the stick."""
    name: str
    """With its folder; only for people."""
    bytes: int
    changed_us: int
    problem: str = ""
    """Why it cannot be taken."""


@dataclass(frozen=True)
class CheckedBundle:
    """A bundle that was checked, or is being installed."""

    version: str
    description: str
    built: str
    bytes: int
    signer: str
    """`release` or `development`."""
    digest: str
    source: str


@dataclass(frozen=True)
class UpdateStatus:
    """All of it, in words too."""

    phase: Phase = Phase.IDLE
    words: str = ""
    tone: Tone = Tone.QUIET
    percent: float | None = None
    """How far what is being done is; None: nobody can tell."""
    version: str = ""
    """What runs."""
    recorder: str = ""
    """The name by which a permit for an older version is given."""
    development: bool = False
    """It takes what anybody signs who has the development key."""
    problem: str = ""
    """Why this recorder cannot be updated; empty: it can."""
    bundle: CheckedBundle | None = None
    found: tuple[FoundBundle, ...] = ()
    stick_problem: str = ""
    """What is wrong with a stick that was searched."""
    at_us: int = 0
    """When it will be installed (UTC); 0: nobody said so."""
    tonight_us: int = 0
    """When that would be for `tonight`; 0: the clock is not set."""
    gap_s: int = 0
    """So many seconds will not be recorded while it starts anew."""
    busy: bool = False
    seen: bool = True
    """Whether somebody has seen how the last one ended."""


@dataclass(frozen=True)
class UpdateNote:
    """What the screen shows of it by itself: a bundle on a stick, or how an update ended until somebody has seen it."""

    found: tuple[str, ...] = ()
    """Ids of bundles on sticks."""
    words: str = ""
    tone: Tone = Tone.QUIET
    ended_us: int = 0
    busy: bool = False
    development: bool = False
    """It is a development build."""

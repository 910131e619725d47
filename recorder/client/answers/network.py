"""A test of the network: how soon an address answers, what is missing, and what that means (D-MNT-08)."""

from dataclasses import dataclass
from enum import StrEnum

from recorder.client.answers.hardware import Fact
from recorder.client.answers.jobs import JobState
from recorder.client.tone import Tone


class Verdict(StrEnum):
    """What a test found."""

    UNDER_WAY = "under_way"
    GOOD = "good"
    SLOW = "slow"
    LOSING = "losing"
    """Some answers are missing."""
    DOUBLED = "doubled"
    """Answers come twice: two devices have the address, or the net has a loop."""
    CLOSED = "closed"
    """The device answers; the port that was asked for is closed."""
    SILENT = "silent"
    """Nothing answers, and nobody says why."""
    NOBODY = "nobody"
    """No device of the last net has the address."""
    NO_ROUTE = "no_route"
    REFUSED = "refused"
    """A firewall, or the device itself, does not let it in."""
    NO_NAME = "no_name"
    NO_NAME_SERVER = "no_name_server"
    NO_DEVICE_ADDRESS = "no_device_address"
    """What was given is not the address of one device."""
    MAY_NOT_ECHO = "may_not_echo"
    """The machine lets the recorder send no echo requests; a port can be given."""
    CANCELLED = "cancelled"
    FAILED = "failed"
    """The test itself could not be carried out."""


@dataclass(frozen=True)
class NetworkTest:
    """One user's newest test. Delays are milliseconds; `None` where there is none to tell yet."""

    state: JobState
    address: str
    """As it was asked for."""
    to: str
    """The address that was tested; empty while it is looked up, and where a name has none."""
    port: int
    """0: by echo requests."""
    count: int
    sent: int
    answered: int
    missing: int
    lost_percent: float
    """Of the requests that are decided."""
    least_ms: float | None
    mean_ms: float | None
    most_ms: float | None
    delays_ms: tuple[float | None, ...]
    """By request, in the order of sending; None: no answer, for the last `waiting` ones perhaps not yet."""
    waiting: int
    late: int
    doubled: int
    verdict: Verdict
    tone: Tone
    words: str
    advice: tuple[str, ...] = ()
    """What to do, a sentence each."""
    facts: tuple[Fact, ...] = ()
    channels: tuple[int, ...] = ()
    """Whose camera has this address, of those that the caller may know."""


@dataclass(frozen=True)
class NetworkTarget:
    """An address that may be worth a test, and whose it is: a gateway, a camera that the caller may know."""

    address: str
    words: str
    channel: int = 0
    """The camera's; 0: it is none."""


@dataclass(frozen=True)
class NetworkTests:
    """The caller's newest test, and what else could be tested. `newest` None: none since the recorder started."""

    newest: NetworkTest | None
    targets: tuple[NetworkTarget, ...]

"""Disks: how the drive in a bay is, in words an owner can act on (D-STO-02, D-STO-07 to 09)."""

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb


class Technology(StrEnum):
    """What a disk is made of."""

    HDD = "hdd"
    SSD = "ssd"
    NVME = "nvme"


class Verdict(StrEnum):
    """What an owner should think of a disk."""

    UNKNOWN = "unknown"
    """It was not asked yet, or does not tell."""
    GOOD = "good"
    WATCH = "watch"
    REPLACE = "replace"
    FAILED = "failed"


class DiskFault(StrEnum):
    """What is wrong with a disk, or wears it out."""

    SELF_ASSESSMENT = "self_assessment"
    """The drive itself expects to fail."""
    REALLOCATED = "reallocated"
    """Bad sectors were replaced (attribute 5)."""
    PENDING = "pending"
    """Sectors cannot be read now (attribute 197)."""
    UNCORRECTABLE = "uncorrectable"
    """Data was lost in the drive (attributes 187 and 198, NVMe media errors)."""
    TIMEOUTS = "timeouts"
    """Commands timed out (attribute 188)."""
    CABLE = "cable"
    """Data was damaged between drive and recorder (attribute 199)."""
    SELF_TEST = "self_test"
    """The last self-test found something."""
    ERROR_LOG = "error_log"
    """The drive's log has errors."""
    WORN = "worn"
    """The flash has used up what its maker promises."""
    SPARE = "spare"
    """The flash has hardly any spare blocks left."""
    READ_ONLY = "read_only"
    """It no longer takes writes, or lost its write cache's backup."""
    OVERWORKED = "overworked"
    """It moves more data in a year than it is made for."""
    HOT = "hot"


class SelfTest(StrEnum):
    """How the last self-test ended."""

    NONE = "none"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class DiskState(DeviceState):
    """The disk of one bay. It is offline while its bay is empty. None: this drive does not tell."""

    disk: str = ""
    """The kernel's name of it now, such as `sda`."""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    technology: Technology = Technology.HDD
    capacity_bytes: int = 0
    verdict: Verdict = Verdict.UNKNOWN
    words: str = ""
    """The verdict with its reasons, in a sentence."""
    faults: frozenset[DiskFault] = frozenset()
    temperature_c: int | None = None
    power_on_h: int | None = None
    reallocated_sectors: int | None = None
    pending_sectors: int | None = None
    worn_percent: int | None = None
    """How much is used up of what the flash is made for; can pass 100."""
    year_bytes: int | None = None
    """What it moved in a year, on average since it was new."""
    year_rating_bytes: int | None = None
    """What it may move in a year as its maker says."""
    standby: bool = False
    """It does not spin; the figures are from before."""
    self_test: SelfTest = SelfTest.NONE
    self_test_percent: int = 0
    """How far a running self-test is."""
    kind: str = "disk"


class Disk(Device[DiskState]):
    """The drive in the bay of the same name."""

    kind = "disk"
    state_type = DiskState

    @verb(patience_s=30.0)
    @abstractmethod
    def check(self) -> None:
        """Ask the drive how it is, waking it; raises `Offline`."""

    @verb(patience_s=30.0)
    @abstractmethod
    def test(self, *, extended: bool) -> None:
        """Begin a self-test: two minutes, or the whole surface; recording goes on. Raises `Offline`, `Unsupported`."""

    @verb(patience_s=30.0)
    @abstractmethod
    def stop_test(self) -> None:
        """Give up a running self-test; raises `Offline`."""

    @verb(patience_s=30.0)
    @abstractmethod
    def spin_down(self) -> None:
        """Let the drive rest until it is used again; raises `Offline`, `Unsupported` for one without platters."""

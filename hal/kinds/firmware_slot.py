"""The places a firmware is installed in, of which one runs (D-MNT-09)."""

from abc import abstractmethod
from dataclasses import dataclass

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb

MARK_S = 60.0
"""A mark is set by a program that asks a service that runs a program, after one look or two at what is marked."""


@dataclass(frozen=True)
class FirmwareSlotState(DeviceState):
    """One slot. `good`: the boot loader may start it; `next`: it starts at the next boot."""

    booted: bool = False
    good: bool = False
    next: bool = False
    version: str = ""
    rivals: tuple[str, ...] = ()
    """Of the one that runs: other disks with a recorder's own partitions, one of which the next start may take."""
    kind: str = "firmware_slot"


class FirmwareSlot(Device[FirmwareSlotState]):
    """A slot. Writing into one is the update's work; this says which may start."""

    kind = "firmware_slot"
    state_type = FirmwareSlotState
    poll_s = 30.0

    @verb(destructive=True, patience_s=MARK_S)
    @abstractmethod
    def mark_good(self) -> None:
        """Let the boot loader start this slot without counting tries; raises `Offline`."""

    @verb(destructive=True, patience_s=MARK_S)
    @abstractmethod
    def mark_bad(self) -> None:
        """Let the boot loader never start this slot; raises `Refused` for the one that runs if no other is good."""

    @verb(destructive=True, patience_s=MARK_S)
    @abstractmethod
    def start_next(self) -> None:
        """Start this slot at the next boot; raises `Refused` if it is bad."""

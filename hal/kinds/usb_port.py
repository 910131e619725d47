"""USB ports for sticks: whether one is in, and where its files are (D-USB, D-BKP-04)."""

from dataclasses import dataclass

from hal.kinds.device import Device, DeviceState


@dataclass(frozen=True)
class UsbPortState(DeviceState):
    """One port, with a stick or without. Nothing is ever formatted because it was pushed in."""

    occupied: bool = False
    disk: str = ""
    """The kernel's name of the stick now, such as `sdc`."""
    label: str = ""
    """What the owner called its volume; what the stick calls itself where it has no name."""
    model: str = ""
    serial: str = ""
    capacity_bytes: int = 0
    free_bytes: int = 0
    read_only: bool = False
    """It can never be written: it has a switch that says so."""
    place: str = ""
    """The folder where its files are; empty: none that can be read here."""
    writing: bool = False
    """It can be written now: who pulls it out may lose what is not on it yet."""
    problem: str = ""
    """Why its files cannot be read, and what to do; empty: nothing is known to be wrong."""
    kind: str = "usb_port"


@dataclass(frozen=True)
class Volume:
    """What is on a stick: the partition whose files are taken, or why there is none."""

    partition: str = ""
    """The kernel's name of it; the stick's own where it has no partitions."""
    file_system: str = ""
    label: str = ""
    problem: str = ""


class UsbPort(Device[UsbPortState]):
    """A port for a stick. Drivers tell when one comes and when it goes, also when it is pulled without a word.

    Sticks are mounted by hal-admin, which control asks: to read them while they are in, to write them during an export.
    """

    kind = "usb_port"
    state_type = UsbPortState

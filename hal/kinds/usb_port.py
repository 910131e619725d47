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
    """What the owner called its volume."""
    model: str = ""
    serial: str = ""
    capacity_bytes: int = 0
    free_bytes: int = 0
    read_only: bool = False
    place: str = ""
    """The folder where its files are; empty: none that can be read here."""
    kind: str = "usb_port"


class UsbPort(Device[UsbPortState]):
    """A port for a stick. Drivers tell when one comes and when it goes, also when it is pulled without a word."""

    kind = "usb_port"
    state_type = UsbPortState

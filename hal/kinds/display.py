"""Connectors a monitor hangs on (D-DISP-09). Drawing is the screen's own; this tells what is plugged in."""

from dataclasses import dataclass

from hal.kinds.device import Device, DeviceState


@dataclass(frozen=True)
class Mode:
    """One picture format of a monitor."""

    width: int
    height: int


@dataclass(frozen=True)
class DisplayState(DeviceState):
    """One connector. Names are what the monitor tells of itself, cleaned of what cannot be shown."""

    connected: bool = False
    maker: str = ""
    model: str = ""
    preferred: Mode | None = None
    modes: tuple[Mode, ...] = ()
    kind: str = "display"


class Display(Device[DisplayState]):
    """A connector, looked at every second. It has no verbs."""

    kind = "display"
    state_type = DisplayState
    poll_s = 1.0

"""Shutting the machine down and starting it anew, in order, for who may (D-PWR-01)."""

from enum import StrEnum

from hal.client.kinds import PowerState
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.control.hardware import Hardware


class Going(StrEnum):
    """Where the machine shall go, as its device calls it."""

    SHUT_DOWN = "shut_down"
    RESTART = "restart"


class NoSwitch(NightjarError):
    """The machine cannot be switched off from here."""

    status = 501
    words = _("This machine cannot be switched off or restarted from here.")


async def leave(hardware: Hardware, going: Going) -> None:
    """Have the machine go; raises `NoSwitch`, `HardwareRefused`, `HardwareAway`."""
    machine = next(iter(await hardware.states(PowerState)), None)
    if machine is None:
        raise NoSwitch
    await hardware.ask(PowerState.kind, machine.name, going.value)

"""All devices of the machine as the hardware service tells them: what each is, and how it is."""

import msgspec

from hal.client import DeviceState, Inventory
from recorder.client.answers import Device
from recorder.control.hardware import Hardware
from recorder.control.unproven import unproven_words

COMMON = frozenset(("kind", "name", "online", "reason"))


async def devices(hardware: Hardware) -> list[Device]:
    """List them, in the order of the board; raises `HardwareAway`."""
    states = await hardware.states(DeviceState)
    inventory = {(one.kind, one.name): one for one in hardware.follower.inventory}
    return [_device(inventory[one.kind, one.name], one) for one in states if (one.kind, one.name) in inventory]


def _device(what: Inventory, state: DeviceState) -> Device:
    told = msgspec.to_builtins(state)
    return Device(
        kind=state.kind,
        name=state.name,
        online=state.online,
        reason=state.reason,
        driver=what.driver,
        model=what.model,
        unproven=bool(what.unproven),
        unproven_words=unproven_words(what),
        simulated=what.simulated,
        state={name: value for name, value in told.items() if name not in COMMON},
    )

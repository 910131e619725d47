"""The devices of the machine, of all kinds, as the hardware service tells them (D-MNT-05, D-HW)."""

from recorder.api.context import SystemKeeper, TheControl
from recorder.api.router import Router
from recorder.client.answers import Device, Hardware
from recorder.control.devices import devices as told

router = Router(tags=["devices"])


@router.get("/devices")
async def devices(control: TheControl, _caller: SystemKeeper) -> list[Device]:
    """All devices, in the order of the board; what a kind tells stands in `state`."""
    return await told(control.hardware)


@router.get("/hardware")
async def hardware(control: TheControl, _caller: SystemKeeper) -> Hardware:
    """The machine at one glance, in words: what is wrong, and how everything is."""
    return await control.machinery.words()

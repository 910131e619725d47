"""Trying the recorder with simulated cameras."""

from anyio.to_thread import run_sync

from recorder.api.context import CameraKeeper, TheControl, author
from recorder.api.router import Router
from recorder.api.routes.channels import answer
from recorder.client.answers import Channel

router = Router(prefix="/simulation", tags=["simulation"])


@router.post("")
async def add_simulated_cameras(control: TheControl, caller: CameraKeeper) -> list[Channel]:
    """Start the simulated cameras and add those that are no channels yet."""
    added = await control.simulation.add(author(caller))
    return await run_sync(lambda: [answer(control, caller, number, stored) for number, stored in added])

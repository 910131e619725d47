"""The machine's own power: shut down, restart (D-PWR-01, D-NET-22)."""

from anyio.to_thread import run_sync

from recorder.accounts.caller import Caller
from recorder.api.context import PowerUser, TheControl, author
from recorder.api.router import Router
from recorder.client.words import _
from recorder.control.control import Control
from recorder.control.power import Going, leave

router = Router(prefix="/power", tags=["power"])


@router.post("/shut-down", status_code=202)
async def shut_down(control: TheControl, caller: PowerUser) -> None:
    """Shut the recorder down: recording ends in order. The answer comes before it goes."""
    await _leave(control, caller, Going.SHUT_DOWN, _("shut down"))


@router.post("/restart", status_code=202)
async def restart(control: TheControl, caller: PowerUser) -> None:
    """Start the recorder anew: recording ends in order. The answer comes before it goes."""
    await _leave(control, caller, Going.RESTART, _("restarted"))


async def _leave(control: Control, caller: Caller, going: Going, words: str) -> None:
    # Noted before it goes: afterwards there may be nobody who could.
    await run_sync(control.settings.noted, "power", "", words, author(caller))
    await leave(control.hardware, going)

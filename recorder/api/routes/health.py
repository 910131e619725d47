"""Whether all is well, and what came of the last power cut."""

from anyio.to_thread import run_sync

from recorder.accounts.caller import Caller
from recorder.api.context import TheControl, Viewer, author
from recorder.api.router import Router
from recorder.api.routes.status import outage_for, seen_by
from recorder.client.answers import Health
from recorder.client.words import _
from recorder.control.control import Control
from recorder.settings.scope import Permission

router = Router(prefix="/health", tags=["status"])


@router.get("")
async def health(control: TheControl, caller: Viewer) -> Health:
    """Whether all is well, as far as the caller may know: of channels that he sees, in words and figures."""
    return await health_for(control, caller)


async def health_for(control: Control, caller: Caller) -> Health:
    """Put it together for a caller (A2, A10)."""
    return await control.health.of(
        seen_by(caller, control, await run_sync(control.status)),
        outage_for(caller, control.desk.engine.power.newest),
        sees=caller.rights.known,
        plays=caller.rights.on(Permission.PLAYBACK),
        since_us=caller.oldest_us,
        mail=caller.may(Permission.SYSTEM),
    )


@router.post("/notice/seen", status_code=204)
async def notice_seen(control: TheControl, caller: Viewer) -> None:
    """Say that somebody has seen what was lost of the recorder's own data: at the recorder whoever stands there."""
    if not caller.door.is_local:
        caller.need(Permission.SYSTEM)
    if words := control.notice.words:
        await run_sync(control.notice.see)
        seen = _("seen: {words}").format(words=words)
        await run_sync(control.settings.noted, "configuration", "", seen, author(caller))


@router.post("/outage/seen", status_code=204)
async def outage_seen(control: TheControl, caller: Viewer) -> None:
    """Say that somebody has seen what came of the last power cut: at the recorder whoever stands there."""
    if not caller.door.is_local:
        caller.need(Permission.ALARM)
    power = control.desk.engine.power
    if power.untold is not None:
        await run_sync(power.see)
        await run_sync(control.settings.noted, "outage", "", "seen", author(caller))

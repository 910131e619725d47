"""The log: what was changed, who logged in, what happened, as one list (D-MNT-01, P-LOG)."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Depends, Query
from fastapi.responses import StreamingResponse

from recorder.accounts.caller import Caller
from recorder.api.context import Auditor, TheControl, author
from recorder.api.moments import Moment
from recorder.api.router import Router
from recorder.api.routes.footage import check_order
from recorder.client.clock import LATEST_US
from recorder.client.log import Forwarded, Level, LogPage, LogType
from recorder.client.words import _
from recorder.logs import sheet
from recorder.logs.sought import Place, Sought
from recorder.settings.scope import Permission

router = Router(prefix="/log", tags=["log"])
MOST = 1000
LONGEST_TEXT = 100
NAMES = "|".join(LogType)
Text = Annotated[str, Query(max_length=LONGEST_TEXT)]


def sought(
    caller: Auditor,
    types: Annotated[str | None, Query(pattern=f"^({NAMES})(,({NAMES})){{0,15}}$")] = None,
    level: Level = Level.INFO,
    start: Annotated[Moment, Query()] = 0,
    end: Annotated[Moment, Query()] = LATEST_US,
    who: Text = "",
    address: Text = "",
    text: Text = "",
) -> Sought:
    """What is asked for (types with commas), within what the caller may know: events only with the right to alarms."""
    check_order(start, end)
    return Sought(
        start,
        end,
        tuple(LogType(one) for one in types.split(",")) if types else (),
        level,
        who,
        address,
        text,
        hidden=caller.hidden,
        events=caller.may(Permission.ALARM),
    )


Wanted = Annotated[Sought, Depends(sought)]


@router.get("")
async def log(
    control: TheControl,
    _caller: Auditor,
    wanted: Wanted,
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> LogPage:
    """Entries, the newest first; `before` of an answer asks for those that follow. `level` is the mildest wanted."""
    place = None if before is None else Place.read(before)
    await control.desk.engine.flush()
    return await run_sync(control.log.book.find, wanted, place, limit)


@router.get("/server")
def log_server(control: TheControl, _caller: Auditor) -> Forwarded:
    """How far the log server is that gets the log."""
    return control.log.forwarding.state()


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_log(control: TheControl, caller: Auditor, wanted: Wanted) -> StreamingResponse:
    """The entries as CSV, the oldest first, while they are read: a million need no memory."""
    await control.desk.engine.flush()
    await run_sync(_noted, control, caller)
    headers = {"Content-Disposition": 'attachment; filename="log.csv"', "Cache-Control": "no-store"}
    rows = (sheet.row(one) for one in control.log.book.walk(wanted))
    return StreamingResponse(sheet.pieces(sheet.HEAD, rows), media_type="text/csv", headers=headers)


def _noted(control: TheControl, caller: Caller) -> None:
    control.settings.noted("log", "", _("exported"), author(caller))

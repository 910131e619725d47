"""Updates of the recorder's own firmware (D-MNT-15, D-MNT-16). All of it is the administrator's."""

from typing import Annotated, Literal

from anyio.to_thread import run_sync
from fastapi import Query, Request
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from recorder.accounts.caller import Caller, Door
from recorder.api.context import AnyCaller, SystemKeeper, TheControl, author
from recorder.api.router import Router
from recorder.client.answers import UpdateStatus
from recorder.client.errors import Invalid, Refused
from recorder.client.words import _
from recorder.control.control import Control

router = Router(prefix="/update", tags=["update"])
LONGEST_PERMIT = 1024
LONGEST_URL = 2048
LONGEST_GAP_S = 86_400


class Permitted(BaseModel):
    """`permit` is needed to go back to an older version: a text that was made for this recorder."""

    permit: str = Field("", max_length=LONGEST_PERMIT)


class FromStick(Permitted):
    """A file of `found`."""

    id: str = Field(pattern="^[0-9a-f]{12}$")


class FromAddress(Permitted):
    """Where the file is fetched."""

    url: str = Field(min_length=8, max_length=LONGEST_URL, pattern="^https?://")


class When(BaseModel):
    """The bundle that was shown, when it is installed, and the seconds without recording that were told."""

    digest: str = Field(pattern="^[0-9a-f]{64}$")
    when: Literal["now", "tonight"]
    gap_s: int = Field(ge=0, le=LONGEST_GAP_S)


@router.get("")
async def update(control: TheControl, caller: SystemKeeper) -> UpdateStatus:
    """What runs, what is on sticks, and how the update stands."""
    _administers(caller)
    return await _status(control)


@router.post("/stick", status_code=202)
async def from_stick(wanted: FromStick, control: TheControl, caller: SystemKeeper) -> UpdateStatus:
    """Copy a file from a stick, and check it. The stick may be pulled out once that is done."""
    _administers(caller)
    await control.updates.from_stick(wanted.id, wanted.permit, author(caller))
    return await _status(control)


@router.post("/address", status_code=202)
async def from_address(wanted: FromAddress, control: TheControl, caller: SystemKeeper) -> UpdateStatus:
    """Fetch a file from a web server, and check it."""
    _administers(caller)
    await control.updates.from_address(wanted.url, wanted.permit, author(caller))
    return await _status(control)


@router.put(
    "/bundle",
    status_code=202,
    openapi_extra={
        "requestBody": {
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            "required": True,
        }
    },
)
async def from_upload(
    request: Request,
    control: TheControl,
    caller: SystemKeeper,
    permit: Annotated[str, Query(max_length=LONGEST_PERMIT)] = "",
) -> UpdateStatus:
    """Take a file that is sent as it is, and check it."""
    _administers(caller)
    try:
        await control.updates.from_upload(request.stream(), permit, author(caller))
    except ClientDisconnect:
        raise Invalid(problem=_("The file did not arrive whole.")) from None
    return await _status(control)


@router.post("/install", status_code=202)
async def install(wanted: When, control: TheControl, caller: SystemKeeper) -> UpdateStatus:
    """Install what was checked, now or at three o'clock at night; `gap_s` repeats what was told."""
    _administers(caller)
    at_night = wanted.when == "tonight"
    await control.updates.when(wanted.digest, wanted.gap_s, author(caller), at_night=at_night)
    return await _status(control)


@router.delete("")
async def forget(control: TheControl, caller: SystemKeeper) -> UpdateStatus:
    """Give up what is being copied, or have no checked bundle any more."""
    _administers(caller)
    await control.updates.forget(author(caller))
    return await _status(control)


@router.post("/seen")
async def seen(control: TheControl, caller: SystemKeeper) -> None:
    """Say that one has seen how the last update ended."""
    _administers(caller)
    await control.updates.seen()


@router.post("/drawn", status_code=204)
def drawn(control: TheControl, caller: AnyCaller) -> None:
    """Say, as the screen does, that something was drawn: a new firmware that draws nothing is not kept."""
    if caller.door is not Door.SCREEN:
        raise Refused(what=_("only the recorder's screen knows that"))
    control.updates.watch.drawn()


def _administers(caller: Caller) -> None:
    if not caller.administers:
        raise Refused(what=_("log in as administrator"))


async def _status(control: Control) -> UpdateStatus:
    return await run_sync(control.updates.status)

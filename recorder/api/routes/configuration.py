"""The configuration as a whole: out, in, and factory reset (D-MNT-11, D-MNT-12, D-MNT-13, V-SYS-08).

All of it is the administrator's, with his own password where anything leaves or changes.
"""

from anyio.to_thread import run_sync
from fastapi import Request, Response
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from recorder.api.context import SystemKeeper, TheControl
from recorder.api.proof import Proof, administers, proved
from recorder.api.router import Router
from recorder.client.answers.configuration import (
    ConfigurationFile,
    ConfigurationPreview,
    ConfigurationStatus,
    Exported,
    Extent,
    Taking,
)
from recorder.client.errors import Invalid
from recorder.client.words import _

router = Router(prefix="/configuration", tags=["configuration"])


class Reset(Proof):
    """How much goes."""

    extent: Extent


class Export(Proof):
    """The password that is to open the file; with `port`, the USB stick to write it to."""

    file_password: str = Field(max_length=1024, repr=False, description="8 to 128 printable characters")


class ExportToStick(Export):
    """Also the port of the stick."""

    port: str = Field(max_length=64)


class FromStick(BaseModel):
    """A file of `found`."""

    id: str = Field(pattern="^[0-9a-f]{12}$")


class Look(BaseModel):
    """A file that was taken in, what opens it, and what is to become of it."""

    id: str = Field(pattern="^[0-9a-f]{32}$")
    file_password: str = Field(max_length=1024, repr=False)
    taking: Taking


class Take(Look, Proof):
    """Also the caller's own password."""


@router.get("")
def configuration(control: TheControl, caller: SystemKeeper) -> ConfigurationStatus:
    """What configurations are on sticks."""
    administers(caller)
    return control.configuration.status()


@router.post("/export", response_class=Response, responses={200: {"content": {"application/octet-stream": {}}}})
def export(wanted: Export, control: TheControl, caller: SystemKeeper) -> Response:
    """Give all that was set as a file, sealed with a password."""
    name, data = control.configuration.export(wanted.file_password, proved(control, caller, wanted))
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.post("/export/stick", status_code=201)
def export_to_stick(wanted: ExportToStick, control: TheControl, caller: SystemKeeper) -> Exported:
    """Write it to a USB stick."""
    who = proved(control, caller, wanted)
    return control.configuration.export_to_stick(wanted.port, wanted.file_password, who)


@router.put(
    "/file",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            "required": True,
        }
    },
)
async def hold(request: Request, control: TheControl, caller: SystemKeeper) -> ConfigurationFile:
    """Take a file that is sent as it is, to be looked at; nothing is changed."""
    administers(caller)
    try:
        data = await request.body()
    except ClientDisconnect:
        raise Invalid(problem=_("The file did not arrive whole.")) from None
    return await run_sync(control.configuration.hold, data)


@router.post("/stick", status_code=201)
def hold_from_stick(wanted: FromStick, control: TheControl, caller: SystemKeeper) -> ConfigurationFile:
    """Take a file of a stick, to be looked at; nothing is changed."""
    administers(caller)
    return control.configuration.hold_from_stick(wanted.id)


@router.post("/look")
def look(wanted: Look, control: TheControl, caller: SystemKeeper) -> ConfigurationPreview:
    """Say what would change."""
    administers(caller)
    return control.configuration.look(wanted.id, wanted.file_password, wanted.taking)


@router.post("/take", status_code=202)
def take(wanted: Take, control: TheControl, caller: SystemKeeper) -> None:
    """Have it take the place of what is here; control, or the machine, starts anew at once."""
    who = proved(control, caller, wanted)
    control.configuration.take(wanted.id, wanted.file_password, wanted.taking, who)


@router.post("/reset", status_code=202)
def reset(wanted: Reset, control: TheControl, caller: SystemKeeper) -> None:
    """Take settings away; the recorder's control, or after `everything` the machine, starts anew at once."""
    control.configuration.reset(wanted.extent, proved(control, caller, wanted))

"""Export jobs: begin, look, cancel, take the files. Each sees and ends his own; administrators all (A26)."""

import mimetypes
from pathlib import Path as FilePath
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Path
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from recorder.accounts.caller import Caller
from recorder.api.context import Exporter, TheControl, author
from recorder.api.folder import chosen_folder
from recorder.api.moments import Moment
from recorder.api.router import Router
from recorder.api.routes.footage import check_order
from recorder.client.answers import ExportJob
from recorder.client.errors import NotFound
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.control.channels import MOST_CHANNELS
from recorder.control.control import Control
from recorder.control.export_place import own_directory
from recorder.control.exports import Wanted
from recorder.settings.scope import Permission

router = Router(prefix="/exports", tags=["exports"])
MOST_AT_ONCE = 16
Job = Annotated[str, Path(pattern="^[0-9a-f]{12}$")]


class NewExport(BaseModel):
    """What to export. With a directory, which must be at the recorder, files stay there; without, they are fetched."""

    channels: list[Annotated[int, Field(ge=1, le=MOST_CHANNELS)]] = Field(min_length=1, max_length=MOST_AT_ONCE)
    stream: StreamName = StreamName.MAIN
    start: Moment
    end: Moment
    directory: str | None = Field(None, max_length=4096)


@router.get("")
async def exports(control: TheControl, caller: Exporter) -> list[ExportJob]:
    """Your exports; an administrator sees everybody's."""
    return [one for one in control.exports.all() if _visible(caller, one)]


@router.post("", status_code=201)
async def begin_export(wanted: NewExport, control: TheControl, caller: Exporter) -> ExportJob:
    """Begin an export to MP4, without re-encoding; the sound of channels that the caller may not hear is left out."""
    check_order(wanted.start, wanted.end)
    caller.need_on(Permission.BACKUP, *wanted.channels)
    start = caller.since(wanted.start)
    if start >= wanted.end:
        caller.need_moment(wanted.start)
    directory, ours = await run_sync(_directory, control, caller, wanted.directory)
    channels = tuple(dict.fromkeys(wanted.channels))
    known = control.channels.all()
    names = {number: known[number].values.name for number in channels if number in known}
    silent = tuple(one for one in channels if not caller.may_on(Permission.AUDIO, one))
    asked = Wanted(channels, wanted.stream, start, wanted.end, directory, temporary=ours, names=names, silent=silent)
    begun = await control.exports.begin(asked, caller.name)
    told = _("channels {channels}, {start} to {end}").format(
        channels=", ".join(map(str, channels)), start=start, end=wanted.end
    )
    await run_sync(control.settings.noted, "export", begun.id, told, author(caller))
    return begun


@router.get("/{job}")
async def export_job(job: Job, control: TheControl, caller: Exporter) -> ExportJob:
    """How far an export is."""
    return _seen(control, caller, job)


@router.delete("/{job}", status_code=204)
async def cancel_export(job: Job, control: TheControl, caller: Exporter) -> None:
    """Cancel an export, or forget one that is over. Files that were to be fetched go with it."""
    _seen(control, caller, job)
    await control.exports.cancel(job)


@router.get(
    "/{job}/files/{name}",
    response_class=FileResponse,
    responses={200: {"content": {"video/mp4": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def export_file(
    job: Job, name: Annotated[str, Path(max_length=255)], control: TheControl, caller: Exporter
) -> FileResponse:
    """Take one finished file of an export; Range requests work. What sounds is for who may hear it."""
    found = _seen(control, caller, job)
    if heard := set(found.channels) - set(found.silent):
        caller.need_on(Permission.AUDIO, *heard)
    path = control.exports.file(job, name)
    if not await run_sync(path.is_file):  # somebody took the stick away
        raise NotFound(what=_("file {name} any more").format(name=name))
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return FileResponse(path, media_type=kind, filename=name, headers={"Cache-Control": "no-store"})


def _directory(control: Control, caller: Caller, named: str | None) -> tuple[FilePath, bool]:
    if named is None:
        return own_directory(control.instance), True
    return chosen_folder(control, caller, named), False


def _seen(control: Control, caller: Caller, job: str) -> ExportJob:
    found = control.exports.get(job)
    if not caller.may_see_of(found.by):
        raise NotFound(what=_("export {number}").format(number=job))
    caller.need_on(Permission.BACKUP, *found.channels)
    caller.need_moment(found.start_us)
    return found


def _visible(caller: Caller, job: ExportJob) -> bool:
    own = caller.may_see_of(job.by) and job.start_us >= caller.oldest_us
    return own and caller.rights.on(Permission.BACKUP).issuperset(job.channels)

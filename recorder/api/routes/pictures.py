"""Pictures of the picture stream: which there are, each of them, and one more by hand."""

import asyncio
from pathlib import Path as FilePath
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import Path, Query, Response
from pydantic import BaseModel, Field

from recorder.api.context import Player, TheControl
from recorder.api.folder import chosen_folder
from recorder.api.moments import Moment
from recorder.api.router import Router
from recorder.api.routes.channels import Number
from recorder.api.routes.footage import check_order, picture_since
from recorder.client.answers import Picture
from recorder.client.clock import LATEST_US
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.control import footage
from recorder.playback import names
from recorder.settings.scope import Permission

router = Router(prefix="/channels/{channel}/pictures", tags=["pictures"])


APART_S = 1.1
"""decode gives the same picture for a second."""


class NotSaved(NightjarError):
    """A picture was recorded, and could not be written into a folder."""

    status = 507
    words = _("The picture was recorded, but could not be saved in {path}: {problem}.")


class NewPicture(BaseModel):
    """A picture of now, or of a recorded time; with a folder at the recorder a file is saved there too."""

    at: Moment | None = None
    directory: str | None = Field(None, max_length=4096)


@router.get("")
async def pictures(
    channel: Number,
    control: TheControl,
    caller: Player,
    start: Annotated[Moment, Query()] = 0,
    end: Annotated[Moment, Query()] = LATEST_US,
) -> list[Picture]:
    """The recorded pictures of a channel between two times, oldest first."""
    check_order(start, end)
    start = caller.since(start)
    return await footage.pictures(control.instance, channel, start, end) if start < end else []


@router.get(
    "/{at}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def picture(
    channel: Number, at: Annotated[int, Path(ge=0, le=LATEST_US)], control: TheControl, caller: Player
) -> Response:
    """The newest picture at or before a time, as it was recorded."""
    found = await picture_since(control, caller, channel, at)
    return Response(found, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.post("", status_code=201)
async def take_picture(channel: Number, wanted: NewPicture, control: TheControl, caller: Player) -> Picture:
    """Take a picture and record it; of now, it needs the right to live pictures too.

    Of now as many are taken as the channel's page of pictures says, one a second; the first is told.
    """
    if wanted.at is not None:
        caller.need_moment(wanted.at)
    else:
        caller.need_on(Permission.LIVE, channel)
        await run_sync(control.channels.get, channel)
    folder = None
    if wanted.directory is not None:
        caller.need_on(Permission.BACKUP, channel)
        folder = await run_sync(chosen_folder, control, caller, wanted.directory)
    known = await run_sync(control.channels.all)
    title = known[channel].values.name if channel in known else ""
    first: Picture | None = None
    for number in range(control.pictures.by_hand(channel) if wanted.at is None else 1):
        if number:
            await asyncio.sleep(APART_S)
        try:
            taken, jpeg = await control.pictures.take(channel, wanted.at)
        except NightjarError:
            if first is None:
                raise
            break
        if folder is not None:
            saved = await run_sync(_save, folder, title, channel, taken.at_us, jpeg)
            taken = Picture(taken.at_us, taken.bytes, saved)
        first = first or taken
    assert first is not None
    return first


def _save(folder: FilePath, title: str, channel: int, at_us: int, jpeg: bytes) -> str:
    wished = folder / f"{names.stem(title or _('channel'), channel, at_us)}.jpg"
    path = names.claim(wished, exact=False)
    fresh = names.under_way(path)
    try:
        fresh.write_bytes(jpeg)
        fresh.replace(path)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise NotSaved(path=folder, problem=error.strerror or str(error)) from error
    finally:
        fresh.unlink(missing_ok=True)
    return str(path)

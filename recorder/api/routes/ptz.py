"""Domes: the cameras of channels turned, zoomed and sent to presets (D-PTZ)."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from recorder.api.context import CameraKeeper, PtzUser, TheControl, author
from recorder.api.router import Router
from recorder.client.answers import Dome, PtzLine
from recorder.control.channels import MOST_CHANNELS
from recorder.control.domes import CHANGING
from recorder.settings.preset_names import LONGEST_NAME
from recorder.settings.scope import Permission

router = Router(tags=["ptz"])
Number = Annotated[int, Path(ge=1, le=MOST_CHANNELS)]
Preset = Annotated[int, Path(ge=1, le=255)]
Share = Annotated[float, Field(ge=-1, le=1)]
Counted = Annotated[int, Field(ge=0, le=255)]


class Move(BaseModel):
    """Shares of full speed: to the right, up, towards tele, towards far, open; below zero the other way."""

    pan: Share = 0.0
    tilt: Share = 0.0
    zoom: Share = 0.0
    focus: Share = 0.0
    iris: Share = 0.0


class Look(BaseModel):
    """Where to look: degrees to the right and up from the dome's zero, and zoom from 0 (wide) to 1 (tele)."""

    pan_degrees: Annotated[float, Field(ge=-360, le=360)]
    tilt_degrees: Annotated[float, Field(ge=-90, le=90)]
    zoom: Annotated[float, Field(ge=0, le=1)]


class PresetTitle(BaseModel):
    """What a preset is called; an empty name forgets it."""

    name: Annotated[str, Field(max_length=LONGEST_NAME)]


class Act(BaseModel):
    """One of the `actions` of a dome, with its number, and the preset of a tour as the second."""

    action: Annotated[str, Field(max_length=32)]
    number: Counted = 0
    second: Counted = 0


@router.get("/ptz/lines")
async def lines(control: TheControl, _caller: PtzUser) -> list[PtzLine]:
    """The lines that domes can hang at; none where the board has none."""
    return await control.domes.lines()


@router.get("/channels/{channel}/ptz")
async def dome(channel: Number, control: TheControl, _caller: PtzUser) -> Dome:
    """What the dome of a channel can do, and what it does."""
    return await control.domes.dome(channel)


@router.post("/channels/{channel}/ptz/move", status_code=204)
async def move(channel: Number, wanted: Move, control: TheControl, _caller: PtzUser) -> None:
    """Move as long as this is asked again within two seconds; all zero stops."""
    await control.domes.move(channel, **wanted.model_dump())


@router.post("/channels/{channel}/ptz/stop", status_code=204)
async def stop(channel: Number, control: TheControl, _caller: PtzUser) -> None:
    """Stop all that moves."""
    await control.domes.stop(channel)


@router.post("/channels/{channel}/ptz/look", status_code=204)
async def look(channel: Number, wanted: Look, control: TheControl, _caller: PtzUser) -> None:
    """Look somewhere; refused where the dome's protocol cannot."""
    await control.domes.look(channel, **wanted.model_dump())


@router.post("/channels/{channel}/ptz/presets/{preset}/goto", status_code=204)
async def call_preset(channel: Number, preset: Preset, control: TheControl, caller: PtzUser) -> None:
    """Go to a preset."""
    await control.domes.act(channel, "preset_goto", preset, author=author(caller))


@router.put("/channels/{channel}/ptz/presets/{preset}", status_code=204)
async def set_preset(channel: Number, preset: Preset, control: TheControl, caller: CameraKeeper) -> None:
    """Keep where the dome looks now as a preset."""
    await control.domes.act(channel, "preset_set", preset, author=author(caller))


@router.patch("/channels/{channel}/ptz/presets/{preset}", status_code=204)
async def name_preset(
    channel: Number, preset: Preset, wanted: PresetTitle, control: TheControl, caller: CameraKeeper
) -> None:
    """Give a preset a name."""
    await control.domes.name_preset(channel, preset, wanted.name, author(caller))


@router.delete("/channels/{channel}/ptz/presets/{preset}", status_code=204)
async def clear_preset(channel: Number, preset: Preset, control: TheControl, caller: CameraKeeper) -> None:
    """Forget a preset, and its name."""
    await control.domes.act(channel, "preset_clear", preset, author=author(caller))


@router.post("/channels/{channel}/ptz/actions", status_code=204)
async def act(channel: Number, wanted: Act, control: TheControl, caller: PtzUser) -> None:
    """Do one thing: tours, patterns, scans, aux outputs, the dome's menu. What changes the dome needs the right to."""
    if wanted.action in CHANGING:
        caller.need_on(Permission.CAMERA, channel)
    await control.domes.act(channel, wanted.action, wanted.number, wanted.second, author=author(caller))

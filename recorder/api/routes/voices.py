"""Voice files: what the recorder says, sent to it or from a USB stick; pages `voice-file` list and remove them."""

import asyncio
from typing import Annotated

from fastapi import Body, Path
from pydantic import BaseModel, Field

from recorder.accounts.caller import Caller
from recorder.api.context import SystemKeeper, TheControl, author
from recorder.api.router import Router
from recorder.client.answers import FoundBundle, VoiceTaken
from recorder.control.control import Control

router = Router(prefix="/voices", tags=["events"])
Name = Annotated[str, Path(max_length=32)]


class SoundOnStick(BaseModel):
    """A file of `/voices/found`."""

    id: str = Field(pattern="^[0-9a-f]{12}$")


@router.get("/found")
def found_sounds(control: TheControl, _caller: SystemKeeper) -> list[FoundBundle]:
    """The sound files on USB sticks."""
    return list(control.sounds.files.found())


@router.put("/{voice}", status_code=201)
async def put_voice(
    voice: Name, data: Annotated[bytes, Body(media_type="audio/wav")], control: TheControl, caller: SystemKeeper
) -> VoiceTaken:
    """Take a sound, in place of the one that was there: WAV, MP3, FLAC, OGG or M4A, at most 1 MiB and 60 s."""
    return await _take(control, caller, voice, data)


@router.post("/{voice}/stick", status_code=201)
async def take_voice(voice: Name, wanted: SoundOnStick, control: TheControl, caller: SystemKeeper) -> VoiceTaken:
    """Take a file of a USB stick, in place of the sound that was there: at most 6 MiB and 60 s."""
    return await _take(control, caller, voice, await asyncio.to_thread(control.sounds.files.read, wanted.id))


async def _take(control: Control, caller: Caller, voice: str, data: bytes) -> VoiceTaken:
    clip = await control.sounds.files.clip(data)
    await asyncio.to_thread(control.sounds.voices.add, voice, clip, author(caller))
    return VoiceTaken(voice, clip.length_s, clip.rate_hz, clip.channels)

"""Voice files: what the recorder says, sent to it as WAV; pages `voice-file` list, change and remove them."""

import asyncio
from typing import Annotated

from fastapi import Body, Path

from recorder.api.context import SystemKeeper, TheControl, author
from recorder.api.router import Router
from recorder.client.answers import VoiceTaken

router = Router(prefix="/voices", tags=["events"])
Name = Annotated[str, Path(max_length=32)]


@router.put("/{voice}", status_code=201)
async def put_voice(
    voice: Name, data: Annotated[bytes, Body(media_type="audio/wav")], control: TheControl, caller: SystemKeeper
) -> VoiceTaken:
    """Take a sound, in place of the one that was there: WAV, PCM of 8 or 16 bits, at most 1 MiB and 60 s."""
    clip = await asyncio.to_thread(control.voices.add, voice, data, author(caller))
    return VoiceTaken(voice, clip.length_s, clip.rate_hz, clip.channels)

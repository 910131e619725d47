"""The buttons of tiles, pressed."""

from typing import Annotated

from fastapi import Path

from recorder.api.context import AlarmUser, TheControl, author
from recorder.api.router import Router
from recorder.client.answers import Output
from recorder.control.channels import MOST_CHANNELS

router = Router(tags=["terminals"])


@router.post("/channels/{channel}/button")
async def press(
    channel: Annotated[int, Path(ge=1, le=MOST_CHANNELS)], control: TheControl, caller: AlarmUser
) -> Output:
    """Press the button of a camera's tile; how its output stands then is answered."""
    caller.need_channel(channel)
    return await control.tile_buttons.press(channel, author(caller))

"""Motion: searched for in what was recorded, and as it is seen now; and how loud it is."""

from dataclasses import replace
from typing import Annotated

from fastapi import Query

from recorder.api.context import Player, TheControl, Viewer
from recorder.api.router import Router
from recorder.api.routes.channels import Number
from recorder.api.routes.footage import At, check_order
from recorder.client.answers import MotionFound, Moved
from recorder.client.clock import SECOND_US
from recorder.client.detection import ChannelSeen, SoundSeen
from recorder.client.grid import LONGEST_TEXT, WHOLE, from_text
from recorder.control import footage
from recorder.settings.scope import Permission

LISTEN_US = 10 * SECOND_US
router = Router(tags=["motion"])
Region = Annotated[str, Query(max_length=LONGEST_TEXT, examples=["0,0,22,18", "3,4,2,1;10,9,4,4"])]


@router.get("/channels/{channel}/motion")
async def motion(
    channel: Number, start: At, end: At, control: TheControl, caller: Player, region: Region = ""
) -> MotionFound:
    """When something moved in a region: columns and rows of a grid of 22 x 18 cells, as rectangles; "" for all.

    Answered from what was seen while it was recorded, at most 31 days at once. Outside of `analysed` nobody looked.
    """
    check_order(start, end)
    start = caller.since(start)
    if start >= end:
        return MotionFound((), ())
    found = await footage.motion(control.instance, channel, from_text(region) if region else WHOLE, start, end)
    return MotionFound(
        tuple(Moved(*one) for one in found.moved),
        tuple(Moved(*one) for one in found.analysed),
    )


@router.get("/channels/{channel}/sound")
async def sound(channel: Number, control: TheControl, caller: Viewer) -> SoundSeen:
    """How loud a channel is now, in dB of full scale. Asked again at least every ten seconds it goes on being heard."""
    caller.need_on(Permission.LIVE, channel)
    caller.need_on(Permission.AUDIO, channel)
    control.detect.listen_to(channel, control.clock.monotonic_us() + LISTEN_US)
    seen = (control.detect.seen or {}).get(channel)
    return seen.sound if seen is not None and seen.sound is not None else SoundSeen(waiting=True)


@router.get("/detection")
async def detection(control: TheControl, caller: Viewer) -> list[ChannelSeen]:
    """What is seen on every channel now, and how often it is looked at; nothing while detection does not run."""
    return [
        one if caller.may_on(Permission.AUDIO, channel) else replace(one, sound=None)
        for channel, one in sorted((control.detect.seen or {}).items())
        if caller.may_on(Permission.LIVE, channel)
    ]

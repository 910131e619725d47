"""Grants: what somebody may see, as a token that media, reader, decode and web verify by themselves."""

from typing import Annotated

from pydantic import BaseModel, Field

from recorder.api.context import AnyCaller, TheControl
from recorder.api.moments import Moment
from recorder.api.router import Router
from recorder.api.routes.footage import check_order
from recorder.client.answers import Granted
from recorder.client.clock import SECOND_US
from recorder.client.grants import Grant
from recorder.client.stream import StreamName
from recorder.control.channels import MOST_CHANNELS
from recorder.settings.scope import Permission

router = Router(prefix="/grants", tags=["grants"])
LASTS_S = 3600


class NewGrant(BaseModel):
    """Channels and streams; live, and recorded time from `start` on (until `end`) where a start is given."""

    channels: list[Annotated[int, Field(ge=1, le=MOST_CHANNELS)]] = Field(min_length=1, max_length=MOST_CHANNELS)
    streams: list[StreamName] = Field([StreamName.MAIN, StreamName.SUB], min_length=1, max_length=4)
    audio: bool = False
    live: bool = True
    start: Moment | None = None
    end: Moment | None = None


@router.post("", status_code=201)
async def mint_grant(wanted: NewGrant, control: TheControl, caller: AnyCaller) -> Granted:
    """Mint a grant. It lasts an hour, and no longer than the session."""
    needed = [
        *([Permission.LIVE] if wanted.live else []),
        *([Permission.AUDIO] if wanted.audio else []),
        *([Permission.PLAYBACK] if wanted.start is not None else []),
    ]
    for one in needed or [Permission.LIVE]:
        caller.need_on(one, *wanted.channels)
    if wanted.start is not None:
        check_order(wanted.start, wanted.end if wanted.end is not None else wanted.start + 1)
    now = control.clock.now_us()
    expires = now + LASTS_S * SECOND_US
    grant = Grant(
        channels=tuple(wanted.channels),
        streams=tuple(wanted.streams),
        audio=wanted.audio,
        # Without a start nothing recorded is covered: a stretch that ended before time began.
        start_us=caller.since(wanted.start) if wanted.start is not None else now,
        end_us=wanted.end if wanted.start is not None else 0,
        live=wanted.live,
        expires_us=min(expires, caller.expires_us) if caller.expires_us else expires,
    )
    return Granted(control.mint(grant), grant.expires_us)

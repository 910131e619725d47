"""How the recorder is."""

from dataclasses import replace

from fastapi import APIRouter

from recorder.accounts.caller import Caller
from recorder.api.context import TheControl, Viewer
from recorder.client.answers import Status
from recorder.control.control import Control
from recorder.settings.scope import Permission

router = APIRouter(prefix="/status", tags=["status"])


@router.get("")
def status(control: TheControl, caller: Viewer) -> Status:
    """Processes, streams, disks, version, time. Channels that the caller must not see are left out."""
    return seen_by(caller, control, control.status())


def seen_by(caller: Caller, control: Control, found: Status) -> Status:
    """Leave out what a caller must not see, down to how many there are of it (A2)."""
    if caller.sees_all:
        return found
    media = found.media
    if media is not None:
        media = replace(
            media,
            streams=tuple(one for one in media.streams if caller.sees(one.channel)),
            names={number: name for number, name in media.names.items() if caller.sees(number)},
            footage=tuple(one for one in media.footage if caller.may_on(Permission.PLAYBACK, one.channel)),
        )
    return replace(
        found,
        channels=sum(caller.sees(one.number) for one in control.plan.channels),
        channels_recording=len({one.channel for one in media.streams if one.recording}) if media else 0,
        media=media,
        seats=tuple(one for one in found.seats if caller.sees(one.channel)),
        domes=tuple(number for number in found.domes if caller.sees(number)),
    )

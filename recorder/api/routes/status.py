"""How the recorder is."""

from dataclasses import replace

from fastapi import APIRouter

from recorder.accounts.caller import Caller
from recorder.api.context import TheControl, Viewer
from recorder.client.answers import Status

router = APIRouter(prefix="/status", tags=["status"])


@router.get("")
def status(control: TheControl, caller: Viewer) -> Status:
    """Processes, streams, disks, version, time. Channels that the caller must not see are left out."""
    return seen_by(caller, control.status())


def seen_by(caller: Caller, found: Status) -> Status:
    """Leave out what a caller must not see."""
    if not caller.hidden:
        return found
    found = replace(found, domes=tuple(number for number in found.domes if caller.sees(number)))
    if found.media is None:
        return found
    streams = tuple(one for one in found.media.streams if caller.sees(one.channel))
    names = {number: name for number, name in found.media.names.items() if caller.sees(number)}
    return replace(found, media=replace(found.media, streams=streams, names=names))

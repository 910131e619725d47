"""How the recorder is."""

from dataclasses import replace

from recorder.accounts.caller import Caller, Door
from recorder.api.context import TheControl, Viewer
from recorder.api.router import Router
from recorder.client.answers import Status, UpdateNote
from recorder.client.outage import Outage
from recorder.control.control import Control
from recorder.settings.scope import Permission

router = Router(prefix="/status", tags=["status"])


@router.get("")
def status(control: TheControl, caller: Viewer) -> Status:
    """Processes, streams, disks, version, time. Channels that the caller must not see are left out."""
    return seen_by(caller, control, control.status())


def seen_by(caller: Caller, control: Control, found: Status) -> Status:
    """Leave out what a caller must not see, down to how many there are of it (A2)."""
    if not caller.administers and caller.door is not Door.SCREEN:
        found = replace(found, update=UpdateNote(), notice="")
    if caller.sees_all and not caller.oldest_us:
        return found
    media = found.media
    if media is not None:
        media = replace(
            media,
            streams=tuple(one for one in media.streams if caller.sees(one.channel)),
            names={number: name for number, name in media.names.items() if caller.sees(number)},
            footage=tuple(
                replace(one, oldest_us=caller.since(one.oldest_us))
                for one in media.footage
                if caller.may_on(Permission.PLAYBACK, one.channel)
            ),
            disks=tuple(replace(one, oldest_us=_since(caller, one.oldest_us)) for one in media.disks),
            pools=tuple(replace(one, oldest_us=_since(caller, one.oldest_us)) for one in media.pools),
        )
    return replace(
        found,
        channels=sum(caller.sees(one.number) for one in control.plan.channels),
        channels_recording=len({one.channel for one in media.streams if one.recording}) if media else 0,
        media=media,
        seats=tuple(one for one in found.seats if caller.sees(one.channel)),
        messages=tuple(one for one in found.messages if one.channel not in caller.hidden),
        buttons=tuple(one for one in found.buttons if caller.sees(one.channel)),
        tours=tuple(
            replace(one, channels=tuple(number for number in one.channels if caller.sees(number)))
            for one in found.tours
            if one.channel not in caller.hidden
        ),
        domes=tuple(number for number in found.domes if caller.sees(number)),
        wall_mains=tuple(number for number in found.wall_mains if caller.sees(number)),
        outage=outage_for(caller, found.outage),
        hidden=tuple(sorted(caller.hidden)) if caller.door is Door.SCREEN else (),
    )


def outage_for(caller: Caller, outage: Outage | None) -> Outage | None:
    """Leave out the channels that a caller must not see (A2)."""
    if outage is None:
        return None
    return replace(outage, channels=tuple(one for one in outage.channels if caller.sees(one.channel)))


def _since(caller: Caller, oldest_us: int | None) -> int | None:
    """When the oldest footage of a disk was recorded, of which other channels may be a part: not told to all."""
    return caller.since(oldest_us) if oldest_us is not None and caller.sees_all else None

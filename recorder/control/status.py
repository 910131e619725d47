"""How the recorder is, put together of all that control has (`Control.status`)."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from recorder.client.answers import ProcessInfo, Status, Storage
from recorder.client.dates import Order, local, written
from recorder.client.errors import UNREADABLE
from recorder.client.instance import Instance
from recorder.client.storage_rows import free_disks, rows
from recorder.client.version import own_version
from recorder.control.seats import answered
from recorder.events.sources.nothing_recorded import NothingRecorded
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.general import General
from recorder.settings.pages.ptz import Ptz

if TYPE_CHECKING:
    from recorder.control.control import Control


def status_of(control: "Control") -> Status:
    """Say how it is. Reads settings and a small file: called in a thread."""
    general, date_time = control.settings.get(General), control.settings.get(DateTime)
    media = control.media.status
    recording = {one.channel for one in media.streams if one.recording} if media else set[int]()
    return Status(
        version=own_version(),
        name=general.recorder_name,
        time_us=control.clock.now_us(),
        zone=date_time.zone,
        needs_setup=control.accounts.first_run.is_due(),
        plan_revision=control.plan.revision,
        channels=len(control.plan.channels),
        channels_recording=len(recording),
        processes=processes_of(control.instance),
        media=media,
        media_silent_since_us=control.media.silent_since_us,
        simulation=control.simulation.available,
        date_format=date_time.date_format,
        hour_format=date_time.hour_format,
        week_begins=date_time.week_begins,
        bays=control.bay_work.bays(),
        arrays=control.array_work.arrays(),
        seats=answered(control.seats.seats, media.streams if media else ()),
        sticks=control.sticks.sticks,
        troubles=(
            *control.machinery.news.troubles,
            *control.rtsp.troubles,
            *control.notice.troubles,
            *(one for keeper in control.keepers for one in keeper.troubles),
        ),
        domes=tuple(sorted(int(one.item) for one in control.settings.items(Ptz) if one.values.line)),
        wall_mains=control.planning.wall_mains,
        idle_logout_min=general.idle_logout_min,
        instant_playback_min=general.instant_playback_min,
        recorder_number=general.recorder_number,
        messages=control.messages.now(),
        outage=control.desk.engine.power.untold,
        notice=control.notice.words,
        unrecorded_since_us=control.desk.engine.since_us(NothingRecorded),
        tours=control.toured.now(),
        buttons=control.tile_buttons.all(),
        update=control.updates.note,
    )


def storage_of(told: Status) -> Storage:
    """All that is recorded to, in words."""
    zone, order = ZoneInfo(told.zone), Order(told.date_format)
    return Storage(rows(told, lambda at_us: written(local(at_us, zone), order)), free_disks(told))


def processes_of(instance: Instance) -> dict[str, ProcessInfo]:
    """The processes as the supervisor of a laptop tells them; on the target there are none to tell of."""
    try:
        told = (instance.run / "processes.json").read_bytes()
        return msgspec.json.decode(told, type=dict[str, ProcessInfo])
    except (OSError, *UNREADABLE):
        return {}

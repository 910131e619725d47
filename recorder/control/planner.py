"""From settings to the plan that media runs from: 14 days ahead, sealed, and stable where nothing changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError
from recorder.client.recording import RecordType
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.control.week_intervals import DAY_S, Stretch, intervals, stretches
from recorder.media.plan import (
    DAYS_AHEAD,
    ChannelPlan,
    ChannelStorage,
    DiskPlan,
    Due,
    FullPolicy,
    Plan,
    PoolPlan,
    StoragePlan,
    StreamPlan,
)
from recorder.settings.calendar import Calendar
from recorder.settings.pages import channel_storage as page
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.disk import Disk, Use
from recorder.settings.pages.pool import Pool, WhenFull
from recorder.settings.pages.record_mode import Mode, RecordMode
from recorder.settings.pages.record_schedule import PRIORITY, RecordSchedule
from recorder.settings.pages.storage_basic import StorageBasic
from recorder.settings.rtsp_url import ADDRESS
from recorder.settings.secret import Seal
from recorder.settings.settings import Settings
from recorder.store.key_ring import KeyRing

GB = 10**9

MOST_ENDED = 32
"""How many intervals of a channel that are over a plan still tells: as many as somebody changes in a day."""


@dataclass(frozen=True)
class Ahead:
    """The time that a plan is made for, by the recorder's calendar."""

    calendar: Calendar
    parts: Sequence[Stretch]


def channel_name(number: int, channel: Channel) -> str:
    """What a channel is called where its owner gave no name."""
    return channel.name or _("Camera {number}").format(number=number)


class Planner:
    """Makes plans. `make` reads settings and seals, so it is called in a thread."""

    def __init__(self, settings: Settings, seal: Seal, keys: KeyRing, address_of: Callable[[int], str]) -> None:
        self._settings = settings
        self._address_of = address_of
        self._keys = keys
        self._seal = seal

    def make(self, now_us: int, previous: Plan) -> Plan:
        """Make the plan that holds from now on; `previous` is the one before, or an empty one."""
        now_s = now_us // SECOND_US
        calendar = Calendar.of(self._settings)
        ahead = Ahead(calendar, stretches(calendar.zone, now_s, now_s + DAYS_AHEAD * DAY_S))
        channels = sorted(self._settings.items(Channel), key=lambda one: int(one.item))
        storage = self._settings.get(StorageBasic)
        return Plan(
            revision=self._settings.count("plan"),
            made_us=now_us,
            channels=tuple(
                self._channel(int(one.item), one.values, ahead, now_us, previous.channel(int(one.item)))
                for one in channels
            ),
            storage=StoragePlan(
                storage.full_policy, storage.expiry_days or None, tuple(self._pools(storage)), tuple(self._disks())
            ),
        )

    def _pools(self, storage: StorageBasic) -> Iterator[PoolPlan]:
        for one in self._settings.items(Pool):
            pool = one.values
            if pool.encrypted:
                # Durable before anything is written with it.
                self._keys.ensure(int(one.item))
            inherits = pool.when_full is WhenFull.INHERIT
            overwrites = pool.when_full is WhenFull.OVERWRITE
            own_policy = FullPolicy.OVERWRITE if overwrites else FullPolicy.STOP
            days = (pool.most_days or storage.expiry_days) if inherits else pool.most_days
            yield PoolPlan(
                int(one.item),
                pool.name,
                storage.full_policy if inherits else own_policy,
                days or None,
                pool.least_days,
                pool.lock_percent,
                pool.start_percent,
                pool.takes_spill,
                pool.encrypted,
                pool.thin_days,
            )

    def _disks(self) -> Iterator[DiskPlan]:
        for one in self._settings.items(Disk):
            yield DiskPlan(one.item, one.values.pool, one.values.use is Use.READ)

    def _storage(self, item: str) -> ChannelStorage:
        asked = self._settings.get(page.ChannelStorage, item)
        return ChannelStorage(
            asked.main_pool,
            asked.sub_pool,
            asked.picture_pool,
            asked.mirror_pool,
            asked.quota_gb * GB or None,
            asked.quota_days or None,
            asked.thin_days,
            asked.priority,
        )

    def _channel(
        self, number: int, channel: Channel, ahead: Ahead, now_us: int, before: ChannelPlan | None
    ) -> ChannelPlan:
        name = channel_name(number, channel)
        storage = self._storage(str(number))
        if not channel.enabled:
            return ChannelPlan(number, name, (), _ended((), before, now_us), storage)
        address = self._address_of(channel.seat) if channel.seat else ""
        asked = {StreamName.MAIN: channel.url, StreamName.SUB: channel.sub_url}
        # While nobody knows the camera net, a stream there has no place yet.
        places = {name: url.replace(ADDRESS, address) for name, url in asked.items() if address or ADDRESS not in url}
        streams = tuple(
            self._stream(stream, url, channel, before.stream(stream) if before else None)
            for stream, url in places.items()
            if url
        )
        record = self._record(str(number), [one.stream for one in streams], ahead)
        carried = tuple(_carried_on(one, before, now_us) for one in record)
        return ChannelPlan(number, name, streams, (*_ended(carried, before, now_us), *carried), storage)

    def _stream(self, stream: StreamName, url: str, channel: Channel, before: StreamPlan | None) -> StreamPlan:
        password = channel.password.reveal()
        sealed = before.password if before and self._opens(before.password, password) else self._seal.seal(password)
        return StreamPlan(stream, url, channel.user, sealed, channel.transport, channel.certificate)

    def _opens(self, sealed: str, password: str) -> bool:
        """Whether an earlier sealed text still holds this password: media sees a new text as a new password."""
        try:
            return self._seal.unseal(sealed) == password
        except NightjarError:
            return False

    def _record(self, item: str, streams: list[StreamName], ahead: Ahead) -> list[Due]:
        mode = self._settings.get(RecordMode, item).mode
        schedule = self._settings.get(RecordSchedule, item)
        wanted = tuple(one for one in streams if one is StreamName.MAIN or schedule.record_sub)
        match mode:
            case Mode.OFF:
                return []
            case Mode.MANUAL:
                span = (ahead.parts[0].start_s * SECOND_US, ahead.parts[-1].end_s * SECOND_US)
                return [Due(*span, RecordType.GENERAL, wanted, schedule.pre_record_s)]
            case Mode.AUTO:
                return [
                    Due(start, end, kind, wanted, schedule.pre_record_s, schedule.keys_between)
                    for kind in reversed(PRIORITY)
                    for start, end in intervals(schedule.week, ahead.parts, kind, ahead.calendar)
                ]


def moved(plan: Plan, by_us: int, now_us: int) -> Plan:
    """Give a plan after our clock was set: what began before did so at another time than we believed."""
    before_us = now_us - by_us

    def one(due: Due) -> Due:
        if due.start_us > before_us:
            return due
        end_us = due.end_us + by_us if due.end_us <= before_us else due.end_us
        return replace(due, start_us=due.start_us + by_us, end_us=max(end_us, due.start_us + by_us + 1))

    channels = tuple(replace(channel, record=tuple(map(one, channel.record))) for channel in plan.channels)
    return replace(plan, channels=channels)


def _ended(record: Sequence[Due], before: ChannelPlan | None, now_us: int) -> tuple[Due, ...]:
    """Give what was due and is no longer, with its end: media may have been away meanwhile, and must know when."""
    if before is None:
        return ()
    goes_on = {(due.start_us, due.type, due.streams) for due in record}
    ended = [
        replace(old, end_us=min(old.end_us, now_us))
        for old in before.record
        if old.start_us < now_us and (old.start_us, old.type, old.streams) not in goes_on
    ]
    return tuple(sorted(ended, key=lambda due: due.end_us)[-MOST_ENDED:])


def _carried_on(due: Due, before: ChannelPlan | None, now_us: int) -> Due:
    """Keep the true begin of what was due already: a new plan is no new stretch."""
    if before is None or due.start_us > now_us:
        return due
    begins = [
        old.start_us
        for old in before.record
        if old.type is due.type and old.streams == due.streams and old.start_us <= due.start_us <= old.end_us
    ]
    return replace(due, start_us=min(begins, default=due.start_us))

"""One client of `reader.sock`: what it may ask, and what it is answered."""

import asyncio
import logging
from collections.abc import Coroutine
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from recorder.client.answers import Day, Hold, Hour, Tag
from recorder.client.clock import SECOND_US
from recorder.client.errors import Invalid, NightjarError, NotFound, Refused
from recorder.client.grid import from_text
from recorder.client.stream import StreamKey, StreamName
from recorder.client.tap import Credit, Failed, Opened, Subscribe
from recorder.client.words import _
from recorder.reader.exports import ExportProgress, ExportRequest
from recorder.reader.file_play import FileSubscription, ReadFile
from recorder.reader.play import RecordedSubscription
from recorder.reader.service import Reader
from recorder.sockets.connection import Connection
from recorder.sockets.request import read
from recorder.store.completeness import Part
from recorder.store.notes import hold_of, tag_of

log = logging.getLogger(__name__)

MOST_SUBSCRIPTIONS = 64
MOST_QUESTIONS = 256
MOST_ROWS = 50_000
MOST_CREDIT = 1 << 40
MOST_DAYS = 31
"""Of completeness in one question: a month."""
LONGEST_SEARCH_US = (MOST_DAYS * 24 + 1) * 3_600_000_000
"""Of motion in one question: a month, with the hour by which it may be longer."""
MOST_CHANNEL_DAYS = 128 * 31
"""A month of every channel there can be."""
LONGEST_LISTING_US = 2 * 86_400_000_000
"""Of recorded files: their sizes follow from the indexes of all blocks of that time."""


class _Stretch(msgspec.Struct):
    id: int
    channel: int
    start_us: int
    end_us: int
    stream: StreamName = StreamName.MAIN


class _Month(msgspec.Struct):
    id: int
    channels: tuple[int, ...]
    year: int
    month: int
    zone: str
    stream: StreamName = StreamName.MAIN


class _Disk(msgspec.Struct):
    id: int
    disk: str


class _Days(msgspec.Struct):
    id: int
    channels: tuple[int, ...]
    first: date
    count: int
    zone: str
    stream: StreamName = StreamName.MAIN
    hours: bool = False


class _Moment(msgspec.Struct):
    id: int
    channel: int
    at_us: int


class _Search(msgspec.Struct):
    """Where something moved in a region (`recorder.client.grid`) within [start_us, end_us)."""

    id: int
    channel: int
    start_us: int
    end_us: int
    region: str


class _Notes(msgspec.Struct):
    """Holds or tags that touch [start_us, end_us) of some channels (None: all)."""

    id: int
    channels: tuple[int, ...] | None = None
    start_us: int = 0
    end_us: int = 1 << 62
    over: bool = False
    """Holds that were released or have expired, too."""
    text: str = ""
    """In the words of tags, or the reasons of holds."""
    note: str = ""
    """The id of the only one that is wanted."""


class _Export(msgspec.Struct):
    id: int
    channels: tuple[int, ...]
    start_us: int
    end_us: int
    path: str
    stream: StreamName = StreamName.MAIN
    grant: str = ""
    names: dict[int, str] = {}
    audio: bool = True
    exported_by: str = ""
    name: str = ""
    """What the job is to be called."""
    fetched: bool = False


class _Recording(msgspec.Struct):
    """What is asked of recorded files: the days that have some, those that begin within [start_us, end_us)."""

    id: int
    channel: int
    start_us: int = 0
    end_us: int = 1 << 62
    stream: StreamName = StreamName.MAIN
    grant: str = ""


class ReaderClient:
    """The session of one connection (`recorder.sockets.connection.Session`)."""

    def __init__(self, connection: Connection, reader: Reader) -> None:
        self._connection = connection
        self._reader = reader
        self._subscriptions: dict[int, RecordedSubscription | FileSubscription] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._jobs: set[str] = set()
        self._sees_all_jobs = False
        reader.exports.followers.append(self._progress)

    def received(self, message: dict[str, Any]) -> None:
        """Do what a message asks."""
        match message["op"]:
            case "subscribe":
                self._subscribe(read(message, Subscribe))
            case "credit":
                self._credit(read(message, Credit))
            case "unsubscribe":
                self._unsubscribe(message.get("id"))
            case "spans":
                asked = self._question(message, _Stretch)
                self._answer(asked.id, self._spans(asked))
            case "gaps":
                asked = self._question(message, _Stretch)
                self._answer(asked.id, self._gaps(asked))
            case "days":
                month = self._question(message, _Month)
                self._answer(month.id, self._days(month))
            case "holds":
                notes = self._question(message, _Notes)
                self._answer(notes.id, self._holds(notes))
            case "tags":
                notes = self._question(message, _Notes)
                self._answer(notes.id, self._tags(notes))
            case "completeness":
                several = self._question(message, _Days)
                self._answer(several.id, self._completeness(several))
            case "missing_keys":
                disk = self._question(message, _Disk)
                self._answer(disk.id, self._missing_keys(disk))
            case "file_days":
                days = self._granted(read(message, _Recording), message)
                self._answer(days.id, self._file_days(days))
            case "files":
                files = self._granted(read(message, _Recording), message)
                self._answer(files.id, self._files(files))
            case "file":
                self._file(read(message, ReadFile))
            case "pictures":
                asked = self._question(message, _Stretch)
                self._answer(asked.id, self._pictures(asked))
            case "picture":
                moment = self._question(message, _Moment)
                self._answer(moment.id, self._picture(moment))
            case "motion":
                searched = self._question(message, _Search)
                self._answer(searched.id, self._motion(searched))
            case "export":
                self._export(read(message, _Export))
            case "export_cancel":
                self._require_trust(_("cancel an export"))
                self._reader.exports.cancel(str(message.get("job")))
            case "export_list":
                self._require_trust(_("see exports"))
                self._sees_all_jobs = True
                exports = self._reader.exports
                told = {"op": "exports", "id": message.get("id"), "jobs": exports.list(), "asked": exports.requests()}
                self._connection.send(told)
            case op:
                raise Invalid(problem=_("the reader does not know the message {op}").format(op=op))

    def drained(self) -> None:
        """Let subscriptions read on."""
        for subscription in self._subscriptions.values():
            subscription.drained()

    def closed(self) -> None:
        """Forget the client; its exports go on."""
        for subscription in list(self._subscriptions.values()):
            subscription.stop()
        self._subscriptions.clear()
        for task in self._asking:
            task.cancel()
        self._reader.exports.followers.remove(self._progress)

    def _require_trust(self, what: str) -> None:
        if not self._connection.peer.trusted:
            raise Refused(what=what)

    def _granted(self, asked: _Recording, message: dict[str, Any]) -> _Recording:
        """Let through whom a grant lets see the stretch; without one only our own processes."""
        if not asked.grant:
            return self._question(message, _Recording)
        grant = self._reader.verifier.verify(asked.grant)
        grant.check_recorded(asked.channel, asked.stream, asked.start_us, asked.end_us)
        if len(self._asking) >= MOST_QUESTIONS:
            raise Invalid(problem=_("too many questions at once"))
        return asked

    async def _file_days(self, asked: _Recording) -> dict[str, Any]:
        days = await self._reader.file_days(StreamKey(asked.channel, asked.stream))
        if asked.start_us:
            first = datetime.fromtimestamp(asked.start_us / SECOND_US).astimezone().date().isoformat()
            days = [day for day in days if day >= first]
        return {"op": "file_days", "id": asked.id, "days": days}

    async def _files(self, asked: _Recording) -> dict[str, Any]:
        if asked.end_us - asked.start_us > LONGEST_LISTING_US:
            raise Invalid(problem=_("files are listed for two days at most at once"))
        found = await self._reader.files(StreamKey(asked.channel, asked.stream), asked.start_us, asked.end_us)
        return {"op": "files", "id": asked.id, "files": found}

    def _check_number(self, number: int) -> None:
        if not 0 <= number < 1 << 32 or len(self._subscriptions) >= MOST_SUBSCRIPTIONS:
            raise Invalid(problem=_("a subscription number out of range, or too many subscriptions"))

    def _file(self, asked: ReadFile) -> None:
        self._check_number(asked.id)
        if asked.offset < 0 or asked.bytes <= 0:
            raise Invalid(problem=_("a range that is empty"))
        if asked.grant:
            grant = self._reader.verifier.verify(asked.grant)
            told = asked.file
            grant.check_recorded(asked.channel, asked.stream, told.start_us, told.end_us, audio=asked.audio)
        else:
            self._require_trust(_("see recordings without a grant"))
        self._unsubscribe(asked.id)
        reader = self._reader
        subscription = FileSubscription(asked, self._connection, reader, self._over)
        self._subscriptions[asked.id] = subscription
        self._connection.send(Opened(asked.id))
        subscription.start()

    def _subscribe(self, asked: Subscribe) -> None:
        if asked.from_us is None:
            raise Invalid(problem=_("the reader has recorded time only; live pictures are at media"))
        self._check_number(asked.id)
        if asked.grant:
            grant = self._reader.verifier.verify(asked.grant)
            grant.check_recorded(asked.channel, asked.stream, asked.from_us, asked.until_us, audio=asked.audio)
        else:
            self._require_trust(_("see recordings without a grant"))
        self._unsubscribe(asked.id)
        reader = self._reader
        subscription = RecordedSubscription(asked, self._connection, reader.pool, reader.open_store, self._over)
        self._subscriptions[asked.id] = subscription
        self._connection.send(Opened(asked.id))
        subscription.start()

    def _credit(self, credit: Credit) -> None:
        if not 0 < credit.bytes <= MOST_CREDIT:
            raise Invalid(problem=_("a credit out of range"))
        subscription = self._subscriptions.get(credit.id)
        # It may have ended while the credit was on its way.
        if subscription is not None:
            subscription.add_credit(credit.bytes)

    def _unsubscribe(self, number: object) -> None:
        subscription = self._subscriptions.pop(number, None) if isinstance(number, int) else None
        if subscription is not None:
            subscription.stop()

    def _over(self, subscription: RecordedSubscription | FileSubscription) -> None:
        if self._subscriptions.get(subscription.asked.id) is subscription:
            del self._subscriptions[subscription.asked.id]

    def _question(self, message: dict[str, Any], kind: type[Any]) -> Any:
        self._require_trust(_("ask what is recorded"))
        if len(self._asking) >= MOST_QUESTIONS:
            raise Invalid(problem=_("too many questions at once"))
        return read(message, kind)

    async def _spans(self, asked: _Stretch) -> dict[str, Any]:
        found = await self._reader.spans(StreamKey(asked.channel, asked.stream), asked.start_us, asked.end_us)
        return {"op": "spans", "id": asked.id, "spans": _few(found)}

    async def _gaps(self, asked: _Stretch) -> dict[str, Any]:
        found = await self._reader.gaps(StreamKey(asked.channel, asked.stream), asked.start_us, asked.end_us)
        return {"op": "gaps", "id": asked.id, "gaps": _few(found)}

    async def _completeness(self, asked: _Days) -> dict[str, Any]:
        if not 1 <= asked.count <= MOST_DAYS or len(asked.channels) * asked.count > MOST_CHANNEL_DAYS:
            raise Invalid(problem=_("so many days must be asked for in parts"))
        found: list[Day] = []
        for channel in asked.channels:
            key = StreamKey(channel, asked.stream)
            days = await self._reader.completeness(key, asked.first, asked.count, asked.zone)
            for nth, day in enumerate(days):
                hours = tuple(Hour(*_told(one)) for one in day.hours) if asked.hours else ()
                found.append(Day(*_told(day), channel, str(asked.first + timedelta(days=nth)), hours))
        return {"op": "completeness", "id": asked.id, "days": found}

    async def _days(self, asked: _Month) -> dict[str, Any]:
        try:
            ZoneInfo(asked.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise Invalid(problem=_("there is no time zone {zone}").format(zone=asked.zone[:64])) from error
        if not 1 <= asked.month <= 12 or not 1970 <= asked.year <= 9998:
            raise Invalid(problem=_("there is no such month"))
        keys = [StreamKey(channel, asked.stream) for channel in asked.channels]
        found = await self._reader.days(keys, asked.year, asked.month, asked.zone)
        return {"op": "days", "id": asked.id, "days": {str(key.channel): days for key, days in found.items()}}

    async def _missing_keys(self, asked: _Disk) -> dict[str, Any]:
        found = await self._reader.missing_keys(asked.disk)
        return {"op": "missing_keys", "id": asked.id, "keys": len(found)}

    async def _holds(self, asked: _Notes) -> dict[str, Any]:
        found = [hold_of(one) for one in await self._reader.holds()]
        now_us = self._reader.clock.now_us()
        wanted = [one for one in found if _is_wanted(asked, one, one.reason) and (asked.over or one.lives(now_us))]
        return {"op": "holds", "id": asked.id, "holds": _few(wanted)}

    async def _tags(self, asked: _Notes) -> dict[str, Any]:
        found = [tag_of(one) for one in await self._reader.tags()]
        return {"op": "tags", "id": asked.id, "tags": _few([one for one in found if _is_wanted(asked, one, one.words)])}

    async def _pictures(self, asked: _Stretch) -> dict[str, Any]:
        found = await self._reader.pictures(asked.channel, asked.start_us, asked.end_us, MOST_ROWS + 1)
        rows = [{"at_us": at_us, "bytes": size} for at_us, size in _few(found)]
        return {"op": "pictures", "id": asked.id, "pictures": rows}

    async def _motion(self, asked: _Search) -> dict[str, Any]:
        if asked.end_us - asked.start_us > LONGEST_SEARCH_US:
            raise Invalid(problem=_("motion is searched for in {days} days at most at once").format(days=MOST_DAYS))
        found = await self._reader.motion(asked.channel, from_text(asked.region), asked.start_us, asked.end_us)
        return {"op": "motion", "id": asked.id, "moved": found.moved, "analysed": found.analysed}

    async def _picture(self, asked: _Moment) -> dict[str, Any]:
        found = await self._reader.picture(asked.channel, asked.at_us)
        if found is None:
            raise NotFound(what=_("picture at or before this time"))
        return {"op": "picture", "id": asked.id, "at_us": found.wall_us, "jpeg": bytes(found.data)}

    def _answer(self, number: int, question: Coroutine[Any, Any, dict[str, Any]]) -> None:
        async def ask() -> None:
            try:
                self._connection.send(await question)
            except NightjarError as error:
                self._connection.send(Failed(number, error.code, str(error)))
            except Exception:
                log.exception("A question failed")
                words = _("The question failed for a reason that nobody thought of; the log says more.")
                self._connection.send(Failed(number, "Unexpected", words))

        task = asyncio.get_running_loop().create_task(ask())
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def _export(self, asked: _Export) -> None:
        if asked.grant:
            grant = self._reader.verifier.verify(asked.grant)
            for channel in asked.channels:
                grant.check_recorded(channel, asked.stream, asked.start_us, asked.end_us, audio=asked.audio)
        # Even with a grant: who names a path on this machine must be one of our own processes.
        self._require_trust(_("export recordings"))
        if not asked.channels or asked.end_us <= asked.start_us or not Path(asked.path).is_absolute():
            raise Invalid(problem=_("an export needs channels, an end after its start, and a full path"))
        request = ExportRequest(
            asked.channels,
            asked.stream,
            asked.start_us,
            asked.end_us,
            asked.path,
            asked.names,
            asked.audio,
            asked.exported_by,
            asked.fetched,
        )
        job = self._reader.exports.start(request, asked.name)
        self._jobs.add(job)
        self._connection.send({"op": "exporting", "id": asked.id, "job": job})

    def _progress(self, progress: ExportProgress) -> None:
        if self._sees_all_jobs or progress.job in self._jobs:
            self._connection.send(progress)


def _is_wanted(asked: _Notes, one: Hold | Tag, words: str) -> bool:
    if asked.channels is not None and one.channel not in asked.channels:
        return False
    if asked.note and one.id != asked.note:
        return False
    within = one.start_us < asked.end_us and max(one.end_us, one.start_us + 1) > asked.start_us
    return within and asked.text.casefold() in words.casefold()


def _told(part: Part) -> tuple[int, int, int, int, int, dict[str, int]]:
    tally = part.tally
    missing = {reason.value: length_us for reason, length_us in tally.missing.items()}
    return part.start_us, part.end_us, tally.due_us, tally.recorded_us, tally.overwritten_us, missing


def _few(rows: list[Any]) -> list[Any]:
    if len(rows) > MOST_ROWS:
        raise Invalid(problem=_("so much is recorded in this time that it must be asked for in parts"))
    return rows

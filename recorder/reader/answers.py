"""The answers to questions about recorded time: each is worked out in threads of the reader and then sent."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recorder.client.clock import SECOND_US
from recorder.client.completeness import Day, Hour
from recorder.client.errors import Invalid, NotFound
from recorder.client.grid import from_text
from recorder.client.holds import Hold, Tag
from recorder.client.stream import StreamKey
from recorder.client.words import _
from recorder.reader.questions import Days, Disk, Moment, Month, Notes, Recording, Search, Stretch
from recorder.reader.service import Reader
from recorder.store.completeness import Part
from recorder.store.notes import hold_of, tag_of

MOST_ROWS = 50_000
MOST_DAYS = 31
"""Of completeness in one question: a month."""
LONGEST_SEARCH_US = (MOST_DAYS * 24 + 1) * 3_600_000_000
"""Of motion in one question: a month, with the hour by which it may be longer."""
MOST_CHANNEL_DAYS = 128 * 31
"""A month of every channel there can be."""
LONGEST_LISTING_US = 2 * 86_400_000_000
"""Of recorded files: their sizes follow from the indexes of all blocks of that time."""


class Answers:
    """Raise `Invalid` where too much is asked for at once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def spans(self, asked: Stretch) -> dict[str, Any]:
        """Stretches of footage."""
        found = await self._reader.spans(StreamKey(asked.channel, asked.stream), asked.start_us, asked.end_us)
        return {"op": "spans", "id": asked.id, "spans": _few(found)}

    async def gaps(self, asked: Stretch) -> dict[str, Any]:
        """Holes in what was due, with their reasons."""
        found = await self._reader.gaps(StreamKey(asked.channel, asked.stream), asked.start_us, asked.end_us)
        return {"op": "gaps", "id": asked.id, "gaps": _few(found)}

    async def completeness(self, asked: Days) -> dict[str, Any]:
        """How complete days are."""
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

    async def days(self, asked: Month) -> dict[str, Any]:
        """Days of a month with footage."""
        try:
            ZoneInfo(asked.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise Invalid(problem=_("there is no time zone {zone}").format(zone=asked.zone[:64])) from error
        if not 1 <= asked.month <= 12 or not 1970 <= asked.year <= 9998:
            raise Invalid(problem=_("there is no such month"))
        keys = [StreamKey(channel, asked.stream) for channel in asked.channels]
        found = await self._reader.days(keys, asked.year, asked.month, asked.zone)
        return {"op": "days", "id": asked.id, "days": {str(key.channel): days for key, days in found.items()}}

    async def missing_keys(self, asked: Disk) -> dict[str, Any]:
        """How many keys are missing to read a disk."""
        found = await self._reader.missing_keys(asked.disk)
        return {"op": "missing_keys", "id": asked.id, "keys": len(found)}

    async def holds(self, asked: Notes) -> dict[str, Any]:
        """Holds that touch a time."""
        found = [hold_of(one) for one in await self._reader.holds()]
        now_us = self._reader.clock.now_us()
        wanted = [one for one in found if _is_wanted(asked, one, one.reason) and (asked.over or one.lives(now_us))]
        return {"op": "holds", "id": asked.id, "holds": _few(wanted)}

    async def tags(self, asked: Notes) -> dict[str, Any]:
        """Tags that touch a time."""
        found = [tag_of(one) for one in await self._reader.tags()]
        return {"op": "tags", "id": asked.id, "tags": _few([one for one in found if _is_wanted(asked, one, one.words)])}

    async def pictures(self, asked: Stretch) -> dict[str, Any]:
        """The recorded pictures of a time."""
        found = await self._reader.pictures(asked.channel, asked.start_us, asked.end_us, MOST_ROWS + 1)
        rows = [{"at_us": at_us, "bytes": size} for at_us, size in _few(found)]
        return {"op": "pictures", "id": asked.id, "pictures": rows}

    async def motion(self, asked: Search) -> dict[str, Any]:
        """When something moved in a region."""
        if asked.end_us - asked.start_us > LONGEST_SEARCH_US:
            raise Invalid(problem=_("motion is searched for in {days} days at most at once").format(days=MOST_DAYS))
        found = await self._reader.motion(asked.channel, from_text(asked.region), asked.start_us, asked.end_us)
        return {"op": "motion", "id": asked.id, "moved": found.moved, "analysed": found.analysed}

    async def picture(self, asked: Moment) -> dict[str, Any]:
        """The newest picture at or before a time; raises `NotFound`."""
        found = await self._reader.picture(asked.channel, asked.at_us)
        if found is None:
            raise NotFound(what=_("picture at or before this time"))
        return {"op": "picture", "id": asked.id, "at_us": found.wall_us, "jpeg": bytes(found.data)}

    async def file_days(self, asked: Recording) -> dict[str, Any]:
        """Days of which there are recorded files."""
        days = await self._reader.file_days(StreamKey(asked.channel, asked.stream))
        if asked.start_us:
            first = datetime.fromtimestamp(asked.start_us / SECOND_US).astimezone().date().isoformat()
            days = [day for day in days if day >= first]
        return {"op": "file_days", "id": asked.id, "days": days}

    async def files(self, asked: Recording) -> dict[str, Any]:
        """Recorded files of at most two days."""
        if asked.end_us - asked.start_us > LONGEST_LISTING_US:
            raise Invalid(problem=_("files are listed for two days at most at once"))
        found = await self._reader.files(StreamKey(asked.channel, asked.stream), asked.start_us, asked.end_us)
        return {"op": "files", "id": asked.id, "files": found}


def _is_wanted(asked: Notes, one: Hold | Tag, words: str) -> bool:
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

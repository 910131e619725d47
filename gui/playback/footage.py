"""What is recorded of some channels on a day and in a month, fetched from the API on a worker's thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gui.playback.calendar import Month
from gui.playback.gaps import NOT_MISSING
from gui.playback.lane import Stretch
from gui.playback.notes import NO_NOTES, LaneNotes, Notes, fetch_notes
from recorder.client.answers import Gap, Span, Wholeness
from recorder.client.api import ApiClient
from recorder.client.stream import StreamName

FARTHEST_MONTHS = 24
PLAYED = (StreamName.MAIN, StreamName.SUB)
"""Which streams can be played; where nothing else is wished, the first that is recorded."""


@dataclass(frozen=True)
class Footage:
    """The recordings of one stretch of time, by channel, oldest first."""

    start_us: int = 0
    end_us: int = 0
    spans: Mapping[int, Sequence[Span]] = field(default_factory=dict[int, Sequence[Span]])
    notes: Notes = NO_NOTES
    gaps: Mapping[int, Sequence[Gap]] = field(default_factory=dict[int, Sequence[Gap]])
    streams: Mapping[int, StreamName] = field(default_factory=dict[int, StreamName])
    """Of which stream of each channel all this is."""
    there: Mapping[int, Sequence[StreamName]] = field(default_factory=dict[int, Sequence[StreamName]])
    """Of which streams of each channel anything is recorded."""

    def lane(self, channel: int) -> list[Stretch]:
        """Give what the timeline draws for a channel."""
        return [Stretch(one.start_us, one.end_us, one.type) for one in self.spans.get(channel, ())]

    def lane_notes(self, channel: int) -> LaneNotes:
        """Give what else the timeline draws for a channel."""
        return self.notes.lane(channel, self.spans.get(channel, ()))

    def lane_gaps(self, channel: int) -> list[Gap]:
        """Give the holes that the timeline draws for a channel."""
        return [one for one in self.gaps.get(channel, ()) if one.reason not in NOT_MISSING]

    def all(self) -> list[Stretch]:
        """Give the stretches of all channels together."""
        return [stretch for channel in self.spans for stretch in self.lane(channel)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is recorded."""
        return not any(self.spans.values())

    @property
    def first_us(self) -> int | None:
        """The beginning of the oldest recording."""
        return min((one.start_us for spans in self.spans.values() for one in spans), default=None)

    @property
    def last_us(self) -> int | None:
        """The end of the newest recording."""
        return max((one.end_us for spans in self.spans.values() for one in spans), default=None)

    def channels_between(self, start_us: int, end_us: int) -> list[int]:
        """Name the channels of which anything is recorded between two times."""
        return [
            channel
            for channel, spans in self.spans.items()
            if any(one.start_us < end_us and one.end_us > start_us for one in spans)
        ]

    def bytes_between(self, start_us: int, end_us: int) -> int:
        """Estimate how many bytes a stretch holds: spans count by the share that lies inside."""
        total = 0.0
        for spans in self.spans.values():
            for one in spans:
                inside = min(end_us, one.end_us) - max(start_us, one.start_us)
                if inside > 0 and one.end_us > one.start_us:
                    total += one.bytes * inside / (one.end_us - one.start_us)
        return round(total)


def fetch_day(
    api: ApiClient, channels: Sequence[int], start_us: int, end_us: int, wished: Mapping[int, StreamName]
) -> Footage:
    """Ask for the spans and gaps of all channels, with locks and tags; waits.

    Each channel's are of the stream that is `wished`, or of another where nothing of that is recorded.
    """
    spans: dict[int, Sequence[Span]] = {}
    streams: dict[int, StreamName] = {}
    there: dict[int, Sequence[StreamName]] = {}
    for channel in channels:
        found = {stream: api.spans(channel, start_us, end_us, stream) for stream in PLAYED}
        there[channel] = [stream for stream in PLAYED if found[stream]]
        wish = wished.get(channel, PLAYED[0])
        stream = wish if wish in there[channel] or not there[channel] else there[channel][0]
        spans[channel], streams[channel] = found[stream], stream
    gaps = {channel: api.gaps(channel, start_us, end_us, streams[channel]) for channel in channels}
    return Footage(start_us, end_us, spans, fetch_notes(api, channels, start_us, end_us), gaps, streams, there)


def fetch_month(api: ApiClient, channels: Sequence[int], month: Month) -> set[int]:
    """Ask for the days of a month on which any of the channels has footage; waits."""
    if not channels:
        return set()
    return {day for days in api.days(channels, month.year, month.month).values() for day in days}


def fetch_incomplete(api: ApiClient, channels: Sequence[int], month: Month) -> set[int]:
    """Ask for the days of a month of which anything that was due of any of the channels is missing; waits."""
    if not channels:
        return set()
    days = api.completeness(channels, date(month.year, month.month, 1), month.days)
    return {date.fromisoformat(day.date).day for day in days if day.state is Wholeness.INCOMPLETE}


def fetch_latest_day(api: ApiClient, channels: Sequence[int], before: date) -> date | None:
    """Look for the newest day with footage up to a day, month by month back; waits."""
    month = Month.of(before)
    for _back in range(FARTHEST_MONTHS):
        days = [date(month.year, month.month, day) for day in fetch_month(api, channels, month)]
        found = max((day for day in days if day <= before), default=None)
        if found is not None:
            return found
        month = month.turned(-1)
    return None

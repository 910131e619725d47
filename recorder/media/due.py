"""When a stream is to be recorded: due intervals of the plan, and marks, joined into one list."""

from dataclasses import dataclass

from recorder.client.clock import SECOND_US
from recorder.client.recording import RecordType
from recorder.client.stream import StreamName
from recorder.media.plan import ChannelPlan
from recorder.store.intervals import Interval

FOREVER_US = 1 << 62


@dataclass(frozen=True)
class Wanted:
    """What holds at a moment: whether to record, since when that was due, and until when the answer stands."""

    record: bool
    since_us: int
    until_us: int


def continuous(channel: ChannelPlan, stream: StreamName) -> list[Interval]:
    """Give the times in which the stream is recorded throughout."""
    return [
        (due.start_us, due.end_us) for due in channel.record if due.type is RecordType.GENERAL and stream in due.streams
    ]


def on_events(channel: ChannelPlan, stream: StreamName) -> list[Interval]:
    """Give the times in which the stream is recorded when a mark says so."""
    return [
        (due.start_us, due.end_us)
        for due in channel.record
        if due.type is not RecordType.GENERAL and stream in due.streams
    ]


def with_keys_between(channel: ChannelPlan, stream: StreamName) -> list[Interval]:
    """Give the times in which key frames are recorded as long as no mark says more (V-REC-07)."""
    return [
        (due.start_us, due.end_us)
        for due in channel.record
        if due.keys_between and due.type is not RecordType.GENERAL and stream in due.streams
    ]


def longest_pre_us(channel: ChannelPlan) -> int:
    """Give the longest time before an event that the plan wants to keep."""
    return max((due.pre_s for due in channel.record), default=0) * SECOND_US


def wanted(intervals: list[Interval], now_us: int) -> Wanted:
    """Say what holds now; `intervals` are joined."""
    for start, end in intervals:
        if now_us < start:
            return Wanted(record=False, since_us=now_us, until_us=start)
        if now_us < end:
            return Wanted(record=True, since_us=start, until_us=end)
    return Wanted(record=False, since_us=now_us, until_us=FOREVER_US)

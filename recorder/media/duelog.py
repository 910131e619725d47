"""The log of what was due: each interval goes to the disks when it begins to apply, and again when its end changes."""

from recorder.client.clock import SECOND_US
from recorder.client.recording import RecordType
from recorder.client.stream import StreamKey
from recorder.media.plan import Plan
from recorder.store import StoreWriter

# An interval is written a little before it begins: a disk has it before its first sample.
AHEAD_US = 5 * SECOND_US

_Ends = dict[tuple[StreamKey, int, RecordType], int]
"""Until when, by stream, start and type."""


class DueLog:
    """Remembers what the disks were told."""

    def __init__(self, store: StoreWriter) -> None:
        self._store = store
        self._told: _Ends = {}

    def tell(self, plan: Plan, now_us: int) -> None:
        """Write the intervals that apply now; call once a second and after every change of the plan."""
        applies: _Ends = {}
        for channel in plan.channels:
            for due in channel.record:
                if due.start_us - AHEAD_US <= now_us < due.end_us:
                    for stream in due.streams:
                        if channel.stream(stream) is not None:
                            applies[StreamKey(channel.number, stream), due.start_us, due.type] = due.end_us
        for (key, start, record_type), end in applies.items():
            if self._told.get((key, start, record_type)) != end:
                self._store.due(key, start, end, record_type)
        for (key, start, record_type), end in self._told.items():
            # Taken back before its end: from now on it is not due.
            if (key, start, record_type) not in applies and end > now_us > start:
                self._store.due(key, start, now_us, record_type)
        self._told = applies

    def forget(self) -> None:
        """Write everything again the next time: a disk came that was told nothing."""
        self._told = {}

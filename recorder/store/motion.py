"""Reads back the records of motion of a channel."""

from collections.abc import Iterator

from recorder.client.clock import SECOND_US
from recorder.client.motion import RECORD_S, BadMotion, MotionRecord, parse
from recorder.client.stream import StreamKey, StreamName
from recorder.store.chunk_reader import ChunkReader
from recorder.store.errors import DiskSilent, StoreError
from recorder.store.footage import Footage
from recorder.store.read_disks import ReadDisks


class RecordedMotion:
    """The motion of one channel, as detection saw it while it happened."""

    def __init__(self, footage: Footage, disks: ReadDisks, channel: int) -> None:
        self._footage, self._reader = footage, ChunkReader(disks)
        self._key = StreamKey(channel, StreamName.MOTION)

    def records(self, start_us: int, end_us: int) -> Iterator[MotionRecord]:
        """Give the records that touch [start_us, end_us); what cannot be read is left out, as if never looked at."""
        # A record is found by the time of its beginning.
        begin_us = start_us - RECORD_S * SECOND_US
        for piece in self._footage.pieces(self._key, begin_us, end_us):
            for entry in self._footage.entries(self._key, piece):
                if entry.last_us + piece.shift_us < begin_us or entry.first_us + piece.shift_us >= end_us:
                    continue
                try:
                    chunk = self._reader.open(piece, entry)
                    taken = self._reader.samples(chunk, 0, len(chunk.walls))
                except DiskSilent:
                    raise
                except (StoreError, OSError):
                    continue
                for one in taken.samples:
                    try:
                        record = parse(one.wall_us, one.data)
                    except BadMotion:
                        continue
                    if record.start_us < end_us and record.start_us + record.seconds * SECOND_US > start_us:
                        yield record

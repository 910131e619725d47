"""The reader as a whole: threads that read, a store for questions, export jobs."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import TypeVar

from recorder.client.clock import Clock
from recorder.client.grants import Verifier
from recorder.client.instance import Instance
from recorder.client.motion import Found, search
from recorder.client.stream import Sample, StreamKey
from recorder.reader.exports import Exports
from recorder.reader.recordings import RecordedFile, Recordings
from recorder.store import BlockCache, Gap, RecordedSpan, StoreReader
from recorder.store.completeness import Day
from recorder.store.disk_lane import Lanes
from recorder.store.key_ring import KeyRing
from recorder.store.locks import missing_keys_below
from recorder.store.rows import HoldRow, TagRow

READING_THREADS = 32
"""Each is held by a subscription that reads; one disk holds at most half of them for longer than a moment (`Lane`)."""
QUESTION_THREADS = 4
"""A question that has to look into a block on a disk that hangs holds one for some seconds, once."""
LISTING_THREADS = 2
CATALOG_S = 60.0
"""A catalog is read as a whole: of a large disk that is 100 MB."""

_Answer = TypeVar("_Answer")


class Reader:
    """Everything that the reader process does, without its socket."""

    def __init__(self, instance: Instance, clock: Clock) -> None:
        self.instance = instance
        self.verifier = Verifier(instance, clock)
        self.exports = Exports(instance)
        self.pool = ThreadPoolExecutor(READING_THREADS, "read")
        self.clock = clock
        self._questions = ThreadPoolExecutor(QUESTION_THREADS, "index")
        self._index = threading.local()
        # Listing a day reads hundreds of block indexes: other questions do not wait for it.
        self.recordings = Recordings(clock)
        self._listings = ThreadPoolExecutor(LISTING_THREADS, "files")
        self._listing = threading.local()
        self._cache = BlockCache()
        self._lanes = Lanes()
        self._catalogs = Lanes(CATALOG_S)
        self._keys = KeyRing(instance)

    def open_store(self) -> StoreReader:
        """Open the store once more: each is used by one thread at a time."""
        return StoreReader(self.instance.disks, self.instance.index, self.clock, self._cache, self._keys, self._lanes)

    async def spans(self, key: StreamKey, start_us: int, end_us: int) -> list[RecordedSpan]:
        """Give what is recorded in a stretch."""
        return await self._ask(lambda store: store.spans(key, start_us, end_us))

    async def gaps(self, key: StreamKey, start_us: int, end_us: int) -> list[Gap]:
        """Give what is missing in a stretch, with reasons."""
        return await self._ask(lambda store: store.gaps(key, start_us, end_us))

    async def completeness(self, key: StreamKey, first: date, count: int, zone: str) -> list[Day]:
        """Say how complete local days are."""
        return await self._ask(lambda store: store.completeness(key, first, count, zone))

    async def days(self, keys: Sequence[StreamKey], year: int, month: int, zone: str) -> dict[StreamKey, list[int]]:
        """Give the local days of a month that have footage."""
        return await self._ask(lambda store: store.days(keys, year, month, zone))

    async def holds(self) -> list[HoldRow]:
        """Give every hold that is remembered, over ones too."""
        return await self._ask(lambda store: store.holds())

    async def tags(self) -> list[TagRow]:
        """Give every tag."""
        return await self._ask(lambda store: store.tags())

    async def missing_keys(self, disk_id: str) -> set[int]:
        """Give the numbers of the keys without which a disk cannot be played wholly."""
        look = partial(missing_keys_below, self.instance.disks, disk_id, self._keys, self._catalogs)
        return await asyncio.get_running_loop().run_in_executor(self._listings, look)

    async def file_days(self, key: StreamKey) -> list[str]:
        """Give the local days with footage."""
        return await self._list(lambda store: self.recordings.days(store, key))

    async def files(self, key: StreamKey, start_us: int, end_us: int) -> list[RecordedFile]:
        """Give the files of recorded time that begin within a stretch."""
        return await self._list(lambda store: self.recordings.files(store, key, start_us, end_us))

    async def _list(self, question: Callable[[StoreReader], _Answer]) -> _Answer:
        def answer() -> _Answer:
            store: StoreReader | None = getattr(self._listing, "store", None)
            if store is None:
                store = self._listing.store = self.open_store()
            return question(store)

        return await asyncio.get_running_loop().run_in_executor(self._listings, answer)

    async def pictures(self, channel: int, start_us: int, end_us: int, most: int) -> list[tuple[int, int]]:
        """Give (time, bytes) of recorded pictures."""
        return await self._ask(lambda store: store.pictures(channel).listed(start_us, end_us, most))

    async def motion(self, channel: int, region: int, start_us: int, end_us: int) -> Found:
        """Say when something moved in a region, and when that is known."""
        # A month of it is thousands of records: it waits with the listings, not before the timeline's questions.
        return await self._list(
            lambda store: search(store.motion(channel).records(start_us, end_us), region, start_us, end_us)
        )

    async def picture(self, channel: int, at_us: int) -> Sample | None:
        """Give the newest recorded picture at or before a time."""
        return await self._ask(lambda store: store.pictures(channel).newest(at_us))

    async def stop(self) -> None:
        """Cancel exports, let reads end."""
        await self.exports.stop()
        self._lanes.close()
        self._catalogs.close()
        self._questions.shutdown(wait=False, cancel_futures=True)
        self._listings.shutdown(wait=False, cancel_futures=True)
        self.pool.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, question: Callable[[StoreReader], _Answer]) -> _Answer:
        def answer() -> _Answer:
            store: StoreReader | None = getattr(self._index, "store", None)
            if store is None:
                store = self._index.store = self.open_store()
            return question(store)

        return await asyncio.get_running_loop().run_in_executor(self._questions, answer)

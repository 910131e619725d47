"""All streams of the plan: their feeds, sessions and recordings, changed as little as a new plan allows."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator

from recorder.client.clock import SECOND_US
from recorder.client.recording import GapReason
from recorder.client.status import StreamStatus
from recorder.client.stream import StreamKey, StreamName
from recorder.media.due import longest_pre_us
from recorder.media.feed import Feed
from recorder.media.plan import ChannelPlan, Plan, StreamPlan
from recorder.media.recording import Recording
from recorder.media.ring import ASSUMED_BITS_PER_S, ASSUMED_OTHER_BITS_PER_S, check_budget, share
from recorder.media.session import Session, Surroundings, account_key
from recorder.sealing import Sealer, Unreadable
from recorder.store import StoreWriter

log = logging.getLogger(__name__)

_WEIGHTS = {StreamName.MAIN: 8, StreamName.PICTURE: 2}
_OTHER_WEIGHT = 1


class Roster:
    """Streams by key. `removed` is called with the feed of a stream that the plan no longer has."""

    def __init__(
        self, store: StoreWriter, sealer: Sealer, around: Surroundings, removed: Callable[[Feed], None]
    ) -> None:
        self.feeds: dict[StreamKey, Feed] = {}
        self._store = store
        self._sealer = sealer
        self._around = around
        self._removed = removed
        self._sessions: dict[StreamKey, Session] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._replacing: dict[StreamKey, asyncio.Task[None]] = {}
        """The newest change of the connection of a stream; it may be over."""

    def check(self, plan: Plan) -> None:
        """Raise `RingTooLarge` if this plan needs more memory than there is."""
        needs: dict[str, tuple[int, int]] = {}
        for channel, stream in _streams(plan):
            key = StreamKey(channel.number, stream.stream)
            feed = self.feeds.get(key)
            assumed = ASSUMED_BITS_PER_S.get(stream.stream, ASSUMED_OTHER_BITS_PER_S)
            rate = (feed.meter.bits_per_s if feed else 0) or assumed
            needs[str(key)] = rate, longest_pre_us(channel) // SECOND_US
        check_budget(needs)

    def apply(self, plan: Plan, *, starting: bool) -> None:
        """Make the streams those of the plan; a stream that is the same there goes on untouched.

        `starting` says that this process has just begun, so that the store explains what is missing before it.
        """
        wanted = plan.keys()
        for key in self.feeds.keys() - wanted.keys():
            self._remove(key)
        accounts = {found for stream in wanted.values() if (found := account_key(stream))}
        self._around.accounts.keep(accounts)
        self._around.certificates.keep((one.host, one.port) for one in accounts)
        weights = sum(_WEIGHTS.get(key.stream, _OTHER_WEIGHT) for key in wanted)
        for channel, stream in _streams(plan):
            key = StreamKey(channel.number, stream.stream)
            feed = self.feeds.get(key)
            if feed is None:
                feed = self._add(key, None if starting else GapReason.CAMERA_OFFLINE)
            feed.keep(longest_pre_us(channel), share(_WEIGHTS.get(key.stream, _OTHER_WEIGHT), weights))
            session = self._sessions.get(key)
            if session is None or session.plan != stream:
                self._connect(feed, stream)

    def recordings(self) -> Iterator[tuple[StreamKey, Recording]]:
        """Give the recording of every stream."""
        for key, feed in self.feeds.items():
            if feed.recording is not None:
                yield key, feed.recording

    def try_now(self, channel: int) -> None:
        """Do not wait with the next try of a channel's streams."""
        for key, session in self._sessions.items():
            if key.channel == channel:
                session.try_now()

    def tick(self) -> None:
        """Once a second."""
        for session in self._sessions.values():
            session.tick()

    def statuses(self) -> tuple[StreamStatus, ...]:
        """Say how every stream stands."""
        return tuple(session.status() for _key, session in sorted(self._sessions.items()))

    async def stop(self) -> None:
        """End all recordings, then hang up on all cameras."""
        for _key, recording in self.recordings():
            recording.stop(GapReason.STOPPED)
        sessions = list(self._sessions.values())
        self._sessions.clear()
        await asyncio.gather(*(session.stop() for session in sessions), *self._ending)

    def _add(self, key: StreamKey, why: GapReason | None) -> Feed:
        feed = self.feeds[key] = Feed(key, self._around.clock)
        recorder = self._store.open_stream(key)
        feed.recording = Recording(recorder, self._store, feed.ring, self._around.clock, why)
        return feed

    def _remove(self, key: StreamKey) -> None:
        feed = self.feeds.pop(key)
        if feed.recording is not None:
            feed.recording.stop(None)
            feed.recording = None
        session = self._sessions.pop(key, None)
        self._replacing.pop(key, None)
        if session is not None:
            self._later(session.stop())
        self._removed(feed)

    def _connect(self, feed: Feed, stream: StreamPlan) -> None:
        try:
            password = self._sealer.unseal(stream.password)
        except Unreadable as error:
            log.warning("Stream %s: %s", feed.key, error)
            password = None
        old = self._sessions.get(feed.key)
        session = self._sessions[feed.key] = Session(feed, stream, password, self._around)
        if old is None:
            session.start()
        else:
            replacing = self._replace(feed, old, session, self._replacing.get(feed.key))
            self._replacing[feed.key] = self._later(replacing)

    async def _replace(self, feed: Feed, old: Session, new: Session, before: asyncio.Task[None] | None) -> None:
        """Hang up the old connection before the new one begins: both would bring samples.

        Where plans follow each other quickly the old one never began, and the one `before` it may still be hanging up.
        """
        if before is not None:
            await asyncio.wait([before])
        await old.stop()
        feed.end()
        if feed.recording is not None:
            feed.recording.lost(GapReason.CAMERA_OFFLINE)
        if self._sessions.get(feed.key) is new:
            new.start()

    def _later(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task


def _streams(plan: Plan) -> Iterator[tuple[ChannelPlan, StreamPlan]]:
    for channel in plan.channels:
        for stream in channel.streams:
            yield channel, stream

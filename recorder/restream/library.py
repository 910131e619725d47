"""What the RTSP server has: the main and the sub stream of each channel, for whoever control lets have them."""

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError, Refused
from recorder.client.grants import Verifier
from recorder.client.instance import Instance
from recorder.client.stream import Epoch, StreamName
from recorder.client.words import _
from recorder.control.frames_call import Told
from recorder.restream import tap
from recorder.restream.desk import Desk
from recorder.restream.feed import Feed
from recorder.restream.offered import offered
from recorder.restream.viewing import Viewing
from recorder.rtsp.server.numbering import Numbering
from recorder.rtsp.server.source import (
    MediaRequest,
    MediaSource,
    NoSuchSource,
    OfferedTrack,
    Sink,
    SourceNotReady,
    Subscription,
)

if TYPE_CHECKING:
    from recorder.restream.messages import Fetched

PATIENCE_S = 5.0
"""How long a camera that is just connecting is waited for."""
KEPT_US = 5 * SECOND_US
"""DESCRIBE and SETUP of one client need not ask media each."""
MOST_KEPT = 256
"""Two streams of every channel there can be."""
_PATH = re.compile(r"channel/([1-9][0-9]{0,2})(?:/(main|sub))?", re.ASCII)

Key = tuple[int, StreamName]


class Library:
    """All streams (`recorder.rtsp.server.source.MediaLibrary`)."""

    def __init__(self, instance: Instance, desk: Desk, clock: Clock) -> None:
        self.instance = instance
        self.desk = desk
        self.clock = clock
        self.verifier = Verifier(instance, clock)
        self._epochs: dict[Key, tuple[int, Epoch]] = {}
        self._feeds = WeakValueDictionary[tuple[int, StreamName, bool], Feed]()
        """Those that can be joined, with sound and without; they live as long as somebody holds them."""

    def find(self, request: MediaRequest) -> "ChannelSource":
        """Find a stream by `channel/N/main` or `channel/N/sub`; raises `NoSuchSource`."""
        found = _PATH.fullmatch(request.path)
        if found is None:
            raise NoSuchSource(path=request.path[:80])
        return ChannelSource(self, int(found[1]), StreamName(found[2] or "main"), request.ticket)

    async def epoch(self, channel: int, stream: StreamName, grant: str) -> Epoch:
        """Give how a stream is coded now; raises `SourceNotReady`, `Unavailable`, `Told`."""
        now_us = self.clock.monotonic_us()
        kept = self._epochs.get((channel, stream))
        if kept is not None and now_us - kept[0] < KEPT_US:
            return kept[1]
        found = await tap.first_epoch(self.instance, channel, stream, grant, PATIENCE_S)
        if found is None:
            raise SourceNotReady(path=f"channel/{channel}/{stream}")
        self._epochs.pop((channel, stream), None)
        self._epochs[channel, stream] = now_us, found
        while len(self._epochs) > MOST_KEPT:
            del self._epochs[next(iter(self._epochs))]
        return found

    def feed(self, channel: int, stream: StreamName, epoch: Epoch, *, audio: bool) -> Feed:
        """Give the feed that all share who may have the same; a new one where that cannot be joined."""
        key = channel, stream, audio
        found = self._feeds.get(key)
        if found is None or not found.takes(epoch):
            opens = partial(tap.live, self.instance, channel, stream, audio=audio)
            tracks = offered(epoch, audio=audio)
            found = Feed(f"channel {channel} {stream}", opens, self.clock, epoch, tracks)
            self._feeds[key] = found
        return found


class ChannelSource(MediaSource):
    """One live stream, for one client."""

    def __init__(self, library: Library, channel: int, stream: StreamName, ticket: str) -> None:
        self._library = library
        self._channel = channel
        self._stream = stream
        self._ticket = ticket
        self._epoch: Epoch | None = None
        self._fetched: Fetched | None = None
        self._feed: Feed | None = None

    async def describe(self) -> tuple[OfferedTrack, ...]:
        """Ask control whether the client may have it, and media how it is coded; raises what they refuse."""
        library = self._library
        try:
            fetched = await library.desk.fetch(self._ticket, self._channel, self._stream)
            epoch = await library.epoch(self._channel, self._stream, fetched.grant)
        except Told as refused:
            raise self._as_ours(refused) from refused
        self.name = fetched.title or f"Camera {self._channel}"
        self._fetched, self._epoch = fetched, epoch
        return offered(epoch, audio=fetched.audio)

    def _as_ours(self, refused: Told) -> NightjarError:
        """What control or media refused as an error with the status that the client shall see."""
        match refused.code:
            case "NotFound":
                return NoSuchSource(path=f"channel/{self._channel}/{self._stream}")
            case "Refused" | "NotLoggedIn" | "BadGrant":
                return Refused(what=_("watch this channel"))
            case _:
                return refused

    def numbering(self, track: int) -> Numbering:
        """Give the numbers of the feed that this client will be sent."""
        return self._joined.numberings[track]

    def subscribe(self, sink: Sink, tracks: frozenset[int]) -> Subscription:
        """Begin to send; the sink leaves out the tracks that it does not want."""
        del tracks
        assert self._fetched is not None
        library = self._library
        viewing = Viewing(
            library.desk, library.verifier, library.clock, self._channel, self._stream, self._joined, self._fetched
        )
        return Ending(viewing.begin(sink))

    @property
    def _joined(self) -> Feed:
        """The feed of this client, the same from its first SETUP on: that told whose packets come."""
        if self._feed is None:
            assert self._epoch is not None
            assert self._fetched is not None
            self._feed = self._library.feed(self._channel, self._stream, self._epoch, audio=self._fetched.audio)
        return self._feed


class Ending:
    """A delivery that can be ended (`recorder.rtsp.server.source.Subscription`)."""

    def __init__(self, end: Callable[[], object]) -> None:
        self._end = end

    def close(self) -> None:
        """End it; may be called twice."""
        self._end()

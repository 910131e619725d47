"""The sound of one live stream, listened to for one client: how loud it is, twice a second."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from recorder.client.clock import SECOND_US
from recorder.client.stream import Epoch, Sample, StreamKey, TrackParameters
from recorder.client.tap import Arrived, Subscribe
from recorder.client.views import Heard
from recorder.decode.crew import Crew
from recorder.decode.decoder import Undecodable
from recorder.decode.feed import Feed
from recorder.decode.loudness import Loudness
from recorder.decode.sound_decoder import SoundDecoder

MOST_WAITING = 256
"""Samples: ten seconds of most sounds. More are left out, for a level is wanted of now."""
ASK_AGAIN_S = 1.0
HOLE_US = 2 * SECOND_US
"""After so long without a sample a level is begun anew."""

log = logging.getLogger(__name__)


class Hearing:
    """Subscribes to the sound alone, decodes it on a thread of the crew, and tells `heard` in the event loop."""

    def __init__(self, number: int, key: StreamKey, feed: Feed, crew: Crew, heard: Callable[[Heard], None]) -> None:
        self.number = number
        self.key = key
        self._feed = feed
        self._crew = crew
        self._worker = crew.join()
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Sample | TrackParameters] = deque()
        self._parameters: TrackParameters | None = None
        self._decoder: SoundDecoder | None = None
        self._loudness = Loudness()
        self._last_us = 0
        self._closed = False
        self._subscription = feed.subscribe(self)

    def close(self) -> None:
        """Listen no more."""
        if not self._closed:
            self._closed = True
            self._feed.unsubscribe(self._subscription)
            self._crew.leave(self._worker)
            self._waiting.clear()

    # What the feed says, in the event loop.

    def request(self, number: int) -> Subscribe:
        """Live, without pictures."""
        return Subscribe(number, self.key.channel, self.key.stream, audio=True, video=False)

    def epoch(self, epoch: Epoch) -> None:
        """New codec parameters, or no sound at all."""
        if epoch.audio is None:
            self._heard(Heard(self.number, 0, there=False))
        else:
            self._waiting.append(epoch.audio)
            self._worker.put(self._work)

    def sample(self, arrived: Arrived) -> None:
        """One sample."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(arrived.sample)
            self._worker.put(self._work)

    def ended(self, reason: str) -> None:
        """The stream is gone for now."""
        del reason
        self._loop.call_later(ASK_AGAIN_S, self._ask_again)

    def failed(self, words: str) -> None:
        """Media refuses; it may have the stream later."""
        del words
        self._loop.call_later(ASK_AGAIN_S, self._ask_again)

    def lost(self) -> None:
        """Media is gone: nothing is heard meanwhile."""

    def _ask_again(self) -> None:
        if not self._closed:
            self._subscription = self._feed.again(self._subscription)

    # The worker's part.

    def _work(self) -> None:
        try:
            item = self._waiting.popleft()
        except IndexError:
            return
        if isinstance(item, TrackParameters):
            self._parameters, self._decoder = item, None
            return
        if self._parameters is None or item.track != self._parameters.track:
            return
        if not 0 <= item.wall_us - self._last_us < HOLE_US:
            self._loudness = Loudness()
        self._last_us = item.wall_us
        try:
            if self._decoder is None:
                self._decoder = SoundDecoder(self._parameters)
            waves = self._decoder.decode(item.data)
        except Undecodable as error:
            log.debug("the sound of %s: %s", self.key, error)
            self._decoder = None
            return
        for wave in waves:
            for loud in self._loudness.add(wave, self._decoder.rate_hz):
                told = Heard(self.number, item.wall_us, level_db=loud.level_db, peak_db=loud.peak_db)
                self._loop.call_soon_threadsafe(self._tell, told)

    def _tell(self, heard: Heard) -> None:
        if not self._closed:
            self._heard(heard)

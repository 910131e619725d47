"""One live stream, decoded once for all views that show it.

Samples come in by the event loop and are decoded by a worker. When they wait longer than `BACKLOG_US`, everything up to
the newest key frame is left out (without one, pictures are decoded and not shown, up to `HOPELESS_US`), and for
`RELIEF_US` the decoder leaves out the deblocking filter; the views say so. Where so many wait that only the last is
worth showing, one is shown now and then all the same (`LEAST_OFTEN_US`). A stream that cannot be decoded is tried again
with each key frame.

Where all views are much smaller than the picture the filter is left out too (`LEAN_SHARE`), a sixth of the decoding.
What is left out adds up from picture to picture, so only up to the next key frame, and only where one comes soon. As
soon as a larger view comes, or a still is asked for, the newest GOP is decoded again with all filters.

Where all views are patient (detection: `ShowView.per_s`), key frames alone are decoded as soon as the processor has
better things to do (`Worker.claim`), or the picture is larger than `PATIENT_PIXELS`; the views say so.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Generator
from time import thread_time

import av

from recorder.client.clock import SECOND_US, Clock
from recorder.client.stream import SAMPLE_BYTES, Epoch, Sample, SampleFlag, StreamKey, TrackParameters
from recorder.client.tap import Arrived, Subscribe
from recorder.client.views import View
from recorder.client.words import _
from recorder.decode.crew import Crew
from recorder.decode.decoder import Undecodable, VideoDecoder
from recorder.decode.feed import Feed
from recorder.decode.pace import Pace
from recorder.decode.view import ClientView

BACKLOG_US = SECOND_US // 2
HOPELESS_US = 2 * SECOND_US
"""So late, and no newer key frame has come: everything is left out until one does."""
RARE_KEYS_US = 10 * SECOND_US
"""Of a GOP longer than this (smart codecs) everything is decoded, however late: the next may begin minutes later."""
RELIEF_US = 5 * SECOND_US
AGAIN_US = 90 * SECOND_US
"""Longer than any GOP that is decoded again; times further apart than this mean that the clock was set."""
MOST_WAITING_BYTES = 24 << 20
MOST_ERRORS = 8
"""Damaged samples in a row before the stream counts as undecodable until the next key frame."""
CROWD = 3
"""So many samples waiting at once arrived together: only the last of them is worth showing."""
LEAST_OFTEN_US = SECOND_US // 5
"""Or the processor is too slow, and so many always wait: one is shown at least so often, or the tile would stand."""
ASK_AGAIN_S = 1.0
COSTS = 32
"""Pictures over which the cost of decoding is averaged."""
LEAN_SHARE = 0.6
"""Of the width and the height of the picture: in views up to this size the edges of its blocks are not seen."""
LEAN_GOP = 60
"""Pictures from key frame to key frame. Measured on vtest.avi as D1 at 512 kbit/s, in a tile of 358x268, against the
source: 0.4 dB are lost with 30 pictures, 0.8 with 60, 2 with 150, 4 with 450."""

PATIENT_PIXELS = 1280 * 960
"""Larger pictures are main streams: decoding one costs as much as ten sub streams."""

_KEY, _DISCONTINUITY = int(SampleFlag.KEY), int(SampleFlag.DISCONTINUITY)

Told = Callable[[], None]


class LiveStream:
    """A subscription at media, a decoder, and the views."""

    def __init__(self, key: StreamKey, feed: Feed, crew: Crew, clock: Clock) -> None:
        self.key = key
        self.views: tuple[ClientView, ...] = ()
        self.decoded = 0
        """Frames decoded so far."""
        self.newest: tuple[int, av.VideoFrame] | None = None
        """The newest picture and when it was taken (UTC, µs)."""
        self.coarse = False
        """Whether the newest picture lacks the deblocking filter because only small views show it."""
        self.on_picture: set[Told] = set()
        self._feed = feed
        self._crew = crew
        self._worker = crew.join()
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[int, Sample | TrackParameters]] = deque()
        self._bytes_in = 0  # counted by the event loop
        self._bytes_out = 0  # counted by the worker
        self._full = False
        self._parameters: TrackParameters | None = None
        self._decoder: VideoDecoder | None = None
        self._needs_key = True
        self._reordered = False
        self._errors = 0
        self._last_pts = 0
        self._now_us = 0
        """When the sample at hand was taken up."""
        self._shown_us = 0
        self._relief_until = 0
        self._spared_us = -1
        self._hasty = False
        self._lean = False
        self._exact = 0
        self._gop = 0  # pictures from the last key frame but one to the last, 0 while nobody knows
        self._since_key = 0
        self._keys_only = False
        self._pace = Pace(0)
        self._pace_per_s = 0.0
        self._cost_s = 0.0
        """What decoding a picture takes of a core, on the average."""
        self._key_us = 0
        """When the newest key frame was taken."""
        self._again_us = 0
        self._closed = False
        self._number = feed.subscribe(self)

    def add(self, view: ClientView) -> None:
        """One more view; it shows the newest picture at once."""
        if view not in self.views:
            self.views = (*self.views, view)
        if self.newest is None:
            view.tell(View.WAITING, "" if self._feed.connected else _("The media service does not answer."))
        self.repeat(view)
        self._refine()

    def repeat(self, view: ClientView) -> None:
        """Show the newest picture once more: the view shows another part of it now."""
        self._worker.put(lambda: self._repeat(view))

    def remove(self, view: ClientView) -> None:
        """One view less."""
        self.views = tuple(one for one in self.views if one is not view)

    def close(self) -> None:
        """Stop decoding."""
        self._closed = True
        self._feed.unsubscribe(self._number)
        self._crew.leave(self._worker)
        self._worker.release(self)
        self._waiting.clear()

    @contextlib.contextmanager
    def exact(self) -> Generator[None]:
        """Meanwhile pictures are decoded with all filters; the newest is one as soon as `coarse` is off."""
        self._exact += 1
        self._refine()
        try:
            yield
        finally:
            self._exact -= 1

    def _refine(self) -> None:
        """Decode the newest GOP again if it lacks what can be seen now."""
        if (self._lean and not self._small()) or (self._keys_only and not self._patient()):
            self._again_us = self.newest[0] if self.newest is not None else 0
            self._number = self._feed.again(self._number)

    def _small(self) -> bool:
        """Whether nobody would see what the deblocking filter does."""
        if self._exact or not self.views or self.newest is None or not 0 < self._gop <= LEAN_GOP:
            return False
        frame = self.newest[1]
        width, height = LEAN_SHARE * frame.width, LEAN_SHARE * frame.height
        return all(view.spread[0] <= width and view.spread[1] <= height for view in self.views)

    def _patient(self) -> bool:
        """Whether nobody looks at its pictures."""
        return not self._exact and bool(self.views) and all(view.per_s for view in self.views)

    # What the feed says, in the event loop.

    def request(self, number: int) -> Subscribe:
        """Live, from the newest key frame."""
        return Subscribe(number, self.key.channel, self.key.stream)

    def epoch(self, epoch: Epoch) -> None:
        """New codec parameters."""
        if epoch.video is not None:
            self._waiting.append((0, epoch.video))
            self._worker.put(self._work)

    def sample(self, arrived: Arrived) -> None:
        """One sample; other tracks are not for us."""
        sample = arrived.sample
        waiting_bytes = self._bytes_in - self._bytes_out
        if self._full and not (int(sample.flags) & _KEY and waiting_bytes < MOST_WAITING_BYTES // 2):
            return
        size = len(sample.data) + SAMPLE_BYTES
        self._full = waiting_bytes + size > MOST_WAITING_BYTES
        if self._full:
            return
        self._bytes_in += size
        self._waiting.append((self._clock.monotonic_us(), sample))
        self._worker.put(self._work)

    def ended(self, reason: str) -> None:
        """The stream is gone for now."""
        self._pause(_("The stream has ended: {reason}.").format(reason=reason))

    def failed(self, words: str) -> None:
        """Media refuses; it may have the stream later."""
        self._pause(words)

    def lost(self) -> None:
        """Media is gone; the last picture stays."""
        self._say(View.WAITING, _("The media service does not answer."))

    def _pause(self, reason: str) -> None:
        self._say(View.WAITING, reason)
        self._loop.call_later(ASK_AGAIN_S, self._ask_again)

    def _ask_again(self) -> None:
        if not self._closed:
            self._number = self._feed.again(self._number)

    # The worker's part.

    def _work(self) -> None:
        try:
            arrived_us, item = self._waiting.popleft()
        except IndexError:
            return
        if isinstance(item, TrackParameters):
            self._parameters, self._decoder, self._needs_key = item, None, True
            return
        self._bytes_out += len(item.data) + SAMPLE_BYTES
        self._now_us = now = self._clock.monotonic_us()
        late_us = now - arrived_us if arrived_us > self._spared_us else 0
        if late_us > BACKLOG_US and not self._catch_up(now, late_us, item):
            return
        if self._parameters is None or item.track != self._parameters.track:
            return
        flags = int(item.flags)
        if flags & _DISCONTINUITY:
            self._needs_key = True
        if flags & _KEY:
            self._begin(now, item.wall_us)
        elif self._needs_key:
            return
        self._since_key += 1
        if not self._keys_only or (flags & _KEY and self._pace.due(item.wall_us)):
            self._decode(item)

    def _catch_up(self, now: int, late_us: int, item: Sample) -> bool:
        """Leave out what waits before the newest key frame; whether to go on with the sample at hand."""
        self._relief_until = now + RELIEF_US
        waiting = self._waiting
        newest = next((at for at in range(len(waiting) - 1, -1, -1) if self._is_key(waiting[at][1])), None)
        if newest is None and (late_us < HOPELESS_US or int(item.flags) & _KEY or self._keys_are_rare(item)):
            return True
        if waiting:
            self._spared_us = waiting[-1][0]  # what follows the key frame is as late, and still wanted
        for _left_out in range(len(waiting) if newest is None else newest):
            _arrived, old = waiting.popleft()
            if isinstance(old, TrackParameters):
                self._parameters, self._decoder = old, None
            else:
                self._bytes_out += len(old.data) + SAMPLE_BYTES
        self._needs_key = True
        return False

    def _keys_are_rare(self, item: Sample) -> bool:
        """Whether the GOP at hand, with what waits of it, is longer than one waits for the next."""
        last = self._waiting[-1][1] if self._waiting else item
        newest = last if isinstance(last, Sample) else item
        return not self._needs_key and newest.wall_us - self._key_us > RARE_KEYS_US

    def _begin(self, now: int, at_us: int) -> None:
        """At a key frame: a decoder that fits, and the decision whether to be hasty."""
        self._gop = 0 if self._needs_key else self._since_key
        self._since_key = 0
        self._lean = self._small()
        hasty = self._lean or now < self._relief_until
        keys_only = self._only_keys(at_us - self._key_us, hopeless=now < self._relief_until)
        self._key_us = at_us
        if self._needs_key or (hasty, keys_only) != (self._hasty, self._keys_only):
            self._decoder, self._last_pts = None, 0
        self._hasty, self._keys_only = hasty, keys_only
        self._needs_key = False
        self._errors = 0

    def _only_keys(self, gop_us: int, *, hopeless: bool) -> bool:
        """Whether the pictures between key frames can be left out now."""
        assert self._parameters is not None
        patient = self._patient()
        share = self._gop * self._cost_s * SECOND_US / gop_us if self._gop and 0 < gop_us < AGAIN_US else 0.0
        may = self._worker.claim(self, share, patient=patient)
        if not patient:
            return False
        most = max(view.per_s for view in self.views)
        if most != self._pace_per_s:
            self._pace, self._pace_per_s = Pace(most), most
        large = self._parameters.width * self._parameters.height > PATIENT_PIXELS
        # Of pictures that each stand alone those that are not due are left out before they cost anything.
        return hopeless or not may or large or self._gop == 1

    def _decode(self, sample: Sample) -> None:
        assert self._parameters is not None
        try:
            if self._decoder is None:
                # Key frames alone come in their order.
                low_delay = self._keys_only or not self._reordered
                self._decoder = VideoDecoder(self._parameters, low_delay=low_delay, hasty=self._hasty)
            begun = thread_time()
            frames = self._decoder.decode(sample.data, sample.wall_us)
            if not self._keys_only:
                self._cost_s += (thread_time() - begun - self._cost_s) / COSTS
        except Undecodable as error:
            self._errors += 1
            if self._decoder is None or int(sample.flags) & _KEY or self._errors >= MOST_ERRORS:
                self._needs_key = True
                self._say(View.UNDECODABLE, str(error))
            return
        if frames:
            self._errors = 0
            self.decoded += len(frames)
            self._take(frames[-1])

    def _take(self, frame: av.VideoFrame) -> None:
        at_us = frame.pts or 0
        if at_us < self._last_pts and not self._reordered and self._last_pts - at_us < SECOND_US:
            # Pictures in another order than they were sent: low delay is not for this stream.
            self._reordered, self._needs_key = True, True
        self._last_pts = at_us
        if at_us < self._again_us and self._again_us - at_us < AGAIN_US:
            return  # on its way to a picture that is shown already
        self._again_us = 0
        self.coarse = self._lean
        self.newest = (at_us, frame)
        if len(self._waiting) < CROWD or self._now_us - self._shown_us >= LEAST_OFTEN_US:
            self._shown_us = self._now_us
            for view in self.views:
                self._show(view, frame, at_us)
        for told in tuple(self.on_picture):
            told()

    def _repeat(self, view: ClientView) -> None:
        if self.newest is not None:
            self._show(view, self.newest[1], self.newest[0])

    def _show(self, view: ClientView, frame: av.VideoFrame, at_us: int) -> None:
        view.show(frame, at_us)
        relieved = self._relief_until and self._clock.monotonic_us() < self._relief_until
        state = View.KEYS_ONLY if relieved or (self._keys_only and self._gop > 1) else View.SHOWING
        codec = self._parameters.codec if self._parameters is not None else ""
        view.tell(state, "", codec, frame.width, frame.height)

    def _say(self, state: View, reason: str) -> None:
        codec = self._parameters.codec if self._parameters is not None else ""
        for view in self.views:
            view.tell(state, reason, codec)

    def _is_key(self, item: Sample | TrackParameters) -> bool:
        if isinstance(item, TrackParameters) or self._parameters is None:
            return False
        return item.track == self._parameters.track and bool(int(item.flags) & _KEY)

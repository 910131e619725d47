"""Recorded footage decoded GOP by GOP and given backwards.

A GOP can only be decoded forward, so its pictures are kept as large as the view needs them (as planes, 1.5 bytes a
pixel) until they are shown. Where a GOP does not fit into `most_bytes`, its latest pictures are kept and it is decoded
again for the earlier ones: memory stays bounded, and every picture is still shown.

Where the footage is key frames only, each is a GOP of its own.
"""

from collections import deque
from dataclasses import replace

import av

from recorder.client.clock import SECOND_US
from recorder.client.stream import Sample, SampleFlag, TrackParameters
from recorder.client.tap import Mode
from recorder.decode import scaling
from recorder.decode.decoder import Undecodable, VideoDecoder
from recorder.decode.footage import Footage, Restart
from recorder.decode.shot import HOLE_US, KEY_HOLE_US, Shot, kept_size
from recorder.decode.view import ClientView

MOST_GOP_BYTES = 64 << 20
"""Of samples; what is longer is shown only as far as that."""
SHOWN_PER_S = 30
"""At twice real time and more, only so many pictures a second are kept."""


class Backward:
    """Shots backwards in time, all before `before_us`.

    `view` says how large they have to be; `speed` (positive) how fast it plays, 0 for every picture.
    """

    def __init__(self, footage: Footage, before_us: int, view: ClientView, most_bytes: int) -> None:
        self.ready: deque[Shot] = deque()
        self.speed = 0.0
        self.thinned = False
        """Pictures were left out, because it played fast."""
        self._footage = footage
        self._before_us = before_us
        self._view = view
        self._most_bytes = most_bytes
        self._hole_us = KEY_HOLE_US if footage.mode is Mode.REVERSE_KEY else HOLE_US
        self._parameters: TrackParameters | None = None
        self._gop: list[Sample] = []  # collected, not yet whole
        self._gop_bytes = 0
        self._gop_parameters: TrackParameters | None = None
        self._next_first: Sample | None = None  # of the GOP after it
        self._whole = False
        self._at = 0  # next sample of the whole GOP to decode
        self._decoder: VideoDecoder | None = None
        self._kept: deque[Shot] = deque()
        self._kept_bytes = 0
        self._cut = False
        self._done: deque[Shot] | None = None
        self._later_us: int | None = None  # first picture of the GOP before this one (later in time)
        self._exhausted = False

    @property
    def codec(self) -> str:
        """The codec of what is decoded now."""
        return self._gop_parameters.codec if self._gop_parameters else ""

    @property
    def refusal(self) -> str:
        """Why there is nothing, if the reader said so."""
        return self._footage.refusal

    @property
    def over(self) -> bool:
        """Nothing earlier is left."""
        self._hand_out()
        return self._exhausted and not self.ready

    @property
    def at_edge(self) -> bool:
        """The past has no edge that grows."""
        return False

    @property
    def full(self) -> bool:
        """A GOP is at hand, and the one before it is decoded."""
        return bool(self.ready) and self._done is not None

    def advance(self) -> bool:
        """Collect samples, or decode one; False when none is here, or enough is decoded."""
        self._hand_out()
        if self._done is not None:
            return False
        if self._whole:
            self._decode_one()
            self._hand_out()
            return True
        return self._collect()

    def close(self) -> None:
        """No more of it."""
        self._footage.close()

    def _hand_out(self) -> None:
        if not self.ready and self._done is not None:
            self.ready, self._done = self._done, None

    def _collect(self) -> bool:
        item = self._footage.take()
        if item is None:
            if self._footage.over and not self._exhausted:
                if self._gop:
                    self._whole = True
                    return True
                self._exhausted = True
            return False
        if isinstance(item, TrackParameters):
            self._parameters = item
        elif isinstance(item, Restart):
            self._gop, self._gop_bytes = [], 0
        elif item.flags & SampleFlag.KEY and self._gop:
            # The next GOP begins: this one is whole. The new sample is put aside as its first.
            self._next_first, self._whole = item, True
        else:
            self._append(item)
        return True

    def _append(self, sample: Sample) -> None:
        if not self._gop:
            if not sample.flags & SampleFlag.KEY:
                return
            self._gop_parameters = self._parameters
        self._gop_bytes += len(sample.data)
        if self._gop_bytes > MOST_GOP_BYTES:
            return
        self._gop.append(sample)

    def _decode_one(self) -> None:
        """Decode the next sample of the whole GOP; at its end, put its pictures backwards."""
        try:
            if self._at < len(self._gop) and self._gop[self._at].wall_us < self._before_us + SECOND_US:
                sample = self._gop[self._at]
                self._at += 1
                if self._decoder is None:
                    assert self._gop_parameters is not None
                    self._decoder = VideoDecoder(self._gop_parameters)
                self._keep(self._decoder.decode(sample.data, sample.wall_us))
                return
        except (Undecodable, AssertionError):
            if self._at <= 1:
                self._next_gop()
                raise
            return
        if self._decoder is not None:
            self._keep(self._decoder.flush())
        self._finish()

    def _keep(self, frames: list[av.VideoFrame]) -> None:
        for frame in frames:
            at_us = frame.pts or 0
            if at_us >= self._before_us:
                continue
            thin_us = int(self.speed * SECOND_US / SHOWN_PER_S) if self.speed >= 2 else 0
            if self._kept and at_us - self._kept[-1].at_us < thin_us:
                self.thinned = True
                continue
            size = frame.width, frame.height
            planes = scaling.scaled(frame, *kept_size(size, self._view))
            self._kept.append(Shot(at_us, planes, size))
            self._kept_bytes += scaling.size(planes)
            while self._kept_bytes > self._most_bytes and len(self._kept) > 1:
                self._kept_bytes -= scaling.size(self._kept.popleft().picture)
                self._cut = True

    def _finish(self) -> None:
        kept = self._kept
        if kept:
            last = kept[-1]
            if self._later_us is not None and self._later_us - last.at_us > self._hole_us:
                kept[-1] = replace(last, hole=True)
            self._later_us = kept[0].at_us
            self._before_us = kept[0].at_us
            self._done = deque(reversed(kept))
        self._kept, self._kept_bytes, self._at, self._decoder = deque(), 0, 0, None
        if self._cut:
            self._cut = False  # the same GOP again, for what came before
        else:
            self._next_gop()

    def _next_gop(self) -> None:
        self._gop, self._gop_bytes, self._whole, self._at, self._decoder = [], 0, False, 0, None
        self._kept, self._kept_bytes, self._cut = deque(), 0, False
        first, self._next_first = self._next_first, None
        if first is not None:
            self._append(first)

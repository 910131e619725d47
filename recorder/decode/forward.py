"""Recorded footage decoded forward: every picture, or key frames only."""

from collections import deque

import av

from recorder.client.stream import Sample, SampleFlag, TrackParameters
from recorder.client.tap import Mode
from recorder.decode.decoder import Undecodable, VideoDecoder
from recorder.decode.footage import Footage, Restart
from recorder.decode.shot import HOLE_US, KEY_HOLE_US, Shot

MOST_READY = 4
MOST_READY_BYTES = 48 << 20


class Forward:
    """Shots forward in time, from the key frame at or before where the footage begins."""

    def __init__(self, footage: Footage) -> None:
        self.ready: deque[Shot] = deque()
        self._footage = footage
        self._keys_only = footage.mode is Mode.KEY
        self._parameters: TrackParameters | None = None
        self._decoder: VideoDecoder | None = None
        self._needs_key = True
        self._break = False
        self._last_us: int | None = None
        self._flushed = False

    @property
    def codec(self) -> str:
        """The codec of what is decoded now."""
        return self._parameters.codec if self._parameters else ""

    @property
    def refusal(self) -> str:
        """Why there is nothing, if the reader said so."""
        return self._footage.refusal

    @property
    def over(self) -> bool:
        """Nothing more comes."""
        return self._flushed and not self.ready

    @property
    def at_edge(self) -> bool:
        """Nothing more for now, because it is still being recorded."""
        return self._footage.at_edge and not self.ready

    @property
    def full(self) -> bool:
        """Enough is decoded ahead."""
        if len(self.ready) < 2:
            return False
        frame = self.ready[-1].picture
        return len(self.ready) >= MOST_READY or len(self.ready) * frame.width * frame.height * 3 // 2 > MOST_READY_BYTES

    def advance(self) -> bool:
        """Decode one sample; False when none is here."""
        item = self._footage.take()
        if item is None:
            if self._footage.over and not self._flushed:
                self._flushed = True
                self._flush()
            return False
        if isinstance(item, TrackParameters):
            if item != self._parameters:
                self._flush()
                self._parameters, self._decoder, self._needs_key = item, None, True
        elif isinstance(item, Sample):
            self._sample(item)
        else:
            assert isinstance(item, Restart)
        return True

    def skip_to_key(self, until_us: int) -> bool:
        """Leave out what waits before the last key frame at or before `until_us`; whether there is one."""
        if not self._footage.skip_to_key(until_us):
            return False
        self.ready.clear()
        if self._decoder is not None:
            self._decoder.flush()
        return True

    def close(self) -> None:
        """No more of it."""
        self._footage.close()

    def _sample(self, sample: Sample) -> None:
        key = bool(sample.flags & SampleFlag.KEY)
        if sample.flags & SampleFlag.DISCONTINUITY and not self._keys_only:
            self._flush()
            self._needs_key = True
        if sample.flags & SampleFlag.DISCONTINUITY:
            self._break = True
        if (self._needs_key and not key) or self._parameters is None:
            return
        self._needs_key = False
        try:
            if self._decoder is None:
                self._decoder = VideoDecoder(self._parameters, low_delay=self._keys_only)
            frames = self._decoder.decode(sample.data, sample.wall_us)
        except Undecodable:
            if key or self._decoder is None:
                self._needs_key = True
                raise
            return
        self._keep(frames)

    def _flush(self) -> None:
        if self._decoder is not None:
            self._keep(self._decoder.flush())

    def _keep(self, frames: list[av.VideoFrame]) -> None:
        for frame in frames:
            at_us = frame.pts or 0
            hole = False
            if self._break and self._last_us is not None:
                hole = at_us - self._last_us > (KEY_HOLE_US if self._keys_only else HOLE_US)
            self._break = False
            self._last_us = at_us
            self.ready.append(Shot(at_us, frame, (frame.width, frame.height), hole))

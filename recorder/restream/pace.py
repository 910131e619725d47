"""Times of samples as those of RTP: from zero on, going on over holes and new clocks of the camera."""

from recorder.client.clock import SECOND_US
from recorder.client.stream import Sample, SampleFlag

JUMP_US = SECOND_US // 2
"""By so much the camera's clock may differ from ours over a hole; beyond, its times began anew."""

_DISCONTINUITY = int(SampleFlag.DISCONTINUITY)


class Pace:
    """Gives the media time of each sample (µs) for one feed; its tracks share it, so sound stays with its picture."""

    def __init__(self) -> None:
        self._shift_us: int | None = None
        self._last_us = 0
        self._wall_us = 0

    def time_us(self, sample: Sample, *, after_hole: bool = False) -> int:
        """Give the time of a sample. Where samples are missing it goes on by as much as our clock did.

        What it says of holes itself is believed; `after_hole` is for those that it knows nothing of.
        """
        if self._shift_us is None:
            self._shift_us = -sample.pts_us
        elif after_hole or int(sample.flags) & _DISCONTINUITY:
            due_us = self._last_us + sample.wall_us - self._wall_us
            if abs(sample.pts_us + self._shift_us - due_us) > JUMP_US:
                self._shift_us = max(due_us, self._last_us + 1) - sample.pts_us
        time_us = sample.pts_us + self._shift_us
        # Pictures come in the order of decoding: the newest of all is what a hole is measured from.
        if time_us >= self._last_us:
            self._last_us, self._wall_us = time_us, sample.wall_us
        return time_us

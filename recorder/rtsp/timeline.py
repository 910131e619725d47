"""RTP timestamps of one track as media time: 32 bits unwrapped, jumps found, anchored at the clock of the recorder."""

from recorder.client.clock import SECOND_US

JUMP_S = 10
# A picture may be shown before one that was sent earlier (B frames), by no more than this.
REORDER_S = 1
# The share of a sample's length by which audio is moved towards lip-sync: 2 % is not heard and keeps times rising.
SLEW = 50


class Timeline:
    """Maps timestamps to `pts_us`, microseconds on the recorder's monotonic clock.

    The first packet is anchored at its arrival; from then on the camera's clock counts. Where that jumps by more than
    10 s forward, or backwards, media time goes on by the time of arrival, and the next unit is a discontinuity.
    """

    def __init__(self, clock_hz: int, *, reorders: bool) -> None:
        self.pts_us = 0
        """Media time of the newest timestamp."""
        self.jumped = False
        """The clock jumped; whoever delivers the next unit takes it back."""
        self._hz = clock_hz
        self._furthest = JUMP_S * clock_hz
        self._back = REORDER_S * clock_hz if reorders else 0
        self._last = -1
        self._ticks = 0
        self._anchor_us = 0
        self._anchor_ticks = 0
        self._newest_us = 0
        """The highest media time so far, and when its first packet arrived."""
        self._newest_at_us = 0
        self._behind = False
        """The newest timestamp is not the highest."""
        self._step = 0
        """The newest distance between two timestamps, in ticks."""
        self._anew = False
        self._slew_us = 0

    def advance(self, timestamp: int, arrived_us: int) -> None:
        """Take the timestamp of the next unit, and when its first packet arrived (monotonic µs)."""
        last = self._last
        self._last = timestamp
        if last < 0:
            self._anchor(arrived_us)
            self._note(arrived_us)
            return
        ticks = ((timestamp - last + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        self._ticks = all_ticks = self._ticks + ticks
        if self._anew or not -self._back <= ticks <= self._furthest:
            self._realign(arrived_us)
            return
        if ticks > 0:
            self._step = ticks
            if self._slew_us:
                self._move(ticks * SECOND_US // self._hz // SLEW)
        self.pts_us = pts_us = self._anchor_us + (all_ticks - self._anchor_ticks) * SECOND_US // self._hz
        # As `_note` does, which is not called for every picture.
        if pts_us > self._newest_us:
            self._behind = False
            self._newest_us = pts_us
            self._newest_at_us = arrived_us
        else:
            self._behind = True

    def key(self, arrived_us: int) -> None:
        """The newest timestamp is that of a key frame, after which nothing earlier is shown.

        If it is not the highest, the camera's clock went back by less than frames may be reordered.
        """
        if self._behind:
            self._realign(arrived_us)

    def restart(self) -> None:
        """The sender begins anew: what its next timestamp is has no meaning for the ones before."""
        self._anew = self._last >= 0

    def after_us(self, ticks: int) -> int:
        """Give the media time of so many ticks after the newest timestamp."""
        return self.pts_us + ticks * SECOND_US // self._hz

    def pts_of(self, timestamp: int) -> int:
        """Give the media time of a timestamp within hours of the newest."""
        ticks = ((timestamp - self._last + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        return self.after_us(ticks)

    @property
    def started(self) -> bool:
        """A timestamp has been seen."""
        return self._last >= 0

    def slew(self, by_us: int) -> None:
        """Move media time by so much, little by little."""
        self._slew_us = by_us

    def shift(self, by_us: int) -> None:
        """Move media time by so much at once; where something was delivered, what would come twice must be left out."""
        self._slew_us = 0
        self._anchor_us += by_us
        self.pts_us += by_us
        self._newest_us += by_us

    def _realign(self, arrived_us: int) -> None:
        passed_us = max(arrived_us - self._newest_at_us, self._step * SECOND_US // self._hz, 1000)
        self._anew = False
        self.jumped = True
        self._anchor(self._newest_us + passed_us)
        self._note(arrived_us)

    def _anchor(self, pts_us: int) -> None:
        self.pts_us = self._anchor_us = pts_us
        self._anchor_ticks = self._ticks
        self._slew_us = 0

    def _note(self, arrived_us: int) -> None:
        self._behind = self.pts_us <= self._newest_us
        if not self._behind:
            self._newest_us = self.pts_us
            self._newest_at_us = arrived_us

    def _move(self, most_us: int) -> None:
        by_us = max(-most_us, min(most_us, self._slew_us))
        self._slew_us -= by_us
        self._anchor_us += by_us

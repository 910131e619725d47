"""Gathers what was seen on one channel into records of motion (`recorder.client.motion`), second by second."""

from recorder.client.clock import SECOND_US
from recorder.client.motion import RECORD_S, MotionRecord

APART_US = 4 * SECOND_US
"""Pictures closer than this leave nothing unseen between them that is worth searching for; of others only the seconds
count in which they were taken."""


class RecordBuilder:
    """The growing record of one channel; each channel's end at other times, so that disks are not asked all at once."""

    def __init__(self, channel: int) -> None:
        self._shift = channel * 7 % RECORD_S
        self._start = self._end = 0  # seconds; no record while they are the same
        self._last_us = 0
        self._analysed: set[int] = set()
        self._moved: dict[int, int] = {}

    def add(self, at_us: int, cells: int) -> MotionRecord | None:
        """Count a picture that was looked at; gives the record before, where a new one begins."""
        second = at_us // SECOND_US
        last = self._last_us // SECOND_US
        done = None
        if self._start < self._end and not last <= second < self._end:
            done = self.finish()
        if self._start == self._end:
            self._start = second
            self._end = second + RECORD_S - (second + self._shift) % RECORD_S
            self._last_us = at_us
        first = last + 1 if SECOND_US < at_us - self._last_us <= APART_US else second
        for one in range(min(max(first, self._start), second), second + 1):
            self._analysed.add(one)
            if cells:
                self._moved[one] = self._moved.get(one, 0) | cells
        self._last_us = at_us
        return done

    def record(self) -> MotionRecord | None:
        """Give the record as far as it goes; None while there is none."""
        if not self._analysed:
            return None
        start = self._start
        runs: list[tuple[int, int]] = []
        for second in sorted(self._analysed):
            nth = second - start
            if runs and sum(runs[-1]) == nth:
                runs[-1] = (runs[-1][0], runs[-1][1] + 1)
            else:
                runs.append((nth, 1))
        moved = tuple((second - start, cells) for second, cells in sorted(self._moved.items()))
        return MotionRecord(start * SECOND_US, sum(runs[-1]), tuple(runs), moved)

    def finish(self) -> MotionRecord | None:
        """Give the record, and begin anew."""
        done = self.record()
        self._start = self._end = 0
        self._analysed.clear()
        self._moved.clear()
        return done

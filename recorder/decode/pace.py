"""At most so many pictures a second, whatever a stream has: on the average as many as asked for, never in bursts."""

from recorder.client.clock import SECOND_US


class Pace:
    """Says of each picture whether it is due. `per_s` 0: all are."""

    def __init__(self, per_s: float) -> None:
        self._interval_us = round(SECOND_US / per_s) if per_s else 0
        self._due_us = 0

    def due(self, at_us: int) -> bool:
        """Whether a picture taken at a time (UTC) is wanted; counts it if so."""
        interval_us = self._interval_us
        if not interval_us:
            return True
        if self._due_us - 2 * interval_us < at_us < self._due_us:
            return False
        # What came late does not make the next ones come early.
        self._due_us = (
            max(self._due_us + interval_us, at_us) if 0 <= at_us - self._due_us < interval_us else at_us + interval_us
        )
        return True

"""How often a process that may ask root for a few things may ask for what is written to the audit.

An update marks a slot a handful of times, and an owner pulls no more disks than there are. Whoever took hal over could
ask without end, and fill the audit until nobody's destructive request is done any more.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable

from hal.errors import Refused

MOST_AN_HOUR = 30
HOUR_S = 3600.0


class Pace:
    """Counts by user and verb, within the last hour of the monotonic clock."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._asked_s: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=MOST_AN_HOUR))

    def require_room(self, user: str, verb: str) -> None:
        """Count one more, or raise `Refused`."""
        now_s, asked_s = self._monotonic_s(), self._asked_s[f"{user} {verb}"]
        if len(asked_s) == MOST_AN_HOUR and now_s - asked_s[0] < HOUR_S:
            raise Refused(f"{user} asked {MOST_AN_HOUR} times within an hour to {verb}; that is enough for now")
        asked_s.append(now_s)

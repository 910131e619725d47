"""The helper's own brakes: whoever got hold of control still cannot try passwords at will."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

FREE_TRIES = 20
"""Wrong passwords of one user in a row; control's own lockout, per place, comes long before."""
FIRST_LOCK_S, LONGEST_LOCK_S = 30.0, 900.0
MOST_USERS = 1000
MOST_A_MINUTE = 60
"""Of all users together."""


class Limit:
    """Says who may be asked about now. Times are of a clock that never steps."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._asked: deque[float] = deque()

    def lets(self, user: str) -> bool:
        """Whether PAM may be asked about a user; counts the question."""
        now = self._now_s()
        while self._asked and now - self._asked[0] >= 60:
            self._asked.popleft()
        count, last = self._wrong.get(user, (0, 0.0))
        over = count - FREE_TRIES
        lock_s = 0.0 if over < 0 else min(FIRST_LOCK_S * 2 ** min(over, 10), LONGEST_LOCK_S)
        if len(self._asked) >= MOST_A_MINUTE or now - last < lock_s:
            return False
        self._asked.append(now)
        return True

    def answered(self, user: str, *, right: bool) -> None:
        """Take the answer in."""
        count, _last = self._wrong.pop(user, (0, 0.0))
        if not right:
            self._wrong[user] = (count + 1, self._now_s())
        while len(self._wrong) > MOST_USERS:
            self._wrong.popitem(last=False)

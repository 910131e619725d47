"""What is to happen later on the screen's thread, on the injected monotonic clock."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True)
class Timer:
    """One call to come; `cancel()` takes it back."""

    due_us: int
    order: int
    call: Callable[[], object] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Do not call."""
        self.cancelled = True


class Timers:
    """Calls in the order of their time."""

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._order = itertools.count()

    def at(self, due_us: int, call: Callable[[], object]) -> Timer:
        """Have something called at a monotonic time."""
        timer = Timer(due_us, next(self._order), call)
        heapq.heappush(self._heap, timer)
        return timer

    def due(self, now_us: int) -> list[Timer]:
        """Take out what is due."""
        found: list[Timer] = []
        while self._heap and (self._heap[0].cancelled or self._heap[0].due_us <= now_us):
            timer = heapq.heappop(self._heap)
            if not timer.cancelled:
                found.append(timer)
        return found

    def next_us(self) -> int | None:
        """When the next call is due."""
        while self._heap and self._heap[0].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0].due_us if self._heap else None

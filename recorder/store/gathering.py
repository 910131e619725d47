"""What several disks answer, heard once: by the first of them, or of all together."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

A = TypeVar("A")


class Once:
    """Calls back the first time only: a mark is safe when one disk has it."""

    def __init__(self, done: Callable[[bool], None]) -> None:
        self._done: Callable[[bool], None] | None = done

    def __call__(self, durable: bool) -> None:  # noqa: FBT001
        """Pass on the first answer."""
        done, self._done = self._done, None
        if done is not None:
            done(durable)


class Answers(Generic[A]):
    """Gathers what disks answer; a disk that went away meanwhile has none."""

    def __init__(self, count: int, done: Callable[[list[A]], None]) -> None:
        self._left, self._done = count, done
        self._lock = threading.Lock()
        self._found: list[A] = []
        if not count:
            done([])

    def take(self, answer: A | None) -> None:
        """One disk answered."""
        with self._lock:
            self._left -= 1
            self._found += [answer] if answer is not None else []
            over = not self._left
        if over:
            self._done(self._found)

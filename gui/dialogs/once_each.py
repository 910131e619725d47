"""Something that is done to several, one after another: each once, also where the rest is tried again."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class OnceEach(Generic[T]):
    """Those to which it is still to be done. `busy` while it is; a second press meanwhile is none."""

    def __init__(self, every: Iterable[T]) -> None:
        self._left = list(every)
        self.busy = False

    def run(self, do: Callable[[T], object]) -> None:
        """Do it to each that is left; the first that fails ends it, and is the first of the next run."""
        while self._left:
            do(self._left[0])
            del self._left[0]

"""What every way to show the screen offers: a canvas in memory, dirty rectangles out, events in."""

from collections.abc import Sequence
from typing import Protocol

from pygame import Rect, Surface

from gui.toolkit.event import Event


class Presenter(Protocol):
    """A monitor with its input. All methods but `wake` belong to one thread."""

    presented: int
    """How often anything was shown."""

    @property
    def rate_hz(self) -> float:
        """How often moving pictures are looked for."""
        ...

    @property
    def canvas(self) -> Surface:
        """Where the screen is composed: 32 bits a pixel, in ordinary memory, never read back from the device."""
        ...

    def present(self, rects: Sequence[Rect]) -> None:
        """Show these parts of the canvas."""
        ...

    def wait(self, timeout_s: float | None) -> list[Event]:
        """Sleep until input arrives, `wake` is called, or the time is over; give what arrived in its order."""
        ...

    def wake(self) -> None:
        """End a `wait` early; safe from any thread."""
        ...

    def watched(self) -> None:
        """Somebody looks from afar now; safe from any thread."""
        ...

    def point(self, at: tuple[int, int] | None) -> None:
        """Show the mouse pointer at a place, or not at all."""
        ...

    def close(self) -> None:
        """Give the monitor back."""
        ...

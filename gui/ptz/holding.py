"""What is held is let go: by its release, or by nobody saying for a while that it is still held."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gui.toolkit.widget import Widget

if TYPE_CHECKING:
    from gui.toolkit.timers import Timer

KEY_S = 0.7
"""Keys repeat: the first time after 0.4 s. One that does not was let go, though nobody said so."""
POINTER_S = 30.0
"""A button of a mouse does not repeat; longer than this nobody holds one, and the mouse may have been pulled out."""


class Holding:
    """Calls `over` when something held was not renewed in time."""

    def __init__(self, widget: Widget, over: Callable[[], object]) -> None:
        self._widget = widget
        self._over = over
        self._timer: Timer | None = None

    def renew(self, *, by_key: bool) -> None:
        """It is held, as seen now."""
        self.end()
        self._timer = self._widget.screen.after(KEY_S if by_key else POINTER_S, self._late)

    def end(self) -> None:
        """It is not held any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        self._over()

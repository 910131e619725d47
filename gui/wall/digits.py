"""Channel numbers typed on a remote: digits wait a moment for more, and jump at once where none can follow."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from gui.toolkit.notices import Tone
from gui.toolkit.screen import Screen
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.toolkit.timers import Timer

WAIT_S = 1.2


class Digits:
    """Collects digits and jumps to the channel they name."""

    def __init__(self, jump: Callable[[int], object]) -> None:
        """`jump` goes to a channel; it gives False where there is none."""
        self._jump = jump
        self._typed = ""
        self._timer: Timer | None = None

    def press(self, digit: int, channels: Collection[int], screen: Screen) -> None:
        """Take a digit."""
        if self._timer is not None:
            self._timer.cancel()
        self._typed = (self._typed + str(digit)).lstrip("0")[:3]
        if not self._typed:
            return
        longer = any(str(one).startswith(self._typed) and str(one) != self._typed for one in channels)
        if longer:
            screen.notices.say(_("Channel {number}…").format(number=self._typed))
            self._timer = screen.after(WAIT_S, lambda: self._go(screen))
        else:
            self._go(screen)

    def _go(self, screen: Screen) -> None:
        number, self._typed, self._timer = int(self._typed), "", None
        if self._jump(number) is False:
            screen.notices.say(_("There is no channel {number}.").format(number=number), Tone.WARNING)

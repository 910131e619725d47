"""A button that acts while it is held, by the pointer or the ok key."""

from collections.abc import Callable

from gui.ptz.holding import Holding
from gui.toolkit.button import IconButton, Look
from gui.toolkit.event import Activate, Event, Key, KeyUp, Press, Release


class HoldButton(IconButton):
    """Calls `held(True)` when it is taken and `held(False)` when it is let go, whatever the reason."""

    def __init__(self, icon: str, label: str, held: Callable[[bool], object], *, name: str) -> None:
        super().__init__(icon, label, name=name, look=Look.PLAIN)
        self._tell = held
        self._down = False
        self._holding = Holding(self, self.let_go)

    def let_go(self) -> None:
        """It is not held any more."""
        self._holding.end()
        if self._down:
            self._down = False
            self._tell(False)
            self.invalidate()

    def lost_focus(self) -> None:
        """Whoever held it looks elsewhere."""
        self.let_go()

    def _take(self, *, by_key: bool) -> None:
        self._holding.renew(by_key=by_key)
        if not self._down:
            self._down = True
            self._tell(True)
            self.invalidate()

    def handle(self, event: Event) -> bool:
        """Follow pointer and ok."""
        match event:
            case Press():
                self._take(by_key=False)
            case Key(name="ok"):
                self._take(by_key=True)
            case Release() | KeyUp(name="ok"):
                self.let_go()
            case Activate():
                pass  # it acts while it is held, not by being clicked
            case _:
                return super().handle(event)
        return True

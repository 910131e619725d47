"""The camera's own menu, which it draws into its picture: arrows, ok and back for it (D-PTZ-10)."""

from collections import deque
from typing import TYPE_CHECKING

from pygame import Rect

from gui.ptz.pad import Pad
from gui.ptz.place import beside_the_picture
from gui.toolkit import theme as t
from gui.toolkit.button import Button, IconButton
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column, Row
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.theme import Type
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

ARROWS = {(0, 1): "menu_up", (0, -1): "menu_down", (-1, 0): "menu_left", (1, 0): "menu_right"}
MOST_WAITING = 4
"""Keys that wait for the line: a dome takes three in a second, and nobody sees what more of them would do."""


class DomeMenu(Page):
    """Opens the menu with itself, and closes it. Each press of an arrow is one step; what is held does not run on."""

    covers = False
    scrim = False
    opaque = False

    def __init__(self, rooms: "Rooms", channel: int, name: str) -> None:
        super().__init__(name="dome-menu")
        self.title = name
        self.rooms = rooms
        self.channel = channel
        self.default_focus = "pad"
        self.keys = {"back": self._step_out}
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._busy = False

    def opened(self) -> None:
        """Have the camera show it."""
        self._send("menu_open")

    def closed(self) -> None:
        """Have it taken from the picture."""
        self.work(lambda: self.rooms.api.dome_action(self.channel, "menu_close"), failed=lambda _error: None)

    def build(self) -> None:
        """Pad, ok, back."""
        head = Row(
            [Label(self.title, Type.TITLE, t.TEXT, grow=1, name="title"), IconButton("close", _("Close"), self.close)],
            gap=8,
            align=Align.CENTER,
        )
        words = _("Arrows and OK are for the menu in the picture. Back: to the buttons")
        self.add(
            Column(
                [
                    head,
                    Row([Pad(self._arrow, lambda: self._send("menu_enter"))], along=Align.CENTER),
                    Label(words, Type.CAPTION, t.SECOND, lines=3, align=Align.CENTER, name="hint"),
                    Row(
                        [
                            Button(_("OK"), lambda: self._send("menu_enter"), name="menu_enter", grow=1),
                            Button(_("Back"), lambda: self._send("menu_close"), name="menu_close", grow=1),
                        ],
                        gap=8,
                    ),
                    Button(_("Done"), self.close, name="done"),
                ],
                gap=10,
                pad=(16, 12),
            )
        )

    def frame(self, screen: Rect) -> Rect:
        """In the place of the panel."""
        return beside_the_picture(self, screen, whole=True)

    def _step_out(self) -> None:
        """From the pad, which has arrows and ok for itself, to the buttons; from there out."""
        focus = self.screen.focus
        if focus is not None and focus.name == "pad":
            self.screen.focus_on("menu_close")
        else:
            self.close()

    def _arrow(self, across: int, up: int) -> None:
        if (action := ARROWS.get((across, up))) is not None:
            self._send(action)

    def _send(self, action: str) -> None:
        """Send one after another: they must arrive in their order."""
        self._waiting.append(action)
        self._next()

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        self._busy = True
        action = self._waiting.popleft()
        self.work(lambda: self.rooms.api.dome_action(self.channel, action), self._done, self._failed)

    def _done(self, _nothing: object) -> None:
        self._busy = False
        self._next()

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self._waiting.clear()
        if not self.rooms.recover(self, error, self._next):
            self.screen.notices.say(self.rooms.words(error), Tone.BAD)

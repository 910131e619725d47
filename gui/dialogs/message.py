"""Something said that needs an answer: a notice to close, a question, the sheet after a page failed."""

from collections.abc import Callable

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.widget import Widget
from recorder.client.words import _


class Message(Sheet):
    """Words and one button."""

    def __init__(self, title: str, words: str, *, close: str = "") -> None:
        super().__init__(title, words, name="message")
        self._close = close or _("Close")
        self.default_focus = "close"

    def buttons(self) -> list[Widget]:
        """The way out."""
        return [Button(self._close, self.close, name="close", look=Look.PRIMARY, width=140)]


class Question(Sheet):
    """Words, a way out, and a button that does it; the way out has the focus where doing it cannot be undone."""

    def __init__(
        self, title: str, words: str, do: str, action: Callable[[], object], *, danger: bool = False, cancel: str = ""
    ) -> None:
        super().__init__(title, words, name="question")
        self._do = do
        self._action = action
        self._danger = danger
        self._cancel = cancel or _("Cancel")
        self.default_focus = "cancel" if danger else "do"

    def buttons(self) -> list[Widget]:
        """Out, and do it."""
        look = Look.DANGER if self._danger else Look.PRIMARY
        return [
            Button(self._cancel, self.close, name="cancel"),
            Button(self._do, self._decided, name="do", look=look),
        ]

    def _decided(self) -> None:
        self.close(True)
        self._action()


class ErrorSheet(Sheet):
    """What shows after the code of a page failed: the page has left, everything else goes on."""

    def __init__(self, page: str, detail: str, again: Callable[[], object] | None = None) -> None:
        words = _("Live video and recording go on. What you had not saved on this page is lost.")
        super().__init__(_("{page} stopped working").format(page=page), f"{words}\n{detail}", name="error-sheet")
        self._again = again
        self.default_focus = "close"

    def buttons(self) -> list[Widget]:
        """Out, or open it anew."""
        found: list[Widget] = []
        if self._again is not None:
            found.append(Button(_("Open it again"), self._reopen, name="again"))
        return [*found, Button(_("Close"), self.close, name="close", look=Look.PRIMARY)]

    def _reopen(self) -> None:
        self.close()
        if self._again is not None:
            self._again()

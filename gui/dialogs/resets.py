"""Whose password was reset, told to everybody at his next login until he says that he has seen it (A14)."""

import logging
from collections.abc import Sequence
from datetime import tzinfo

from gui.dialogs.sheet import Sheet
from gui.session import Session
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.widget import Widget
from gui.wall.moments import day, time_of_day
from recorder.client.answers import Reset
from recorder.client.words import _

log = logging.getLogger(__name__)
SHOWN = 6
"""The newest; how many more there are is told."""
WAYS = {
    "code": _("with a one-time code"),
    "answers": _("by answers to questions"),
    "key": _("by the reset key of the case"),
    "stick": _("with the recovery stick"),
}
PLACES = {"screen:screen": _("at this screen")}


class ResetsSheet(Sheet):
    """One line for each. Closing it says that they were seen."""

    wide = 640.0

    def __init__(self, session: Session, resets: Sequence[Reset], zone: tzinfo) -> None:
        words = _("If nobody you know did this, set another password, and look into the audit.")
        super().__init__(_("A password was reset"), words, name="resets")
        self.session = session
        self.resets = resets
        self.zone = zone
        self.default_focus = "seen"

    def content(self) -> list[Widget]:
        """The newest first."""
        lines: list[Widget] = [Label(self._words(one), lines=2) for one in reversed(self.resets[-SHOWN:])]
        if len(self.resets) > SHOWN:
            lines.append(Label(_("and {count} more").format(count=len(self.resets) - SHOWN)))
        return lines

    def _words(self, one: Reset) -> str:
        place = PLACES.get(one.source) or _("from {place}").format(place=one.source.partition(":")[2])
        told = _("{user}, {day} {time}, {way}, {place}")
        when = {"day": day(one.at_us, self.zone), "time": time_of_day(one.at_us, self.zone)}
        return told.format(user=one.user, way=WAYS.get(one.way, one.way), place=place, **when)

    def buttons(self) -> list[Widget]:
        """Seen."""
        return [Button(_("I have seen it"), self._seen, name="seen", look=Look.PRIMARY)]

    def _seen(self) -> None:
        upto = self.resets[-1].id
        self.work(lambda: self.session.api.see_resets(upto), lambda _done: self.close(True), self._not_noted)

    def _not_noted(self, error: Exception) -> None:
        # It is told once more at the next login.
        log.info("that resets were seen is not noted: %s", error)
        self.close(True)

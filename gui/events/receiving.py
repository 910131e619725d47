"""Of what one is told as it happens: kinds, cameras, nothing at all for a while, and what was muted (V-ALM-41)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from gui.dialogs.chooser import ChooseMany
from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column, Row
from gui.toolkit.screen import words_of
from gui.toolkit.select import Option, Select
from gui.toolkit.theme import DANGER, FIELD, SECOND, Type
from gui.toolkit.widget import Widget
from gui.wall.moments import since
from recorder.client.api import ApiClient
from recorder.client.happened import Mute, Receiving
from recorder.client.words import _, counted

STAYS = -1
OFF_MIN: Mapping[int, str] = {
    30: _("Off for 30 minutes"),
    60: _("Off for an hour"),
    480: _("Off for 8 hours"),
    1440: _("Off for a day"),
    9999: _("Off for a week"),
}
"""A week, all but a little: the longest that there is."""


@dataclass(frozen=True)
class Known:
    """What there is to choose from, and what is chosen."""

    wishes: Receiving
    kinds: Mapping[str, str]
    cameras: Mapping[int, str]


class ReceivingSheet(Sheet):
    """A form of one's own; the list of events has everything all the same."""

    wide = 760.0

    def __init__(self, api: ApiClient, zone: tzinfo) -> None:
        words = _("Of what you are told as it happens, here and in a browser. The list of events has all of it.")
        super().__init__(_("What I am told"), words, name="receiving")
        self.api, self.zone = api, zone
        self.known: Known | None = None
        self.wishes = Receiving()
        self.problem = ""
        self.off = 0
        self.default_focus = "cancel"

    def opened(self) -> None:
        """Ask how it stands."""
        self.work(self._ask, self._show, self._failed)

    def _ask(self) -> Known:
        kinds = {one.name: one.title for one in self.api.event_kinds()}
        return Known(self.api.receiving(), kinds, {one.number: one.name for one in self.api.channels()})

    def _show(self, known: Known) -> None:
        self.known, self.wishes = known, known.wishes
        self.off = STAYS if known.wishes.off_until_us else 0
        self.rebuild()
        self.screen.focus_on("messages")

    def _failed(self, error: Exception) -> None:
        self.problem = words_of(error)
        self.rebuild()

    # The tree.

    def content(self) -> list[Widget]:
        """A row for each, and the mutes."""
        known = self.known
        rows: list[Widget] = []
        if known is None:
            return [Label(self.problem or _("Loading…"), Type.SMALL, SECOND, lines=3, name="problem")]
        messages = Select(self._times(), self.off, self._turn, name="messages", width=300, steps=False)
        rows += [
            _row(_("Messages"), messages),
            _row(_("Kinds of events"), Button(self._kinds_words(known), self._choose_kinds, name="kinds", width=300)),
            _row(_("Cameras"), Button(self._cameras_words(known), self._choose_cameras, name="cameras", width=300)),
        ]
        for at, one in enumerate(self.wishes.mutes):
            again = Button(_("Sound again"), lambda one=one: self._again(one), name=f"mute-{at}", width=300)
            rows.append(_row(self._muted(one, known), again))
        if self.problem:
            rows.append(Label(self.problem, Type.BODY, DANGER, lines=4, name="problem"))
        return rows

    def buttons(self) -> list[Widget]:
        """Out, and save."""
        save = [Button(_("Save"), self.save, name="do", look=Look.PRIMARY)] if self.known is not None else []
        return [Button(_("Cancel"), self.close, name="cancel"), *save]

    def _times(self) -> list[Option]:
        until_us = self.wishes.off_until_us
        stays = [Option(STAYS, _("Off until {moment}").format(moment=self._moment(until_us)))] if until_us else []
        return [Option(0, _("On")), *stays, *(Option(minutes, words) for minutes, words in OFF_MIN.items())]

    def _moment(self, at_us: int) -> str:
        return since(at_us, self.screen.clock.now_us(), self.zone)

    def _kinds_words(self, known: Known) -> str:
        if self.wishes.sources is None:
            return _("All kinds")
        chosen = sum(one in known.kinds for one in self.wishes.sources)
        return counted("{count} kind of {all}", "{count} kinds of {all}", chosen, all=len(known.kinds))

    def _cameras_words(self, known: Known) -> str:
        if self.wishes.channels is None:
            return _("All cameras")
        chosen = sum(one in known.cameras for one in self.wishes.channels)
        return counted("{count} camera of {all}", "{count} cameras of {all}", chosen, all=len(known.cameras))

    def _muted(self, one: Mute, known: Known) -> str:
        kind = known.kinds.get(one.source, one.source)
        what = known.cameras.get(int(one.item), one.item) if one.item.isdecimal() else one.item
        named = f"{kind}, {what}" if what else kind
        return _("Muted until {moment}: {what}").format(moment=self._moment(one.until_us), what=named)

    # What is done.

    def _turn(self, value: int) -> None:
        self.off = value

    def _choose_kinds(self) -> None:
        if self.known is not None:
            self._choose(_("Kinds of events"), self.known.kinds, self.wishes.sources, self._kinds_chosen)

    def _choose_cameras(self) -> None:
        if self.known is not None:
            self._choose(_("Cameras"), self.known.cameras, self.wishes.channels, self._cameras_chosen)

    def _choose(
        self,
        title: str,
        offered: Mapping[Any, str],
        chosen: Sequence[Any] | None,
        then: Callable[[Sequence[Any]], object],
    ) -> None:
        options = [Option(value, words) for value, words in offered.items()]
        self.screen.navigator.push(ChooseMany(title, options, list(offered if chosen is None else chosen), then))

    def _kinds_chosen(self, values: Sequence[str]) -> None:
        every = self.known is not None and len(values) == len(self.known.kinds)
        self.wishes = replace(self.wishes, sources=None if every else tuple(values))
        self.rebuild()

    def _cameras_chosen(self, values: Sequence[int]) -> None:
        every = self.known is not None and len(values) == len(self.known.cameras)
        self.wishes = replace(self.wishes, channels=None if every else tuple(values))
        self.rebuild()

    def _again(self, one: Mute) -> None:
        def heard(found: Receiving) -> None:
            self.wishes = replace(self.wishes, mutes=found.mutes)
            self.rebuild()
            self.screen.focus_on("messages")

        self.work(lambda: self.api.sound_again(one.source, one.item), heard, self._failed)

    def save(self) -> None:
        """Keep it."""
        wishes, off = self.wishes, None if self.off == STAYS else self.off
        self.work(
            lambda: self.api.wish(wishes.sources, wishes.channels, off), lambda _kept: self.close(True), self._failed
        )


def _row(title: str, control: Widget) -> Widget:
    words = Column([Label(title, lines=2)], grow=1)
    return Row([words, control], gap=10, pad=(14, 8), ground=FIELD, radius=8, align=Align.CENTER)

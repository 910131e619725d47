"""Choosing from many: one of a list with a filter, or several by ticks."""

from collections.abc import Callable, Sequence
from typing import Any

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.event import Event, Key
from gui.toolkit.layout import Grid
from gui.toolkit.list import Entry, List
from gui.toolkit.select import Option
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import Type
from gui.toolkit.toggle import Check
from gui.toolkit.widget import Widget
from recorder.client.words import _

WIDEST, BESIDE = 1000.0, 190.0
"""Of a sheet with boxes to tick, in units; and what is beside the boxes."""
FILTERED = 12
"""From so many on a filter is offered."""


class ChooseOne(Sheet):
    """A list; typing filters it."""

    wide = 560.0

    def __init__(self, title: str, options: Sequence[Option], value: Any, chosen: Callable[[Any], object]) -> None:
        super().__init__(title, name="choose")
        self.options = tuple(options)
        self.chosen = chosen
        self.filter = TextField("", self._filter, name="filter", placeholder=_("Type to search"), label=title)
        self.list = List([], self._choose, name="options", row=42, height=336, empty=_("Nothing matches."))
        self.list.fill([self._entry(one) for one in self.options])
        at = next((at for at, one in enumerate(self.options) if one.value == value), 0)
        self.list.marked = at
        self.default_focus = "options"

    @staticmethod
    def _entry(option: Option) -> Entry:
        return Entry(option.value, option.label, icon=option.icon)

    def content(self) -> list[Widget]:
        """Filter and list."""
        return [self.filter, self.list] if len(self.options) >= FILTERED else [self.list]

    def buttons(self) -> list[Widget]:
        """The way out."""
        return [Button(_("Cancel"), self.close, name="cancel")]

    def _filter(self, text: str) -> None:
        wanted = text.casefold().split()
        self.list.fill(
            [self._entry(one) for one in self.options if all(part in one.label.casefold() for part in wanted)]
        )
        self.list.mark(0)
        self.invalidate()

    def handle(self, event: Event) -> bool:
        """Type into the filter, wherever the focus is."""
        if isinstance(event, Key) and len(self.options) >= FILTERED:
            if event.text and not event.ctrl:
                self.filter.write(event.text)
                return True
            if event.name == "backspace":
                self.filter.erase()
                return True
        return super().handle(event)

    def _choose(self, value: Any) -> None:
        self.close(True)
        self.chosen(value)


class ChooseMany(Sheet):
    """Boxes to tick."""

    wide = 640.0

    def __init__(
        self,
        title: str,
        options: Sequence[Option],
        values: Sequence[Any],
        chosen: Callable[[Sequence[Any]], object],
        do: str = "",
    ) -> None:
        super().__init__(title, "" if options else _("There is nothing to choose from."), name="choose")
        self.options = tuple(options)
        self.chosen = chosen
        self.do = do or _("OK")
        self.checks = [
            Check(one.label, one.value in values, name=f"option-{at}") for at, one in enumerate(self.options)
        ]

    def build(self) -> None:
        """Give long names room: in a column that cuts them all end alike."""
        longest = max((self.screen.type.width(one.label, Type.BODY) for one in self.options), default=0)
        self.wide = min(max(self.wide, 2 * longest / self.theme.unit + BESIDE), WIDEST)
        super().build()

    def content(self) -> list[Widget]:
        """The boxes in two columns."""
        return [Grid(2, self.checks, gap=4, name="boxes")] if self.checks else []

    def buttons(self) -> list[Widget]:
        """All, none, out, take."""
        tools: list[Widget] = []
        if len(self.options) > 1:
            tools = [
                Button(_("All"), lambda: self._all(True), name="all", look=Look.QUIET),
                Button(_("None"), lambda: self._all(False), name="none", look=Look.QUIET),
            ]
        return [
            *tools,
            Button(_("Cancel"), self.close, name="cancel"),
            Button(self.do, self._take, name="take", look=Look.PRIMARY),
        ]

    def _all(self, ticked: bool) -> None:  # noqa: FBT001
        for check in self.checks:
            check.set(ticked)

    def _take(self) -> None:
        values = [option.value for option, check in zip(self.options, self.checks, strict=True) if check.value]
        self.close(True)
        self.chosen(values)

"""A week to edit: the types to paint with, the grid, and the way to exact times."""

from collections.abc import Callable, Sequence
from typing import Any

from gui.forms.periods import Periods
from gui.forms.type_chip import TypeChip
from gui.forms.week import Week
from gui.forms.week_grid import WeekGrid
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Column, Flow, Row
from gui.toolkit.select import Option
from gui.toolkit.theme import Type
from recorder.client.words import _


class WeekField(Column):
    """The grid with its types above it and a line of help below."""

    def __init__(
        self,
        value: Any,
        types: Sequence[Option],
        on_change: Callable[[Any], object],
        *,
        name: str = "week",
    ) -> None:
        self.types = tuple(types) or (Option("general", _("General")),)
        self.grid = WeekGrid(Week.parse(value), self.types[0].value, self._changed, name=f"{name}-grid")
        self.on_change = on_change
        self.help = Label("", Type.CAPTION, t.FAINT, lines=2, name=f"{name}-help")
        self.chips = [
            TypeChip(one, lambda one=one: self.choose(one.value), name=f"{name}-type-{at}")
            for at, one in enumerate(self.types)
        ]
        self.edit = Button(_("Exact times"), self._edit, name=f"{name}-edit", look=Look.QUIET, icon="edit", height=34)
        head = Row([Flow(self.chips, gap=6, grow=1, remembers=True), self.edit], gap=12)
        super().__init__([head, self.grid, self.help], gap=10, name=name)
        self.choose(self.types[0].value)

    @property
    def value(self) -> Any:
        """The week as the API takes it."""
        return self.grid.week.as_value(one.value for one in self.types)

    def set(self, value: Any) -> None:
        """Show another week."""
        self.grid.show(Week.parse(value))

    def choose(self, kind: str) -> None:
        """Paint with this type."""
        self.grid.brush = kind
        for chip in self.chips:
            chip.select(chip.option.value == kind)
        title = next(one.label for one in self.types if one.value == kind)
        self.help.say(
            _(
                "Drag to set or clear “{type}”. By keys: OK begins, arrows stretch, OK ends; a day's name is all of it."
            ).format(type=title)
        )

    def _changed(self) -> None:
        self.on_change(self.value)

    def _edit(self) -> None:
        """Open the sheet of exact times on the day where the cursor is."""
        self.screen.navigator.push(Periods(self.grid.week, self.grid.row, self.types, self._take))

    def _take(self, week: Week) -> None:
        if week != self.grid.week:
            self.grid.show(week)
            self._changed()

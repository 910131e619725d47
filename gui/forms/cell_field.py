"""A region to edit: the grid, and the ways to all of it and to nothing."""

from collections.abc import Callable
from typing import Any

from gui.forms.cell_grid import CellGrid
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Column, Row, Spacer
from gui.toolkit.theme import Type
from recorder.client.errors import NightjarError
from recorder.client.grid import WHOLE, from_text, to_text
from recorder.client.words import _


class CellField(Column):
    """The grid with a line of help and two buttons below. Its value is text as `recorder.client.grid` writes it."""

    def __init__(self, value: Any, on_change: Callable[[], object], *, name: str) -> None:
        self.grid = CellGrid(_cells(value), on_change, name=f"{name}-grid")
        self.on_change = on_change
        words = _("Drag to set or clear cells. By keys: OK begins, arrows stretch, OK ends.")
        whole = Button(_("All"), lambda: self._take(WHOLE), name=f"{name}-all", look=Look.QUIET, height=34)
        nothing = Button(_("None"), lambda: self._take(0), name=f"{name}-none", look=Look.QUIET, height=34)
        help_line = Label(words, Type.CAPTION, t.FAINT, lines=2, name=f"{name}-help", grow=1)
        super().__init__([Row([self.grid, Spacer()]), Row([help_line, whole, nothing], gap=12)], gap=10, name=name)

    @property
    def value(self) -> str:
        """The region as the API takes it."""
        return to_text(self.grid.cells)

    def set(self, value: Any) -> None:
        """Show another region."""
        self.grid.show(_cells(value))

    def _take(self, cells: int) -> None:
        if cells != self.grid.cells:
            self.grid.show(cells)
            self.on_change()


def _cells(value: Any) -> int:
    try:
        return from_text(value) if isinstance(value, str) and value else 0
    except NightjarError:
        return 0

"""The live picture of a channel behind the regions that are painted in a form."""

from gui.forms.cell_grid import CELL, FLAT, CellGrid
from gui.forms.form import Form
from gui.toolkit.screen import Screen
from gui.wall.pictures import LiveView, Pictures
from recorder.client.grid import COLUMNS
from recorder.client.stream import StreamName


class RegionPicture:
    """One view for all grids of a form; decode is asked only where a form has any."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._view: LiveView | None = None

    def show(self, screen: Screen, form: Form, channel: int, stream: StreamName) -> None:
        """Put the channel's picture behind the grids of a form."""
        self.close()
        grids = [one for one in form.walk() if isinstance(one, CellGrid)]
        if not grids:
            return
        self._view = self._pictures.live(channel)
        wide = screen.theme.px(CELL) * COLUMNS
        self._view.want(stream, wide, round(wide * FLAT))
        for grid in grids:
            grid.picture = self._view
            screen.animate(grid)

    def close(self) -> None:
        """No more of it."""
        if self._view is not None:
            self._view.close()
            self._view = None

"""Which channel stands in which tile: order, pages, the split chosen, one tile enlarged (D-LIVE-01, D-LIVE-06)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from gui.memory import WallPlace
from gui.wall.splits import SPLITS, Split, smallest


@dataclass
class Arrangement:
    """The wall's own state, without pictures. Tiles count from 0 within the page that shows.

    `order` holds channel numbers in the order of the tiles over all pages; `split` None means as small as holds all.
    """

    order: list[int] = field(default_factory=list[int])
    split: int | None = None
    page: int = 0
    single: int | None = None
    """The channel shown alone; the page below it is kept, to return to."""
    selected: int = 0
    """The tile that has the frame, within the page."""
    only: frozenset[int] | None = None
    """The channels that are shown on behalf of events; None: all."""
    hidden: frozenset[int] = frozenset()
    """The channels that are not shown to who stands before the screen; they keep their places (D-SYS-06)."""
    whole: list[int] = field(default_factory=list[int])
    """`order` with the hidden ones at their places."""

    @classmethod
    def of_tour(cls, channels: Sequence[int]) -> Self:
        """Show just these channels."""
        return cls(order=list(channels), only=frozenset(channels), whole=list(channels))

    @classmethod
    def of(cls, place: WallPlace) -> Self:
        """Stand as remembered, as far as that is possible."""
        split = place.split if place.split in SPLITS else None
        single = place.single if place.single in place.order else None
        found = cls(list(place.order), split, place.page, single, place.selected, whole=list(place.order))
        found._settle(None)
        return found

    @property
    def place(self) -> WallPlace:
        """How it stands, to be remembered."""
        return WallPlace(tuple(self._whole()), self.split, self.page, self.single, self.selected)

    @property
    def grid(self) -> Split:
        """The split as it is cut now."""
        if self.single is not None:
            return SPLITS[1]
        return self.split_below

    @property
    def split_below(self) -> Split:
        """The split to which a single channel returns."""
        return SPLITS[self.split] if self.split is not None else smallest(len(self.order))

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-len(self.order) // self.split_below.tiles))

    def channels(self) -> tuple[int | None, ...]:
        """Give the channel of each tile that shows now; None is an empty tile."""
        if self.single is not None:
            return (self.single,)
        tiles = self.split_below.tiles
        shown = self.order[self.page * tiles : (self.page + 1) * tiles]
        return (*shown, *[None] * (tiles - len(shown)))

    @property
    def chosen(self) -> int | None:
        """The channel that has the frame, if the tile is not empty."""
        channels = self.channels()
        return channels[self.selected] if self.selected < len(channels) else None

    def know(self, channels: Iterable[int], hidden: frozenset[int] = frozenset()) -> bool:
        """Take the channels there are: gone ones leave, new ones come last; say whether anything changed.

        Those that are `hidden` are not shown, and return to their places.
        """
        there = sorted(set(channels) if self.only is None else self.only & set(channels))
        whole = [one for one in self._whole() if one in there]
        whole += [one for one in there if one not in whole]
        order = [one for one in whole if one not in hidden]
        self.whole, self.hidden = whole, hidden
        if order == self.order:
            return False
        chosen = self.chosen
        self.order = order
        if self.single not in order:
            self.single = None
        self._settle(chosen)
        return True

    def _whole(self) -> list[int]:
        """Put the hidden channels back between those that are shown, which may have been exchanged meanwhile."""
        if not self.whole:
            return list(self.order)
        shown = iter(self.order)
        return [one if one in self.hidden else next(shown) for one in self.whole]

    def choose(self, split: int) -> None:
        """Take another split; the chosen channel stays in sight. Raises `KeyError` on one that does not exist."""
        SPLITS[split]
        chosen = self.chosen
        self.split = split
        self.single = None
        self._settle(chosen)

    def toggle_single(self, channel: int | None = None) -> None:
        """Show the channel (the chosen one) alone, or go back to the split."""
        if self.single is not None:
            back, self.single = self.single, None
            self._settle(back)
            return
        wanted = self.chosen if channel is None else channel
        if wanted in self.order:
            self.single = wanted
            self.selected = 0

    def jump(self, channel: int) -> bool:
        """Select a channel by its number, on whatever page it is; a single view changes to it."""
        if channel not in self.order:
            return False
        if self.single is not None:
            self.single = channel
        else:
            self._settle(channel)
        return True

    def turn(self, pages: int) -> bool:
        """Turn so many pages on or back, round the ends; in a single view, so many channels."""
        if self.single is not None:
            at = self.order.index(self.single)
            self.single = self.order[(at + pages) % len(self.order)]
            return len(self.order) > 1
        before = self.page
        self.page = (self.page + pages) % self.pages
        self.selected = min(self.selected, self.split_below.tiles - 1)
        return self.page != before

    def swap(self, one: int, other: int) -> None:
        """Exchange the channels of two tiles of this page; onto an empty tile, move to the end of the order."""
        if self.single is not None:
            return
        base = self.page * self.split_below.tiles
        first, second = base + one, base + other
        if first >= len(self.order):
            return
        if second < len(self.order):
            self.order[first], self.order[second] = self.order[second], self.order[first]
            self.selected = other
        else:
            self.order.append(self.order.pop(first))
            self._settle(self.order[-1])

    def move(self, columns: int, rows: int) -> bool:
        """Move the frame to the neighbouring tile in one direction; say whether there was one.

        The neighbour shares the most edge with the tile that is left; of equals, the first in reading order.
        """
        grid = self.grid
        here = grid.cells[self.selected]
        best: tuple[int, int] | None = None
        for at, cell in enumerate(grid.cells):
            touches = (
                (columns > 0 and cell.column == here.column + here.columns)
                or (columns < 0 and cell.column + cell.columns == here.column)
                or (rows > 0 and cell.row == here.row + here.rows)
                or (rows < 0 and cell.row + cell.rows == here.row)
            )
            shared = (
                min(cell.row + cell.rows, here.row + here.rows) - max(cell.row, here.row)
                if columns
                else min(cell.column + cell.columns, here.column + here.columns) - max(cell.column, here.column)
            )
            if touches and shared > 0 and (best is None or shared > best[0]):
                best = (shared, at)
        if best is None:
            return False
        self.selected = best[1]
        return True

    def _settle(self, channel: int | None) -> None:
        tiles = self.split_below.tiles
        if channel in self.order:
            self.page, self.selected = divmod(self.order.index(channel), tiles)
        self.page = min(self.page, self.pages - 1)
        if self.single is not None:
            self.selected = 0
        self.selected = min(self.selected, self.grid.tiles - 1)

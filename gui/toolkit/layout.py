"""How widgets share room: columns, rows, grids, stacks, and what pads, fixes and fills."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pygame import Rect, Surface

from gui.toolkit.theme import GAP, RADIUS_LARGE, SURFACE, Colour
from gui.toolkit.widget import Size, Widget


class Align(StrEnum):
    """Where a child lies across the axis, or the whole along it."""

    START = "start"
    CENTER = "center"
    END = "end"
    STRETCH = "stretch"


@dataclass(frozen=True)
class Pad:
    """Room inside the border, in units."""

    left: float = 0
    top: float = 0
    right: float = 0
    bottom: float = 0

    @classmethod
    def of(cls, value: "float | tuple[float, float] | Pad") -> "Pad":
        """Read one number for all sides, or (across, down)."""
        if isinstance(value, Pad):
            return value
        if isinstance(value, tuple):
            return cls(value[0], value[1], value[0], value[1])
        return cls(value, value, value, value)


class Box(Widget):
    """What rows and columns share: padding, gap, and an optional ground.

    `ground` fills it with a colour, rounded by `radius` units. `remembers`: an arrow that enters it from outside leads
    to the child that had the focus last. `together`: up and down leave it only where nothing of it lies that way,
    and not for what lies aside.
    """

    usual_align = Align.STRETCH

    def __init__(
        self,
        children: Sequence[Widget] = (),
        *,
        gap: float = GAP,
        pad: float | tuple[float, float] | Pad = 0,
        align: Align | None = None,
        along: Align = Align.START,
        ground: Colour | None = None,
        radius: float = 0,
        name: str = "",
        grow: float = 0,
        width: float | None = None,
        height: float | None = None,
        remembers: bool = False,
        together: bool = False,
    ) -> None:
        """`align` places children across the axis, `along` the whole along it where nothing grows."""
        self.gap = gap
        self.pad = Pad.of(pad)
        self.align = align or self.usual_align
        self.along = along
        self.ground = ground
        self.radius = radius
        self.remembers = remembers
        self.together = together
        self.last_focus = ""
        super().__init__(name=name, grow=grow, width=width, height=height, children=list(children))

    def inner(self) -> Rect:
        """The place of the children, in pixels."""
        left, top = self.px(self.pad.left), self.px(self.pad.top)
        right, bottom = self.px(self.pad.right), self.px(self.pad.bottom)
        rect = self.rect
        return Rect(rect.x + left, rect.y + top, max(0, rect.width - left - right), max(0, rect.height - top - bottom))

    def padding(self) -> Size:
        """What padding takes of width and height, in pixels."""
        return (
            self.px(self.pad.left) + self.px(self.pad.right),
            self.px(self.pad.top) + self.px(self.pad.bottom),
        )

    def shown(self) -> list[Widget]:
        """The children that take room."""
        return [child for child in self.children if child.visible]

    def draw(self, surface: Surface) -> None:
        """Fill its ground."""
        if self.ground is not None:
            self.screen.paint.fill(surface, self.rect, self.ground, self.radius)


def shares(room: int, wanted: Sequence[int], grow: Sequence[float], gap: int) -> list[int]:
    """Cut `room` into lengths: what each wants, the rest to those that grow; too little room shrinks the largest first.

    Every pixel is given out where something grows, so that edges meet.
    """
    lengths = list(wanted)
    left = room - sum(lengths) - gap * max(0, len(lengths) - 1)
    total = sum(grow)
    if left > 0 and total > 0:
        given = 0
        passed = 0.0
        for index, part in enumerate(grow):
            passed += part
            until = round(left * passed / total)
            lengths[index] += until - given
            given = until
    while left < 0 and any(lengths):
        largest = max(lengths)
        at = [index for index, length in enumerate(lengths) if length == largest]
        below = max((length for length in lengths if length < largest), default=0)
        take = min(-left, (largest - below) * len(at))
        each, odd = divmod(take, len(at))
        for order, index in enumerate(at):
            lengths[index] -= each + (1 if order < odd else 0)
        left += take
    return lengths


def _aligned(start: int, room: int, length: int, align: Align) -> tuple[int, int]:
    if align is Align.STRETCH:
        return start, room
    length = min(length, room)
    match align:
        case Align.CENTER:
            return start + (room - length) // 2, length
        case Align.END:
            return start + room - length, length
        case _:
            return start, length


class Column(Box):
    """Children one below the other."""

    def measure(self, width: int, height: int) -> Size:
        """The widest child, all heights together."""
        across, down = self.padding()
        shown = self.shown()
        wide = high = 0
        for child in shown:
            w, h = child.wanted(max(0, width - across), max(0, height - down))
            wide, high = max(wide, w), high + h
        return wide + across, high + down + self.px(self.gap) * max(0, len(shown) - 1)

    def layout(self) -> None:
        """Give each its height, the rest to those that grow."""
        inner = self.inner()
        shown = self.shown()
        gap = self.px(self.gap)
        sizes = [child.wanted(inner.width, inner.height) for child in shown]
        # A growing child's wish counts only as long as there is room for all.
        wishes = [high for _, high in sizes]
        if any(child.grow for child in shown) and sum(wishes) + gap * (len(shown) - 1) > inner.height:
            wishes = [0 if child.grow else high for child, high in zip(shown, wishes, strict=True)]
        heights = shares(inner.height, wishes, [child.grow for child in shown], gap)
        at = inner.y
        if not any(child.grow for child in shown):
            used = sum(heights) + gap * max(0, len(shown) - 1)
            at, _ = _aligned(inner.y, inner.height, used, Align.START if self.along is Align.STRETCH else self.along)
        for child, (wide, _), high in zip(shown, sizes, heights, strict=True):
            x, across = _aligned(inner.x, inner.width, wide, self.align)
            child.place(Rect(x, at, across, high))
            at += high + gap


class Row(Box):
    """Children side by side, in the middle of its height unless aligned otherwise."""

    usual_align = Align.CENTER

    def _widths(self, shown: list[Widget], width: int, height: int) -> tuple[list[int], int]:
        """Give the width of each, and what all together would like."""
        gap = self.px(self.gap)
        wishes = [child.wanted(width, height)[0] for child in shown]
        liked = sum(wishes)
        if any(child.grow for child in shown) and sum(wishes) + gap * (len(shown) - 1) > width:
            wishes = [0 if child.grow else wide for child, wide in zip(shown, wishes, strict=True)]
        return shares(width, wishes, [child.grow for child in shown], gap), liked

    def measure(self, width: int, height: int) -> Size:
        """All widths together, the highest child at the width it will get."""
        across, down = self.padding()
        shown = self.shown()
        widths, liked = self._widths(shown, max(0, width - across), max(0, height - down))
        high = max(
            (child.wanted(wide, max(0, height - down))[1] for child, wide in zip(shown, widths, strict=True)),
            default=0,
        )
        gaps = self.px(self.gap) * max(0, len(shown) - 1)
        return min(width, liked + gaps + across) if width else liked + gaps + across, high + down

    def layout(self) -> None:
        """Give each its width, the rest to those that grow."""
        inner = self.inner()
        shown = self.shown()
        gap = self.px(self.gap)
        widths, _liked = self._widths(shown, inner.width, inner.height)
        at = inner.x
        if not any(child.grow for child in shown):
            used = sum(widths) + gap * max(0, len(shown) - 1)
            at, _ = _aligned(inner.x, inner.width, used, Align.START if self.along is Align.STRETCH else self.along)
        for child, wide in zip(shown, widths, strict=True):
            y, high = _aligned(inner.y, inner.height, child.wanted(wide, inner.height)[1], self.align)
            child.place(Rect(at, y, wide, high))
            at += wide + gap


class Grid(Box):
    """Children in equal columns, row by row; every row is as high as its highest child."""

    def __init__(
        self,
        columns: int,
        children: Sequence[Widget] = (),
        *,
        gap: float = GAP,
        name: str = "",
    ) -> None:
        self.columns = max(1, columns)
        super().__init__(children, gap=gap, name=name)

    def _rows(self) -> list[list[Widget]]:
        shown = self.shown()
        return [shown[at : at + self.columns] for at in range(0, len(shown), self.columns)]

    def _column_width(self, width: int) -> int:
        return max(0, (width - self.px(self.gap) * (self.columns - 1)) // self.columns)

    def measure(self, width: int, height: int) -> Size:
        """All of the width, all rows."""
        across, down = self.padding()
        each = self._column_width(max(0, width - across))
        rows = self._rows()
        heights = [max(child.wanted(each, height)[1] for child in row) for row in rows]
        return width, sum(heights) + self.px(self.gap) * max(0, len(rows) - 1) + down

    def layout(self) -> None:
        """Place row by row."""
        inner = self.inner()
        gap = self.px(self.gap)
        each = self._column_width(inner.width)
        top = inner.y
        for row in self._rows():
            high = max(child.wanted(each, inner.height)[1] for child in row)
            for at, child in enumerate(row):
                child.place(Rect(inner.x + at * (each + gap), top, each, high))
            top += high + gap


class Flow(Box):
    """Children side by side, each with the width it likes, in as many lines as that needs."""

    def _lines(self, width: int) -> list[list[tuple[Widget, Size]]]:
        gap = self.px(self.gap)
        lines: list[list[tuple[Widget, Size]]] = []
        used = 0
        for child in self.shown():
            wide, high = child.wanted(width, 0)
            if not lines or used + gap + wide > width:
                lines.append([])
                used = -gap
            lines[-1].append((child, (min(wide, width), high)))
            used += gap + wide
        return lines

    def measure(self, width: int, height: int) -> Size:
        """All the width, all lines."""
        across, down = self.padding()
        lines = self._lines(max(0, width - across))
        highs = [max(high for _, (_, high) in line) for line in lines]
        return width, sum(highs) + self.px(self.gap) * max(0, len(lines) - 1) + down

    def layout(self) -> None:
        """Place line by line."""
        inner = self.inner()
        gap = self.px(self.gap)
        top = inner.y
        for line in self._lines(inner.width):
            left = inner.x
            high = max(high for _, (_, high) in line)
            for child, (wide, down) in line:
                child.place(Rect(left, top + (high - down) // 2, wide, down))
                left += wide + gap
            top += high + gap


class Stack(Box):
    """Children on top of one another, each as large as the stack (or aligned with its own size)."""

    def measure(self, width: int, height: int) -> Size:
        """The largest child."""
        across, down = self.padding()
        wide, high = super().measure(max(0, width - across), max(0, height - down))
        return wide + across, high + down

    def layout(self) -> None:
        """Give each all of it."""
        inner = self.inner()
        for child in self.shown():
            wide, high = child.wanted(inner.width, inner.height)
            x, across = _aligned(inner.x, inner.width, wide, self.align)
            y, down = _aligned(inner.y, inner.height, high, self.align)
            child.place(Rect(x, y, across, down))


class Center(Stack):
    """One child in the middle, with the size it likes."""

    def __init__(self, child: Widget, *, grow: float = 0, pad: float | tuple[float, float] | Pad = 0) -> None:
        super().__init__([child], align=Align.CENTER, grow=grow, pad=pad)


class Card(Column):
    """A raised, rounded panel of rows."""

    def __init__(
        self,
        children: Sequence[Widget] = (),
        *,
        gap: float = GAP,
        pad: float | tuple[float, float] | Pad = 16,
        ground: Colour = SURFACE,
        name: str = "",
        grow: float = 0,
        width: float | None = None,
        height: float | None = None,
    ) -> None:
        super().__init__(
            children,
            gap=gap,
            pad=pad,
            ground=ground,
            radius=RADIUS_LARGE,
            name=name,
            grow=grow,
            width=width,
            height=height,
        )


class Spacer(Widget):
    """Nothing, of some size: fills what is left over, or so many units."""

    def __init__(self, units: float | None = None) -> None:
        super().__init__(grow=0 if units is not None else 1)
        self.units = units or 0

    def measure(self, width: int, height: int) -> Size:
        """So many units both ways."""
        return self.px(self.units), self.px(self.units)

"""Colours, distances and type of the screen: one dark theme, in design units of 1/720 of the screen's height."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

Colour = tuple[int, int, int] | tuple[int, int, int, int]

DESIGN_HEIGHT = 720

# Night blue to near black; text on each is at least 4.5:1 (a test measures it).
BACKGROUND: Colour = (9, 13, 19)
SURFACE: Colour = (17, 24, 33)
RAISED: Colour = (26, 36, 48)
HOVER: Colour = (36, 48, 63)
FIELD: Colour = (11, 17, 25)
LINE: Colour = (44, 58, 75)
EDGE: Colour = (92, 110, 131)
"""The outline of a control; 3:1 on every ground."""
TEXT: Colour = (238, 242, 247)
SECOND: Colour = (166, 180, 197)
FAINT: Colour = (140, 155, 173)
DISABLED: Colour = (105, 119, 137)
ACCENT: Colour = (255, 181, 71)
ACCENT_DEEP: Colour = (74, 53, 22)
ON_ACCENT: Colour = (27, 18, 4)
DANGER: Colour = (255, 122, 112)
DANGER_DEEP: Colour = (72, 28, 28)
ON_DANGER: Colour = (32, 6, 4)
GOOD: Colour = (86, 204, 148)
WARNING: Colour = (250, 204, 92)
INFO: Colour = (110, 178, 255)
RECORD: Colour = (255, 77, 77)
SCRIM: Colour = (4, 6, 10, 168)
SHADOW: Colour = (0, 0, 0, 90)
PLATE: Colour = (6, 9, 14, 184)
"""Behind text that lies on a picture."""

RECORD_TYPES: dict[str, Colour] = {
    "general": (67, 173, 124),
    "motion": (236, 186, 72),
    "alarm": (235, 91, 84),
    "motion&alarm": (232, 134, 66),
    "intelligent": (96, 162, 245),
    "pos": (170, 132, 240),
}


class Type(StrEnum):
    """The scale of type."""

    CAPTION = "caption"
    SMALL = "small"
    BODY = "body"
    STRONG = "strong"
    TITLE = "title"
    HEADLINE = "headline"
    DISPLAY = "display"
    CLOCK = "clock"


class Weight(StrEnum):
    """The cuts of the typeface that are used."""

    LIGHT = "Light"
    REGULAR = "Regular"
    MEDIUM = "Medium"
    BOLD = "Bold"


SCALE: dict[Type, tuple[float, Weight]] = {
    Type.CAPTION: (13, Weight.REGULAR),
    Type.SMALL: (15, Weight.REGULAR),
    Type.BODY: (17, Weight.REGULAR),
    Type.STRONG: (17, Weight.MEDIUM),
    Type.TITLE: (21, Weight.MEDIUM),
    Type.HEADLINE: (28, Weight.MEDIUM),
    Type.DISPLAY: (44, Weight.LIGHT),
    Type.CLOCK: (96, Weight.LIGHT),
}

RADIUS = 8.0
RADIUS_SMALL = 5.0
RADIUS_LARGE = 14.0
GAP = 8.0
PAD = 16.0
CONTROL = 44.0
"""Height of a button, field or row."""
RING = 2.0
"""The focus ring; never under 3 pixels at 1080 lines."""


@dataclass(frozen=True)
class Theme:
    """The measures of one screen. `height` in pixels."""

    height: int

    @property
    def unit(self) -> float:
        """Pixels of one design unit."""
        return self.height / DESIGN_HEIGHT

    def px(self, units: float) -> int:
        """Give whole pixels for design units; anything above nothing is at least one pixel."""
        if units <= 0:
            return 0
        return max(1, round(units * self.height / DESIGN_HEIGHT))

    def type_px(self, size: Type) -> int:
        """Give the pixel size of a type."""
        return max(8, self.px(SCALE[size][0]))

    @cached_property
    def ring(self) -> int:
        """How thick the focus ring is, in pixels."""
        return max(2, self.px(RING))

"""One tile of the wall: a live picture with its strip, or why there is none, or a "+"."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
from pygame import Rect, Surface

from gui.toolkit.event import Activate, By, DoubleClick, Event, Key, RightClick
from gui.toolkit.layout import Align
from gui.toolkit.theme import ACCENT, BACKGROUND, EDGE, FAINT, PLATE, SURFACE, TEXT, Type
from gui.toolkit.widget import Widget
from gui.wall import cause_sheet
from gui.wall.closeup import Closeup
from gui.wall.showing import EMPTY, Show, Showing
from gui.wall.splits import Box, bars, letterbox
from gui.wall.strip import Strip, Words
from gui.wall.watermark import draw_watermark
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.wall.pictures import LiveView

DIMMED = (96, 96, 104)
"""What a faded picture is multiplied with."""


class Tile(Widget):
    """A place on the wall. What it does with clicks and keys it tells its page by the three callables."""

    opaque = True

    def __init__(
        self,
        channel: int | None,
        *,
        chosen: Callable[["Tile"], object],
        act: Callable[["Tile", str], object],
        arrow: Callable[[int, int, bool], bool],
    ) -> None:
        """`act` is told what is wanted: "enlarge", "menu", "cause", "add"; `arrow` a direction and whether to swap."""
        super().__init__(name=f"channel-{channel}" if channel is not None else "", focusable=True)
        self.channel = channel
        self.live: LiveView | None = None
        self.showing = EMPTY
        self.words = Words("", "", "")
        self.framed = True
        self.closeup = Closeup(self, lambda: Rect(self._place()[0]), self._looked_at)
        """Only where it is the only tile."""
        self.closeup.on_double_click = lambda: act(self, "enlarge")
        self._chosen = chosen
        self._act = act
        self._arrow = arrow
        self._strip = Strip()
        self._laid: tuple[object, cause_sheet.Laid] | None = None
        self._placed: tuple[object, Box, list[Box]] = (None, Box(0, 0, 0, 0), [])
        self._filled: Box | None = None
        """Where the picture was when all of the tile was drawn last."""
        self._scaled: tuple[object, Surface] | None = None

    # What it shows.

    def show(self, showing: Showing, words: Words) -> None:
        """Take what is to be shown; draws only what changed of it."""
        if showing.show is not Show.PICTURE:
            self.closeup.restore()
        if showing != self.showing or replace(words, clock="", day="") != replace(self.words, clock="", day=""):
            self.showing, self.words = showing, words
            self.invalidate()
        elif words != self.words:
            self.words = words
            if self.attached and self.showing.show is not Show.EMPTY:
                self.screen.damage_rect(Strip.bounds(self.screen, self.rect))

    def look(self) -> bool:
        """Look for a new picture, and have it drawn; say whether there was one."""
        if self.live is None or not self.live.refresh():
            return False
        box = self._place()[0]
        if self.showing.show is Show.PICTURE and self._filled == box:
            # The bars beside it stay as they are.
            self.screen.damage_rect(Rect(box))
        elif self.showing.show in {Show.PICTURE, Show.FADED}:
            self.invalidate()
        return True

    def _looked_at(self) -> "LiveView | None":
        return self.live if not self.framed and self.showing.show is Show.PICTURE else None

    @property
    def text(self) -> str:
        """Name and cause, in words."""
        cause = self.showing.cause
        if self.showing.show is Show.EMPTY:
            return _("Add a camera")
        said = f"{cause.words} {cause.doing} [{cause.label}]" if cause is not None else ""
        return " ".join(part for part in (self.words.name, said, self.words.beside) if part)

    @property
    def value(self) -> str:
        """What kind of thing it shows: a picture, a cause, nothing."""
        return self.showing.show.value

    # How it is drawn.

    def draw(self, surface: Surface) -> None:
        """Draw all of it."""
        focused = self.focused
        self._draw_content(surface, focused=focused)
        # The frame is part of the tile, not laid over the wall: the bar of troubles may cover it.
        if self.framed and focused:
            self.screen.paint.outline(surface, self.rect, ACCENT, 0, self.theme.ring / self.theme.unit)

    def _draw_content(self, surface: Surface, *, focused: bool) -> None:
        match self.showing.show:
            case Show.EMPTY:
                self._draw_empty(surface)
                return
            case Show.PICTURE | Show.FADED:
                self._draw_picture(surface)
                draw_watermark(surface, self.screen, self.rect)
                self.closeup.draw(surface, self.screen)
                if self.showing.show is Show.FADED:
                    self._draw_words_across(surface)
            case Show.SHEET:
                surface.fill(SURFACE, self.rect)
                laid = self._laid_out()
                if laid is not None:
                    cause_sheet.draw(surface, self.screen, laid, self.rect.topleft, focused=focused)
            case _:
                surface.fill(BACKGROUND, self.rect)
                self.screen.type.draw(surface, _("Connecting…"), self.rect, Type.SMALL, FAINT, Align.CENTER)
        self._strip.draw(surface, self.screen, self.rect, self.words, chosen=focused)

    def _draw_empty(self, surface: Surface) -> None:
        surface.fill(BACKGROUND, self.rect)
        colour = TEXT if self.focused else EDGE
        arm, thick = min(self.px(15), self.rect.height // 10), max(2, self.px(2))
        x, y = self.rect.center
        surface.fill(colour, Rect(x - arm, y - thick // 2, 2 * arm, thick))
        surface.fill(colour, Rect(x - thick // 2, y - arm, thick, 2 * arm))

    def _place(self) -> tuple[Box, list[Box]]:
        """Give where the picture lies in the tile, and the bars beside it."""
        size = self.live.size if self.live is not None else (0, 0)
        key = tuple(self.rect), size
        if self._placed[0] != key:
            tile = Box(*self.rect)
            box = letterbox(tile, *size) if all(size) else tile
            self._placed = key, box, bars(tile, box)
        return self._placed[1:]

    def _draw_picture(self, surface: Surface) -> None:
        picture = self.live
        if picture is None or not picture.there:
            surface.fill(BACKGROUND, self.rect)
            return
        box, beside = self._place()
        clip = surface.get_clip()
        if clip.contains(self.rect):
            self._filled = box
        if not Rect(box).contains(clip):
            for bar in beside:
                surface.fill((0, 0, 0), bar)
        faded = self.showing.show is Show.FADED
        if picture.size != (box.width, box.height) or faded:
            surface.blit(self._adapted(picture, box, faded=faded), box)
        else:
            picture.draw(surface, (box.x, box.y))

    def _adapted(self, picture: "LiveView", box: Box, *, faded: bool) -> Surface:
        """Give the picture scaled or dimmed: while a new size is on its way, and while decode or media is away."""
        key = picture.key, box.width, box.height, faded
        if self._scaled is not None and self._scaled[0] == key:
            return self._scaled[1]
        made = picture.scaled((box.width, box.height))
        if faded:
            made.fill(DIMMED, special_flags=pygame.BLEND_RGB_MULT)
        self._scaled = key, made
        return made

    def _draw_words_across(self, surface: Surface) -> None:
        cause = self.showing.cause
        if cause is None:
            return
        px, text = self.screen.theme.px, self.screen.type
        size = Type.SMALL if self.rect.width >= px(400) else Type.CAPTION
        lines = text.wrap(cause.words, size, max(1, self.rect.width - px(24)), 3)
        high = text.line_height(size)
        plate = Rect(0, 0, max(text.width(line, size) for line in lines) + px(20), len(lines) * high + px(12))
        plate.center = self.rect.centerx, self.rect.centery - px(6)
        self.screen.paint.fill(surface, plate.clip(self.rect), PLATE, 6)
        for at, line in enumerate(lines):
            place = Rect(plate.x, plate.y + px(6) + at * high, plate.width, high)
            text.draw(surface, line, place, size, TEXT, Align.CENTER)

    def draw_focus(self, surface: Surface) -> bool:
        """The frame is drawn with the tile."""
        del surface
        return True

    def _laid_out(self) -> "cause_sheet.Laid | None":
        cause = self.showing.cause
        if cause is None:
            return None
        strip = Strip.bounds(self.screen, self.rect).height
        size = self.rect.width, self.rect.height - strip
        key = (*size, cause)
        if self._laid is None or self._laid[0] != key:
            self._laid = key, cause_sheet.lay_out(self.screen, cause, *size)
        return self._laid[1]

    # What it does.

    def gained_focus(self) -> None:
        """The frame came: the page remembers it."""
        self._chosen(self)

    def handle(self, event: Event) -> bool:
        """Take clicks and keys: double click and ok enlarge, the right button opens the menu, arrows move the frame."""
        if self.closeup.handle(event):
            return True
        match event:
            case DoubleClick() if self.channel is not None:
                self._act(self, "enlarge")
            case RightClick():
                self._act(self, "menu")
            case Activate():
                return self._activated(event)
            case Key(name="up" | "down" | "left" | "right" as name, shift=shift):
                step = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}[name]
                return self._arrow(*step, shift)
            case _:
                return super().handle(event)
        return True

    def _activated(self, event: Activate) -> bool:
        if self.channel is None:
            self._act(self, "add")
        elif self.showing.show is Show.SHEET:
            laid = self._laid_out()
            button = laid.button.move(self.rect.topleft) if laid is not None else Rect(0, 0, 0, 0)
            on_button = event.at is not None and button.collidepoint(event.at)
            if event.by is By.KEY or on_button:
                self._act(self, "cause")
        elif event.by is By.KEY:
            self._act(self, "enlarge")
        return True

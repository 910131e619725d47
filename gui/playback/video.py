"""The pictures of a playback session: one, two or four side by side, or the words why there are none."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from pygame import Rect, Surface

from gui.toolkit.button import Button, Look
from gui.toolkit.event import Activate, By, DoubleClick, Event
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column
from gui.toolkit.theme import ACCENT, BACKGROUND, SECOND, Type
from gui.toolkit.widget import Widget
from gui.wall.closeup import Closeup
from gui.wall.moments import day, time_of_day
from gui.wall.splits import Box, letterbox
from gui.wall.strip import Strip, Words
from gui.wall.watermark import draw_watermark
from recorder.client.views import PictureFlag, View
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.wall.pictures import Picture

GAP = 2.0


class VideoTile(Widget):
    """One channel's recorded picture with its name and the time of the picture."""

    opaque = True

    def __init__(self, channel: int, name: str, zone: tzinfo, enlarge: Callable[[int], object]) -> None:
        super().__init__(name=f"video-{channel}", focusable=True)
        self.channel = channel
        self.title = name
        self.zone = zone
        self.picture: Picture | None = None
        self.sub = False
        """Whether the picture is of the small stream."""
        self.is_recorded: Callable[[int], bool] = lambda _at_us: False
        """Whether the timeline shows footage of a moment."""
        self.covered = False
        """Whether something lies over the picture that counts on all of it being there."""
        self.closeup = Closeup(self, self.picture_place, self._looked_at)
        self.closeup.on_double_click = lambda: enlarge(channel)
        self._enlarge = enlarge
        self._strip = Strip()

    def _looked_at(self) -> "Picture | None":
        return None if self.covered or self.trouble() else self.picture

    @property
    def text(self) -> str:
        """Its channel, and what is wrong with it."""
        return " · ".join(part for part in (self._called(), self.trouble()) if part)

    def _called(self) -> str:
        return f"{self.title} · {_('sub stream')}" if self.sub else self.title

    def trouble(self) -> str:
        """Say why it shows no picture; "" where it does."""
        picture = self.picture
        if picture is None:
            return ""
        state = picture.state
        if state is not None and state.state is View.UNDECODABLE:
            return _("This video cannot be shown here. It can be exported.")
        if picture.there and picture.flags & PictureFlag.EMPTY:
            if self.is_recorded(picture.at_us):
                return _("Recorded, but it cannot be read now. See the page Disks.")
            return _("No recording at this time")
        return ""

    def picture_place(self) -> Rect:
        """Where the picture lies within the tile."""
        size = self.picture.size if self.picture is not None and self.picture.there else self.rect.size
        box = letterbox(Box(*self.rect), *size)
        return Rect(box.x, box.y, box.width, box.height)

    def draw(self, surface: Surface) -> None:
        """Draw picture, words, strip."""
        surface.fill((0, 0, 0), self.rect)
        picture = self.picture if self.picture is not None and self.picture.there else None
        trouble = self.trouble()
        if picture is not None and not trouble:
            box = self.picture_place()
            if picture.size != box.size:
                surface.blit(picture.scaled(box.size), box)
            else:
                picture.draw(surface, (box.x, box.y))
            draw_watermark(surface, self.screen, box)
            self.closeup.draw(surface, self.screen)
        if trouble:
            self.screen.type.draw(surface, trouble, self.rect, Type.SMALL, SECOND, Align.CENTER)
        at_us = picture.at_us if picture is not None and not trouble else 0
        clock = time_of_day(at_us, self.zone) if at_us else ""
        self._strip.draw(
            surface, self.screen, self.rect, Words(self._called(), clock, day(at_us, self.zone) if at_us else "")
        )
        if self.focused:
            self.screen.paint.outline(surface, self.rect, ACCENT, 0, self.theme.ring / self.theme.unit)

    def draw_focus(self, surface: Surface) -> bool:
        """The frame is drawn with the tile."""
        del surface
        return True

    def handle(self, event: Event) -> bool:
        """Double click or ok: alone, or back beside the others."""
        if self.closeup.handle(event):
            return True
        match event:
            case DoubleClick() | Activate(by=By.KEY):
                self._enlarge(self.channel)
            case Activate():
                pass
            case _:
                return super().handle(event)
        return True


class VideoArea(Widget):
    """Tiles for the chosen channels, or a message with at most one thing to do."""

    opaque = True

    def __init__(self, sized: Callable[[dict[int, tuple[int, int]]], object]) -> None:
        """`sized` is told the channels in sight and the pixels that each has, whenever that changes."""
        super().__init__(name="video", grow=1)
        self.tiles: list[VideoTile] = []
        self.alone: int | None = None
        self._sized = sized
        self._words = Label("", Type.TITLE, SECOND, align=Align.CENTER, lines=4, name="message")
        self._button = Button("", name="message-action", look=Look.PLAIN)
        self._message = self.add(Column([self._words, self._button], gap=18, align=Align.CENTER))
        self._message.visible = False
        self._over: Widget | None = None
        """What lies over the picture of the first tile in sight."""

    def show(self, channels: Sequence[tuple[int, str]], zone: tzinfo) -> None:
        """Show other channels, each with its name."""
        if [(tile.channel, tile.title) for tile in self.tiles] == list(channels):
            return
        for tile in self.tiles:
            self.remove(tile)
        self.tiles = [VideoTile(channel, name, zone, self.enlarge) for channel, name in channels]
        for at, tile in enumerate(self.tiles):
            self.add(tile, at)
        if self.alone not in {channel for channel, _name in channels}:
            self.alone = None
        self.relayout()

    def lay_over(self, widget: Widget | None) -> None:
        """Lay a widget over the picture of the first tile; None takes it away."""
        if self._over is not None:
            self.remove(self._over)
        self._over = widget
        for tile in self.tiles:
            tile.covered = widget is not None
            tile.closeup.restore()
        if widget is not None:
            self.add(widget)

    def look_closer(self) -> None:
        """Enlarge the picture that has the focus, or the first, and give it the keys."""
        shown = [tile for tile in self.tiles if tile.visible]
        tile = next((one for one in shown if one.focused), shown[0] if shown else None)
        if tile is not None and not tile.covered:
            self.screen.focus_on(tile)
            tile.closeup.further()

    def restore(self) -> bool:
        """Show all of every picture; say whether one was enlarged."""
        return len([tile for tile in self.tiles if tile.closeup.restore()]) > 0

    def fit_over(self) -> None:
        """Keep what lies over a picture in its place; the picture may have come meanwhile."""
        over = self._over
        tile = next((one for one in self.tiles if one.visible), None)
        if over is None:
            return
        over.visible = tile is not None
        if tile is not None and over.rect != (box := tile.picture_place()):
            over.place(box)
            self.invalidate()

    def enlarge(self, channel: int) -> None:
        """Show one channel alone, or all again."""
        if len(self.tiles) > 1:
            self.alone = None if self.alone is not None else channel
            self.relayout()

    def say(self, words: str, label: str = "", action: Callable[[], object] | None = None) -> None:
        """Lay words over the pictures; "" takes them away."""
        if words == self._words.text and label == self._button.label:
            self._button.on_activate = action
            return
        self._words.say(words)
        self._button.say(label)
        self._button.on_activate = action
        self._button.visible = bool(label)
        self._message.visible = bool(words)
        for tile in self.tiles:
            tile.visible = not words
        self.relayout()

    @property
    def message(self) -> str:
        """The words that are shown instead of pictures."""
        return self._words.text if self._message.visible else ""

    def layout(self) -> None:
        """One fills it, two stand side by side, three and four in a square."""
        speaking = self._message.visible
        if speaking:
            wide, high = self._message.wanted(self.rect.width * 3 // 4, self.rect.height)
            place = Rect(0, 0, wide, high)
            place.center = self.rect.center
            self._message.place(place)
        shown = [tile for tile in self.tiles if self.alone in {None, tile.channel}]
        columns = 1 if len(shown) <= 1 else 2
        rows = 1 if len(shown) <= 2 else 2
        gap = self.px(GAP)
        for tile in self.tiles:
            tile.visible = tile in shown and not speaking
        for at, tile in enumerate(shown):
            column, row = at % columns, at // columns
            left = self.rect.x + (self.rect.width + gap) * column // columns
            right = self.rect.x + (self.rect.width + gap) * (column + 1) // columns - gap
            top = self.rect.y + (self.rect.height + gap) * row // rows
            bottom = self.rect.y + (self.rect.height + gap) * (row + 1) // rows - gap
            tile.place(Rect(left, top, right - left, bottom - top))
        self.fit_over()
        self._sized({tile.channel: tile.rect.size for tile in shown})

    def draw(self, surface: Surface) -> None:
        """Draw the ground between and behind."""
        surface.fill(BACKGROUND, self.rect)

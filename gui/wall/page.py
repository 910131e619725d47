"""The wall: the page that is always there, below all others (D-LIVE-01, D-LIVE-02, D-LIVE-06)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pygame import Rect, Surface

from gui.toolkit.event import ARROWS, Event, Key, RightClick, Wheel
from gui.toolkit.page import Page
from gui.toolkit.theme import BACKGROUND
from gui.wall.arrangement import Arrangement
from gui.wall.causes import Action
from gui.wall.digits import Digits
from gui.wall.doors import Doors
from gui.wall.empty import EmptySheet
from gui.wall.feed import MediaFeed
from gui.wall.menu import wall_menu
from gui.wall.pictures import Pictures
from gui.wall.showing import Health
from gui.wall.splits import OFFERED, Box
from gui.wall.tile import Tile
from gui.wall.troubles import TroubleBar
from gui.wall.views import Views
from recorder.client.clock import SECOND_US

if TYPE_CHECKING:
    from gui.memory import Memory
    from gui.toolkit.timers import Timer
    from recorder.client.status import MediaStatus

GAP = 1.5
"""Units between tiles."""
LOOK_S = 0.25
"""How often an empty wall looks for its first camera."""


class Wall(Page):
    """Live pictures of all channels.

    It takes channels and states from media's own feed, so that it works without control; where things lead is the
    app's business (`Doors`).
    """

    def __init__(self, pictures: Pictures, feed: MediaFeed, doors: Doors, memory: "Memory | None" = None) -> None:
        """With a `memory` it stands as it stood when the screen's process ended."""
        super().__init__(name="wall")
        self.memory = memory
        self.pictures = pictures
        self.feed = feed
        self.doors = doors
        self.arrangement = Arrangement.of(memory.known.wall) if memory is not None else Arrangement()
        self._former: Arrangement | None = None
        """How it stands again when the tour on behalf of events is over."""
        self._toured: tuple[int, ...] = ()
        self.tiles: list[Tile] = []
        self.sheet: EmptySheet | None = None
        self.bar: TroubleBar | None = None
        self.digits = Digits(self.jump)
        self.views = Views(pictures)
        self._decode_lost_us: int | None = None
        self._gone = False
        self._told: MediaStatus | None = None
        self._fresh_from_us = 0
        self._timer: Timer | None = None
        self.keys = {
            "menu": self.open_menu,
            "page_up": lambda: self.turn(-1),
            "previous": lambda: self.turn(-1),
            "page_down": lambda: self.turn(1),
            "next": lambda: self.turn(1),
            "split": self.next_split,
            "multi": self.toggle_single,
            "play": self.playback,
            "fn": self.steer_or_menu,
            "record": self.record,
            "record_long": self.record_page,
        }

    # Its life.

    def opened(self) -> None:
        """Begin to look."""
        self._give_views()
        self.refresh()
        self._each_second()

    def uncovered(self) -> None:
        """It can be seen again: take up what happened meanwhile."""
        self.refresh()

    def closed(self) -> None:
        """Give the views back."""
        if self._timer is not None:
            self._timer.cancel()
        self.views.close()

    def _each_second(self) -> None:
        """Refresh at the turn of each second of the wall clock, so that all clocks step together."""
        if self.shown_on is None:
            return
        now_us = self.screen.clock.now_us()
        rest_s = (SECOND_US - now_us % SECOND_US) / SECOND_US
        # Without tiles nothing ticks, and the first camera is not to wait for the turn of a second.
        self._timer = self.screen.after(rest_s if self.tiles else min(rest_s, LOOK_S), self._each_second)
        if self.screen.navigator.sees(self):
            self.refresh()

    def tick(self, now_us: int) -> None:
        """Look for new pictures, in one pass."""
        del now_us
        if self.feed.latest is not self._told:
            self.refresh()
        elif len(self.tiles) == 1:
            self._ask()  # for the part that a hand has moved to meanwhile
        for tile in self.views.look(self.tiles, self.screen.clock.now_us()):
            self._show(tile)

    # What it shows.

    def build(self) -> None:
        """Make the tiles, or the sheet where there is no channel."""
        self.tiles, self.sheet = [], None
        channels = self.arrangement.channels()
        if not self.arrangement.order:
            self.sheet = self.add(EmptySheet(self.doors))
            self.default_focus = EmptySheet.DEFAULT_FOCUS
        else:
            for at, channel in enumerate(channels):
                tile = Tile(channel, chosen=self._chosen, act=self._act, arrow=self._arrow)
                tile.name = tile.name or f"empty-{at + 1}"
                tile.framed = len(channels) > 1
                self.tiles.append(self.add(tile))
            self.default_focus = self.tiles[self.arrangement.selected].name
        self.bar = self.add(TroubleBar(self.doors))

    def layout(self) -> None:
        """Cut the screen into the tiles and ask decode for pictures of their size."""
        area = Box(*self.rect)
        if self.sheet is not None:
            self.sheet.place(self.rect)
        for tile, box in zip(self.tiles, self.arrangement.grid.boxes(area, self.px(GAP)), strict=False):
            tile.place(Rect(*box))
        if self.bar is not None:
            self.bar.place(self.bar.bounds(self.rect))
        self._ask()

    def draw(self, surface: Surface) -> None:
        """Draw what shows between the tiles."""
        surface.fill(BACKGROUND, self.rect)

    def refresh(self) -> None:
        """Take in what media told: channels, names, states, clocks."""
        if self.shown_on is None:
            return
        status = self._told = self.feed.latest
        self._watch_processes()
        if status is not None:
            hidden = self.doors.hidden
            if self._former is not None:
                self._former.know(status.names, hidden)
            if self.arrangement.know(status.names, hidden):
                self._rearrange()
        health = self.health()
        if self.sheet is not None:
            self.sheet.show(status, health)
        if self.bar is not None:
            self.bar.show(status, health)
        self._ask()
        for tile in self.tiles:
            self._show(tile)

    def health(self) -> Health:
        """What is the same for all tiles now."""
        return Health(
            self.screen.clock.now_us(),
            self.doors.zone,
            self.feed.lost_since_us,
            self._decode_lost_us,
            self._fresh_from_us,
            self.doors.ports,
        )

    def _watch_processes(self) -> None:
        """Notice when decode or media is away, and that what was shown before is old when it is back."""
        now_us = self.screen.clock.now_us()
        was_gone = self._gone
        if self.pictures.decode.connected:
            self._decode_lost_us = None
        elif self._decode_lost_us is None:
            self._decode_lost_us = now_us
        self._gone = self.health().gone() is not None
        if was_gone and not self._gone:
            self._fresh_from_us = now_us

    def _show(self, tile: Tile) -> None:
        self.views.show(tile, self.feed.latest, self.health())

    def _rearrange(self) -> None:
        """The tiles are others now: make them anew; pictures of channels that stay in sight stay."""
        selected = self.arrangement.selected
        self.rebuild()
        # Rebuilding puts the focus near where it was, which need not be the channel that is wanted.
        self.arrangement.selected = selected
        self._give_views()
        if self.tiles:
            self.remembered = f"{self.name}/{self.tiles[selected].name}"
            if self.screen.navigator.top is self:
                self.screen.focus_on(self.tiles[selected])
        self._remember()

    def _remember(self) -> None:
        if self.memory is not None:
            self.memory.note_wall((self._former or self.arrangement).place)

    def _give_views(self) -> None:
        self.views.give(self.tiles, self.screen.clock.now_us())
        self.shows_video = bool(len(self.views))
        if self.shows_video:
            self.screen.animate(self)
        else:
            self.screen.still(self)
        self._ask()
        for tile in self.tiles:
            self._show(tile)

    def _ask(self) -> None:
        self.views.ask(self.tiles, self.feed.latest, self.doors.wall_mains)

    # What it does.

    def _chosen(self, tile: Tile) -> None:
        if tile in self.tiles:
            self.arrangement.selected = self.tiles.index(tile)
            self._remember()

    def _arrow(self, columns: int, rows: int, swap: bool) -> bool:  # noqa: FBT001
        """Move the frame; past the edge turn the page; with shift take the channel along."""
        before = self.arrangement.selected
        if self.arrangement.single is not None:
            return bool(columns) and self.turn(columns)
        if self.arrangement.move(columns, rows):
            if swap:
                self.arrangement.swap(before, self.arrangement.selected)
                self._rearrange()
            else:
                self.screen.focus_on(self.tiles[self.arrangement.selected])
            return True
        return bool(columns) and not swap and self.turn(columns)

    def _act(self, tile: Tile, wish: str) -> None:
        self._chosen(tile)
        match wish:
            case "enlarge":
                self.toggle_single()
            case "menu":
                self.open_menu()
            case "cause" if tile.showing.cause is not None and tile.channel is not None:
                self.follow(tile.showing.cause.action, tile)
            case "add":
                self.doors.add_camera()
            case _:
                pass

    def follow(self, action: Action, tile: Tile) -> None:
        """Do the one thing that a cause offers."""
        channel, cause = tile.channel, tile.showing.cause
        if channel is None or cause is None:
            return
        match action:
            case Action.ENTER_PASSWORD:
                self.doors.enter_password(channel)
            case Action.EDIT_ADDRESS:
                self.doors.edit_address(channel)
            case Action.CHANNEL_SETTINGS:
                self.doors.channel_settings(channel)
            case Action.STORAGE_SETTINGS:
                self.doors.storage_settings()
            case Action.HEALTH:
                self.doors.health()
            case Action.ACCEPT_CERTIFICATE:
                self.doors.accept_certificate(channel)
            case Action.TRY_NOW:
                self.doors.try_now(channel)
            case Action.HELP:
                self.doors.help(cause.short, cause.help)

    def tour(self, channels: Sequence[int]) -> None:
        """Show these channels on behalf of events, as far as they are known; none: the former view (D-RULE-09)."""
        if tuple(channels) == self._toured:
            return
        self._toured = tuple(channels)
        self._begin_tour()

    def _begin_tour(self) -> None:
        former = self._former or self.arrangement
        shown = [one for one in self._toured if one in former.order]
        if not shown and self._former is None:
            return
        self._former = former if shown else None
        self.arrangement = Arrangement.of_tour(shown) if shown else former
        if self.shown_on is not None:
            self._rearrange()

    def toggle_single(self) -> None:
        """One channel alone, or back to the split."""
        before = self.arrangement.single
        self.arrangement.toggle_single()
        if self.arrangement.single != before:
            self._rearrange()

    def choose_split(self, split: int) -> None:
        """Take another split."""
        self.arrangement.choose(split)
        self._rearrange()

    def next_split(self) -> None:
        """Take the next split of those offered."""
        now = self.arrangement.grid.tiles
        self.choose_split(OFFERED[(OFFERED.index(now) + 1) % len(OFFERED)])

    def turn(self, pages: int) -> bool:
        """Turn the page, or in a single view go to the next channel; say whether anything else shows now."""
        turned = self.arrangement.turn(pages)
        if turned:
            self._rearrange()
        return turned

    def jump(self, channel: int) -> bool:
        """Go to a channel by its number."""
        if not self.arrangement.jump(channel):
            return False
        self._rearrange()
        return True

    def playback(self) -> None:
        """Open playback of the chosen channel."""
        self.doors.playback(self.arrangement.chosen)

    def record(self) -> None:
        """Begin or end manual recording of the chosen channel."""
        if (channel := self.arrangement.chosen) is not None:
            self.doors.toggle_recording(channel)

    def record_page(self) -> None:
        """Open the page of how the chosen channel records."""
        if (channel := self.arrangement.chosen) is not None:
            self.doors.recording_mode(channel)

    def steer(self) -> None:
        """Steer the chosen channel's dome, its picture alone on the screen."""
        channel = self.arrangement.chosen
        if channel is None:
            return
        if self.arrangement.single is None and len(self.arrangement.order) > 1:
            self.toggle_single()
        tile = next((one for one in self.tiles if one.channel == channel), None)
        self.doors.ptz(channel, tile.words.name if tile is not None else "")

    def steer_or_menu(self) -> None:
        """What Fn means on a live picture (D-IR-14): steering where there is a dome, else the menu."""
        if self.arrangement.chosen in self.doors.domes:
            self.steer()
        else:
            self.open_menu()

    def open_menu(self) -> None:
        """Open the shortcut menu at the pointer, or at the chosen tile."""
        wall_menu(self)

    def back(self) -> None:
        """Show all of an enlarged picture, else leave a single view, else a tour until another; the wall stays."""
        if any(tile.closeup.restore() for tile in self.tiles):
            return
        if self.arrangement.single is not None:
            self.toggle_single()
        elif self._former is not None:
            self.arrangement, self._former = self._former, None
            self._rearrange()

    def handle(self, event: Event) -> bool:
        """Digits, arrows without a tile, the wheel, the right button beside the tiles."""
        match event:
            case Key(name=name) if name.isdecimal() and len(name) == 1 and self.arrangement.order:
                self.digits.press(int(name), self.arrangement.order, self.screen)
            case Key(name=name) if name in ARROWS and self.arrangement.order and self.screen.focus is None:
                self.screen.focus_on(self.tiles[self.arrangement.selected])
            case RightClick():
                self.open_menu()
            case Wheel(steps=steps) if self.arrangement.order:
                self.turn(-1 if steps > 0 else 1)
            case _:
                return super().handle(event)
        return True

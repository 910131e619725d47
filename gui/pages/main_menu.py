"""The main menu: playback, cameras, and the areas of settings that the recorder serves."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from gui.dialogs.menu import Item, Menu
from gui.dialogs.own_account import OwnAccount
from gui.pages.areas import area
from gui.pages.header import EDGE, header
from gui.pages.menu_tile import MenuTile
from gui.pages.state_card import StateCard
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Column, Grid, Pad
from gui.toolkit.page import Page
from gui.toolkit.scroll import Scroll
from gui.toolkit.theme import DANGER, SECOND, Type
from recorder.client.answers import PageInfo
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.widget import Widget

COLUMNS = 5
LOOK_S = 2.0
"""How often control is heard; what did not change is not drawn."""


class MainMenu(Page):
    """Opened after a login; what may be opened depends on who it is."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(name="main-menu")
        self.title = _("Main menu")
        self.rooms = rooms
        self.state: StateCard | None = None
        self.pages: Sequence[PageInfo] = ()
        self.problem = ""
        self.default_focus = "playback"
        self.keys = {"menu": self.close}

    def opened(self) -> None:
        """Ask for the pages."""
        self._load()
        self._look()

    def _look(self) -> None:
        """Show how the recorder is, again and again."""
        if self.shown_on is None:
            return
        self._show_state()
        self.screen.after(LOOK_S, self._look)

    def _show_state(self) -> None:
        if self.state is not None:
            self.state.show(self.rooms.feed.latest, self.screen.clock.now_us(), self.rooms.zone)

    def uncovered(self) -> None:
        """Somebody else may be logged in by now."""
        if not self.rooms.session.logged_in:
            self.close()

    def _load(self) -> None:
        self.work(self.rooms.api.pages, self._loaded, self._failed)

    def _loaded(self, pages: Sequence[PageInfo]) -> None:
        self.pages, self.problem = pages, ""
        self.rebuild()

    def _failed(self, error: Exception) -> None:
        if self.rooms.recover(self, error, self._load):
            return
        self.problem = self.rooms.words(error)
        self.rebuild()
        if self.screen.navigator.top is self:
            self.screen.focus_on("again")

    def build(self) -> None:
        """A grid of tiles."""
        rooms, tiles = self.rooms, self._tiles()
        parts: list[Widget] = [Grid(COLUMNS, tiles, gap=12, name="tiles")]
        if self.problem:
            parts += [
                Label(self.problem, Type.BODY, DANGER, lines=3, name="problem"),
                Button(_("Try again"), self._load, name="again", width=160),
            ]
        self.state = StateCard()
        user = Label(rooms.session.user, Type.BODY, SECOND, name="user")
        account = Button(_("My account"), self._own_account, name="own-account", icon="lock", look=Look.QUIET)
        leave = Button(_("Log out"), self._log_out, name="log-out", icon="logout", look=Look.QUIET)
        self.add(
            Column(
                [
                    header(self.title, self.close, [user, account, leave], rooms.name),
                    Scroll(Column(parts, gap=20, pad=Pad(EDGE, 8, EDGE, 4)), name="scroll", grow=1),
                    Column([self.state], pad=Pad(EDGE, 12, EDGE, 28)),
                ],
                gap=0,
            )
        )
        self._show_state()

    def _tiles(self) -> "list[Widget]":
        """What is done daily, what is looked at, what is set up once; the areas are those that control serves."""
        rooms = self.rooms

        def tile(name: str, title: str, action: Callable[[], object], icon: str, detail: str) -> MenuTile:
            return MenuTile(title, action, name=name, icon=icon, detail=detail)

        found: list[Widget] = [
            tile("playback", _("Playback"), rooms.playback, "search", _("Find, watch, export")),
            tile("events", _("Events"), rooms.events, "bell", _("What happened, alarms to see to")),
            tile("inspection", _("Inspection"), rooms.inspection, "schedule", _("What is missing, and why")),
            tile("cameras", _("Cameras"), rooms.cameras, "camera", _("Add, change, remove; their state")),
            tile("storage", _("Disks"), rooms.storage, "disk", _("Room, state, how long it lasts")),
            tile("hardware", _("Hardware"), rooms.hardware, "chip", _("Temperatures, power, network")),
            tile("health", _("Is all well?"), rooms.health, "check", _("Recording, disks, clock, power, yesterday")),
            *(self._area(name) for name in self._areas()),
        ]
        if any(one.area == "account" for one in self.pages):
            found += [
                tile("security", _("Security"), rooms.security, "lock", _("What is open, weak, unencrypted")),
                tile("online", _("Who is logged in"), rooms.online, "eye", _("Log somebody out, keep out")),
                tile(
                    "configuration",
                    _("Backup and reset"),
                    rooms.configuration,
                    "export",
                    _("Settings out, in, and back"),
                ),
                tile("update", _("Update"), rooms.update, "refresh", _("The recorder's own firmware")),
            ]
        found += [
            tile("log", _("Log"), rooms.log, "file", _("Who did what, what happened")),
            tile("power", _("Switch off"), self._power, "power", _("Shut down or restart")),
        ]
        _lead_on(found)
        return found

    def _areas(self) -> list[str]:
        found: list[str] = []
        for page in sorted(self.pages, key=lambda one: one.order):
            if page.area not in found and page.area != "camera":
                found.append(page.area)
        return found

    def _area(self, name: str) -> MenuTile:
        one = area(name)
        return MenuTile(
            one.title, lambda: self.rooms.settings(area=name), name=f"area-{name}", icon=one.icon, detail=one.words
        )

    def _power(self) -> None:
        """Ask which of the two; each asks once more."""
        tile = self.find("power")
        items = [
            Item(_("Restart"), self.rooms.restart, icon="refresh"),
            Item(_("Shut down"), self.rooms.shut_down, icon="power"),
        ]
        self.screen.navigator.push(Menu(items, below=tile.rect if tile is not None else None, name="power-menu"))

    def _own_account(self) -> None:
        self.screen.navigator.push(OwnAccount(self.rooms.session))

    def _log_out(self) -> None:
        self.rooms.session.log_out()
        self.screen.navigator.home()


def _lead_on(tiles: "Sequence[Widget]") -> None:
    """Have left and right go on in the next row: what lies aside of the grid is the way out, and to a logout."""
    tiles[0].neighbours["left"], tiles[-1].neighbours["right"] = tiles[0].name, tiles[-1].name
    for one, (before, after) in enumerate(pairwise(tiles), 1):
        if one % COLUMNS == 0:
            before.neighbours["right"], after.neighbours["left"] = after.name, before.name

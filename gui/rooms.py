"""Where everything on the screen leads: which page opens, after which login; the `Doors` of wall and playback."""

from collections.abc import Callable, Sequence
from pathlib import Path

from gui.deeds import Deeds
from gui.dialogs.camera import AddCamera, CameraLogin
from gui.dialogs.folder import FolderChooser
from gui.dialogs.message import ErrorSheet, Message
from gui.events.page import EventsPage
from gui.inspection.page import Inspection
from gui.log.page import Log
from gui.pages.cameras import Cameras
from gui.pages.configuration import ConfigurationPage
from gui.pages.hardware import HardwarePage
from gui.pages.health import HealthPage
from gui.pages.main_menu import MainMenu
from gui.pages.network_test import NetworkTestPage
from gui.pages.online import OnlinePage
from gui.pages.poe import PoePorts
from gui.pages.security import SecurityPage
from gui.pages.settings import SettingsPage
from gui.pages.storage import Storage
from gui.pages.terminals import Terminals
from gui.pages.update import UpdatePage
from gui.playback.page import Playback
from gui.ptz.panel import PtzPanel
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.wall.page import Wall
from recorder.client.answers import Status
from recorder.client.clock import SECOND_US
from recorder.client.words import _


class Rooms(Deeds):
    """Opens pages on one screen. What needs a login asks for it, and goes on after it."""

    def begin(self) -> None:
        """Hear of pages that fail."""
        super().begin()
        self.screen.on_failure = self.failed

    def failed(self, page: Page, error: Exception) -> None:
        """A page failed: it leaves, a sheet says so, all else goes on."""
        navigator = self.screen.navigator
        if navigator.pages and page is navigator.pages[0]:
            # The wall cannot leave; what failed on it is told and tried again at the next event.
            self.screen.notices.say(_("The wall had a fault ({kind}).").format(kind=type(error).__name__), Tone.BAD)
            return
        title = page.title or _("This page")
        navigator.close(page)
        if not isinstance(page, ErrorSheet):
            navigator.push(ErrorSheet(title, f"{type(error).__name__}: {error}"[:300], self._again(page)))

    def _again(self, page: Page) -> Callable[[], object] | None:
        match page:
            case MainMenu():
                return self.main_menu
            case Cameras():
                return self.cameras
            case Storage():
                return self.storage
            case HardwarePage():
                return self.hardware
            case HealthPage():
                return self.health
            case NetworkTestPage():
                return self.network_test
            case SecurityPage():
                return self.security
            case OnlinePage():
                return self.online
            case UpdatePage():
                return self.update
            case ConfigurationPage():
                return self.configuration
            case EventsPage():
                return self.events
            case Inspection():
                return self.inspection
            case Log():
                return self.log
            case SettingsPage():
                return lambda: self.settings(area=page.area)
            case Playback():
                return self.playback
            case _:
                return None

    def tour(self, channels: Sequence[int]) -> None:
        """Show these channels on the wall on behalf of events; none: the former view."""
        wall = next(iter(self.screen.navigator.pages), None)
        if isinstance(wall, Wall):
            wall.tour(channels)

    def look_again(self) -> None:
        """What the wall may show may have changed: who is logged in, or what is shown to nobody."""
        wall = next(iter(self.screen.navigator.pages), None)
        if isinstance(wall, Wall):
            wall.refresh()

    def main_menu(self) -> None:
        """Open the main menu."""
        self.enter(lambda: self.screen.navigator.push(MainMenu(self)))

    def settings(
        self, *, area: str = "", page: str = "", channel: int | None = None, item: str = "", focus: str = ""
    ) -> None:
        """Open a page of settings."""

        def opened() -> SettingsPage:
            return SettingsPage(self, area=area, page=page, channel=channel, item=item, focus=focus)

        self.enter(lambda: self.screen.navigator.push(opened()))

    def events(self) -> None:
        """Open the list of events."""
        self.enter(lambda: self.screen.navigator.push(EventsPage(self)))

    def health(self) -> None:
        """Open the page that says whether all is well."""
        self.enter(lambda: self.screen.navigator.push(HealthPage(self)))

    def security(self) -> None:
        """Open the page that says what is weak."""
        self.enter(lambda: self.screen.navigator.push(SecurityPage(self)))

    def online(self) -> None:
        """Open the list of who is logged in."""
        self.enter(lambda: self.screen.navigator.push(OnlinePage(self)))

    def update(self) -> None:
        """Open the page of the recorder's own firmware."""
        self.enter(lambda: self.screen.navigator.push(UpdatePage(self)))

    def configuration(self) -> None:
        """Open the page of backups and resets."""
        self.enter(lambda: self.screen.navigator.push(ConfigurationPage(self)))

    def storage(self) -> None:
        """Open the list of disks and pools."""
        self.enter(lambda: self.screen.navigator.push(Storage(self)))

    def cameras(self) -> None:
        """Open the list of cameras."""
        self.enter(lambda: self.screen.navigator.push(Cameras(self)))

    def poe(self) -> None:
        """Open the list of PoE ports."""
        self.enter(lambda: self.screen.navigator.push(PoePorts(self)))

    def hardware(self) -> None:
        """Open the page of what the machine is made of."""
        self.enter(lambda: self.screen.navigator.push(HardwarePage(self)))

    def network_test(self, channel: int | None = None) -> None:
        """Open the network test; the camera of a channel is tested at once."""
        self.enter(lambda: self.screen.navigator.push(NetworkTestPage(self, channel)))

    def terminals(self) -> None:
        """Open the page of alarm inputs and outputs."""
        self.enter(lambda: self.screen.navigator.push(Terminals(self)))

    def ptz(self, channel: int, name: str) -> None:
        """Open the panel that steers the dome of a channel, over what shows its picture."""
        self.enter(lambda: self.screen.navigator.push(PtzPanel(self, channel, name)))

    def inspection(self) -> None:
        """Open the inspection of what was recorded."""
        self.enter(lambda: self.screen.navigator.push(Inspection(self)))

    def log(self) -> None:
        """Open the log."""
        self.enter(lambda: self.screen.navigator.push(Log(self)))

    def playback(self, channel: int | None = None, at_us: int | None = None) -> None:
        """Open playback, of a channel and at a time where given."""
        self.enter(lambda: self.play(() if channel is None else (channel,), at_us))

    def last_minutes(self, channel: int) -> None:
        """Play at once what a channel recorded in the last minutes, as many as the owner has set."""

        def play() -> None:
            told = self.feed.latest
            minutes = told.instant_playback_min if told is not None else Status.instant_playback_min
            back_us = minutes * 60 * SECOND_US
            self.play((channel,), self.screen.clock.now_us() - back_us, running=True)

        self.enter(play)

    def play(self, channels: Sequence[int], at_us: int | None, *, running: bool = False) -> None:
        """Open playback of these channels; who is before the screen is logged in."""
        note = self.memory.note_playback if self.memory is not None else None
        page = Playback(self.pictures, self.api, self, channels, at_us, note, running=running)
        page.player.since = lambda: self.session.since_us
        self.screen.navigator.push(page)

    def add_camera(self) -> None:
        """Open the form for a new channel."""
        self.enter(lambda: self.screen.navigator.push(AddCamera(self)))

    def enter_password(self, channel: int) -> None:
        """Ask for user and password of a channel."""
        self.enter(lambda: self.screen.navigator.push(CameraLogin(self, channel)))

    def edit_address(self, channel: int) -> None:
        """Open the settings of a channel at its address."""
        self.settings(page="channel", channel=channel, focus="url")

    def channel_settings(self, channel: int) -> None:
        """Open the settings of a channel."""
        self.settings(page="channel", channel=channel)

    def recording_mode(self, channel: int) -> None:
        """Open the settings of how a channel records."""
        self.settings(page="record-mode", area="storage", channel=channel)

    def storage_settings(self) -> None:
        """Open the storage page."""
        self.settings(page="storage-basic", area="storage")

    def help(self, title: str, words: str) -> None:
        """Show a sheet with an explanation."""
        self.screen.navigator.push(Message(title, words))

    def choose_folder(self, start: Path, chosen: Callable[[Path], object]) -> None:
        """Let the owner choose a folder."""
        self.screen.navigator.push(FolderChooser(start, chosen, [Path(one.place) for one in self.sticks]))

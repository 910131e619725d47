"""Where everything on the screen leads: which page opens, after which login; the `Doors` of wall and playback."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import tzinfo
from pathlib import Path
from socket import AF_INET

import psutil

from gui.control_feed import ControlFeed
from gui.dialogs.camera import AddCamera, CameraLogin
from gui.dialogs.first_run import FirstRun
from gui.dialogs.folder import FolderChooser
from gui.dialogs.login import Login
from gui.dialogs.message import ErrorSheet, Message, Question
from gui.inspection.page import Inspection
from gui.memory import Memory, PlaybackPlace
from gui.pages.cameras import Cameras
from gui.pages.main_menu import MainMenu
from gui.pages.poe import PoePorts
from gui.pages.settings import SettingsPage
from gui.pages.storage import Storage
from gui.playback.page import Playback
from gui.session import Session
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.screen import Screen, words_of
from gui.wall import manner
from gui.wall.pictures import Pictures
from hal.client import HalClient, HalUnavailable
from recorder.client import wire
from recorder.client.answers import Channel, Picture, StickStatus
from recorder.client.api import ApiClient
from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError, Unavailable
from recorder.client.instance import Instance
from recorder.client.words import _

log = logging.getLogger(__name__)
RETURN_S = 60.0
"""How long a login that nobody asked for waits for somebody."""
NETWORK_S = 5.0
"""How long the address that is shown may be old."""


class NoSwitch(NightjarError):
    """The machine cannot be switched off from here."""

    status = 501
    words = _("This machine cannot be switched off from the screen.")


class Rooms:
    """Opens pages on one screen. What needs a login asks for it, and goes on after it."""

    def __init__(
        self,
        screen: Screen,
        session: Session,
        feed: ControlFeed,
        instance: Instance,
        pictures: Pictures,
        memory: Memory | None = None,
    ) -> None:
        """With a `memory`, playback that was open when the screen's process ended is returned to after a login."""
        self.screen = screen
        self.session = session
        self.feed = feed
        self.instance = instance
        self.pictures = pictures
        self._network = ("", 0.0)
        self._offered_first_run = False
        self.memory = memory
        self.return_to = memory.known.playback if memory is not None else None
        screen.on_failure = self.failed

    @property
    def api(self) -> ApiClient:
        """The API, with the token of who is logged in."""
        return self.session.api

    # What is known.

    @property
    def name(self) -> str:
        """What the recorder is called."""
        return self.feed.latest.name if self.feed.latest is not None else ""

    @property
    def ports(self) -> dict[int, str]:
        """What is seen of cameras at the recorder's own ports, by channel."""
        told = self.feed.latest
        return {one.channel: one.words for one in told.seats} if told is not None else {}

    @property
    def sticks(self) -> Sequence[StickStatus]:
        """The USB sticks that are in."""
        return self.feed.latest.sticks if self.feed.latest is not None else ()

    @property
    def zone(self) -> tzinfo:
        """The zone of the recorder."""
        return self.feed.zone

    @property
    def control_lost_since_us(self) -> int | None:
        """Since when control does not answer."""
        return self.feed.lost_since_us

    @property
    def simulation(self) -> bool:
        """Whether simulated cameras can be tried."""
        return self.feed.latest is not None and self.feed.latest.simulation

    @property
    def exports(self) -> Path:
        """Where exports go unless another folder is chosen."""
        return self.instance.exports

    @property
    def network(self) -> str:
        """The address of this machine, in a line."""
        words, at = self._network
        now = time.monotonic()
        if not at or now - at > NETWORK_S:
            words = _network_line()
            self._network = words, now
        return words

    # Errors and logins.

    @staticmethod
    def words(error: Exception) -> str:
        """What a person is told of an error."""
        return words_of(error)

    def recover(self, page: Page, error: Exception, again: Callable[[], object]) -> bool:
        """Where an error only means that nobody is logged in, ask, and do it again; say whether that was so."""
        if not self.session.expired(error):
            return False
        self.enter(again, refused=page.close)
        return True

    def enter(self, then: Callable[[], object], refused: Callable[[], object] | None = None) -> None:
        """Go on as soon as somebody is logged in: at once, or after a login, or after the first run."""
        if self.session.logged_in:
            then()
            return

        def done(entered: object) -> None:
            if entered:
                then()
            elif refused is not None:
                refused()

        first = self.feed.latest is not None and self.feed.latest.needs_setup
        self.screen.navigator.push(FirstRun(self.session) if first else Login(self.session), then=done)

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
            case Inspection():
                return self.inspection
            case SettingsPage():
                return lambda: self.settings(area=page.area)
            case Playback():
                return self.playback
            case _:
                return None

    def status_changed(self) -> None:
        """Control told something new; at the first start the password is asked for."""
        status = self.feed.latest
        if status is None or self.feed.lost_since_us is not None:
            return
        if manner.follow(self.feed.manner):
            for page in self.screen.navigator.pages:
                page.invalidate()
        top = self.screen.navigator.top
        if status.needs_setup and isinstance(top, Login):
            # It was opened before control could say that there is no password yet.
            top.close()
        if status.needs_setup and not self._offered_first_run and len(self.screen.navigator.pages) <= 1:
            self._offered_first_run = True
            self.screen.navigator.push(FirstRun(self.session))
        elif self.return_to is not None:
            place, self.return_to = self.return_to, None
            self._offer_return(place)

    def _offer_return(self, place: PlaybackPlace) -> None:
        """Ask who is there, and go on with playback; where nobody is, the wall shall be seen."""
        if len(self.screen.navigator.pages) > 1:
            return
        login = Login(self.session, _("The screen was started again. Log in to go on with playback."))

        def done(entered: object) -> None:
            if entered:
                self.play(place.channels, place.at_us)
            elif self.memory is not None:
                self.memory.note_playback(None)

        def leave_if_alone() -> None:
            idle_us = self.screen.clock.monotonic_us() - self.screen.last_input_us
            if login.shown_on is None:
                return
            if idle_us >= RETURN_S * SECOND_US:
                login.close()
            else:
                self.screen.after(RETURN_S, leave_if_alone)

        self.screen.navigator.push(login, then=done)
        self.screen.after(RETURN_S, leave_if_alone)

    def settings_changed(self) -> None:
        """Something was saved: look soon at what control says of itself."""
        top = self.screen.navigator.top
        if top is not None:
            self.screen.work(top, self.feed.look)

    # Pages.

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

    def storage(self) -> None:
        """Open the list of disks and pools."""
        self.enter(lambda: self.screen.navigator.push(Storage(self)))

    def cameras(self) -> None:
        """Open the list of cameras."""
        self.enter(lambda: self.screen.navigator.push(Cameras(self)))

    def poe(self) -> None:
        """Open the list of PoE ports."""
        self.enter(lambda: self.screen.navigator.push(PoePorts(self)))

    def inspection(self) -> None:
        """Open the inspection of what was recorded."""
        self.enter(lambda: self.screen.navigator.push(Inspection(self)))

    def playback(self, channel: int | None = None, at_us: int | None = None) -> None:
        """Open playback, of a channel and at a time where given."""
        self.enter(lambda: self.play(() if channel is None else (channel,), at_us))

    def play(self, channels: Sequence[int], at_us: int | None) -> None:
        """Open playback of these channels; who is before the screen is logged in."""
        note = self.memory.note_playback if self.memory is not None else None
        self.screen.navigator.push(Playback(self.pictures, self.api, self, channels, at_us, note))

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

    # What is done at once.

    def try_simulated(self) -> None:
        """Add the simulated cameras."""

        def add() -> None:
            top = self.screen.navigator.top
            if top is not None:
                self.screen.work(top, self.api.add_simulated_cameras, added)

        def added(channels: list[Channel]) -> None:
            self.screen.notices.say(_("{count} simulated cameras were added.").format(count=len(channels)), Tone.GOOD)

        self.enter(add)

    def try_now(self, channel: int) -> None:
        """Have media connect to a camera at once."""

        def again() -> None:
            top = self.screen.navigator.top
            if top is not None:
                self.screen.work(top, ask, said)

        def ask() -> None:
            path = str(self.instance.socket("media"))
            try:
                with wire.BlockingConnection(path) as media:
                    media.send({"op": "try", "channel": channel})
            except OSError as error:
                raise Unavailable(process="media") from error

        def said(_nothing: None) -> None:
            self.screen.notices.say(_("Connecting to camera {channel}.").format(channel=channel))

        self.enter(again)

    def accept_certificate(self, channel: int) -> None:
        """Trust the certificate that a camera shows now, after a question."""

        def look() -> str:
            found = self.api.channel(channel)
            return next((one.certificate for one in found.streams if one.certificate), "")

        def ask(shown: str) -> None:
            if not shown:
                self.screen.notices.say(_("Camera {channel} shows no certificate now.").format(channel=channel))
                return
            words = _(
                "Accept it only if the camera was replaced or reset: another device could pretend to be it, and would "
                "be told the password. Compare it with what the camera's own page says. SHA-256:"
            )
            pairs = " ".join(shown[at : at + 4] for at in range(0, len(shown), 4)).upper()
            title = _("Accept another certificate?")
            self.screen.navigator.push(
                Question(title, f"{words}\n{pairs}", _("Accept"), lambda: accept(shown), danger=True)
            )

        def accept(shown: str) -> None:
            top = self.screen.navigator.top
            if top is not None:
                self.screen.work(top, lambda: self.api.change_channel(channel, certificate=shown), said)

        def said(_channel: Channel) -> None:
            self.screen.notices.say(_("Connecting to camera {channel}.").format(channel=channel))

        def begin() -> None:
            top = self.screen.navigator.top
            if top is not None:
                self.screen.work(top, look, ask)

        self.enter(begin)

    def toggle_recording(self, channel: int) -> None:
        """Record a channel round the clock, or by its schedule again (D-IR-10)."""

        def change() -> str:
            page = self.api.page("record-mode", channel)
            mode = "auto" if page.values["mode"] == "manual" else "manual"
            self.api.set_page("record-mode", {"mode": mode}, channel=channel, revision=page.revision)
            return mode

        def said(mode: str) -> None:
            manual = _("Channel {number} records round the clock until the key is pressed again.")
            auto = _("Channel {number} records by its schedule.")
            self.screen.notices.say((manual if mode == "manual" else auto).format(number=channel), Tone.GOOD)

        def go() -> None:
            top = self.screen.navigator.top
            if top is not None:
                self.screen.work(top, change, said)

        self.enter(go)

    def shut_down(self) -> None:
        """Switch the machine off in order, after a login and a question (D-IR-01)."""

        def down() -> None:
            top = self.screen.navigator.top
            if top is not None:
                self.screen.work(top, self._shut_down)

        words = _("Recording ends. The power key at the case starts the recorder again.")

        def ask() -> None:
            self.screen.navigator.push(Question(_("Shut down?"), words, _("Shut down"), down, danger=True))

        self.enter(ask)

    def _shut_down(self) -> None:
        try:
            with HalClient(self.instance.socket("hal")) as hal:
                switches = [one.name for one in hal.devices() if one.kind == "power"]
                if not switches:
                    raise NoSwitch
                hal.call("power", switches[0], "shut_down")
        except HalUnavailable as error:
            raise Unavailable(process="hal") from error

    def snapshot(self, channel: int) -> None:
        """Record the picture of a channel, save it as a file, and say where."""
        place = self.instance.exports / "snapshots"

        def take() -> Picture:
            return self.api.take_picture(channel, directory=place)

        def said(taken: Picture) -> None:
            self.screen.notices.say(_("Saved as {path}").format(path=taken.path), Tone.GOOD)

        def go() -> None:
            top = self.screen.navigator.top
            if top is not None:
                self.screen.work(top, take, said)

        self.enter(go)


def _network_line() -> str:
    try:
        up = {name for name, one in psutil.net_if_stats().items() if one.isup}
        found = [
            one.address
            for name, addresses in sorted(psutil.net_if_addrs().items())
            for one in addresses
            if name in up and one.family == AF_INET and not one.address.startswith("127.")
        ]
    except OSError:
        return ""
    return _("Network: {address}").format(address=found[0]) if found else _("No network")

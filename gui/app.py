"""The local screen as a process: its parts put together, started, and ended in order."""

import logging
import signal
import threading
from pathlib import Path

from gui.control_feed import ControlFeed
from gui.input.evdev import EvdevInput
from gui.input.hal_keys import HalKeys
from gui.input.keymap import Keymap
from gui.input.remote import Remote
from gui.loop import Loop
from gui.memory import FILE, Memory
from gui.oracle import Oracle
from gui.presenter.presenter import Presenter
from gui.rooms import Rooms
from gui.session import Session
from gui.toolkit.screen import Screen
from gui.toolkit.worker import ThreadWorker
from gui.wall import planes
from gui.wall.feed import MediaFeed
from gui.wall.page import Wall
from gui.wall.pictures import Pictures
from hal.client.service_manager import ServiceManager
from recorder.client.api import ApiClient
from recorder.client.clock import Clock, SystemClock
from recorder.client.frames import DecodeClient
from recorder.client.instance import Instance

log = logging.getLogger(__name__)
ENDING = {signal.SIGTERM, signal.SIGINT}


def hold_signals() -> None:
    """Keep the signals that end the process for `App.run`; before any thread begins, or one of them would die of it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


class App:
    """One screen of one instance."""

    def __init__(
        self, data: Path, presenter: Presenter, clock: Clock | None = None, keymap: Keymap | None = None
    ) -> None:
        """With a `keymap` of its board's remote the screen reads all input devices of the machine itself."""
        self.clock = clock or SystemClock()
        self.instance = Instance(data)
        self.presenter = presenter
        self.screen = Screen(presenter.canvas.get_size(), self.clock, ThreadWorker())
        self.manager = ServiceManager()
        self.loop = Loop(self.screen, presenter, self.manager)
        api = ApiClient(self.instance.socket("screen"))
        self.session = Session(api, self.screen)
        self.control = ControlFeed(
            ApiClient(self.instance.socket("screen")),
            self.clock,
            lambda: self.screen.post(self.rooms.status_changed),
            lambda: presenter.presented > 0,
        )
        self.media = MediaFeed(self.instance.socket("media"), self.clock, self._wake)
        self.decode = DecodeClient(self.instance.socket("decode"), self._wake, planes=planes.QUICK)
        self.pictures = Pictures(self.decode)
        self.memory = Memory(self.screen, (self.instance.own or self.instance.state) / FILE)
        self.rooms = Rooms(self.screen, self.session, self.control, self.instance, self.pictures, self.memory)
        self.screen.keys["power_long"] = self.rooms.shut_down
        self.wall = Wall(self.pictures, self.media, self.rooms, self.memory)
        self.oracle = Oracle(self.instance.socket("gui"), self.loop, self.pictures)
        remote = Remote(self.screen, lambda: self.control.recorder_number)
        panel = Remote(self.screen, lambda: self.control.recorder_number)
        self.hal_keys = HalKeys(self.instance.socket("hal"), self.screen, remote, panel)
        self.evdev = EvdevInput(self.screen, remote, keymap) if keymap is not None else None
        self._woken = threading.Event()

    def _wake(self) -> None:
        """Something arrived that the wall looks at in its own time; one wake at a time is enough."""
        if not self._woken.is_set():
            self._woken.set()
            self.screen.post(self._woken.clear)

    def start(self) -> None:
        """Show the wall and begin to connect; raises OSError when gui.sock cannot be had."""
        self.screen.navigator.push(self.wall)
        self.oracle.start()
        self.decode.start()
        self.media.start()
        self.control.start()
        self.hal_keys.start()
        if self.evdev is not None:
            self.evdev.start()

    def run(self) -> None:
        """Run until SIGTERM, SIGINT (held by `hold_signals`), or the window is closed."""
        threading.Thread(target=self._await_end, name="signals", daemon=True).start()
        try:
            self.start()
            self.loop.show()
            print("ready", flush=True)  # noqa: T201 - the supervisor waits for it
            self.manager.ready()
            self.loop.run()
        finally:
            self.close()

    def _await_end(self) -> None:
        # A thread of its own: SDL's wait would keep a Python handler from running.
        number = signal.sigwait(ENDING)
        log.info("ending on %s", signal.Signals(number).name)
        self.loop.stop()

    def close(self) -> None:
        """End everything."""
        self.oracle.close()
        self.hal_keys.close()
        if self.evdev is not None:
            self.evdev.close()
        self.control.close()
        self.screen.navigator.home()
        self.memory.close()
        self.media.close()
        self.decode.close()
        self.presenter.close()

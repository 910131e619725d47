"""The main loop: events in, what is due, one paint, sleep; it sleeps for ever when nothing moves."""

import threading

from gui.presenter.presenter import Presenter
from gui.toolkit.event import Quit, Resized
from gui.toolkit.screen import Screen
from hal.client.service_manager import ServiceManager
from recorder.client.clock import SECOND_US


class Loop:
    """Drives one screen on one presenter."""

    def __init__(self, screen: Screen, presenter: Presenter, manager: ServiceManager | None = None) -> None:
        """On the target its `manager` is told that the loop goes round, also while nothing moves."""
        self.screen = screen
        self._manager = manager or ServiceManager({})
        self.presenter = presenter
        self._over = threading.Event()
        self._next_us = 0
        screen.on_wake = presenter.wake

    def stop(self) -> None:
        """End `run`; safe from any thread."""
        self._over.set()
        self.presenter.wake()

    def run(self) -> None:
        """Run until stopped or the window is closed."""
        while not self._over.is_set():
            self.step()

    def step(self) -> None:
        """Do what is due, show it, and wait for what comes next."""
        self.show()
        self._manager.alive()
        for event in self.presenter.wait(self._pause_s()):
            if isinstance(event, Quit):
                self._over.set()
            elif isinstance(event, Resized):
                self.screen.resize((event.width, event.height))
            else:
                self.screen.handle(event)

    def show(self) -> None:
        """Bring the screen up to date; nothing is presented where nothing changed."""
        now = self.screen.clock.monotonic_us()
        ticking = now >= self._next_us
        if ticking:
            self._next_us = now + round(SECOND_US / self.presenter.rate_hz)
        self.screen.advance(ticking=ticking)
        rects = self.screen.paint_on(self.presenter.canvas)
        self.presenter.point(self.screen.pointer if self.screen.pointer_shown else None)
        if rects:
            self.presenter.present(rects)

    def _pause_s(self) -> float | None:
        pause = self.screen.sleep_s()
        if self._manager.every_s is not None:
            pause = self._manager.every_s if pause is None else min(pause, self._manager.every_s)
        if self._over.is_set():
            return 0.0
        if not self.screen.moving:
            return pause
        frame = max(0.0, (self._next_us - self.screen.clock.monotonic_us()) / SECOND_US)
        return frame if pause is None else min(pause, frame)

"""The screen of a machine without a window system: its monitor, found again when it was pulled.

Input does not come from here: the screen reads mouse, keyboards and remotes from the kernel (`gui.input.evdev`).
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pygame import Rect, Surface

from gui.presenter.drm import open_drm
from gui.presenter.framebuffer import FramebufferOutput
from gui.presenter.output import Output
from gui.presenter.pointer import Pointer
from gui.toolkit.event import Event, Resized

RATE_HZ = 30.0
DARK_HZ = 5.0
"""Without a monitor only who looks from afar sees moving pictures."""
LOOK_S = 2.0
"""How often is looked for what was plugged in or pulled; the kernel itself asks monitors about every ten seconds."""
log = logging.getLogger(__name__)


class Monitors:
    """The graphics cards of the machine; where there is none, its framebuffer."""

    def __init__(self, limit: tuple[int, int], dev: Path = Path("/dev"), sys: Path = Path("/sys")) -> None:
        self.limit = limit
        self._dev = dev
        self._sys = sys

    def state(self) -> object:
        """What hangs where, to be compared with what did."""
        connectors = [(one.name, _read(one / "status"), _read(one / "modes")) for one in self._connectors("card*")]
        return connectors, sorted(self._dev.glob("fb[0-9]*"))

    def open(self) -> Output | None:
        """Open what there is to show a picture on."""
        opened = False
        for path in sorted((self._dev / "dri").glob("card*")):
            told = [_read(one / "status") for one in self._connectors(path.name)]
            if told and all(one == "disconnected" for one in told):
                opened = True  # asking the wires once more would take a while, each time
                continue
            try:
                found = open_drm(path, self.limit)
            except OSError as error:
                log.warning("%s: %s", path, error)
                continue
            if found is not None:
                return found
            opened = True
        if opened:
            return None
        for path in sorted(self._dev.glob("fb[0-9]*")):
            try:
                return FramebufferOutput(path)
            except OSError as error:
                log.warning("%s: %s", path, error)
        return None

    def _connectors(self, card: str) -> list[Path]:
        return sorted((self._sys / "class/drm").glob(f"{card}-*"))


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        return str(error)


class MachinePresenter:
    """Shows the canvas on a monitor whenever there is one."""

    def __init__(self, monitors: Monitors, clock: Callable[[], float] = time.monotonic) -> None:
        self._monitors = monitors
        self._clock = clock
        self._woken = threading.Event()
        self._pointer = Pointer()
        self._moved: list[Rect] = []
        self._output: Output | None = None
        self._canvas = Surface(monitors.limit, 0, 32)
        self._seen: object = None
        self._look_at = 0.0
        self.presented = 0
        self._look()

    @property
    def rate_hz(self) -> float:
        """How often moving pictures are looked for."""
        return RATE_HZ if self._output is not None else DARK_HZ

    def watched(self) -> None:
        """Who looks from afar sees what the monitor shows."""

    @property
    def canvas(self) -> Surface:
        """Where the screen is composed."""
        return self._canvas

    def present(self, rects: Sequence[Rect]) -> None:
        """Show these parts."""
        self.presented += 1
        self._show(rects)

    def point(self, at: tuple[int, int] | None) -> None:
        """Show the pointer somewhere, or not at all, with what is presented next or before the next wait."""
        self._moved += self._pointer.move(at)

    def wait(self, timeout_s: float | None) -> list[Event]:
        """Sleep until woken; the monitor that was plugged in meanwhile may have another size."""
        if self._moved:
            self._show(())
        until = None if timeout_s is None else self._clock() + timeout_s
        while True:
            now = self._clock()
            if now >= self._look_at and self._look():
                return [Resized(*self._canvas.get_size())]
            pause = self._look_at - now if until is None else min(until, self._look_at) - now
            if self._woken.wait(max(0.0, pause)):
                self._woken.clear()
                return []
            if until is not None and self._clock() >= until:
                return []

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()

    def close(self) -> None:
        """Give the monitor back."""
        if self._output is not None:
            self._output.close()
            self._output = None

    def _show(self, rects: Sequence[Rect]) -> None:
        parts, self._moved = [*rects, *self._moved], []
        if self._output is None:
            return
        try:
            self._output.show(self._canvas, parts, self._pointer.over(self._canvas))
        except OSError as error:
            log.warning("the monitor is gone: %s", error)
            self.close()

    def _look(self) -> bool:
        """Follow what was plugged in or pulled; say whether the canvas is another one now."""
        self._look_at = self._clock() + LOOK_S
        now = self._monitors.state()
        if now == self._seen and self._output is not None:
            return False
        changed, self._seen = now != self._seen, now
        if changed:
            self.close()
        if self._output is None:
            self._output = self._monitors.open()
        if self._output is None or self._output.size == self._canvas.get_size():
            if self.presented:  # until then what the boot loader shows is better than an empty canvas
                self._show([self._canvas.get_rect()])
            return False
        self._canvas = Surface(self._output.size, 0, 32)
        log.info("the screen is %dx%d now", *self._output.size)
        return True

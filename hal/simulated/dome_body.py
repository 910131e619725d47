"""A dome as it stands: it turns and zooms, keeps presets, runs tours, patterns and scans."""

from collections.abc import Callable

FULL_SPEED = 100.0
"""Degrees in a second at the highest speed."""
CALLED_SPEED = 300.0
"""Degrees in a second on the way to a preset."""
LOWEST, HIGHEST = -90.0, 20.0
"""Where its tilt ends, in degrees."""
ZOOM_SPEED = 0.25
DWELL_S = 5.0
STEP_S = 0.02

Turn = tuple[float, float, float]
"""Pan and tilt in degrees, zoom from 0 to 1; or their speeds."""


class DomeBody:
    """Where it looks and what it does now; `run` catches up with the time."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._now_s = monotonic_s()
        self.pan, self.tilt, self.zoom = 0.0, 0.0, 0.0
        self.speed: Turn = (0.0, 0.0, 0.0)
        self.focus = self.iris = 0
        self.presets: dict[int, Turn] = {}
        self.tours: dict[int, list[int]] = {}
        self.patterns: dict[int, list[tuple[float, Turn]]] = {}
        self.limits = [-45.0, 45.0]
        self.aux: set[int] = set()
        self.menu = False
        self.menu_line = self.menu_chosen = 0
        self.on = True
        self._target: Turn | None = None
        self._tour: list[int] = []
        self._dwells_s = 0.0
        self._scan = 0.0
        self._recording: tuple[int, float] | None = None
        self._played: list[tuple[float, Turn]] = []

    @property
    def turning(self) -> bool:
        """Whether it moves because it was told to move, as a held key does."""
        return self.speed != (0.0, 0.0, 0.0) or self.focus != 0 or self.iris != 0

    @property
    def busy(self) -> bool:
        """Whether it moves for whatever reason."""
        return bool(self.turning or self._target or self._tour or self._scan or self._played)

    @property
    def signed_pan(self) -> float:
        """Degrees to the right of zero, from -180 to 180."""
        return self.pan if self.pan <= 180 else self.pan - 360

    def push(self, pan: float, tilt: float) -> None:
        """Turn it by hand, by degrees to the right and up."""
        self.run()
        self.pan = (self.pan + pan) % 360
        self.tilt = max(LOWEST, min(HIGHEST, self.tilt + tilt))

    def run(self) -> None:
        """Catch up with the time."""
        now_s = self._monotonic_s()
        if not self.busy:
            self._now_s = now_s
        while self._now_s + STEP_S <= now_s:
            self._now_s += STEP_S
            self._step()

    def _open_menu(self) -> None:
        self._rest()
        self.menu, self.menu_line = True, 0

    def _menu(self, down: int, *, ok: bool, out: bool) -> None:
        """Go through the menu that lies over its picture: while that is open nothing turns."""
        self.menu_line = max(0, self.menu_line + down)
        self.menu_chosen += ok
        self.menu = not out

    def _move(self, pan: float, tilt: float, zoom: float) -> None:
        self._rest()
        self.speed = (pan * FULL_SPEED, tilt * FULL_SPEED, zoom * ZOOM_SPEED)
        if self._recording is not None:
            number, since_s = self._recording
            self.patterns[number].append((self._now_s - since_s, self.speed))

    def _rest(self) -> None:
        self._target, self._tour, self._scan, self._played = None, [], 0.0, []
        self.speed, self.focus, self.iris = (0.0, 0.0, 0.0), 0, 0

    def _go(self, where: Turn) -> None:
        self._rest()
        self._target = (where[0], max(LOWEST, min(HIGHEST, where[1])), max(0.0, min(1.0, where[2])))

    def _heading(self) -> Turn:
        return self._target or (self.pan, self.tilt, self.zoom)

    def _keep(self, number: int) -> None:
        self.presets[number] = (self.pan, self.tilt, self.zoom)

    def _drop(self, number: int) -> None:
        self.presets.pop(number, None)

    def _call_kept(self, number: int) -> None:
        self._go(self.presets[number])

    def _begin_tour(self, number: int) -> None:
        if self.tours.get(number):
            self._rest()
            self._tour, self._dwells_s = list(self.tours[number]), 0.0

    def _record(self, number: int) -> None:
        self._rest()
        self._recording, self.patterns[number] = (number, self._now_s), []

    def _end(self, _number: int) -> None:
        self._recording = None

    def _play(self, number: int) -> None:
        self._rest()
        self._recording = None
        self._played = [(self._now_s + after_s, speed) for after_s, speed in self.patterns.get(number, [])]

    def _switch(self, number: int, *, on: bool) -> None:
        self.aux = self.aux | {number} if on else self.aux - {number}

    def _reset(self) -> None:
        self._go((0.0, 0.0, 0.0))
        self.aux, self.menu = set(), False

    def _step(self) -> None:
        while self._played and self._played[0][0] <= self._now_s:
            self.speed = self._played.pop(0)[1]
        if self._scan:
            low, high = sorted(self.limits)
            at = self.signed_pan
            if (at >= high and self._scan > 0) or (at <= low and self._scan < 0):
                self._scan = -self._scan
            self.pan = (self.pan + self._scan * STEP_S) % 360
        if self._tour and self._target is None:
            self._dwells_s -= STEP_S
            if self._dwells_s <= 0:
                self._tour.append(self._tour.pop(0))
                self._target, self._dwells_s = self.presets.get(self._tour[-1]), DWELL_S
        if self._target is not None:
            self._approach(self._target)
        pan, tilt, zoom = self.speed
        self.pan = (self.pan + pan * STEP_S) % 360
        self.tilt = max(LOWEST, min(HIGHEST, self.tilt + tilt * STEP_S))
        self.zoom = max(0.0, min(1.0, self.zoom + zoom * STEP_S))

    def _approach(self, target: Turn) -> None:
        most = CALLED_SPEED * STEP_S
        turn = (target[0] - self.pan + 180) % 360 - 180
        lift, pull = target[1] - self.tilt, target[2] - self.zoom
        self.pan = (self.pan + max(-most, min(most, turn))) % 360
        self.tilt += max(-most, min(most, lift))
        self.zoom += max(-0.02, min(0.02, pull))
        if abs(turn) <= most and abs(lift) <= most and abs(pull) <= 0.02:
            (self.pan, self.tilt, self.zoom), self._target = target, None

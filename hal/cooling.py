"""How fast the fans turn: a curve per sensor, the hottest decides, and what cannot be told means full speed."""

import logging
import threading
from collections.abc import Mapping, Sequence

from hal.board import Board
from hal.errors import BadBoard
from hal.kinds.device import DeviceState
from hal.kinds.fan import FanState, Point
from hal.kinds.temperature import TemperatureState

FULL_PERCENT = 100
FALLS_BELOW_CELSIUS = 3.0
"""A fan turns slower only when the sensor is this much cooler than where it began to turn faster: no hunting."""
log = logging.getLogger("hal")


class Curve:
    """Duty over temperature, straight between its points; the first and last hold beyond them."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._points = tuple(points)
        rising = all(a[0] < b[0] and a[1] <= b[1] for a, b in zip(self._points, self._points[1:], strict=False))
        if not self._points or not rising:
            raise BadBoard("a fan curve needs points that rise in degrees and never fall in percent")

    def percent(self, celsius: float) -> int:
        """The duty at a temperature."""
        before = self._points[0]
        for point in self._points:
            if celsius < point[0]:
                if point is before:
                    return point[1]
                share = (celsius - before[0]) / (point[0] - before[0])
                return round(before[1] + share * (point[1] - before[1]))
            before = point
        return before[1]


class Cooling:
    """Watches the sensors and fans of a board and drives all its fans alike.

    A sensor without a reading, a critical one, or a fan that stalls or is gone means full speed for all.
    """

    def __init__(self, board: Board, points: Mapping[str, Sequence[Point]]) -> None:
        self._board = board
        self._curves = {sensor: Curve(its) for sensor, its in points.items()}
        self._sensors: dict[str, TemperatureState] = {}
        self._fans: dict[str, FanState] = {}
        self._driven: dict[str, int] = {}
        self._warmest: dict[str, float] = {}
        self._lock = threading.Lock()
        self.reason = ""
        """Why the fans run at full speed; empty while the curves decide."""
        sensors = [device for device in board if device.kind == "temperature" and device.name in self._curves]
        self._followed = (*sensors, *(device for device in board if device.kind == "fan"))
        if missing := self._curves.keys() - {sensor.name for sensor in sensors}:
            raise BadBoard(f"cooling follows {', '.join(sorted(missing))}, and this board has no such sensor")

    def follow(self) -> None:
        """Begin to drive the fans."""
        for device in self._followed:
            self._keep(device.state)
            device.watch(self._changed)

    def _changed(self, state: DeviceState) -> None:
        with self._lock:
            self._keep(state)
            percent = self.duty_percent()
            wanted = [name for name, fan in self._fans.items() if fan.online and self._driven.get(name) != percent]
            for name in wanted:
                self._driven[name] = percent
        for name in wanted:
            self._board.ask("fan", name, "set_duty", {"percent": percent})

    def _keep(self, state: DeviceState) -> None:
        match state:
            case TemperatureState():
                self._sensors[state.name] = state
            case FanState():
                if not state.online:
                    self._driven.pop(state.name, None)  # it comes back at full speed
                self._fans[state.name] = state
            case _:
                pass

    def duty_percent(self) -> int:
        """How much of their full power the fans should get now."""
        reason = self._trouble()
        if reason != self.reason:
            log.warning("fans: %s", f"full speed, since {reason}" if reason else "the curves decide again")
            self.reason = reason
        if reason:
            return FULL_PERCENT
        return max((curve.percent(self._felt(name)) for name, curve in self._curves.items()), default=FULL_PERCENT)

    def _felt(self, name: str) -> float:
        """The temperature that decides: it follows the sensor up at once, and down only behind a gap."""
        now = self._sensors[name].celsius
        warmest = max(now, min(self._warmest.get(name, now), now + FALLS_BELOW_CELSIUS))
        self._warmest[name] = warmest
        return warmest

    def _trouble(self) -> str:
        for name, sensor in self._sensors.items():
            if not sensor.online:
                return f"{name} does not tell its temperature: {sensor.reason}"
            if sensor.celsius >= sensor.critical_celsius:
                return f"{name} has {sensor.celsius:.0f} °C"
        for name, fan in self._fans.items():
            if not fan.online:
                return f"{name} does not answer: {fan.reason}"
            if fan.stalled:
                return f"{name} does not turn"
        return ""

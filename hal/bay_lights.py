"""Which bays have a disk, and which of those work, on the lights of boards that have lights for it (V-HW-11, D-LED-07).

Where a backplane lights them by itself, no board lists these meanings.
"""

from concurrent.futures import Future
from threading import Lock, Timer
from typing import Any

from hal.board import Board
from hal.kinds.bay import BayState
from hal.kinds.device import Device, DeviceState
from hal.kinds.indicator import IndicatorState, Meaning

AGAIN_S = 1.0
"""A light whose bus hung or was busy is told again so soon: a bay may have nothing more to say for hours."""


class BayLights:
    """Tells the lights of a bay how its disk is; those elsewhere, how the disks of all bays are together."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._bays: dict[str, BayState] = {}
        self._lights: dict[str, IndicatorState] = {}
        self._again = False
        self._lock = Lock()

    def follow(self) -> None:
        """Begin; bays that an owner adds later are followed too."""
        self._board.each(self._begin)

    def _begin(self, device: Device[Any]) -> None:
        if device.kind in {"bay", "indicator"}:
            device.watch(self._changed)
            self._changed(device.state)

    def _changed(self, state: DeviceState) -> None:
        with self._lock:
            match state:
                case BayState():
                    self._bays[state.name] = state
                case IndicatorState():
                    self._lights[state.name] = state
                case _:
                    return
        self._tell()

    def _tell(self) -> None:
        """Tell each light that shows something else."""
        with self._lock:
            wrong = [
                (light.name, meaning, holds)
                for light in self._lights.values()
                for meaning, holds in self._wanted(light).items()
                if light.online and meaning in light.meanings and (meaning in light.told) is not holds
            ]
        for name, meaning, holds in wrong:
            asked = self._board.ask("indicator", name, "show", {"meaning": meaning, "holds": holds})
            asked.add_done_callback(self._answered)

    def _answered(self, asked: Future[Any]) -> None:
        if asked.exception() is None:
            return
        with self._lock:
            if self._again:
                return
            self._again = True
        later = Timer(AGAIN_S, self._tell_again)
        later.daemon = True
        later.start()

    def _tell_again(self) -> None:
        with self._lock:
            self._again = False
        self._tell()

    def _wanted(self, light: IndicatorState) -> dict[Meaning, bool]:
        bays = [bay for bay in self._bays.values() if bay.online and light.bay in {None, bay.name}]
        return {
            Meaning.OCCUPIED: any(bay.occupied for bay in bays),
            Meaning.BAY_ACTIVITY: any(bay.busy for bay in bays),
        }

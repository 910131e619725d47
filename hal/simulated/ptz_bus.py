"""An RS-485 line with domes at its end, which see nothing but its bytes."""

import errno
import os

from hal.buses.serial import SerialLine, SerialSettings
from hal.errors import BadRequest, Offline
from hal.kinds.ptz_bus import DomeState, Look, PtzBusState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.protocols.ptz.bus import LinePtzBus
from hal.simulated.breakable import Breakable
from hal.simulated.dome import SimulatedDome
from hal.simulated.dome_body import Turn

SEEN_S = 0.2
"""How often a turning dome is looked at."""


class DomeLine:
    """The cable: what is written reaches all domes, what they answer can be read."""

    def __init__(self, domes: dict[int, SimulatedDome]) -> None:
        self.domes = domes
        self.cut = False
        self._out, self._in = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def write(self, data: bytes, /) -> None:
        """Carry a frame."""
        if self.cut:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        for dome in self.domes.values():
            if answer := dome.take(data):
                os.write(self._in, answer)

    def read(self, size: int, timeout_s: float) -> bytes:
        """Give what the domes answered; they do so at once."""
        del timeout_s
        try:
            return os.read(self._out, size)
        except BlockingIOError:
            return b""

    def fileno(self) -> int:
        """Give the descriptor of the answers."""
        return self._out

    def close(self) -> None:
        """Let go."""
        os.close(self._out)
        os.close(self._in)


class SimulatedPtzBus(Breakable[PtzBusState], LinePtzBus):
    """A line with domes at `addresses`; where they look is told as they turn."""

    def __init__(self, name: str, machine: Machine, addresses: tuple[int, ...] = (1, 2)) -> None:
        super().__init__(name, machine, SerialSettings())
        self.domes = {address: SimulatedDome(address, machine.monotonic_s) for address in addresses}
        self._cable: DomeLine | None = None

    def open_line(self, settings: SerialSettings) -> SerialLine:
        """Plug the cable in."""
        del settings
        self.require_whole()
        self._cable = DomeLine(self.domes)
        return self._cable

    @gesture
    def break_down(self, *, reason: str = "does not answer") -> None:
        """Cut the cable: the domes go on with what they do."""
        super().break_down(reason=reason)
        if self._cable is not None:
            self._cable.cut = True
        self.close()

    @gesture
    def turn(self, *, address: int, pan_degrees: float = 0.0, tilt_degrees: float = 0.0) -> None:
        """Turn a dome by hand, as far to the right and up as told."""
        self._dome(address).push(pan_degrees, tilt_degrees)
        if self.state.online:
            self._tell()

    @gesture
    def presets(self, *, address: int) -> dict[str, Look]:
        """Tell what a dome keeps, by number: no dome tells it on the line."""
        kept = self._dome(address).presets
        return {str(number): _look(kept[number]) for number in sorted(kept)}

    @gesture
    def menu(self, *, address: int) -> dict[str, int]:
        """Tell what its own menu shows: whether it is open, at which line, how often something was chosen."""
        dome = self._dome(address)
        return {"open": int(dome.menu), "line": dome.menu_line, "chosen": dome.menu_chosen}

    def _dome(self, address: int) -> SimulatedDome:
        if address not in self.domes:
            raise BadRequest(f"{self.name} has no dome {address}")
        return self.domes[address]

    def poll(self) -> None:
        """Write what is due, and see where the domes look."""
        super().poll()
        if any(dome.busy for dome in self.domes.values()):
            seen_s = self._machine.monotonic_s() + SEEN_S
            self.wanted_s = seen_s if self.wanted_s is None else min(self.wanted_s, seen_s)

    def _pump(self) -> None:
        if self._broken:
            raise Offline(self._broken)
        super()._pump()
        if self.wanted_s is None and any(dome.busy for dome in self.domes.values()):
            self.wanted_s = self._machine.monotonic_s() + SEEN_S

    def _tell(self) -> None:
        moving = self._traffic.moving()
        for dome in self.domes.values():
            dome.run()
        states = (
            DomeState(one, moving.get(one, False), _look((dome.pan, dome.tilt, dome.zoom)))
            for one, dome in self.domes.items()
        )
        self.change(domes=tuple(states))


def _look(turn: Turn) -> Look:
    pan, tilt, zoom = turn
    return Look(round(pan, 1), round(tilt, 1), round(zoom, 3))


DRIVER = SimulatedPtzBus

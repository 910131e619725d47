"""A supply of eight ports or so with nothing behind it but physics; a hand plugs simulated cameras in and out."""

from dataclasses import replace
from typing import Annotated

from msgspec import Meta

from hal.errors import BadRequest
from hal.kinds.poe_supply import PoeFault, PoeMode, PoeSupplyState, PortNumber, PortState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.poe.budget import Budget
from hal.poe.port import Plan, Reading, Sight, Wish
from hal.poe.supply import BudgetedSupply
from hal.simulated.breakable import Breakable
from hal.simulated.pse import VOLTS, Load, Phase, Pse, Trouble
from hal.simulated.wires import Wire, wires_of

CELSIUS = 38.0
AT_REST = {Phase.OFF: PortState.DISABLED, Phase.READY: PortState.DETECTED, Phase.ON: PortState.DELIVERING}
FOUND = {
    Trouble.SHORT: PoeFault.SHORT,
    Trouble.R_LOW: PoeFault.R_LOW,
    Trouble.R_HIGH: PoeFault.R_HIGH,
    Trouble.C_HIGH: PoeFault.C_HIGH,
}
TRIPPED = {
    Trouble.OVERLOAD: PoeFault.OVERLOAD,
    Trouble.SHORT: PoeFault.SHORT,
    Trouble.INRUSH: PoeFault.INRUSH,
}

Watts = Annotated[float, Meta(ge=0, le=100)]
PowerClass = Annotated[int, Meta(ge=0, le=8)]


class SimulatedPoeSupply(Breakable[PoeSupplyState], BudgetedSupply):
    """A supply that searches, classifies, powers and cuts lines as physics says."""

    limits = True
    gives = (PoeMode.AUTO, PoeMode.AF, PoeMode.AT, PoeMode.BT, PoeMode.LONG_REACH)

    def __init__(
        self,
        name: str,
        machine: Machine,
        budget: Budget,
        ports: Annotated[int, Meta(ge=1, le=64)] = 8,
        plan: Plan = Plan(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__(name, machine, ports, budget, plan)
        self.pse = Pse(ports, machine.monotonic_s)
        self._wires = wires_of(machine)

    def close(self) -> None:
        """Go; the ports stay on."""

    @gesture
    def plug(self, *, port: PortNumber, camera: str, power_class: PowerClass = 3, watts: Watts = 6.0) -> None:
        """Plug a camera into a port. It takes half its watts for its first seconds."""
        self._has(port)
        self.pse.plug(port - 1, Load(camera, power_class, watts, boot_s=8.0))
        self._wires.put(Wire(self.name, port, camera))
        self._show()

    @gesture
    def unplug(self, *, port: PortNumber) -> None:
        """Pull the cable out of a port."""
        self._has(port)
        self.pse.unplug(port - 1)
        self._wires.remove(self.name, port)
        self._show()

    @gesture
    def draw(self, *, port: PortNumber, watts: Watts) -> None:
        """Let the camera at a port take another power: its infrared light, a heater, a defect."""
        load = self.pse.lines[self._has(port)].load
        if load is None:
            raise BadRequest(f"Nothing hangs at {self.name} port {port}")
        self.pse.change(port - 1, replace(load, watts=watts, boot_s=0.0))
        self._show()

    @gesture
    def black_out(self) -> None:
        """Cut the mains of the supply for a moment."""
        self.pse.black_out()
        if self.state.online:
            self.open()

    @gesture
    def plugged(self) -> dict[str, str]:
        """Tell which camera hangs at which port."""
        return {str(wire.port): wire.camera for wire in self._wires.all() if wire.supply == self.name}

    def _has(self, port: int) -> int:
        if port > len(self.pse.lines):
            raise BadRequest(f"{self.name} has ports 1 to {len(self.pse.lines)}")
        return port - 1

    def _show(self) -> None:
        if self.state.online:
            self.poll()

    def _begin(self) -> None:
        self.require_whole()

    def _look(self) -> Sight:
        self.require_whole()
        self.pse.advance()
        readings = tuple(self._reading(number) for number in range(len(self.pse.lines)))
        for number, reading in enumerate(readings, 1):
            if wire := self._wires.at(self.name, number):
                self._wires.put(replace(wire, powered=reading.state is PortState.DELIVERING))
        return Sight(readings, VOLTS, CELSIUS + self.pse.total_watts / 10)

    def _reading(self, number: int) -> Reading:
        line = self.pse.lines[number]
        tripped, line.tripped = TRIPPED.get(line.tripped), Trouble.NONE
        found = FOUND.get(line.found)
        powered = line.phase is Phase.ON
        return Reading(
            AT_REST.get(line.phase, PortState.SEARCHING),
            line.power_class,
            volts=VOLTS if powered else 0.0,
            milliamps=self.pse.amps(number) * 1000,
            granted=line.phase in {Phase.INRUSH, Phase.ON},
            tripped=frozenset({tripped} if tripped else ()),
            faults=frozenset({found} if found else ()),
        )

    def _allow(self, port: int) -> None:
        self.pse.search(port - 1)

    def _grant(self, port: int) -> None:
        self.pse.power(port - 1)

    def _cut(self, port: int) -> None:
        self.pse.cut(port - 1)
        if wire := self._wires.at(self.name, port):
            self._wires.put(replace(wire, powered=False))

    def _configure(self, port: int, wish: Wish) -> None:
        self.pse.lines[port - 1].limit_watts = None if wish.most_watts > 100 else wish.most_watts

    def _reach(self, port: int, *, far: bool) -> None:
        """A simulated cable is as long as one likes."""


DRIVER = SimulatedPoeSupply

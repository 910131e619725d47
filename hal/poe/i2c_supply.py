"""A supply whose controllers hang on an I2C bus."""

from hal.buses.i2c import I2cBus
from hal.errors import Offline
from hal.machine import Machine
from hal.poe.budget import Budget
from hal.poe.port import Plan
from hal.poe.supply import BudgetedSupply


class I2cSupply(BudgetedSupply):
    """`_bus` is open from `_begin` of a driver, which calls `_open_anew`, to `close`."""

    def __init__(self, name: str, machine: Machine, bus: str, count: int, budget: Budget, plan: Plan) -> None:
        """`bus` is its place in /dev, `count` the number of ports."""
        super().__init__(name, machine, count, budget, plan)
        self._place = machine.dev / bus
        self._bus: I2cBus | None = None

    def close(self) -> None:
        """Let go of the bus; the ports stay on."""
        if self._bus is not None:
            self._bus.close()
            self._bus = None

    @property
    def _open_bus(self) -> I2cBus:
        """The bus; raises `Offline` where it was closed."""
        if self._bus is None:
            raise Offline(f"{self.name} is closed")
        return self._bus

    def _open_anew(self) -> I2cBus:
        """Open the bus anew."""
        self.close()
        self._bus = bus = self._machine.i2c(self._place)
        return bus

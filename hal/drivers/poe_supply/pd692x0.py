"""Microchip PD69200, PD69210 and PD69220: a controller on I2C that detects, classifies and powers by itself.

Limits are kept by us: the controller knows only steps from 15 W up. It is never reset: that would darken all cameras.
"""

from typing import Annotated

from msgspec import Meta

from hal.errors import BadAnswer
from hal.kinds.poe_supply import PortState
from hal.machine import Machine
from hal.poe.budget import Budget
from hal.poe.i2c_supply import I2cSupply
from hal.poe.port import Plan, Reading, Sight
from hal.poe.supply import POLL_S
from hal.protocols import pd692x0 as wire

ANSWER_S = 0.03
LATE_ANSWER_S = 0.1
TRIES = 2
PORT_S = 0.12
"""What a poll of one port may take: three messages; a supply of many ports is polled less often."""
MOST_PORTS = 24
"""Asked one by one, more would take longer than a bus may be silent."""


class Pd692x0(I2cSupply):
    """One controller with its port managers."""

    unproven = "Written from its data sheet and the driver in Linux; only a model of ours answered its messages yet."
    grants_itself = True

    def __init__(
        self,
        name: str,
        machine: Machine,
        bus: str,
        address: int,
        ports: Annotated[int, Meta(ge=1, le=MOST_PORTS)],
        budget: Budget,
        plan: Plan = Plan(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__(name, machine, bus, ports, budget, plan)
        self._count = ports
        self._address = address
        self._echo = 0
        self.poll_s = max(POLL_S, PORT_S * ports)

    def _begin(self) -> None:
        self._open_anew()
        sub, data = self._ask(wire.REQUEST, wire.VERSIONS)
        if (product := wire.PRODUCTS.get(sub[2])) is None:
            raise BadAnswer("an unknown controller", sub + data)
        version = data[0] << 8 | data[1]
        self.model = product
        self.revision = f"{version // 100}.{version // 10 % 10}.{version % 10}"

    def _look(self) -> Sight:
        return Sight(tuple(self._reading(port) for port in range(self._count)))

    def _reading(self, port: int) -> Reading:
        sub, data = self._ask(wire.REQUEST, (*wire.PORT_STATUS, port))
        if not sub[1]:
            return Reading(PortState.DISABLED)
        state, fault = wire.state_of(sub[0])
        if state is not PortState.DELIVERING:
            return Reading(state, granted=True, tripped=frozenset({fault} if fault else ()))
        watts = (data[0] << 4 | data[1]) / 10
        power_class = self._ask(wire.REQUEST, (*wire.PORT_CLASS, port))[1][3] >> 4
        measured = self._ask(wire.REQUEST, (*wire.PORT_MEASURE, port))[0]
        volts = (measured[0] << 8 | measured[1]) / 10
        if not volts:
            raise BadAnswer(f"{self.name} port {port + 1} delivers without volts", measured)
        known = power_class if power_class <= 8 else None
        return Reading(state, known, volts, 1000 * watts / volts, granted=True)

    def _grant(self, port: int) -> None:
        self._ask(wire.COMMAND, (*wire.PORT_SET, port - 1), 1, *[wire.UNCHANGED] * 3)

    def _cut(self, port: int) -> None:
        self._ask(wire.COMMAND, (*wire.PORT_SET, port - 1), 0, *[wire.UNCHANGED] * 3)

    def _ask(self, key: int, sub: tuple[int, ...], *data: int) -> tuple[bytes, bytes]:
        """Ask, and once more if the answer is lost: the way back after communication was lost."""
        for _ in range(TRIES - 1):
            try:
                return self._once(key, sub, *data)
            except BadAnswer:
                self._machine.sleep_s(LATE_ANSWER_S)
        return self._once(key, sub, *data)

    def _once(self, key: int, sub: tuple[int, ...], *data: int) -> tuple[bytes, bytes]:
        bus = self._open_bus
        self._echo = (self._echo + 1) % 0xFF
        request = wire.frame(key, self._echo, sub, *data)
        bus.write(self._address, request)
        self._machine.sleep_s(ANSWER_S)
        answer = bus.read(self._address, wire.SIZE)
        if not any(answer):
            self._machine.sleep_s(LATE_ANSWER_S)
            answer = bus.read(self._address, wire.SIZE)
        return wire.answer_of(answer, request)


DRIVER = Pd692x0

"""A microcontroller that speaks the Realtek and Broadcom frames, at a UART or on I2C, as in managed switches."""

from typing import Annotated, Literal, Protocol

from msgspec import Meta

from hal.buses.i2c import I2cBus
from hal.buses.serial import SerialLine, SerialSettings
from hal.errors import BadAnswer, Offline
from hal.kinds.poe_supply import PoeFault, PoeMode, PoePriority, PortState
from hal.machine import Machine
from hal.poe.budget import Budget
from hal.poe.port import Plan, Reading, Sight, Wish
from hal.poe.supply import POLL_S, BudgetedSupply
from hal.protocols import realtek_mcu as mcu

BAUD = 19200
RESPONSE_S = 0.025
"""The controller answers after so long; asked sooner it answers nothing."""
SLOWEST_RESPONSE_S = 1.0
TRIES = 3
BOOT_TRIES = 20
BOOT_PAUSE_S = 0.1
PORT_S = 0.12
"""What a poll of one port may take: two requests; a supply of many ports is polled less often."""
MOST_PORTS = 24
"""Asked one by one, more would take longer than a bus may be silent."""

STATES = {
    mcu.DISABLED: PortState.DISABLED,
    mcu.SEARCHING: PortState.SEARCHING,
    mcu.DELIVERING: PortState.DELIVERING,
    mcu.TEST: PortState.SEARCHING,
    mcu.FAULT: PortState.FAULT,
    mcu.OTHER_FAULT: PortState.FAULT,
    mcu.REQUESTING: PortState.DETECTED,
}
PRIORITIES = {PoePriority.CRITICAL: 3, PoePriority.HIGH: 2, PoePriority.LOW: 0}


class _Wire(Protocol):
    def send(self, request: bytes) -> None: ...

    def receive(self) -> bytes: ...

    def close(self) -> None: ...


class _Uart:
    def __init__(self, line: SerialLine) -> None:
        self._line = line

    def send(self, request: bytes) -> None:
        self._line.read(256, 0.0)  # what came too late for an earlier request
        self._line.write(request)

    def receive(self) -> bytes:
        return self._line.read(mcu.SIZE, SLOWEST_RESPONSE_S)

    def close(self) -> None:
        self._line.close()


class _I2c:
    """SMBus blocks, or with `plain` the frames as they are."""

    def __init__(self, bus: I2cBus, address: int, *, plain: bool) -> None:
        self._bus, self._address, self._plain = bus, address, plain

    def send(self, request: bytes) -> None:
        if self._plain:
            self._bus.write(self._address, request)
        else:
            self._bus.write_block(self._address, request[0], request[1:])

    def receive(self) -> bytes:
        if self._plain:
            return self._bus.read(self._address, mcu.SIZE)
        return self._bus.read_block(self._address, 0x00, mcu.SIZE)

    def close(self) -> None:
        self._bus.close()


class RealtekMcu(BudgetedSupply):
    """A controller of generation 1 or 2. With an address it is on I2C, else at a UART."""

    unproven = "Written from the frames that others recorded at switches; only a model of ours answered them yet."
    grants_itself = True
    limits = True

    def __init__(
        self,
        name: str,
        machine: Machine,
        bus: str,
        generation: Literal[1, 2],
        ports: Annotated[int, Meta(ge=1, le=MOST_PORTS)],
        budget: Budget,
        address: int | None = None,
        framing: Literal["smbus", "plain"] = "smbus",
        plan: Plan = Plan(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__(name, machine, ports, budget, plan)
        self._count = ports
        self._dialect = mcu.DIALECTS[generation]
        self._place = machine.dev / bus
        self._address = address
        self._plain = framing == "plain"
        self._wire: _Wire | None = None
        self._sequence = 0
        self._chip = mcu.Chip("", 30.0, 0.2)
        self._told: dict[tuple[int, int], int] = {}
        self.poll_s = max(POLL_S, PORT_S * ports)

    def close(self) -> None:
        """Let go of the line; the ports stay on."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _begin(self) -> None:
        self.close()
        self._told.clear()
        if self._address is None:
            self._wire = _Uart(self._machine.serial(self._place, SerialSettings(baud=BAUD)))
        else:
            self._wire = _I2c(self._machine.i2c(self._place), self._address, plain=self._plain)
        info = mcu.info_from(self._boot())
        if info.ports < self._count:
            raise Offline(f"The controller has {info.ports} ports, the board says {self._count}")
        self._chip = info.chip
        self.model, self.revision = info.chip.name, str(info.version)
        self.gives = (PoeMode.AUTO, PoeMode.AF, PoeMode.AT)
        if self._dialect.everything is not None:
            self._ask(self._dialect.everything, 1)
        tenths = [round(10 * watts) for watts in (self.budget.watts, self.budget.guard_watts)]
        self._ask(self._dialect.management, mcu.DYNAMIC)
        self._ask(self._dialect.budget, 0, *(byte for one in tenths for byte in min(one, 65535).to_bytes(2, "big")))

    def _boot(self) -> bytes:
        """Ask who is there; a controller that boots is silent or talks nonsense at first."""
        for _ in range(BOOT_TRIES - 1):
            try:
                return self._once(self._dialect.info)
            except (BadAnswer, OSError):
                self._machine.sleep_s(BOOT_PAUSE_S)
        return self._ask(self._dialect.info)

    def _look(self) -> Sight:
        readings: list[Reading] = []
        celsius: list[float] = []
        for port in range(self._count):
            status = self._of_port(self._dialect.status, port)
            if (state := STATES.get(status[1])) is None:
                raise BadAnswer(f"{self.name} port {port + 1} has an unknown state", status)
            power_class = self._dialect.power_class(status)
            known = power_class <= 8 and state in {PortState.DELIVERING, PortState.DETECTED}
            measure = mcu.Measure(0.0, 0.0, 0.0)
            if state is PortState.DELIVERING:
                measure = mcu.measure_from(self._of_port(self._dialect.measure, port))
                celsius.append(measure.celsius)
            readings.append(
                Reading(
                    state,
                    power_class if known else None,
                    measure.volts,
                    measure.milliamps,
                    granted=state is not PortState.DISABLED,
                    tripped=frozenset({PoeFault.UNKNOWN} if state is PortState.FAULT else ()),
                )
            )
        return Sight(tuple(readings), None, max(celsius, default=None))

    def _grant(self, port: int) -> None:
        self._set(port, self._dialect.enable, 1)

    def _cut(self, port: int) -> None:
        self._set(port, self._dialect.enable, 0)

    def _configure(self, port: int, wish: Wish) -> None:
        limited = wish.most_watts < self._chip.most_watts
        if limited:
            steps = min(255, max(1, int(wish.most_watts / self._chip.limit_step_watts + 1e-6)))
            opcode = self._dialect.wide_limit if self._chip.wide_limit else self._dialect.limit
            self._tell_once(port, opcode, steps)
        self._tell_once(port, self._dialect.limit_type, mcu.BY_OWNER if limited else mcu.BY_CLASS)
        self._tell_once(port, self._dialect.priority, PRIORITIES[wish.priority])

    def _tell_once(self, port: int, opcode: int, value: int) -> None:
        if self._told.get((port, opcode)) != value:
            self._set(port, opcode, value)
            self._told[port, opcode] = value

    def _set(self, port: int, opcode: int, value: int) -> None:
        answer = self._of_port(opcode, port - 1, value)
        if answer[1] != 0:
            raise BadAnswer(f"{self.name} port {port}: request {opcode:02X} was refused", answer)

    def _of_port(self, opcode: int, port: int, *more: int) -> bytes:
        answer = self._ask(opcode, port, *more)
        if answer[0] != port:
            raise BadAnswer(f"{self.name} tells of another port than {port + 1}", answer)
        return answer

    def _ask(self, opcode: int, *payload: int) -> bytes:
        for _ in range(TRIES - 1):
            try:
                return self._once(opcode, *payload)
            except BadAnswer:
                self._machine.sleep_s(RESPONSE_S)
        return self._once(opcode, *payload)

    def _once(self, opcode: int, *payload: int) -> bytes:
        if self._wire is None:
            raise Offline(f"{self.name} is closed")
        self._sequence = self._sequence % 255 + 1
        request = mcu.frame(opcode, self._sequence, *payload)
        self._wire.send(request)
        self._machine.sleep_s(RESPONSE_S)
        answer = self._wire.receive()
        if not answer:
            raise BadAnswer("the controller does not answer to", request)
        return mcu.payload_of(answer, request)


DRIVER = RealtekMcu

"""IC Plus IP8008: eight ports on I2C, paged registers; it detects, classifies and powers by itself what is switched on.

Source: the driver of poemgr (OpenWrt) for boards with this chip. All registers used here are on page 0.
"""

from hal.errors import BadAnswer
from hal.kinds.poe_supply import PoeFault, PortState
from hal.machine import Machine
from hal.poe.budget import Budget
from hal.poe.i2c_supply import I2cSupply
from hal.poe.port import Plan, Reading, Sight
from hal.poe.supply import every

PAGE = 0x00
PAGE_BIT, KEEP_BIT = 0x40, 0x04
DEVICE_ID = 0x01
IP8008 = b"\x38\x01"
PORT_CONTROL = 0x10
REQUESTED_CLASS = 0x28
POWER_GOOD = 0x60
ALLOCATION = 0x6C
BY_CLASS = 0x04
PORT_STATUS = 0x70
MEASURING = 0x81
CONTINUOUSLY = 0x1F
SUPPLY_VOLTS = 0x8E
CURRENT = 0x90
VOLTS_LOST = 0xA0
TEMPERATURE = 0xB0
TRUNK = 0xD8
TRUNK_WATTS = (0xD9, 0xDB)
LIMIT_TYPE = 0xDE
VICTIM = 0xDF
AVAILABLE = 0xE8
BOUND = 0xEA
MOST_WATTS = 0xFFF
PORTS_OF_CHIP = 8
ENABLED = 0x01

FAULTS = (
    (0x01, PoeFault.OVERLOAD),
    (0x22, PoeFault.SHORT),
    (0x10, PoeFault.OVER_TEMPERATURE),
    (0x80, PoeFault.BUDGET),
    (0x4C, PoeFault.UNKNOWN),
)


class Ip8008(I2cSupply):
    """One supply of such chips, the first at the first address."""

    unproven = "Written from a free driver for boards with it; only a model of its registers of ours answered yet."
    grants_itself = True

    def __init__(
        self,
        name: str,
        machine: Machine,
        bus: str,
        addresses: tuple[int, ...],
        budget: Budget,
        plan: Plan = Plan(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__(name, machine, bus, PORTS_OF_CHIP * len(addresses), budget, plan)
        self.model = "IP8008"
        self._addresses = addresses

    def _begin(self) -> None:
        bus = self._open_anew()
        watts = min(round(self.budget.watts), MOST_WATTS)
        for address in self._addresses:
            self._identify(address)
            bus.write_byte(address, MEASURING, bus.read_byte(address, MEASURING) | CONTINUOUSLY)
            allocation = bus.read_byte(address, ALLOCATION)
            bus.write_byte(address, ALLOCATION, allocation & ~0x0C | BY_CLASS)
            bus.write_byte(address, LIMIT_TYPE, bus.read_byte(address, LIMIT_TYPE) & ~0x03 | 0x01)
            for trunk, register in enumerate(TRUNK_WATTS):
                bus.write_byte(address, TRUNK, trunk)
                self._write_word(address, register, watts)
            bus.write_byte(address, VICTIM, 0)
            self._write_word(address, AVAILABLE, watts << 2)
            self._write_word(address, BOUND, watts)

    def _look(self) -> Sight:
        readings: list[Reading] = []
        volts = celsius = 0.0
        for address in self._addresses:
            self._identify(address)
            volts = self._word(address, SUPPLY_VOLTS) / 16
            good = self._open_bus.read_byte(address, POWER_GOOD)
            for port in range(PORTS_OF_CHIP):
                readings.append(self._reading(address, port, volts, powered=bool(good >> port & 1)))
                celsius = max(celsius, self._word(address, TEMPERATURE + 2 * port) / 16)
        return Sight(tuple(readings), volts, celsius)

    def _reading(self, address: int, port: int, supply_volts: float, *, powered: bool) -> Reading:
        if self._open_bus.read_byte(address, PORT_CONTROL + port) & 0x03 != ENABLED:
            if powered:
                raise BadAnswer(f"0x{address:02X} has power on port {port + 1}, which is", b"\x00")
            return Reading(PortState.DISABLED)
        if not powered:
            tripped = every(FAULTS, self._open_bus.read_byte(address, PORT_STATUS + 2 * port))
            return Reading(PortState.FAULT if tripped else PortState.SEARCHING, granted=True, tripped=tripped)
        power_class = self._open_bus.read_byte(address, REQUESTED_CLASS + port) & 0x0F
        return Reading(
            PortState.DELIVERING,
            power_class if power_class <= 8 else None,
            supply_volts - self._word(address, VOLTS_LOST + 2 * port) / 16,
            self._word(address, CURRENT + 2 * port) / 4,
            granted=True,
        )

    def _grant(self, port: int) -> None:
        address, index = self._at(port)
        self._open_bus.write_byte(address, PORT_CONTROL + index, ENABLED)

    def _cut(self, port: int) -> None:
        address, index = self._at(port)
        self._open_bus.write_byte(address, PORT_CONTROL + index, 0)
        for register in (PORT_STATUS + 2 * index, PORT_STATUS + 2 * index + 1):
            self._open_bus.write_byte(address, register, 0xFF)  # ones clear what is told already

    def _at(self, port: int) -> tuple[int, int]:
        chip, index = divmod(port - 1, PORTS_OF_CHIP)
        return self._addresses[chip], index

    def _identify(self, address: int) -> None:
        page = self._open_bus.read_byte(address, PAGE)
        self._open_bus.write_byte(address, PAGE, page & ~PAGE_BIT | KEEP_BIT)
        said = bytes(self._open_bus.read_byte(address, DEVICE_ID + at) for at in range(2))
        if said != IP8008:
            raise BadAnswer(f"0x{address:02X} is no IP8008, it says", said)

    def _word(self, address: int, register: int) -> int:
        high, low = (self._open_bus.read_byte(address, register + at) for at in range(2))
        return high << 8 | low

    def _write_word(self, address: int, register: int, value: int) -> None:
        for at, byte in enumerate(value.to_bytes(2, "big")):
            self._open_bus.write_byte(address, register + at, byte)


DRIVER = Ip8008

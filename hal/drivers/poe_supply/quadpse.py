"""Controllers that share the register map of the LTC4259A, four ports an address: the chips of `QUIRKS`.

Sources: data sheets of LTC4259A, LTC4266, MAX5980, PD69104, TPS23861, TPS23881B and Si3474, and the Linux drivers
tps23861 (hwmon), tps23881 and si3474 (pse-pd). Ports are kept in semi-automatic mode: the chip detects and classifies,
and powers nothing until it is asked. TPS2388x runs what is in its ROM: its code for SRAM is not loaded here.
"""

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hal.errors import BadAnswer, Offline
from hal.kinds.poe_supply import PoeFault, PoeMode, PortState
from hal.machine import Machine
from hal.poe.budget import Budget
from hal.poe.i2c_supply import I2cSupply
from hal.poe.port import Plan, Reading, Sight, Wish
from hal.poe.supply import every

STATUS = 0x0C
POWER_STATUS = 0x10
MODE = 0x12
DISCONNECT_ENABLE = 0x13
DETECT_CLASS_ENABLE = 0x14
MISC = 0x17
POWER_ENABLE = 0x19
VENDOR_ID = 0x1B
POLICE = 0x1E
TEMPERATURE = 0x2C
INPUT_VOLTS = 0x2E
CURRENT = 0x30
VOLTAGE = 0x32
POE_PLUS = 0x40
DEVICE_ID = 0x43
HIGH_POWER = 0x44

FAULT_EVENT = 0x07
START_EVENT = 0x09
SUPPLY_EVENT = 0x0B
CLEARED_BY_READING = (0x03, 0x05, FAULT_EVENT, START_EVENT, SUPPLY_EVENT)
PUSH_BUTTONS = (0x18, POWER_ENABLE, 0x1A)
SEMI_AUTO = 2
MEASURE = 0x3FFF
"""Measures have 14 bits."""
WORD_ACCESS = 0x20
"""NBITACC of TPS2388x: registers are words, ports 5 to 8 in the high byte."""

GOOD = 4
AT_FAR_END = {
    1: PoeFault.SHORT,
    2: PoeFault.C_HIGH,
    3: PoeFault.R_LOW,
    5: PoeFault.R_HIGH,
    8: PoeFault.CHIP,
}
"""What a detection code tells beyond good, open and unknown; 8 is TI's defective MOSFET."""
CLASSES = {1: 1, 2: 2, 3: 3, 4: 4, 6: 0}
CLASS_OVER_CURRENT = 7

ChipName = Literal["ltc4266", "ltc4291", "max5980", "pd69104", "tps23861", "tps2388x", "si3474"]


@dataclass(frozen=True)
class Quirk:
    """How a chip differs from the others."""

    volts_step: float = 5.835e-3
    amps_step: float = 122.07e-6
    ids: tuple[tuple[int, int, int], ...] = ()
    """Register, mask and value by which it is known; without any it only must not read as all zeros or ones."""
    quads: int = 1
    """Quads of four ports at an address."""
    words: bool = False
    neighbours: int = 1
    """Addresses that one chip takes, one after another."""
    nibbles: bool = False
    """Detection and class codes have four bits, not three."""
    class_five: int | None = None
    """What class code 5 means."""
    rearm_s: float = 0.0
    """What the chip needs between a change of mode, or switching off, and detection."""
    celsius: tuple[int, float, float] | None = None
    """Register, step and zero of its temperature."""
    input_volts: bool = False
    plus: tuple[int, int] | None = None
    """Register and lowest bit that allow 30 W, by port."""
    police_watts: float | None = None
    """Step of the limit that the chip keeps by itself."""


TI_CELSIUS = (TEMPERATURE, 0.652, -20.0)
QUIRKS: Mapping[ChipName, Quirk] = {
    "ltc4266": Quirk(ids=((VENDOR_ID, 0xFF, 0x64),), plus=(HIGH_POWER, 0)),
    "ltc4291": Quirk(ids=((VENDOR_ID, 0xFF, 0x64), (DEVICE_ID, 0xFF, 0x38))),
    "max5980": Quirk(class_five=5, plus=(HIGH_POWER, 0)),
    "pd69104": Quirk(ids=((VENDOR_ID, 0xF8, 0x28), (DEVICE_ID, 0xFF, 0x44))),
    "tps23861": Quirk(
        volts_step=3.662e-3,
        nibbles=True,
        class_five=0,
        celsius=TI_CELSIUS,
        amps_step=61.039e-6,  # a shunt of 255 mΩ, as the data sheet draws it; 250 mΩ needs another bit and step
        rearm_s=0.0012,
        input_volts=True,
        plus=(POE_PLUS, 4),
    ),
    "tps2388x": Quirk(
        volts_step=3.662e-3,
        nibbles=True,
        class_five=0,
        celsius=TI_CELSIUS,
        amps_step=89.5e-6,  # a shunt of 200 mΩ, as the kernel has it since 2025
        ids=((DEVICE_ID, 0xF0, 0x20),),
        quads=2,
        words=True,
        rearm_s=0.005,
        input_volts=True,
        police_watts=0.5,
    ),
    "si3474": Quirk(
        volts_step=60 / 16384,
        amps_step=1 / 16384,
        ids=((VENDOR_ID, 0xFF, 0x45),),
        neighbours=2,
        input_volts=True,
    ),
}
PORTS_OF_QUAD = 4
LOWEST_POLICE_WATTS = 2.0


@dataclass(frozen=True)
class _Quad:
    address: int
    high: bool = False


class QuadPse(I2cSupply):
    """One supply of such chips. `channels` maps ports to the chips' channels where a board crosses them."""

    unproven = "Written from data sheets and the drivers in Linux; only a model of its registers of ours answered yet."

    def __init__(
        self,
        name: str,
        machine: Machine,
        chip: ChipName,
        bus: str,
        addresses: tuple[int, ...],
        budget: Budget,
        channels: tuple[int, ...] = (),
        plan: Plan = Plan(),  # noqa: B008 - it is frozen
    ) -> None:
        self._quirk = QUIRKS[chip]
        self._quads = tuple(
            _Quad(address + neighbour, high=bool(half))
            for address in addresses
            for neighbour in range(self._quirk.neighbours)
            for half in range(self._quirk.quads)
        )
        self._channels = channels or tuple(range(PORTS_OF_QUAD * len(self._quads)))
        super().__init__(name, machine, bus, len(self._channels), budget, plan)
        self.model = chip.upper()
        self.limits = self._quirk.police_watts is not None
        self._wishes: dict[int, Wish] = {}

    def _begin(self) -> None:
        bus = self._open_anew()
        try:
            for address in self._addresses:
                self._identify(address)
                if self._quirk.words:
                    misc = bus.read_byte(address, MISC)
                    bus.write_byte(address, MISC, misc | WORD_ACCESS)
                    both = bytes(half | WORD_ACCESS for half in bus.read_block(address, MISC, 2))
                    bus.write_block(address, MISC, both)
                self._events(address)  # what happened before we were here says nothing about now
        except OSError as error:
            if error.errno == errno.EBUSY:
                raise Offline(f"{self._place}: the kernel's own driver holds the chip; use it, or unbind it") from None
            raise

    @property
    def _addresses(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(quad.address for quad in self._quads))

    def _identify(self, address: int) -> None:
        """See that the chip is there: a bus without one reads as all ones, which looks like power on every port."""
        known = self._quirk.ids or ((VENDOR_ID, 0xFF, -1),)
        for register, mask, value in known:
            said = self._open_bus.read_byte(address, register)
            if (value < 0 and said in {0x00, 0xFF}) or (value >= 0 and said & mask != value):
                raise BadAnswer(f"0x{address:02X} is no {self.model}; register {register:02X} says", bytes([said]))

    def _look(self) -> Sight:
        for address in self._addresses:
            self._identify(address)
        events = {address: self._events(address) for address in self._addresses}
        readings: dict[int, Reading] = {}
        for number, quad in enumerate(self._quads):
            self._read_quad(number, quad, events[quad.address], readings)
        return Sight(
            tuple(readings[channel] for channel in self._channels),
            self._input_volts(),
            self._celsius(),
        )

    def _read_quad(self, number: int, quad: _Quad, events: Mapping[int, bytes], readings: dict[int, Reading]) -> None:
        mode, detects = self._read(quad, MODE), self._read(quad, DETECT_CLASS_ENABLE)
        power = self._read(quad, POWER_STATUS)
        enabled, good = power & 0x0F, power >> 4
        if good & ~enabled:
            raise BadAnswer(f"0x{quad.address:02X} has power on ports that are off; its status says", bytes([power]))
        for port in range(PORTS_OF_QUAD):
            bit = 1 << port
            status = self._read(quad, STATUS + port)
            power_class, found = self._decode(status)
            granted, powered = bool(enabled & bit), bool(good & bit)
            tripped = frozenset[PoeFault]() if powered else self._tripped(quad, port, events)
            searches = (mode >> 2 * port) & 3 != 0 and bool(detects & bit)
            volts = milliamps = 0.0
            if powered:
                state, found = PortState.DELIVERING, frozenset[PoeFault]()
                volts = self._measure(quad, VOLTAGE + 4 * port) * self._quirk.volts_step
                milliamps = self._measure(quad, CURRENT + 4 * port) * self._quirk.amps_step * 1000
            elif granted:
                state = PortState.DETECTED
            elif not searches:
                state, power_class, found = PortState.DISABLED, None, frozenset[PoeFault]()
            else:
                ready = status & 0x07 == GOOD and power_class is not None
                state = PortState.DETECTED if ready else PortState.SEARCHING
            channel = PORTS_OF_QUAD * number + port
            readings[channel] = Reading(
                state, power_class, volts, milliamps, granted=granted, tripped=tripped, faults=found
            )

    def _decode(self, status: int) -> tuple[int | None, frozenset[PoeFault]]:
        """Split a status byte into the class and what detection found."""
        detected = status & (0x0F if self._quirk.nibbles else 0x07)
        classified = status >> 4 & (0x0F if self._quirk.nibbles else 0x07)
        fault = AT_FAR_END.get(detected)
        if classified == CLASS_OVER_CURRENT:
            fault = PoeFault.CLASS
        power_class = self._quirk.class_five if classified == 5 else CLASSES.get(classified)
        return (power_class if detected == GOOD else None), frozenset({fault} if fault else ())

    def _tripped(self, quad: _Quad, port: int, events: Mapping[int, bytes]) -> frozenset[PoeFault]:
        half = int(quad.high)
        fault, start, supply = (events[one][half] for one in (FAULT_EVENT, START_EVENT, SUPPLY_EVENT))
        bit = 1 << port
        ports = [(bit, PoeFault.OVERLOAD)], [(bit, PoeFault.INRUSH), (bit << 4, PoeFault.SHORT)]
        whole = [(0x80, PoeFault.OVER_TEMPERATURE), (0x10, PoeFault.SUPPLY)]
        return every(ports[0], fault) | every(ports[1], start) | every(whole, supply)

    def _input_volts(self) -> float | None:
        if not self._quirk.input_volts:
            return None
        said = self._open_bus.read_block(self._quads[0].address, INPUT_VOLTS, 2)
        return (int.from_bytes(said, "little") & MEASURE) * self._quirk.volts_step

    def _celsius(self) -> float | None:
        if self._quirk.celsius is None:
            return None
        register, step, zero = self._quirk.celsius
        return max(self._open_bus.read_byte(address, register) * step + zero for address in self._addresses)

    def _allow(self, port: int) -> None:
        quad, bit = self._at(port)
        shift = 2 * (bit.bit_length() - 1)
        mode = self._read(quad, MODE)
        self._write(quad, MODE, mode & ~(3 << shift) | SEMI_AUTO << shift)
        self._write(quad, DISCONNECT_ENABLE, self._read(quad, DISCONNECT_ENABLE) | bit)
        self._configure(port, self._wishes.get(port, Wish()))
        self._machine.sleep_s(self._quirk.rearm_s)
        self._write(quad, DETECT_CLASS_ENABLE, self._read(quad, DETECT_CLASS_ENABLE) | bit | bit << 4)

    def _grant(self, port: int) -> None:
        quad, bit = self._at(port)
        self._write(quad, POWER_ENABLE, bit)

    def _cut(self, port: int) -> None:
        quad, bit = self._at(port)
        self._write(quad, POWER_ENABLE, bit << 4)
        self._machine.sleep_s(self._quirk.rearm_s)
        detects = self._read(quad, DETECT_CLASS_ENABLE)
        self._write(quad, DETECT_CLASS_ENABLE, detects & ~(bit | bit << 4))

    def _configure(self, port: int, wish: Wish) -> None:
        self._wishes[port] = wish
        quad, bit = self._at(port)
        if self._quirk.plus is not None:
            register, lowest = self._quirk.plus
            before = self._read(quad, register)
            plus = bit << lowest
            self._write(quad, register, before & ~plus if wish.mode is PoeMode.AF else before | plus)
        if self._quirk.police_watts is not None:
            most_watts = min(max(wish.most_watts, LOWEST_POLICE_WATTS), 30.0)
            self._write(quad, POLICE + bit.bit_length() - 1, round(most_watts / self._quirk.police_watts))

    def _at(self, port: int) -> tuple[_Quad, int]:
        channel = self._channels[port - 1]
        return self._quads[channel // PORTS_OF_QUAD], 1 << channel % PORTS_OF_QUAD

    def _measure(self, quad: _Quad, register: int) -> int:
        said = self._open_bus.read_block(quad.address, register + int(quad.high), 2)
        return int.from_bytes(said, "little") & MEASURE

    def _events(self, address: int) -> dict[int, bytes]:
        """Take the events, which reading clears: of both halves of a word at once."""
        size = 2 if self._quirk.words else 1
        return {one: self._open_bus.read_block(address, one, size) for one in CLEARED_BY_READING}

    def _read(self, quad: _Quad, register: int) -> int:
        if self._quirk.words:
            return self._open_bus.read_block(quad.address, register, 2)[int(quad.high)]
        return self._open_bus.read_byte(quad.address, register)

    def _write(self, quad: _Quad, register: int, value: int) -> None:
        if not self._quirk.words:
            self._open_bus.write_byte(quad.address, register, value)
            return
        pressed = register in PUSH_BUTTONS  # a button of the other half is pressed by a one alone
        halves = bytearray(2 if pressed else self._open_bus.read_block(quad.address, register, 2))
        halves[int(quad.high)] = value
        self._open_bus.write_block(quad.address, register, bytes(halves))


DRIVER = QuadPse

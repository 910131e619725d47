"""IP8008 against a model of its pages."""

import pytest

from hal.drivers.poe_supply.ip8008 import Ip8008
from hal.errors import BadAnswer
from hal.kinds.poe_supply import PoeFault
from hal.poe.budget import Budget
from hal.simulated.pse import VOLTS, Load, Phase, Pse, Trouble
from tests.hal.contracts.poe_supply import BUDGET, PoeRig, PoeSupplyContract, machine_of
from tests.hal.fakes.clock import Clock

STATUS = {Trouble.OVERLOAD: 0x01, Trouble.SHORT: 0x02, Trouble.INRUSH: 0x08}


class Pages:
    """The chip's registers; on another page than 0 nothing of what is asked here is found."""

    def __init__(self, pse):
        self.pse = pse
        self.ram = {0x00: 0x44, 0x81: 0x00, 0x6C: 0x02, 0xDE: 0x02}
        self.faults = [0] * 8
        self.written = []
        self.gone = False

    def read_byte(self, address, register):
        if self.gone or address != 0x2C:
            raise OSError(121, "Remote I/O error")
        self.pse.advance()
        if register == 0:
            return self.ram[0]
        if self.ram[0] & 0x40:
            return 0xFF
        return self.register(register)

    def register(self, register):
        for port, line in enumerate(self.pse.lines):
            self.faults[port] |= STATUS.get(line.tripped, 0)
            line.tripped = Trouble.NONE
        lines = self.pse.lines
        words = {0x8E: VOLTS * 16 + 8}
        for port in range(8):
            words[0x90 + 2 * port] = self.pse.amps(port) * 1000 * 4
            words[0xA0 + 2 * port] = 8
            words[0xB0 + 2 * port] = 36.5 * 16
        if register & ~1 in words:
            return round(words[register & ~1]).to_bytes(2, "big")[register & 1]
        if register in {1, 2}:
            return (0x38, 0x01)[register - 1]
        if 0x10 <= register <= 0x17:
            return int(lines[register - 0x10].phase is not Phase.OFF)
        if 0x28 <= register <= 0x2F:
            power_class = lines[register - 0x28].power_class
            return 0x0F if power_class is None else power_class
        if register == 0x60:
            return sum(1 << port for port, line in enumerate(lines) if line.phase is Phase.ON)
        if 0x70 <= register <= 0x7F:
            return self.faults[(register - 0x70) // 2] if not register & 1 else 0
        return self.ram.get(register, 0)

    def write_byte(self, address, register, value):
        self.read_byte(address, 0)
        self.written.append((register, value))
        if register == 0 or not self.ram[0] & 0x40:
            self.ram[register] = value
        if 0x10 <= register <= 0x17:
            (self.pse.search if value == 1 else self.pse.cut)(register - 0x10)
        if 0x70 <= register <= 0x7F and not register & 1:
            self.faults[(register - 0x70) // 2] &= ~value

    def close(self):
        pass


class Ip8008Rig(PoeRig):
    def __init__(self, keep, budget=BUDGET):
        clock = Clock()
        self.pse = Pse(8, clock, grants_itself=True)
        self.bus = Pages(self.pse)
        self.budget = budget
        self.machine = machine_of(clock, keep, i2c=lambda _path: self.bus)
        super().__init__(clock, self.made())

    def made(self):
        return Ip8008("PSE", self.machine, "i2c-0", (0x2C,), self.budget)

    def again(self):
        self.device = self.made()
        self.device.watch(self.told.append)

    def lose(self):
        self.bus.gone = True


@pytest.fixture
def rig(tmp_path):
    return Ip8008Rig(tmp_path)


class TestIp8008(PoeSupplyContract):
    def test_a_camera_that_is_plugged_in_gets_power_and_is_measured(self, rig):
        rig.start(2, watts=6.2)
        assert rig.port(2).power_class == 3
        assert (rig.port(2).watts, rig.port(2).volts) == (6.2, 52.0)
        assert (rig.device.state.input_volts, rig.device.state.celsius) == (52.5, 36)

    def test_a_port_that_is_not_there_is_refused(self, rig):
        rig.device.open()
        assert len(rig.device.state.ports) == 8


def test_the_chip_is_set_up_and_switched_byte_by_byte_as_poemgr_does(rig):
    rig.device.open()
    assert rig.bus.written[:2] == [(0x00, 0x04), (0x81, 0x1F)]
    assert (
        rig.bus.written[2:17]
        == [
            (0x6C, 0x06),
            (0xDE, 0x01),
            *((0xD8, 0x00), (0xD9, 0x00), (0xDA, 0x28)),
            *((0xD8, 0x01), (0xDB, 0x00), (0xDC, 0x28)),
            (0xDF, 0x00),
            *((0xE8, 0x00), (0xE9, 0xA0), (0xEA, 0x00), (0xEB, 0x28)),
            (0x00, 0x04),
        ][:15]
    )
    rig.bus.written.clear()
    rig.device.disable(port=5)
    assert [one for one in rig.bus.written if one[0]] == [(0x14, 0x00), (0x78, 0xFF), (0x79, 0xFF)]


@pytest.mark.parametrize(
    ("load", "fault"),
    [
        (Load("defect", 1, 9.0), PoeFault.OVERLOAD),
        (Load("defect", 1, 80.0), PoeFault.SHORT),
        (Load("defect", microfarads=2000), PoeFault.UNKNOWN),
    ],
)
def test_what_takes_the_power_of_a_port_is_named(tmp_path, load, fault):
    rig = Ip8008Rig(tmp_path, Budget(200.0))
    rig.device.open()
    rig.pass_s(10)
    rig.pse.plug(6, load)
    rig.pass_s(4)
    assert rig.port(7).faults == {fault}
    assert not rig.powered(7)


def test_another_chip_is_not_driven(rig):
    rig.bus.register = lambda _register: 0xFF
    with pytest.raises(BadAnswer, match="no IP8008, it says: ff ff"):
        rig.device.open()


def test_power_on_a_port_that_is_off_is_nonsense(rig):
    rig.device.open()
    register = rig.bus.register
    rig.bus.register = lambda one: 0x02 if one == 0x60 else 0x00 if one == 0x11 else register(one)
    with pytest.raises(BadAnswer, match="port 2"):
        rig.device.poll()


def test_a_chip_left_on_another_page_is_turned_back(rig):
    rig.device.open()
    rig.bus.ram[0] |= 0x40
    rig.device.poll()
    assert rig.device.state.online

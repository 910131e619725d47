"""The chips of one register map, each against a model of its registers."""

import pytest

from hal.drivers.poe_supply.quadpse import QUIRKS, QuadPse
from hal.errors import BadAnswer, Offline
from hal.kinds.poe_supply import PoeFault, PoeMode, PortState
from hal.poe.budget import Budget
from hal.simulated.pse import Load, Pse
from tests.hal.contracts.poe_supply import BUDGET, PATIENCE_S, PoeRig, PoeSupplyContract, machine_of
from tests.hal.fakes.clock import Clock
from tests.hal.poe_supply.register_model import CHIPS, RegisterBus

LINES = {"tps2388x": 8, "si3474": 8}


class QuadRig(PoeRig):
    def __init__(self, chip, keep, budget=BUDGET, channels=(0, 1, 2, 3)):
        self.chip = chip
        self.budget = budget
        self.channels = channels
        clock = Clock()
        self.pse = Pse(LINES.get(chip, 4), clock)
        self.bus = RegisterBus(self.pse, chip)
        self.machine = machine_of(clock, keep, i2c=self.open_bus)
        super().__init__(clock, self.made())

    def open_bus(self, path):
        assert str(path) == "/dev/i2c-1"
        return self.bus

    def made(self):
        return QuadPse("PSE", self.machine, self.chip, "i2c-1", (0x20,), self.budget, channels=self.channels)

    def again(self):
        self.device = self.made()
        self.device.watch(self.told.append)

    def lose(self):
        self.bus.gone = True


@pytest.fixture(params=QUIRKS)
def rig(request, tmp_path):
    return QuadRig(request.param, tmp_path)


class TestQuadPse(PoeSupplyContract):
    pass


def test_every_chip_of_the_table_has_its_model():
    assert set(QUIRKS) == set(CHIPS)


def test_a_chip_that_only_our_model_proves_says_so(rig):
    assert QuadPse.unproven


@pytest.mark.parametrize("chip", ["tps2388x", "si3474"])
def test_eight_ports_are_eight_ports(tmp_path, chip):
    rig = QuadRig(chip, tmp_path, Budget(200.0), tuple(range(8)))
    rig.start(*range(1, 9), watts=6.0)
    assert [port.watts for port in rig.device.state.ports] == pytest.approx([6.0] * 8, abs=0.15)
    rig.device.disable(port=6)
    assert [rig.powered(port) for port in range(1, 9)] == [True] * 5 + [False] + [True] * 2
    rig.pass_s(5)
    assert [rig.powered(port) for port in range(1, 9)] == [True] * 5 + [False] + [True] * 2


def test_a_board_may_cross_its_channels(tmp_path):
    rig = QuadRig("ltc4266", tmp_path, channels=(3, 1, 0, 2))
    rig.device.open()
    rig.pse.plug(3, Load("camera", 2, 5.0))
    rig.pass_s(PATIENCE_S)
    assert [port.state is PortState.DELIVERING for port in rig.device.state.ports] == [True, False, False, False]


def test_a_tps23861_is_switched_by_the_bytes_of_its_data_sheet(tmp_path):
    rig = QuadRig("tps23861", tmp_path)
    rig.device.open()
    rig.bus.written.clear()
    rig.plug(3)
    rig.pass_s(4)
    assert rig.bus.written == [(0x20, 0x19, 0x04)]
    rig.bus.written.clear()
    rig.device.disable(port=3)
    assert rig.bus.written == [(0x20, 0x19, 0x40), (0x20, 0x14, 0xBB)]
    rig.bus.written.clear()
    slept = rig.clock.now_s
    rig.device.enable(port=3)
    assert rig.bus.written == [
        (0x20, 0x12, 0xAA),
        (0x20, 0x13, 0x0F),
        (0x20, 0x40, 0xF0),
        (0x20, 0x14, 0xFF),
    ]
    assert rig.clock.now_s - slept == pytest.approx(0.0012)


def test_a_tps2388x_of_eight_ports_is_switched_by_words(tmp_path):
    rig = QuadRig("tps2388x", tmp_path, Budget(200.0), tuple(range(8)))
    rig.device.open()
    assert (0x20, 0x17, b"\xa0\xa0") in rig.bus.written
    rig.bus.written.clear()
    rig.plug(2)
    rig.plug(7)
    rig.pass_s(5)
    assert rig.bus.written == [(0x20, 0x19, b"\x02\x00"), (0x20, 0x19, b"\x00\x04")]
    rig.bus.written.clear()
    rig.device.set_limit(port=7, watts=7.5)
    assert rig.bus.written == [(0x20, 0x20, b"\x3c\x0f")]
    rig.bus.written.clear()
    rig.device.disable(port=7)
    assert rig.bus.written == [(0x20, 0x19, b"\x00\x40"), (0x20, 0x14, b"\xff\xbb")]
    assert rig.powered(2)


def test_class_4_gets_30_watts_only_where_it_may(tmp_path):
    rig = QuadRig("ltc4266", tmp_path)
    rig.device.open()
    assert rig.bus.chips[0x20][0].ram[0x44] == 0x0F
    rig.device.set_mode(port=2, mode=PoeMode.AF)
    assert rig.bus.chips[0x20][0].ram[0x44] == 0x0D


@pytest.mark.parametrize(
    ("load", "fault"),
    [
        (Load("laptop", kohm=0.15), PoeFault.SHORT),
        (Load("phone", kohm=9), PoeFault.R_LOW),
        (Load("long cable", kohm=40), PoeFault.R_HIGH),
        (Load("defect", microfarads=2000), PoeFault.INRUSH),
        (Load("defect", 1, 9.0), PoeFault.OVERLOAD),
        (Load("defect", 1, 80.0), PoeFault.SHORT),
    ],
)
def test_what_is_wrong_at_the_far_end_is_named(rig, load, fault):
    rig.device.open()
    rig.pse.plug(0, load)
    rig.pass_s(8)
    assert rig.port(1).faults == {fault}
    assert not rig.powered(1)


def test_heat_and_a_supply_that_sags_are_told(rig):
    rig.start(1)
    rig.pse.cut(0)
    quad = rig.bus.chips[0x20][0]
    quad.events[0x0B] = 0x80
    rig.device.poll()
    assert rig.port(1).faults == {PoeFault.OVER_TEMPERATURE}


def test_what_happened_before_we_were_there_trips_nothing(rig):
    rig.bus.chips[0x20][0].events.update({0x07: 0x0F, 0x09: 0xFF})
    rig.device.open()
    rig.pass_s(1)
    assert {port.faults for port in rig.device.state.ports} == {frozenset()}


def test_temperature_and_input_are_measured_where_the_chip_can(tmp_path):
    rig = QuadRig("tps23861", tmp_path)
    rig.device.open()
    assert (rig.device.state.celsius, rig.device.state.input_volts) == (41, 53.1)
    rig = QuadRig("ltc4266", tmp_path)
    rig.device.open()
    assert (rig.device.state.celsius, rig.device.state.input_volts) == (None, None)


@pytest.mark.parametrize("answer", [0x00, 0xFF])
def test_a_bus_that_reads_as_all_ones_is_no_power_on_every_port(rig, answer):
    rig.start(1)
    rig.bus.answers = answer
    with pytest.raises(BadAnswer, match=f"{answer:02x}"):
        rig.device.poll()


def test_power_on_ports_that_are_off_is_nonsense(rig):
    rig.device.open()
    quad = rig.bus.chips[0x20][0]
    read = quad.read
    quad.read = lambda register: 0x21 if register == 0x10 else read(register)
    with pytest.raises(BadAnswer, match="21"):
        rig.device.poll()


def test_another_chip_is_not_driven(tmp_path):
    rig = QuadRig("si3474", tmp_path)
    rig.bus = RegisterBus(rig.pse, "ltc4266")
    with pytest.raises(BadAnswer, match="no SI3474; register 1B says: 64"):
        rig.device.open()


def test_a_chip_that_the_kernel_holds_is_left_to_it(rig):
    def busy(_address, _register):
        raise OSError(16, "Device or resource busy")

    rig.bus.read_byte = busy
    with pytest.raises(Offline, match="kernel's own driver"):
        rig.device.open()


def test_a_chip_that_forgot_everything_is_set_up_again(rig):
    rig.start(1)
    rig.pse.black_out()
    for quads in rig.bus.chips.values():
        for quad in quads:
            quad.ram.update({0x12: 0, 0x13: 0, 0x14: 0})
    rig.pass_s(PATIENCE_S)
    assert rig.powered(1)
    assert rig.bus.chips[0x20][0].ram[0x13] & 1

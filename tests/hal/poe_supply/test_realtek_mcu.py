"""Microcontrollers of both generations, at a UART and on I2C, against a model that answers in frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.drivers.poe_supply.realtek_mcu import RealtekMcu
from hal.errors import BadAnswer, Offline
from hal.kinds.poe_supply import PoePriority, PortState
from hal.protocols import realtek_mcu as mcu
from hal.simulated.pse import VOLTS, Phase, Pse, Trouble
from tests.hal.contracts.poe_supply import BUDGET, PoeRig, PoeSupplyContract, machine_of
from tests.hal.fakes.clock import Clock

GENERATIONS = {
    1: {"id": b"\xe1\x11", "enable": 0x00, "type": 0x15, "limit": 0x16, "prio": 0x1A, "info": 0x20, "status": 0x21},
    2: {"id": b"\x01\x38", "enable": 0x01, "type": 0x12, "limit": 0x13, "prio": 0x15, "info": 0x40, "status": 0x42},
}
MEASURE = {1: 0x30, 2: 0x44}
STATES = {
    Phase.OFF: 0,
    Phase.DETECTING: 1,
    Phase.CLASSIFYING: 1,
    Phase.READY: 6,
    Phase.INRUSH: 6,
    Phase.ON: 2,
    Phase.PAUSE: 1,
}


class Mcu:
    """The controller: takes twelve bytes, has twelve bytes ready 25 ms later."""

    def __init__(self, pse, generation, clock):
        self.pse, self.generation, self.clock = pse, generation, clock
        self.asked = []
        self.answer, self.ready_s = b"", 0.0
        self.instead = []
        self.gone = False

    def take(self, request):
        if self.gone:
            raise OSError(5, "Input/output error")
        assert len(request) == 12
        self.asked.append(request)
        self.pse.advance()
        head = request[:2] + self.payload(request[0], request[2:11]).ljust(9, b"\xff")
        self.answer = head + bytes([sum(head) & 0xFF])
        if self.instead:
            self.answer = self.instead.pop(0)
        self.ready_s = self.clock.now_s + 0.02

    def give(self):
        if self.gone:
            raise OSError(5, "Input/output error")
        assert self.clock.now_s >= self.ready_s, "asked too soon"
        answer, self.answer = self.answer, b""
        return answer

    def payload(self, opcode, said):
        ops = GENERATIONS[self.generation]
        port, value = said[0], said[1]
        if opcode == ops["info"]:
            return bytes([0, len(self.pse.lines), 1]) + ops["id"] + bytes([0x21, 0x00, 0x04, 0x00])
        if opcode == ops["enable"]:
            (self.pse.search if value else self.pse.cut)(port)
            return bytes([port, 0])
        if opcode == ops["limit"]:
            self.pending = value * 0.2
            return bytes([port, 0])
        if opcode == ops["type"]:
            self.pse.lines[port].limit_watts = self.pending if value == 2 else None
            return bytes([port, 0])
        if opcode == ops["prio"]:
            return bytes([port, 0])
        if opcode == ops["status"]:
            line = self.pse.lines[port]
            power_class = line.power_class or 0
            classes = bytes([0, power_class]) if self.generation == 1 else bytes([power_class << 4, 0])
            fault = line.tripped in {Trouble.OVERLOAD, Trouble.SHORT, Trouble.INRUSH}
            line.tripped = Trouble.NONE
            return bytes([port, 4 if fault else STATES[line.phase]]) + classes
        if opcode == MEASURE[self.generation]:
            amps = self.pse.amps(port)
            figures = (round(VOLTS / 0.06445), round(amps * 1000), 220 - 32, round(amps * VOLTS * 10))
            return bytes([port]) + b"".join(figure.to_bytes(2, "big") for figure in figures)
        return bytes([0])


class Uart:
    def __init__(self, controller):
        self.controller = controller

    def write(self, data):
        self.controller.take(bytes(data))

    def read(self, size, timeout_s):
        return self.controller.give()[:size] if timeout_s else b""

    def fileno(self):
        return -1

    def close(self):
        pass


class Smbus:
    def __init__(self, controller):
        self.controller = controller

    def write_block(self, address, register, data):
        assert address == 0x20
        self.controller.take(bytes([register]) + data)

    def read_block(self, address, register, length):
        assert (address, register, length) == (0x20, 0x00, 12)
        return self.controller.give()

    def write(self, address, data):
        assert address == 0x20
        self.controller.take(data)

    def read(self, address, length):
        assert (address, length) == (0x20, 12)
        return self.controller.give()

    def close(self):
        pass


class McuRig(PoeRig):
    def __init__(self, keep, generation, wire):
        clock = Clock()
        self.pse = Pse(4, clock, grants_itself=True)
        self.mcu = Mcu(self.pse, generation, clock)
        self.generation, self.how = generation, wire
        buses = {"serial": lambda _path, settings: self.uart(settings), "i2c": lambda _path: Smbus(self.mcu)}
        self.machine = machine_of(clock, keep, **buses)
        super().__init__(clock, self.made())

    def uart(self, settings):
        assert (settings.baud, settings.parity) == (19200, "N")
        return Uart(self.mcu)

    def made(self):
        options = {} if self.how == "uart" else {"address": 0x20, "framing": self.how}
        bus = "ttyS1" if self.how == "uart" else "i2c-0"
        return RealtekMcu("PSE", self.machine, bus, self.generation, 4, BUDGET, **options)

    def again(self):
        self.device = self.made()
        self.device.watch(self.told.append)

    def lose(self):
        self.mcu.gone = True


@pytest.fixture(params=[(1, "uart"), (2, "uart"), (1, "smbus"), (2, "plain")], ids=str)
def rig(request, tmp_path):
    return McuRig(tmp_path, *request.param)


class TestRealtekMcu(PoeSupplyContract):
    pass


def test_every_byte_of_frames_and_answers_is_in_its_place():
    assert mcu.frame(0x20, 1) == bytes.fromhex("20 01 FF FF FF FF FF FF FF FF FF 18")
    assert mcu.frame(0x00, 7, 2, 1) == bytes.fromhex("00 07 02 01 FF FF FF FF FF FF FF 03")
    assert mcu.frame(0x42, 255, 5) == bytes.fromhex("42 FF 05 FF FF FF FF FF FF FF FF 3E")
    answer = bytes.fromhex("30 09 05 03 27 00 51 00 BC 00 2A 9F")
    measure = mcu.measure_from(mcu.payload_of(answer, mcu.frame(0x30, 9, 5)))
    assert (measure.volts, measure.milliamps, measure.celsius) == (pytest.approx(52.01, abs=0.01), 81.0, 40.0)


def test_what_it_is_told_when_it_is_opened(tmp_path):
    rig = McuRig(tmp_path, 2, "uart")
    rig.device.open()
    head = [request[2:].hex(" ") for request in rig.mcu.asked[1:4]]
    assert [request[0] for request in rig.mcu.asked[1:4]] == [0x00, 0x10, 0x04]
    assert head[0].startswith("01 ff")
    assert head[1].startswith("02 ff")
    assert head[2].startswith("00 01 90 00 32 ff"), "40 W and 5 W in tenths"
    assert (rig.device.model, rig.device.revision) == ("RTL8238B", "33")


def test_limit_and_priority_are_told_to_the_controller(tmp_path):
    rig = McuRig(tmp_path, 1, "uart")
    rig.device.open()
    rig.mcu.asked.clear()
    rig.device.set_limit(port=2, watts=7.1)
    rig.device.set_priority(port=2, priority=PoePriority.CRITICAL)
    told = [request[:1].hex() + " " + request[2:4].hex(" ") for request in rig.mcu.asked if request[0] < 0x20]
    assert told == ["16 01 23", "15 01 02", "1a 01 03"]


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"\x21\x01",
        bytes(12),
        b"\xff" * 12,
        b"\xfe" + b"\xff" * 11,
        bytes.fromhex("21 01 00 02 00 03 FF FF FF FF FF 00"),
        bytes.fromhex("55" * 12),
    ],
)
def test_one_bad_answer_is_asked_again_and_many_take_it_offline_with_the_bytes(rig, nonsense):
    rig.start(1)
    rig.mcu.instead = [nonsense]
    rig.device.poll()
    assert rig.port(1).state is PortState.DELIVERING
    rig.mcu.instead = [nonsense] * 3
    with pytest.raises(BadAnswer, match=nonsense[:4].hex(" ") or "does not answer"):
        rig.device.poll()


def test_an_answer_about_another_port_is_not_believed(rig):
    rig.device.open()
    payload = rig.mcu.payload
    rig.mcu.payload = lambda opcode, said: bytes([3]) + payload(opcode, said)[1:]
    with pytest.raises(BadAnswer, match="another port"):
        rig.device.poll()


def test_a_controller_that_boots_is_waited_for(rig):
    rig.mcu.instead = [b"", b"\x00" * 12, b"\xff" * 12]
    rig.device.open()
    assert rig.device.state.online


def test_fewer_ports_than_the_board_says_is_refused(rig):
    rig.pse.lines.pop()
    with pytest.raises(Offline, match="has 3 ports, the board says 4"):
        rig.device.open()


@given(st.binary(max_size=20))
def test_no_bytes_are_taken_for_an_answer_by_accident(junk):
    request = mcu.frame(0x21, 4, 1)
    try:
        payload = mcu.payload_of(junk, request)
    except BadAnswer:
        return
    assert (junk[:2], len(payload)) == (request[:2], 9)

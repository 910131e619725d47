"""PD692x0 against a model that answers in its frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.drivers.poe_supply.pd692x0 import Pd692x0
from hal.errors import BadAnswer
from hal.kinds.poe_supply import PoeFault, PortState
from hal.protocols import pd692x0 as wire
from hal.simulated.pse import VOLTS, Load, Phase, Pse, Trouble
from tests.hal.contracts.poe_supply import BUDGET, PoeRig, PoeSupplyContract, machine_of
from tests.hal.fakes.clock import Clock

STATUS = {Trouble.OVERLOAD: 0x1F, Trouble.SHORT: 0x34, Trouble.INRUSH: 0x12}


class Controller:
    def __init__(self, pse, clock):
        self.pse, self.clock = pse, clock
        self.asked = []
        self.answers = []
        self.ready_s = 0.0
        self.gone = False
        self.product = 26

    def write(self, address, message):
        if self.gone or address != 0x3C:
            raise OSError(121, "Remote I/O error")
        assert (len(message), sum(message[:13])) == (15, int.from_bytes(message[13:], "big"))
        self.pse.advance()
        self.asked.append(message)
        self.answers = [self.answer(message)]
        self.ready_s = self.clock.now_s + 0.029

    def read(self, address, length):
        if self.gone:
            raise OSError(121, "Remote I/O error")
        assert (address, length) == (0x3C, 15)
        assert self.clock.now_s >= self.ready_s, "asked too soon"
        return self.answers.pop(0) if self.answers else bytes(15)

    def answer(self, message):
        key, echo, *sub = message[:5]
        head = bytes([key, *sub[:2]])
        if head == b"\x02\x07\x1e":
            return self.tell(3, echo, [0, 0, self.product], [1, 0x63])
        line = self.pse.lines[sub[2]]
        if head == b"\x02\x05\xc1":
            state = 0x80 if line.phase is Phase.ON else STATUS.get(line.tripped, 0x1B)
            line.tripped = Trouble.NONE
            tenths = round(self.pse.amps(sub[2]) * VOLTS * 10)
            return self.tell(3, echo, [state, int(line.phase is not Phase.OFF), 0], [tenths >> 4, tenths & 0x0F])
        if head == b"\x02\x05\xc4":
            return self.tell(3, echo, [0, 0, 0], [0, 0, 0, (line.power_class or 0) << 4])
        if head == b"\x02\x05\xc5":
            return self.tell(3, echo, list((520).to_bytes(2, "big")), [])
        if head == b"\x00\x05\xc0":
            (self.pse.search if message[5] == 1 else self.pse.cut)(sub[2])
            return self.tell(0x52, echo, [0, 0, 0], [])
        return self.tell(0x52, echo, [0xFF, 0xFF, 0], [])

    def tell(self, key, echo, sub, data):
        head = bytes([key, echo, *sub]).ljust(5, b"\x4e") + bytes(data).ljust(8, b"\x4e")
        return head + sum(head).to_bytes(2, "big")

    def close(self):
        pass


class Pd692x0Rig(PoeRig):
    def __init__(self, keep):
        clock = Clock()
        self.pse = Pse(4, clock, grants_itself=True)
        self.controller = Controller(self.pse, clock)
        self.machine = machine_of(clock, keep, i2c=lambda _path: self.controller)
        super().__init__(clock, self.made())

    def made(self):
        return Pd692x0("PSE", self.machine, "i2c-0", 0x3C, 4, BUDGET)

    def again(self):
        self.device = self.made()
        self.device.watch(self.told.append)

    def lose(self):
        self.controller.gone = True


@pytest.fixture
def rig(tmp_path):
    return Pd692x0Rig(tmp_path)


class TestPd692x0(PoeSupplyContract):
    pass


def test_frames_are_those_of_the_protocol_guide_byte_by_byte():
    assert wire.frame(0x02, 0xEE, (0x07, 0xD0)).hex(" ") == "02 ee 07 d0 4e 4e 4e 4e 4e 4e 4e 4e 4e 04 85"
    assert wire.frame(0x02, 0x00, (0x05, 0xC1, 0x00))[-2:] == b"\x03\x38"
    off = wire.frame(0x00, 0x10, (0x05, 0xC0, 0x03), 0, 0xFF, 0xFF, 0xFF)
    assert off.hex(" ") == "00 10 05 c0 03 00 ff ff ff 4e 4e 4e 4e 05 0d"
    assert wire.answer_of(bytes.fromhex("03 10 80 01 00 03 0e 4e 4e 4e 4e 4e 4e 02 79"), off)[0] == b"\x80\x01\x00"


def test_model_and_version_are_told(rig):
    rig.device.open()
    assert (rig.device.model, rig.device.revision) == ("PD69210", "3.5.5")


def test_ports_are_switched_one_by_one_with_the_rest_unchanged(rig):
    rig.device.open()
    rig.device.disable(port=4)
    told = [message for message in rig.controller.asked if message[0] == 0][-1]
    assert told[2:13].hex(" ") == "05 c0 03 00 ff ff ff 4e 4e 4e 4e"


@pytest.mark.parametrize(
    ("status", "state", "fault"),
    [
        (0x80, PortState.DELIVERING, None),
        (0x91, PortState.DELIVERING, None),
        (0x1B, PortState.SEARCHING, None),
        (0xA8, PortState.SEARCHING, None),
        (0x20, PortState.FAULT, PoeFault.BUDGET),
        (0x35, PortState.FAULT, PoeFault.OVER_TEMPERATURE),
        (0x55, PortState.UNKNOWN, None),
    ],
)
def test_a_status_is_told_in_our_words(status, state, fault):
    assert wire.state_of(status) == (state, fault)


def test_an_overload_is_named(rig):
    rig.device.open()
    rig.pass_s(6)
    rig.pse.plug(1, Load("defect", 1, 9.0))
    rig.pass_s(3)
    assert rig.port(2).faults == {PoeFault.OVERLOAD}


def test_an_answer_that_is_late_is_waited_for(rig):
    rig.start(1)
    answer = rig.controller.answer
    rig.controller.answer = lambda message: bytes(15)
    late = []

    def write(address, message):
        late.append(message)
        rig.controller.answers = [bytes(15), answer(message)]
        rig.controller.pse.advance()

    rig.controller.write = write
    rig.device.poll()
    assert rig.port(1).state is PortState.DELIVERING
    assert len(late) == 6, "none was asked twice"


@pytest.mark.parametrize("nonsense", [bytes(15), b"\x03" * 15, b"\x03\x01", b"\xff" * 15])
def test_one_bad_answer_is_asked_again_and_more_take_it_offline_with_the_bytes(rig, nonsense):
    rig.start(1)
    answer = rig.controller.answer
    bad = [nonsense]
    rig.controller.answer = lambda message: bad.pop() if bad else answer(message)
    rig.device.poll()
    assert rig.port(1).state is PortState.DELIVERING
    rig.controller.answer = lambda message: nonsense
    with pytest.raises(BadAnswer, match=nonsense[:8].hex(" ")):
        rig.device.poll()


def test_another_controller_is_not_driven(rig):
    rig.controller.product = 99
    with pytest.raises(BadAnswer, match="unknown controller"):
        rig.device.open()


@given(st.binary(max_size=20))
def test_no_bytes_are_taken_for_an_answer_by_accident(junk):
    request = wire.frame(0x02, 5, wire.PORT_STATUS)
    try:
        sub, data = wire.answer_of(junk, request)
    except BadAnswer:
        return
    assert (len(sub), len(data), junk[1]) == (3, 8, 5)

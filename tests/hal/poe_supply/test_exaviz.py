"""Exaviz boards against their stream of lines, which never ends."""

import os

import pytest

from hal.drivers.poe_supply.exaviz import MOST_BYTES, Exaviz
from hal.errors import BadAnswer, HalError
from hal.kinds.poe_supply import PortState
from hal.poe.budget import Budget
from hal.simulated.pse import VOLTS, Phase, Pse, Trouble
from tests.hal.contracts.poe_supply import BUDGET, PoeRig, PoeSupplyContract, machine_of
from tests.hal.fakes.clock import Clock

# Recorded: /proc/pse of an Interceptor.
INTERCEPTOR = b"""Axzez Interceptor PoE driver version 2.0
0-0: power-on 0 15.50 47.9375 0.05950/0.80000 33.1250/150.0000
0-1: backoff ? 0.00 47.9375 0.00000/0.80000 34.6250/150.0000
0-2: disabled ? 0.00 47.9375 0.00000/0.80000 34.6250/150.0000
0: 47.9375/40.0000-60.0000 0.05950/2.50000 15.50/120
"""
STATES = {Phase.OFF: "disabled", Phase.ON: "power-on", Phase.PAUSE: "backoff"}
MAP = ("1-0", "1-1", "0-0", "0-1")


class Stream:
    """The far end of /dev/pse: all ports once a second, and commands as lines."""

    def __init__(self, pse, clock):
        self.pse, self.clock = pse, clock
        self.told_s = clock.now_s
        self.said = []
        self.waiting = b""
        self.instead = None
        self.gone = False

    def lines(self):
        for port, place in enumerate(MAP):
            line = self.pse.lines[port]
            fault = line.tripped in {Trouble.OVERLOAD, Trouble.SHORT, Trouble.INRUSH}
            line.tripped = Trouble.NONE
            state = "fault" if fault else STATES.get(line.phase, "detecting")
            power_class = "?" if line.power_class is None else line.power_class
            yield f"{place}: {state} {power_class} 15.40 {VOLTS:.3f} {self.pse.amps(port):.5f}/0.80000 35.2 \n"

    def read(self, size, timeout_s):
        if self.gone:
            raise OSError(5, "Input/output error")
        if self.instead is not None:
            return self.instead[:size]
        self.pse.advance()
        if timeout_s:
            self.clock.now_s += timeout_s
        while self.told_s + 1 <= self.clock.now_s:
            self.told_s += 1
            self.waiting = (self.waiting + "".join(self.lines()).encode())[-4096:]
        given, self.waiting = self.waiting[:size], self.waiting[size:]
        return given

    def write(self, data):
        if self.gone:
            raise OSError(5, "Input/output error")
        self.said.append(data)
        command, pse, port = data.decode().split()
        assert data.endswith(b"\n")
        number = MAP.index(f"{pse}-{port}")
        (self.pse.search if command == "enable-port" else self.pse.cut)(number)

    def fileno(self):
        return -1

    def close(self):
        pass


class ExavizRig(PoeRig):
    def __init__(self, keep):
        clock = Clock()
        self.pse = Pse(4, clock, grants_itself=True)
        self.stream = Stream(self.pse, clock)
        self.machine = machine_of(clock, keep, serial=self.open_line)
        super().__init__(clock, self.made())

    def open_line(self, path, settings):
        assert (str(path), settings.baud) == ("/dev/pse", 115200)
        return self.stream

    def made(self):
        return Exaviz("PSE", self.machine, MAP, BUDGET)

    def again(self):
        self.device = self.made()
        self.device.watch(self.told.append)

    def lose(self):
        self.stream.gone = True


@pytest.fixture
def rig(tmp_path):
    return ExavizRig(tmp_path)


class TestExaviz(PoeSupplyContract):
    pass


def interceptor(tmp_path, said, pse=("0-0", "0-1", "0-2")):
    (tmp_path / "pse").write_bytes(said)
    machine = machine_of(Clock(), None, proc=tmp_path)
    return Exaviz("PSE", machine, pse, Budget(120.0), stream="proc")


def test_what_a_recorded_interceptor_said_is_told_of_its_ports(tmp_path):
    device = interceptor(tmp_path, INTERCEPTOR)
    device.open()
    first, second, third = device.state.ports
    assert (first.state, first.power_class, first.volts, first.milliamps) == (PortState.DELIVERING, 0, 47.9, 60)
    assert first.watts == 2.9, "volts times amps, not the 15.5 W of its class"
    assert (second.state, second.enabled) == (PortState.BACKOFF, True)
    assert third.state is PortState.SEARCHING
    assert device.state.celsius == 35


def test_a_port_is_switched_by_a_line_of_text(tmp_path, rig):
    rig.device.open()
    rig.pass_s(5)
    rig.stream.said.clear()
    rig.device.disable(port=3)
    assert rig.stream.said[0] == b"disable-port 0 0\n"
    device = interceptor(tmp_path, INTERCEPTOR)
    device.open()
    device.disable(port=2)
    assert (tmp_path / "pse").read_bytes().startswith(b"disable-port 0 1\n")


def test_a_file_without_end_is_read_for_a_moment_only(tmp_path):
    device = interceptor(tmp_path, INTERCEPTOR + b"0-0: power-on 0 15.50 47.9 0.059/0.8 33.1/150.0\n" * 200_000)
    reads = []
    read = os.read
    os.read = lambda descriptor, size: reads.append(size) or read(descriptor, size)
    try:
        device.open()
    finally:
        os.read = read
    assert reads == [MOST_BYTES]
    assert device.state.online


def test_milliamps_are_told_from_amps_by_their_limit(tmp_path):
    device = interceptor(tmp_path, b"0-0: power-on 3 15 48.500 325/800 35.2 \n", ("0-0",))
    device.open()
    assert (device.state.ports[0].milliamps, device.state.ports[0].watts) == (325, 15.8)


def test_a_line_cut_in_two_is_put_together(rig):
    rig.start(1)
    said = "".join(rig.stream.lines()).encode().replace(b"1-0: power-on", b"1-0: backoff")
    rig.stream.instead = said[:9]
    rig.device.poll()
    assert rig.port(1).state is PortState.DELIVERING
    rig.stream.instead = said[9:]
    rig.device.poll()
    assert rig.port(1).state is PortState.BACKOFF


def test_a_silent_board_is_offline_after_some_seconds(rig):
    rig.start(1)
    rig.stream.instead = b""
    rig.pass_s(4)
    with pytest.raises(BadAnswer, match="tells nothing of 1-0"):
        rig.pass_s(4)


@pytest.mark.parametrize(
    "nonsense", [b"", b"\x00" * 9000, b"0-0 power-on\n", b"hello\n" * 100, b"9-9: a b c d e/f g\n"]
)
def test_nonsense_is_not_taken_for_a_port(tmp_path, nonsense):
    device = interceptor(tmp_path, nonsense)
    with pytest.raises(BadAnswer, match="tells nothing of 0-0, 0-1, 0-2"):
        device.open()


def test_a_board_without_the_file_says_so(tmp_path):
    with pytest.raises(HalError, match="No such file"):
        Exaviz("PSE", machine_of(Clock(), None, proc=tmp_path), ("0-0",), BUDGET, stream="proc").open()

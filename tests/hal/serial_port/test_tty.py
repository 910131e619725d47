"""Serial ports on ttys of the kernel, and one line that two devices want."""

import contextlib
import os
import tty
from contextlib import suppress

import pytest

from hal.drivers.ptz_bus.serial import SerialPtzBus
from hal.drivers.serial_port.tty import TtySerialPort
from hal.errors import Offline
from hal.kinds.ptz_bus import Dome
from hal.kinds.serial_port import SerialRole
from hal.machine import Machine
from hal.worker import AGAIN_S, Worker
from tests.hal.contracts.device import Rig
from tests.hal.contracts.serial_port import SerialPortContract
from tests.hal.fakes.clock import Clock
from tests.hal.fakes.until import until


class TtyRig(Rig):
    def __init__(self, place):
        self.clock, self.heard = Clock(), []
        self.ours, self.theirs = os.openpty()
        tty.setraw(self.theirs)
        os.set_blocking(self.ours, False)
        self.link = place / "ttyS1"
        self.link.symlink_to(os.ttyname(self.theirs))
        self.machine = Machine(monotonic_s=self.clock, sleep_s=self.clock.sleep, dev=place)
        super().__init__(TtySerialPort("COM1", self.machine, "ttyS1", SerialRole.POS))
        self.device.hear(self.heard.append)

    def send(self, data):
        with contextlib.suppress(BlockingIOError):
            os.write(self.ours, data)

    def received(self):
        try:
            return os.read(self.ours, 65536)
        except BlockingIOError:
            return b""

    def lose(self):
        self.link.unlink()

    def end(self):
        self.device.close()
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture
def rig(tmp_path):
    rig = TtyRig(tmp_path)
    yield rig
    rig.end()


@pytest.mark.covers("D-SYS-15")
class TestTtySerialPort(SerialPortContract):
    @pytest.fixture
    def rig(self, rig):
        return rig


def test_more_lines_than_a_printer_prints_are_left_out_and_counted(rig):
    rig.device.open()
    for number in range(70):
        rig.send(f"LINE {number}\n".encode())
    until(lambda: rig.device.readable() or len(rig.heard) >= 50)
    rig.clock.now_s += 2
    rig.send(b"LAST\n")
    until(lambda: rig.device.readable() or rig.heard[-1].text == "LAST")
    assert len(rig.heard) == 51
    assert rig.heard[-1].lost == 20


def test_a_line_without_end_is_told_in_pieces(rig):
    rig.device.open()
    rig.send(b"x" * 700 + b"\n")
    until(lambda: rig.device.readable() or sum(len(one.text) for one in rig.heard) == 700)
    assert [len(one.text) for one in rig.heard] == [256, 256, 188]


def test_a_line_has_one_owner_and_goes_over_to_domes_and_back(rig):
    domes = SerialPtzBus("PTZ", rig.machine, "ttyS1", rs485=False)
    worker = Worker("com1", [domes, rig.device], rig.clock)
    worker.start()
    assert worker.opened.wait(30)
    assert rig.device.state.online
    assert (domes.state.online, domes.state.reason) == (False, "ttyS1 is used as pos")

    worker.ask(lambda: rig.device.take_role(role=SerialRole.PTZ)).result(30)
    assert domes.state.online
    worker.ask(lambda: domes.move(dome=Dome(1), pan=1.0)).result(30)
    out = bytearray()
    until(lambda: out.extend(rig.received()) or bytes.fromhex("FF0100023F0042") in out)

    worker.ask(lambda: rig.device.take_role(role=SerialRole.POS)).result(30)
    assert (domes.state.online, domes.state.reason) == (False, "ttyS1 is used as pos")
    until(lambda: out.extend(rig.received()) or out.endswith(bytes.fromhex("FF010000000001")))
    rig.send(b"MILK 0.99\n")
    until(lambda: [one.text for one in rig.heard] == ["MILK 0.99"])
    worker.stop(30)


def test_a_line_that_somebody_else_holds_is_told(rig):
    other = TtySerialPort("COM9", Machine(dev=rig.machine.dev), "ttyS1", SerialRole.KEYBOARD)
    other.open()
    with pytest.raises(Offline, match="ttyS1"):
        rig.device.open()
    other.close()
    rig.device.open()


def test_a_port_whose_role_could_not_be_taken_is_opened_again(rig):
    worker = Worker("com1", [rig.device], rig.clock)
    worker.start()
    assert worker.opened.wait(30)
    with pytest.raises(Offline):
        worker.ask(lambda: rig.device.take_role(role=SerialRole.BRIDGE, listen_host="192.0.2.1")).result(30)
    assert not rig.device.state.online
    worker.ask(lambda: setattr(rig.device, "_role", SerialRole.POS)).result(30)

    def again():
        rig.clock.now_s += AGAIN_S
        # By that clock the port hangs where the worker is just opening it.
        with suppress(Offline):
            worker.ask(lambda: None).result(30)
        return rig.device.state.online

    until(again)
    worker.stop(30)

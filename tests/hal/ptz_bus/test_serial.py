import os
import threading
import tty
from pathlib import Path

import pytest

from hal.buses.serial import SerialSettings, open_serial
from hal.drivers.ptz_bus.serial import SerialPtzBus
from hal.errors import HalError, Offline
from hal.kinds.ptz_bus import Dome, DomeComplaint, PtzProtocol
from hal.machine import Machine
from hal.simulated.dome import SimulatedDome
from hal.simulated.ptz_bus import DomeLine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.ptz_bus import PtzBusContract
from tests.hal.fakes.clock import Clock


class LineRig(Rig):
    def __init__(self):
        self.clock = Clock()
        self.domes = {address: SimulatedDome(address, self.clock) for address in (1, 2)}
        self.lost = ""
        self.line = None
        self.asked = []
        machine = Machine(monotonic_s=self.clock, sleep_s=self.clock.sleep, serial=self.plug)
        super().__init__(SerialPtzBus("PTZ", machine, "ttyS4"))

    def plug(self, path, settings):
        if self.lost:
            raise Offline(self.lost)
        self.asked.append((path, settings))
        self.line = DomeLine(self.domes)
        return self.line

    def dome(self, address):
        return self.domes[address]

    def lose(self):
        self.lost = "no such device"

    def cut(self):
        self.line.cut = True

    def mended(self):
        pass


@pytest.mark.covers("D-PTZ-01", "D-PTZ-01.3", "D-PTZ-01.4", "D-PTZ-02.1", "D-PTZ-02.2", "D-PTZ-02.3", "D-PTZ-04")
class TestSerialPtzBus(PtzBusContract):
    @pytest.fixture
    def rig(self):
        return LineRig()


@pytest.mark.covers("D-PTZ-05", "D-PTZ-06", "D-PTZ-07", "D-PTZ-08")
def test_a_dome_runs_a_tour_a_pattern_and_a_scan():
    rig, dome = LineRig(), Dome(1, PtzProtocol.DH_SD2)
    contract, hardware = PtzBusContract(), rig.dome(1)
    rig.device.open()

    def act(action, number=0, second=0):
        rig.device.act(dome=dome, action=action, number=number, second=second)
        contract.passes(rig, 0.5)

    for number, pan in ((1, 10.0), (2, 50.0)):
        hardware.pan = pan
        act("preset_set", number)
        act("tour_add", 3, number)
    act("tour_start", 3)
    seen = set()
    for _second in range(14):
        contract.passes(rig, 1)
        seen.add(round(hardware.pan))
    assert seen >= {10, 50}
    act("tour_stop", 3)
    rest = hardware.pan
    contract.passes(rig, 10)
    assert hardware.pan == rest

    act("pattern_record", 2)
    rig.device.move(dome=dome, pan=1.0)
    contract.passes(rig, 1)
    rig.device.stop(dome=dome)
    contract.passes(rig, 0.5)
    act("pattern_end", 2)
    hardware.pan = 0.0
    act("pattern_run", 2)
    contract.passes(rig, 3)
    assert 80 < hardware.pan < 130

    for pan, limit in ((340.0, "scan_left_limit"), (20.0, "scan_right_limit")):
        hardware.pan = pan
        act(limit, 1)
    act("scan_start", 1)
    seen = []
    for _step in range(80):
        contract.passes(rig, 0.1)
        seen.append(hardware.pan if hardware.pan < 180 else hardware.pan - 360)
    assert min(seen) < -18
    assert max(seen) > 18
    assert all(-21 < pan < 21 for pan in seen)
    rig.device.stop(dome=dome)
    contract.passes(rig, 0.5)
    assert not hardware.busy


def test_what_a_dome_complains_about_is_told_in_words():
    rig, told = LineRig(), []
    rig.device.hear(told.append)
    rig.device.open()
    rig.device.act(dome=Dome(1, PtzProtocol.VISCA), action="preset_goto", number=77)
    rig.device.readable()
    assert told == [DomeComplaint("PTZ", address=1, words="it cannot do that now")]


def test_the_kernel_is_asked_to_turn_the_pair_unless_the_board_says_that_an_adapter_does():
    rig = LineRig()
    rig.device.open()
    assert rig.asked == [(Path("/dev/ttyS4"), SerialSettings(9600, rs485=True))]


def test_the_rs485_mode_is_set_by_the_kernels_ioctl(monkeypatch):
    """The pair is turned by TIOCSRS485 with a struct of 32 bytes, never by RTS from here."""
    import serial.serialposix

    ours, theirs = os.openpty()
    asked, real = [], serial.serialposix.fcntl.ioctl

    def ioctl(descriptor, request, argument=0, *rest):
        if request in {0x542E, 0x542F}:
            asked.append((request, bytes(argument)))
            return 0
        return real(descriptor, request, argument, *rest)

    monkeypatch.setattr(serial.serialposix.fcntl, "ioctl", ioctl)
    line = open_serial(Path(os.ttyname(theirs)), SerialSettings(rs485=True))
    line.close()
    os.close(ours)
    os.close(theirs)
    [flags] = [int.from_bytes(said[:4], "little") for request, said in asked if request == 0x542F]
    assert flags & 1
    assert len(asked[-1][1]) == 32


def test_a_tty_that_cannot_turn_the_pair_refuses_with_words():
    ours, theirs = os.openpty()
    with pytest.raises(Offline, match=r"cannot turn an RS-485 pair.*rs485 = false"):
        open_serial(Path(os.ttyname(theirs)), SerialSettings(rs485=True))
    os.close(ours)
    os.close(theirs)


@pytest.mark.covers("D-HW-08", "D-PTZ-02.3")
def test_a_dome_at_a_real_tty_turns_and_stops(tmp_path):
    """Through the worker and a pty: what arrives at the other end is the frame, and at the end a stop."""
    from hal.worker import Worker

    ours, theirs = os.openpty()
    tty.setraw(ours)
    (tmp_path / "ttyPTZ").symlink_to(os.ttyname(theirs))
    bus = SerialPtzBus("PTZ", Machine(dev=tmp_path), "ttyPTZ", rs485=False)
    worker = Worker("rs485", [bus])
    worker.start()
    assert worker.opened.wait(30)
    assert bus.state.online, bus.state.reason
    seen, moved = bytearray(), threading.Event()

    def listen():
        while not seen.endswith(bytes.fromhex("FF010000000001") * 2):
            seen.extend(os.read(ours, 64))
            if bytes.fromhex("FF0100023F0042") in seen:
                moved.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    worker.ask(lambda: bus.move(dome=Dome(1), pan=1.0)).result(30)
    assert moved.wait(30)
    worker.stop(30)
    listener.join(30)
    assert not listener.is_alive()
    os.close(ours)
    os.close(theirs)


def test_a_line_that_is_pulled_makes_the_bus_offline():
    rig = LineRig()
    rig.device.open()
    rig.cut()
    with pytest.raises(HalError):
        rig.device.move(dome=Dome(1), pan=1.0)
    assert rig.device.wanted_s == rig.clock.now_s
    with pytest.raises(OSError):
        rig.device.poll()

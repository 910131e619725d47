"""What every serial port promises."""

import select
import socket

import pytest

from hal.errors import BadRequest, HalError
from hal.kinds.serial_port import SerialHeard, SerialRole
from hal.machine import Machine
from hal.simulated.serial_port import SimulatedSerialPort
from tests.hal.contracts.device import DeviceContract, SimulatedRig
from tests.hal.fakes.clock import Clock, let_pass
from tests.hal.fakes.until import until


class SerialPortContract(DeviceContract):
    """Its rig sends bytes at the far end (`send`), takes what came out there (`received`), and `heard` events."""

    examples = {"take_role": {"role": SerialRole.POS}, "set_line": {"baud": 9600}}  # noqa: RUF012

    def in_role(self, rig, role, **where):
        rig.device.open()
        rig.device.take_role(role=role, **where)
        assert rig.device.state.role is role
        return rig

    def hears(self, rig, data, count=1):
        """Send, let the port take it, and give the events."""
        before = len(rig.heard)
        rig.send(data)
        until(lambda: self.takes(rig) or len(rig.heard) >= before + count)
        return rig.heard[before:]

    def takes(self, rig):
        ready = select.poll()
        ready.register(rig.device.fileno(), select.POLLIN)
        if ready.poll(10):
            rig.device.readable()

    def test_the_lines_of_a_till_are_told(self, rig):
        self.in_role(rig, SerialRole.POS)
        heard = self.hears(rig, b"\x1b@TOMATOES  1.20\r\n\x1d\x21\r\nTOTAL\x07 1.20\r\n", 2)
        assert heard == [
            SerialHeard(rig.device.name, text="TOMATOES  1.20"),
            SerialHeard(rig.device.name, text="TOTAL 1.20"),
        ]
        rig.device.close()

    def test_a_line_without_an_end_is_told_after_a_silence(self, rig):
        self.in_role(rig, SerialRole.POS)
        rig.send(b"OPEN")
        until(lambda: self.takes(rig) or rig.device.wanted_s is not None)
        let_pass(rig.device, rig.clock, 2)
        assert rig.heard == [SerialHeard(rig.device.name, text="OPEN")]
        rig.device.close()

    def test_a_keyboard_is_understood(self, rig):
        self.in_role(rig, SerialRole.KEYBOARD)
        frames = "FF 03 00 0A 20 3F 6C 55 FF 03 00 00 00 00 03 FF 01 00 07 00 09 11 FF 01 02 40 00 00 43"
        moved, stopped, called, lens = self.hears(rig, bytes.fromhex(frames), 4)
        assert (moved.address, moved.action, moved.pan, moved.tilt) == (3, "move", 0x20 / 0x3F, 1.0)
        assert (stopped.address, stopped.action) == (3, "stop")
        assert (called.address, called.action, called.number) == (1, "preset_goto", 9)
        assert (lens.zoom, lens.iris, lens.pan) == (-1, 1, 0)
        rig.device.close()

    def test_a_bridge_carries_bytes_both_ways_for_one_client(self, rig):
        self.in_role(rig, SerialRole.BRIDGE)
        host, port = rig.device.state.listens.rsplit(":", 1)
        assert host == "127.0.0.1"
        with socket.create_connection((host, int(port))) as client, socket.create_connection((host, int(port))) as late:
            client.settimeout(30)
            late.settimeout(0.01)
            until(lambda: self.takes(rig) or rig.device.state.client)
            rig.send(bytes(range(256)))
            came = b""
            while len(came) < 256:
                self.takes(rig)
                client.settimeout(0.01)
                try:
                    came += client.recv(512)
                except TimeoutError:
                    continue
            assert came == bytes(range(256))
            client.sendall(b"\x00\xff\r\nback")
            out = b""

            def all_out():
                nonlocal out
                self.takes(rig)
                out += rig.received()
                return out == b"\x00\xff\r\nback"

            until(all_out)
            gone = []

            def sent_away():
                self.takes(rig)
                try:
                    gone.append(late.recv(1))
                except TimeoutError:
                    return False
                except ConnectionError:
                    gone.append(b"")
                return True

            until(sent_away)
            assert gone == [b""]
        until(lambda: self.takes(rig) or not rig.device.state.client)
        rig.device.close()

    def test_a_client_that_does_not_read_is_dropped_and_the_line_goes_on(self, rig):
        self.in_role(rig, SerialRole.BRIDGE)
        host, port = rig.device.state.listens.rsplit(":", 1)
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.connect((host, int(port)))
            until(lambda: self.takes(rig) or rig.device.state.client)
            for _block in range(20_000):
                rig.send(bytes(1024))
                self.takes(rig)
                if not rig.device.state.client:
                    break
            assert not rig.device.state.client
        assert rig.device.state.online
        rig.device.close()

    def test_a_role_is_changed_while_it_runs_and_lets_go_of_all_it_had(self, rig):
        self.in_role(rig, SerialRole.BRIDGE)
        host, port = rig.device.state.listens.rsplit(":", 1)
        rig.device.take_role(role=SerialRole.POS)
        assert rig.told[-1].listens == ""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), 5)
        assert self.hears(rig, b"NOW\n")[0].text == "NOW"
        rig.device.take_role(role=SerialRole.CONSOLE)
        assert rig.device.fileno() is None
        assert rig.device.state.online
        rig.device.close()

    def test_a_line_is_set_and_its_role_goes_on(self, rig):
        self.in_role(rig, SerialRole.POS)
        rig.device.set_line(baud=19200)
        assert rig.device.state.baud == 19200
        assert self.hears(rig, b"AGAIN\n")[0].text == "AGAIN"
        with pytest.raises(BadRequest):
            rig.device.set_line(baud=7)
        rig.device.close()

    def test_where_nobody_can_listen_is_refused_and_told(self, rig):
        rig.device.open()
        with pytest.raises(BadRequest):
            rig.device.take_role(role=SerialRole.BRIDGE, listen_port=70_000)
        assert rig.device.state.online
        with pytest.raises(HalError):
            rig.device.take_role(role=SerialRole.BRIDGE, listen_host="192.0.2.1")
        assert not rig.device.state.online
        assert "192.0.2.1" in rig.device.state.reason
        assert rig.device.fileno() is None
        rig.device.close()

    def test_a_name_is_no_address_to_listen_at(self, rig):
        rig.device.open()
        with pytest.raises(HalError, match="no address"):
            rig.device.take_role(role=SerialRole.BRIDGE, listen_host="localhost")
        rig.device.close()


class Simulated(SimulatedRig):
    def __init__(self):
        self.clock, self.heard = Clock(), []
        super().__init__(SimulatedSerialPort("COM1", Machine(monotonic_s=self.clock)))
        self.device.hear(self.heard.append)

    def send(self, data):
        self.device.send(text=data.decode("latin-1"))

    def received(self):
        return self.device.received().encode("latin-1")

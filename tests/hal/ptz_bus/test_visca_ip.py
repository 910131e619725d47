"""VISCA by the network, against a camera at a real socket."""

import contextlib
import select
import socket
import struct
import threading
import time

import pytest

from hal.drivers.ptz_bus.visca_ip import ViscaIpPtzBus
from hal.errors import Offline, Unsupported
from hal.kinds.ptz_bus import Dome, PtzProtocol
from hal.machine import Machine
from hal.simulated.dome import SimulatedDome
from tests.hal.contracts.device import Rig
from tests.hal.contracts.ptz_bus import PtzBusContract
from tests.hal.fakes.clock import Clock, let_pass


class Camera:
    """A dome at a socket of 127.0.0.1; it keeps what came."""

    def __init__(self, clock, transport):
        self.dome = SimulatedDome(1, clock)
        self.transport = transport
        self.seen = []
        self.numbers = []
        self.socket = socket.socket(type=socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.peers = []
        if transport == "tcp":
            self.socket.listen()
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.socket.settimeout(0.05)
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self):
        while not self.ended.is_set():
            with contextlib.suppress(TimeoutError):
                if self.transport == "tcp":
                    peer, _who = self.socket.accept()
                    self.peers.append((peer, threading.Thread(target=self._stream, args=(peer,))))
                    self.peers[-1][1].start()
                else:
                    data, who = self.socket.recvfrom(512)
                    for answer in self._datagram(data):
                        self.socket.sendto(answer, who)

    def _stream(self, peer):
        with contextlib.suppress(OSError):
            while data := peer.recv(512):
                peer.sendall(self._take(data))

    def _datagram(self, data):
        if self.transport != "sony":
            return [self._take(data)]
        kind, length, number = struct.unpack(">HHI", data[:8])
        assert length == len(data) - 8
        if kind == 0x0200:
            assert data[8:] == b"\x01"
            return [struct.pack(">HHI", 0x0201, 1, number) + b"\x01"]
        assert kind == (0x0110 if data[9] == 9 else 0x0100)
        self.numbers.append(number)
        return [
            struct.pack(">HHI", 0x0111, len(answer), number) + answer for answer in [self._take(data[8:])] if answer
        ]

    def _take(self, data):
        with self.lock:
            answer = self.dome.take(data)
            self.seen.append(data)
            return answer

    def close(self):
        self.ended.set()
        self.thread.join()
        self.socket.close()
        for peer, thread in self.peers:
            with contextlib.suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
            thread.join()
            peer.close()
        self.peers.clear()


class ViscaRig(Rig):
    def __init__(self, transport):
        self.clock = Clock()
        self.transport = transport
        self.camera = Camera(self.clock, transport)
        # Questions wait for a real socket: only there does time pass by itself.
        machine = Machine(monotonic_s=self.clock, sleep_s=self._sleep)
        super().__init__(ViscaIpPtzBus("PTZ", machine, "127.0.0.1", self.camera.port, transport))
        self.open_line = self.device.open_line
        self.device.open_line = self.plugged

    def _sleep(self, seconds):
        time.sleep(min(seconds, 0.002))
        self.clock.sleep(seconds)

    def plugged(self, settings):
        """The real connection, but each packet arrives before the test's time goes on."""
        line = self.open_line(settings)
        write = line.write

        def arriving(data):
            before, until_s = len(self.camera.seen), time.monotonic() + 30
            write(data)
            while data[0] != 0x88 and len(self.camera.seen) == before:
                assert time.monotonic() < until_s
                time.sleep(0.0005)

        def waiting(size, timeout_s):
            data = read(size, timeout_s)
            self.clock.sleep(0 if data else timeout_s)
            return data

        read = line.read
        line.write, line.read = arriving, waiting
        return line

    def dome(self, address):
        assert address == 1
        return self.camera.dome

    def lose(self):
        self.camera.close()


@pytest.mark.covers("D-PTZ-02.3")
class TestViscaIp(PtzBusContract):
    protocols = (PtzProtocol.VISCA,)

    @pytest.fixture(params=["tcp", "udp", "sony"])
    def rig(self, request):
        rig = ViscaRig(request.param)
        yield rig
        rig.device.close()
        rig.camera.close()

    # By UDP nobody notices that a camera is gone until it is asked; a line that is lost is in the tests of the traffic.
    test_a_dome_that_moved_when_the_line_was_lost_is_stopped_first_of_all = None
    test_a_device_that_is_gone_cannot_be_opened = None

    def test_a_line_is_set_anew_and_its_domes_are_stopped_before(self, rig):
        rig.device.open()
        with pytest.raises(Unsupported, match="no serial settings"):
            rig.device.set_line(baud=2400)


def test_a_camera_that_does_not_take_connections_is_offline_and_one_that_hangs_up_as_well():
    rig = ViscaRig("tcp")
    rig.device.open()
    rig.camera.close()
    ready = select.poll()
    ready.register(rig.device.fileno(), select.POLLIN)
    ready.poll(30_000)
    with pytest.raises(ConnectionResetError):
        rig.device.readable()
    rig.device.close()
    assert rig.device.fileno() is None
    with pytest.raises(Offline, match=r"127\.0\.0\.1:\d+: Connection refused"):
        rig.device.open()


def test_sonys_numbers_begin_anew_with_each_connection_and_rise():
    rig = ViscaRig("sony")
    for _again in range(2):
        rig.device.open()
        rig.device.stop(dome=Dome(1, PtzProtocol.VISCA))
        let_pass(rig.device, rig.clock, 1)
        rig.device.close()
    assert rig.camera.numbers == [1, 2, 3, 1, 2, 3]
    rig.camera.close()

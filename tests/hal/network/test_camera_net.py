import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.drivers.camera_net.dnsmasq import DnsmasqCameraNet
from hal.errors import BadRequest, Offline
from hal.machine import Machine
from hal.network import dnsmasq
from hal.network.seats import MOST_SEATS, Seats
from tests.hal.contracts.camera_net import CameraNetContract
from tests.hal.contracts.device import Rig
from tests.hal.network.lab import until

NET = ipaddress.IPv4Interface("10.1.1.1/24")


class Net(Rig):
    """A real bridge, the real dnsmasq, and cameras that ask with a real DHCP client."""

    def __init__(self, lab, machine, folder):
        self.lab = lab
        self.hosts, self.leases = folder / "hosts", folder / "leases"
        self.hosts.mkdir()
        for words in (
            ("ip", "link", "add", "br-cam", "type", "bridge"),
            ("ip", "addr", "add", str(NET), "dev", "br-cam"),
            ("ip", "link", "set", "br-cam", "up"),
        ):
            lab.recorder.run(*words)
        self.cameras = {camera: lab.place() for camera in (1, 2)}
        self.at = {}
        self.macs = {1: "02:00:00:00:00:01", 2: "02:00:00:00:00:02"}
        conf = folder / "dnsmasq.conf"
        conf.write_text(dnsmasq.settings("br-cam", NET, self.hosts, self.leases))
        server = lab.recorder.start("dnsmasq", f"--conf-file={conf}", "--no-daemon")
        ports = ("lan1", "lan2")
        for port in ports:
            lab.recorder.run("ip", "link", "add", port, "type", "veth", "peer", "name", f"{port}x")
            lab.recorder.run("ip", "link", "set", port, "master", "br-cam", "up")
        device = DnsmasqCameraNet(
            "CAMERAS",
            machine,
            net=str(NET),
            interface="br-cam",
            ports=ports,
            hosts=str(self.hosts),
            leases=str(self.leases),
            reload=("kill", "-HUP", str(server.pid)),
        )
        super().__init__(device)

    def plug(self, camera, port):
        interface = f"lan{port}x"
        place = self.cameras[camera]
        self.lab.recorder.run("ip", "link", "set", interface, "netns", str(place.pid))
        place.run("ip", "link", "set", interface, "address", self.macs[camera], "up")
        self.at[camera] = port
        return self.macs[camera]

    def unplug(self, camera):
        place, interface = self.cameras[camera], f"lan{self.at.pop(camera)}x"
        place.run("ip", "link", "set", interface, "down")
        place.run("ip", "link", "set", interface, "netns", str(self.lab.recorder.pid))

    def address(self, camera):
        """As a camera does: ask until somebody answers; meanwhile the recorder looks every second."""
        place, interface = self.cameras[camera], f"lan{self.at[camera]}x"

        def asked():
            ask = ("busybox", "udhcpc", "-i", interface, "-n", "-q", "-f", "-t", "1", "-T", "1", "-s", "/bin/true")
            answer = place.run(*ask, check=False).stderr
            self.device.poll()
            return answer.partition("lease of ")[2].partition(" obtained")[0]

        return until(asked, "an address")

    def lose(self):
        self.lab.recorder.run("ip", "link", "del", "lan1")


@pytest.fixture
def rig(lab, machine, tmp_path):
    return Net(lab, machine, tmp_path)


@pytest.mark.peer("namespaces")
class TestDnsmasq(CameraNetContract):
    def test_what_a_camera_calls_itself_cannot_hurt(self, rig):
        rig.device.open()
        rig.plug(1, port=1)
        assert rig.address(1)
        place, interface = rig.cameras[1], "lan1x"
        name = "<b>cam;$(reboot)"
        ask = ("busybox", "udhcpc", "-i", interface, "-n", "-q", "-f", "-x", f"hostname:{name}", "-s", "/bin/true")
        place.run(*ask)
        rig.device.poll()
        assert set(rig.device.state.seats[0].hostname) <= set("bcamreot-._")


def test_a_net_that_is_none_is_told(machine_on_paper, tmp_path):
    with pytest.raises(Offline, match="not an address with its prefix"):
        DnsmasqCameraNet("C", machine_on_paper, net="10.1.1", **on_paper(tmp_path)).open()


@pytest.fixture
def machine_on_paper():
    return Machine()


def test_files_that_are_no_seats_are_passed_over(machine_on_paper, tmp_path):
    (tmp_path / "readme").write_text("02:00:00:00:00:01,10.1.1.11\n")  # not the name of that camera's file
    (tmp_path / "020000000002").write_text("02:00:00:00:00:02,192.168.0.1\n")
    (tmp_path / "020000000003").write_bytes(b"\xff" * 300)
    (tmp_path / "020000000004").write_text("02:00:00:00:00:04,10.1.1.14\n")
    net = DnsmasqCameraNet("C", machine_on_paper, net=str(NET), **on_paper(tmp_path))
    net.open()
    assert [(seat.mac, seat.number) for seat in net.state.seats] == [("02:00:00:00:00:04", 4)]


def test_leases_are_read_as_dnsmasq_writes_them():
    text = "1795703305 d2:f5:ae:9c:ff:4b 10.1.1.11 front-door 01:d2:f5:ae:9c:ff:4b\n1795703305 x y\nduid 00:01\n"
    assert dnsmasq.read_leases(text) == {"d2:f5:ae:9c:ff:4b": ("10.1.1.11", "front-door")}


def test_a_net_too_small_for_all_seats_is_refused():
    with pytest.raises(BadRequest, match="too small"):
        Seats(ipaddress.IPv4Network("10.1.1.0/26"))


def on_paper(folder):
    return {"interface": "br-cam", "ports": (), "hosts": str(folder), "leases": str(folder / "none")}


MACS = st.integers(0, 90).map(lambda n: f"02:00:00:00:00:{n:02x}")


@given(st.lists(st.dictionaries(st.integers(1, 8), st.lists(MACS, max_size=30), max_size=8), max_size=6))
def test_nobody_shares_a_seat_and_nobody_loses_one(history):
    seats = Seats(NET.network)
    held = {}
    for seen in history:
        seats.take_place(seen)
        numbers = [seat.number for seat in seats.all()]
        assert len(set(numbers)) == len(numbers)
        assert all(1 <= number <= MOST_SEATS for number in numbers)
        assert all(seats.taken[mac].number == number for mac, number in held.items())
        present = {mac for macs in seen.values() for mac in macs}
        assert present <= set(seats.taken) | set(seats.strangers)
        held = {mac: seat.number for mac, seat in seats.taken.items()}

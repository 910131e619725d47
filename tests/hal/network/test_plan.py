import json
import textwrap
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.errors import BadRequest
from hal.network import dnsmasq, networkd
from hal.network.plan import NetworkPlan
from tests.hal.network.lab import until

NETWORKD = "/lib/systemd/systemd-networkd"
OWN = {"name": "eth0", "addresses": ["192.168.1.108/24"], "gateway": "192.168.1.1"}


def planned(**plan):
    return msgspec.convert({"interfaces": [OWN], **plan}, NetworkPlan)


def start(lab, folder, plan):
    """Run the real networkd on the files of a plan, in mounts of its own: its user is ours, its sysfs read-only."""
    for name, text in networkd.files(plan).items():
        (folder / name).write_text(text)
    passwd = [line for line in Path("/etc/passwd").read_text().splitlines() if not line.startswith("systemd-network:")]
    (folder / "passwd").write_text("\n".join([*passwd, "systemd-network:x:0:0::/:/bin/false", ""]))
    script = textwrap.dedent(f"""
        mount --bind {folder}/passwd /etc/passwd
        mount -o ro -t sysfs sysfs /sys
        mkdir -p {folder}/run/systemd/network {folder}/run/systemd/netif
        cp {folder}/{networkd.PREFIX}* {folder}/run/systemd/network/
        mount --bind {folder}/run /run
        exec {NETWORKD}
    """)
    lab.recorder.start("unshare", "--mount", "sh", "-ec", script)


def addresses(lab, interface):
    told = lab.recorder.run("ip", "-j", "-4", "addr", "show", "dev", interface, check=False).stdout
    return [f"{one['local']}/{one['prefixlen']}" for link in json.loads(told or "[]") for one in link["addr_info"]]


@pytest.fixture
def cards(lab):
    def plug(*names):
        place = lab.place()
        for name in names:
            lab.cable(name, place, f"{name}x")
        return place

    return plug


@pytest.mark.peer("namespaces", "networkd")
@pytest.mark.covers("D-NET-01.6", "D-NET-02")
def test_networkd_gives_the_planned_addresses_and_routes(lab, cards, tmp_path):
    cards("eth0", "eth1")
    second = {
        "name": "eth1",
        "addresses": ["192.168.2.5/24"],
        "mtu": 9000,
        "routes": [{"destination": "10.9.0.0/16", "gateway": "192.168.2.1"}],
    }
    start(lab, tmp_path, planned(interfaces=[OWN, second]))
    until(lambda: addresses(lab, "eth0") == ["192.168.1.108/24"], "the address")
    until(lambda: addresses(lab, "eth1") == ["192.168.2.5/24"], "the second address")
    routes = until(lambda: lab.recorder.run("ip", "route").stdout, "the routes")
    assert "default via 192.168.1.1 dev eth0" in routes
    assert "10.9.0.0/16 via 192.168.2.1 dev eth1" in routes
    assert json.loads(lab.recorder.run("ip", "-j", "link", "show", "eth1").stdout)[0]["mtu"] == 9000


@pytest.mark.peer("namespaces", "networkd")
@pytest.mark.covers("D-NET-01.5")
def test_networkd_asks_for_an_address_where_the_plan_says_so(lab, cards, tmp_path):
    router = cards("eth0")
    router.run("ip", "addr", "add", "172.16.0.1/24", "dev", "eth0x")
    conf = tmp_path / "router.conf"
    conf.write_text(
        f"port=0\ninterface=eth0x\ndhcp-range=172.16.0.50,172.16.0.50,2m\ndhcp-leasefile={tmp_path}/leases\n"
    )
    router.start("dnsmasq", f"--conf-file={conf}", "--no-daemon")
    start(lab, tmp_path, planned(interfaces=[{"name": "eth0", "dhcp": True}]))
    until(lambda: addresses(lab, "eth0") == ["172.16.0.50/24"], "the address that the router gives")


@pytest.mark.peer("namespaces", "networkd")
@pytest.mark.covers("D-NET-19")
def test_networkd_builds_the_camera_net_and_its_ports_reach_only_the_recorder(lab, cards, tmp_path):
    cards("eth0")
    cameras = [cards("lan1"), cards("lan2")]
    plan = planned(cameras={"name": "br-cameras", "address": "10.1.1.1/24", "ports": ["lan1", "lan2"]})
    start(lab, tmp_path, plan)
    until(lambda: addresses(lab, "br-cameras") == ["10.1.1.1/24"], "the camera net")
    for number, camera in enumerate(cameras, 1):
        camera.run("ip", "addr", "add", f"10.1.1.{10 + number}/24", "dev", f"lan{number}x")

    def reaches(camera, address):
        return camera.run("busybox", "ping", "-c", "1", "-W", "1", address, check=False).returncode == 0

    until(lambda: reaches(cameras[0], "10.1.1.1"), "the recorder")
    until(lambda: reaches(cameras[1], "10.1.1.1"), "the recorder")
    assert not reaches(cameras[0], "10.1.1.12")


@pytest.mark.covers("D-NET-01.1", "D-NET-01.2")
@pytest.mark.parametrize(
    ("mode", "words"), [("active-backup", "Mode=active-backup"), ("balance-alb", "Mode=balance-alb")]
)
def test_a_bond_is_written_with_its_members(mode, words):
    bond = {"name": "bond0", "mode": mode, "members": ["eth0", "eth1"]}
    told = networkd.files(planned(interfaces=[{**OWN, "name": "bond0"}], bonds=[bond]))
    assert f"Mode={mode}" in told["20-nightjar-bond0.netdev"]
    assert told["20-nightjar-eth0.network"] == "[Match]\nName=eth0\n\n[Network]\nBond=bond0\n"
    assert "Address=192.168.1.108/24" in told["20-nightjar-bond0.network"]


CAMERAS = {"address": "10.1.1.1/24", "ports": ["lan1"]}


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({"interfaces": [{"name": "eth0"}]}, "eth0 needs an address, or DHCP"),
        ({"interfaces": [{**OWN, "gateway": "10.0.0.1"}]}, "10.0.0.1 is in no net of this interface"),
        ({"interfaces": [{**OWN, "gateway": "192.168.1.108"}]}, "is the recorder itself"),
        ({"interfaces": [{**OWN, "gateway": "router"}]}, "gateway router is not an address"),
        ({"interfaces": [{**OWN, "addresses": ["192.168.1.0/24"]}]}, "the name of a net"),
        ({"interfaces": [{**OWN, "addresses": ["192.168.1.5"]}]}, "cannot be the address|prefix"),
        ({"interfaces": [{**OWN, "addresses": ["127.0.0.1/8"], "gateway": ""}]}, "cannot be the address"),
        ({"interfaces": [OWN, {"name": "eth1", "addresses": ["192.168.1.9/24"]}]}, "eth0 and eth1 are both in"),
        (
            {"interfaces": [OWN, {**OWN, "name": "eth1", "addresses": ["10.2.0.5/24"], "gateway": "10.2.0.1"}]},
            "only one",
        ),
        ({"cameras": {**CAMERAS, "address": "192.168.1.1/24"}}, "eth0 and br-cameras are both in"),
        ({"cameras": {**CAMERAS, "ports": ["eth0"]}}, "eth0 stands twice"),
        ({"interfaces": [OWN, OWN]}, "eth0 stands twice"),
        ({"bonds": [{"name": "bond0", "mode": "active-backup", "members": ["eth1", "eth2"]}]}, "has no addresses"),
        (
            {"interfaces": [{**OWN, "routes": [{"destination": "10.9.0.1/16", "gateway": "192.168.1.2"}]}]},
            "route's destination",
        ),
        (
            {
                "interfaces": [
                    {**OWN, "routes": [{"destination": f"10.{n}.0.0/16", "gateway": "192.168.1.2"} for n in range(9)]}
                ]
            },
            "8 routes at most",
        ),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_the_reason(plan, told):
    with pytest.raises(BadRequest, match=told):
        networkd.files(planned(**plan))


@given(st.text(max_size=40))
def test_no_text_gets_into_a_file_but_as_an_address(text):
    for plan in ({**OWN, "addresses": [text]}, {**OWN, "gateway": text}, {**OWN, "nameservers": [text]}):
        try:
            told = networkd.files(planned(interfaces=[plan]))
        except BadRequest:
            continue
        assert all(line.count("=") <= 1 and line.isascii() for line in told["20-nightjar-eth0.network"].splitlines())


ZONES = ["fe80::1%eth0", "fe80::1%a\n[Network]\nIPForward=yes", "fe80::1%a\nDNS=1.2.3.4"]


@pytest.mark.parametrize("zone", ZONES)
def test_no_zone_of_an_address_brings_lines_of_its_own_into_a_file(zone):
    routes = {"routes": [{"destination": f"{zone}/128", "gateway": "192.168.1.1"}]}
    for plan in ({"addresses": [f"{zone}/64"]}, {"gateway": zone}, {"nameservers": [zone]}, routes):
        with pytest.raises(BadRequest, match="eth0"):
            networkd.files(planned(interfaces=[{**OWN, "gateway": "", **plan}]))
    with pytest.raises(BadRequest, match="br-cameras"):
        networkd.files(planned(cameras={**CAMERAS, "address": f"{zone}/64"}))


def test_dnsmasq_serves_only_the_camera_net():
    import ipaddress

    told = dnsmasq.settings("br-cameras", ipaddress.IPv4Interface("10.1.1.1/24"), Path("/h"), Path("/l"))
    assert "port=0\n" in told
    assert "interface=br-cameras\n" in told
    assert "dhcp-range=10.1.1.0,static,255.255.255.0" in told

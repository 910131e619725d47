"""Networks on a real kernel, by systemd-networkd: bonds that lose a cable, and changes that nobody keeps."""

import json
import signal

import pytest

from tests.guest.guest import HOST

LAN = "bond0"
ROUTE = {"destination": "192.168.77.0/24", "gateway": HOST}
SOON_S, LATE_S = 2, 600
"""Until a change that nobody keeps is undone: while the test waits for it, and not before the test is through."""


def bond(mode, **interface):
    """A plan of the two ports as one."""
    return {
        "interfaces": [{"name": LAN, **interface}],
        "bonds": [{"name": LAN, "mode": mode, "members": ["eth0", "eth1"]}],
    }


@pytest.fixture
def network(machine, guest, appliance):
    """networkd, hal-admin and hal with one interface; gives a way to ask hal-admin as control does."""
    guest.run("modprobe virtio_net && modprobe bonding max_bonds=0 && mkdir -p /run/dbus /etc/systemd/network")
    # Of a machine without an id nobody asks for an address.
    guest.run(
        "systemd-machine-id-setup && install -d -o systemd-network /run/systemd/netif/links /run/systemd/netif/leases"
    )
    machine.settle()
    guest.run("dbus-daemon --system --fork")
    networkd = guest.shell.start("exec /lib/systemd/systemd-networkd")
    guest.shell.poll("networkctl --no-legend --no-pager list", until=lambda told: "eth1" in told)
    appliance.admin()
    appliance.board({"kind": "network_interface", "name": "LAN1", "driver": "linux", "interface": LAN})

    def ask(verb, **args):
        return appliance.ask("nightjar-control", "network", verb, **args)

    yield ask
    for port in (0, 1):
        guest.cable(port, plugged=True)
    networkd.signal(signal.SIGTERM)
    networkd.wait()
    guest.run(
        f"ip link del {LAN}; rm -rf /etc/systemd/network/20-nightjar-* /etc/nightjar/network-before;"
        " kill $(cat /run/dbus/pid); rm -f /run/dbus/pid; modprobe -r bonding virtio_net",
        check=False,
    )


def addresses(guest):
    """The kernel's own word of the bond's addresses."""
    told = json.loads(guest.run(f"ip -j -4 addr show dev {LAN} 2>/dev/null", check=False).strip() or "[]")
    return {f"{one['local']}/{one['prefixlen']}" for link in told for one in link.get("addr_info", ())}


def set_up(network, plan):
    """Try a plan, and keep it."""
    assert network("attempt", plan=plan, within_s=LATE_S) == {"result": None}
    assert network("confirm") == {"result": None}


@pytest.mark.covers("D-NET-01", "D-NET-01.1", "D-NET-01.2", "D-NET-01.5", "D-NET-02")
def test_two_ports_are_one_and_stay_so_when_a_cable_is_pulled(guest, appliance, network):
    set_up(network, bond("active-backup", dhcp=True, routes=[ROUTE]))
    appliance.hal()

    def lan(pleases):
        return appliance.poll(lambda: appliance.device("network_interface", "LAN1"), pleases)

    state = lan(lambda one: one["online"] and one["addresses"])
    assert set(state["addresses"]) == addresses(guest)
    assert (state["gateway"], set(state["members"]), state["link"]) == (HOST, {"eth0", "eth1"}, True)
    assert "fault-tolerance (active-backup)" in guest.run(f"cat /proc/net/bonding/{LAN}")
    assert f"via {HOST}" in guest.run("ip", "route", "show", ROUTE["destination"])

    first = ["eth0", "eth1"].index(state["active_member"])
    guest.cable(first, plugged=False)
    lan(lambda one: one["active_member"] == f"eth{1 - first}")
    # The other end answers over the other port.
    assert "1 response" in guest.run(f"arping -c 3 -f -w 60 -I {LAN} {HOST}")
    assert lan(lambda _one: True)["link"]
    guest.cable(1 - first, plugged=False)
    lan(lambda one: not one["link"])
    guest.cable(first, plugged=True)
    lan(lambda one: one["link"] and one["active_member"] == f"eth{first}")
    guest.cable(1 - first, plugged=True)

    set_up(network, bond("balance-alb", addresses=[f"{HOST}/24"]))
    state = lan(lambda one: one["online"] and one["addresses"] == [f"{HOST}/24"] and one["conflict_mac"])
    assert "adaptive load balancing" in guest.run(f"cat /proc/net/bonding/{LAN}")
    assert guest.run("ip", "route", "show", ROUTE["destination"]) == ""
    # The address is that of who hands out addresses there: both have it now.
    assert state["conflict_mac"].startswith("52:55")
    found = appliance.call("nightjar-control", "network_interface", "LAN1", "test_conflict", address="10.0.2.99")
    assert found == {"result": ""}


@pytest.mark.covers("D-NET-01.6")
def test_a_change_that_nobody_keeps_is_undone_and_one_that_is_kept_stays(guest, appliance, network):
    set_up(network, bond("active-backup", addresses=["10.0.2.40/24"]))
    own = {"10.0.2.40/24"}
    appliance.poll(lambda: addresses(guest), lambda one: one == own)
    lone = {
        "interfaces": [{"name": "eth0", "addresses": ["10.0.2.50/24"]}, {"name": "eth1", "addresses": ["10.9.9.1/24"]}]
    }
    assert network("attempt", plan=lone, within_s=LATE_S) == {"result": None}
    guest.shell.poll("ip -4 addr show dev eth0", until=lambda told: "10.0.2.50/24" in told)
    assert LAN not in guest.run("ls /sys/class/net").split()
    assert "keep or undo it first" in network("attempt", plan=lone)["error"]

    def as_before():
        guest.shell.poll("ls /sys/class/net", until=lambda told: LAN in told.split())
        appliance.poll(lambda: addresses(guest), lambda one: one == own)
        assert "10.0.2.50" not in guest.run("ip -4 addr show dev eth0")

    assert network("undo") == {"result": None}
    as_before()
    assert network("attempt", plan=lone, within_s=SOON_S) == {"result": None}
    appliance.poll(lambda: appliance.said("root"), lambda told: "nobody kept the change" in told)
    as_before()
    assert "was undone" in network("confirm")["error"]

    kept = {"10.0.2.41/24"}
    assert network("attempt", plan=bond("active-backup", addresses=[*kept]), within_s=LATE_S) == {"result": None}
    appliance.poll(lambda: addresses(guest), lambda one: one == kept)
    assert network("confirm") == {"result": None}

    # hal-admin dies while a change is tried: its next start puts back what was kept.
    assert network("attempt", plan=bond("active-backup", addresses=["10.0.2.42/24"]), within_s=LATE_S) == {
        "result": None
    }
    appliance.poll(lambda: addresses(guest), lambda one: one == {"10.0.2.42/24"})
    appliance.kill("hal.admin")
    appliance.admin()
    appliance.poll(lambda: addresses(guest), lambda one: one == kept)

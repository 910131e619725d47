"""An address is tested on the guest's kernel by hal's user without a capability, and by nobody else (D-MNT-08)."""

import json

import pytest

MISSING = -2
NEAR, FAR = "10.77.0.1", "10.77.0.2"
RANGE = "/proc/sys/net/ipv4/ping_group_range"


@pytest.fixture
def neighbour(guest, appliance):
    """Another network stack at the end of a cable, and the line of the image that says who may send echo requests."""
    before = guest.run("cat", RANGE).split()
    told = "sed -n 's/^net.ipv4.ping_group_range = //p' /nightjar/rootfs/usr/lib/sysctl.d/50-nightjar.conf"
    guest.run(
        f"modprobe veth && ip netns add far && ip link add near0 type veth peer name far0 netns far"
        f" && ip addr add {NEAR}/24 dev near0 && ip link set near0 up && ip link set lo up"
        f" && ip netns exec far sh -c 'ip addr add {FAR}/24 dev far0 && ip link set far0 up'"
        f" && {told} > {RANGE}"
    )
    yield lambda words: guest.run(f"ip netns exec far sh -c {words!r}")
    guest.run(f"ip netns del far; echo {' '.join(before)} > {RANGE}", check=False)


def report(appliance, user, address, count=5):
    asked = appliance.as_user(user, "tests.guest.inside.reach", address, str(count), group=user)
    asked.wait()
    return json.loads(asked.output.strip().splitlines()[-1])


@pytest.mark.covers("D-MNT-08")
def test_hal_alone_tests_an_address_by_echo_requests_and_what_a_kernel_swallows_is_missing(appliance, neighbour):
    found = report(appliance, "nightjar-hal", FAR)
    assert (found["to"], found["source"], found["problem"]) == (FAR, NEAR, "")
    assert min(found["delays_us"]) > 0
    assert report(appliance, "nightjar-control", FAR)["problem"] == "may_not_echo"
    # The kernel there answers one request a second to an address, and swallows the others (icmp(7)).
    neighbour("echo 1 > /proc/sys/net/ipv4/icmp_ratemask; echo 1000 > /proc/sys/net/ipv4/icmp_ratelimit")
    found = report(appliance, "nightjar-hal", FAR, count=20)
    assert 0 < found["delays_us"].count(MISSING) < 20
    assert found["said"] == []
    assert report(appliance, "nightjar-hal", "10.78.0.1")["said"][0]["why"] == "no_route"

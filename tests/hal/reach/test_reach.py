"""A test of the network by the hardware service, on nets of a real kernel: delays, what is missing, why (D-MNT-08)."""

import asyncio
import re
import sys

import pytest

from hal.client import HalClient, HalRefused
from hal.client.reach import MISSING, Problem, Report, Said, reach
from tests.hal.network.lab import until
from tests.hal.reach.road import DELAY_S, MANNERS

pytestmark = [pytest.mark.long, pytest.mark.peer("namespaces")]
LAST = {manner: number for number, manner in MANNERS.items()}


def reports(place, address, *, port=0, count=6, interval_s=0.2):
    async def all_of_them():
        return [one async for one in reach(place, address, port=port, count=count, interval_s=interval_s)]

    return asyncio.run(all_of_them())


def last(place, address, **about):
    return reports(place, address, **about)[-1]


def on_road(manner):
    return f"10.5.0.{LAST[manner]}"


def delays(report):
    return [one for one in report.delays_us if one != MISSING]


@pytest.fixture
def road(roadside):
    return roadside.socket


@pytest.fixture
def own_road(nets):
    """For what is counted by the kernel, or goes on when its test is over."""
    nets.road()
    return nets.hal()


@pytest.mark.covers("D-MNT-08")
def test_every_answer_of_loopback_and_of_a_neighbour_is_told_while_it_comes(nets):
    nets.neighbour()
    place = nets.hal()
    for address, own in (("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("10.9.0.2", "10.9.0.1"), ("fd00::2", "fd00::1")):
        told = reports(place, address)
        assert (told[-1].to, told[-1].source, told[-1].over) == (address, own, True)
        assert 0 < min(told[-1].delays_us) <= max(told[-1].delays_us) < 1_000_000
        assert {len(one.delays_us) for one in told} == {1, 2, 3, 4, 5, 6}


@pytest.mark.covers("D-MNT-08")
@pytest.mark.peer("ping")
@pytest.mark.parametrize("manner", ["well", "loses", "delays"])
def test_ping_of_iputils_sees_the_same(roadside, road, manner):
    ours = last(road, on_road(manner), count=9)
    said = roadside.recorder.run("ping", "-n", "-c", "9", "-i", "0.2", "-W", "2", on_road(manner), check=False).stdout
    lost = float(re.search(r"([\d.]+)% packet loss", said)[1])
    mean_ms = float(re.search(r"min/avg/max/mdev = [\d.]+/([\d.]+)/", said)[1])
    assert len(delays(ours)) == 9 - (3 if manner == "loses" else 0)
    assert lost == pytest.approx(100 * ours.delays_us.count(MISSING) / 9, abs=0.01)
    # The machine may be busy for one of the two, so that this bounds the delay from above roughly, from below well.
    assert abs(sum(delays(ours)) / len(delays(ours)) / 1000 - mean_ms) < 25
    if manner == "delays":
        assert min(delays(ours)) >= DELAY_S * 1e6
        assert mean_ms >= DELAY_S * 1e3


def test_each_third_that_is_lost_is_missing_at_its_place(road):
    found = last(road, on_road("loses"))
    assert [one == MISSING for one in found.delays_us] == [False, False, True, False, False, True]
    assert found.said == ()


@pytest.mark.parametrize(
    ("manner", "answered", "doubled", "strange"),
    [
        # Nobody waits for the second answer to the last request.
        ("doubles", 6, 5, 0),
        ("lies", 6, 0, 6),
        ("cuts", 0, 0, 18),
        # One with another identifier the kernel keeps from us, one about a request that never was is strange.
        ("others", 0, 0, 6),
        ("elsewhere", 0, 0, 6),
        ("nothing", 0, 0, 0),
    ],
)
def test_what_no_device_should_send_is_counted_and_answers_nothing(road, manner, answered, doubled, strange):
    found = last(road, on_road(manner))
    assert (len(delays(found)), found.doubled, found.strange) == (answered, doubled, strange)


def test_an_answer_after_two_seconds_is_late_and_its_request_missing(road):
    found = last(road, on_road("late"), count=4, interval_s=1.0)
    assert (found.delays_us[0], len(delays(found)), found.late) == (MISSING, 3, 1)


def test_a_flood_of_answers_does_not_keep_a_test_from_its_end(own_road):
    found = last(own_road, on_road("floods"), count=4)
    assert found.over
    assert found.strange > 100
    with HalClient(own_road) as client:
        assert client.inventory()


def test_who_refuses_on_the_way_is_told(road):
    found = last(road, on_road("forbids"))
    assert found.said == (Said("refused", "10.5.0.128", 6),)
    assert delays(found) == []


@pytest.mark.covers("D-MNT-08")
def test_a_net_without_a_way_an_address_of_nobody_and_a_router_that_says_no_are_told_apart(nets):
    far = nets.neighbour()
    nets.recorder.run("ip", "route", "add", "10.8.0.0/16", "via", "10.9.0.2")
    nets.write("net.ipv4.ip_forward", 1, far)
    nets.write("net.ipv4.icmp_ratelimit", 0, far)
    far.run("ip", "route", "add", "unreachable", "10.8.1.0/24")
    far.run("ip", "route", "add", "prohibit", "10.8.2.0/24")
    place = nets.hal()
    # How often a router says so is limited by its kernel.
    for address, why, by in (
        ("10.7.7.7", "no_route", ""),
        ("10.8.1.1", "nobody", "10.9.0.2"),
        ("10.8.2.1", "refused", "10.9.0.2"),
    ):
        (said,) = last(place, address).said
        assert (said.why, said.by) == (why, by)
    # The kernel asks for the address three times, a second each, before it says that nobody has it.
    for address, own in (("10.9.0.77", "10.9.0.1"), ("fd00::77", "fd00::1")):
        (said,) = last(place, address, interval_s=0.5, count=8).said
        assert (said.why, said.by) == ("nobody", own)


def test_a_port_is_measured_by_connections_without_a_right_to_echo(silent):
    nets, far = silent, silent.neighbour()
    far.start(sys.executable, "-m", "http.server", "554")
    until(lambda: ":022A" in far.run("cat", "/proc/net/tcp", "/proc/net/tcp6").stdout, "a listener")
    nets.recorder.run("ip", "route", "add", "prohibit", "10.8.2.0/24")
    place = nets.hal()
    closed = last(place, "10.9.0.2", port=81)
    assert (len(delays(closed)), closed.closed) == (6, 6)
    found = last(place, "10.9.0.2", port=554)
    assert (len(delays(found)), found.closed) == (6, 0)
    found = last(place, "fd00::2", port=81)
    assert (len(delays(found)), found.source) == (6, "fd00::1")
    assert last(place, "10.8.2.1", port=80).said == (Said("own_firewall", "", 6),)


def test_without_the_right_to_echo_that_is_told_and_nothing_is_sent(silent):
    assert reports(silent.hal(), "127.0.0.1") == [Report(count=6, problem=Problem.MAY_NOT_ECHO, over=True)]


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("224.0.0.1", Problem.NOT_ONE_DEVICE),
        ("ff02::1", Problem.NOT_ONE_DEVICE),
        ("0.0.0.0", Problem.NOT_ONE_DEVICE),
        ("::", Problem.NOT_ONE_DEVICE),
        ("255.255.255.255", Problem.NOT_ONE_DEVICE),
        ("10.5.0.255", Problem.NOT_ONE_DEVICE),
        ("fe80::1", Problem.WHICH_NET),
    ],
)
def test_what_is_not_the_address_of_one_device_is_told_before_anything_is_sent(road, address, problem):
    assert last(road, address) == Report(count=6, problem=problem, over=True)


@pytest.mark.parametrize(
    "name", ["camera at the gate", "-f", "a;reboot", "$(x)", "a\nb", "", "x" * 254, "ümlaut", "::%"]
)
def test_what_is_no_name_is_refused_in_words(road, name):
    with pytest.raises(HalRefused, match=r"neither an address nor the name|Expected `str`"):
        reports(road, name)


@pytest.mark.parametrize(
    ("count", "interval_s", "port"), [(0, 0.5, 0), (101, 0.5, 0), (5, 0.01, 0), (5, 9, 0), (5, 1, 65536)]
)
def test_a_test_is_bounded_in_count_time_and_port(road, count, interval_s, port):
    with pytest.raises(HalRefused, match="Expected"):
        reports(road, "10.5.0.2", count=count, interval_s=interval_s, port=port)


def test_a_test_ends_at_once_with_its_client(nets, own_road):
    def sent():
        return int(nets.recorder.run("cat", "/sys/class/net/road0/statistics/tx_packets").stdout or 0)

    async def leave_after_two():
        going = reach(own_road, on_road("well"), port=0, count=100, interval_s=0.2)
        async for report in going:
            if len(report.delays_us) == 2:
                await going.aclose()
                return

    asyncio.run(leave_after_two())
    with HalClient(own_road) as client:
        client.inventory()
    after = last(own_road, on_road("nothing"), count=1)
    assert after.over
    counters = nets.recorder.run("sh", "-c", "cat /proc/net/snmp | grep ^Icmp: | tail -1").stdout.split()
    names = nets.recorder.run("sh", "-c", "cat /proc/net/snmp | grep ^Icmp: | head -1").stdout.split()
    assert int(counters[names.index("OutEchos")]) <= 4


def test_what_a_real_kernel_swallows_is_missing(nets):
    """It answers one echo request a second to an address, after some at once, and says nothing of the others."""
    far = nets.neighbour()
    nets.write("net.ipv4.icmp_ratemask", 1, far)
    nets.write("net.ipv4.icmp_ratelimit", 1000, far)
    found = last(nets.hal(), "10.9.0.2", count=20)
    assert 0 < found.delays_us.count(MISSING) < 20
    assert found.said == ()

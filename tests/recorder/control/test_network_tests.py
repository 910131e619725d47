"""Tests of the network on behalf of users: one at a time each, and nobody learns of cameras that he may not know."""

import asyncio
from dataclasses import dataclass, field

import pytest

from hal.client import HalRefused, Inventory
from hal.client.kinds import NetworkInterfaceState
from hal.client.reach import MISSING, WAITING, Report
from recorder.client.answers import JobState, NetworkTarget, SeatStatus, Verdict
from recorder.client.errors import Invalid
from recorder.control.channels import Channels
from recorder.control.network_tests import KEPT, NetworkTestGoesOn, NetworkTests, Target, target
from recorder.sealing import Sealer
from recorder.settings.audit import Sought
from recorder.settings.machine import Machine
from recorder.settings.registry import built_in
from recorder.settings.rights import Rights
from recorder.settings.scope import Permission
from recorder.settings.settings import Author, Settings
from recorder.settings.store import FILE, SettingsStore

pytestmark = pytest.mark.anyio
GOOD = Report("10.0.0.7", "10.0.0.1", 3, (400, 500, 600), over=True)
LAN = NetworkInterfaceState(
    "LAN1", True, "", link=True, speed_mbit_s=1000, full_duplex=True, addresses=("10.0.0.1/24",), gateway="10.0.0.254"
)
KEEPER = Rights(frozenset({Permission.SYSTEM}), {Permission.LIVE: frozenset({2})})


@dataclass
class Road:
    """Gives what it is told to, and remembers what was asked and what was left."""

    asked: list = field(default_factory=list)
    left: int = 0
    reports: asyncio.Queue = field(default_factory=asyncio.Queue)

    async def __call__(self, address, *, port, count, interval_s):
        self.asked.append((address, port, count, interval_s))
        try:
            while True:
                report = await self.reports.get()
                if isinstance(report, Exception):
                    raise report
                yield report
                if report.over:
                    return
        finally:
            self.left += 1


@dataclass
class Hal:
    lans: list = field(default_factory=list)
    simulated: bool = False

    @property
    def inventory(self):
        return [Inventory("network_interface", one.name, "", "", "", self.simulated) for one in self.lans]

    def states(self, kind):
        return [one for one in self.lans if isinstance(one, kind)]


class Desk:
    def __init__(self, settings, lans=(LAN,), seats=()):
        self.settings, self.road, self.hal = settings, Road(), Hal(list(lans))
        self.channels = Channels(settings)
        self.tests = NetworkTests(
            self.road, self.hal, self.channels, settings, lambda: tuple(seats), lambda seat: f"10.1.1.{seat}"
        )

    async def seen(self, author, look):
        """Ask until the test is so; what is asked lets the test go on."""
        for _try in range(1000):
            told = (await self.tests.newest(author)).newest
            if look(told):
                return told
        raise AssertionError(told)

    async def over(self, author):
        return await self.seen(author, lambda told: told.state.over)


@pytest.fixture
def settings(instance, clock):
    store = SettingsStore(instance.config / FILE)
    yield Settings(store, built_in(), Sealer(instance), clock, Machine(system_owned=True))
    store.close()


@pytest.mark.covers("D-MNT-08")
async def test_a_test_is_followed_to_its_end_and_noted_in_the_log(settings, author):
    desk = Desk(settings)
    told = await desk.tests.begin("10.0.0.7", 0, author, count=3)
    assert (told.state, told.verdict, told.words) == (JobState.RUNNING, Verdict.UNDER_WAY, "10.0.0.7 is looked up.")
    desk.road.reports.put_nowait(Report("10.0.0.7", "10.0.0.1", 3, (400, MISSING, WAITING)))
    told = await desk.seen(author, lambda told: told.sent)
    assert (told.sent, told.answered, told.missing, told.waiting, told.lost_percent) == (3, 1, 1, 1, 50.0)
    assert told.delays_ms == (0.4, None, None)
    desk.road.reports.put_nowait(GOOD)
    told = await desk.over(author)
    assert (told.state, told.verdict, told.least_ms, told.mean_ms, told.most_ms) == ("done", "good", 0.4, 0.5, 0.6)
    assert desk.road.asked == [("10.0.0.7", 0, 3, 0.5)]
    (row,) = [one for one in settings.audit(Sought()) if one.page == "network-test"]
    assert (row.who, row.new) == (author.who, '"10.0.0.7"')


@pytest.mark.covers("D-MNT-08")
async def test_a_user_has_one_test_at_a_time_and_another_user_his_own(settings, author):
    desk, other = Desk(settings), Author("bob", "web")
    await desk.tests.begin("10.0.0.7", 0, author)
    with pytest.raises(NetworkTestGoesOn, match=r"Your test of .* is under way"):
        await desk.tests.begin("10.0.0.8", 0, author)
    assert (await desk.tests.newest(other)).newest is None
    assert (await desk.tests.begin("10.0.0.9", 554, other)).address == "10.0.0.9"
    assert (await desk.tests.newest(author)).newest.address == "10.0.0.7"
    await desk.tests.close()
    assert desk.road.left == 2


async def test_of_two_that_are_asked_for_at_once_one_is_refused(settings, author):
    desk = Desk(settings)
    both = await asyncio.gather(
        *(desk.tests.begin("10.0.0.7", 0, author) for _each in range(2)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["NetworkTest", "NetworkTestGoesOn"]
    await desk.tests.close()


async def test_a_cancelled_test_ends_at_once_and_another_may_begin(settings, author):
    desk = Desk(settings)
    await desk.tests.begin("10.0.0.7", 0, author)
    await desk.seen(author, lambda _told: desk.road.asked)
    told = (await desk.tests.cancel(author)).newest
    assert (told.state, told.verdict, told.words) == ("cancelled", "cancelled", "The test was cancelled.")
    assert desk.road.left == 1
    await desk.tests.begin("10.0.0.8", 0, author)
    await desk.tests.close()


async def test_what_the_hardware_service_refuses_is_told_in_its_words(settings, author):
    desk = Desk(settings)
    await desk.tests.begin("10.0.0.7", 0, author)
    desk.road.reports.put_nowait(HalRefused("8 tests of the network are under way; wait for one to end"))
    told = await desk.over(author)
    assert (told.state, told.verdict) == ("failed", "failed")
    assert told.words == "8 tests of the network are under way; wait for one to end."


async def test_the_camera_at_the_address_and_its_port_are_named_to_who_may_know_them(settings, author):
    seat = SeatStatus(2, 5, 6, 4.2, "10.1.1.5", "")
    desk = Desk(settings, seats=[seat])
    desk.channels.add({"url": "rtsp://10.1.1.5/a", "name": "Gate"}, author, number=1)
    desk.channels.add({"url": "rtsp://{address}/b", "seat": 5, "name": "Yard"}, author, number=2)
    desk.channels.add({"url": "rtsp://10.9.9.9/c", "name": "Shop"}, author, number=3)
    keeper = Author("eve", "web", KEEPER)
    losing = Report("10.1.1.5", "10.0.0.1", 3, (400, MISSING, 600), over=True)
    for who, channels, advice in (
        (
            author,
            (1, 2),
            (
                "It is the camera Gate: look at its cable and the switch that it hangs on.",
                "Look at the cable of port 6 (Yard).",
            ),
        ),
        (keeper, (2,), ("Look at the cable of port 6 (Yard).",)),
    ):
        await desk.tests.begin("10.1.1.5", 0, who)
        desk.road.reports.put_nowait(losing)
        told = await desk.over(who)
        assert (told.channels, told.advice) == (channels, advice)
    targets = (await desk.tests.newest(keeper)).targets
    assert targets == (NetworkTarget("10.0.0.254", "Gateway at LAN1"), NetworkTarget("10.1.1.5", "Yard", 2))
    assert {one.words for one in (await desk.tests.newest(author)).targets} >= {"Gate", "Shop"}


async def test_damage_is_counted_from_the_beginning_of_a_test_at_the_interface_that_it_went_out_by(settings, author):
    old = NetworkInterfaceState("LAN1", True, "", link=True, addresses=("10.0.0.1/24",), errors=40)
    desk = Desk(settings, lans=[old])
    await desk.tests.begin("10.0.0.7", 0, author)
    desk.hal.lans = [NetworkInterfaceState("LAN1", True, "", link=True, addresses=("10.0.0.1/24",), errors=52)]
    desk.road.reports.put_nowait(GOOD)
    told = await desk.over(author)
    assert told.advice == ("12 packets came damaged to LAN1 meanwhile: change the cable there.",)
    assert told.facts[0].words == "over LAN1, from 10.0.0.1 to 10.0.0.7"


async def test_interfaces_of_a_simulated_board_are_not_blamed_for_a_real_net(settings, author):
    unplugged = NetworkInterfaceState("LAN1", True, "", link=False, addresses=("10.0.0.1/24",))
    desk = Desk(settings, lans=[unplugged])
    desk.hal.simulated = True
    await desk.tests.begin("10.0.0.7", 0, author)
    desk.road.reports.put_nowait(Report("10.0.0.7", "10.0.0.1", 1, (MISSING,), over=True))
    assert not any("cable is plugged in" in one for one in (await desk.over(author)).advice)
    desk.hal.simulated = False
    assert any("No cable is plugged in at LAN1" in one for one in (await desk.over(author)).advice)


async def test_tests_of_so_many_users_are_kept_and_those_under_way_always(settings):
    desk = Desk(settings)
    going = Author("first", "web")
    await desk.tests.begin("10.0.0.1", 0, going)
    for nth in range(KEPT + 5):
        who = Author(f"user {nth}", "web")
        await desk.tests.begin("10.0.0.7", 0, who)
        await desk.tests.cancel(who)
    assert (await desk.tests.newest(going)).newest is not None
    kept = [nth for nth in range(KEPT + 5) if (await desk.tests.newest(Author(f"user {nth}", "web"))).newest]
    assert kept == list(range(6, KEPT + 5))
    await desk.tests.close()


@pytest.mark.parametrize(
    ("told", "port", "found"),
    [
        ("192.168.1.20", 0, Target("192.168.1.20")),
        (" 192.168.1.20 ", 0, Target("192.168.1.20")),
        ("192.168.1.20:554", 0, Target("192.168.1.20", 554)),
        ("192.168.1.20:554", 80, Target("192.168.1.20", 80)),
        ("Gate.Example", 0, Target("gate.example")),
        ("fd00::2", 0, Target("fd00::2")),
        ("fe80::1%eth0", 0, Target("fe80::1%eth0")),
        ("[fd00::2]:554", 0, Target("fd00::2", 554)),
        ("rtsp://ada:secret@192.168.1.20:8554/stream1?x=1", 0, Target("192.168.1.20", 8554)),
        ("rtsp://192.168.1.20/stream1", 0, Target("192.168.1.20")),
    ],
)
def test_an_address_is_read_as_owners_write_it_and_without_a_login(told, port, found):
    assert target(told, port) == found


@pytest.mark.parametrize(
    "told",
    ["", " ", "the gate", "a\nb", "gate/../x", "gate:port", "gate:70000", "http://", "ümlaut", "x" * 3000, "a?b"],
)
def test_what_is_no_address_is_refused_in_words(told):
    with pytest.raises(Invalid, match="Write the address or the name of one device"):
        target(told)

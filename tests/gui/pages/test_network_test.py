"""The network test on the screen: chosen or written, followed answer by answer, a verdict and advice (D-MNT-08)."""

from dataclasses import replace

import pytest

from gui.pages.cameras import Cameras
from gui.pages.hardware import HardwarePage
from gui.pages.network_test import NetworkTestPage
from gui.pages.settings import SettingsPage
from recorder.client.answers import (
    Fact,
    Hardware,
    HardwareGroup,
    HardwareLine,
    JobState,
    NetworkTarget,
    NetworkTest,
    Verdict,
)
from recorder.client.answers import NetworkTests as Told
from recorder.client.errors import Unavailable
from recorder.client.tone import Tone
from recorder.client.unix_http import ApiError
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

TARGETS = (NetworkTarget("192.168.1.1", "Gateway at LAN1"), NetworkTarget("192.168.1.52", "Yard", 2))
BEGUN = NetworkTest(
    JobState.RUNNING, "192.168.1.52", "", 0, 10, 0, 0, 0, 0.0, None, None, None, (), 0, 0, 0,
    Verdict.UNDER_WAY, Tone.PLAIN, "192.168.1.52 is looked up.",
)  # fmt: skip
WAY = (Fact("Way", "over LAN1, from 192.168.1.20 to 192.168.1.52"), Fact("Asked by", "Echo requests (ping)"))
HALF = replace(
    BEGUN,
    to="192.168.1.52",
    sent=5,
    answered=3,
    missing=1,
    waiting=1,
    delays_ms=(0.4, 0.6, None, 3.2, None),
    words="5 of 10 requests are sent, 3 answered.",
    facts=(*WAY, Fact("Missing", "1 of 4, 25 %", Tone.BAD)),
)
LOSING = replace(
    HALF,
    state=JobState.DONE,
    sent=10,
    answered=7,
    missing=3,
    waiting=0,
    delays_ms=(0.4, 0.6, None, 3.2, None, 0.5, 0.4, None, 0.4, 0.5),
    verdict=Verdict.LOSING,
    tone=Tone.BAD,
    words="3 of 10 answers are missing.",
    advice=(
        "Look at the cable of port 3 (Yard).",
        "12 packets came damaged to LAN1: change the cable there.",
    ),
    facts=(*WAY, Fact("Average delay", "0.86 ms"), Fact("Missing", "3 of 10, 30 %", Tone.BAD)),
)
GOOD = replace(
    LOSING,
    answered=10,
    missing=0,
    delays_ms=(0.4, 0.6, 0.5, 3.2, 0.4, 0.5, 0.4, 0.5, 0.4, 0.5),
    verdict=Verdict.GOOD,
    tone=Tone.GOOD,
    words="The connection is good. 10 of 10 answered, after 0.74 ms on average.",
    advice=(),
    facts=(*WAY, Fact("Average delay", "0.74 ms"), Fact("Missing", "0 of 10, 0 %")),
)


class Net:
    """Control's side: what is asked of it, and what it answers."""

    def __init__(self, api, newest=None, targets=TARGETS):
        self.told = Told(newest, targets)
        self.asked = []
        self.refuse = None
        api.network_tests = lambda: self.told
        api.test_network = self.begin
        api.cancel_network_test = self.cancel

    def begin(self, address, *, port=0):
        self.asked.append((address, port))
        if self.refuse is not None:
            raise self.refuse
        self.become(replace(BEGUN, address=address, port=port))
        return self.told.newest

    def cancel(self):
        self.asked.append("cancel")
        cancelled = replace(self.told.newest, state=JobState.CANCELLED, words="The test was cancelled.")
        self.become(replace(cancelled, verdict=Verdict.CANCELLED, tone=Tone.QUIET))
        return self.told

    def become(self, newest):
        self.told = replace(self.told, newest=newest)


def at_page(newest=None, size=(1280, 720), targets=TARGETS, channel=None):
    rig, rooms, api = house(size)
    net = Net(api, newest, targets)
    page = rig.open(NetworkTestPage(rooms, channel))
    return rig, page, net


def later(rig):
    rig.clock.advance(0.6)
    rig.show()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("newest", [None, BEGUN, HALF, GOOD, LOSING])
def test_all_of_it_is_legible_and_within_reach_on_every_screen(size, newest):
    rig, _page, _net = at_page(newest, size)
    if newest is not None:
        assert newest.words in rig.words()
        assert all(one in rig.words() for one in (*newest.advice, *(fact.words for fact in newest.facts)))
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("D-MNT-08")
def test_a_written_address_is_tested_and_followed_to_its_verdict():
    rig, _page, net = at_page()
    assert rig.focus == "address"
    rig.type("192.168.1.52")
    rig.go_to("port")
    rig.type("5x54")
    rig.go_to("go")
    rig.key("ok")
    assert net.asked == [("192.168.1.52", 554)]
    assert "is looked up" in rig.words()
    net.become(HALF)
    later(rig)
    assert rig.find("answers").text == "3 answers, up to 3.2 ms, 1 missing"
    net.become(LOSING)
    later(rig)
    assert "3 of 10 answers are missing." in rig.words()
    assert "Look at the cable of port 3 (Yard)." in rig.words()
    assert rig.find("go").label == "Test"


def test_a_test_that_goes_on_is_cancelled_by_the_same_button():
    rig, _page, net = at_page(HALF)
    assert rig.find("go").label == "Cancel"
    rig.find("address").on_submit()
    assert net.asked == [], "one at a time"
    rig.go_to("go")
    rig.key("ok")
    assert net.asked == ["cancel"]
    assert "The test was cancelled." in rig.words()
    assert rig.find("go").label == "Test"
    assert rig.find("address").value == "192.168.1.52"


def test_a_gateway_or_a_camera_is_chosen_without_writing():
    rig, _page, net = at_page()
    rig.go_to("choose-target")
    rig.key("ok")
    assert "Gateway at LAN1 · 192.168.1.1" in rig.words()
    rig.key("down", "ok")
    assert rig.find("address").value == "192.168.1.52"
    rig.go_to("go")
    rig.key("ok")
    assert net.asked == [("192.168.1.52", 0)]


@pytest.mark.covers("D-MNT-08")
def test_the_camera_that_the_page_was_opened_for_is_tested_at_once_and_once():
    rig, _page, net = at_page(GOOD, channel=2)
    assert net.asked == [("192.168.1.52", 0)]
    net.become(LOSING)
    later(rig)
    later(rig)
    assert len(net.asked) == 1
    rig, _page, net = at_page(HALF, channel=2)
    assert net.asked == [], "another test goes on"
    rig, _page, net = at_page(None, channel=9)
    assert net.asked == []


def test_what_is_refused_is_told_and_the_address_stays():
    rig, _page, net = at_page()
    net.refuse = ApiError(422, "Invalid", "Write the address or the name of one device.")
    rig.type("the gate")
    rig.go_to("go")
    rig.key("ok")
    assert "Write the address or the name of one device." in rig.notices
    assert rig.find("address").value == "the gate"


def test_while_nothing_changes_nothing_is_drawn_and_what_is_written_stays():
    rig, page, net = at_page(GOOD)
    rig.go_to("address")
    rig.key("backspace")
    net.become(replace(GOOD, words="The connection is good. 9 of 9 answered."))
    later(rig)
    assert rig.find("address").value == "192.168.1.5"
    later(rig)
    rig.screen.paint_on(rig.presenter.canvas)
    rig.clock.advance(0.6)
    assert rig.show() == []
    assert page is rig.top


def test_where_nothing_was_sent_there_are_no_bars():
    name = replace(BEGUN, state=JobState.DONE, verdict=Verdict.NO_NAME, tone=Tone.BAD, words="There is no such name.")
    rig, _page, _net = at_page(name)
    assert rig.find("answers") is None
    rig, _page, _net = at_page(BEGUN)
    assert rig.find("answers").text == "0 answers"


def test_a_silent_service_says_so():
    rig, rooms, api = house()

    def silent():
        raise Unavailable(process="control")

    api.network_tests = silent
    rig.open(NetworkTestPage(rooms))
    assert rig.focus == "again"


def test_it_is_reached_from_the_hardware_the_cameras_and_the_settings_of_the_network():
    rig, rooms, api = house()
    net = Net(api)
    lines = (HardwareLine("LAN1", "1 Gbit/s"),)
    api.hardware = lambda: Hardware((HardwareGroup("network", "Network", "network", lines, "network-test"),))
    rig.open(HardwarePage(rooms))
    for name in ("network", "network-test"):
        rig.go_to(name)
        rig.key("ok")
        assert isinstance(rig.top, NetworkTestPage)
        rig.key("back")
    rig.open(SettingsPage(rooms, area="network"))
    rig.go_to("network-test")
    rig.key("ok")
    assert isinstance(rig.top, NetworkTestPage)
    rig, rooms, api = house()
    net = Net(api)
    rig.open(Cameras(rooms))
    rig.key("down", "ok")
    row = next(one for one in rig.top.items if one.label == "Test the connection")
    row.action()
    rig.show()
    assert net.asked == [("192.168.1.52", 0)]

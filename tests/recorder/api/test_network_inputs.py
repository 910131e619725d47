"""Alarms that other programs tell: only by a name that the owner gave, only with the right, over when they are."""

import pytest

from recorder.client.unix_http import ApiError
from tests.recorder.api.served import wait_for


@pytest.fixture
def site(served):
    served.set_up()
    for name in ("Gate", "Safe"):
        served.owner.add_channel(name=name, url="rtsp://10.0.0.7/main")
    page = {"title": "The till", "channel": 2, "lasts_s": 20, "anti_dither_s": 0}
    served.owner.set_page("network-alarm", page, item="till")
    return served


def events(site):
    return site.owner.happened(sources=["network-alarm"]).events


def refused(act):
    with pytest.raises(ApiError) as found:
        act()
    return found.value.http_status


@pytest.mark.covers("D-ALM-05")
def test_what_a_program_tells_is_an_alarm_of_its_camera_until_it_says_that_it_is_over(site):
    site.owner.set_page("network-alarm", {"lasts_s": 0}, item="till")
    site.owner.tell_network_input("till", "Drawer forced")
    (event,) = wait_for(lambda: events(site))
    assert (event.item, event.channel, event.words, event.end_us) == ("till", 2, "The till: Drawer forced", None)
    assert event.state == "new"
    site.clock.advance(3600)
    site.owner.tell_network_input("till", "Drawer forced")
    assert [one.count for one in events(site)] == [1]
    site.owner.tell_network_input("till", active=False)
    wait_for(lambda: events(site)[0].end_us is not None)
    assert [one.count for one in events(site)] == [1]


@pytest.mark.covers("D-ALM-05")
def test_it_is_over_after_its_time_unless_it_is_told_again(site):
    site.owner.tell_network_input("till")
    assert wait_for(lambda: events(site))[0].words == "The till tells an alarm."
    site.clock.advance(19)
    site.owner.tell_network_input("till")
    site.clock.advance(19)
    wait_for(lambda: events(site)[0].end_us is None)
    site.clock.advance(1)
    site.control.desk.network.look_soon()
    (event,) = wait_for(lambda: [one for one in events(site) if one.end_us is not None])
    assert event.end_us - event.begin_us == 39_000_000


def test_a_name_that_nobody_gave_and_one_that_is_gone_raise_nothing(site):
    for name in ("door", "TILL", "..", "a" * 32):
        assert refused(lambda name=name: site.owner.tell_network_input(name)) == 404
    site.owner.set_page("network-alarm", {"lasts_s": 0}, item="till")
    site.owner.tell_network_input("till")
    wait_for(lambda: events(site))
    site.owner.remove_item("network-alarm", "till")
    assert refused(lambda: site.owner.tell_network_input("till")) == 404
    wait_for(lambda: events(site)[0].end_us is not None)


def test_a_rule_that_is_off_lists_nothing(site):
    site.owner.set_page("network-alarm", {"enabled": False}, item="till")
    site.owner.tell_network_input("till")
    assert list(events(site)) == []


@pytest.mark.covers("D-ALM-05")
def test_a_key_for_alarms_tells_it_and_one_for_pictures_does_not(site):
    keys = {may: site.owner.make_api_key("admin", may, may=[may], channels=[1]).token for may in ("alarm", "live")}
    site.client("web", keys["alarm"]).tell_network_input("till", "Drawer forced")
    wait_for(lambda: events(site))
    assert refused(lambda: site.client("web", keys["live"]).tell_network_input("till")) == 403
    assert refused(lambda: site.client("web", keys["alarm"]).set_page("network-alarm", {}, item="till")) == 403


def test_hostile_words_are_one_line_of_plain_text(site):
    site.owner.tell_network_input("till", "a\r\nBcc: all@example.org\x1b[2J" + "x" * 270)
    (event,) = wait_for(lambda: events(site))
    assert event.words.isprintable()
    assert len(event.words) <= 300

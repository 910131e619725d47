"""Reset key and recovery stick: an administrator's password, at this screen, once, and everybody is told (A24, A25)."""

import pytest

from recorder.client.api import ApiError
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.login_rules import LoginRules
from tests.recorder.api.served import PASSWORD
from tests.recorder.api.ways_back import GUARD, ME, NEW, Key, Stick, recorder, refused, settle


@pytest.fixture
def house(tmp_path):
    with recorder(tmp_path / "house") as served:
        yield settle(served)


@pytest.fixture(params=[Key, Stick], ids=lambda way: way.name)
def way(request):
    return request.param


@pytest.mark.covers("D-MNT-14", "D-HW-18")
def test_it_sets_an_administrators_password_and_nothing_else_changes(house, way):
    before = house.admin("screen")
    assert not way.is_open(house.screen)
    assert refused(way.back(house.screen)) == way.refusal
    way.ready(house)
    assert way.is_open(house.screen)
    way.back(house.screen)()
    with pytest.raises(ApiError):
        before.session()  # his sessions end
    assert refused(lambda: house.screen.log_in("admin", PASSWORD)) == "WrongLogin"
    found = house.screen.log_in("admin", NEW)
    assert [(one.user, one.way, one.source) for one in found.resets] == [("admin", way.name, "screen:screen")]
    for name in ("guard", "anna"):
        told = house.web.log_in(name, GUARD).resets
        assert [(one.user, one.way) for one in told] == [("admin", way.name)], "every user is told"
    assert house.control.settings.get(Channel, "1").url == "rtsp://10.0.0.7/a"
    assert any(one.new == '"set anew by recovery"' for one in house.owner.audit())


def test_it_counts_once_and_for_administrators_and_a_refusal_does_not_use_it_up(house, way):
    way.ready(house)
    for user in ("guard", "nobody", "", "../admin"):
        assert refused(way.back(house.screen, user)) == "NoAdministrator"
    assert refused(way.back(house.screen, password="short")) == "BadPassword"
    way.back(house.screen, " Admin ")()
    house.screen.log_in("admin", NEW)
    assert not way.is_open(house.screen)
    assert refused(way.back(house.screen, "anna")) == way.refusal


def test_over_the_network_nothing_comes_of_it(house, way):
    way.ready(house)
    assert refused(way.back(house.web)) == "NotFound"
    guard = house.web
    guard.log_in("guard", GUARD)
    assert refused(way.back(guard)) == "NotFound"
    assert refused(lambda: way.is_open(guard)) == "NotFound"


@pytest.mark.covers("D-MNT-14")
def test_the_owner_may_have_nothing_come_of_it(house, way):
    house.control.settings.change(LoginRules, {way.setting: False}, ME)
    way.ready(house)
    assert not way.is_open(house.screen)
    assert refused(way.back(house.screen)) == way.refusal
    house.control.settings.change(LoginRules, {way.setting: True}, ME)
    way.back(house.screen)()

"""The reset key of the case: an administrator's password, at this screen, once, and everybody is told (A24)."""

import pytest

from hal.client.kinds import KeyAction, KeyEvent
from recorder.accounts.reset_key import OPEN_US
from recorder.client.api import ApiError
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.login_rules import LoginRules
from recorder.settings.pages.user import User
from recorder.settings.settings import Author
from tests.recorder.api.served import PASSWORD

ME = Author("admin", "test")
NEW = "found it again"
GUARD = "eleven guards"


@pytest.fixture
def house(served):
    """A recorder with an administrator who forgot his password, and a guard."""
    served.set_up()
    settings = served.control.settings
    settings.change(Channel, {"url": "rtsp://10.0.0.7/a"}, ME, item="1")
    settings.change(User, {"group": "user"}, ME, item="guard")
    served.control.accounts.passwords.set_password("guard", GUARD, ME, must_change=False)
    return served


def hold(house, key="reset", action=KeyAction.HELD):
    event = KeyEvent("FRONT", key=key, action=action)

    async def tell():
        house.control.machinery.news._heard(event, None)

    house.run(tell())


def refused(work):
    with pytest.raises(ApiError) as error:
        work()
    return error.value.code


def by_key(client, user="admin", password=NEW):
    return lambda: client.recover(user, password, key=True)


@pytest.mark.covers("D-MNT-14", "D-HW-18")
def test_who_held_the_key_sets_an_administrators_password_and_nothing_else_changes(house):
    before = house.admin("screen")
    assert house.screen.reset_key().left_s == 0
    assert refused(by_key(house.screen)) == "KeyNotHeld"
    hold(house)
    assert house.screen.reset_key().left_s == OPEN_US // 1_000_000
    by_key(house.screen)()
    with pytest.raises(ApiError):
        before.session()  # his sessions end
    assert refused(lambda: house.screen.log_in("admin", PASSWORD)) == "WrongLogin"
    found = house.screen.log_in("admin", NEW)
    assert [(one.user, one.way, one.source) for one in found.resets] == [("admin", "key", "screen:screen")]
    told = house.web.log_in("guard", GUARD).resets
    assert [(one.user, one.way) for one in told] == [("admin", "key")], "every user is told"
    assert house.control.settings.get(Channel, "1").url == "rtsp://10.0.0.7/a"
    assert any(one.new == '"set anew by recovery"' for one in house.owner.audit())


def test_one_holding_is_for_one_password_and_for_ten_minutes(house):
    hold(house)
    by_key(house.screen)()
    assert refused(by_key(house.screen)) == "KeyNotHeld"
    hold(house)
    house.clock.advance(OPEN_US // 1_000_000 + 1)
    assert refused(by_key(house.screen)) == "KeyNotHeld"
    assert house.screen.reset_key().left_s == 0


def test_it_is_for_administrators_and_a_refusal_does_not_use_it_up(house):
    hold(house)
    for user in ("guard", "nobody", "", "../admin"):
        assert refused(by_key(house.screen, user)) == "NoAdministrator"
    assert refused(by_key(house.screen, password="short")) == "BadPassword"
    by_key(house.screen, " Admin ")()
    house.screen.log_in("admin", NEW)


def test_over_the_network_and_by_other_keys_nothing_comes_of_it(house):
    for key, action in (("reset", KeyAction.PRESSED), ("reset", KeyAction.RELEASED), ("menu", KeyAction.HELD)):
        hold(house, key, action)
    assert refused(by_key(house.screen)) == "KeyNotHeld"
    hold(house)
    assert refused(by_key(house.web)) == "NotFound"
    guard = house.web
    guard.log_in("guard", GUARD)
    assert refused(by_key(guard)) == "NotFound"
    assert refused(guard.reset_key) == "NotFound"


@pytest.mark.covers("D-MNT-14")
def test_the_owner_may_have_the_key_do_nothing(house):
    house.control.settings.change(LoginRules, {"reset_key": False}, ME)
    hold(house)
    assert refused(by_key(house.screen)) == "KeyNotHeld"
    house.control.settings.change(LoginRules, {"reset_key": True}, ME)
    by_key(house.screen)()

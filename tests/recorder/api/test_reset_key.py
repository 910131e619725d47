"""The reset key of the case: which key, held how, and how long (A24; what the stick shares: test_ways_back.py)."""

import pytest

from hal.client.kinds import KeyAction
from recorder.accounts.reset_key import OPEN_US
from tests.recorder.api.ways_back import Key, hold, recorder, refused, settle


@pytest.fixture
def house(tmp_path):
    with recorder(tmp_path / "house") as served:
        yield settle(served)


def test_one_holding_is_for_one_password_and_for_ten_minutes(house):
    hold(house)
    assert house.screen.reset_key().left_s == OPEN_US // 1_000_000
    Key.back(house.screen)()
    assert refused(Key.back(house.screen)) == "KeyNotHeld"
    hold(house)
    house.clock.advance(OPEN_US // 1_000_000 + 1)
    assert refused(Key.back(house.screen)) == "KeyNotHeld"
    assert house.screen.reset_key().left_s == 0


@pytest.mark.parametrize(
    ("key", "action"), [("reset", KeyAction.PRESSED), ("reset", KeyAction.RELEASED), ("menu", KeyAction.HELD)]
)
def test_by_another_key_or_a_touch_nothing_comes_of_it(house, key, action):
    hold(house, key, action)
    assert house.screen.reset_key().left_s == 0
    assert refused(Key.back(house.screen)) == "KeyNotHeld"

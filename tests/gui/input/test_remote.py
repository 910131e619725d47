"""What the keys of a remote do, whichever receiver they come from."""

import pytest

from gui.input.hal_keys import HalKeys
from gui.input.remote import Remote
from gui.toolkit.event import KeyUp
from gui.toolkit.page import Page
from gui.toolkit.text_field import TextField
from hal.client.kinds import KeyAction, KeyEvent, RemoteEvent, RemoteKey
from tests.gui.rig import Rig


class Listening(Page):
    """Keeps the keys that nobody took before."""

    def __init__(self):
        super().__init__(name="listening")
        self.heard = []
        self.let_go = []

    def handle(self, event):
        if isinstance(event, KeyUp):
            self.let_go.append(event.name)
            return True
        self.heard.append(event)
        return True


class Hand(Rig):
    """A thumb on a remote before a screen."""

    def __init__(self, number=8):
        super().__init__()
        self.remote = Remote(self.screen, lambda: number)
        self.page = self.open(Listening())

    def hold(self, key, seconds=0.0):
        self.remote.press(key)
        self.wait(seconds)
        self.remote.release(key)
        self.show()

    def wait(self, seconds):
        for _tenth in range(round(seconds * 100)):
            self.clock.advance(0.01)
            self.show()

    def push(self, *keys):
        for key in keys:
            self.hold(key)

    @property
    def heard(self):
        return [event.name for event in self.page.heard]


@pytest.fixture
def hand():
    return Hand()


def test_every_key_of_a_remote_arrives_under_its_name(hand):
    keys = [key.value for key in RemoteKey if key.value not in {"address", "shift"}]
    hand.push(*keys)
    assert hand.heard == keys


@pytest.mark.parametrize(("key", "long_s"), [("record", 1.5), ("fn", 1.5), ("power", 3.0)])
def test_a_held_key_means_something_else_while_the_thumb_is_still_there(hand, key, long_s):
    hand.hold(key, long_s - 0.1)
    assert hand.heard == [key]
    hand.remote.press(key)
    hand.wait(long_s + 0.05)
    assert hand.heard == [key, f"{key}_long"]
    hand.remote.release(key)
    assert hand.heard == [key, f"{key}_long"]


def test_what_is_held_hears_that_it_was_let_go(hand):
    hand.remote.press("down")
    assert hand.page.let_go == []
    hand.remote.release("down")
    assert hand.page.let_go == ["down"]


def test_arrows_repeat_while_they_are_held(hand):
    hand.hold("down", 0.39)
    assert hand.heard == ["down"]
    hand.hold("down", 0.7)
    assert [event.repeat for event in hand.page.heard[1:]] == [False, True, True, True]


def test_only_the_recorder_that_was_addressed_listens(hand):
    hand.push("address", "1", "2", "ok", "up", "menu")
    assert hand.heard == []
    assert "recorder 12" in hand.notices[-1]
    hand.push("address", "8", "ok", "up")
    assert hand.heard == ["up"]


def test_an_address_counts_without_ok_after_a_while(hand):
    hand.push("address", "1", "2")
    hand.wait(3.1)
    hand.push("up")
    assert hand.heard == []
    hand.push("address", "8")
    hand.wait(3.1)
    hand.push("up")
    assert hand.heard == ["up"]


def test_an_address_key_without_a_number_changes_nothing(hand):
    hand.push("address")
    hand.wait(3.1)
    hand.push("up")
    assert hand.heard == ["up"]


def test_letters_are_written_by_digits(hand):
    field = TextField(name="field")
    page = Page(name="form")
    page.add(field)
    hand.open(page)
    hand.screen.focus_on(field)
    hand.push("4", "shift", "2", "2")
    hand.wait(1.1)
    hand.push("2", "0")
    hand.push("shift", "7")
    assert field.written == "4ba P"
    hand.push("fn")
    assert field.written == "4ba "
    hand.hold("fn", 1.6)
    assert field.written == ""
    hand.push("shift", "5")
    assert field.written == "5"


def test_without_a_text_digits_stay_digits(hand):
    hand.push("shift", "2")
    assert hand.heard == ["2"]


def test_what_hal_hears_reaches_the_screen_and_the_keys_of_the_case_need_no_address(hand):
    panel = Remote(hand.screen, lambda: 8)
    keys = HalKeys(None, hand.screen, hand.remote, panel)

    def push(said, key):
        for action in (KeyAction.PRESSED, KeyAction.RELEASED):
            keys.take(said("X", key=key, action=action))
        hand.show()

    push(RemoteEvent, RemoteKey.OK)
    hand.push("address", "9", "ok")
    push(RemoteEvent, RemoteKey.OK)
    push(KeyEvent, "menu")
    push(KeyEvent, "power")
    assert hand.heard == ["ok", "menu"]

"""What one logs in with at the screen, and how it is set up: by mouse, by arrows, by digits."""

from dataclasses import replace

import pytest

from gui.dialogs.login import Login
from gui.dialogs.new_password import NewPassword
from gui.dialogs.own_account import OwnAccount
from gui.dialogs.own_questions import OwnQuestions
from gui.dialogs.recover import RecoverByAnswers, RecoverByCode
from gui.dialogs.recovery_codes import CodesSheet
from gui.dialogs.resets import ResetsSheet
from gui.dialogs.screen_lock import SetPattern, SetPin
from gui.dialogs.second_factor import BeginSecond, ScanSecond
from recorder.client.answers import Reset
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

PASSWORD = "long enough 1"
NEW = "staple gun 77"


def do(rig, name):
    rig.go_to(name)
    rig.key("ok")


def write(rig, name, text):
    rig.go_to(name)
    rig.type(text)


def at_the_door(lock="pattern", secret="14789"):
    rig, rooms, api = house(user="")
    rooms.session.lock, rooms.session.secret = lock, secret
    inside = []
    rooms.enter(lambda: inside.append(rooms.session.user))
    rig.show()
    assert isinstance(rig.top, Login)
    return rig, rooms, api, inside


def draw(rig, dots):
    """Draw with a mouse: press, over each dot, release."""
    pad = rig.find("pattern")
    cell = pad.rect.width / 3
    places = [
        (round(pad.rect.x + ((int(dot) - 1) % 3 + 0.5) * cell), round(pad.rect.y + ((int(dot) - 1) // 3 + 0.5) * cell))
        for dot in dots
    ]
    rig.press(places)


@pytest.mark.covers("D-RULE-27", "D-ACC-07")
def test_a_pattern_is_asked_for_first_once_it_is_set():
    rig, _rooms, _api, inside = at_the_door()
    assert rig.focus == "pattern"
    draw(rig, "14789")
    assert inside == ["admin"]


@pytest.mark.covers("D-RULE-27")
def test_a_pattern_is_entered_by_the_digits_of_a_remote():
    rig, _rooms, _api, inside = at_the_door()
    rig.key("1", "4", "7", "8", "9")
    rig.key("ok")
    assert inside == ["admin"]


def test_a_pattern_is_drawn_by_arrows_and_ok():
    rig, _rooms, _api, inside = at_the_door(secret="5632")
    for key in ("ok", "right", "ok", "up", "ok", "left", "ok", "ok"):
        rig.key(key)
    assert inside == ["admin"]


def test_a_line_takes_the_dot_that_it_passes():
    rig, _rooms, _api, inside = at_the_door(secret="1236")
    rig.key("1", "3", "6", "ok")
    assert inside == ["admin"]


@pytest.mark.covers("D-RULE-27")
def test_the_password_stays_as_a_way_in():
    rig, _rooms, _api, inside = at_the_door()
    rig.key("1", "2", "3", "6", "ok")
    assert "That is not it" in rig.words()
    assert not inside
    do(rig, "by-password")
    rig.type(PASSWORD)
    do(rig, "log-in")
    assert inside == ["admin"]


def test_a_pin_lets_in_with_its_last_digit():
    rig, _rooms, _api, inside = at_the_door("pin", "481516")
    assert rig.focus == "pin"
    rig.type("48151")
    assert not inside
    rig.type("6")
    assert inside == ["admin"]


def test_the_tree_that_tests_and_support_read_never_tells_the_pattern():
    rig, _rooms, _api, _inside = at_the_door()
    rig.key("1", "4", "7")
    assert rig.find("pattern").value == {"dots": 3, "cursor": 7}
    rig.key("back")
    assert rig.find("pattern").value == {"dots": 0, "cursor": 7}


@pytest.mark.covers("D-ACC-09")
def test_a_forgotten_password_is_set_anew_by_a_code():
    rig, rooms, api, _inside = at_the_door("", "")
    do(rig, "forgotten")
    do(rig, "by-code")
    assert isinstance(rig.top, RecoverByCode)
    write(rig, "code", "ABCD-EFGH-JKLM-NPQR")
    write(rig, "password", NEW)
    write(rig, "again", NEW)
    do(rig, "set-password")
    assert ("recover", "admin", NEW, "ABCD-EFGH-JKLM-NPQR", {}) in api.calls
    assert isinstance(rig.top, Login)
    assert rig.focus == "password", "where he goes on"
    assert rooms.session.last_user == "admin"


@pytest.mark.covers("D-ACC-08")
def test_a_forgotten_password_is_set_anew_by_answers():
    rig, _rooms, api, _inside = at_the_door("", "")
    api.own = replace(api.own, questions=("toy", "dish", "job"))
    do(rig, "forgotten")
    do(rig, "by-answers")
    assert isinstance(rig.top, RecoverByAnswers)
    for name in ("toy", "dish", "job"):
        write(rig, f"answer-{name}", f"my {name}")
    write(rig, "password", NEW)
    write(rig, "again", NEW)
    do(rig, "set-password")
    assert ("recover", "admin", NEW, "", {"toy": "my toy", "dish": "my dish", "job": "my job"}) in api.calls


def test_who_comes_in_is_told_of_resets_and_says_that_he_has_seen_them():
    rig, rooms, api, inside = at_the_door()
    rooms.session.resets = (Reset(4, "anna", "code", "web:10.0.0.9", 10**15),)
    rig.key("1", "4", "7", "8", "9", "ok")
    assert inside
    assert isinstance(rig.top, ResetsSheet)
    assert "anna" in rig.words()
    assert "10.0.0.9" in rig.words()
    do(rig, "seen")
    assert api.calls[-1] == ("see_resets", 4)
    assert not isinstance(rig.top, ResetsSheet)


@pytest.mark.covers("D-ACC-09")
def test_the_first_password_is_followed_by_its_one_time_codes():
    rig, rooms, _api = house(user="", needs_setup=True)
    rooms.session.recovery_codes = tuple(f"ABCD-EFGH-JKLM-NPQ{at}" for at in range(10))
    rooms.enter(lambda: None)
    assert isinstance(rig.top, NewPassword)
    write(rig, "password", NEW)
    write(rig, "again", NEW)
    do(rig, "set-password")
    assert isinstance(rig.top, CodesSheet)
    assert rig.words().count("ABCD-EFGH") == 10
    do(rig, "written")
    assert rooms.session.recovery_codes == ()


def account():
    rig, rooms, api = house()
    rig.open(OwnAccount(rooms.session))
    return rig, rooms, api


@pytest.mark.covers("D-ACC-07")
def test_a_pattern_is_drawn_twice_before_it_counts():
    rig, _rooms, api = account()
    do(rig, "set-pattern")
    rig.key("1", "2", "3", "ok")
    assert "at least four" in rig.words()
    rig.key("1", "4", "7", "8", "ok")
    rig.key("1", "4", "7", "9", "ok")
    assert "differ" in rig.words()
    for _each in range(2):
        rig.key("1", "4", "7", "8", "ok")
    assert rig.focus == "proof"
    rig.type(PASSWORD)
    do(rig, "enter")
    assert ("set_screen_lock", PASSWORD, "pattern", "1478") in api.calls
    assert isinstance(rig.top, OwnAccount)


def test_a_pin_is_typed_twice():
    rig, _rooms, api = account()
    do(rig, "set-pin")
    write(rig, "pin", "481516")
    write(rig, "pin-again", "481517")
    write(rig, "proof", PASSWORD)
    do(rig, "enter")
    assert "differ" in rig.words()
    rig.find("pin-again").set("481516")
    do(rig, "enter")
    assert ("set_screen_lock", PASSWORD, "pin", "481516") in api.calls


def test_a_second_factor_is_scanned_and_confirmed():
    rig, _rooms, api = account()
    do(rig, "begin-second")
    rig.type(PASSWORD)
    do(rig, "enter")
    assert isinstance(rig.top, ScanSecond)
    assert "GEZD GNBV" in rig.words()
    rig.type("123456")
    assert ("confirm_second_factor", "123456") in api.calls
    assert isinstance(rig.top, OwnAccount)


def test_codes_are_made_anew_and_shown_once():
    rig, _rooms, api = account()
    do(rig, "new-codes")
    rig.type(PASSWORD)
    do(rig, "enter")
    assert api.calls[-1] == ("new_recovery_codes", PASSWORD) or isinstance(rig.top, CodesSheet)
    assert rig.words().count("ABCD-EFGH") == 10


def test_three_different_questions_are_chosen():
    rig, _rooms, api = account()
    do(rig, "own-questions")
    assert isinstance(rig.top, OwnQuestions)
    for at in range(3):
        write(rig, f"answer-{at}", f"answer {at}")
    write(rig, "proof", PASSWORD)
    do(rig, "enter")
    told = {"toy": "answer 0", "dish": "answer 1", "job": "answer 2"}
    assert ("set_questions", PASSWORD, told) in api.calls


@pytest.mark.parametrize("size", SIZES)
def test_the_sheets_lay_out_and_are_reached(size):
    rig, rooms, api = house(size)
    api.own = replace(api.own, screen_lock="pattern", second_factor=True, questions=("toy", "dish", "job"))
    rooms.session.lock = "pattern"
    resets = tuple(Reset(at, "anna", "answers", "screen:screen", 10**15) for at in range(9))
    sheets = [
        OwnAccount(rooms.session),
        Login(rooms.session),
        SetPattern(rooms.session),
        SetPin(rooms.session),
        BeginSecond(rooms.session),
        ScanSecond(rooms.session, api.begin_second_factor("")),
        OwnQuestions(rooms.session, api.questions(), ("toy",)),
        CodesSheet(api.new_recovery_codes("")),
        ResetsSheet(rooms.session, resets, rooms.zone),
        RecoverByCode(rooms.session, "admin"),
        RecoverByAnswers(rooms.session, "admin", api.questions("admin")),
    ]
    for sheet in sheets:
        rig.open(sheet)
        assert clipped(rig.screen) == [], type(sheet).__name__
        assert unreachable(rig.screen) == [], type(sheet).__name__
        rig.key("back")

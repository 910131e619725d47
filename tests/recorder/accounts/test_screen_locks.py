"""A pattern or six digits let in at the screen alone, guessing them leads nowhere, and the password always counts."""

import pytest

from recorder.accounts.caller import Door
from recorder.accounts.errors import BadScreenLock, TriedTooOften, WrongLogin, WrongScreenLock
from recorder.accounts.lockout import FREE_TRIES
from recorder.accounts.screen_locks import MOST_WRONG, LockKind
from recorder.settings.pages.user import User
from tests.recorder.accounts.conftest import OWNER, PASSWORD, seated

PATTERN = "14789"
PIN = "481516"


@pytest.fixture
def drawn(anna):
    anna.own.set_lock(seated(anna, "anna"), PASSWORD, LockKind.PATTERN, PATTERN)
    return anna


def wrong(accounts, secret="12369", user="anna"):
    with pytest.raises(WrongScreenLock) as refused:
        accounts.logins.log_in_at_screen(user, secret)
    return str(refused.value)


@pytest.mark.covers("D-ACC-07", "D-RULE-27")
@pytest.mark.parametrize(("kind", "secret"), [(LockKind.PATTERN, PATTERN), (LockKind.PIN, PIN)])
def test_it_lets_in_at_the_screen_and_the_password_does_too(anna, kind, secret):
    assert anna.locks.kind("anna") is None
    anna.own.set_lock(seated(anna, "anna"), PASSWORD, kind, secret)
    assert anna.locks.kind("anna") is kind
    token, _login = anna.logins.log_in_at_screen(" Anna", secret)
    assert anna.caller(token, Door.SCREEN, "screen").name == "anna"
    assert anna.caller(token, Door.WEB, "10.0.0.1") is None
    assert seated(anna, "anna")


def test_it_is_no_password(drawn):
    for door in Door:
        for secret in (PATTERN, f"pattern:{PATTERN}"):
            with pytest.raises(WrongLogin):
                seated(drawn, "anna", door, secret)
    wrong(drawn, PASSWORD[:16])


def test_pattern_and_digits_are_not_one_another(anna):
    anna.own.set_lock(seated(anna, "anna"), PASSWORD, LockKind.PIN, "139746")
    anna.own.set_lock(seated(anna, "anna"), PASSWORD, LockKind.PATTERN, "13974")
    wrong(anna, "139746")
    assert anna.logins.log_in_at_screen("anna", "13974")


@pytest.mark.parametrize("secret", ["", "147", "1477", "1470", "12345678912", "\uff11478", "abcd"])
def test_no_pattern_is_taken_that_is_none(anna, secret):
    with pytest.raises(BadScreenLock):
        anna.own.set_lock(seated(anna, "anna"), PASSWORD, LockKind.PATTERN, secret)


@pytest.mark.parametrize("secret", ["", "12345", "1234567", "000000", "123456", "987654", "\uff129456", "12a456"])
def test_no_digits_are_taken_that_everybody_tries(anna, secret):
    with pytest.raises(BadScreenLock):
        anna.own.set_lock(seated(anna, "anna"), PASSWORD, LockKind.PIN, secret)


@pytest.mark.covers("D-RULE-30")
def test_guessing_is_slowed_down_and_ends_and_never_locks_the_password(drawn, clock):
    tried = waits = 0
    for _each in range(3 * MOST_WRONG):
        if drawn.locks.kind("anna") is None:
            break
        try:
            wrong(drawn)
            tried += 1
        except TriedTooOften as locked:
            assert tried >= FREE_TRIES
            waits += 1
            clock.advance(locked.details["seconds"])
    assert tried == MOST_WRONG
    assert waits == MOST_WRONG - FREE_TRIES
    clock.advance(48 * 3600)
    wrong(drawn, PATTERN)
    assert seated(drawn, "anna")
    assert seated(drawn, "anna", Door.WEB)
    assert drawn.logins.log_in_at_screen("anna", PATTERN)


def test_waiting_for_the_pattern_locks_nobody_else(drawn):
    for _each in range(FREE_TRIES):
        wrong(drawn)
    with pytest.raises(TriedTooOften):
        drawn.logins.log_in_at_screen("anna", PATTERN)
    drawn.own.set_lock(seated(drawn), PASSWORD, LockKind.PIN, PIN)
    assert drawn.logins.log_in_at_screen("admin", PIN)
    assert seated(drawn, "anna")
    assert drawn.logins.log_in_at_screen("anna", PATTERN)


def test_unknown_users_and_such_as_have_none_get_the_same_answer(drawn, settings):
    told = {wrong(drawn), wrong(drawn, user="nobody"), wrong(drawn, user="admin")}
    settings.change(User, {"enabled": False}, OWNER, item="anna")
    told.add(wrong(drawn, PATTERN))
    assert len(told) == 1


def test_another_password_by_somebody_else_takes_it_away(drawn):
    drawn.passwords.change_own(seated(drawn, "anna"), PASSWORD, "my own new one")
    assert drawn.logins.log_in_at_screen("anna", PATTERN)
    drawn.passwords.set_password("anna", PASSWORD, OWNER, must_change=False)
    assert drawn.locks.kind("anna") is None
    wrong(drawn, PATTERN)


def test_it_is_taken_away_by_recovery_too(drawn):
    codes = drawn.own.new_codes(seated(drawn, "anna"), PASSWORD)
    drawn.recovery.by_code("anna", codes[0], "a new one 123", Door.SCREEN, "screen")
    wrong(drawn, PATTERN)


def test_it_is_nowhere_to_be_read(drawn, instance):
    for path in instance.config.iterdir():
        assert PATTERN.encode() not in path.read_bytes(), path.name


def test_who_is_removed_leaves_none(drawn, settings):
    settings.remove(User, "anna", OWNER)
    settings.change(User, {"group": "user"}, OWNER, item="anna")
    drawn.passwords.set_password("anna", PASSWORD, OWNER, must_change=False)
    wrong(drawn, PATTERN)

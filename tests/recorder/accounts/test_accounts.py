"""Who gets in, who is made to wait, and what is kept of passwords."""

import contextlib
import threading

import pytest

from recorder.accounts.caller import Door, Role
from recorder.accounts.errors import AlreadySetUp, BadPassword, Busy, LockedOut, WrongCode, WrongLogin
from recorder.accounts.lockout import FREE_TRIES, FREE_TRIES_EVERYWHERE, LONGEST_LOCK_S, lock_s
from recorder.accounts.password import Passwords
from recorder.accounts.sessions import IDLE_S, LONGEST_S, MOST_PER_USER
from recorder.accounts.turnstile import WAITING
from recorder.client.answers import MASK
from tests.recorder.accounts.conftest import PASSWORD


def guess(accounts, source="10.0.0.66", door=Door.WEB, password="wrong"):
    with pytest.raises(WrongLogin):
        accounts.logins.log_in("admin", password, door, source)


@pytest.mark.covers("D-BOOT-03")
def test_there_is_no_password_until_somebody_sets_one(accounts):
    assert accounts.first_run.is_due()
    for tried in ("", "admin", "password", "12345678", MASK):
        guess(accounts, door=Door.SCREEN, password=tried)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 129, "tab\tinside", "nul\0inside", "line\ninside", MASK])
def test_a_weak_or_unprintable_password_is_refused_with_the_rule(accounts, password):
    with pytest.raises(BadPassword) as refused:
        accounts.first_run.set_up(password, "", Door.SCREEN, "screen")
    assert (refused.value.field, refused.value.allowed) == ("password", "8 to 128 printable characters")
    assert accounts.first_run.is_due()


@pytest.mark.parametrize("password", ["12345678", "x" * 128, "åäö med blanksteg", "密码密码密码密码"])
def test_any_other_password_works(accounts, password):
    accounts.first_run.set_up(password, "", Door.SCREEN, "screen")
    assert accounts.logins.log_in("admin", password, Door.WEB, "10.0.0.1")[1].user == "admin"


def test_a_recorder_is_set_up_once(admin):
    with pytest.raises(AlreadySetUp):
        admin.first_run.set_up("another password", "", Door.SCREEN, "screen")
    with pytest.raises(AlreadySetUp):
        admin.first_run.make_administrator("another password")


def test_over_the_network_only_the_code_sets_up(accounts):
    code = accounts.first_run.new_code()
    for wrong in ("", "AAAA-AAAA", code[:-1]):
        with pytest.raises(WrongCode):
            accounts.first_run.set_up(PASSWORD, wrong, Door.WEB, "10.0.0.1")
    accounts.first_run.set_up(PASSWORD, code.lower().replace("-", " "), Door.WEB, "10.0.0.1")


def test_without_a_code_the_network_cannot_set_up(accounts):
    with pytest.raises(WrongCode):
        accounts.first_run.set_up(PASSWORD, "", Door.WEB, "10.0.0.1")


def test_a_new_code_makes_the_old_one_void(accounts):
    old = accounts.first_run.new_code()
    accounts.first_run.new_code()
    with pytest.raises(WrongCode):
        accounts.first_run.set_up(PASSWORD, old, Door.WEB, "10.0.0.1")


def test_codes_cannot_be_guessed_on(accounts):
    code = accounts.first_run.new_code()
    for _each in range(FREE_TRIES):
        with pytest.raises(WrongCode):
            accounts.first_run.set_up(PASSWORD, "AAAA-AAAA", Door.WEB, "10.0.0.66")
    with pytest.raises(LockedOut):
        accounts.first_run.set_up(PASSWORD, code, Door.WEB, "10.0.0.66")


def test_passwords_and_tokens_are_nowhere_to_be_read(accounts, instance, caplog):
    caplog.set_level(0)
    code = accounts.first_run.new_code()
    token, _login = accounts.first_run.set_up(PASSWORD, code, Door.WEB, "10.0.0.1")
    guess(accounts, password="nearly " + PASSWORD)
    for path in instance.config.iterdir():
        for secret in (PASSWORD, token, code, code.replace("-", "")):
            assert secret.encode() not in path.read_bytes(), path.name
    assert PASSWORD not in caplog.text
    assert b"$argon2id$" in b"".join(path.read_bytes() for path in instance.config.iterdir())


def test_guessing_is_slowed_down_more_and_more(admin, clock):
    waits = []
    for _round in range(8):
        for _each in range(FREE_TRIES):
            try:
                guess(admin)
            except LockedOut as locked:
                waits.append(locked.details["seconds"])
                clock.advance(locked.details["seconds"])
                break
    assert waits[:5] == [30, 60, 120, 240, 480][: len(waits)]
    assert [lock_s(count, 5) for count in (4, 5, 6, 9, 10, 10_000)] == [0, 30, 60, 480, LONGEST_LOCK_S, LONGEST_LOCK_S]


@pytest.mark.covers("D-RULE-30")
def test_the_right_password_is_refused_as_well_while_locked(admin):
    for _each in range(FREE_TRIES):
        guess(admin)
    with pytest.raises(LockedOut):
        admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.66")


@pytest.mark.covers("D-RULE-30")
def test_a_lock_holds_for_the_guesser_and_not_for_others(admin):
    for _each in range(FREE_TRIES):
        guess(admin)
    admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.7")


@pytest.mark.covers("D-RULE-30")
def test_guessing_from_everywhere_is_slowed_down_too(admin):
    for number in range(FREE_TRIES_EVERYWHERE):
        guess(admin, source=f"10.0.{number}.1")
    with pytest.raises(LockedOut):
        admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.1.1.1")


@pytest.mark.parametrize("door", [Door.SCREEN, Door.OWNER])
def test_whoever_guesses_the_screen_is_never_locked(admin, door):
    for number in range(FREE_TRIES_EVERYWHERE + 5):
        with contextlib.suppress(LockedOut):
            guess(admin, source=f"10.0.{number}.1")
        guess(admin, source=door.value, door=door)
    assert admin.logins.log_in("admin", PASSWORD, door, door.value)


def test_a_lock_outlives_a_restart(admin, open_accounts):
    for _each in range(FREE_TRIES):
        guess(admin)
    with pytest.raises(LockedOut):
        open_accounts().logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.66")


def test_a_clock_set_back_does_not_lengthen_a_lock(admin, clock):
    for _each in range(FREE_TRIES):
        guess(admin)
    clock.step(-1_000_000)
    with pytest.raises(LockedOut) as locked:
        admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.66")
    assert locked.value.details["seconds"] <= 30


def test_the_right_password_forgives_the_wrong_ones(admin):
    for _round in range(3):
        for _each in range(FREE_TRIES - 1):
            guess(admin)
        admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.66")


def test_a_flood_of_logins_is_turned_away(admin, open_accounts):
    release = threading.Event()

    class Slow(Passwords):
        def fits(self, record, password):
            release.wait(10)
            return False

    flooded = open_accounts(Slow())
    results = []

    def log_in():
        try:
            flooded.logins.log_in("admin", "x", Door.SCREEN, "screen")
        except (Busy, WrongLogin) as error:
            results.append(type(error))

    threads = [threading.Thread(target=log_in) for _each in range(WAITING + 5)]
    for thread in threads:
        thread.start()
    while results.count(Busy) < 5:
        threading.Event().wait(0.01)
    release.set()
    for thread in threads:
        thread.join(60)
    assert (results.count(Busy), results.count(WrongLogin)) == (5, WAITING)


# --- sessions ---


def test_a_session_is_the_user_at_its_own_door_only(admin):
    token, _login = admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.1")
    caller = admin.caller(token, Door.WEB, "10.0.0.1")
    assert caller is not None
    assert (caller.name, caller.role) == ("admin", Role.ADMIN)
    assert admin.sessions.find(token, Door.SCREEN) is None
    assert admin.sessions.find(token + "x", Door.WEB) is None
    assert admin.sessions.find("\ud800", Door.WEB) is None


def test_a_session_ends_when_nobody_uses_it(admin, clock):
    token, _login = admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.1")
    clock.advance(IDLE_S - 1)
    assert admin.sessions.find(token, Door.WEB)
    clock.advance(IDLE_S - 1)
    assert admin.sessions.find(token, Door.WEB)
    clock.advance(IDLE_S)
    assert admin.sessions.find(token, Door.WEB) is None


def test_a_session_ends_after_a_day_in_any_case(admin, clock):
    token, _login = admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.1")
    for _each in range(LONGEST_S // (IDLE_S // 2) - 1):
        clock.advance(IDLE_S // 2)
        assert admin.sessions.find(token, Door.WEB)
    clock.advance(IDLE_S // 2)
    assert admin.sessions.find(token, Door.WEB) is None


def test_a_step_of_the_clock_neither_ends_nor_lengthens_a_session(admin, clock):
    token, _login = admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.1")
    for step in (10 * LONGEST_S, -20 * LONGEST_S):
        clock.step(step)
        assert admin.sessions.find(token, Door.WEB)
    clock.advance(LONGEST_S)
    assert admin.sessions.find(token, Door.WEB) is None


def test_a_session_outlives_a_restart_of_control_but_not_its_day(admin, open_accounts, clock):
    token, _login = admin.logins.log_in("admin", PASSWORD, Door.SCREEN, "screen")
    again = open_accounts()
    assert again.sessions.find(token, Door.SCREEN)
    clock.advance(LONGEST_S)
    assert open_accounts().sessions.find(token, Door.SCREEN) is None


def test_logging_out_ends_the_session_for_good(admin, open_accounts):
    token, _login = admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.1")
    admin.log_out(admin.caller(token, Door.WEB, "10.0.0.1"))
    assert admin.sessions.find(token, Door.WEB) is None
    assert open_accounts().sessions.find(token, Door.WEB) is None


def test_sessions_of_one_user_are_bounded_and_the_oldest_ends_first(admin, clock):
    tokens = []
    for _each in range(MOST_PER_USER + 1):
        clock.advance(1)
        tokens.append(admin.sessions.begin("admin", Door.WEB, "10.0.0.1")[0])
    alive = [admin.sessions.find(token, Door.WEB) is not None for token in tokens]
    assert alive.count(True) == MOST_PER_USER
    assert not alive[0]

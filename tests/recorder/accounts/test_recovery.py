"""A forgotten password is set anew by who has written down codes or chosen questions, and by nobody else."""

import pytest

from recorder.accounts.caller import Door
from recorder.accounts.errors import (
    BadAnswers,
    BadPassword,
    LockedOut,
    TriedTooOften,
    WrongLogin,
    WrongRecovery,
)
from recorder.accounts.lockout import FREE_TRIES, FREE_TRIES_EVERYWHERE
from recorder.accounts.recovery_codes import HOW_MANY
from recorder.client.errors import NotFound, Refused
from recorder.settings.pages.user import User
from tests.recorder.accounts.conftest import OWNER, PASSWORD, seated

NEW = "a new one for all"
ANSWERS = {"toy": "The Bear!", "dish": "liver & onions", "job": "Paper-Boy"}


@pytest.fixture
def codes(admin):
    return admin.own.new_codes(seated(admin), PASSWORD)


@pytest.mark.covers("D-ACC-09")
def test_a_code_sets_a_new_password_once(admin, codes):
    assert len(set(codes)) == HOW_MANY
    sitting = seated(admin)
    admin.recovery.by_code("Admin ", codes[3].lower().replace("-", " "), NEW, Door.WEB, "10.0.0.9")
    assert admin.again(sitting) is None
    with pytest.raises(WrongLogin):
        seated(admin)
    assert seated(admin, password=NEW).name == "admin"
    with pytest.raises(WrongRecovery):
        admin.recovery.by_code("admin", codes[3], "once more 123", Door.WEB, "10.0.0.9")
    assert admin.own.state(seated(admin, password=NEW)).codes_left == HOW_MANY - 1


def test_a_code_is_of_its_user_alone(anna, codes):
    with pytest.raises(WrongRecovery):
        anna.recovery.by_code("anna", codes[0], NEW, Door.WEB, "10.0.0.9")
    assert seated(anna, "anna").name == "anna"
    anna.recovery.by_code("admin", codes[0], NEW, Door.WEB, "10.0.0.9")
    assert seated(anna, "anna").name == "anna"


def test_new_codes_make_the_old_ones_void_and_take_the_password(admin, codes):
    with pytest.raises(WrongLogin):
        admin.own.new_codes(seated(admin), "not it at all")
    admin.own.new_codes(seated(admin), PASSWORD)
    with pytest.raises(WrongRecovery):
        admin.recovery.by_code("admin", codes[0], NEW, Door.WEB, "10.0.0.9")


def test_codes_and_answers_are_nowhere_to_be_read(admin, codes, instance):
    admin.own.set_questions(seated(admin), PASSWORD, ANSWERS)
    for path in instance.config.iterdir():
        data = path.read_bytes().lower()
        for secret in (*codes, *(code.replace("-", "") for code in codes), "the bear", "thebear", "liver"):
            assert secret.lower().encode() not in data, path.name


def test_guessing_codes_is_slowed_down_and_locks_no_login(admin, codes):
    for _each in range(FREE_TRIES):
        with pytest.raises(WrongRecovery):
            admin.recovery.by_code("admin", "AAAA-AAAA-AAAA-AAAA", NEW, Door.WEB, "10.0.0.66")
    with pytest.raises(LockedOut):
        admin.recovery.by_code("admin", codes[0], NEW, Door.WEB, "10.0.0.66")
    assert seated(admin, door=Door.WEB)
    assert seated(admin)


def test_who_guesses_on_the_network_does_not_lock_the_screen(admin, codes):
    for number in range(FREE_TRIES_EVERYWHERE):
        with pytest.raises(WrongRecovery):
            admin.recovery.by_code("admin", "AAAA-AAAA-AAAA-AAAA", NEW, Door.WEB, f"10.0.{number}.1")
    with pytest.raises(LockedOut):
        admin.recovery.by_code("admin", codes[0], NEW, Door.WEB, "10.9.9.9")
    admin.recovery.by_code("admin", codes[0], NEW, Door.SCREEN, "screen")


def test_unknown_and_shut_out_users_get_the_same_answer(anna, settings, codes):
    mine = anna.own.new_codes(seated(anna, "anna"), PASSWORD)
    settings.change(User, {"enabled": False}, OWNER, item="anna")
    told = set()
    for user, code in (("nobody", codes[0]), ("anna", mine[0]), ("admin", "x"), ("recovery of admin", "y")):
        with pytest.raises(WrongRecovery) as refused:
            anna.recovery.by_code(user, code, NEW, Door.WEB, "10.0.0.5")
        told.add(str(refused.value))
    assert len(told) == 1


def test_a_bad_password_uses_no_code_up(admin, codes):
    with pytest.raises(BadPassword):
        admin.recovery.by_code("admin", codes[0], "short", Door.SCREEN, "screen")
    admin.recovery.by_code("admin", codes[0], NEW, Door.SCREEN, "screen")


@pytest.mark.covers("D-ACC-08", "D-ACC-09")
def test_questions_count_however_the_answers_are_written(admin):
    admin.own.set_questions(seated(admin), PASSWORD, ANSWERS)
    assert set(admin.recovery.asked("admin")) == set(ANSWERS)
    admin.recovery.by_answers("admin", {"toy": "the  BEAR", "dish": "Liver onions", "job": "paperboy"}, NEW)
    assert seated(admin, password=NEW)


def test_all_answers_must_be_right(admin):
    admin.own.set_questions(seated(admin), PASSWORD, ANSWERS)
    for wrong in ({**ANSWERS, "toy": "the cat"}, {"toy": ANSWERS["toy"]}, {}, {"song": "x"}):
        with pytest.raises(WrongRecovery):
            admin.recovery.by_answers("admin", wrong, NEW)
    admin.recovery.by_answers("admin", ANSWERS, NEW)


def test_answers_are_slowed_down_at_the_screen_and_the_password_is_not(admin):
    admin.own.set_questions(seated(admin), PASSWORD, ANSWERS)
    for _each in range(FREE_TRIES):
        with pytest.raises(WrongRecovery):
            admin.recovery.by_answers("admin", {}, NEW)
    with pytest.raises(TriedTooOften):
        admin.recovery.by_answers("admin", ANSWERS, NEW)
    assert seated(admin)


def test_who_chose_no_questions_has_none(anna):
    assert anna.recovery.asked("anna") == ()
    with pytest.raises(WrongRecovery):
        anna.recovery.by_answers("anna", {}, NEW)
    anna.own.set_questions(seated(anna, "anna"), PASSWORD, ANSWERS)
    anna.own.set_questions(seated(anna, "anna"), PASSWORD, {})
    with pytest.raises(WrongRecovery):
        anna.recovery.by_answers("anna", ANSWERS, NEW)


@pytest.mark.parametrize(
    "answers",
    [
        {"toy": "bear"},
        {"toy": "bear", "dish": "liver", "job": "x"},
        {"toy": "bear", "dish": "Bear", "job": "baker"},
        {"toy": "bear", "dish": "liver", "nosuch": "baker"},
        {"toy": "bear", "dish": "liver", "job": "!!! ???"},
        {"toy": "bear", "dish": "liver", "job": "x" * 65},
    ],
)
def test_answers_that_are_no_way_back_in_are_refused(admin, answers):
    with pytest.raises(BadAnswers):
        admin.own.set_questions(seated(admin), PASSWORD, answers)


@pytest.mark.covers("D-ACC-09")
def test_every_user_is_told_of_a_reset_until_he_has_seen_it(anna, codes, settings):
    anna.recovery.by_code("admin", codes[0], NEW, Door.WEB, "10.0.0.9")
    for user in ("admin", "anna"):
        told = anna.recovery.resets.unseen(user)
        assert [(one.user, one.way, one.source) for one in told] == [("admin", "code", "web:10.0.0.9")]
    anna.recovery.resets.seen("anna", 10**9)
    anna.recovery.by_code("admin", codes[1], NEW, Door.SCREEN, "screen")
    assert [one.source for one in anna.recovery.resets.unseen("anna")] == ["screen:screen"]
    assert len(anna.recovery.resets.unseen("admin")) == 2
    settings.change(User, {"group": "user"}, OWNER, item="ben")
    anna.passwords.set_password("ben", PASSWORD, OWNER)
    assert anna.recovery.resets.unseen("ben") == []


def test_a_reset_stands_in_the_audit(admin, codes, settings):
    admin.recovery.by_code("admin", codes[0], NEW, Door.WEB, "10.0.0.9")
    told = [(one.who, one.source, one.field, one.new) for one in settings.changes()]
    assert ("admin", "web:10.0.0.9", "password", '"set anew by recovery"') in told


def test_who_is_removed_leaves_no_way_back_in(anna, settings):
    codes = anna.own.new_codes(seated(anna, "anna"), PASSWORD)
    anna.own.set_questions(seated(anna, "anna"), PASSWORD, ANSWERS)
    settings.remove(User, "anna", OWNER)
    settings.change(User, {"group": "user"}, OWNER, item="anna")
    anna.passwords.set_password("anna", PASSWORD, OWNER, must_change=False)
    with pytest.raises(WrongRecovery):
        anna.recovery.by_code("anna", codes[0], NEW, Door.WEB, "10.0.0.9")
    assert anna.recovery.asked("anna") == ()


def test_who_must_change_his_password_sets_nothing_else(anna):
    anna.passwords.set_password("anna", PASSWORD, OWNER)
    for try_it in (
        lambda who: anna.own.new_codes(who, PASSWORD),
        lambda who: anna.own.set_questions(who, PASSWORD, ANSWERS),
    ):
        with pytest.raises(Refused):
            try_it(seated(anna, "anna"))


def test_a_program_with_a_key_sets_no_credentials(anna):
    from recorder.accounts.api_keys import NewKey
    from recorder.settings.rights import EVERY
    from recorder.settings.scope import Permission

    token, _key = anna.programs.make("anna", NewKey("x", frozenset({Permission.LIVE}), EVERY, 1), OWNER)
    program = anna.caller(token, Door.WEB, "10.0.0.1")
    with pytest.raises(NotFound):
        anna.own.new_codes(program, PASSWORD)

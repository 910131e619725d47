"""What the owner says of logins counts: who stays out for a time, how long a password lasts, how often one tries."""

import pytest

from recorder.accounts.api_keys import NewKey
from recorder.accounts.caller import Door
from recorder.accounts.errors import Blocked, LockedOut, MoreThanOwn, WrongLogin
from recorder.client.errors import Invalid, NotFound
from recorder.settings.pages.login_rules import LoginRules
from recorder.settings.rights import EVERY, NONE, Rights
from recorder.settings.scope import Permission
from recorder.settings.settings import Author
from tests.recorder.accounts.conftest import OWNER, PASSWORD, seated

DAY_S = 86_400
HERE = "10.0.0.1"


def rule(settings, **values):
    settings.change(LoginRules, values, OWNER)


def session_of(accounts, user, door=Door.WEB):
    return next(one for one in reversed(accounts.sessions.all()) if (one.user, one.door) == (user, door))


@pytest.mark.covers("D-MNT-06")
def test_who_is_kept_out_stays_out_from_there_for_that_time(anna, clock, open_accounts):
    first, second = seated(anna, "anna", Door.WEB), seated(anna, "anna", Door.WEB)
    token, _key = anna.programs.make("anna", NewKey("x", frozenset({Permission.LIVE}), EVERY, 30), OWNER)
    anna.kick(session_of(anna, "anna").id, OWNER, 60)
    assert anna.again(first) is None
    assert anna.again(second) is None
    assert anna.caller(token, Door.WEB, HERE) is None
    for accounts in (anna, open_accounts()):
        with pytest.raises(Blocked):
            seated(accounts, "anna", Door.WEB)
        assert accounts.logins.log_in("anna", PASSWORD, Door.WEB, "10.0.0.2")
        assert accounts.caller(token, Door.WEB, "10.0.0.2")
        assert seated(accounts, "admin", Door.WEB)
        assert seated(accounts, "anna", Door.SCREEN)
    clock.advance(60 * 60)
    assert seated(anna, "anna", Door.WEB)


@pytest.mark.covers("D-MNT-06")
def test_who_was_kept_out_is_let_in_again(anna):
    seated(anna, "anna", Door.WEB)
    anna.kick(session_of(anna, "anna").id, OWNER, 65_535)
    assert [(one.user, one.source) for one in anna.blocks.all()] == [("anna", HERE)]
    with pytest.raises(MoreThanOwn):
        anna.unblock("anna", HERE, Author("ben", "web:x", NONE))
    anna.unblock("anna", HERE, OWNER)
    assert seated(anna, "anna", Door.WEB)
    with pytest.raises(NotFound):
        anna.unblock("anna", HERE, OWNER)


def test_nobody_is_kept_out_before_the_recorder(anna):
    seated(anna, "anna", Door.SCREEN)
    with pytest.raises(Invalid):
        anna.kick(session_of(anna, "anna", Door.SCREEN).id, OWNER, 5)
    assert session_of(anna, "anna", Door.SCREEN)


def test_nobody_keeps_out_who_may_more(anna):
    seated(anna, "admin", Door.WEB)
    keeper = Author("anna", "web:x", Rights(frozenset({Permission.ACCOUNT})))
    with pytest.raises(MoreThanOwn):
        anna.kick(session_of(anna, "admin").id, keeper, 5)
    assert not anna.blocks.all()


def test_a_clock_that_is_set_back_does_not_lengthen_it(anna, clock, open_accounts):
    seated(anna, "anna", Door.WEB)
    anna.kick(session_of(anna, "anna").id, OWNER, 60)
    clock.step(-30 * DAY_S)
    again = open_accounts()
    assert again.blocks.left_s("anna", HERE) == 3600
    clock.advance(3601)
    assert seated(again, "anna", Door.WEB)


def test_an_old_password_is_changed_at_the_next_login(anna, settings, clock):
    sitting = seated(anna, "anna")
    token, _key = anna.programs.make("anna", NewKey("x", frozenset({Permission.LIVE}), EVERY, 300), OWNER)
    rule(settings, password_days=30)
    assert not seated(anna, "anna").must_change
    clock.advance(31 * DAY_S)
    late = seated(anna, "anna")
    assert late.must_change
    assert late.rights == NONE
    # A program goes on: nobody could set it a new password.
    assert anna.caller(token, Door.WEB, HERE)
    assert sitting.rights != NONE
    anna.passwords.change_own(late, PASSWORD, "another one 123")
    assert not seated(anna, "anna", password="another one 123").must_change
    rule(settings, password_days=0)
    assert not seated(anna, "admin").must_change


def test_a_session_goes_on_when_the_password_gets_old_meanwhile(anna, settings, clock):
    rule(settings, password_days=1)
    clock.advance(DAY_S - 60)
    sitting = seated(anna, "anna")
    clock.advance(120)
    assert not anna.again(sitting).must_change
    assert seated(anna, "anna").must_change


@pytest.mark.covers("D-SEC-06")
def test_tries_and_wait_are_the_owners(anna, settings):
    rule(settings, tries=3, lock_s=120)
    for _each in range(3):
        with pytest.raises(WrongLogin):
            seated(anna, "anna", Door.WEB, "wrong")
    with pytest.raises(LockedOut) as locked:
        seated(anna, "anna", Door.WEB)
    assert locked.value.details["seconds"] == 120


def test_questions_can_be_switched_off_for_all(admin, settings):
    admin.own.set_questions(seated(admin), PASSWORD, {"toy": "bear", "dish": "liver", "job": "baker"})
    rule(settings, questions=False)
    assert admin.recovery.asked("admin") == ()

"""Groups and users: who may what, and which changes of them are refused (docs/design/accounts.md, A1-A5)."""

import sqlite3
import threading
from contextlib import suppress

import pytest

from recorder.accounts.caller import Door, Role
from recorder.accounts.errors import LastAdministrator, MoreThanOwn, StandingGroup, UsedGroup, WrongLogin
from recorder.accounts.store import FILE, MIGRATIONS, AccountStore
from recorder.client.errors import NightjarError, NotFound, Refused
from recorder.settings.errors import BadSetting
from recorder.settings.pages.user import User
from recorder.settings.pages.user_group import UserGroup
from recorder.settings.rights import FULL, Rights
from recorder.settings.scope import Permission
from recorder.settings.settings import Author
from tests.recorder.accounts.conftest import PASSWORD, quick

US = Author("owner", "here", FULL)
OTHER = "staple gun 77"


@pytest.fixture
def people(admin, settings):
    """The administrator, and somebody of the users."""

    def made(name, group="user", **values):
        settings.change(User, {"group": group, **values}, US, item=name)
        admin.passwords.set_password(name, OTHER, US, must_change=False)
        return admin.people.person(name)

    return made


def entered(admin, name, password=OTHER, door=Door.WEB):
    token, _login = admin.logins.log_in(name, password, door, "10.0.0.9")
    return token, admin.caller(token, door, "10.0.0.9")


@pytest.mark.covers("D-ACC-01", "D-RULE-28")
def test_a_user_may_no_more_than_his_group_and_less_where_it_says_so(admin, people, settings):
    settings.change(
        UserGroup, {"title": "Gate", "live": [1, 2], "playback": [1], "allowed": ["alarm"]}, US, item="gate"
    )
    whole, part = people("anna", "gate"), people("ben", "gate", live=[2, 3], allowed=[])
    assert (whole.rights.on(Permission.LIVE), whole.rights.on(Permission.PLAYBACK)) == ({1, 2}, {1})
    assert whole.rights.areas == {Permission.ALARM}
    assert not whole.rights.on(Permission.BACKUP)
    assert (part.rights.on(Permission.LIVE), part.rights.areas) == ({2}, frozenset())


def test_a_change_of_a_group_counts_at_once_for_who_is_logged_in(admin, people, settings):
    people("anna")
    token, caller = entered(admin, "anna")
    caller.need_on(Permission.PLAYBACK, 7)
    settings.change(UserGroup, {"playback": []}, US, item="user")
    with pytest.raises(Refused):
        admin.caller(token, Door.WEB, "10.0.0.9").need_on(Permission.PLAYBACK, 7)
    with pytest.raises(Refused):
        admin.again(caller).need_on(Permission.PLAYBACK, 7)


def test_what_one_has_no_right_to_at_all_does_not_exist(admin, people):
    people("anna", live=[1], playback=[1], ptz=[], audio=[])
    _token, caller = entered(admin, "anna")
    with pytest.raises(NotFound):
        caller.need_on(Permission.LIVE, 2)
    with pytest.raises(Refused):
        caller.need_on(Permission.PTZ, 1)
    with pytest.raises(NotFound):
        caller.need_on(Permission.LIVE, 1, 2)


def test_who_is_switched_off_or_removed_is_out_at_once_and_cannot_return(admin, people, settings):
    for name, act in (
        ("anna", lambda: settings.change(User, {"enabled": False}, US, item="anna")),
        ("ben", lambda: settings.remove(User, "ben", US)),
    ):
        people(name)
        token, caller = entered(admin, name)
        act()
        assert admin.caller(token, Door.WEB, "10.0.0.9") is None
        assert admin.again(caller) is None
        with pytest.raises(WrongLogin):
            admin.logins.log_in(name, OTHER, Door.WEB, "10.0.0.9")


def test_a_name_that_is_taken_anew_has_no_old_password(admin, people, settings):
    people("ben")
    settings.remove(User, "ben", US)
    settings.change(User, {"group": "user"}, US, item="ben")
    with pytest.raises(WrongLogin):
        admin.logins.log_in("ben", OTHER, Door.WEB, "10.0.0.9")


@pytest.mark.covers("D-ACC-02", "D-RULE-28")
def test_the_standing_groups_stay_and_administrators_may_all(settings, people):
    for group in ("admin", "user"):
        settings.change(UserGroup, {"remarks": "kept"}, US, item=group)
        with pytest.raises(StandingGroup):
            settings.remove(UserGroup, group, US)
    with pytest.raises(StandingGroup):
        settings.change(UserGroup, {"playback": []}, US, item="admin")


def test_a_group_goes_only_when_nobody_is_in_it(settings, people):
    settings.change(UserGroup, {"title": "Gate"}, US, item="gate")
    people("anna", "gate")
    with pytest.raises(UsedGroup):
        settings.remove(UserGroup, "gate", US)
    settings.change(User, {"group": "user"}, US, item="anna")
    settings.remove(UserGroup, "gate", US)
    with pytest.raises(BadSetting) as refused:
        settings.change(User, {"group": "gate"}, US, item="anna")
    assert refused.value.field == "group"


@pytest.mark.covers("D-RULE-28")
@pytest.mark.parametrize("values", [{"group": "user"}, {"enabled": False}, {"playback": [1]}, {"allowed": []}, None])
def test_the_last_administrator_stays_and_keeps_his_rights(admin, settings, values):
    def act():
        if values is None:
            settings.remove(User, "admin", US)
        else:
            settings.change(User, values, US, item="admin")

    with pytest.raises(LastAdministrator):
        act()
    # Somebody who has no password yet cannot stand in for him.
    settings.change(User, {"group": "admin"}, US, item="second")
    with pytest.raises(LastAdministrator):
        act()
    admin.passwords.set_password("second", OTHER, US)
    act()


def test_two_administrators_cannot_remove_each_other_at_the_same_time(admin, people, settings):
    for _try in range(10):
        people("second", "admin")
        start = threading.Barrier(2)

        def robbed(name, start=start):
            start.wait()
            with suppress(LastAdministrator):
                settings.change(User, {"enabled": False}, US, item=name)

        both = [threading.Thread(target=robbed, args=(name,)) for name in ("admin", "second")]
        for one in both:
            one.start()
        for one in both:
            one.join()
        left = [one.name for one in admin.people.all() if one.is_administrator]
        assert len(left) == 1
        for name in ("admin", "second"):
            settings.change(User, {"enabled": True}, US, item=name)


def test_who_looks_after_users_can_make_himself_nothing_that_he_is_not(admin, people, settings):
    settings.change(UserGroup, {"title": "Desk", "allowed": ["account"], "live": [1]}, US, item="desk")
    us = Author("anna", "web", people("anna", "desk").rights)
    for act in (
        lambda: settings.change(User, {"group": "admin"}, us, item="anna"),
        lambda: settings.change(User, {"group": "user"}, us, item="fresh"),
        lambda: settings.change(UserGroup, {"allowed": ["account", "system"]}, us, item="desk"),
        lambda: settings.change(UserGroup, {"title": "New", "live": [2]}, us, item="new"),
        lambda: settings.change(User, {"enabled": False}, us, item="admin"),
        lambda: settings.change(UserGroup, {"remarks": "mine"}, us, item="admin"),
        lambda: admin.passwords.set_password("admin", "mine, all mine", us),
    ):
        with pytest.raises(MoreThanOwn):
            act()
    settings.change(User, {"group": "desk", "allowed": []}, us, item="helper")
    admin.passwords.set_password("helper", OTHER, us)
    admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.9")


@pytest.mark.covers("D-ACC-05")
def test_ones_own_password_needs_the_old_one_and_ends_the_other_sessions(admin, people):
    people("anna")
    old, _caller = entered(admin, "anna")
    token, caller = entered(admin, "anna")
    with pytest.raises(WrongLogin):
        admin.passwords.change_own(caller, "wrong", "brand new words")
    with pytest.raises(NightjarError):
        admin.passwords.change_own(caller, OTHER, OTHER)
    admin.passwords.change_own(caller, OTHER, "brand new words")
    assert admin.caller(token, Door.WEB, "10.0.0.9") is not None
    assert admin.caller(old, Door.WEB, "10.0.0.9") is None
    with pytest.raises(WrongLogin):
        admin.logins.log_in("anna", OTHER, Door.WEB, "10.0.0.9")
    admin.logins.log_in("Anna ", "brand new words", Door.WEB, "10.0.0.9")


def test_a_password_that_somebody_else_set_lets_its_user_only_set_his_own(admin, people, settings):
    people("anna")
    admin.passwords.set_password("anna", "given by another", US)
    _token, caller = entered(admin, "anna", "given by another")
    assert caller.rights.areas == frozenset()
    assert not caller.rights.known
    assert admin.must_change("anna")
    admin.passwords.change_own(caller, "given by another", OTHER)
    assert admin.again(caller).may_on(Permission.LIVE, 1)


def test_the_audit_knows_who_set_a_password_and_not_which(admin, people, settings):
    people("anna")
    told = [one for one in settings.changes() if (one.page, one.item, one.field) == ("user", "anna", "password")]
    assert len(told) == 1
    assert told[0].who == "owner"
    assert OTHER not in repr(settings.changes())


def test_names_that_guessers_try_take_no_memory(admin):
    for number in range(50):
        assert admin.people.person(f"guess{number}") is None
    assert admin.people._known.keys() <= {"admin"}


@pytest.mark.parametrize("name", ["Admin", "\u0430dmin", "owner", "a b", "../x", "x" * 33, "", "'; DROP TABLE user"])
def test_names_that_deceive_are_no_names(settings, admin, name):
    with pytest.raises(NightjarError):
        settings.change(User, {"group": "user"}, US, item=name)


def test_the_administrator_of_an_older_version_keeps_his_password(instance, open_accounts):
    path = instance.config / FILE
    with sqlite3.connect(path) as old:
        old.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
        old.execute("INSERT INTO account VALUES ('admin', 'admin', ?, 5)", (quick().record(PASSWORD),))
        old.execute("INSERT INTO session VALUES ('00', 'admin', 'admin', 'web', '10.0.0.1', 5)")
    found = open_accounts()
    assert not found.first_run.is_due()
    _token, caller = entered(found, "admin", PASSWORD)
    assert caller.role is Role.ADMIN
    assert caller.rights.cover(FULL)


def test_a_password_whose_user_a_power_cut_took_is_forgotten(instance, admin, open_accounts):
    store = AccountStore(instance.config / FILE)
    store.run("INSERT INTO credential (name, record, set_us) VALUES ('ghost', ?, 1)", quick().record(OTHER))
    store.close()
    open_accounts()
    store = AccountStore(instance.config / FILE)
    assert store.holders() == {"admin"}
    store.close()


def test_rights_within_and_joined_are_what_sets_say():
    one = Rights(frozenset({Permission.ALARM}), {Permission.LIVE: frozenset({1, 2})})
    other = Rights(frozenset({Permission.LOG}), {Permission.LIVE: frozenset({2, 3}), Permission.PTZ: frozenset({9})})
    assert one.within(other) == Rights(
        channels={p: frozenset({2} if p is Permission.LIVE else ()) for p in one.within(other).channels}
    )
    assert one.joined(other).known == {1, 2, 3, 9}
    assert FULL.cover(one.joined(other))
    assert not one.cover(other)

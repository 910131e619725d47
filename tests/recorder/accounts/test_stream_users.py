"""RTSP users: a list of their own, logins by Digest, tickets, and nobody who gives away what he has not himself."""

from datetime import UTC, datetime

import pytest

from recorder.accounts.caller import Door
from recorder.accounts.errors import BadName, LockedOut, MoreThanOwn, NotLoggedIn, WrongLogin
from recorder.accounts.lockout import FREE_TRIES
from recorder.accounts.stream_users import TICKET_US
from recorder.rtsp.auth import Algorithm, digest_answer, digest_secret
from recorder.rtsp.digest_login import DigestLogin
from recorder.settings.errors import BadSetting
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.stream_user import StreamUser
from recorder.settings.pages.user import LoginHours, User
from recorder.settings.scope import Permission
from recorder.settings.settings import Author
from recorder.settings.store import FILE
from recorder.settings.week import WeekGrid
from tests.recorder.accounts.conftest import OWNER, PASSWORD, seated

HERE = "192.0.2.10"
SECRET = "eight or more"


def login(password=SECRET, user="nvr", algorithm=Algorithm.SHA_256):
    fields = {"nonce": "n", "client_nonce": "c", "count": "00000001"}
    secret = digest_secret(algorithm, user, "Nightjar", password, "n", "c")
    answer = digest_answer(algorithm, secret, "PLAY", "rtsp://r/channel/1", "n", "00000001", "c")
    return DigestLogin(algorithm, user, "Nightjar", method="PLAY", url="rtsp://r/channel/1", answer=answer, **fields)


@pytest.fixture
def users(admin, settings):
    settings.change(StreamUser, {"password": SECRET, "live": [1, 2], "audio": [2]}, OWNER, item="nvr")
    return admin.stream_users


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_the_right_password_lets_in_by_every_hash(users, algorithm):
    fetcher, _next = users.fetcher(users.admit(login(algorithm=algorithm), HERE))
    assert (fetcher.name, fetcher.source) == ("nvr", HERE)
    assert fetcher.values.rights.on(Permission.AUDIO) == {2}


def test_whatever_is_wrong_the_answer_is_the_same(users, settings):
    for wrong in (login("wrong one"), login(user="nobody"), login(user="../nvr"), login("", user="nobody")):
        with pytest.raises(WrongLogin):
            users.admit(wrong, HERE)
    settings.change(StreamUser, {"enabled": False}, OWNER, item="nvr")
    with pytest.raises(WrongLogin):
        users.admit(login(), HERE)
    settings.change(StreamUser, {"enabled": True, "addresses": "198.51.100.0/24"}, OWNER, item="nvr")
    with pytest.raises(WrongLogin):
        users.admit(login(), HERE)
    assert users.admit(login(), "::ffff:198.51.100.9")


def test_who_has_no_password_is_let_in_with_none(users, settings):
    settings.change(StreamUser, {"live": [1]}, OWNER, item="blank")
    with pytest.raises(WrongLogin):
        users.admit(login("", user="blank"), HERE)


@pytest.mark.covers("D-RULE-29")
def test_outside_of_the_hours_nobody_comes_in_and_a_ticket_counts_no_more(users, settings, clock):
    monday = datetime(2030, 7, 1, 9, 30, tzinfo=UTC)
    clock.step(monday.timestamp() - clock.now_us() / 1e6)
    settings.change(DateTime, {"zone": "UTC"}, OWNER)
    nine_to_five = [{"start_min": 9 * 60, "end_min": 17 * 60, "types": ["open"]}]
    week = WeekGrid[LoginHours].never().with_day(0, nine_to_five)
    settings.change(StreamUser, {"hours": week.model_dump()}, OWNER, item="nvr")
    ticket = users.admit(login(), HERE)
    clock.advance(7.5 * 3600 - 1)
    assert users.fetcher(ticket)
    clock.advance(1)
    with pytest.raises(NotLoggedIn):
        users.fetcher(ticket)
    with pytest.raises(WrongLogin):
        users.admit(login(), HERE)


def test_guessing_waits_and_locks_neither_another_place_nor_another_list(users, admin, clock):
    for _each in range(FREE_TRIES):
        with pytest.raises(WrongLogin):
            users.admit(login("guess"), HERE)
    with pytest.raises(LockedOut):
        users.admit(login(), HERE)
    assert users.admit(login(), "192.0.2.11")
    assert admin.logins.log_in("admin", PASSWORD, Door.WEB, HERE)
    clock.advance(31)
    assert users.admit(login(), HERE)


def test_every_wrong_login_is_told(users, admin):
    told = []
    admin.logins.refused.append(lambda *one: told.append(one))
    with pytest.raises(WrongLogin):
        users.admit(login("guess"), HERE)
    assert told == [("nvr", HERE)]


def test_a_ticket_counts_for_a_day_and_only_while_its_user_may(users, settings, clock):
    ticket = users.admit(login(), HERE)
    _fetcher, following = users.fetcher(ticket)
    clock.advance(TICKET_US / 1_000_000 - 1)
    _fetcher, later = users.fetcher(following)
    clock.advance(2)
    with pytest.raises(NotLoggedIn):
        users.fetcher(following)
    assert users.fetcher(later)
    settings.change(StreamUser, {"enabled": False}, OWNER, item="nvr")
    with pytest.raises(NotLoggedIn):
        users.fetcher(later)
    settings.change(StreamUser, {"enabled": True}, OWNER, item="nvr")
    settings.remove(StreamUser, "nvr", OWNER)
    with pytest.raises(NotLoggedIn):
        users.fetcher(later)


@pytest.mark.parametrize("forged", ["", "sealed:1:", "sealed:1:AAAA", "x" * 9000])
def test_what_is_no_ticket_lets_nobody_in(users, forged):
    with pytest.raises(NotLoggedIn):
        users.fetcher(forged)


def test_another_sealed_secret_is_no_ticket(users, settings):
    with pytest.raises(NotLoggedIn):
        users.fetcher(settings.seal.seal('"text"'))


def test_the_password_is_sealed_at_rest_and_masked_in_the_audit(users, settings, instance):
    stored = b"".join(one.read_bytes() for one in instance.config.glob(f"{FILE}*"))
    assert SECRET.encode() not in stored
    assert not [one for one in settings.whole_audit() if SECRET in f"{one.old}{one.new}"]


@pytest.mark.parametrize("password", ["seven77", "x" * 129, "with\ttab-in-it"])
def test_a_bad_password_is_refused(users, settings, password):
    with pytest.raises(BadSetting):
        settings.change(StreamUser, {"password": password}, OWNER, item="nvr")
    assert users.admit(login(), HERE)


def test_nobody_gives_away_what_he_may_not_himself(anna, settings):
    settings.change(User, {"allowed": ["account"], "live": [1], "audio": []}, OWNER, item="anna")
    settings.change(User, {"group": "admin"}, OWNER, item="anna")
    caller = seated(anna, "anna")
    us = Author("anna", "screen:screen", caller.rights)
    settings.change(StreamUser, {"password": SECRET, "live": [1]}, us, item="hers")
    for more in ({"live": [1, 2]}, {"live": "all"}, {"audio": [1]}):
        with pytest.raises(MoreThanOwn):
            settings.change(StreamUser, more, us, item="hers")
    settings.change(StreamUser, {"password": SECRET, "live": [2]}, OWNER, item="another")
    with pytest.raises(MoreThanOwn):
        settings.change(StreamUser, {"password": "mine from now on"}, us, item="another")
    with pytest.raises(MoreThanOwn):
        settings.remove(StreamUser, "another", us)
    settings.change(User, {"addresses": "192.0.2.0/24"}, OWNER, item="anna")
    with pytest.raises(MoreThanOwn):
        settings.change(StreamUser, {"live": [1], "remarks": "from anywhere"}, us, item="hers")


@pytest.mark.parametrize("name", ["owner", "Nvr", "a b", "", "x" * 33])
def test_names_are_those_of_users(users, settings, name):
    with pytest.raises(BadName):
        settings.change(StreamUser, {"password": SECRET}, OWNER, item=name)

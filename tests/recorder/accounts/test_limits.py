"""When, from where, and how far back: login hours, addresses, the age of recordings (A9, A10)."""

from datetime import UTC, datetime

import pytest

from recorder.accounts import people as people_module
from recorder.accounts.caller import Door
from recorder.accounts.errors import LastAdministrator, MoreThanOwn, WrongLogin
from recorder.accounts.neighbours import macs_of
from recorder.settings.addresses import includes
from recorder.settings.errors import BadSetting
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.user import ALWAYS, LoginHours, User
from recorder.settings.rights import FULL
from recorder.settings.settings import Author
from recorder.settings.week import WeekGrid
from tests.recorder.accounts.conftest import PASSWORD

US = Author("owner", "here", FULL)
OTHER = "staple gun 77"
DAY_US = 86_400_000_000


@pytest.fixture
def anna(admin, settings):
    settings.change(User, {"group": "user"}, US, item="anna")
    admin.passwords.set_password("anna", OTHER, US, must_change=False)

    def limited(**values):
        settings.change(User, values, US, item="anna")

    return limited


def comes(admin, source="10.0.0.9", door=Door.WEB):
    token, _login = admin.logins.log_in("anna", OTHER, door, source)
    return token


def nine_to_five(day):
    return WeekGrid[LoginHours].never().with_day(day, [{"start_min": 9 * 60, "end_min": 17 * 60, "types": ["open"]}])


@pytest.mark.covers("D-RULE-29")
def test_outside_of_the_hours_nobody_comes_in_and_who_is_in_is_out(admin, anna, clock, settings):
    settings.change(DateTime, {"zone": "America/New_York"}, US)
    monday = datetime(2030, 7, 1, 13, 30, tzinfo=UTC)  # half past nine in New York
    clock.step(monday.timestamp() - clock.now_us() / 1e6)
    anna(hours=nine_to_five(0).model_dump())
    token = comes(admin)
    assert admin.caller(token, Door.WEB, "10.0.0.9") is not None
    clock.advance(7.5 * 3600)
    token = admin.sessions.begin("anna", Door.WEB, "10.0.0.9")[0]
    assert admin.caller(token, Door.WEB, "10.0.0.9") is None
    for door in (Door.WEB, Door.SCREEN):
        with pytest.raises(WrongLogin):
            comes(admin, door=door)


@pytest.mark.covers("D-RULE-29")
@pytest.mark.parametrize(
    ("allowed", "source", "fits"),
    [
        ("", "203.0.113.7", True),
        ("192.168.1.0/24", "192.168.1.200", True),
        ("192.168.1.0/24", "192.168.2.1", False),
        ("192.168.1.9", "::ffff:192.168.1.9", True),
        ("192.168.1.9, fd00::/8", "fd12::1%eth0", True),
        ("fd00::/8", "fe80::1", False),
        ("0.0.0.0/0", "::1", False),
        ("192.168.1.9", "unknown", False),
        ("02-00-5E-00-53-01", "192.168.1.50", True),
        ("02:00:5e:00:53:02", "192.168.1.50", False),
        ("02:00:5e:00:53:01", "192.168.1.51", False),
    ],
)
def test_only_the_allowed_addresses_are_let_in(admin, anna, monkeypatch, tmp_path, allowed, source, fits):
    table = tmp_path / "arp"
    head = "IP address       HW type     Flags       HW address            Mask     Device\n"
    table.write_text(
        head
        + "192.168.1.50     0x1         0x2         02:00:5e:00:53:01     *        eth0\n"
        + "192.168.1.51     0x1         0x0         02:00:5e:00:53:01     *        eth0\n"
        + "rubbish\n"
    )
    monkeypatch.setattr(people_module, "macs_of", lambda address: macs_of(address, table))
    anna(addresses=allowed)
    if fits:
        token = comes(admin, source)
        assert admin.caller(token, Door.WEB, source) is not None
        # The session goes with the place: it is of no use to who took it elsewhere.
        if allowed:
            assert admin.caller(token, Door.WEB, "203.0.113.99") is None
    else:
        with pytest.raises(WrongLogin):
            comes(admin, source)
    # Whoever stands at the recorder comes from nowhere else.
    comes(admin, "screen", Door.SCREEN)


def test_without_a_table_no_mac_address_is_known(tmp_path):
    assert macs_of("192.168.1.50", tmp_path / "none") == frozenset()
    assert not includes("02:00:5e:00:53:01", "192.168.1.50", frozenset())


@pytest.mark.parametrize("wrong", ["home", "10.0.0.0/33", "1.2.3.4.5", "; rm -rf /", "02:00:5e:00:53", "1," * 40 + "x"])
def test_what_is_no_address_is_refused_in_words(settings, anna, wrong):
    with pytest.raises(BadSetting) as refused:
        anna(addresses=wrong)
    assert refused.value.field == "addresses"


def test_addresses_are_kept_in_their_shortest_writing(settings, anna):
    anna(addresses=" 192.168.1.77/24 ,FD00:0::1, 02-00-5E-00-53-01 ")
    assert settings.get(User, "anna").addresses == "192.168.1.0/24, fd00::1, 02:00:5e:00:53:01"


@pytest.mark.covers("V-USR-05")
def test_what_is_older_does_not_exist_for_the_user(admin, anna, clock):
    token = comes(admin)
    assert admin.caller(token, Door.WEB, "10.0.0.9").oldest_us == 0
    anna(newest_days=7)
    caller = admin.caller(token, Door.WEB, "10.0.0.9")
    assert caller.oldest_us == clock.now_us() - 7 * DAY_US
    assert caller.since(0) == caller.oldest_us
    assert caller.since(clock.now_us()) == clock.now_us()


@pytest.mark.parametrize(
    "values", [{"newest_days": 5}, {"addresses": "10.0.0.1"}, {"hours": nine_to_five(0).model_dump()}]
)
def test_the_last_administrator_is_let_in_always_and_sees_everything(settings, admin, values):
    with pytest.raises(LastAdministrator):
        settings.change(User, values, US, item="admin")


def test_who_has_a_limit_neither_lifts_it_nor_makes_somebody_without(admin, settings):
    settings.change(User, {"group": "admin", "newest_days": 7, "addresses": "10.0.0.0/8"}, US, item="deputy")
    admin.passwords.set_password("deputy", OTHER, US)
    us = Author("deputy", "web", FULL)
    for item, values in (
        ("deputy", {"newest_days": 0}),
        ("deputy", {"newest_days": 8}),
        ("deputy", {"addresses": ""}),
        ("puppet", {"group": "admin"}),
        ("admin", {"remarks": "mine"}),
    ):
        with pytest.raises(MoreThanOwn):
            settings.change(User, values, us, item=item)
    with pytest.raises(MoreThanOwn):
        admin.passwords.set_password("admin", "mine, all mine", us)
    settings.change(User, {"group": "user", "newest_days": 3, "addresses": "10.0.0.0/8"}, us, item="puppet")
    admin.logins.log_in("admin", PASSWORD, Door.WEB, "10.0.0.9")
    assert settings.get(User, "admin").hours == ALWAYS

"""Refused logins stand in the audit, with names of users alone; who guesses by the thousand does not fill it."""

import json
from asyncio import timeout

import pytest

from recorder.accounts.caller import Door
from recorder.accounts.errors import WrongLogin
from recorder.accounts.refused_logins import MOST_A_MINUTE, RefusedLogins
from tests.recorder.accounts.conftest import PASSWORD, seated


@pytest.fixture
def refused(settings, clock, accounts):
    accounts.first_run.make_administrator(PASSWORD)
    found = RefusedLogins(settings, clock, lambda user: accounts.people.person(user) is not None)
    accounts.logins.refused.append(found.refused)
    return found


def rows(settings):
    told = [one for one in settings.changes() if one.page == "login"]
    return [(one.item, one.who, one.source, json.loads(one.new)) for one in reversed(told)]


@pytest.mark.covers("D-MNT-01")
@pytest.mark.usefixtures("refused")
def test_a_refused_login_is_a_row_that_says_who_and_from_where(settings, accounts):
    with pytest.raises(WrongLogin):
        accounts.logins.log_in("admin", "not it", Door.WEB, "10.9.8.7")
    with pytest.raises(WrongLogin):
        accounts.logins.log_in("admin", "not it", Door.SCREEN, "screen")
    assert rows(settings) == [
        ("admin", "admin", "web:10.9.8.7", "refused"),
        ("admin", "admin", "screen:screen", "refused"),
    ]
    seated(accounts)
    assert len(rows(settings)) == 2


@pytest.mark.usefixtures("refused")
def test_what_was_typed_in_place_of_a_name_is_not_kept(settings, accounts):
    with pytest.raises(WrongLogin):
        accounts.logins.log_in("correct horse battery", "admin", Door.WEB, "10.9.8.7")
    assert rows(settings) == [("", "", "web:10.9.8.7", "refused, for a name that no user has")]
    assert not any("correct" in one.new + one.item + one.who for one in settings.changes())


def test_guesses_by_the_thousand_are_counted_in_one_row(settings, clock, refused):
    for number in range(1000):
        refused.refused(f"user{number}", f"10.0.{number // 250}.{number % 250}")
    assert len(rows(settings)) == MOST_A_MINUTE
    clock.advance(59)
    refused.look()
    assert len(rows(settings)) == MOST_A_MINUTE
    clock.advance(1)
    refused.look()
    assert rows(settings)[MOST_A_MINUTE:] == [("", "recorder", "", f"{1000 - MOST_A_MINUTE} more were refused")]
    refused.refused("admin", "10.0.0.1")
    assert rows(settings)[-1] == ("admin", "admin", "web:10.0.0.1", "refused")


@pytest.mark.anyio
async def test_what_was_counted_is_told_when_control_ends(settings, refused):
    for _ in range(MOST_A_MINUTE + 1):
        refused.refused("admin", "10.0.0.1")
    with pytest.raises(TimeoutError):
        async with timeout(0):
            await refused.run()
    assert rows(settings)[-1][3] == "1 more was refused"

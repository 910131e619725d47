"""The recorder is shut down and restarted by who may, over the API, with the simulated machine behind it."""

import sqlite3

import pytest

from recorder.client.unix_http import ApiError
from recorder.settings.pages.user import User
from recorder.settings.pages.user_group import UserGroup
from recorder.settings.rights import FULL
from recorder.settings.store import FILE
from tests.recorder.api.served import PASSWORD, wait_for


def going(hal):
    return next(one.going for one in hal.devices() if one.kind == "power")


def guard(served, **allowed):
    served.set_up()
    served.owner.set_page("user-group", {"title": "Guards", "live": "all", **allowed}, item="guards")
    served.owner.set_page("user", {"group": "guards"}, item="ben")
    served.owner.set_password("ben", PASSWORD, must_change=False)
    client = served.screen
    client.log_in("ben", PASSWORD)
    return client


@pytest.mark.covers("D-PWR-01")
@pytest.mark.parametrize(("deed", "where"), [("shut_down", "down"), ("restart", "around")])
def test_who_may_shuts_down_and_restarts_and_who_does_is_noted(served, hal, deed, where):
    getattr(guard(served, allowed=["power"]), deed)()
    wait_for(lambda: going(hal) == where)
    assert ("power", "ben") in [(one.page, one.who) for one in served.owner.audit()]


@pytest.mark.covers("D-PWR-01")
@pytest.mark.parametrize("deed", ["shut_down", "restart"])
def test_who_is_logged_in_without_the_right_can_do_neither(served, hal, deed):
    ben = guard(served, allowed=["system", "log"])
    with pytest.raises(ApiError) as refused:
        getattr(ben, deed)()
    assert refused.value.http_status == 403
    with pytest.raises(ApiError) as refused:
        getattr(served.screen, deed)()
    assert refused.value.http_status in {401, 403}
    assert going(hal) == "nowhere"


def test_while_the_hardware_service_is_away_it_is_told_so(served):
    with pytest.raises(ApiError) as refused:
        served.admin().restart()
    assert refused.value.http_status == 503


def test_an_administrator_whose_areas_were_listed_before_there_was_this_right_stays_one(served):
    listed = [one.value for one in sorted(FULL.areas)]
    served.set_up()
    served.owner.set_page("user", {"allowed": listed, "group": "admin"}, item="admin")
    with sqlite3.connect(served.instance.config / FILE) as db:
        change = "UPDATE document SET version = 1, body = replace(body, ',\"power\"', '') WHERE page = ?"
        assert db.execute(change, (User.about.name,)).rowcount == 1
        assert "power" not in db.execute("SELECT body FROM document WHERE page = 'user'").fetchone()[0]
    assert served.control.settings.get(User, "admin").rights.cover(FULL)
    assert served.control.settings.get(UserGroup, "admin").rights.cover(FULL)

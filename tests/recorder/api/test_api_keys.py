"""Keys for programs: no more than their scope, no more than their user, and never the way to more (A13)."""

import sqlite3

import pytest

from recorder.accounts.store import FILE
from recorder.client.calls.carrier import ROOT
from recorder.client.clock import SECOND_US
from recorder.client.errors import Unavailable
from recorder.client.unix_http import ApiError
from recorder.settings.scope import Permission
from tests.recorder.api.served import PASSWORD
from tests.recorder.api.test_entrance import call


@pytest.fixture
def keyed(served):
    """A recorder with an administrator, two cameras, and a way to call with a key."""
    served.set_up()
    for name in ("Gate", "Safe"):
        served.owner.add_channel(name=name, url="rtsp://10.0.0.7/main")

    def made(user="admin", **scope):
        scope = {"may": ["live"], "channels": [1], **scope}
        return served.owner.make_api_key(user, "program", **scope)

    served.made = made
    return served


def status_of(act):
    with pytest.raises(ApiError) as refused:
        act()
    return refused.value.http_status


def test_a_key_may_what_it_says_and_no_more(keyed):
    program = keyed.client("web", keyed.made().token)
    assert [one.number for one in program.channels()] == [1]
    assert program.session().may == ("live",)
    program.grant([1])
    assert status_of(lambda: program.grant([2])) == 404
    assert status_of(lambda: program.spans(1, 1, 2)) == 403
    assert status_of(lambda: program.set_page("general", {"recorder_name": "x"})) == 403


def test_a_key_of_everything_still_makes_no_users_keys_or_sessions(keyed):
    areas = [one.value for one in Permission if one is not Permission.ACCOUNT]
    program = keyed.client("web", keyed.made(may=areas, channels="all").token)
    program.set_page("general", {"recorder_name": "Barn"})
    for act in (
        lambda: program.make_api_key("admin", "more", ["live"]),
        lambda: program.set_password("admin", "mine, all mine"),
        lambda: program.set_page("user", {"group": "admin"}, item="mallory"),
        program.online,
    ):
        assert status_of(act) == 403
    assert status_of(lambda: program.change_password(PASSWORD, "mine, all mine")) == 404
    assert status_of(lambda: keyed.made(may=["account"])) == 422
    assert keyed.owner.audit(page="general", limit=1)[0].who == "admin"


def test_a_key_follows_its_user(keyed):
    owner = keyed.owner
    owner.set_page("user-group", {"title": "Yard", "live": [1, 2]}, item="yard")
    owner.set_page("user", {"group": "yard"}, item="anna")
    owner.set_password("anna", PASSWORD, must_change=False)
    program = keyed.client("web", keyed.made("anna", may=["live", "playback"], channels="all").token)
    assert len(program.channels()) == 2
    assert status_of(lambda: program.spans(1, 1, 2)) == 403
    owner.set_page("user-group", {"live": [2]}, item="yard")
    assert [one.number for one in program.channels()] == [2]
    owner.set_page("user", {"addresses": "10.9.9.9"}, item="anna")
    assert status_of(program.channels) == 401
    owner.set_page("user", {"addresses": "", "enabled": False}, item="anna")
    assert status_of(program.channels) == 401
    owner.set_page("user", {"enabled": True}, item="anna")
    assert len(program.channels()) == 1
    owner.remove_item("user", "anna")
    owner.set_page("user", {"group": "yard"}, item="anna")
    assert status_of(program.channels) == 401


def test_a_key_ends_at_its_date_and_when_it_is_removed(keyed):
    one, other = keyed.made(days=1), keyed.made(days=30)
    keyed.clock.advance(86_400)
    assert status_of(keyed.client("web", one.token).channels) == 401
    program = keyed.client("web", other.token)
    stream = program.events()
    next(stream)
    assert {key.id for key in keyed.owner.api_keys("admin")} == {one.id, other.id}
    keyed.owner.remove_api_key("admin", other.id)
    assert status_of(program.channels) == 401
    assert status_of(lambda: keyed.owner.remove_api_key("admin", other.id)) == 404
    keyed.owner.set_page("general", {"recorder_name": "Barn"})
    heard = []
    with pytest.raises(Unavailable):
        heard.extend(stream)
    assert "Barn" not in repr(heard)


def test_a_key_opens_the_network_alone_and_its_token_is_kept_nowhere(keyed):
    token = keyed.made().token
    assert token.startswith("njk_")
    assert call(keyed, "screen", "GET", f"{ROOT}/channels", Authorization=f"Bearer {token}")[0] == 401
    assert call(keyed, "web", "GET", f"{ROOT}/channels", Authorization=f"Bearer {token}x")[0] == 401
    assert token not in repr(keyed.owner.api_keys("admin")) + repr(keyed.owner.audit())
    assert token.encode() not in (keyed.instance.config / FILE).read_bytes()
    with sqlite3.connect(keyed.instance.config / FILE) as db:
        assert token not in repr(db.execute("SELECT * FROM api_key").fetchall())


def test_who_has_less_makes_no_key_for_who_has_more(keyed):
    owner = keyed.owner
    owner.set_page("user-group", {"title": "Desk", "allowed": ["account"], "live": [1]}, item="desk")
    owner.set_page("user", {"group": "desk"}, item="anna")
    owner.set_password("anna", PASSWORD, must_change=False)
    anna = keyed.client("web")
    anna.log_in("anna", PASSWORD)
    assert status_of(lambda: anna.make_api_key("admin", "mine", ["system"])) == 403
    assert status_of(lambda: anna.api_keys("admin")) == 403
    program = keyed.client("web", anna.make_api_key("anna", "mine", ["system", "live"]).token)
    assert program.session().may == ("live",)
    assert program.session().expires_us == keyed.clock.now_us() + 365 * 86_400 * SECOND_US

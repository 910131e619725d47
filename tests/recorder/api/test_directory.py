"""Users of the system or a directory over the API: let in by PAM, with the rights of their group, no record."""

import sqlite3

import pytest

from recorder.accounts.store import FILE
from recorder.client.unix_http import ApiError
from recorder.settings.scope import PER_CHANNEL
from tests.peers.pam_helper import PASSWORDS, pam_helper
from tests.recorder.api.served import Served
from tests.recorder.api.test_every_route import guard_with

pytestmark = pytest.mark.peer("pam_wrapper")
NOTHING = {"allowed": [], **{one.value: [] for one in PER_CHANNEL}}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A recorder with a helper on a wrapped PAM; the name service is the test's."""
    folder = tmp_path_factory.mktemp("directory")
    with Served(folder / "data") as served, pam_helper(folder / "around", served.instance.socket("pam")):
        directory = served.control.accounts.directory
        served.groups = {"lena": frozenset({"watch", "Domain Users"}), "otto": frozenset({"Domain Users"})}
        served.waited = []
        directory.groups_of = lambda name: served.groups.get(name, frozenset())
        directory.patience_s = 60
        directory.wait = served.waited.append
        served.admin()
        served.owner.set_page(
            "user-group", {"title": "Guards", **NOTHING, "live": "all", "allowed": ["log"]}, item="guards"
        )
        yield served


@pytest.fixture
def served(house):
    """PAM is asked, and who is in `watch` is a guard."""
    house.owner.set_page("directory-login", {"enabled": True})
    house.owner.set_page("directory-group", {"system_groups": "night, watch"}, item="guards")
    house.clock.advance(120)  # groups are looked at anew
    yield house
    for item in house.owner.page_items("directory-group"):
        house.owner.set_page("directory-group", {"system_groups": ""}, item=item.item)


def enter(served, name, word=None):
    client = served.client("web")
    client.log_in(name, PASSWORDS[name] if word is None else word)
    return client


def refused(call):
    with pytest.raises(ApiError) as error:
        call()
    return error.value.http_status, error.value.code


@pytest.mark.covers("V-USR-07")
def test_a_user_of_the_directory_has_the_rights_of_his_group_and_no_record(served):
    mine = enter(served, "lena")
    assert set(mine.session().may) == {"live", "log"}
    assert mine.session().role == "user"
    mine.log(limit=1)
    assert refused(lambda: mine.set_page("general", {"recorder_name": "Mine"})) == (403, "Refused")
    assert [one.who for one in served.owner.log(types="account", limit=1).entries] == ["lena"]
    assert "lena" not in {one.item for one in served.owner.page_items("user")}
    with sqlite3.connect(served.instance.config / FILE) as db:
        assert db.execute("SELECT count(*) FROM credential WHERE name = 'lena'").fetchone() == (0,)
    assert PASSWORDS["lena"] not in repr(served.owner.log(limit=1000))
    assert refused(lambda: served.owner.set_password("lena", "long enough for it")) == (404, "NotFound")
    assert refused(lambda: served.owner.make_api_key("lena", "x", ["live"])) == (404, "NotFound")
    assert refused(lambda: mine.change_password(PASSWORDS["lena"], "long enough for it"))[0] == 401


def test_wrong_ones_get_one_answer_and_take_as_long(served):
    for name, word in (("lena", "wrong"), ("otto", PASSWORDS["otto"]), ("root", PASSWORDS["root"]), ("who", "x")):
        served.waited.clear()
        assert refused(lambda name=name, word=word: enter(served, name, word)) == (401, "WrongLogin")
        assert len(served.waited) == 1
    served.waited.clear()
    assert refused(lambda: enter(served, "admin", "wrong")) == (401, "WrongLogin")
    assert len(served.waited) == 1


def test_a_session_ends_with_its_group_its_mapping_and_the_switch(served):
    mine = enter(served, "lena")
    served.groups["lena"] = frozenset()
    served.clock.advance(61)
    assert refused(mine.session) == (401, "NotLoggedIn")
    served.groups["lena"] = frozenset({"watch"})
    served.clock.advance(61)
    mine = enter(served, "lena")
    served.owner.set_page("directory-group", {"system_groups": "watchers"}, item="guards")
    assert refused(mine.session) == (401, "NotLoggedIn")
    served.owner.set_page("directory-group", {"system_groups": "watch"}, item="guards")
    mine = enter(served, "lena")
    served.owner.set_page("directory-login", {"enabled": False})
    assert refused(mine.session) == (401, "NotLoggedIn")
    assert refused(lambda: enter(served, "lena")) == (401, "WrongLogin")


def test_a_user_of_the_recorder_is_never_one_of_the_directory(served):
    mine = enter(served, "lena")
    served.owner.set_page("user", {"group": "admin"}, item="lena")
    try:
        # Who came by the directory is not the new user, and PAM's password opens nothing of his.
        assert refused(mine.session) == (401, "NotLoggedIn")
        assert refused(lambda: enter(served, "lena")) == (401, "WrongLogin")
        served.owner.set_password("lena", "another for lena", must_change=False)
        assert enter(served, "lena", "another for lena").session().role == "admin"
        served.owner.set_page("user", {"enabled": False}, item="lena")
        assert refused(lambda: enter(served, "lena")) == (401, "WrongLogin")
    finally:
        served.owner.remove_item("user", "lena")
    assert set(enter(served, "lena").session().may) == {"live", "log"}


def test_somebody_of_the_directory_can_be_thrown_out(served):
    mine = enter(served, "lena")
    session = [one for one in served.owner.online() if one.user == "lena"][-1]
    served.owner.end_session(session.id)
    assert refused(mine.session) == (401, "NotLoggedIn")


def test_nobody_maps_a_group_to_more_than_he_has(served):
    keeper = served.client("web", guard_with(served, allowed="all", live="all"))
    everybody = {"system_groups": "Domain Users"}
    assert refused(lambda: keeper.set_page("directory-group", everybody, item="admin")) == (403, "MoreThanOwn")
    assert refused(lambda: keeper.set_page("directory-group", everybody, item="nowhere"))[0] == 422
    assert refused(lambda: keeper.set_page("directory-login", {"enabled": False})) == (403, "MoreThanOwn")
    keeper.set_page("directory-group", everybody, item="guards")
    served.owner.set_page("directory-group", everybody, item="admin")
    assert refused(lambda: keeper.set_page("directory-group", {"system_groups": ""}, item="admin")) == (
        403,
        "MoreThanOwn",
    )
    assert {"admin", "user", "guards"} <= {one.item for one in keeper.page_items("directory-group")}


def test_without_its_helper_only_users_of_the_recorder_come_in(served):
    place = served.instance.socket("pam")
    aside = place.with_suffix(".aside")
    place.rename(aside)
    try:
        assert refused(lambda: enter(served, "lena")) == (401, "WrongLogin")
        assert "needs root" in served.owner.directory().words
    finally:
        aside.rename(place)
    assert "runs" in served.owner.directory().words
    served.admin()

"""Users and groups on the screen: made, given passwords, taken away (D-ACC-02, D-ACC-03, D-ACC-05)."""

import pytest

from gui.dialogs.login import Login
from gui.dialogs.own_password import OwnPassword
from gui.pages.main_menu import MainMenu
from gui.pages.settings import SettingsPage
from gui.pages.user_sheets import AddUser, GivePassword
from recorder.client.api import ApiError
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

PASSWORD = "staple gun 77"


def write(rig, name, text):
    rig.go_to(name)
    rig.type(text)


def do(rig, name):
    rig.go_to(name)
    rig.key("ok")


def users(size=(1280, 720), page="user"):
    rig, rooms, api = house(size)
    rig.open(SettingsPage(rooms, page=page))
    return rig, rooms, api


@pytest.mark.covers("D-ACC-03")
def test_a_user_is_added_with_a_group_and_a_first_password():
    rig, _rooms, api = users()
    do(rig, "add-item")
    assert isinstance(rig.top, AddUser)
    write(rig, "user-name", "Anna")
    write(rig, "password", PASSWORD)
    write(rig, "again", PASSWORD)
    do(rig, "set-password")
    assert api.calls[-2:] == [
        ("set_page", "user", {"group": "user"}, "anna"),
        ("set_password", "anna", PASSWORD, True),
    ]
    assert rig.notices == ["anna can log in now."]
    assert rig.top.item == "anna"


def test_a_user_whose_password_is_refused_is_not_left_behind():
    rig, _rooms, api = users()
    do(rig, "add-item")
    write(rig, "user-name", "anna")
    write(rig, "password", PASSWORD)
    write(rig, "again", PASSWORD)

    def refuse(*_args, **_more):
        raise ApiError(429, "Busy", "Too many logins at once.")

    api.set_password = refuse
    do(rig, "set-password")
    assert isinstance(rig.top, AddUser)
    assert "Too many logins" in rig.words()
    assert api.calls[-1] == ("remove_item", "user", "anna")


@pytest.mark.covers("D-ACC-05")
def test_a_password_is_given_to_another_user():
    rig, _rooms, api = users()
    do(rig, "give-password")
    assert isinstance(rig.top, GivePassword)
    write(rig, "password", PASSWORD)
    write(rig, "again", "another one")
    do(rig, "set-password")
    assert "differ" in rig.words()
    assert not [one for one in api.calls if one[0] == "set_password"]
    rig.find("again").set(PASSWORD)
    do(rig, "set-password")
    assert api.calls[-1] == ("set_password", "admin", PASSWORD, True)


@pytest.mark.covers("D-ACC-02")
def test_a_group_is_added_and_removed():
    rig, _rooms, api = users(page="user-group")
    do(rig, "add-item")
    write(rig, "group-name", "Night watch")
    do(rig, "add")
    assert ("set_page", "user-group", {"title": "Night watch"}, "night-watch") in api.calls
    assert rig.top.item == "night-watch"
    do(rig, "remove-item")
    do(rig, "do")
    assert ("remove_item", "user-group", "night-watch") in api.calls


@pytest.mark.parametrize("page", ["stream-user", "voice-file"])
def test_an_item_with_a_name_is_added_where_there_are_none_yet_and_again(page):
    rig, _rooms, api = users(page=page)
    for name in ("Gate", "yard"):
        do(rig, "add-item")
        write(rig, "item-name", name)
        do(rig, "add")
        assert ("set_page", page, {}, name.lower()) in api.calls
        assert rig.top.item == name.lower()
    do(rig, "add-item")
    write(rig, "item-name", "yard")
    do(rig, "add")
    assert "There is one named yard already" in rig.words()


def test_who_got_his_password_from_another_chooses_his_own_before_he_goes_on():
    rig, rooms, api = house(user="")
    rooms.session.must_change = True
    opened = []
    rooms.enter(lambda: opened.append(True))
    assert isinstance(rig.top, Login)
    rig.type(rooms.session.password)
    do(rig, "log-in")
    assert isinstance(rig.top, OwnPassword)
    assert not opened
    write(rig, "password", PASSWORD)
    write(rig, "again", PASSWORD)
    do(rig, "set-password")
    assert api.calls[-1] == ("change_password", rooms.session.password, PASSWORD)
    assert opened


def test_who_does_not_choose_his_own_is_logged_out():
    rig, rooms, _api = house(user="")
    rooms.session.must_change = True
    rooms.enter(lambda: pytest.fail("let in"))
    rig.type(rooms.session.password)
    do(rig, "log-in")
    rig.key("back")
    assert not rooms.session.logged_in


@pytest.mark.parametrize("size", SIZES)
def test_the_sheets_lay_out_and_are_reached(size):
    rig, rooms, _api = house(size)
    for sheet in (AddUser(rooms, [], print), GivePassword(rooms, "anna"), OwnPassword(rooms.session)):
        rig.open(sheet)
        assert clipped(rig.screen) == []
        assert unreachable(rig.screen) == []
        rig.key("back")


def test_all_channels_stays_all_and_what_is_not_there_stays_chosen():
    rig, _rooms, api = users(page="user-group")

    def open_live():
        rig.screen.focus_on("live")
        rig.key("ok")

    api.stored["user-group", "admin"]["live"] = [1, 99]
    rig.top.show(rig.top.current)
    rig.show()
    assert "All, also new ones" in rig.words()
    open_live()
    do(rig, "take")
    assert rig.top.form.changes() == {}
    open_live()
    do(rig, "option-0")
    do(rig, "take")
    assert rig.top.form.changes() == {"live": "all"}


def test_the_menu_leads_to_ones_own_password():
    rig, rooms, _api = house()
    rig.open(MainMenu(rooms))
    do(rig, "own-account")
    do(rig, "own-password")
    assert isinstance(rig.top, OwnPassword)

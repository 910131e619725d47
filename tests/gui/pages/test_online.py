"""Who is logged in is seen on the screen, logged out, kept out for a time, and let in again (D-MNT-06)."""

import pytest

from gui.pages.main_menu import MainMenu
from gui.pages.online import OnlinePage
from recorder.client.answers import Block, OnlineUser
from recorder.client.clock import SECOND_US
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

SESSIONS = [
    OnlineUser("a1", "admin", "screen", "screen", 60 * SECOND_US, own=True),
    OnlineUser("b2", "guard", "web", "10.0.0.7", 120 * SECOND_US),
]
BLOCKS = [Block("eve", "10.0.0.9", 600), Block("root", "*", 30, tries=True)]


def at_page(size=(1280, 720), sessions=SESSIONS, blocks=BLOCKS):
    rig, rooms, api = house(size)
    done = []
    api.online = lambda: [one for one in sessions if ("end", one.id, 0) not in done]
    api.blocks = lambda: blocks
    api.end_session = lambda session, minutes=0: done.append(("end", session, minutes))
    api.end_block = lambda user, source: done.append(("let in", user, source))
    rig.open(OnlinePage(rooms))
    return rig, done


@pytest.mark.covers("D-MNT-06")
@pytest.mark.parametrize("size", SIZES)
def test_everybody_is_listed_with_place_and_time(size):
    rig, _done = at_page(size)
    words = rig.words()
    listed = ("guard", "From 10.0.0.7", "At the screen", "This is you")
    for expected in (*listed, "Kept out from 10.0.0.9", "10 min 00 s", "many places, for another 30 s"):
        assert expected in words
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("D-MNT-06")
def test_somebody_is_logged_out_after_a_question():
    rig, done = at_page()
    rig.key("ok", "ok")
    assert done == []
    assert "Log guard out?" in rig.words()
    rig.go_to("do")
    rig.key("ok")
    assert done == [("end", "b2", 0)]
    assert "guard" not in rig.words()


@pytest.mark.covers("D-MNT-06")
def test_somebody_is_kept_out_from_where_he_is_for_a_time():
    rig, done = at_page()
    rig.key("ok", "down", "ok", "down", "ok")
    assert "cannot log in from 10.0.0.7" in rig.words()
    rig.go_to("do")
    rig.key("ok")
    assert done == [("end", "b2", 60)]


def test_who_is_at_the_recorder_is_not_kept_out_and_nobody_logs_himself_out_here():
    at_the_desk = [OnlineUser("c3", "guard", "screen", "screen", 1)]
    rig, _done = at_page(sessions=at_the_desk, blocks=())
    rig.key("ok")
    assert "keep out" not in rig.words()
    rig, done = at_page(sessions=SESSIONS[:1], blocks=())
    rig.key("ok")
    assert done == []
    assert rig.notices == ["This is your own login. Log out in the main menu."]


@pytest.mark.covers("D-MNT-06")
def test_who_was_kept_out_is_let_in_again():
    rig, done = at_page()
    rig.key("end", "ok", "ok")
    assert done == [("let in", "root", "*")]
    rig.key("up", "ok", "ok")
    assert done[1:] == [("let in", "eve", "10.0.0.9")]


def test_the_list_is_reached_from_the_menu():
    rig, rooms, api = house()
    api.online, api.blocks = (lambda: SESSIONS), (lambda: ())
    rig.open(MainMenu(rooms))
    rig.go_to("online")
    rig.key("ok")
    assert isinstance(rig.top, OnlinePage)

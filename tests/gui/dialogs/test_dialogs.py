"""Dialogs as a person meets them: first run, login, keyboard, folders, menus."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from pygame import Rect

from gui.dialogs.first_run import FirstRun
from gui.dialogs.folder import CannotOpen, FolderChooser, list_folder, make_folder
from gui.dialogs.keyboard import Keyboard
from gui.dialogs.login import Login
from gui.dialogs.menu import Item, Menu
from gui.dialogs.message import Message, Question
from gui.dialogs.recovery_codes import CodesSheet
from gui.toolkit.button import Button, Look
from gui.toolkit.layout import Column
from gui.toolkit.page import Page
from gui.toolkit.text_field import TextField
from gui.toolkit.worker import ThreadWorker
from recorder.client.answers import UpdateNote
from recorder.client.api import ApiError
from recorder.client.errors import Unavailable
from recorder.client.strength import Strength, strength
from tests.gui.held_worker import HeldWorker
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, Rig, clipped, unreachable
from tests.recorder.api.served import wait_for

FIRST = "short but longer 7"


def sheets(rooms, tmp_path):
    from gui.dialogs.camera import AddCamera, CameraLogin
    from gui.dialogs.chooser import ChooseMany
    from gui.toolkit.select import Option

    yield FirstRun(rooms.session)
    yield Login(rooms.session)
    yield AddCamera(rooms)
    yield CameraLogin(rooms, 1)
    yield Message("Unknown video format", "This recorder takes H.264 and H.265 video. " * 4)
    yield Question("Remove?", "It goes away.", "Remove", print, danger=True)
    yield FolderChooser(tmp_path, print)
    yield ChooseMany("Copy to", [Option(n, f"{n}  Camera {n}") for n in range(1, 33)], [], print)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("which", range(8))
def test_every_dialog_shows_its_words_and_is_reached_with_arrows(size, which, tmp_path):
    rig, rooms, _api = house(size)
    sheet = rig.open(list(sheets(rooms, tmp_path))[which])
    assert rig.screen.rect.contains(sheet.rect)
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("D-ACC-06")
def test_the_first_password_must_be_long_enough_and_written_twice():
    rig, rooms, _api = house(user="", needs_setup=True)
    rooms.main_menu()
    rig.show()
    assert isinstance(rig.top, FirstRun)
    rig.type("short")
    rig.go_to("set-password")
    rig.key("ok")
    assert "at least 8 characters" in rig.words()
    assert rig.focus == "password"
    rig.type(" but longer 7")
    rig.key("ok")
    rig.type("another one")
    rig.key("ok")
    assert "differ" in rig.words()
    assert not rooms.session.logged_in
    for _ in "another one":
        rig.key("backspace")
    rig.type("short but longer 7")
    rig.key("ok")
    assert rooms.session.password == "short but longer 7"
    assert rig.top.name == "main-menu"


def test_after_a_refusal_return_goes_on_with_what_was_typed_and_opens_no_keyboard():
    rig, rooms, _api = house(user="", needs_setup=True)
    rooms.main_menu()
    rig.show()
    rig.type("short")
    rig.key("ok", "ok")
    assert "at least 8 characters" in rig.words()
    assert rig.focus == "password"
    rig.key("ok")
    assert isinstance(rig.top, FirstRun)
    assert rig.focus == "again"


def test_a_password_that_control_refuses_is_sent_again_with_return_alone():
    rig, rooms, _api = house(user="", needs_setup=True)
    refused = [ApiError(503, "Unavailable", "Control does not answer.")]
    set_up = rooms.session.set_up
    rooms.session.set_up = lambda password: set_up(password) if not refused else _raise(refused.pop())
    rooms.main_menu()
    rig.show()
    rig.type("quiet night 7")
    rig.key("ok")
    rig.type("quiet night 7")
    rig.key("ok")
    assert "does not answer" in rig.words()
    assert rig.focus == "password"
    rig.key("ok", "ok")
    assert rooms.session.password == "quiet night 7"


def _raise(error):
    raise error


@pytest.mark.parametrize("gone", ["arrow", "page"])
def test_who_types_no_more_is_offered_the_keyboard_on_the_screen(gone):
    rig, rooms, _api = house(user="")
    rig.open(Login(rooms.session))
    rig.type("wrong")
    rig.key("ok")
    assert "wrong" in rig.words()
    rig.key("ok")
    assert isinstance(rig.top, Login)
    if gone == "arrow":
        rig.key("up", "down")
    else:
        rig.open(Message("News", "Something happened."))
        rig.key("ok")
    assert rig.focus == "password"
    rig.key("ok")
    assert isinstance(rig.top, Keyboard)


def test_return_leads_a_typist_on_to_the_next_field_and_then_to_the_main_button():
    rig = Rig()
    first, second = TextField("", name="first"), TextField("", name="second")
    out, do = Button("Cancel", name="out"), Button("Do it", name="do", look=Look.PRIMARY)
    rig.open(Page(name="written", children=[Column([first, second, out, do])]))
    rig.type("one")
    rig.key("ok")
    assert rig.focus == "second"
    rig.type("two")
    rig.key("ok")
    assert rig.focus == "do"
    assert rig.top.name == "written"


def test_where_the_answer_to_the_first_password_came_too_late_the_same_once_more_lets_in_with_new_codes():
    rig, rooms, api = house(user="", needs_setup=True)
    real = rooms.session.set_up

    def late(password):
        if rooms.session.password == FIRST:
            raise ApiError(409, "AlreadySetUp", "The recorder is set up already.")
        real(password)
        rooms.session.log_out()
        raise Unavailable(process="control")

    rooms.session.set_up = late
    rooms.main_menu()
    rig.show()
    rig.type(FIRST)
    rig.key("ok")
    rig.type(FIRST)
    rig.key("ok")
    assert "not running" in rig.words()
    assert not rooms.session.logged_in
    rig.go_to("set-password")
    rig.key("ok")
    rig.show()
    assert rooms.session.user == "admin"
    assert isinstance(rig.top, CodesSheet)
    assert ("new_recovery_codes", FIRST) in api.calls


def test_who_was_not_the_one_that_set_the_first_password_is_not_let_in():
    rig, rooms, _api = house(user="", needs_setup=True)
    rooms.session.password = "somebody else's 7"

    def done_already(_password):
        raise ApiError(409, "AlreadySetUp", "The recorder is set up already.")

    rooms.session.set_up = done_already
    rooms.main_menu()
    rig.show()
    rig.type(FIRST)
    rig.key("ok")
    rig.type(FIRST)
    rig.key("ok")
    assert "wrong" in rig.words()
    assert not rooms.session.logged_in


def test_a_password_is_never_in_the_tree():
    from gui.toolkit.tree import tree

    rig, rooms, _api = house(user="")
    rig.open(Login(rooms.session))
    rig.type("very secret")
    assert "very secret" not in str(tree(rig.screen))
    rig.click("password")
    assert isinstance(rig.top, Keyboard)
    assert "very secret" not in str(tree(rig.screen))


@pytest.mark.covers("D-ACC-11")
@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", Strength.TOO_SHORT),
        ("1234567", Strength.TOO_SHORT),
        ("12345678", Strength.WEAK),
        ("password1", Strength.WEAK),
        ("aaaaaaaaaaaa", Strength.WEAK),
        ("garden41", Strength.WEAK),
        ("Garden-41x", Strength.FAIR),
        ("correct horse battery", Strength.STRONG),
    ],
)
def test_strength_is_judged_roughly_right(password, expected):
    assert strength(password) is expected


@pytest.mark.covers("D-ACC-11")
@pytest.mark.parametrize("password", ["rosamunde12", "ednumasor12", "Rosamunde!12"])
def test_a_password_of_ones_own_name_is_weaker_forwards_and_backwards(password):
    assert strength(password, "rosamunde") < strength(password)
    assert strength("staple gun 77 orange", "rosamunde") is strength("staple gun 77 orange")


@pytest.mark.covers("D-ACC-11")
def test_a_name_of_two_letters_spoils_no_password():
    assert strength("staple gun 77 orange", "or") is strength("staple gun 77 orange")


def test_a_wrong_login_is_told_and_the_way_back_leads_to_live():
    rig, rooms, _api = house(user="")
    rooms.cameras()
    rig.show()
    rig.type("wrong")
    rig.key("ok")
    assert "wrong" in rig.words()
    assert rig.focus == "password"
    rig.key("back")
    assert rig.top.name == "wall"
    rooms.cameras()
    rig.show()
    rig.type("long enough 1")
    rig.key("ok")
    assert rig.top.name == "cameras"


def test_the_power_key_says_what_the_login_is_for_and_then_asks():
    rig, rooms, _api = house(user="")
    rooms.shut_down()
    rig.show()
    assert "Log in to shut the recorder down." in rig.words()
    rig.type("long enough 1")
    rig.key("ok")
    assert "Recording ends." in rig.words()
    assert "being updated" not in rig.words()
    assert rig.focus == "cancel"


def test_who_shuts_down_while_the_recorder_is_updated_is_told_so():
    rig, rooms, _api = house()
    rooms.feed.latest = replace(rooms.feed.latest, update=UpdateNote(busy=True))
    rooms.shut_down()
    rig.show()
    assert "The recorder is being updated. Wait for the end of it" in rig.words()
    assert rig.focus == "cancel"


class FieldPage(Page):
    def __init__(self, field):
        super().__init__(name="field-page")
        self.field = field

    def build(self):
        self.add(Column([self.field]))


@pytest.mark.covers("D-INP-08", "D-IR-12")
def test_text_is_written_on_the_screen_with_five_keys():
    rig = Rig()
    field = TextField("", name="field", label="Name")
    rig.open(FieldPage(field))
    rig.key("ok")
    assert isinstance(rig.top, Keyboard)
    for letter, name in (("h", "key-2-5"), ("i", "key-1-7")):
        rig.go_to(name)
        rig.key("ok")
        assert field.written.endswith(letter)
    rig.go_to("shift")
    rig.key("ok")
    rig.go_to("key-1-0")
    rig.key("ok", "ok")
    assert field.written == "hiQq"
    rig.go_to("to-symbols")
    rig.key("ok")
    rig.go_to("key-0-0")
    rig.key("ok")
    rig.go_to("erase")
    rig.key("ok", "ok")
    assert field.written == "hiQ"
    rig.go_to("done")
    rig.key("ok")
    assert rig.focus == "field"


def test_a_real_keyboard_writes_while_the_one_on_the_screen_is_open():
    rig = Rig()
    field = TextField("ab", name="field")
    rig.open(FieldPage(field))
    rig.click("field")
    rig.type("c d")
    rig.key("backspace")
    assert field.written == "abc "
    rig.key("ok")
    assert rig.focus == "field"


def test_the_keyboard_offers_only_what_the_field_takes():
    rig = Rig()
    field = TextField("", name="field", allowed="0123456789")
    rig.open(FieldPage(field))
    rig.key("ok")
    assert unreachable(rig.screen) == []
    rig.click("key-0-1")
    assert field.written == "2"
    assert not rig.find("key-3-0").enabled
    rig.type("x")
    assert field.written == "2"


@pytest.mark.parametrize("layout", ["letters", "symbols", "accents"])
@pytest.mark.parametrize("size", SIZES)
def test_every_key_of_the_keyboard_is_reached_and_fits(layout, size):
    rig = Rig(size)
    rig.open(FieldPage(TextField("", name="field", label="Address")))
    rig.key("ok")
    if layout != "letters":
        rig.click(f"to-{layout}")
    assert unreachable(rig.screen) == []
    assert clipped(rig.screen) == []


@pytest.mark.parametrize("size", SIZES)
def test_keys_of_a_column_stand_below_each_other(size):
    rig = Rig(size)
    rig.open(FieldPage(TextField("", name="field", label="Address")))
    rig.key("ok")
    for across in range(10):
        column = [rig.find(f"key-{down}-{across}").rect for down in range(4)]
        assert len({(one.left, one.width) for one in column}) == 1


def test_folders_are_walked_made_and_chosen(tmp_path):
    (tmp_path / "stick" / "videos").mkdir(parents=True)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "file.txt").write_text("x")
    chosen = []
    rig = Rig()
    rig.open(FolderChooser(tmp_path / "stick" / "gone", chosen.append))
    assert "videos" in rig.words()
    rig.key("ok")
    assert ".hidden" not in rig.words()
    assert "file.txt" not in rig.words()
    assert rig.screen.focus.value == tmp_path / "stick"
    rig.key("ok")
    rig.go_to("new")
    rig.key("ok")
    rig.type("evidence")
    rig.key("ok")
    rig.go_to("take")
    rig.key("ok")
    assert chosen == [tmp_path / "stick" / "evidence"]
    assert chosen[0].is_dir()


def test_a_stick_that_answers_nobody_does_not_stop_the_screen(tmp_path, monkeypatch):
    (tmp_path / "stick").mkdir()
    asked, is_dir = [], Path.is_dir
    monkeypatch.setattr(Path, "is_dir", lambda self: asked.append(self) or is_dir(self))
    worker = HeldWorker()
    rig = Rig(worker=worker)
    rig.open(FolderChooser(tmp_path / "gone", print, sticks=(tmp_path / "stick",)))
    assert asked == [], "the screen's own thread asks no file system"
    worker.release()
    by_worker = list(asked)
    rig.show()
    rig.key("down")
    assert asked == by_worker
    assert str(tmp_path / "stick") in rig.words()


def test_a_stick_that_hangs_holds_up_neither_other_folders_nor_other_pages(tmp_path, monkeypatch):
    for name in ("stick", "videos"):
        (tmp_path / name).mkdir()
    over, is_dir = threading.Event(), Path.is_dir
    monkeypatch.setattr(Path, "is_dir", lambda self: over.wait() if self.name == "stick" else is_dir(self))
    rig = Rig(worker=ThreadWorker(threads=1))
    try:
        for _each in range(4):
            page = rig.open(FolderChooser(tmp_path / "videos", print, sticks=(tmp_path / "stick",)))
            wait_for(lambda page=page: rig.show() is not None and page.listing is not None)
            page.close()
        done = threading.Event()
        rig.open(FolderChooser(tmp_path, print)).work(lambda: None, lambda _none: done.set())
        wait_for(lambda: rig.show() is not None and done.is_set())
    finally:
        over.set()


def test_of_two_folders_the_one_that_was_opened_last_is_shown(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    worker = HeldWorker()
    rig = Rig(worker=worker)
    page = rig.open(FolderChooser(tmp_path, print))
    assert "Looking" in rig.words()
    worker.release()
    rig.show()
    page.go(tmp_path / "first")
    page.go(tmp_path / "second")
    worker.held.reverse()
    worker.release()
    rig.show()
    assert page.listing.folder == tmp_path / "second"


def test_a_listing_that_comes_late_takes_no_focus_away(tmp_path):
    worker = HeldWorker()
    rig = Rig(worker=worker)
    rig.open(FolderChooser(tmp_path, print))
    rig.go_to("cancel")
    worker.release()
    rig.show()
    assert rig.screen.focus.name == "cancel"


@pytest.mark.parametrize("name", ["", " ", "..", "a/b", "x\0y", "y" * 300])
def test_a_folder_name_that_cannot_be_is_refused_in_words(tmp_path, name):
    with pytest.raises(CannotOpen) as refused:
        make_folder(tmp_path, name)
    assert str(refused.value).endswith(".")


def test_a_folder_that_is_gone_is_told(tmp_path):
    with pytest.raises(CannotOpen):
        list_folder(tmp_path / "gone")


@pytest.mark.parametrize("at", [(0, 0), (1279, 719), (640, 719), (1279, 0)])
def test_a_menu_stays_on_the_screen(at):
    rig = Rig()
    rig.open(FieldPage(TextField(name="field")))
    menu = rig.open(Menu([Item(f"Item {n}") for n in range(9)], at=at))
    assert rig.screen.rect.contains(menu.rect)


def test_a_menu_longer_than_the_screen_scrolls():
    rig = Rig()
    rig.open(FieldPage(TextField(name="field")))
    menu = rig.open(Menu([Item(f"Item {n}") for n in range(60)], below=Rect(100, 100, 200, 40)))
    assert rig.screen.rect.contains(menu.rect)
    assert unreachable(rig.screen) == []


def test_choosing_closes_a_menu_and_its_parent_and_clicking_beside_does_nothing():
    rig = Rig()
    rig.open(FieldPage(TextField(name="field")))
    done = []
    items = [
        Item("One", lambda: done.append(1)),
        Item("More", items=(Item("Two", lambda: done.append(2)), Item("Three", enabled=False))),
    ]
    rig.open(Menu(items, at=(100, 100)))
    rig.key("down", "ok", "ok")
    assert done == [2]
    assert rig.focus == "field"
    rig.open(Menu(items, at=(100, 100)))
    rig.click((900, 600))
    assert rig.focus == "field"
    assert done == [2]


def test_who_was_faster_than_the_recorder_is_asked_for_the_first_password_after_all():
    rig, rooms, _api = house(user="", needs_setup=True)
    known, rooms.feed.latest = rooms.feed.latest, None
    rooms.add_camera()
    rig.show()
    assert rig.top.name == "login"
    rooms.feed.latest = known
    rooms.status_changed()
    rig.show()
    assert rig.top.name == "first-run"

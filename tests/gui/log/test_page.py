"""The log on the screen: a list to read, narrow and walk by arrows alone (D-MNT-01, P-LOG)."""

from dataclasses import replace

import pytest

from gui.log.details import Details
from gui.log.page import AT_ONCE, Log
from gui.pages.main_menu import MainMenu
from recorder.client.answers import AuditCheck
from recorder.client.errors import Unavailable
from recorder.client.log import Level, LogEntry, LogPage, LogType
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

AT_US = 1_700_000_000_000_000
CHANGE = LogEntry(
    "audit-2", AT_US, LogType.CONFIG, Level.INFO, "anna", "web:192.168.1.7", "General", "Recorder name: Farm → Barn",
    old='"Farm"', new='"Barn"',
)  # fmt: skip
FAULT = LogEntry("event-1", AT_US, LogType.STORAGE, Level.ERROR, "", "", "Disk", "Disk 2 answers no more.", "disk2")


class Book:
    """Control's log, with as many everyday entries below two that matter as are wanted."""

    def __init__(self, count=0):
        self.entries = [
            CHANGE,
            FAULT,
            *(replace(CHANGE, id=f"audit-x{at}", words=f"Entry {at}") for at in range(count)),
        ]
        self.asked = []

    def log(self, *, before=None, limit=100, **wanted):
        self.asked.append(wanted)
        fits = [one for one in self.entries if wanted.get("text", "").lower() in one.words.lower()]
        fits = [one for one in fits if one.type in wanted.get("types", one.type)]
        at = int(before or 0)
        return LogPage(tuple(fits[at : at + limit]), str(at + limit) if at + limit < len(fits) else None)


def at_page(count=0, size=(1280, 720)):
    rig, rooms, api = house(size)
    book = Book(count)
    api.log = book.log
    return rig, rig.open(Log(rooms)), api, book


@pytest.mark.covers("D-MNT-01")
@pytest.mark.parametrize("size", SIZES)
def test_entries_say_what_who_when_and_from_where(size):
    rig, _page, _api, _book = at_page(size=size)
    assert rig.focus == "list"
    words = rig.words()
    for expected in (
        "Recorder name: Farm → Barn",
        "anna, 192.168.1.7",
        "2023-11-14 22:13:20",
        "Disk 2 answers no more.",
    ):
        assert expected in words
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    rig.key("ok")
    assert isinstance(rig.top, Details)
    assert '"Farm"' in rig.words()
    assert clipped(rig.screen) == []
    rig.key("page_down")
    assert rig.find("title").text == FAULT.words
    rig.key("page_down", "page_up")
    assert rig.find("title").text == CHANGE.words
    rig.key("back")
    assert rig.focus == "list"


def test_going_down_brings_older_entries_until_there_are_none():
    rig, page, _api, book = at_page(count=3 * AT_ONCE)
    assert len(page.found) == AT_ONCE
    for _page in range(80):
        rig.key("page_down")
    assert [one.id for one in page.found] == [one.id for one in book.entries]
    assert page.list.value == book.entries[-1].id
    assert len(book.asked) == 4


def test_it_is_narrowed_by_type_level_days_and_text():
    rig, page, _api, book = at_page()
    page.filter.type.choose("storage")
    page.filter.level.choose(Level.WARNING)
    page.filter.words.write("disk")
    rig.show()
    assert book.asked[-1] == {"types": "storage", "level": Level.WARNING, "text": "disk"}
    assert [one.id for one in page.found] == [FAULT.id]
    page.filter.days.choose(page.filter.days.options[2].value)
    rig.show()
    begin, end = book.asked[-1]["start"], book.asked[-1]["end"]
    assert end - begin == 86_400_000_000
    assert end <= rig.clock.now_us() < end + 86_400_000_000
    page.filter.words.write("zzz")
    rig.show()
    assert "No entry fits." in rig.words()
    assert rig.find("text") is not None


def test_an_empty_log_and_a_silent_service_say_so():
    rig, page, api, book = at_page()
    book.entries = []
    page.look()
    rig.show()
    assert "Nothing has been logged yet." in rig.words()

    def silent(**_wanted):
        raise Unavailable(process="control")

    api.log = silent
    page.look()
    rig.show()
    assert rig.focus == "again"
    api.log = Book().log
    rig.key("ok")
    assert "Disk 2 answers no more." in rig.words()


@pytest.mark.covers("D-RULE-12")
def test_it_is_saved_checked_and_cleared_on_purpose_alone(tmp_path):
    rig, page, api, _book = at_page()
    cleared = []
    api.clear_audit = lambda: cleared.append(1)
    api.check_audit = lambda: AuditCheck(2, "c", None, "All 2 rows are as they were written.")
    api.export_log = lambda into, **wanted: into.write(repr(wanted).encode())
    rig.go_to("check")
    rig.key("ok")
    assert "All 2 rows are as they were written." in rig.words()
    rig.key("ok")
    rig.go_to("clear")
    rig.key("ok", "ok")
    assert cleared == []
    rig.key("ok")
    rig.go_to("do")
    rig.key("ok")
    assert cleared == [1]
    page.filter.type.choose("storage")
    page._save_in(tmp_path)
    assert [one.read_bytes() for one in tmp_path.glob("log-*.csv")] == [b"{'types': 'storage'}"]


def test_it_is_reached_from_the_main_menu():
    rig, rooms, api = house()
    api.log = Book().log
    rig.open(MainMenu(rooms))
    rig.go_to("log")
    rig.key("ok")
    assert isinstance(rig.top, Log)

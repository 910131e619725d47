"""The list of events on the screen: filtered, followed without losing the mark, acknowledged with two keys."""

from dataclasses import replace

import pytest

from gui.events.page import EventsPage
from gui.pages.main_menu import MainMenu
from recorder.client.answers import ExportJob, JobState, Span
from recorder.client.clock import SECOND_US
from recorder.client.errors import Unavailable
from recorder.client.happened import AlarmState, Comment, EventKind, EventPage, Happened, Receiving
from recorder.client.stream import StreamName
from tests.gui.held_worker import HeldWorker
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

KINDS = [EventKind("video-loss", "Video loss"), EventKind("motion-detection", "Motion detection")]


def event(number, words="Front door gives no picture: it sends nothing any more.", **told):
    known = {
        "id": number, "source": "video-loss", "title": "Video loss", "item": "1", "part": "", "channel": 1,
        "begin_us": number * 60 * SECOND_US, "end_us": (number * 60 + 75) * SECOND_US, "why": "", "words": words,
        "count": 1, "armed": True, "picture_us": None, "state": AlarmState.NEW, "group": number,
    }  # fmt: skip
    return Happened(**{**known, **told})


class Events:
    """Control's side of the list, in memory; remembers what it was asked."""

    def __init__(self, api, *events):
        self.events, self.asked, self.done = list(events), [], []
        api.happened = self.happened
        api.event = lambda number: replace(self.of(number), instructions="Ring the porter.")
        api.event_kinds = lambda: KINDS
        api.spans = lambda _channel, start, end: [Span(start, end, "general")]
        for deed in ("acknowledge", "handle", "comment", "mute", "clip"):
            setattr(api, deed, lambda *told, _deed=deed, **more: self.do(_deed, *told, **more))

    def of(self, number):
        return next(one for one in self.events if one.id == number)

    def happened(self, **asked):
        self.asked.append(asked)
        return EventPage(tuple(sorted(self.events, key=lambda one: -one.id))[: asked["limit"]])

    def do(self, deed, number, *told, **more):
        self.done.append((deed, number, *told, *more.items()))
        if deed == "acknowledge":
            at = self.events.index(self.of(number))
            self.events[at] = replace(self.events[at], state=AlarmState.PROGRESS, handled_by="admin", handled_us=1)
        return Receiving()


def at_page(*events, size=(1280, 720)):
    rig, rooms, api = house(size)
    told = Events(api, *events)
    rig.open(EventsPage(rooms))
    return rig, told


MANY = (
    event(1, "The recorder has started. It was shut down at 2026-11-26 23:10:02.", channel=0, item="", state=None),
    event(2, state=AlarmState.FALSE, handled_by="admin", handled_us=200 * SECOND_US),
    event(3, "Yard cannot be reached. Check its power and its cable.", channel=2, state=AlarmState.PROGRESS,
          handled_by="guard", handled_us=240 * SECOND_US, comments=(Comment(1, "guard", "Electrician called."),)),
    event(4, "Alarm input Back door is active.", title="Alarm at an input", channel=0, item="IN1",
          alike=4, pinned=True),
    event(5, end_us=None),
)  # fmt: skip


def test_what_happens_and_does_not_last_has_no_length():
    start = 7 * 60 * SECOND_US
    rig, _told = at_page(event(7, "The recorder has started.", channel=0, item="", state=None, end_us=start))
    assert "The recorder has started." in rig.words()
    assert "00:07:00" in rig.words()
    assert "0 s" not in rig.words()


@pytest.mark.covers("V-ALST-01")
@pytest.mark.parametrize("size", SIZES)
def test_what_happened_is_listed_with_its_state(size):
    rig, _told = at_page(*MANY, size=size)
    words = rig.words()
    for expected in (
        "gives no picture",
        "(4 times)",
        "goes on",
        "New",
        "False alarm · admin",
        "In progress · guard",
        "Yard",
    ):
        assert expected in words
    assert rig.focus == "list"
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("V-ALST-02")
def test_a_new_alarm_is_acknowledged_with_two_keys():
    rig, told = at_page(event(1), event(2))
    rig.key("ok", "ok")
    assert told.done == [("acknowledge", 2, ("whole_group", False))]
    rig.show()
    assert "In progress · admin" in rig.words()
    rig.key("ok")
    assert "Acknowledge" not in rig.words()


def test_what_happens_meanwhile_comes_in_and_the_mark_stays():
    rig, told = at_page(event(1), event(2))
    rig.key("down")
    assert rig.top.list.value == 1
    told.events.append(event(3, "Something new."))
    rig.clock.advance(2.1)
    rig.show()
    assert "Something new." in rig.words()
    assert (rig.focus, rig.top.list.value) == ("list", 1)
    rig.key("ok")
    assert rig.top.title == event(1).words


def test_a_group_that_grows_stays_marked():
    rig, told = at_page(event(1, group=1, alike=2), event(2, group=2))
    rig.key("down")
    told.events[0] = event(9, "Once more.", group=1, alike=3)
    rig.clock.advance(2.1)
    rig.show()
    assert rig.top.list.value == 1
    rig.key("ok", "ok")
    assert told.done == [("acknowledge", 9, ("whole_group", True))]


@pytest.mark.covers("V-ALST-04", "D-ALM-01")
def test_events_are_filtered_by_time_camera_kind_and_state():
    rig, told = at_page(*MANY)
    assert "start_us" in told.asked[-1]
    for name, steps in (
        ("when", ("down", "down")),
        ("channel", ("down", "down")),
        ("kind", ("down",)),
        ("state", ("down",)),
    ):
        rig.go_to(name)
        rig.key("ok", *steps, "ok")
    asked = told.asked[-1]
    assert "start_us" not in asked
    assert (asked["channels"], asked["sources"], asked["states"]) == (
        [2],
        ["video-loss"],
        [AlarmState.NEW, AlarmState.PROGRESS],
    )


def test_the_marked_event_is_told_in_full_and_played_from_before_it_began():
    rig, told = at_page(event(7))
    rig.clock.advance(0.4)
    rig.show()
    assert "To do: Ring the porter." in rig.words()
    played = []
    rig.top.rooms.playback = lambda *where: played.append(where)
    rig.key("ok", "down", "down", "down", "ok")
    assert played == [(1, (7 * 60 - 2) * SECOND_US)]
    rig.key("ok", "down", "down", "down", "down", "ok")
    assert told.done[-1][:2] == ("clip", 7)


def test_the_end_of_an_events_export_is_told():
    rig, _told = at_page(event(7))
    api = rig.top.rooms.api
    begun = ExportJob("1", JobState.RUNNING, (1,), StreamName.MAIN, 1, 2, "/exports")
    api.clip = lambda *_asked, **_more: begun
    api.export_job = lambda _job: replace(begun, state=JobState.FAILED, words="The disk is full.")
    rig.key("ok", "down", "down", "down", "down", "ok")
    assert rig.screen.notices.texts() == ["The export of this event's footage has begun."]
    rig.top.close()
    rig.clock.advance(0.6)
    rig.show()
    assert "The disk is full." in rig.screen.notices.texts()


def test_who_may_not_play_a_camera_sees_no_picture_of_it():
    rig, told = at_page()
    told.events.append(event(1, channel=9))
    shown = []
    rig.top.preview.show_picture = lambda *of: shown.append(of)
    rig.clock.advance(2.1)
    rig.show()
    rig.clock.advance(0.4)
    rig.show()
    assert shown == []


def test_a_comment_is_written():
    rig, told = at_page(event(1, channel=0, state=None))
    rig.key("ok", "ok")
    rig.type("The wind.")
    rig.go_to("do")
    rig.key("ok")
    assert told.done == [("comment", 1, "The wind.")]


def test_whoever_presses_twice_writes_one_comment():
    rig, told = at_page(event(1, channel=0, state=None))
    rig.key("ok", "ok")
    rig.type("The wind.")
    worker = rig.screen._worker = HeldWorker()
    rig.click("do")
    rig.click("do")
    worker.release()
    rig.show()
    assert told.done == [("comment", 1, "The wind.")]


def test_an_empty_list_and_one_that_cannot_be_had_say_so_and_heal():
    rig, told = at_page()
    assert "Nothing has happened" in rig.words()
    assert rig.focus == "when"
    told.events.append(event(1))
    rig.clock.advance(2.1)
    rig.show()
    assert "gives no picture" in rig.words()

    rig, rooms, api = house()
    told = Events(api)

    def gone(**_asked):
        raise Unavailable(process="control")

    api.happened = gone
    rig.open(EventsPage(rooms))
    assert rig.focus == "again"
    api.happened = told.happened
    rig.key("ok")
    assert "Nothing has happened" in rig.words()


def test_the_list_is_reached_from_the_menu():
    rig, rooms, api = house()
    Events(api, event(1))
    rig.open(MainMenu(rooms))
    rig.go_to("events")
    rig.key("ok")
    assert isinstance(rig.top, EventsPage)

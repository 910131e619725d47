"""Who is logged in is told of what he wishes, and says so in a form of his own; who is not hears everything."""

from dataclasses import replace

import pytest

from gui.events.page import EventsPage
from gui.events.receiving import ReceivingSheet
from recorder.client.errors import Unavailable
from recorder.client.happened import Mute, Receiving, ScreenMessage, ScreenTour
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable
from tests.gui.test_events import Events, event

HOUR_US = 3600 * 1_000_000


class Wishes:
    """Control's side of what one user wishes."""

    def __init__(self, api, wishes=None):
        self.wishes, self.asked = wishes or Receiving(), []
        api.receiving = lambda: self.wishes
        api.wish = self.wish
        api.sound_again = self.sound_again

    def wish(self, sources, channels, off_minutes):
        self.asked.append((sources, channels, off_minutes))
        return self.wishes

    def sound_again(self, source, item):
        self.asked.append(("again", source, item))
        left = tuple(one for one in self.wishes.mutes if (one.source, one.item) != (source, item))
        self.wishes = replace(self.wishes, mutes=left)
        return self.wishes


def at_screen(wishes, user="guard"):
    rig, rooms, api = house(user=user)
    told, toured = Wishes(api, wishes), []
    rooms._receiver._tour = toured.append
    return rig, rooms, told, toured


def happens(rig, rooms, *messages, tours=()):
    rooms.feed.latest = replace(rooms.feed.latest, messages=messages, tours=tours)
    rooms.status_changed()
    rig.show()


DOOR = ScreenMessage(1, 0, 0, "Back door is active.", "input-alarm", "IN1")
YARD = ScreenMessage(2, 2, 0, "Yard gives no picture.", "video-loss", "2")


@pytest.mark.covers("V-ALM-41")
@pytest.mark.parametrize(
    ("wishes", "heard"),
    [
        (Receiving(), [DOOR, YARD]),
        (Receiving(sources=("video-loss",)), [YARD]),
        (Receiving(channels=(1,)), [DOOR]),
        (Receiving(off_until_us=1 << 60), []),
        (Receiving(off_until_us=1), [DOOR, YARD]),
        (Receiving(mutes=(Mute("input-alarm", "IN1", 1 << 60),)), [YARD]),
    ],
)
def test_the_screen_tells_who_is_logged_in_what_he_wishes_to_hear(wishes, heard):
    rig, rooms, _told, _toured = at_screen(wishes)
    happens(rig, rooms, DOOR, YARD)
    assert rig.notices == [one.words for one in heard]


def test_while_nobody_is_logged_in_the_screen_tells_everything():
    rig, rooms, _told, _toured = at_screen(Receiving(off_until_us=1 << 60), user="")
    happens(rig, rooms, DOOR, YARD)
    assert rig.notices == [DOOR.words, YARD.words]


def test_who_cannot_be_asked_is_told_everything():
    rig, rooms, _told, _toured = at_screen(Receiving())

    def gone():
        raise Unavailable(process="control")

    rooms.api.receiving = gone
    happens(rig, rooms, DOOR)
    assert rig.notices == [DOOR.words]


@pytest.mark.covers("V-ALM-41")
def test_cameras_of_an_event_come_to_the_screen_as_he_wishes():
    rig, rooms, told, toured = at_screen(Receiving(sources=("video-loss",)))
    tours = (ScreenTour(9, (3, 2), "video-loss", "2", 2), ScreenTour(8, (1, 2), "input-alarm", "IN1"))
    happens(rig, rooms, tours=tours)
    assert toured[-1] == (3, 2)
    told.wishes = Receiving()
    happens(rig, rooms, tours=tours)
    assert toured[-1] == (3, 2, 1)
    rooms.session.user = ""
    told.wishes = Receiving(off_until_us=1 << 60)
    rooms._session_changed()
    assert toured[-1] == (3, 2, 1)


def at_sheet(wishes=None, size=(1280, 720)):
    rig, rooms, api = house(size)
    Events(api, event(1))
    told = Wishes(api, wishes)
    rig.open(EventsPage(rooms))
    rig.go_to("receiving")
    rig.key("ok")
    assert isinstance(rig.top, ReceivingSheet)
    return rig, told


@pytest.mark.covers("V-ALM-41")
@pytest.mark.parametrize("size", SIZES)
def test_the_form_says_what_one_is_told_of(size):
    mutes = (Mute("motion-detection", "2", HOUR_US), Mute("video-loss", "1", HOUR_US))
    rig, _told = at_sheet(Receiving(("video-loss",), (1, 2), HOUR_US, mutes), size)
    words = rig.words()
    for expected in ("1 kind of 2", "2 cameras of 2", "Motion detection, Yard", "Video loss, Front door"):
        assert expected in words
    assert rig.find("messages").text.startswith("Off until 1970")
    assert rig.focus == "messages"
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("V-ALM-41")
def test_what_is_chosen_is_kept_and_all_of_it_takes_in_what_comes_later():
    rig, told = at_sheet()
    rig.key("ok", "down", "ok")
    rig.go_to("kinds")
    rig.key("ok")
    rig.go_to("option-0")
    rig.key("ok")
    rig.go_to("take")
    rig.key("ok")
    assert "1 kind of 2" in rig.words()
    rig.go_to("do")
    rig.key("ok")
    assert told.asked == [(("motion-detection",), None, 30)]


def test_an_unchanged_time_stays_as_it_is():
    rig, told = at_sheet(Receiving(off_until_us=1 << 60))
    rig.go_to("do")
    rig.key("ok")
    assert told.asked == [(None, None, None)]


def test_a_mute_is_taken_back():
    mutes = (Mute("motion-detection", "2", 1 << 60), Mute("video-loss", "1", 1 << 60))
    rig, told = at_sheet(Receiving(mutes=mutes))
    rig.go_to("mute-0")
    rig.key("ok")
    assert told.asked == [("again", "motion-detection", "2")]
    assert "Motion detection" not in rig.words()
    assert "Video loss, Front door" in rig.words()

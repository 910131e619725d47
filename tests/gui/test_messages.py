"""What an event's rule wants shown is shown once, over whatever is open, whether or not somebody is logged in."""

from dataclasses import replace

import pytest

from gui.dialogs.message import Message
from recorder.client.happened import ScreenMessage
from recorder.client.outage import Outage, Returned
from tests.gui.pages.house import house


@pytest.mark.covers("D-LINK-03", "V-ALM-44")
@pytest.mark.parametrize("user", ["admin", ""])
def test_a_message_is_shown_once(user):
    rig, rooms, _api = house(user=user)

    def told(*words):
        messages = tuple(ScreenMessage(number, 0, 0, said) for number, said in enumerate(words, 1))
        rooms.feed.latest = replace(rooms.feed.latest, messages=messages)
        rooms.status_changed()
        rig.show()

    told("Alarm input Back door is active.")
    assert rig.notices == ["Alarm input Back door is active."]
    told("Alarm input Back door is active.", "Gate cannot be reached.")
    assert rig.notices == ["Alarm input Back door is active.", "Gate cannot be reached."]


def test_what_came_of_a_power_cut_stays_over_the_wall_until_somebody_closes_it():
    rig, rooms, api = house(user="")
    seen = []
    api.outage_seen = lambda: seen.append(True)
    outage = Outage(8_000_000_000, 9_680_000_000, (Returned(1, 9_730_000_000, 0), Returned(2, 9_702_000_000, 800_000)))
    rooms.feed.latest = replace(rooms.feed.latest, outage=outage)
    rooms.status_changed()
    rig.show()
    dash = "\N{EN DASH}"
    assert (
        f"No power 1970-01-01, 02:13{dash}1970-01-01, 02:41. 2 of 2 record since 02:42:10. 0.8 s lost." in rig.words()
    )
    rig.clock.advance(3600)
    rig.show()
    assert isinstance(rig.top, Message)
    rooms.status_changed()
    rig.key("ok")
    assert seen == [True]
    rooms.status_changed()
    assert not isinstance(rig.top, Message)


def test_settings_that_were_damaged_are_told_over_the_wall_until_somebody_closes_it():
    rig, rooms, api = house(user="")
    seen = []
    api.notice_seen = lambda: seen.append(True)
    words = "The settings could not be read; those of 2026-11-28 02:00:00+00:00 are in their place."
    rooms.feed.latest = replace(rooms.feed.latest, notice=words)
    rooms.status_changed()
    rig.show()
    assert words.split(";", maxsplit=1)[0] in rig.words()
    rooms.status_changed()
    rig.key("ok")
    assert seen == [True]
    rooms.status_changed()
    assert not isinstance(rig.top, Message)


def test_a_power_cut_is_not_told_over_what_somebody_does():
    rig, rooms, _api = house()
    rig.open(Message("Other", "words"))
    rooms.feed.latest = replace(rooms.feed.latest, outage=Outage(1, 2))
    rooms.status_changed()
    assert rig.top.title == "Other"
    rig.key("ok")
    rooms.status_changed()
    assert rig.top.title == "The power was gone"

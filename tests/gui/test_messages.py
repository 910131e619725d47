"""What an event's rule wants shown is shown once, over whatever is open, whether or not somebody is logged in."""

from dataclasses import replace

import pytest

from recorder.client.happened import ScreenMessage
from tests.gui.pages.house import house


@pytest.mark.covers("D-LINK-03", "V-ALM-44")
@pytest.mark.parametrize("user", ["admin", ""])
def test_a_message_is_shown_once(user):
    rig, rooms, _api = house(user=user)

    def told(*words):
        messages = tuple(ScreenMessage(number, 0, 0, said) for number, said in enumerate(words, 1))
        rooms.feed.latest = replace(rooms.feed.latest, messages=messages)
        rooms.status_changed()

    told("Alarm input Back door is active.")
    assert rig.notices == ["Alarm input Back door is active."]
    told("Alarm input Back door is active.", "Gate cannot be reached.")
    assert rig.notices == ["Alarm input Back door is active.", "Gate cannot be reached."]

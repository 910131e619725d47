"""Messages for the screen: the newest few, each for a minute."""

from recorder.client.happened import ScreenMessage
from recorder.events.messages import MOST, SHOWN_US, Messages


def test_they_go_after_a_minute_and_the_oldest_of_many_first(bench):
    messages = Messages(bench.clock)
    messages.show(ScreenMessage(1, 0, 0, "first"))
    bench.clock.advance(SHOWN_US / 1e6 - 1)
    messages.show(ScreenMessage(2, 0, 0, "second"))
    assert [one.id for one in messages.now()] == [1, 2]
    bench.clock.advance(1)
    assert [one.id for one in messages.now()] == [2]
    for number in range(3, 30):
        messages.show(ScreenMessage(number, 0, 0, "flood"))
    assert [one.id for one in messages.now()] == list(range(30 - MOST, 30))

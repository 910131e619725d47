"""What events want shown on this screen, as far as who is logged in wishes to be told (D-LINK-03, D-RULE-09, V-ALM-41).

While nobody is logged in the screen belongs to everybody, and shows all of it. The buzzer, the recorder's, asks nobody.
"""

from collections.abc import Callable, Sequence

from gui.session import Session
from gui.toolkit.notices import Tone
from gui.toolkit.screen import Screen
from recorder.client.answers import Status
from recorder.client.happened import Receiving, ScreenMessage, ScreenTour


class Receiver:
    """Belongs to the thread of the screen."""

    def __init__(self, screen: Screen, session: Session, tour: Callable[[Sequence[int]], object]) -> None:
        """`tour` shows channels on the wall; none: the former view."""
        self._screen = screen
        self._session = session
        self._tour = tour
        self._told = 0
        """The id of the newest message that was looked at."""
        self._tours: tuple[ScreenTour, ...] = ()

    def follow(self, status: Status) -> None:
        """Show what is new; of who is logged in it is asked anew each time, since he may say so elsewhere."""
        fresh = tuple(one for one in status.messages if one.id > self._told)
        self._told = max([self._told, *(one.id for one in fresh)])
        self._tours = status.tours
        if not self._session.logged_in or not (fresh or self._tours):
            self._show(fresh, Receiving())
            return
        # Who cannot be asked is told everything: an alarm too many is better than one that nobody saw.
        self._screen.work(
            self._screen.navigator.pages[0],
            self._session.api.receiving,
            lambda wishes: self._show(fresh, wishes),
            lambda _error: self._show(fresh, Receiving()),
        )

    def _show(self, fresh: Sequence[ScreenMessage], wishes: Receiving) -> None:
        now_us = self._screen.clock.now_us()
        for one in fresh:
            if wishes.wants(one.source, one.item, one.channel, now_us):
                self._screen.notices.say(one.words, Tone.WARNING)
        wanted = [one for one in self._tours if wishes.wants(one.source, one.item, one.channel, now_us)]
        self._tour(tuple(dict.fromkeys(channel for one in wanted for channel in one.channels)))

"""Who is there: logins, the first password, and going on where the screen was left."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from gui.dialogs.first_run import FirstRun
from gui.dialogs.login import Login
from gui.dialogs.message import Message, Question
from gui.dialogs.recovery_stick import MakeRecoveryStick
from gui.known import Known
from gui.memory import PlaybackPlace
from gui.news import tell_news
from gui.receiver import Receiver
from gui.toolkit.page import Page
from gui.toolkit.screen import words_of
from gui.wall import manner
from gui.wall.moments import since, time_of_day
from recorder.client.answers import UpdateNote
from recorder.client.clock import SECOND_US
from recorder.client.outage import Outage
from recorder.client.outage import words_of as outage_words
from recorder.client.words import _

RETURN_S = 60.0
"""How long a login that nobody asked for waits for somebody."""


class Entrance(Known, ABC):
    """Lets somebody in before what needs it, and goes on afterwards."""

    return_to: PlaybackPlace | None
    """Where playback was when the screen's process ended, until somebody returned there."""

    def begin(self) -> None:
        """See where the screen was left."""
        super().begin()
        self._offered_first_run = False
        self._told_outage = 0
        """The beginning of the outage that was shown last."""
        self._told_notice = ""
        self._receiver = Receiver(self.screen, self.session, self.tour)
        self.session.on_change = self._session_changed
        self._told_update = 0
        """When the update ended whose end was shown last."""
        self._told_bundles: frozenset[str] = frozenset()
        """The bundles on sticks that were offered."""
        self.return_to = self.memory.known.playback if self.memory is not None else None

    @abstractmethod
    def play(self, channels: Sequence[int], at_us: int | None) -> None:
        """Open playback; who is before the screen is logged in."""
        ...

    @abstractmethod
    def tour(self, channels: Sequence[int]) -> None:
        """Show these channels on the wall on behalf of events; none: the former view."""
        ...

    @abstractmethod
    def look_again(self) -> None:
        """What the wall may show may have changed."""
        ...

    @abstractmethod
    def update(self) -> None:
        """Open the page of the recorder's own firmware."""
        ...

    @staticmethod
    def words(error: Exception) -> str:
        """What a person is told of an error."""
        return words_of(error)

    def recover(self, page: Page, error: Exception, again: Callable[[], object]) -> bool:
        """Where an error only means that nobody is logged in, ask, and do it again; say whether that was so."""
        if not self.session.expired(error):
            return False
        self.enter(again, refused=page.close)
        return True

    def enter(
        self, then: Callable[[], object], refused: Callable[[], object] | None = None, *, words: str = ""
    ) -> None:
        """Go on as soon as somebody is logged in: at once, or after a login, or after the first run.

        `words` say what for, where no page that was opened says it.
        """
        if self.session.logged_in:
            then()
            return

        def done(entered: object) -> None:
            if entered:
                then()
                tell_news(self.session, self.zone)
            elif refused is not None:
                refused()

        told = self.feed.latest
        if told is not None and told.needs_setup:
            self._first_run(then, refused)
            return
        development = told is not None and told.update.development
        note = _("This is a development build. It is not for use.") if development else ""
        words = " ".join(part for part in (words, note) if part)
        self.screen.navigator.push(Login(self.session, words), then=done)

    def _first_run(self, then: Callable[[], object] | None = None, refused: Callable[[], object] | None = None) -> None:
        """Have the administrator's password set; a stick that is in is offered as a way back, below the codes."""
        first = FirstRun(self.session, self.zone)

        def done(entered: object) -> None:
            if not self.session.logged_in:
                # It was left, or settings were restored and the recorder starts anew.
                if refused is not None:
                    refused()
                return
            self.settings_changed()
            if then is not None:
                then()
            if entered and first.sticks:
                sheet = MakeRecoveryStick(self.session, first.sticks, known=first.password.written)
                self.screen.navigator.push(sheet)
            tell_news(self.session, self.zone)

        self.screen.navigator.push(first, then=done)

    def status_changed(self) -> None:
        """Control told something new; at the first start the password is asked for."""
        status = self.feed.latest
        if status is None or self.feed.lost_since_us is not None:
            return
        if manner.follow(self.feed.manner):
            for page in self.screen.navigator.pages:
                page.invalidate()
        self.session.idle_min = status.idle_logout_min
        self._show_outage(status.outage)
        self._show_notice(status.notice)
        if self.memory is not None:
            self.memory.note_hidden(status.hidden)
        self.look_again()
        self._receiver.follow(status)
        self._show_update(status.update)
        top = self.screen.navigator.top
        if status.needs_setup and isinstance(top, Login):
            # It was opened before control could say that there is no password yet.
            top.close()
        if status.needs_setup and not self._offered_first_run and len(self.screen.navigator.pages) <= 1:
            self._offered_first_run = True
            self._first_run()
        elif self.return_to is not None:
            place, self.return_to = self.return_to, None
            self._offer_return(place)

    def _session_changed(self) -> None:
        """Somebody else may see other channels, and wish to be told of something else."""
        self.look_again()
        if self.feed.latest is not None:
            self._receiver.follow(self.feed.latest)

    def _show_outage(self, outage: Outage | None) -> None:
        """Lay what came of a power cut over the wall, until somebody closes it; over nothing else."""
        if outage is None or self._told_outage == outage.from_us or len(self.screen.navigator.pages) > 1:
            return
        self._told_outage = outage.from_us
        now_us, zone = self.screen.clock.now_us(), self.zone
        words = outage_words(
            outage,
            lambda at_us: since(at_us, now_us, zone),
            lambda at_us: time_of_day(at_us, zone),
        )
        sheet = Message(_("The power was gone"), words, close=_("I have seen it"))
        self.screen.navigator.push(sheet, then=lambda _result: self._outage_seen())

    def _outage_seen(self) -> None:
        top = self.screen.navigator.top
        if top is not None:
            self.screen.work(top, self.api.outage_seen)

    def _show_notice(self, words: str) -> None:
        """Say what was lost of the recorder's own data, until somebody closes it; over nothing else."""
        if not words or words == self._told_notice or len(self.screen.navigator.pages) > 1:
            return
        self._told_notice = words
        sheet = Message(_("Settings were damaged"), words, close=_("I have seen it"))
        self.screen.navigator.push(sheet, then=lambda _result: self._notice_seen())

    def _notice_seen(self) -> None:
        top = self.screen.navigator.top
        if top is not None:
            self.screen.work(top, self.api.notice_seen)

    def _show_update(self, note: UpdateNote) -> None:
        """Say how an update ended, until somebody has seen it; offer a bundle of a stick that was just pushed in."""
        fresh = frozenset(note.found) - self._told_bundles
        free = len(self.screen.navigator.pages) <= 1
        if note.words and self._told_update != note.ended_us and free:
            self._told_update = note.ended_us
            sheet = Question(_("Update"), note.words, _("Show it"), self.update, cancel=_("Close"))
            self.screen.navigator.push(sheet)
        elif fresh and not note.busy and free:
            words = _("A USB stick with an update of the recorder is in. Nothing is installed unasked.")
            self.screen.navigator.push(Question(_("Update"), words, _("Look at it"), self.update, cancel=_("Ignore")))
            self._told_bundles = frozenset(note.found)
        if not note.found:
            self._told_bundles = frozenset()

    def _offer_return(self, place: PlaybackPlace) -> None:
        """Ask who is there, and go on with playback; where nobody is, the wall shall be seen."""
        if len(self.screen.navigator.pages) > 1:
            return
        login = Login(self.session, _("The screen was started again. Log in to go on with playback."))

        def done(entered: object) -> None:
            if entered:
                self.play(place.channels, place.at_us)
                tell_news(self.session, self.zone)
            elif self.memory is not None:
                self.memory.note_playback(None)

        def leave_if_alone() -> None:
            idle_us = self.screen.clock.monotonic_us() - self.screen.last_input_us
            if login.shown_on is None:
                return
            if idle_us >= RETURN_S * SECOND_US:
                login.close()
            else:
                self.screen.after(RETURN_S, leave_if_alone)

        self.screen.navigator.push(login, then=done)
        self.screen.after(RETURN_S, leave_if_alone)

    def settings_changed(self) -> None:
        """Something was saved: look soon at what control says of itself."""
        top = self.screen.navigator.top
        if top is not None:
            self.screen.work(top, self.feed.look)

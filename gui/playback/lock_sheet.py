"""Locking a stretch against being overwritten, and releasing locks: each with its reason."""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo

from gui.dialogs.once_each import OnceEach
from gui.dialogs.sheet import Sheet
from gui.playback.export import span_words
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.screen import words_of
from gui.toolkit.select import Option, Select
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, TEXT, Type
from gui.toolkit.widget import Widget
from gui.wall.moments import day
from recorder.client.answers import Hold
from recorder.client.api import ApiClient
from recorder.client.words import _, counted

DAY_US = 86_400_000_000
LONGEST_REASON = 256
DAYS = (0, 7, 30, 90, 365)
"""After how many days a lock ends by itself; 0 is never."""


class LockSheet(Sheet):
    """Asks for reason and expiry, locks the channels, and says why where it is refused."""

    def __init__(
        self,
        api: ApiClient,
        channels: Mapping[int, str],
        start_us: int,
        end_us: int,
        zone: tzinfo,
        done: Callable[[], object],
    ) -> None:
        super().__init__(_("Lock footage"), span_words(start_us, end_us, zone), name="lock-sheet")
        self.api, self.channels, self.done = api, dict(channels), done
        self.start_us, self.end_us = start_us, end_us
        self.problem = ""
        self.locking = OnceEach(self.channels)
        self.reason = TextField("", name="reason", placeholder=_("Why it is kept"), longest=LONGEST_REASON)
        options = [Option(days, _("Until it is released") if not days else _for(days)) for days in DAYS]
        self.days = Select(options, 0, name="days")
        self.default_focus = "reason"

    def content(self) -> list[Widget]:
        """Channels, reason, expiry."""
        rows: list[Widget] = [
            Label(", ".join(self.channels.values()), Type.STRONG, TEXT, lines=2, name="channels"),
            Label(_("Reason"), Type.SMALL, SECOND),
            self.reason,
            Label(_("How long"), Type.SMALL, SECOND),
            self.days,
        ]
        if self.problem:
            rows.append(Label(self.problem, Type.BODY, DANGER, lines=5, name="problem"))
        return rows

    def buttons(self) -> list[Widget]:
        """Out, and lock."""
        lock = Button(_("Lock"), self.lock, name="do", look=Look.PRIMARY, icon="lock")
        return [Button(_("Cancel"), self.close, name="cancel"), lock]

    def lock(self) -> None:
        """Lock every channel; the first refusal ends it."""
        if self.locking.busy:
            return
        reason = (self.reason.value or "").strip()
        if not reason:
            self._refused(_("Write down why it is kept."))
            return
        self.locking.busy, self.problem = True, ""
        days = self.days.value
        expires_us = self.screen.clock.now_us() + days * DAY_US if days else None

        def lock(channel: int) -> None:
            self.api.add_hold(channel, self.start_us, self.end_us, reason, expires_us=expires_us)

        self.work(
            lambda: self.locking.run(lock), lambda _none: self._locked(), lambda error: self._refused(words_of(error))
        )

    def _locked(self) -> None:
        self.close(True)
        self.done()

    def _refused(self, words: str) -> None:
        self.locking.busy, self.problem = False, words
        self.rebuild()


class ReleaseSheet(Sheet):
    """Says what is locked, and releases it for a reason."""

    def __init__(self, api: ApiClient, holds: Sequence[Hold], zone: tzinfo, done: Callable[[], object]) -> None:
        words = "\n".join(_told(one, zone) for one in holds)
        super().__init__(_("Release the lock?"), words, name="release-sheet")
        self.api, self.done = api, done
        self.releasing = OnceEach(one.id for one in holds)
        self.problem = ""
        self.reason = TextField("", name="reason", placeholder=_("Why it is no longer needed"), longest=LONGEST_REASON)
        self.default_focus = "cancel"

    def content(self) -> list[Widget]:
        """The reason, and what follows."""
        told = _("Its footage may be overwritten from then on.")
        rows: list[Widget] = [Label(told, Type.BODY, SECOND, lines=2), self.reason]
        if self.problem:
            rows.append(Label(self.problem, Type.BODY, DANGER, lines=5, name="problem"))
        return rows

    def buttons(self) -> list[Widget]:
        """Out, and release."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(_("Release"), self.release, name="do", look=Look.DANGER, icon="unlock"),
        ]

    def release(self) -> None:
        """Release all of them."""
        if self.releasing.busy:
            return
        reason = (self.reason.value or "").strip()
        if not reason:
            self._refused(_("Write down why it is no longer needed."))
            return
        self.releasing.busy = True

        def release(hold: str) -> None:
            self.api.release_hold(hold, reason)

        self.work(
            lambda: self.releasing.run(release),
            lambda _none: self._released(),
            lambda error: self._refused(words_of(error)),
        )

    def _released(self) -> None:
        self.close(True)
        self.done()

    def _refused(self, words: str) -> None:
        self.releasing.busy, self.problem = False, words
        self.rebuild()


def _for(days: int) -> str:
    return counted("For {count} day", "For {count} days", days)


def _told(hold: Hold, zone: tzinfo) -> str:
    until = _("until {day}").format(day=day(hold.expires_us, zone)) if hold.expires_us else _("until released")
    told = _("{span}: {reason} ({owner}, {until})")
    return told.format(
        span=span_words(hold.start_us, hold.end_us, zone), reason=hold.reason, owner=hold.owner, until=until
    )

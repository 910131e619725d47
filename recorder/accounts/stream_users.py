"""Logins of the RTSP server: users of its own, and the tickets by which they are known later (A22)."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from recorder.accounts.errors import BadName, NotLoggedIn, WrongLogin
from recorder.accounts.lockout import Lockout
from recorder.accounts.neighbours import macs_of
from recorder.accounts.people import People
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import UNREADABLE, NightjarError
from recorder.rtsp.digest_login import DigestLogin
from recorder.settings.addresses import includes, plain
from recorder.settings.calendar import Calendar
from recorder.settings.pages.stream_user import StreamUser
from recorder.settings.pages.user import ALWAYS
from recorder.settings.rights import NONE
from recorder.settings.settings import Author, Settings

TRIES_OF = "rtsp user {user}"
"""Under this name, which no account can have, wrong passwords are counted."""
TICKET_US = 24 * 3600 * SECOND_US
"""A stream that goes on is given a new one every hour."""


class Ticket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who was let in, from where, and until when he is known by it (UTC)."""

    rtsp_user: str
    source: str
    ends_us: int


@dataclass(frozen=True)
class Fetcher:
    """An RTSP user who was let in: `values` are his page as it is now."""

    name: str
    source: str
    values: StreamUser


class StreamUsers:
    """Checks logins by Digest. Reads and writes files: never call from an event loop."""

    def __init__(
        self,
        settings: Settings,
        people: People,
        lockout: Lockout,
        clock: Clock,
        refused: Callable[[str, str], None],
    ) -> None:
        """`refused` is called with the name and the place of every wrong login."""
        self._settings = settings
        self._people = people
        self._lockout = lockout
        self._clock = clock
        self._refused = refused
        settings.guard(StreamUser, self._check)

    def admit(self, login: DigestLogin, source: str) -> str:
        """Check a login and give a ticket; raises `WrongLogin`, `LockedOut`.

        A wrong name, a wrong password, a switch that is off, a wrong place and a wrong hour get the same answer (A6).
        """
        source = str(plain(source) or source[:64])
        user = login.user[:64]
        tries = TRIES_OF.format(user=user)
        self._lockout.check(tries, source)
        values = self._values(user)
        fits = login.fits(values.password.reveal() if values is not None and values.password else None)
        if not fits or values is None or not self._lets_in(values, source):
            self._lockout.failed(tries, source)
            self._refused(user, source)
            raise WrongLogin
        self._lockout.passed(tries, source)
        return self._ticket(user, source)

    def fetcher(self, ticket: str) -> tuple[Fetcher, str]:
        """Give who has a ticket, as he stands now, and his next ticket; raises `NotLoggedIn`."""
        try:
            told = msgspec.json.decode(self._settings.seal.unseal(ticket), type=Ticket)
        except (NightjarError, *UNREADABLE):
            raise NotLoggedIn from None
        # A clock that was set back must not make a ticket last for longer than it was made for.
        if not 0 < told.ends_us - self._clock.now_us() <= TICKET_US:
            raise NotLoggedIn
        values = self._values(told.rtsp_user)
        if values is None or not values.password or not self._lets_in(values, told.source):
            raise NotLoggedIn
        return Fetcher(told.rtsp_user, told.source, values), self._ticket(told.rtsp_user, told.source)

    def _lets_in(self, values: StreamUser, source: str) -> bool:
        if not values.enabled:
            return False
        if values.hours != ALWAYS and not Calendar.of(self._settings).holds(values.hours, self._clock.now_us()):
            return False
        address = plain(source)
        return not values.addresses or includes(
            values.addresses, source, macs_of(str(address)) if address is not None else frozenset()
        )

    def _ticket(self, user: str, source: str) -> str:
        # Sealed with the device's key, it outlives a restart of control, and nobody else can make one.
        ends_us = self._clock.now_us() + TICKET_US
        return self._settings.seal.seal(msgspec.json.encode(Ticket(user, source, ends_us)).decode())

    def _values(self, user: str) -> StreamUser | None:
        if not StreamUser.is_item(user):
            return None
        found = self._settings.read(StreamUser, user)
        return found.values if found.revision else None

    def _check(self, author: Author, item: str, before: StreamUser | None, after: StreamUser | None) -> None:
        """Nobody gives or takes what he may not himself (A3); called within the transaction of the change."""
        if not StreamUser.is_item(item):
            raise BadName
        self._people.check_gift(author, *(one.rights if one is not None else NONE for one in (before, after)))

"""Users and groups as the settings keep them: what each may, and which changes of them are let through (A1-A5).

What may be asked on every call is kept in memory and forgotten with every change of a user or group.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from recorder.accounts.caller import Door
from recorder.accounts.errors import BadName, LastAdministrator, MoreThanOwn, StandingGroup, UnknownGroup, UsedGroup
from recorder.accounts.neighbours import macs_of
from recorder.client.errors import NotFound
from recorder.client.words import _
from recorder.settings.addresses import includes, plain
from recorder.settings.pages.directory_group import DirectoryGroup
from recorder.settings.pages.directory_login import DirectoryLogin
from recorder.settings.pages.user import LoginHours, User
from recorder.settings.pages.user_group import ADMINISTRATORS, STANDING, UserGroup
from recorder.settings.rights import FULL, NONE, Rights
from recorder.settings.settings import Author, Changed, Settings
from recorder.settings.week import WeekGrid

DAY_US = 86_400_000_000
PAGES = {User.about.name, UserGroup.about.name}
Holders = Callable[[], frozenset[str]]


@dataclass(frozen=True)
class Person:
    """A user as he stands: `rights` are those within his group's."""

    name: str
    group: str
    rights: Rights
    user: User
    directory: bool = False
    """The system or a directory has him; the recorder keeps nothing of him."""

    @property
    def enabled(self) -> bool:
        """Whether he is let in at all."""
        return self.user.enabled

    @property
    def may_all(self) -> bool:
        """Whether he may everything, once he is in."""
        return self.rights.cover(FULL) and not self.user.newest_days

    @property
    def is_administrator(self) -> bool:
        """Whether he may everything, at any time and from anywhere."""
        return self.enabled and self.may_all and self.user.is_always_let_in

    def oldest_us(self, now_us: int) -> int:
        """From when on recordings exist for him (UTC)."""
        days = self.user.newest_days
        return max(0, now_us - days * DAY_US) if days else 0

    def is_let_in(self, door: Door, source: str, shows: Callable[[WeekGrid[LoginHours]], bool]) -> bool:
        """Whether he may come in now (A9); whoever stands at the recorder comes from everywhere.

        `shows` says whether the clock on the wall shows a time inside a week.
        """
        user = self.user
        if not user.enabled:
            return False
        if user.is_always_let_in:
            return True
        if not shows(user.hours):
            return False
        if door.is_local or not user.addresses:
            return True
        address = plain(source)
        return includes(user.addresses, source, macs_of(str(address)) if address is not None else frozenset())


class People:
    """All users. Safe from any thread."""

    def __init__(self, settings: Settings, holders: Holders, forget: Callable[[str], object]) -> None:
        """`holders` gives the names that have a password; `forget` removes all credentials of a name."""
        self._settings = settings
        self._holders = holders
        self._forget = forget
        self._lock = threading.Lock()
        self._known: dict[str, Person] = {}
        self._state = 0
        self.groups_of: Callable[[str], Sequence[str]] = lambda _name: ()
        """The recorder's groups of who is no user of the recorder, but of the system or a directory."""
        self.named: Callable[[str], object] = lambda _name: None
        """Called before a user of this name is made: who came by it until then must go."""
        settings.guard(User, self._check_user)
        settings.guard(UserGroup, self._check_group)
        settings.guard(DirectoryGroup, self._check_mapping)
        settings.guard(DirectoryLogin, self._check_directory)
        settings.listen(self._changed)

    def person(self, name: str) -> Person | None:
        """Give a user as he stands now; None where there is none of this name."""
        with self._lock:
            if name in self._known:
                return self._known[name]
            state = self._state
        found = self._read(name)
        with self._lock:
            # A change that came in between makes what was read too old to be kept; names that guessers try are not.
            if state == self._state and found is not None:
                self._known[name] = found
        return found if found is not None else self._of_directory(name)

    def _of_directory(self, name: str) -> Person | None:
        """Give a user of the system or a directory: he may what any of his groups may (A20)."""
        rights, first = NONE, ""
        for one in self.groups_of(name):
            group = self._group(one)
            if group is not None:
                rights, first = rights.joined(group.rights), first or one
        return Person(name, first, rights, User(group=first), directory=True) if first else None

    def all(self) -> list[Person]:
        """All users by name."""
        return [_person(one.item, one.values, self._group(one.values.group)) for one in self._settings.items(User)]

    def check_power(self, author: Author, name: str) -> Person:
        """Give a user whom an author may change; raises `NotFound`, `MoreThanOwn`."""
        found = self._read(name)
        if found is None:
            raise NotFound(what=_("user {name}").format(name=name))
        self._check_power(author, found)
        return found

    def check_reach(self, author: Author, name: str) -> None:
        """As `check_power`, of somebody of the system or a directory too."""
        found = self.person(name)
        if found is None:
            raise NotFound(what=_("user {name}").format(name=name))
        self._check_power(author, found)

    def check_gift(self, author: Author, *rights: Rights) -> None:
        """Refuse that an author gives away, or takes, what he does not have himself; raises `MoreThanOwn` (A3).

        It is for what counts at any time and from anywhere, so who gives it must be let in so, too.
        """
        _check_cover(author, *rights)
        himself = self._read(author.who) if author.rights is not None else None
        if himself is not None and not himself.user.is_always_let_in:
            raise MoreThanOwn

    def make_administrator(self, name: str) -> None:
        """Make a user of the administrators, where he is none yet; in the name of the recorder."""
        self._settings.change(User, {"group": ADMINISTRATORS}, Author("recorder", "set-up"), item=name)

    def _read(self, name: str) -> Person | None:
        if not User.is_item(name):
            return None
        try:
            user = self._settings.get(User, name)
        except NotFound:
            return None
        return _person(name, user, self._group(user.group))

    def _group(self, name: str) -> UserGroup | None:
        try:
            return self._settings.get(UserGroup, name)
        except NotFound:
            return None

    def _changed(self, changed: Sequence[Changed]) -> None:
        if any(one.page in PAGES for one in changed):
            with self._lock:
                self._known.clear()
                self._state += 1

    # --- what is let through; called within the transaction of the change ---

    def _check_user(self, author: Author, item: str, before: User | None, after: User | None) -> None:
        if not User.is_item(item):
            raise BadName
        group = self._group(after.group) if after is not None else None
        if after is not None and group is None:
            raise UnknownGroup(group=after.group)
        people = {one.name: one for one in self.all()}
        now = _person(item, after, group) if after is not None else None
        self._check_power(author, people.get(item) if before is not None else None, now)
        if now is not None:
            people[item] = now
        else:
            people.pop(item, None)
        self._check_last(people.values())
        if before is None:
            self.named(item)
        if now is None:
            # Before the user is gone: a name that is taken anew must find no old password (A5).
            self._forget(item)

    def _check_power(self, author: Author, *users: Person | None) -> None:
        """Nobody touches who has more than he has himself, also in time, place and age of recordings (A3)."""
        himself = self._read(author.who) if author.rights is not None else None
        mine = himself.user if himself is not None else None
        for one in users:
            if one is None:
                continue
            _check_cover(author, one.rights)
            if mine is None:
                continue
            older = mine.newest_days and not 0 < one.user.newest_days <= mine.newest_days
            same = (one.user.hours, one.user.addresses) == (mine.hours, mine.addresses)
            if older or not (mine.is_always_let_in or same):
                raise MoreThanOwn

    def _check_group(self, author: Author, item: str, before: UserGroup | None, after: UserGroup | None) -> None:
        if not UserGroup.is_item(item):
            raise BadName
        if after is None and item in STANDING:
            raise StandingGroup(group=STANDING[item])
        if after is not None and item == ADMINISTRATORS and not after.rights.cover(FULL):
            raise StandingGroup(group=STANDING[item])
        members = [one for one in self._settings.items(User) if one.values.group == item]
        if after is None and members:
            raise UsedGroup(users=", ".join(one.item for one in members))
        known = before or self._group(item)
        _check_cover(author, known.rights if known else NONE, after.rights if after else NONE)
        people = {one.name: one for one in self.all()}
        people |= {one.item: _person(one.item, one.values, after) for one in members}
        self._check_last(people.values())

    def _check_mapping(
        self, author: Author, item: str, before: DirectoryGroup | None, after: DirectoryGroup | None
    ) -> None:
        """Nobody maps a group to more than he has, or takes away who has more (A3)."""
        del before, after
        group = self._group(item)
        if group is None:
            raise UnknownGroup(group=item)
        _check_cover(author, group.rights)

    def _check_directory(self, author: Author, *_change: object) -> None:
        """Who lets all in that a directory has must be able to answer for it."""
        _check_cover(author, FULL)

    def _check_last(self, people: Iterable[Person]) -> None:
        holders = self._holders()
        if holders and not any(one.is_administrator and one.name in holders for one in people):
            raise LastAdministrator


def _person(name: str, user: User, group: UserGroup | None) -> Person:
    rights = user.rights.within(group.rights) if group is not None else NONE
    return Person(name, user.group, rights, user)


def _check_cover(author: Author, *rights: Rights) -> None:
    if author.rights is not None and not all(author.rights.cover(one) for one in rights):
        raise MoreThanOwn

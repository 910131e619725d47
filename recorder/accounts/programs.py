"""Programs that call with a key: who makes and removes keys, and what a call by one may (A13)."""

from collections.abc import Callable

from recorder.accounts.api_keys import ApiKey, ApiKeys, NewKey
from recorder.accounts.caller import Caller, Door, Role
from recorder.accounts.gate import Gate
from recorder.accounts.people import People
from recorder.accounts.store import AccountStore
from recorder.client.clock import Clock
from recorder.client.errors import NotFound
from recorder.client.words import _
from recorder.settings.pages.user import User
from recorder.settings.settings import Author, Settings


class Programs:
    """The keys of all users. `narrowed` is called when one is removed: what was granted by it must end too."""

    def __init__(
        self,
        store: AccountStore,
        people: People,
        gate: Gate,
        settings: Settings,
        clock: Clock,
        narrowed: Callable[[], object],
    ) -> None:
        self._keys = ApiKeys(store, clock)
        self._store = store
        self._people = people
        self._gate = gate
        self._settings = settings
        self._clock = clock
        self._narrowed = narrowed

    def make(self, user: str, wanted: NewKey, author: Author) -> tuple[str, ApiKey]:
        """Make a key for a user and give its token; raises `NotFound`, `MoreThanOwn`, `TooManyKeys`."""
        with self._settings.together():
            self._people.check_power(author, user)
            token, made = self._keys.make(user, wanted)
            self._settings.remark(User, user, "api_key", _("{title} made").format(title=wanted.title), author)
        return token, made

    def of(self, user: str, author: Author) -> list[ApiKey]:
        """Give the keys of a user; raises `NotFound`, `MoreThanOwn`."""
        self._people.check_power(author, user)
        return self._keys.of(user)

    def remove(self, user: str, key: str, author: Author) -> None:
        """Remove a key of a user; raises `NotFound`, `MoreThanOwn`."""
        with self._settings.together():
            self._people.check_power(author, user)
            if not self._keys.remove(user, key):
                raise NotFound(what=_("key {id}").format(id=key))
            self._settings.remark(User, user, "api_key", _("{id} removed").format(id=key), author)
        self._narrowed()

    def caller(self, token: str, door: Door, source: str) -> Caller | None:
        """Give the caller of a key's token; None where it lets nobody in (any more)."""
        return self._caller(self._keys.find(token), door, source)

    def again(self, caller: Caller) -> Caller | None:
        """Give the caller of a key as he stands now."""
        return self._caller(self._keys.living(caller.key), caller.door, caller.source)

    def _caller(self, key: ApiKey | None, door: Door, source: str) -> Caller | None:
        """A key is of use over the network alone, and to nobody who must set a password first."""
        person = self._people.person(key.user) if key is not None else None
        if key is None or person is None or door is not Door.WEB:
            return None
        known = self._store.credential(key.user)
        if (known is not None and known.must_change) or not self._gate.lets_in(person, door, source):
            return None
        rights = person.rights.within(key.rights)
        oldest_us = person.oldest_us(self._clock.now_us())
        return Caller(key.user, Role.USER, door, source, rights, key.ends_us, "", oldest_us, key.id)

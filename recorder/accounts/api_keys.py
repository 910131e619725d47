"""Keys for programs: long random tokens with a scope and an end, kept as SHA-256 (A13).

A key is of 256 random bits, so that a fast hash of it tells nobody anything; argon2 is for what people think up.
"""

import json
import secrets
from dataclasses import dataclass

from recorder.accounts.sessions import digest
from recorder.accounts.store import AccountStore
from recorder.client.clock import Clock
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.settings.rights import EVERY, Rights
from recorder.settings.scope import PER_CHANNEL, Permission

PREFIX = "njk_"
"""By it a key is known from a session's token, and found where somebody left one lying."""
MOST_PER_USER = 50
LONGEST_DAYS = 3650
DAY_US = 86_400_000_000
NEVER = (Permission.ACCOUNT,)
"""What no key may: one that is stolen must make no user and no other key."""


class TooManyKeys(NightjarError):
    """A user has as many keys as anybody needs."""

    status = 409
    words = _("There are {most} keys of this user already. Remove one first.")


@dataclass(frozen=True)
class NewKey:
    """What a key shall be."""

    title: str
    permissions: frozenset[Permission]
    channels: frozenset[int]
    days: int


@dataclass(frozen=True)
class ApiKey:
    """A key as it is kept. Its rights are those in `scope` that its user has at each call."""

    id: str
    user: str
    title: str
    permissions: frozenset[Permission]
    channels: frozenset[int]
    made_us: int
    ends_us: int

    @property
    def rights(self) -> Rights:
        """What its scope allows."""
        areas = frozenset(one for one in self.permissions if one not in PER_CHANNEL and one not in NEVER)
        return Rights(areas, {one: self.channels for one in PER_CHANNEL if one in self.permissions})


class ApiKeys:
    """All keys of all users."""

    def __init__(self, store: AccountStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def make(self, user: str, wanted: NewKey) -> tuple[str, ApiKey]:
        """Make a key and give its token, which is not kept; raises `TooManyKeys`."""
        token = PREFIX + secrets.token_urlsafe(32)
        now, title, channels = self._clock.now_us(), wanted.title, wanted.channels
        ends = now + wanted.days * DAY_US
        made = ApiKey(secrets.token_hex(8), user, title, wanted.permissions, channels, now, ends)
        scope = {"permissions": sorted(made.permissions), "channels": "all" if channels == EVERY else sorted(channels)}
        with self._store.transaction():
            if len(self.of(user)) >= MOST_PER_USER:
                raise TooManyKeys(most=MOST_PER_USER)
            self._store.run(
                "INSERT INTO api_key VALUES (?, ?, ?, ?, ?, ?, ?)",
                made.id,
                digest(token),
                user,
                title,
                json.dumps(scope),
                made.made_us,
                made.ends_us,
            )
        return token, made

    def find(self, token: str) -> ApiKey | None:
        """Give the key that a token is of; None where it is none, or has ended."""
        return self._living("hash", digest(token))

    def living(self, key: str) -> ApiKey | None:
        """Give a key that has not ended, by its id."""
        return self._living("id", key)

    def of(self, user: str) -> list[ApiKey]:
        """Give the keys of a user, the oldest first."""
        rows = self._store.run(f"SELECT {_COLUMNS} FROM api_key WHERE user = ? ORDER BY made_us, id", user)  # noqa: S608
        return [_key(*row) for row in rows]

    def remove(self, user: str, key: str) -> bool:
        """Remove a key of a user; says whether there was one."""
        with self._store.transaction():
            known = any(one.id == key for one in self.of(user))
            self._store.run("DELETE FROM api_key WHERE id = ? AND user = ?", key, user)
        return known

    def _living(self, column: str, value: str) -> ApiKey | None:
        rows = self._store.run(f"SELECT {_COLUMNS} FROM api_key WHERE {column} = ?", value)  # noqa: S608
        found = _key(*rows[0]) if rows else None
        return found if found is not None and found.made_us <= self._clock.now_us() < found.ends_us else None


_COLUMNS = "id, user, title, scope, made_us, ends_us"


def _key(number: str, user: str, title: str, scope: str, made_us: int, ends_us: int) -> ApiKey:
    told = json.loads(scope)
    known = {one.value for one in Permission}
    permissions = frozenset(Permission(one) for one in told["permissions"] if one in known)
    channels = EVERY if told["channels"] == "all" else frozenset(told["channels"])
    return ApiKey(number, user, title, permissions, channels, made_us, ends_us)

"""Logins at cameras: a refused password is tried twice in all, however many streams a camera has.

Cameras lock an account after some wrong logins. The two tries are counted for host, port and user together, and begin
anew when the password (or user, or address) in the plan is another one.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

MOST_REFUSALS = 2


@dataclass(frozen=True)
class AccountKey:
    """Whose logins are counted together."""

    host: str
    port: int
    user: str


class LoginRefused(Exception):
    """The camera refused this password as often as we try one."""


class SiblingUnreachable(Exception):
    """While we waited for our turn, another stream of the same camera got no answer: neither would we."""


class Account:
    """The login of one camera. At most as many logins run at once as may still be refused."""

    def __init__(self) -> None:
        self.refusals = 0
        self._secret = b""
        self._running = 0
        self._unreachable = 0
        self._reason = ""
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def login(self, password: str) -> AsyncGenerator["Login"]:
        """Wait for the right to try.

        Raises `LoginRefused` at once or while waiting when there is none left, and `SiblingUnreachable`.
        """
        secret = hashlib.sha256(password.encode()).digest()
        async with self._changed:
            if secret != self._secret:
                self._secret, self.refusals = secret, 0
            seen = self._unreachable
            while self._running >= MOST_REFUSALS - self.refusals:
                if self.refusals >= MOST_REFUSALS:
                    raise LoginRefused
                await self._changed.wait()
                if self._unreachable != seen:
                    raise SiblingUnreachable(self._reason)
            self._running += 1
        login = Login(self, secret)
        try:
            yield login
        finally:
            await login.end()

    async def ended(self, secret: bytes, *, refused: bool | None, unreachable: str = "") -> None:
        """Count the outcome of a login: refused, accepted, or (None) not known; or why the camera did not answer."""
        async with self._changed:
            self._running -= 1
            if unreachable:
                self._unreachable += 1
                self._reason = unreachable
            if secret == self._secret and refused is not None:
                self.refusals = self.refusals + 1 if refused else 0
            self._changed.notify_all()


class Login:
    """One running try; ends once, by the first of `accepted`, `refused` or the end of its block."""

    def __init__(self, account: Account, secret: bytes) -> None:
        self._account = account
        self._secret = secret
        self._open = True

    async def accepted(self) -> None:
        """The camera let us in."""
        await self.end(refused=False)

    async def refused(self) -> None:
        """The camera did not take the password."""
        await self.end(refused=True)

    async def unreachable(self, reason: str) -> None:
        """The camera did not answer; nothing is known of the password."""
        await self.end(unreachable=reason)

    async def end(self, *, refused: bool | None = None, unreachable: str = "") -> None:
        """Give the right to try back."""
        if self._open:
            self._open = False
            await self._account.ended(self._secret, refused=refused, unreachable=unreachable)


class Accounts:
    """All camera logins by host, port and user."""

    def __init__(self) -> None:
        self._accounts: dict[AccountKey, Account] = {}

    def account(self, key: AccountKey) -> Account:
        """Give the login that counts for this key."""
        return self._accounts.setdefault(key, Account())

    def keep(self, keys: set[AccountKey]) -> None:
        """Forget the logins that no plan names any more."""
        for key in self._accounts.keys() - keys:
            del self._accounts[key]

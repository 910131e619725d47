"""Logins at cameras: a refused password is tried twice in all, however many streams a camera has.

Cameras lock an account after some wrong logins. The two tries are counted for host, port and user together, and begin
anew when the password (or user, or address) in the plan is another one.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from types import TracebackType
from typing import Self

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
        self._changed = asyncio.Event()

    def login(self, password: str) -> "Login":
        """Give a login to enter (`async with`) before the camera is asked."""
        return Login(self, hashlib.sha256(password.encode()).digest())

    async def begin(self, secret: bytes) -> None:
        """Wait for the right to try.

        Raises `LoginRefused` at once or while waiting when there is none left, and `SiblingUnreachable`.
        """
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

    def end(self, secret: bytes, *, refused: bool | None, unreachable: str) -> None:
        """Count the outcome of a login: refused, accepted, or (None) not known; or why the camera did not answer."""
        self._running -= 1
        if unreachable:
            self._unreachable += 1
            self._reason = unreachable
        if secret == self._secret and refused is not None:
            self.refusals = self.refusals + 1 if refused else 0
        self._changed.set()
        self._changed = asyncio.Event()


class Login:
    """One running try; its right to try is given back once, by the first outcome told or the end of its block."""

    def __init__(self, account: Account, secret: bytes) -> None:
        self._account = account
        self._secret = secret
        self._open = False

    async def __aenter__(self) -> Self:
        await self._account.begin(self._secret)
        self._open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def accepted(self) -> None:
        """The camera let us in."""
        self._end(refused=False)

    def refused(self) -> None:
        """The camera did not take the password."""
        self._end(refused=True)

    def unreachable(self, reason: str) -> None:
        """The camera did not answer; nothing is known of the password."""
        self._end(unreachable=reason)

    def _end(self, *, refused: bool | None = None, unreachable: str = "") -> None:
        if self._open:
            self._open = False
            self._account.end(self._secret, refused=refused, unreachable=unreachable)


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

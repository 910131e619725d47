"""Answers on a unix socket whether a password is a system user's, by PAM's service `nightjar`.

Only control's user and root are heard (SO_PEERCRED). Each connection asks once. Users that are no people, root among
them, are never asked about: see `person.py`. Nothing of a question is logged.
"""

import asyncio
import logging
import os
import re
import socket
import struct
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec

from recorder.pam.limit import Limit
from recorder.pam.person import is_person
from recorder.pam.question import LARGEST_BYTES, NO, YES, Question

SERVICE = "nightjar"
NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,31}", re.ASCII)
AT_ONCE = 4
"""A directory that does not answer holds so many at most; further ones are turned away."""
PATIENT_S = 10.0
"""For a question to arrive whole."""
log = logging.getLogger("pam")


class Helper:
    """Belongs to one event loop; PAM is asked in threads."""

    def __init__(self, asks: Callable[[str, str], bool], peers: Collection[int], limit: Limit | None = None) -> None:
        """`asks` gives whether a password is right; `peers` are the user numbers that are heard."""
        self._asks = asks
        self._peers = frozenset(peers)
        self._limit = limit or Limit()
        self._busy = 0

    async def serve(self, path: Path, owner: int) -> asyncio.Server:
        """Listen at a path that only `owner` can open."""
        path.unlink(missing_ok=True)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        fresh = path.with_name(f".{path.name}")
        fresh.unlink(missing_ok=True)
        # Never through a link: whoever may write here must not make root hand over another file.
        before = os.umask(0o177)
        try:
            sock.bind(str(fresh))
        finally:
            os.umask(before)
        os.chown(fresh, owner, -1, follow_symlinks=False)
        server = await asyncio.start_unix_server(self._answer, sock=sock, limit=LARGEST_BYTES)
        fresh.replace(path)
        return server

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not self._knows(writer.get_extra_info("socket")) or self._busy >= AT_ONCE:
                return
            self._busy += 1
            try:
                async with asyncio.timeout(PATIENT_S):
                    line = await reader.readuntil(b"\n")
                right = await self._judge(line)
            finally:
                self._busy -= 1
            writer.write(YES if right else NO)
            await writer.drain()
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()

    def _knows(self, sock: socket.socket) -> bool:
        _pid, uid, _gid = struct.unpack("iII", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if uid not in self._peers:
            log.warning("User %d may not ask about logins.", uid)
            return False
        return True

    async def _judge(self, line: bytes) -> bool:
        try:
            asked = msgspec.json.decode(line, type=Question)
        except (msgspec.MsgspecError, UnicodeError):
            return False
        fits = NAME.fullmatch(asked.user) is not None and bool(asked.password) and "\0" not in asked.password
        if not fits or not self._limit.lets(asked.user):
            return False
        right = await asyncio.to_thread(self._ask, asked)
        self._limit.answered(asked.user, right=right)
        return right

    def _ask(self, asked: Question) -> bool:
        try:
            return is_person(asked.user) and self._asks(asked.user, asked.password)
        except Exception as error:  # noqa: BLE001 - a module that fails opens nothing, and its words may hold secrets
            log.warning("PAM could not be asked (%s).", type(error).__name__)
            return False


def by_pam(user: str, password: str) -> bool:
    """Ask PAM whether the password is right and the account may log in now."""
    import pam

    return pam.PamAuthenticator().authenticate(user, password, service=SERVICE, resetcreds=False)

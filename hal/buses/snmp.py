"""A device in the network that speaks SNMP: values are got, set and listed, by version 2c or 3 (RFC 3416, RFC 3414)."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hal.errors import BadAnswer, Offline

TIMEOUT_S = 1.0
RETRIES = 1
MOST_AT_ONCE = 40
"""Values in one request, so that the answer fits into one packet."""
MOST_LISTED = 1024
"""Rows of a table that are read: a switch has some hundred ports, and one that never ends is not believed."""
Word = Annotated[str, Meta(max_length=128)]


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a device is logged in at: by `community`, or with `user` and its keys, which is version 3."""

    community: Word = ""
    user: Word = ""
    auth_key: Word = ""
    privacy_key: Word = ""

    def __repr__(self) -> str:
        return "Login(…)"


class SnmpPeer:
    """One device. Used by one thread; blocks until the device answers, or `TIMEOUT_S` passed twice."""

    def __init__(self, host: str, udp_port: int) -> None:
        """No I/O here."""
        self.host = host
        self._place = (host, udp_port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._peer: tuple[Any, ...] = ()
        self._objects: dict[str, Any] = {}
        """What was asked for before: pysnmp looks each name up in its tables, which is half of what a poll takes."""

    def open(self, login: Login) -> None:
        """Speak with this login from now on; raises `Offline` where there is no such address."""
        from pysnmp.error import PySnmpError
        from pysnmp.hlapi.v3arch import asyncio as snmp

        self.close()
        self._loop = asyncio.new_event_loop()
        told = snmp.CommunityData(login.community or "public", mpModel=1)  # noqa: S508 - many switches know no better; 3 is there
        if login.user:
            how: dict[str, Any] = {"authProtocol": snmp.usmHMACSHAAuthProtocol} if login.auth_key else {}
            how |= {"privProtocol": snmp.usmAesCfb128Protocol} if login.privacy_key else {}
            told = snmp.UsmUserData(login.user, login.auth_key or None, login.privacy_key or None, **how)
        try:
            target = self._loop.run_until_complete(
                snmp.UdpTransportTarget.create(self._place, timeout=TIMEOUT_S, retries=RETRIES)
            )
        except (PySnmpError, OSError, UnicodeError) as error:
            raise Offline(f"{self.host} is no address that can be reached: {error}") from error
        self._peer = (snmp.SnmpEngine(), told, target, snmp.ContextData())

    def close(self) -> None:
        """Let go of the socket."""
        if self._peer:
            self._peer[0].close_dispatcher()
            self._peer = ()
        self._objects.clear()
        if self._loop is not None:
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0))  # the transport closes in its next turn
            self._loop.close()
            self._loop = None

    def get(self, oids: Sequence[str]) -> dict[str, int]:
        """Ask for numbers; raises `BadAnswer` where one is missing or none, `Offline`."""
        from pysnmp.hlapi.v3arch import asyncio as snmp

        found: dict[str, int] = {}
        for start in range(0, len(oids), MOST_AT_ONCE):
            some = oids[start : start + MOST_AT_ONCE]
            self._objects |= {
                oid: snmp.ObjectType(snmp.ObjectIdentity(oid)) for oid in some if oid not in self._objects
            }
            asked = [self._objects[oid] for oid in some]
            for name, value in self._answers(self._run(snmp.get_cmd(*self._peer, *asked, lookupMib=False))):
                found |= self._number(name, value)
        if missing := [oid for oid in oids if oid not in found]:
            raise BadAnswer(f"{self.host} left out {missing[0]}, and told", str(sorted(found)).encode())
        return found

    def set(self, oid: str, value: int) -> None:
        """Set a number; raises `BadAnswer` where the device refuses, `Offline`."""
        from pysnmp.hlapi.v3arch import asyncio as snmp

        asked = snmp.ObjectType(snmp.ObjectIdentity(oid), snmp.Integer32(value))
        self._answers(self._run(snmp.set_cmd(*self._peer, asked, lookupMib=False)))

    def table(self, column: str) -> dict[tuple[int, ...], int]:
        """List a column of numbers by the index of its rows; raises `BadAnswer`, `Offline`."""
        from pysnmp.hlapi.v3arch import asyncio as snmp
        from pysnmp.proto.rfc1905 import EndOfMibView

        found: dict[tuple[int, ...], int] = {}
        last = column
        peer: tuple[Any, ...] = (*self._peer, 0, MOST_AT_ONCE)
        while len(found) < MOST_LISTED:
            asked = snmp.ObjectType(snmp.ObjectIdentity(last))
            before = len(found)
            for name, value in self._answers(self._run(snmp.bulk_cmd(*peer, asked, lookupMib=False))):
                last = str(name).strip(".")
                if not last.startswith(f"{column}.") or isinstance(value, EndOfMibView):
                    return found
                number = self._number(name, value)[last]
                found[tuple(map(int, last.removeprefix(f"{column}.").split(".")))] = number
            if len(found) == before:  # nothing new: it goes round in a circle
                return found
        return found

    def _run(self, asked: Coroutine[Any, Any, Any]) -> Any:
        if self._loop is None or not self._peer:
            asked.close()
            raise Offline(f"{self.host} is not spoken to")
        return self._loop.run_until_complete(asked)

    def _answers(self, answer: tuple[Any, Any, Any, Any]) -> list[tuple[Any, Any]]:
        failed, status, index, told = answer
        if failed:
            raise Offline(f"{self.host}: {failed}")
        if status:
            raise BadAnswer(f"{self.host} refuses value {index}: {status.prettyPrint()}", b"")
        return [(one[0], one[1]) for one in told]

    def _number(self, name: Any, value: Any) -> dict[str, int]:
        try:
            return {str(name).strip("."): int(value)}
        except (TypeError, ValueError):
            raise BadAnswer(f"{self.host} has no {name}", bytes(str(value), "utf-8")) from None

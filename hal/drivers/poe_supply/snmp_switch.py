"""A managed switch that powers cameras, by SNMP: POWER-ETHERNET-MIB (RFC 3621), with version 2c or 3.

The MIB tells no watts of single ports; many switches do in a table of their own, whose column is given as `milliwatts`.
Without it the budget counts what classes may take. Passwords are given by `set_login` and kept sealed; those that stand
in board.toml are taken over, and it is told that they should not stand there.
"""

import asyncio
import logging
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hal.errors import BadAnswer, BadRequest, Offline
from hal.kinds.poe_supply import PoeFault, PoeMode, PoePriority, PortState
from hal.kinds.verbs import verb
from hal.machine import Machine
from hal.passwords import Passwords
from hal.poe.budget import Budget
from hal.poe.port import Plan, Reading, Sight, Wish
from hal.poe.supply import BudgetedSupply

PORT_TABLE = "1.3.6.1.2.1.105.1.1.1"
MAIN_TABLE = "1.3.6.1.2.1.105.1.3.1.1"
ADMIN, DETECTION, PRIORITY, CLASS = 3, 6, 7, 10
ON, OFF = 1, 2
STATES = {
    1: PortState.DISABLED,
    2: PortState.SEARCHING,
    3: PortState.DELIVERING,
    4: PortState.FAULT,
    5: PortState.SEARCHING,
    6: PortState.FAULT,
}
PRIORITIES = {PoePriority.CRITICAL: 1, PoePriority.HIGH: 2, PoePriority.LOW: 3}
TIMEOUT_S = 1.0
RETRIES = 1
MOST_AT_ONCE = 40
"""Values in one request, so that the answer fits into one packet."""
WRITTEN = "board.toml"
"""Under this name it is kept what stood in board.toml, so that a later change there is seen."""
Word = Annotated[str, Meta(max_length=128)]
log = logging.getLogger("hal")


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a switch is logged in at: by `community`, or with `user` and its keys, which is version 3."""

    community: Word = ""
    user: Word = ""
    auth_key: Word = ""
    privacy_key: Word = ""

    def __repr__(self) -> str:
        return "Login(…)"


class SnmpSwitch(BudgetedSupply):
    """One group of ports of a switch, in the order of `ports`. With `user` version 3 is spoken, else 2c."""

    unproven = "Written from RFC 3621, and tried with an agent of net-snmp that powers nothing; no switch was seen yet."
    grants_itself = True
    gives = (PoeMode.AUTO, PoeMode.AF, PoeMode.AT)

    def __init__(
        self,
        name: str,
        machine: Machine,
        host: str,
        ports: Annotated[tuple[int, ...], Meta(min_length=1, max_length=64)],
        budget: Budget,
        group: int = 1,
        udp_port: int = 161,
        community: str = "",
        user: str = "",
        auth_key: str = "",
        privacy_key: str = "",
        milliwatts: str = "",
        plan: Plan = Plan(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__(name, machine, len(ports), budget, plan)
        self.measures = bool(milliwatts)
        self._ports = ports
        self._group = group
        self._place = (host, udp_port)
        self._written = Login(community, user, auth_key, privacy_key)
        self._passwords = Passwords(machine.keep, self.kind, name)
        self._milliwatts = milliwatts.strip(".")
        self._priorities: dict[int, int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._peer: tuple[Any, ...] = ()

    def close(self) -> None:
        """Let go of the socket; the ports stay on."""
        if self._peer:
            self._peer[0].close_dispatcher()
            self._peer = ()
        if self._loop is not None:
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0))  # the transport closes in its next turn
            self._loop.close()
            self._loop = None

    def _begin(self) -> None:
        from pysnmp.hlapi.v3arch import asyncio as snmp

        self.close()
        self._loop = asyncio.new_event_loop()
        told = self._told()
        user, auth_key, privacy_key = told.user, told.auth_key, told.privacy_key
        login = snmp.CommunityData(told.community or "public", mpModel=1)  # noqa: S508 - many switches know no better; 3 is there
        if user:
            how: dict[str, Any] = {"authProtocol": snmp.usmHMACSHAAuthProtocol} if auth_key else {}
            how |= {"privProtocol": snmp.usmAesCfb128Protocol} if privacy_key else {}
            login = snmp.UsmUserData(user, auth_key or None, privacy_key or None, **how)
        try:
            target = self._loop.run_until_complete(
                snmp.UdpTransportTarget.create(self._place, timeout=TIMEOUT_S, retries=RETRIES)
            )
        except Exception as error:
            raise Offline(f"{self._place[0]} is no address that can be reached: {error}") from error
        self._peer = (snmp.SnmpEngine(), login, target, snmp.ContextData())

    @verb()
    def set_login(self, *, login: Login) -> None:
        """Log in with these from now on. They are kept sealed, and nobody reads them back; raises `BadRequest`."""
        if not login.community and not login.user:
            raise BadRequest("A switch is logged in at with a community or a user")
        self._passwords.keep({**msgspec.structs.asdict(login), WRITTEN: _text(self._written)})
        if self.state.online:
            self._begin()

    def _told(self) -> Login:
        """Give what was told last: by the owner, or by board.toml, from where it is taken over and sealed."""
        plain = _text(self._written)
        try:
            kept = self._passwords.recall()
        except Offline:
            if self._written == Login():
                raise
            kept = {}
        if self._written != Login() and kept.get(WRITTEN) != plain:
            kept = {**msgspec.structs.asdict(self._written), WRITTEN: plain}
            self._passwords.keep(kept)
            words = "%s %s: its password stands in board.toml for everybody to read. It is kept sealed now: take it out"
            log.warning(words, self.kind, self.name)
        return msgspec.convert({name: word for name, word in kept.items() if name != WRITTEN}, Login)

    def _look(self) -> Sight:
        wanted = [self._oid(column, port) for port in self._ports for column in (ADMIN, DETECTION, PRIORITY, CLASS)]
        wanted += [f"{self._milliwatts}.{self._group}.{port}" for port in self._ports if self._milliwatts]
        said = self._get(wanted)
        readings: list[Reading] = []
        for number, port in enumerate(self._ports, 1):
            admin, detection, priority, power_class = (
                said[self._oid(column, port)] for column in (ADMIN, DETECTION, PRIORITY, CLASS)
            )
            self._priorities[number] = priority
            taken = said.get(f"{self._milliwatts}.{self._group}.{port}")
            readings.append(_reading(admin, detection, power_class, None if taken is None else taken / 1000))
        used_watts = None if self.measures else float(self._get([f"{MAIN_TABLE}.4.{self._group}"]).popitem()[1])
        return Sight(tuple(readings), used_watts=used_watts)

    def _grant(self, port: int) -> None:
        self._set(self._oid(ADMIN, self._ports[port - 1]), ON)

    def _cut(self, port: int) -> None:
        self._set(self._oid(ADMIN, self._ports[port - 1]), OFF)

    def _configure(self, port: int, wish: Wish) -> None:
        if self._priorities.get(port) == (priority := PRIORITIES[wish.priority]):
            return
        try:
            self._set(self._oid(PRIORITY, self._ports[port - 1]), priority)
        except BadAnswer as error:  # our own budget keeps the order where the switch does not
            log.info("%s keeps its own priorities: %s", self.name, error)

    def _oid(self, column: int, port: int) -> str:
        return f"{PORT_TABLE}.{column}.{self._group}.{port}"

    def _get(self, oids: list[str]) -> dict[str, int]:
        from pysnmp.hlapi.v3arch import asyncio as snmp

        found: dict[str, int] = {}
        for start in range(0, len(oids), MOST_AT_ONCE):
            asked = [snmp.ObjectType(snmp.ObjectIdentity(oid)) for oid in oids[start : start + MOST_AT_ONCE]]
            for name, value in self._ask(snmp.get_cmd, asked):
                try:
                    found[str(name).strip(".")] = int(value)
                except (TypeError, ValueError):
                    raise BadAnswer(f"{self._place[0]} has no {name}", bytes(str(value), "utf-8")) from None
        if missing := [oid for oid in oids if oid not in found]:
            raise BadAnswer(f"{self._place[0]} left out {missing[0]}, and told", str(sorted(found)).encode())
        return found

    def _set(self, oid: str, value: int) -> None:
        from pysnmp.hlapi.v3arch import asyncio as snmp

        self._ask(snmp.set_cmd, [snmp.ObjectType(snmp.ObjectIdentity(oid), snmp.Integer32(value))])

    def _ask(self, command: Any, asked: list[Any]) -> list[tuple[Any, Any]]:
        if self._loop is None or not self._peer:
            raise Offline(f"{self.name} is closed")
        failed, status, index, answers = self._loop.run_until_complete(command(*self._peer, *asked, lookupMib=False))
        if failed:
            raise Offline(f"{self._place[0]}: {failed}")
        if status:
            raise BadAnswer(f"{self._place[0]} refuses value {index}: {status.prettyPrint()}", b"")
        return [(answer[0], answer[1]) for answer in answers]


def _reading(admin: int, detection: int, power_class: int, watts: float | None) -> Reading:
    """Read the columns of a port; classes are told from 1 on."""
    state = STATES.get(detection, PortState.UNKNOWN)
    if admin != ON:
        return Reading(PortState.DISABLED)
    if state is PortState.DISABLED:  # just switched on
        state = PortState.SEARCHING
    delivers = state is PortState.DELIVERING
    return Reading(
        state,
        power_class - 1 if delivers and 1 <= power_class <= 9 else None,
        told_watts=(watts or 0.0) if delivers else 0.0,
        granted=True,
        tripped=frozenset({PoeFault.UNKNOWN} if state is PortState.FAULT else ()),
    )


def _text(login: Login) -> str:
    return msgspec.json.encode(login).decode()


DRIVER = SnmpSwitch

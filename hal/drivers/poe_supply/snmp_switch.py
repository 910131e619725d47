"""A managed switch that powers cameras, by SNMP: POWER-ETHERNET-MIB (RFC 3621), with version 2c or 3.

The MIB tells no watts of single ports; many switches do in a table of their own, whose column is given as `milliwatts`.
Without it the budget counts what classes may take. Passwords are given by `set_login` and kept sealed; those that stand
in board.toml are taken over, and it is told that they should not stand there.
"""

import logging
from typing import Annotated

import msgspec
from msgspec import Meta

from hal.buses.snmp import Login, SnmpPeer
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
MOST_PORTS = 64
"""Of one group that are driven: one is read for each camera every second."""
WRITTEN = "board.toml"
"""Under this name it is kept what stood in board.toml, so that a later change there is seen."""
log = logging.getLogger("hal")


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
        ports: Annotated[tuple[int, ...], Meta(min_length=1, max_length=MOST_PORTS)],
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
        self._peer = SnmpPeer(host, udp_port)
        self._written = Login(community, user, auth_key, privacy_key)
        self._passwords = Passwords(machine.keep, self.kind, name)
        self._milliwatts = milliwatts.strip(".")
        self._priorities: dict[int, int] = {}

    def close(self) -> None:
        """Let go of the socket; the ports stay on."""
        self._peer.close()

    def _begin(self) -> None:
        self._peer.open(self._told())

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
        said = self._peer.get(wanted)
        readings: list[Reading] = []
        for number, port in enumerate(self._ports, 1):
            admin, detection, priority, power_class = (
                said[self._oid(column, port)] for column in (ADMIN, DETECTION, PRIORITY, CLASS)
            )
            self._priorities[number] = priority
            taken = said.get(f"{self._milliwatts}.{self._group}.{port}")
            readings.append(_reading(admin, detection, power_class, None if taken is None else taken / 1000))
        used_watts = None if self.measures else float(self._peer.get([f"{MAIN_TABLE}.4.{self._group}"]).popitem()[1])
        return Sight(tuple(readings), used_watts=used_watts)

    def _grant(self, port: int) -> None:
        self._peer.set(self._oid(ADMIN, self._ports[port - 1]), ON)

    def _cut(self, port: int) -> None:
        self._peer.set(self._oid(ADMIN, self._ports[port - 1]), OFF)

    def _configure(self, port: int, wish: Wish) -> None:
        if self._priorities.get(port) == (priority := PRIORITIES[wish.priority]):
            return
        try:
            self._peer.set(self._oid(PRIORITY, self._ports[port - 1]), priority)
        except BadAnswer as error:  # our own budget keeps the order where the switch does not
            log.info("%s keeps its own priorities: %s", self.name, error)

    def _oid(self, column: int, port: int) -> str:
        return f"{PORT_TABLE}.{column}.{self._group}.{port}"


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

"""PoE that the kernel drives (PSE-PD): every port is a network interface, read and switched by `ethtool`.

Source: netlink/pse.c of ethtool, `--json --show-pse` and `--set-pse`. The kernel tells watts, not volts and milliamps.
"""

from typing import Annotated, Any

import msgspec

from hal.errors import UNREADABLE, BadAnswer, Offline
from hal.kinds.poe_supply import PoeFault, PortState
from hal.machine import Machine
from hal.poe.budget import Budget
from hal.poe.port import Plan, Reading, Sight, Wish
from hal.poe.supply import BudgetedSupply

ETHTOOL_S = 2.0
STATES = {
    "disabled": PortState.DISABLED,
    "searching": PortState.SEARCHING,
    "delivering power": PortState.DELIVERING,
    "test": PortState.SEARCHING,
    "fault": PortState.FAULT,
    "otherfault": PortState.FAULT,
}
FAULTS = {
    "Group of error_condition states": PoeFault.CHIP,
    "Group of option_vport_lim states": PoeFault.SUPPLY,
    "Group of ovld_detected states": PoeFault.OVERLOAD,
    "Group of power_not_available states": PoeFault.BUDGET,
    "Group of short_detected states": PoeFault.SHORT,
}
OVER_TEMPERATURE = "Over temperature detected"
Milliwatts = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Shown(msgspec.Struct, frozen=True):
    """What `ethtool --json --show-pse` says of a port; other fields are passed over."""

    admin: str = msgspec.field(name="c33-pse-admin-state", default="")
    detection: str = msgspec.field(name="c33-pse-power-detection-status", default="")
    extended: str = msgspec.field(name="c33-pse-extended-state", default="")
    substate: str = msgspec.field(name="c33-pse-extended-substate", default="")
    power_class: int | None = msgspec.field(name="c33-pse-power-class", default=None)
    milliwatts: Milliwatts = msgspec.field(name="c33-pse-actual-power", default=0)
    limit_milliwatts: Milliwatts | None = msgspec.field(name="c33-pse-available-power-limit", default=None)


class EthtoolPse(BudgetedSupply):
    """A supply whose ports are the interfaces of its plan."""

    unproven = "Written from the source of ethtool; only recorded answers were read with it yet."
    grants_itself = True

    def __init__(self, name: str, machine: Machine, plan: Plan, budget: Budget) -> None:
        super().__init__(name, machine, len(plan.interfaces), budget, plan)
        self.model = "PSE-PD"
        self._most_milliwatts: dict[int, int] = {}
        self._limited: dict[int, int] = {}

    def close(self) -> None:
        """Nothing is held; the ports stay on."""

    def _begin(self) -> None:
        if not self._plan.interfaces:
            raise Offline(f"{self.name}: the board names no interfaces")
        for port, interface in enumerate(self._plan.interfaces, 1):
            if (limit := self._show(interface).limit_milliwatts) is not None:
                self._most_milliwatts.setdefault(port, limit)

    def _look(self) -> Sight:
        return Sight(tuple(self._reading(interface) for interface in self._plan.interfaces))

    def _reading(self, interface: str) -> Reading:
        said = self._show(interface)
        state = STATES.get(said.detection, PortState.UNKNOWN)
        if said.admin == "disabled":
            return Reading(PortState.DISABLED)
        if state is PortState.DISABLED:  # drivers that know only whether it delivers say so of an empty port
            state = PortState.SEARCHING
        delivers = state is PortState.DELIVERING
        fault = FAULTS.get(said.extended)
        if said.substate == OVER_TEMPERATURE:
            fault = PoeFault.OVER_TEMPERATURE
        if state is PortState.FAULT and fault is None:
            fault = PoeFault.UNKNOWN
        tripped = frozenset({fault} if fault is not None and not delivers else ())
        return Reading(
            PortState.FAULT if tripped else state,
            said.power_class if delivers else None,
            told_watts=said.milliwatts / 1000 if delivers else 0.0,
            granted=True,
            tripped=tripped,
        )

    def _grant(self, port: int) -> None:
        self._set(port, "c33-pse-admin-control", "enable")

    def _cut(self, port: int) -> None:
        self._set(port, "c33-pse-admin-control", "disable")

    def _configure(self, port: int, wish: Wish) -> None:
        """Hand on the limit where the driver has one; it may refuse, then the limit is kept by us alone."""
        if (most := self._most_milliwatts.get(port)) is None:
            return
        limit = round(min(most, wish.most_watts * 1000))
        if self._limited.get(port, most) != limit:
            self._machine.run(self._command(port, "c33-pse-avail-pw-limit", str(limit)), ETHTOOL_S)
            self._limited[port] = limit

    def _command(self, port: int, what: str, value: str) -> list[str]:
        return ["ethtool", "--set-pse", self._plan.interfaces[port - 1], what, value]

    def _set(self, port: int, what: str, value: str) -> None:
        ended = self._machine.run(self._command(port, what, value), ETHTOOL_S)
        if ended.status:
            raise Offline(f"{self._plan.interfaces[port - 1]}: {ended.complaint or 'ethtool failed'}")

    def _show(self, interface: str) -> Shown:
        ended = self._machine.run(["ethtool", "--json", "--show-pse", interface], ETHTOOL_S)
        if ended.status:
            raise Offline(f"{interface}: {ended.complaint or 'ethtool failed'}")
        try:
            said: list[Any] = msgspec.json.decode(ended.output, type=list[Shown])
        except UNREADABLE as error:
            raise BadAnswer(f"{interface}: ethtool says what we do not understand ({error})", ended.output) from None
        if len(said) != 1 or not said[0].admin:
            raise BadAnswer(f"{interface} has no PoE, ethtool says", ended.output)
        return said[0]


DRIVER = EthtoolPse

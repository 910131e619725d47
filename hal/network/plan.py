"""How the owner wants the recorder on the networks (D-NET-01, D-NET-02, D-NET-19), and whether that can be.

A plan is checked as a whole before anything is written: a recorder that cannot be reached any more is worth nothing.
"""

from enum import StrEnum
from itertools import combinations
from typing import Annotated

import msgspec
from msgspec import Meta

from hal.errors import BadRequest
from hal.network import addresses
from hal.network.addresses import Address, Interface, Net

MOST_INTERFACES = 16
"""More network cards than any recorder has; switch ports of the cameras do not count."""
MOST_ROUTES = 8
"""D-NET-02: what a person can keep in mind."""
MOST_PORTS = 64
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9._-]{0,14}\Z")]
Mtu = Annotated[int, Meta(ge=1280, le=9000)]


class BondMode(StrEnum):
    """What several cards together are for."""

    FAULT_TOLERANCE = "active-backup"
    LOAD_BALANCE = "balance-alb"


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A net that is reached by another gateway than the default one."""

    destination: str
    gateway: str


class InterfacePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One card, or a bond. Addresses carry their prefix, as in 192.168.1.20/24."""

    name: Name
    dhcp: bool = False
    addresses: Annotated[tuple[str, ...], Meta(max_length=8)] = ()
    gateway: str = ""
    nameservers: Annotated[tuple[str, ...], Meta(max_length=3)] = ()
    routes: tuple[Route, ...] = ()
    mtu: Mtu = 1500


class BondPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several cards as one. Its addresses stand in the interface plan of the same name."""

    name: Name
    mode: BondMode
    members: Annotated[tuple[Name, ...], Meta(min_length=2, max_length=8)]


class CameraNetPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The net of the cameras: our address in it, and the ports, which reach us and not each other."""

    name: Name = "br-cameras"
    address: str = "10.1.1.1/24"
    ports: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=MOST_PORTS)] = ("lan1",)


class NetworkPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    interfaces: Annotated[tuple[InterfacePlan, ...], Meta(min_length=1, max_length=MOST_INTERFACES)]
    bonds: Annotated[tuple[BondPlan, ...], Meta(max_length=4)] = ()
    cameras: CameraNetPlan | None = None

    def check(self) -> None:
        """Raise `BadRequest` with the interface and what cannot be."""
        self._check_names()
        nets = [(interface.name, net) for interface in self.interfaces for net in _check_interface(interface)]
        if self.cameras:
            nets.append((self.cameras.name, _interface(self.cameras.name, self.cameras.address).network))
        for (one, net), (other, net_there) in combinations(nets, 2):
            if one != other and net.version == net_there.version and net.overlaps(net_there):
                raise BadRequest(f"{one} and {other} are both in {net}; each interface needs a net of its own")
        if sum(bool(interface.gateway) for interface in self.interfaces) > 1:
            raise BadRequest("only one interface can have the default gateway; give the others routes")
        if sum(len(interface.routes) for interface in self.interfaces) > MOST_ROUTES:
            raise BadRequest(f"there can be {MOST_ROUTES} routes at most")

    def _check_names(self) -> None:
        members = [member for bond in self.bonds for member in bond.members]
        ports = list(self.cameras.ports) if self.cameras else []
        bridge = [self.cameras.name] if self.cameras else []
        names = [interface.name for interface in self.interfaces]
        for used in ([*names, *members, *ports, *bridge], [bond.name for bond in self.bonds]):
            if twice := sorted({name for name in used if used.count(name) > 1}):
                raise BadRequest(f"{twice[0]} stands twice: a card has addresses, or is part of one bond, or is a port")
        for bond in self.bonds:
            if bond.name not in names:
                raise BadRequest(f"the bond {bond.name} has no addresses; plan them like those of a card")


def _check_interface(plan: InterfacePlan) -> list[Net]:
    if not plan.dhcp and not plan.addresses:
        raise BadRequest(f"{plan.name} needs an address, or DHCP")
    own = [_interface(plan.name, one) for one in plan.addresses]
    nets: list[Net] = [one.network for one in own]
    for what, told in (("gateway", plan.gateway), *(("route's gateway", route.gateway) for route in plan.routes)):
        if not told:
            continue
        gateway = _address(plan.name, what, told)
        if own and not any(gateway in net for net in nets if net.version == gateway.version):
            raise BadRequest(f"{plan.name}: the {what} {gateway} is in no net of this interface")
        if any(gateway == one.ip for one in own):
            raise BadRequest(f"{plan.name}: the {what} {gateway} is the recorder itself")
    for told in plan.nameservers:
        _address(plan.name, "name server", told)
    for route in plan.routes:
        try:
            addresses.network(route.destination)
        except ValueError as error:
            raise BadRequest(f"{plan.name}: the route's destination: {error}") from None
    return nets


def _interface(name: str, told: str) -> Interface:
    try:
        found = addresses.interface(told)
    except ValueError:
        raise BadRequest(f"{name}: {told} is not an address with its prefix, such as 192.168.1.20/24") from None
    ends = found.network.network_address, found.network.broadcast_address
    if found.version == 4 and found.network.prefixlen < 31 and found.ip in ends:
        raise BadRequest(f"{name}: {told} is the name of a net, not an address in it")
    if found.is_multicast or found.is_loopback or found.is_unspecified or "/" not in told:
        raise BadRequest(f"{name}: {told} cannot be the address of an interface")
    return found


def _address(name: str, what: str, told: str) -> Address:
    try:
        return addresses.address(told)
    except ValueError:
        raise BadRequest(f"{name}: the {what} {told} is not an address") from None

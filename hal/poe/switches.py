"""What a switch in the network says that it has, before it is driven: groups of ports and their watts (RFC 3621)."""

from dataclasses import dataclass

from hal.buses.snmp import Login, SnmpPeer
from hal.errors import Unsupported

PORT_ADMIN = "1.3.6.1.2.1.105.1.1.1.3"
"""pethPsePortAdminEnable, by group and port."""
GROUP_WATTS = "1.3.6.1.2.1.105.1.3.1.1.2"
"""pethMainPsePower, by group."""


@dataclass(frozen=True)
class SwitchGroup:
    """Ports of a switch that share a supply of so many watts."""

    group: int
    watts: int
    ports: tuple[int, ...]


def survey(host: str, udp_port: int, login: Login) -> tuple[SwitchGroup, ...]:
    """Ask a switch what it has; raises `Offline` where it does not answer, `Unsupported` where it powers no ports."""
    peer = SnmpPeer(host, udp_port)
    try:
        peer.open(login)
        ports = sorted(index for index in peer.table(PORT_ADMIN) if len(index) == len(("group", "port")))
        watts = peer.table(GROUP_WATTS)
    finally:
        peer.close()
    if not ports:
        raise Unsupported(f"{host} answers, and tells of no port that gives power")
    groups = sorted({group for group, _port in ports})
    return tuple(
        SwitchGroup(group, max(0, watts.get((group,), 0)), tuple(port for of, port in ports if of == group))
        for group in groups
    )

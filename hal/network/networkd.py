"""A network plan in the words of systemd-networkd (systemd.network(5), systemd.netdev(5)).

Every address is parsed and written anew, so that nothing else gets into a file.
"""

from hal.network import addresses
from hal.network.plan import BondPlan, CameraNetPlan, InterfacePlan, NetworkPlan

PREFIX = "20-nightjar-"
"""Our files; others in the folder are the system's."""


def files(plan: NetworkPlan) -> dict[str, str]:
    """Write the files of a plan, by name; raises `BadRequest` where it cannot be."""
    plan.check()
    told: dict[str, str] = {}
    for interface in plan.interfaces:
        told[f"{interface.name}.network"] = _interface(interface)
    for bond in plan.bonds:
        told[f"{bond.name}.netdev"] = _bond(bond)
        for member in bond.members:
            told[f"{member}.network"] = _sections(("Match", [f"Name={member}"]), ("Network", [f"Bond={bond.name}"]))
    ours = {f"{PREFIX}{name}": text for name, text in told.items()}
    return ours | camera_files(plan.cameras) if plan.cameras else ours


def _interface(plan: InterfacePlan) -> str:
    network = [f"DHCP={'yes' if plan.dhcp else 'no'}", "LinkLocalAddressing=ipv6"]
    network += [f"Address={addresses.interface(one)}" for one in plan.addresses]
    network += [f"Gateway={addresses.address(plan.gateway)}"] if plan.gateway else []
    network += [f"DNS={addresses.address(one)}" for one in plan.nameservers]
    routes = [
        (
            "Route",
            [f"Destination={addresses.network(one.destination)}", f"Gateway={addresses.address(one.gateway)}"],
        )
        for one in plan.routes
    ]
    return _sections(
        ("Match", [f"Name={plan.name}"]), ("Link", [f"MTUBytes={plan.mtu}"]), ("Network", network), *routes
    )


def _bond(plan: BondPlan) -> str:
    settings = [f"Mode={plan.mode.value}", "MIIMonitorSec=100ms"]
    return _sections(("NetDev", [f"Name={plan.name}", "Kind=bond"]), ("Bond", settings))


def camera_files(plan: CameraNetPlan) -> dict[str, str]:
    """Write the files of a camera net, by name."""
    own = [
        f"Address={addresses.interface(plan.address)}",
        "ConfigureWithoutCarrier=yes",
        "LinkLocalAddressing=no",
        "IPv6AcceptRA=no",
        "IPForward=no",
    ]
    port = ("Network", [f"Bridge={plan.name}"]), ("Bridge", ["Isolated=yes"])
    told = {
        f"{plan.name}.netdev": _sections(("NetDev", [f"Name={plan.name}", "Kind=bridge"])),
        f"{plan.name}.network": _sections(("Match", [f"Name={plan.name}"]), ("Network", own)),
        **{f"{name}.network": _sections(("Match", [f"Name={name}"]), *port) for name in plan.ports},
    }
    return {f"{PREFIX}{name}": text for name, text in told.items()}


def _sections(*sections: tuple[str, list[str]]) -> str:
    return "\n".join("\n".join([f"[{name}]", *lines, ""]) for name, lines in sections)

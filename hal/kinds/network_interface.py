"""Network interfaces: link, addresses, traffic, conflicts (D-NET-01, D-MNT-07). Setting them is `hal.network`'s."""

from abc import abstractmethod
from dataclasses import dataclass

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb


@dataclass(frozen=True)
class NetworkInterfaceState(DeviceState):
    """One interface. Addresses are written with their prefix; `conflict_mac` is who else has one of them."""

    mac: str = ""
    link: bool = False
    speed_mbit_s: int = 0
    full_duplex: bool = False
    mtu: int = 0
    addresses: tuple[str, ...] = ()
    gateway: str = ""
    members: tuple[str, ...] = ()
    active_member: str = ""
    received_bytes_s: int = 0
    sent_bytes_s: int = 0
    errors: int = 0
    conflict_mac: str = ""
    kind: str = "network_interface"


class NetworkInterface(Device[NetworkInterfaceState]):
    """An interface or a bond of several, looked at every two seconds."""

    kind = "network_interface"
    state_type = NetworkInterfaceState
    poll_s = 2.0

    @verb(patience_s=10)
    @abstractmethod
    def test_conflict(self, *, address: str) -> str:
        """Ask the net who has this IPv4 address; gives the MAC, or nothing. Raises `Offline`, `BadRequest`."""

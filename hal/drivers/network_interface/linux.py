"""An interface of the kernel, by iproute2 in JSON, and arping for who else has an address."""

import ipaddress
import re
from typing import Any

from hal.errors import BadAnswer, BadRequest, Offline
from hal.kinds.network_interface import NetworkInterface
from hal.machine import Machine
from hal.network.forwarding import ask, line_speed

NAME = re.compile(r"[A-Za-z0-9._-]{1,15}")
ANSWER = re.compile(rb"\[([0-9A-Fa-f:]{17})\]")
CONFLICT_EVERY_S = 60.0
PATIENCE_S = 5.0


class LinuxInterface(NetworkInterface):
    """The interface of this name. Its own addresses are tested for conflicts when they are new, and every minute."""

    def __init__(self, name: str, machine: Machine, *, interface: str) -> None:
        super().__init__(name)
        self._machine = machine
        self._interface = interface
        self._counted: tuple[float, int, int] | None = None
        self._tested: tuple[float, tuple[str, ...]] | None = None

    def open(self) -> None:
        """Look whether it is there."""
        if not NAME.fullmatch(self._interface):
            raise Offline(f"{self._interface!r} is not a name of an interface")
        self._counted = self._tested = None
        self.come_online(**self._look())

    def close(self) -> None:
        """Go; the interface stays as it is."""

    def poll(self) -> None:
        """Look again."""
        self.change(**self._look())

    def test_conflict(self, *, address: str) -> str:
        """Ask the net who has this address."""
        self.require_online()
        try:
            wanted = ipaddress.IPv4Address(address)
        except ValueError:
            raise BadRequest(f"{address} is not an IPv4 address") from None
        return self._holder(str(wanted))

    def _look(self) -> dict[str, Any]:
        told = ask(self._machine, "ip", "-j", "-d", "-s", "addr", "show", "dev", self._interface)
        try:
            return self._read(told[0])
        except (LookupError, TypeError, ValueError, AttributeError):
            raise BadAnswer("ip spoke otherwise", str(told).encode()) from None

    def _read(self, told: dict[str, Any]) -> dict[str, Any]:
        addresses = tuple(
            f"{one['local']}/{one['prefixlen']}" for one in told["addr_info"] if one.get("scope") == "global"
        )
        members = tuple(
            str(one["ifname"]) for one in ask(self._machine, "ip", "-j", "link", "show", "master", self._interface)
        )
        routes = ask(self._machine, "ip", "-j", "route", "show", "default", "dev", self._interface)
        received, sent = self._rates(told["stats64"])
        speed, duplex = line_speed(self._machine, self._interface)
        return {
            "mac": told["address"],
            "link": "LOWER_UP" in told["flags"],
            "speed_mbit_s": speed,
            "full_duplex": duplex,
            "mtu": told["mtu"],
            "addresses": addresses,
            "gateway": next((route["gateway"] for route in routes if "gateway" in route), ""),
            "members": members,
            "active_member": told.get("linkinfo", {}).get("info_data", {}).get("active_slave", ""),
            "received_bytes_s": received,
            "sent_bytes_s": sent,
            "errors": told["stats64"]["rx"]["errors"] + told["stats64"]["tx"]["errors"],
            "conflict_mac": self._conflict(addresses),
        }

    def _rates(self, stats: dict[str, Any]) -> tuple[int, int]:
        now_s = self._machine.monotonic_s()
        received, sent = stats["rx"]["bytes"], stats["tx"]["bytes"]
        before, self._counted = self._counted, (now_s, received, sent)
        if before is None or (passed_s := now_s - before[0]) <= 0:
            return 0, 0
        return round(max(0, received - before[1]) / passed_s), round(max(0, sent - before[2]) / passed_s)

    def _conflict(self, addresses: tuple[str, ...]) -> str:
        now_s = self._machine.monotonic_s()
        if self._tested and self._tested[1] == addresses and now_s - self._tested[0] < CONFLICT_EVERY_S:
            return self.state.conflict_mac
        self._tested = now_s, addresses
        for address in addresses:
            ip = ipaddress.ip_interface(address).ip
            if ip.version == 4 and (holder := self._holder(str(ip))):
                return holder
        return ""

    def _holder(self, address: str) -> str:
        argv = ["arping", "-D", "-c", "1", "-w", "1", "-I", self._interface, address]
        answer = ANSWER.search(self._machine.run(argv, PATIENCE_S).output)
        return answer[1].decode().lower() if answer else ""


DRIVER = LinuxInterface

"""Who sits where in a camera net: the rule, without I/O."""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from hal.errors import BadRequest, Refused, UnknownDevice
from hal.kinds.camera_net import MOST_SEATS, Seat

FIRST_HOST = 10
"""Seat n has the host number 10 + n: below lie the recorder and what an installer sets by hand."""


@dataclass
class Seats:
    """The seats of one net."""

    net: ipaddress.IPv4Network
    taken: dict[str, Seat] = field(default_factory=dict[str, Seat])
    strangers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.net.num_addresses < FIRST_HOST + MOST_SEATS + 2:
            raise BadRequest(f"{self.net} is too small for {MOST_SEATS} cameras; take a /24")

    def address(self, number: int) -> str:
        """The address of a seat."""
        return str(self.net.network_address + FIRST_HOST + number)

    def number(self, address: str) -> int | None:
        """The seat of an address; None if it is no seat's."""
        try:
            number = int(ipaddress.IPv4Address(address)) - int(self.net.network_address) - FIRST_HOST
        except ValueError:
            return None
        return number if 1 <= number <= MOST_SEATS else None

    def take_place(self, seen: Mapping[int, Iterable[str]]) -> None:
        """Learn which MACs are behind which port now; who is new takes a seat.

        A port with several MACs (a switch hangs there, or a camera was replaced) seats each.
        """
        where = {mac: port for port, macs in sorted(seen.items()) for mac in macs}
        strangers: list[str] = []
        for mac, port in where.items():
            if mac not in self.taken:
                number = self._free(port)
                if number is None:
                    strangers.append(mac)
                    continue
                self.taken[mac] = Seat(number, mac, self.address(number))
        self.taken = {mac: replace(seat, port=where.get(mac, 0)) for mac, seat in self.taken.items()}
        self.strangers = tuple(strangers)

    def lease(self, leases: Mapping[str, str]) -> None:
        """Learn who took an address: hostnames by MAC."""
        self.taken = {
            mac: replace(seat, leased=mac in leases, hostname=leases.get(mac, seat.hostname))
            for mac, seat in self.taken.items()
        }

    def give(self, mac: str, number: int) -> None:
        """Give a camera a seat; raises `Refused` if another has it."""
        holder = next((seat for seat in self.taken.values() if seat.number == number and seat.mac != mac), None)
        if holder is not None:
            raise Refused(f"Seat {number} is that of {holder.mac}; forget that camera first")
        seat = self.taken.get(mac, Seat(number, mac, ""))
        self.taken[mac] = replace(seat, number=number, address=self.address(number), leased=False)

    def forget(self, mac: str) -> None:
        """Free a camera's seat."""
        if self.taken.pop(mac, None) is None:
            raise UnknownDevice(f"No camera {mac} has a seat")

    def all(self) -> tuple[Seat, ...]:
        """List the seats by number."""
        return tuple(sorted(self.taken.values(), key=lambda seat: seat.number))

    def _free(self, port: int) -> int | None:
        used = {seat.number for seat in self.taken.values()}
        wished = [port] if 1 <= port <= MOST_SEATS else []
        return next((number for number in (*wished, *range(1, MOST_SEATS + 1)) if number not in used), None)

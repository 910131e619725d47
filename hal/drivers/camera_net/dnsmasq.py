"""A camera net whose addresses dnsmasq gives, to those that the bridge saw at a port and we gave a seat."""

import ipaddress
from pathlib import Path

from hal.errors import BadRequest, Offline
from hal.kinds.camera_net import CameraNet, Seat
from hal.machine import Machine
from hal.network import dnsmasq
from hal.network.forwarding import macs_behind
from hal.network.seats import Seats

LONGEST_LEASES = 1 << 16
MOST_HOSTS = 256
PATIENCE_S = 2.0
RELOAD = ("systemctl", "--no-ask-password", "reload", "nightjar-cameras.service")


class DnsmasqCameraNet(CameraNet):
    """`ports` are the interfaces of port 1, 2, … in the bridge `interface`; `hosts` is the folder that dnsmasq watches.

    Seats are kept in that folder (dhcp-hostsdir), one file each, and so outlast us. dnsmasq finds new files by itself;
    what was changed or taken away it learns by `reload`, and who lost a seat loses the lease of its address.
    """

    def __init__(
        self,
        name: str,
        machine: Machine,
        *,
        net: str,
        interface: str,
        ports: tuple[str, ...],
        hosts: str,
        leases: str,
        reload: tuple[str, ...] = RELOAD,
    ) -> None:
        super().__init__(name)
        self._machine = machine
        self._interface, self._reload = interface, reload
        self._net, self._ports, self._hosts, self._leases = net, ports, Path(hosts), Path(leases)
        self._seats: Seats | None = None

    def open(self) -> None:
        """Find the seats that were given."""
        try:
            own = ipaddress.IPv4Interface(self._net)
        except ValueError:
            raise Offline(f"{self._net} is not an address with its prefix, such as 10.1.1.1/24") from None
        self._seats = seats = Seats(own.network)
        self._hosts.mkdir(parents=True, exist_ok=True)
        for path in sorted(self._hosts.iterdir())[:MOST_HOSTS]:
            said = dnsmasq.read_host(path.read_text(errors="replace")[:128]) if path.is_file() else None
            if said and path.name == dnsmasq.host_name(said[0]) and (number := seats.number(said[1])):
                seats.give(said[0], number)
        self._look(seats)
        self.come_online(
            own_address=str(own.ip), first_address=seats.address(1), seats=seats.all(), strangers=seats.strangers
        )

    def close(self) -> None:
        """Go; dnsmasq goes on."""

    def poll(self) -> None:
        """Look who came and who went."""
        if self._seats:
            self._look(self._seats)
            self._tell(self._seats)

    def seat(self, *, mac: str, number: int) -> None:
        """Give a camera this seat."""
        seats = self._opened()
        before = seats.taken.get(mac)
        seats.give(mac, number)
        self._write(seats)
        self._let_go(before)
        self._tell(seats)

    def forget(self, *, mac: str) -> None:
        """Free a camera's seat."""
        seats = self._opened()
        before = seats.taken.get(mac)
        seats.forget(mac)
        (self._hosts / dnsmasq.host_name(mac)).unlink(missing_ok=True)
        self._let_go(before)
        self._tell(seats)

    def _opened(self) -> Seats:
        self.require_online()
        if self._seats is None:
            raise BadRequest("not opened")
        return self._seats

    def _let_go(self, before: Seat | None) -> None:
        """Let dnsmasq forget a seat as it was, and the lease of its address."""
        if before is None:
            return
        for argv in (self._reload, ("dhcp_release", self._interface, before.address, before.mac)):
            ended = self._machine.run(argv, PATIENCE_S)
            if ended.status:
                raise Offline(f"{argv[0]} says: {ended.complaint[:200]}")

    def _look(self, seats: Seats) -> None:
        before = {mac: seat.address for mac, seat in seats.taken.items()}
        seats.take_place({n: macs_behind(self._machine, port) for n, port in enumerate(self._ports, 1)})
        if {mac: seat.address for mac, seat in seats.taken.items()} != before:
            self._write(seats)
        try:
            told = self._leases.read_bytes()[:LONGEST_LEASES].decode(errors="replace")
        except FileNotFoundError:
            told = ""  # nobody took an address yet
        taken = dnsmasq.read_leases(told)
        seats.lease({mac: name for mac, (address, name) in taken.items() if seats.number(address)})

    def _tell(self, seats: Seats) -> None:
        self.change(seats=seats.all(), strangers=seats.strangers)

    def _write(self, seats: Seats) -> None:
        for seat in seats.taken.values():
            path = self._hosts / dnsmasq.host_name(seat.mac)
            line = dnsmasq.host(seat.mac, seat.address)
            if not path.exists() or path.read_text() != line:
                fresh = self._hosts / f".{path.name}"  # dnsmasq passes over names with a dot
                fresh.write_text(line)
                fresh.replace(path)


DRIVER = DnsmasqCameraNet

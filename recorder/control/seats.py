"""Cameras at the recorder's own ports: what a channel's `{address}` stands for, and how far each came (D-NET-19).

The seat of a camera, its number and address, is given by the hardware service (the camera net) and follows the camera
to any port. The net's first address is remembered, so that a plan can be made before that service answers.
"""

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Sequence

from hal.client import DeviceState, HalClient, HalUnavailable
from hal.client.kinds import CameraNetState, PoeSupplyState, PortState, Seat
from recorder.client.answers import SeatStatus
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.control.channels import Channels

log = logging.getLogger(__name__)

LOOK_S = 1.0
PATIENCE_S = 5.0
MEMORY = "camera-net.json"
_POWER: dict[PortState, str] = {
    PortState.DISABLED: _("its power is off"),
    PortState.SEARCHING: _("no camera is plugged in"),
    PortState.DETECTED: _("a camera was found, power comes"),
    PortState.BACKOFF: _("no camera is plugged in"),
    PortState.FAULT: _("the port has a fault"),
}


class Seats:
    """Follows the camera net and the PoE supplies until cancelled; heals by itself when hal comes back."""

    def __init__(self, instance: Instance, channels: Channels, changed: Callable[[], None]) -> None:
        self.seats: tuple[SeatStatus, ...] = ()
        self._instance = instance
        self._channels = channels
        self._changed = changed
        self._first = self._remembered()
        self._hal: HalClient | None = None

    def address(self, seat: int) -> str:
        """The address of a seat; empty while the camera net was never seen."""
        return str(self._first + seat - 1) if self._first else ""

    async def run(self) -> None:
        """Look every second."""
        try:
            while True:
                try:
                    self.seats = await asyncio.to_thread(self._look)
                except HalUnavailable as error:
                    log.debug("hal: %s", error)
                    self._hang_up()
                await asyncio.sleep(LOOK_S)
        finally:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._hal is not None:
            self._hal.close()
            self._hal = None

    def _look(self) -> tuple[SeatStatus, ...]:
        wanted = {number: one.values.seat for number, one in self._channels.all().items() if one.values.seat}
        if self._hal is None:
            self._hal = HalClient(self._instance.socket("hal"), PATIENCE_S)
        devices = self._hal.devices()
        net = next((one for one in devices if isinstance(one, CameraNetState) and one.online), None)
        if net is None:
            return ()
        self._remember(net.first_address)
        return tuple(_status(channel, seat, net, devices) for channel, seat in wanted.items())

    def _remembered(self) -> ipaddress.IPv4Address | None:
        try:
            return ipaddress.IPv4Address((self._instance.state / MEMORY).read_text().strip())
        except (OSError, ValueError):
            return None

    def _remember(self, told: str) -> None:
        first = ipaddress.IPv4Address(told)
        if first == self._first:
            return
        place = self._instance.state / MEMORY
        fresh = place.with_suffix(".new")
        fresh.write_text(f"{first}\n")
        fresh.replace(place)
        self._first = first
        self._changed()


def _status(channel: int, number: int, net: CameraNetState, devices: Sequence[DeviceState]) -> SeatStatus:
    seat = next((one for one in net.seats if one.number == number), None)
    port = seat.port if seat and seat.port else number
    supplies = [one for one in devices if isinstance(one, PoeSupplyState)]
    power = next((one for supply in supplies for one in supply.ports if one.port == port), None)
    watts = (power.watts if power else None) or 0.0
    address = seat.address if seat and seat.port and seat.leased else ""
    return SeatStatus(channel, number, port, watts, address, _words(port, power.state if power else None, watts, seat))


def _words(port: int, state: PortState | None, watts: float, seat: Seat | None) -> str:
    where = _("Port {port}").format(port=port)
    if state is None:
        return f"{where}: {_('it does not answer')}"
    if state is not PortState.DELIVERING:
        return f"{where}: {_POWER[state]}"
    power = _("{watts:.1f} W").format(watts=watts)
    if seat is None or not seat.port:
        return f"{where}: {power} · {_('the camera starts')}"
    if not seat.leased:
        return f"{where}: {power} · {_('the camera asks for an address')}"
    return f"{where}: {power} · {seat.address}"

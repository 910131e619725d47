"""Cameras at the recorder's own ports: what a channel's `{address}` stands for, and how far each came (D-NET-19).

The seat of a camera, its number and address, is given by the hardware service (the camera net) and follows the camera
to any port. The net's first address is remembered, so that a plan can be made before that service answers.
"""

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from hal.client import DeviceEvent, DeviceState
from hal.client.follower import Follower
from hal.client.kinds import CameraNetState, PoeSupplyState, PortState, Seat
from recorder.client.answers import SeatStatus
from recorder.client.instance import Instance
from recorder.client.status import StreamState, StreamStatus
from recorder.client.words import _
from recorder.control.channels import Channels

log = logging.getLogger(__name__)

MEMORY = "camera-net.json"
_POWER: dict[PortState, str] = {
    PortState.DISABLED: _("its power is off"),
    PortState.SEARCHING: _("no camera is plugged in"),
    PortState.DETECTED: _("a camera was found, power comes"),
    PortState.BACKOFF: _("no camera is plugged in"),
    PortState.FAULT: _("the port has a fault"),
}

_ANSWERS: dict[StreamState, str] = {
    StreamState.WRONG_PASSWORD: _("asks for a password"),
    StreamState.UNREACHABLE: _("does not answer"),
    StreamState.NOT_FOUND: _("knows no such stream"),
}


class Seats:
    """Follows the camera net, the PoE supplies and the channels until cancelled."""

    def __init__(self, instance: Instance, channels: Channels, hal: Follower, changed: Callable[[], None]) -> None:
        """`changed` is called in the event loop when the net's first address is another one."""
        self.seats: tuple[SeatStatus, ...] = ()
        self._instance = instance
        self._channels = channels
        self._hal = hal
        self._changed = changed
        self._first = self._remembered()
        self._wanted: dict[int, int] = {}
        """By channel, the number of its seat."""
        self._remarks: dict[int, str] = {}
        """By channel: what else there is to say of its camera."""
        self._stale = asyncio.Event()
        self._moved = True
        hal.listen(self._heard)

    def address(self, seat: int) -> str:
        """The address of a seat; empty while the camera net was never seen."""
        return str(self._first + seat - 1) if self._first else ""

    def reassign(self) -> None:
        """Take up other settings of channels; in the event loop."""
        self._moved = True
        self._stale.set()

    def remark(self, channel: int, words: str) -> None:
        """Say more of a channel's camera, where its port is told; empty: nothing more. In the event loop."""
        self._remarks[channel] = words
        self._stale.set()

    def _heard(self, said: DeviceState | DeviceEvent, _before: DeviceState | None) -> None:
        if isinstance(said, CameraNetState | PoeSupplyState):
            self._stale.set()

    async def run(self) -> None:
        """Look whenever something is another way."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            if self._moved:
                self._moved = False
                found = await asyncio.to_thread(self._channels.all)
                self._wanted = {number: one.values.seat for number, one in found.items() if one.values.seat}
            await self._look()

    async def _look(self) -> None:
        net = next((one for one in self._hal.states(CameraNetState) if one.online), None)
        if net is None:
            self.seats = ()
            return
        first = ipaddress.IPv4Address(net.first_address)
        if first != self._first:
            self._first = first
            try:
                await asyncio.to_thread(self._remember, first)
            except OSError as error:  # after a restart it is only not known for a moment
                log.warning("the address of the camera net is not remembered: %s", error)
            self._changed()
        supplies = self._hal.states(PoeSupplyState)
        found = [_status(channel, seat, net, supplies) for channel, seat in self._wanted.items()]
        remarks = self._remarks
        self.seats = tuple(
            replace(one, words=f"{one.words} · {said}") if (said := remarks.get(one.channel)) else one for one in found
        )

    def _remembered(self) -> ipaddress.IPv4Address | None:
        try:
            return ipaddress.IPv4Address((self._instance.state / MEMORY).read_text().strip())
        except (OSError, ValueError):
            return None

    def _remember(self, first: ipaddress.IPv4Address) -> None:
        place = self._instance.state / MEMORY
        fresh = place.with_suffix(".new")
        fresh.write_text(f"{first}\n")
        fresh.replace(place)


def answered(seats: Sequence[SeatStatus], streams: Sequence[StreamStatus]) -> tuple[SeatStatus, ...]:
    """Add what cameras that have an address say to those who want their picture."""
    said = {one.channel: _ANSWERS[one.state] for one in streams if one.state in _ANSWERS}
    return tuple(
        replace(one, words=f"{one.words} · {said[one.channel]}") if one.address and one.channel in said else one
        for one in seats
    )


def _status(channel: int, number: int, net: CameraNetState, supplies: Sequence[PoeSupplyState]) -> SeatStatus:
    seat = next((one for one in net.seats if one.number == number), None)
    port = seat.port if seat and seat.port else number
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

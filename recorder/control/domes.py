"""Domes: the channel's camera is turned, zoomed and sent to presets over the line that its settings name (D-PTZ)."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from anyio.to_thread import run_sync

from hal.client import DeviceEvent, DeviceState
from hal.client.kinds import Action, DomeState, PtzBusState
from recorder.client.answers import Dome, PresetName, PtzLine
from recorder.client.clock import Clock
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.control.channels import Channels
from recorder.control.hardware import Hardware
from recorder.control.turning import Turning
from recorder.settings import preset_names
from recorder.settings.errors import NotAllowed
from recorder.settings.pages.ptz import Ptz
from recorder.settings.settings import Author, Settings

BUS = "ptz_bus"
CHANGING = frozenset(
    {
        Action.PRESET_SET,
        Action.PRESET_CLEAR,
        Action.TOUR_ADD,
        Action.TOUR_REMOVE,
        Action.TOUR_CLEAR,
        Action.PATTERN_RECORD,
        Action.PATTERN_END,
        Action.SCAN_LEFT_LIMIT,
        Action.SCAN_RIGHT_LIMIT,
        Action.ZONE_BEGIN,
        Action.ZONE_END,
        Action.RESET,
    }
)
"""What changes what a dome keeps: for who may set up cameras."""


class NoDome(NightjarError):
    """The channel's camera is not set up as one that turns."""

    status = 409
    words = _("Camera {channel} is not set up to turn. Choose its terminal and address on its page PTZ.")


class NoLine(NightjarError):
    """The channel's settings name a line that this recorder does not have."""

    status = 409
    words = _("This recorder has no PTZ terminal {line}; it has {others}. Change that on the page PTZ of the camera.")


class BadPresetName(NightjarError):
    """The name is too long, or has what it may not have."""

    status = 422
    words = _("{problem}")


@dataclass(frozen=True)
class _Line:
    baud: int
    data_bits: int
    parity: str
    stop_bits: int


class Domes:
    """Answers what the API is asked about PTZ. A line is set as the dome needs it before it is spoken to."""

    def __init__(self, hardware: Hardware, channels: Channels, settings: Settings, clock: Clock) -> None:
        self._hardware = hardware
        self._channels = channels
        self._settings = settings
        self.turning = Turning(clock)
        self._set: dict[str, _Line] = {}
        """How each line was set last; forgotten when its device is opened anew."""
        self._turns = defaultdict[str, asyncio.Lock](asyncio.Lock)
        """By line: between setting it for a dome and speaking to that dome nobody sets it for another."""
        hardware.follower.listen(self._heard)

    def _heard(self, said: DeviceState | DeviceEvent, before: DeviceState | None) -> None:
        if isinstance(said, PtzBusState) and (before is None or not said.online or not before.online):
            self._set.pop(said.name, None)

    async def lines(self) -> list[PtzLine]:
        """List the lines that domes can hang at; raises `HardwareAway`."""
        return [PtzLine(one.name, one.online, one.reason, one.baud) for one in await self._hardware.states(PtzBusState)]

    async def dome(self, channel: int) -> Dome:
        """What a channel's dome can do and what it does; raises `NotFound`, `NoDome`, `NoLine`, `HardwareAway`."""
        page = await self._page(channel)
        bus = await self._bus(page)
        state = next((one for one in bus.domes if one.address == page.address), DomeState(page.address))
        found: dict[str, Any] = {"actions": (), "presets": 0, "tours": 0, "patterns": 0, "scans": 0, "auxes": 0}
        if bus.online:
            found = await self._hardware.ask(BUS, bus.name, "abilities", dome=_dome(page))
            found["actions"] = tuple(sorted(found["actions"]))
        look = state.look
        return Dome(
            channel=channel,
            line=bus.name,
            address=page.address,
            protocol=page.protocol,
            online=bus.online,
            reason=bus.reason,
            moving=state.moving,
            pan_degrees=look.pan_degrees if look else None,
            tilt_degrees=look.tilt_degrees if look else None,
            zoom=look.zoom if look else None,
            preset_names=tuple(PresetName(*one) for one in sorted(preset_names.read(page.preset_names).items())),
            **found,
        )

    async def move(self, channel: int, **shares: float) -> None:
        """Turn, zoom, focus: shares of full speed. It ends by itself unless asked again within two seconds."""
        await self._ask(channel, "move", **shares)

    async def stop(self, channel: int) -> None:
        """Stop all that moves; raises as the others."""
        await self._ask(channel, "stop")

    async def look(self, channel: int, **place: float) -> None:
        """Look somewhere: degrees, and zoom from 0 to 1."""
        await self._ask(channel, "look", **place)

    async def act(self, channel: int, action: str, number: int = 0, second: int = 0, *, author: Author) -> None:
        """Do one thing, by its name in `Dome.actions`; raises `HardwareRefused` for what this dome cannot.

        A preset that is cleared loses its name.
        """
        await self._ask(channel, "act", action=action, number=number, second=second)
        if action == Action.PRESET_CLEAR:
            await self.name_preset(channel, number, "", author)

    async def name_preset(self, channel: int, preset: int, name: str, author: Author) -> None:
        """Give a preset a name, or none; raises `BadSetting`, `NotFound`, `NoDome`."""
        page = await self._page(channel)
        if name or preset in preset_names.read(page.preset_names):
            await run_sync(self._rename, channel, preset, name, author)

    def _rename(self, channel: int, preset: int, name: str, author: Author) -> None:
        before = self._settings.read(Ptz, str(channel))
        try:
            names = preset_names.renamed(before.values.preset_names, preset, name)
        except NotAllowed as error:
            raise BadPresetName(problem=str(error)) from error
        self._settings.change(Ptz, {"preset_names": names}, author, item=str(channel), revision=before.revision)

    async def _ask(self, channel: int, verb: str, **arguments: Any) -> None:
        page = await self._page(channel)
        bus = await self._bus(page)
        async with self._turns[bus.name]:
            await self._set_line(bus, page)
            # Before it does, for it may begin at once.
            self.turning.asked(channel, str(arguments.get("action", "")))
            await self._hardware.ask(BUS, bus.name, verb, dome=_dome(page), **arguments)

    async def _set_line(self, bus: PtzBusState, page: Ptz) -> None:
        """Set the line for this dome where it is set another way; a line by the network has nothing to set."""
        wanted = _Line(int(page.baud), int(page.data_bits), page.parity, int(page.stop_bits))
        if bus.online and bus.baud and self._set.get(bus.name) != wanted:
            settings = {"baud": wanted.baud, "data_bits": wanted.data_bits, "parity": wanted.parity}
            await self._hardware.ask(BUS, bus.name, "set_line", **settings, stop_bits=wanted.stop_bits)
            self._set[bus.name] = wanted

    async def _page(self, channel: int) -> Ptz:
        def found() -> Ptz:
            self._channels.get(channel)
            return self._settings.get(Ptz, str(channel))

        page = await run_sync(found)
        if not page.line:
            raise NoDome(channel=channel)
        return page

    async def _bus(self, page: Ptz) -> PtzBusState:
        lines = await self._hardware.states(PtzBusState)
        bus = next((one for one in lines if one.name == page.line), None)
        if bus is None:
            raise NoLine(line=page.line, others=", ".join(one.name for one in lines) or _("none"))
        return bus


def _dome(page: Ptz) -> dict[str, Any]:
    return {"address": page.address, "protocol": page.protocol, "quirks": page.quirks}

"""The alarm terminals: inputs as they are, outputs as they are switched, both as their owner named and set them.

What hal must know of the settings (how a contact rests, which outputs are always or never on) is told whenever a device
is another way: at the start, after a change, and when hal or a box at a line is back.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from hal.client import DeviceEvent, DeviceState, HalUnavailable, Inventory
from hal.client.connection import HalRefused
from hal.client.kinds import AlarmInputState, InputFault, RelayState
from recorder.client.answers import AlarmInput, Output
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.control.hardware import Hardware
from recorder.control.terminal_words import input_words, output_words, warning
from recorder.settings.pages import alarm_input, alarm_output
from recorder.settings.pages.alarm_output import Mode
from recorder.settings.settings import Changed, Settings

INPUT, RELAY = "alarm_input", "relay"
AGAIN_S = 1.0
log = logging.getLogger(__name__)


class NotByHand(NightjarError):
    """The settings of an output say how it always is."""

    status = 409
    words = _("{output} is set to {mode}. Set it to Automatic on the page Alarm outputs first.")


def box_of(one: Inventory) -> str:
    """Name the alarm box that a terminal belongs to and that an owner added; empty: none."""
    return one.name.rpartition("_")[0] if one.added and one.kind in {INPUT, RELAY} else ""


class Terminals:
    """Answers what the API is asked about inputs and outputs, and keeps them as the settings say."""

    def __init__(self, hardware: Hardware, settings: Settings) -> None:
        self._hardware = hardware
        self._settings = settings
        self._inputs: Mapping[str, alarm_input.AlarmInput] = {}
        self._outputs: Mapping[str, alarm_output.AlarmOutput] = {}
        self._forced: set[str] = set()
        """Outputs that are on because they are always on: set to another mode they go off."""
        self._stale = asyncio.Event()
        hardware.follower.listen(self._heard)
        self._load()

    def _load(self) -> None:
        """Take the settings; from any thread."""
        self._inputs = {one.item: one.values for one in self._settings.items(alarm_input.AlarmInput)}
        self._outputs = {one.item: one.values for one in self._settings.items(alarm_output.AlarmOutput)}

    def title(self, kind: str, name: str) -> str:
        """What the owner calls a terminal; empty where that was left open."""
        page = {INPUT: self._inputs, RELAY: self._outputs}.get(kind, {}).get(name)
        return page.name if page is not None else ""

    def mode(self, output: str) -> Mode:
        """Who switches an output."""
        return self._page(output).mode

    def warning(self, output: str) -> str:
        """What to think of before it is switched on, as far as it is known now."""
        states = self._hardware.follower.states(RelayState)
        return next((warning(one) for one in states if one.name == output), "")

    # --- how they are ---

    async def inputs(self) -> list[AlarmInput]:
        """List the alarm inputs in the order of the board; raises `HardwareAway`."""
        return [self._input(one) for one in await self._hardware.states(AlarmInputState)]

    async def outputs(self) -> list[Output]:
        """List the outputs in the order of the board; raises `HardwareAway`."""
        return [self._output(one) for one in await self._hardware.states(RelayState)]

    # --- by hand; raises `NotFound`, `NotByHand`, `HardwareRefused`, `HardwareAway` ---

    async def switch(self, name: str, *, closed: bool) -> Output:
        """Switch an output on, as long as its settings say, or off."""
        page = await self._by_hand(name)
        if closed and page.pulse_s is not None:
            await self._hardware.ask(RELAY, name, "pulse", for_s=page.pulse_s)
        else:
            await self._hardware.ask(RELAY, name, "switch", closed=closed)
        return self._output(await self._state(name))

    async def toggle(self, name: str) -> Output:
        """Switch an output the other way."""
        return await self.switch(name, closed=not (await self._state(name)).closed)

    async def press(self, name: str) -> Output:
        """Switch an output on, where it goes off by itself; else the other way."""
        return await (self.switch(name, closed=True) if self._page(name).pulse_s is not None else self.toggle(name))

    async def pulse(self, name: str, seconds: float) -> Output:
        """Switch an output on for a time."""
        await self._by_hand(name)
        await self._hardware.ask(RELAY, name, "pulse", for_s=seconds)
        return self._output(await self._state(name))

    async def reset(self) -> list[Output]:
        """Switch off all outputs that are on but those that are always on (D-ALM-08)."""
        for one in await self._hardware.states(RelayState):
            if one.online and one.closed and self._page(one.name).mode is Mode.AUTO:
                await self._hardware.ask(RELAY, one.name, "switch", closed=False)
        return await self.outputs()

    # --- as the settings say ---

    def settings_changed(self, changed: Sequence[Changed]) -> bool:
        """Take what changed, in the changing thread; says whether it concerns terminals."""
        pages = {alarm_input.AlarmInput.about.name, alarm_output.AlarmOutput.about.name}
        if concerned := any(one.page in pages for one in changed):
            self._load()
        return concerned

    def look(self) -> None:
        """See soon whether all is as it shall be; belongs to the event loop."""
        self._stale.set()

    async def run(self) -> None:
        """Keep inputs and outputs as the settings say until cancelled."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            try:
                for contact in self._hardware.follower.states(AlarmInputState):
                    await self._keep_input(contact)
                for relay in self._hardware.follower.states(RelayState):
                    await self._keep_output(relay)
            except HalUnavailable as error:
                log.debug("hal: %s", error)
                await asyncio.sleep(AGAIN_S)
                self._stale.set()

    def _heard(self, said: DeviceState | DeviceEvent, _before: DeviceState | None) -> None:
        if isinstance(said, AlarmInputState | RelayState):
            self._stale.set()

    async def _keep_input(self, now: AlarmInputState) -> None:
        wanted = self._inputs.get(now.name, alarm_input.AlarmInput()).rest
        if now.rest != wanted:
            await self._tell(now, "rests", contact=wanted)

    async def _keep_output(self, now: RelayState) -> None:
        if not now.online:
            return
        mode = self._page(now.name).mode
        if mode is Mode.MANUAL:
            self._forced.add(now.name)
            if not now.closed or now.timed:
                await self._tell(now, "switch", closed=True)
        elif now.closed and (mode is Mode.OFF or now.name in self._forced):
            await self._tell(now, "switch", closed=False)
        if mode is not Mode.MANUAL:
            self._forced.discard(now.name)

    async def _tell(self, device: DeviceState, verb: str, **arguments: Any) -> None:
        try:
            await self._hardware.follower.ask(device.kind, device.name, verb, **arguments)
        except HalRefused as error:
            log.warning("%s is not as its settings say: %s", device.name, error)

    # --- how ---

    def _page(self, name: str) -> alarm_output.AlarmOutput:
        return self._outputs.get(name, alarm_output.AlarmOutput())

    async def _by_hand(self, name: str) -> alarm_output.AlarmOutput:
        await self._state(name)
        page = self._page(name)
        if page.mode is not Mode.AUTO:
            mode = _("Always on") if page.mode is Mode.MANUAL else _("Never on")
            raise NotByHand(output=page.name or name, mode=mode)
        return page

    async def _state(self, name: str) -> RelayState:
        return await self._hardware.state(RelayState, name, _("output {name}").format(name=name))

    def _box(self, kind: str, name: str) -> str:
        known = self._hardware.follower.inventory
        return next((box_of(one) for one in known if (one.kind, one.name) == (kind, name)), "")

    def _input(self, one: AlarmInputState) -> AlarmInput:
        words, tone = input_words(one)
        return AlarmInput(
            name=one.name,
            online=one.online,
            reason=one.reason,
            role=one.role,
            active=one.active,
            normally_closed=one.normally_closed,
            stuck=InputFault.STUCK in one.faults,
            title=self.title(INPUT, one.name),
            words=words,
            tone=tone,
            box=self._box(INPUT, one.name),
        )

    def _output(self, one: RelayState) -> Output:
        page = self._page(one.name)
        words, tone = output_words(one, page)
        return Output(
            name=one.name,
            online=one.online,
            reason=one.reason,
            role=one.role,
            closed=one.closed,
            timed=one.timed,
            normally_closed=one.normally_closed,
            title=page.name,
            mode=page.mode,
            pulse_s=page.pulse_s,
            words=words,
            tone=tone,
            warning=warning(one),
            box=self._box(RELAY, one.name),
        )

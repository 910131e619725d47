"""What happens at the machine underneath, told as events of the API, and what is wrong with it now.

`input`: an edge at an alarm input. `output`: one was switched. `poe_port`: a port does something else. `dome`: a dome
complains. `key`: the reset key of the case is held. `stick`: one was pulled out while it was written. `trouble`:
something is wrong, or (`over`) no longer.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from hal.client import DeviceEvent, DeviceState
from hal.client.follower import Follower
from hal.client.kinds import (
    AlarmInputState,
    DomeComplaint,
    InputRole,
    KeyAction,
    KeyEvent,
    NetworkInterfaceState,
    PoeSupplyState,
    RelayState,
)
from recorder.client.answers import BayStatus, StickStatus, Trouble
from recorder.client.clock import SECOND_US, Clock
from recorder.client.words import _
from recorder.control.events import Events
from recorder.control.poe_words import port_name, port_words
from recorder.control.troubles import OFFLINE, UNPLUGGED, Found, troubles_of, unplugged

SILENT_US = 3 * SECOND_US
"""A device that is silent for less is none of the owner's business: the hardware service may only be starting anew."""
LINK_US = 5 * SECOND_US
"""A network that is away for less is one that agrees on its speed anew, as after a change of its settings."""
PATIENCE_US: Mapping[str, int] = {OFFLINE: SILENT_US, UNPLUGGED: LINK_US}
"""By fault; what is not here is told at once."""
LOOK_S = 1.0
BAY, USB_PORT = "bay", "usb_port"
"""What is wrong with them is told by who knows more: which disk a bay misses (`recorder.control.bays`), and why a stick
could not be mounted (`recorder.control.sticks`)."""
log = logging.getLogger(__name__)
Key = tuple[str, str, str, str]
"""Kind, name, part, fault."""


class HardwareEvents:
    """Hears the hardware, and looks once a second for what has been silent for too long."""

    def __init__(
        self, hal: Follower, events: Events, clock: Clock, title: Callable[[str, str], str] = lambda _kind, _name: ""
    ) -> None:
        """`title` gives what the owner calls a device, by kind and name; empty where that was left open."""
        self._hal = hal
        self._title = title
        self._events = events
        self._clock = clock
        self.reset_held: Callable[[], object] = lambda: None
        """Called when the reset key of the case was held."""
        self._found: dict[Key, Trouble] = {}
        self._seen_us: dict[Key, int] = {}
        """Since when it is so, on the clock that nobody sets."""
        self._told: set[Key] = set()
        self._carried: set[str] = set()
        """Interfaces that had a network since the start: a socket that nobody uses is no trouble."""
        hal.listen(self._heard)
        hal.bid_farewell(lambda gone: self.note(gone.kind, gone.name, ()))

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong now, the oldest first."""
        return tuple(sorted((self._found[key] for key in self._told), key=lambda one: one.since_us))

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            self._tell_new()

    def note_bay(self, bay: BayStatus) -> None:
        """Take what is wrong with a bay or the disk in it."""
        words = _("Bay {name}: {fault}.").format(name=bay.name, fault=bay.fault.rstrip("."))
        self.note(BAY, bay.name, (Found("", "disk", words),) if bay.fault else ())

    def note_stick(self, port: str, problem: str) -> None:
        """Take why the stick in a port cannot be used; empty: it can."""
        words = _("The USB stick in {port} cannot be used: {problem}.").format(port=port, problem=problem.rstrip("."))
        self.note(USB_PORT, port, (Found("", "unreadable", words),) if problem else ())

    def tell_pulled(self, stick: StickStatus) -> None:
        """Tell of a stick that was pulled out while it was written."""
        words = _("The USB stick {label} was pulled out while it was written. Its newest files may be damaged.")
        told = {"port": stick.port, "label": stick.label, "words": words.format(label=stick.label)}
        log.warning("%s", told["words"])
        self._events.publish("stick", told)

    def _heard(self, said: DeviceState | DeviceEvent, before: DeviceState | None) -> None:
        if isinstance(said, DeviceState):
            self._look_at(said)
        if isinstance(said, NetworkInterfaceState):
            for one in self._hal.states(NetworkInterfaceState):
                self._look_at(one)
        match said, before:
            case AlarmInputState(), AlarmInputState() if said.online and said.active is not before.active:
                self._events.publish("input", _input(said, self._title(said.kind, said.name)))
            case RelayState(), RelayState() if said.online and said.closed is not before.closed:
                self._events.publish("output", _output(said, self._title(said.kind, said.name)))
            case PoeSupplyState(), PoeSupplyState():
                for told in _ports(said, before):
                    self._events.publish("poe_port", told)
            case KeyEvent(key="reset", action=KeyAction.HELD), _:
                words = _("The reset key of the recorder was held.")
                log.warning("%s", words)
                self.reset_held()
                self._events.publish("key", {"name": said.name, "key": said.key, "words": words})
            case DomeComplaint(), _:
                told = {"line": said.name, "address": said.address, "words": said.words}
                self._events.publish("dome", told)
            case _:
                pass

    def look_again(self) -> None:
        """Say what is wrong in the names that the owner gives now."""
        for state in self._hal.states(DeviceState):
            self._look_at(state)

    def _look_at(self, state: DeviceState) -> None:
        if state.kind not in {BAY, USB_PORT}:
            named = replace(state, name=_both(state.name, self._title(state.kind, state.name)))
            lost = isinstance(state, NetworkInterfaceState) and self._has_lost(state)
            self.note(state.kind, state.name, (*troubles_of(named), *([unplugged(named.name)] if lost else ())))

    def _has_lost(self, state: NetworkInterfaceState) -> bool:
        """Whether an interface had a network and has none. Members of a bond share an address: one is enough."""
        if not state.online:
            return False
        if state.link:
            self._carried.add(state.name)
        of_bond = (one for one in self._hal.states(NetworkInterfaceState) if one.mac and one.mac == state.mac)
        return state.name in self._carried and not any(one.online and one.link for one in (state, *of_bond))

    def note(self, kind: str, name: str, found: Sequence[Found]) -> None:
        """Take all that is wrong with one device now."""
        now = {(kind, name, one.part, one.fault): one for one in found}
        gone = [key for key in self._found if key[:2] == (kind, name) and key not in now]
        for key, one in now.items():
            since_us = self._found[key].since_us if key in self._found else self._clock.now_us()
            self._found[key] = Trouble(*key, one.words, since_us)
            self._seen_us.setdefault(key, self._clock.monotonic_us())
        for key in gone:
            over = self._found.pop(key)
            del self._seen_us[key]
            if key in self._told:
                self._told.discard(key)
                log.info("over: %s", over.words)
                self._events.publish("trouble", {**asdict(over), "over": True})
        self._tell_new()

    def _tell_new(self) -> None:
        now_us = self._clock.monotonic_us()
        for key, one in self._found.items():
            patience_us = PATIENCE_US.get(key[-1], 0)
            waits = patience_us and (now_us - self._seen_us[key] < patience_us or not self._hal.connected)
            if key not in self._told and not waits:
                self._told.add(key)
                log.warning("%s", one.words)
                self._events.publish("trouble", {**asdict(one), "over": False})


def _both(name: str, title: str) -> str:
    """What the owner calls it, and where it is."""
    return f"{title} ({name})" if title else name


def _input(now: AlarmInputState, title: str) -> dict[str, object]:
    words = _("Alarm input {name} is active.") if now.active else _("Alarm input {name} is at rest again.")
    if now.role is InputRole.TAMPER:
        words = _("The recorder's case was opened.") if now.active else _("The recorder's case is closed again.")
    words = words.format(name=_both(now.name, title))
    return {"name": now.name, "title": title, "role": now.role, "active": now.active, "words": words}


def _output(now: RelayState, title: str) -> dict[str, object]:
    words = _("Output {name} is on.") if now.closed else _("Output {name} is off.")
    words = words.format(name=_both(now.name, title))
    return {"name": now.name, "title": title, "role": now.role, "closed": now.closed, "words": words}


def _ports(now: PoeSupplyState, before: PoeSupplyState) -> Iterator[dict[str, object]]:
    known = {one.port: one.state for one in before.ports}
    for one in now.ports:
        if now.online and known.get(one.port, one.state) is not one.state:
            words = f"{port_name(one)}: {port_words(one)[0].rstrip('.')}."
            yield {"supply": now.name, "port": one.port, "state": one.state, "words": words}

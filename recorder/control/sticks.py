"""USB sticks that are in the recorder's ports: where exports may go while they are (D-BKP-04).

hal-admin mounts them. They can be read as long as they are in, and be written only while something is written there:
one that is not may be pulled out at any time.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from hal.client import DeviceEvent, DeviceState, HalUnavailable
from hal.client.admin import AdminClient
from hal.client.follower import Follower
from hal.client.kinds import UsbPortState
from recorder.client.answers import StickStatus
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.words import _

log = logging.getLogger(__name__)

LOOK_S = 1.0
AGAIN_US = 30 * SECOND_US
"""A stick that could not be mounted is tried again after so long, for as long as it is in."""
LASTS_S = 20
"""So long a stick can be written after it was asked for, whether or not anything is written there by then."""
MOUNTS_S = 130.0
"""A slow stick takes its time until all is on it."""


class StickNotWritten(NightjarError):
    """A stick cannot be written."""

    status = 409
    words = _("The USB stick {label} cannot be written: {problem}.")


class Sticks:
    """The sticks as the hardware service tells them; read from any thread."""

    def __init__(
        self,
        instance: Instance,
        clock: Clock,
        hal: Follower,
        used: Callable[[], Sequence[str]],
        tell: Callable[[str, str], None],
        pulled: Callable[[StickStatus], None],
    ) -> None:
        """`used` gives the folders that something is being written to.

        `tell` takes what is wrong with the stick in a port, `pulled` a stick that was pulled out while it could be
        written; all three are called in the event loop.
        """
        self._instance = instance
        self._clock = clock
        self._hal = hal
        self._used = used
        self._tell = tell
        self._pulled = pulled
        self._faults: dict[str, str] = {}
        self._told: dict[str, str] = {}
        """What is wrong, by port: since the last look, and as it was told."""
        self._again_us: dict[str, int] = {}
        self._until_us: dict[str, int] = {}
        """By folder: those that were asked to be written, and for how long at least."""
        self._one_at_a_time = Lock()
        self._left_behind = False
        hal.listen(self._heard)

    @property
    def sticks(self) -> tuple[StickStatus, ...]:
        """Those whose files can be reached."""
        ports = self._hal.states(UsbPortState)
        return tuple(self._status(one) for one in ports if one.online and one.occupied and one.place)

    @property
    def places(self) -> tuple[Path, ...]:
        """The folders of those that can be written."""
        return tuple(Path(one.place) for one in self.sticks if not one.read_only)

    async def run(self) -> None:
        """Look every second until cancelled."""
        while True:
            await asyncio.to_thread(self.look, self._hal.states(UsbPortState), tuple(self._used()))
            for port in {*self._told, *self._faults}:
                if (words := self._faults.get(port, "")) != self._told.get(port, ""):
                    self._tell(port, words)
            self._told = dict(self._faults)
            await asyncio.sleep(LOOK_S)

    def look(self, seen: Sequence[UsbPortState], used: Sequence[str]) -> None:
        """Mount what was pushed in, let nothing be written any more where nothing is, forget what was pulled out."""
        now_us = self._clock.monotonic_us()
        here = [one for one in seen if one.online and one.occupied]
        ports = {one.name for one in here}
        self._again_us = {port: due_us for port, due_us in self._again_us.items() if port in ports}
        problems = {one.name: one.problem for one in here if one.problem}
        self._faults = {port: words for port, words in self._faults.items() if port in ports} | problems
        if self._left_behind:
            self._left_behind = False
            self._ask("forget")
        for one in here:
            if one.problem or self._again_us.get(one.name, 0) > now_us:
                continue
            if not one.place:
                self._mount(one)
            elif (one.writing or one.place in self._until_us) and not self._is_wanted(one.place, used):
                self._again_us[one.name] = now_us + AGAIN_US
                if not self._ask("mount", disk=one.disk, writing=False):
                    self._until_us.pop(one.place, None)

    def open_for_writing(self, named: str) -> None:
        """Have the stick written that a folder is on, if it is on one. Blocks; raises `StickNotWritten`."""
        wished = Path(os.path.realpath(named))
        for one in self._hal.states(UsbPortState):
            if one.online and one.place and wished.is_relative_to(os.path.realpath(one.place)):
                self._until_us[one.place] = self._clock.monotonic_us() + LASTS_S * SECOND_US
                if problem := self._ask("mount", disk=one.disk, writing=True):
                    raise StickNotWritten(label=one.label, problem=problem.rstrip("."))
                self._again_us.pop(one.name, None)

    def _is_wanted(self, place: str, used: Sequence[str]) -> bool:
        asked = self._until_us.get(place, 0) > self._clock.monotonic_us()
        return asked or any(Path(one).is_relative_to(place) for one in used)

    def _mount(self, port: UsbPortState) -> None:
        self._again_us[port.name] = self._clock.monotonic_us() + AGAIN_US
        if problem := self._ask("mount", disk=port.disk):
            self._faults[port.name] = problem
        else:
            self._faults.pop(port.name, None)
            log.info("%s: the stick %s can be read", port.name, port.label)

    def _ask(self, verb: str, **arguments: Any) -> str:
        """Ask hal-admin; gives what it said against it."""
        try:
            with self._one_at_a_time, AdminClient(self._instance.socket("hal-admin"), MOUNTS_S) as root:
                root.ask("stick", verb, **arguments)
        except HalUnavailable as error:
            log.warning("sticks: %s", error)
            return str(error)
        return ""

    def _heard(self, said: DeviceState | DeviceEvent, before: DeviceState | None) -> None:
        if not isinstance(said, UsbPortState):
            return
        if isinstance(before, UsbPortState) and said.online and before.place not in {"", said.place}:
            if not said.occupied and (status := self._status(before)).writing:
                self._pulled(status)
            self._left_behind = True
            self._until_us.pop(before.place, None)
            self._again_us.pop(before.name, None)

    def _status(self, port: UsbPortState) -> StickStatus:
        return StickStatus(
            port.name,
            port.label,
            port.place,
            port.capacity_bytes,
            port.free_bytes,
            read_only=port.read_only,
            writing=port.writing or port.place in self._until_us,
        )

"""Which bay a recording disk sits in, and the light of the bay whose disk is wanted: pulled, dead, or about to fail.

hal tells what is in each bay and where it is mounted, media how each disk records. The light of a bay is the indicator
of its group; the front's light for disks follows all bays.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hal.client import DeviceEvent, DeviceState, HalUnavailable
from hal.client.follower import Follower
from hal.client.kinds import ArrayState, BayState, DiskState, IndicatorState, Meaning, Member
from recorder.client.answers import ArrayMember, ArrayStatus, BayStatus
from recorder.client.instance import Instance
from recorder.client.status import DiskState as Recording
from recorder.client.status import DiskStatus
from recorder.client.words import _
from recorder.control.events import Events
from recorder.control.volumes import sets

log = logging.getLogger(__name__)

AGAIN_S = 1.0
FOUND_S = 15.0
"""hal looks for the drive in a bay that was empty every 10 s: one that was just pushed in is silent until then."""
_GONE = {Recording.FAILED, Recording.MISSING}
_WORN = {"replace", "failed"}
REBUILDING = "rebuilding"
"""Of an array, and of a disk in it."""


class Bays:
    """Follows bays and disks until cancelled."""

    def __init__(
        self,
        instance: Instance,
        events: Events,
        hal: Follower,
        told: Callable[[BayStatus], None] | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`told` gets each bay whenever they were looked at."""
        self.bays: tuple[BayStatus, ...] = ()
        self.arrays: tuple[ArrayStatus, ...] = ()
        self._instance = instance
        self._events = events
        self._hal = hal
        self._told = told
        self._disks: Sequence[DiskStatus] = ()
        self._homes: dict[str, str] = {}
        """By the place of a recording disk, the bay that it was last seen in."""
        self._mount_faults: Mapping[str, str] = {}
        self._monotonic_s = monotonic_s
        self._came: dict[str, tuple[str, float]] = {}
        """By bay, the serial number of its disk and when it came."""
        self._stale = asyncio.Event()
        hal.listen(self._heard)
        hal.bid_farewell(lambda _gone: self._stale.set())

    def follow(self, disks: Sequence[DiskStatus]) -> None:
        """Take how the recording disks are."""
        self._disks = disks
        self._stale.set()

    def take_mount_faults(self, faults: Mapping[str, str]) -> None:
        """Take why disks that were made ready are not mounted, by their serial numbers."""
        self._mount_faults = faults
        self._stale.set()

    def _heard(self, said: DeviceState | DeviceEvent, _before: DeviceState | None) -> None:
        if isinstance(said, BayState | DiskState | ArrayState | IndicatorState):
            self._stale.set()

    async def run(self) -> None:
        """Look whenever something is another way."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(FOUND_S):
                    await self._stale.wait()
            self._stale.clear()
            devices = self._hal.states(DeviceState)
            self.arrays = self._arrays(devices)
            self._tell(self._statuses(devices, self._disks))
            try:
                await self._light()
            except HalUnavailable as error:
                log.debug("hal: %s", error)
                await asyncio.sleep(AGAIN_S)
                self._stale.set()

    def _tell(self, found: tuple[BayStatus, ...]) -> None:
        before = {one.name: one.fault for one in self.bays}
        self.bays = found
        for one in found:
            if self._told is not None:
                self._told(one)
            if one.fault != before.get(one.name, ""):
                log.warning("bay %s: %s", one.name, one.fault or "well again")
                self._events.publish("bay", one)

    def _statuses(self, devices: Sequence[DeviceState], recording: Sequence[DiskStatus]) -> tuple[BayStatus, ...]:
        bays = [one for one in devices if isinstance(one, BayState)]
        drives = {one.name: one for one in devices if isinstance(one, DiskState)}
        arrays = {member.disk: one.title for one in sets(devices) for member in one.members if not member.gone}
        # The file system of an array is none of its disks'.
        places = {bay.name: "" if bay.disk in arrays else self._place(bay.mounts) for bay in bays}
        for bay, place in places.items():
            if place:
                self._homes = {known: home for known, home in self._homes.items() if home != bay} | {place: bay}
        now_s = self._monotonic_s()
        before, self._came = self._came, {bay.name: (bay.serial, now_s) for bay in bays if bay.occupied}
        self._came |= {
            name: one for name, one in before.items() if name in self._came and self._came[name][0] == one[0]
        }
        gone = {disk.place: disk for disk in recording if disk.state in _GONE and not disk.set_aside}
        # Beside the one that finds a bay there may be others, for what its disk does.
        lights = {one.bay: one for one in devices if isinstance(one, IndicatorState) and Meaning.LOCATE in one.meanings}
        return tuple(
            replace(
                self._status(bay, drives.get(bay.name), places[bay.name], gone),
                array=arrays.get(bay.disk, "") if bay.disk else "",
                **_light(lights.get(bay.name)),
            )
            for bay in bays
        )

    def _arrays(self, devices: Sequence[DeviceState]) -> tuple[ArrayStatus, ...]:
        bays = {one.disk: one.name for one in devices if isinstance(one, BayState) and one.disk}
        return tuple(
            ArrayStatus(
                name=one.name,
                title=one.title,
                level=one.level,
                health=one.health,
                capacity_bytes=one.capacity_bytes,
                disks_wanted=one.disks_wanted,
                members=tuple(_member(disk, bays) for disk in one.members),
                progress_percent=one.progress_percent,
                bytes_per_s=one.bytes_per_s,
                pace=one.pace,
                mismatches=one.mismatches,
                place=self._place(one.mounts),
                uuid=one.uuid,
                system=one.system,
                fault=self._mount_faults.get(one.uuid, ""),
                shares=one.shares,
            )
            for one in sets(devices)
        )

    def _place(self, mounts: Sequence[str]) -> str:
        here = self._instance.disks.absolute()
        return next((Path(mount).name for mount in mounts if Path(mount).parent == here), "")

    def _status(self, bay: BayState, drive: DiskState | None, place: str, gone: Mapping[str, DiskStatus]) -> BayStatus:
        wanted = next((name for name, home in self._homes.items() if home == bay.name and name in gone), "")
        fault = ""
        if wanted and not bay.occupied:
            fault = _("disk {disk} is missing").format(disk=wanted)
        elif wanted:
            fault = _("disk {disk}: {reason}").format(disk=wanted, reason=gone[wanted].reason or gone[wanted].state)
        elif bay.serial in self._mount_faults:
            fault = self._mount_faults[bay.serial]
        elif drive is not None and not drive.online and self._is_known(bay):
            fault = drive.reason
        elif drive is not None and drive.online and drive.verdict in _WORN:
            fault = drive.words
        known = drive if drive is not None and drive.online else DiskState(bay.name)
        return BayStatus(
            name=bay.name,
            occupied=bay.occupied,
            place=place or wanted,
            disk=bay.disk,
            model=bay.model,
            serial=bay.serial,
            capacity_bytes=bay.capacity_bytes,
            verdict=known.verdict,
            words=known.words,
            temperature_c=known.temperature_c,
            power_on_h=known.power_on_h,
            fault=fault,
            technology=known.technology,
            firmware=known.firmware,
            worn_percent=known.worn_percent,
            year_bytes=known.year_bytes,
            year_rating_bytes=known.year_rating_bytes,
            standby=known.standby,
            self_test=known.self_test,
            self_test_percent=known.self_test_percent,
            system=bay.system,
        )

    def _is_known(self, bay: BayState) -> bool:
        """Whether there is a disk for so long that its drive must have been found."""
        return bay.name in self._came and self._monotonic_s() - self._came[bay.name][1] >= FOUND_S

    async def _light(self) -> None:
        faulty, rebuilt = frozenset(one.name for one in self.bays if one.fault), being_rebuilt(self.arrays)
        bays = {one.name for one in self.bays}
        for one in self._hal.states(IndicatorState):
            if not one.online:
                continue
            bay = one.bay
            if bay in bays:
                await self._show(one, Meaning.FAULT, holds=bay in faulty)
                await self._show(one, Meaning.REBUILD, holds=bay in rebuilt)
            elif bay is None:
                await self._show(one, Meaning.DISK_FAULT, holds=bool(faulty))
                await self._show(one, Meaning.REBUILD, holds=any(array.health == REBUILDING for array in self.arrays))

    async def _show(self, light: IndicatorState, meaning: Meaning, *, holds: bool) -> None:
        if meaning in light.meanings and (meaning in light.told) is not holds:
            await self._hal.ask("indicator", light.name, "show", meaning=meaning, holds=holds)


def being_rebuilt(arrays: Sequence[ArrayStatus]) -> frozenset[str]:
    """Name the bays whose disks are given the data of an array."""
    return frozenset(one.bay for array in arrays for one in array.members if one.role == REBUILDING and not one.gone)


def _member(disk: Member, bays: Mapping[str, str]) -> ArrayMember:
    # Where one was pulled, its name may be that of a new disk in its bay.
    return ArrayMember(disk.disk if disk.gone else bays.get(disk.disk, disk.disk), disk.role, disk.gone)


def _light(light: IndicatorState | None) -> dict[str, bool]:
    if light is None or not light.online:
        return {}
    return {"light": True, "located": Meaning.LOCATE in light.told}

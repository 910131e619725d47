"""What an owner has done at the bays: disks shown by a light, tested, made ready, let go."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from hal.client.kinds import IndicatorState, Meaning
from recorder.client.answers import BayStatus, BayTask
from recorder.client.errors import NightjarError, NotFound
from recorder.client.instance import Instance
from recorder.client.status import DiskStatus
from recorder.client.words import _
from recorder.control.bay_jobs import BayJobs
from recorder.control.bays import Bays
from recorder.control.hardware import Hardware, HardwareRefused
from recorder.control.places import Places
from recorder.control.prepare_disk import Target, Wanted, prepare
from recorder.control.release_disk import Releasing
from recorder.settings.pages.disk import Disk
from recorder.settings.settings import Author, Settings

log = logging.getLogger(__name__)
LOOK_S = 1.0


class WrongSerial(NightjarError):
    """What was typed back is not what stands on the disk."""

    status = 409
    words = _(
        "{typed} is not the serial number of {disk}. It stands on the label of the drive, and in the list of bays."
    )


class BayWork:
    """Does the work. All but the jobs blocks until it is done; safe from any thread."""

    def __init__(
        self,
        instance: Instance,
        hardware: Hardware,
        bays: Bays,
        settings: Settings,
        disks: Callable[[], Sequence[DiskStatus]],
        places: Places,
        jobs: BayJobs,
    ) -> None:
        self._instance = instance
        self._hardware = hardware
        self._bays = bays
        self._settings = settings
        self._releasing = Releasing(instance, hardware, settings, disks)
        self._places = places
        self._jobs = jobs

    async def run(self) -> None:
        """Take back disks that were let go, whenever they come."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await asyncio.to_thread(self._releasing.take_back, self._bays.bays)
            except (NightjarError, OSError) as error:
                log.warning("a disk that is back is not recorded to yet: %s", error)

    def bays(self) -> tuple[BayStatus, ...]:
        """The bays, with what is done there."""
        jobs = self._jobs.told()
        return tuple(replace(one, job=jobs.get(one.name)) for one in self._bays.bays)

    def bay(self, name: str) -> BayStatus:
        """One bay; raises `NotFound`."""
        found = next((one for one in self.bays() if one.name == name), None)
        if found is None:
            raise NotFound(what=_("bay {bay}").format(bay=name))
        return found

    def _occupied(self, bay: str) -> BayStatus:
        found = self.bay(bay)
        if not found.occupied:
            raise HardwareRefused(what=_("Bay {bay} is empty").format(bay=bay))
        return found

    def unused(self, bay: str) -> BayStatus:
        """Give a bay whose disk is neither the system's nor an array's; raises `NotFound`, `HardwareRefused`."""
        found = self._occupied(bay)
        if found.system:
            raise HardwareRefused(what=_("The recorder itself starts from the disk in bay {bay}").format(bay=bay))
        if found.array:
            what = _("The disk in bay {bay} belongs to the array {array}").format(bay=bay, array=found.array)
            raise HardwareRefused(what=what)
        return found

    # --- at once; raises `HardwareRefused`, `HardwareAway` ---

    def locate(self, bay: str, *, on: bool) -> BayStatus:
        """Have the light of a bay show which one it is."""
        self.bay(bay)
        lights = [
            one.name
            for one in self._hardware.follower.states(IndicatorState)
            if one.group == f"bay {bay}" and Meaning.LOCATE in one.meanings
        ]
        if not lights:
            raise HardwareRefused(what=_("Bay {bay} has no light that could show it").format(bay=bay))
        for light in lights:
            self._hardware.call("indicator", light, "show", meaning=Meaning.LOCATE, holds=on)
        return replace(self.bay(bay), located=on)

    def test(self, bay: str, *, extended: bool) -> BayStatus:
        """Begin a self-test of the drive; recording goes on."""
        return self._ask_drive(bay, "test", extended=extended)

    def stop_test(self, bay: str) -> BayStatus:
        """Give up a self-test."""
        return self._ask_drive(bay, "stop_test")

    def check(self, bay: str) -> BayStatus:
        """Ask the drive how it is, waking it."""
        return self._ask_drive(bay, "check")

    def scan(self, bay: str) -> BayStatus:
        """Look whether there is a disk in a bay, also one that was let go."""
        self.bay(bay)
        self._hardware.call("bay", bay, "scan")
        return self.bay(bay)

    def _ask_drive(self, bay: str, verb: str, **arguments: Any) -> BayStatus:
        self._occupied(bay)
        self._hardware.call("disk", bay, verb, **arguments)
        return self.bay(bay)

    # --- jobs of a bay ---

    def expendable(self, bay: str, serial: str) -> BayStatus:
        """Give a bay whose disk may be emptied: nothing uses it, and `serial` is what its owner typed back.

        Raises `NotFound`, `WrongSerial`, `HardwareRefused`.
        """
        found = self.unused(bay)
        self.require_typed(found, serial)
        if self._places.is_recorded_to(found.place):
            what = _("The disk in bay {bay} is recorded to; set it to Only play first").format(bay=bay)
            raise HardwareRefused(what=what)
        return found

    @staticmethod
    def require_typed(bay: BayStatus, serial: str) -> None:
        """Raise `WrongSerial` where what was typed back is not the serial number of the disk in a bay."""
        if not bay.serial or serial != bay.serial:
            raise WrongSerial(typed=serial, disk=bay.disk)

    def prepare(self, bay: str, serial: str, wanted: Wanted, author: Author) -> BayStatus:
        """Make a disk ready for recording: all on it is lost. `serial` is what its owner typed back.

        A free name is found where none is wanted. Raises `WrongSerial`, `BadDiskName`, `BayAtWork`, `HardwareRefused`;
        what goes wrong later is told by the job.
        """
        found = self.expendable(bay, serial)
        taken = {one.place for one in (*self._bays.bays, *self._bays.arrays)}
        wanted = replace(wanted, name=self._places.name_for(wanted.name, taken))
        target = Target(found.disk, found.serial, found.place)
        self._jobs.begin(
            (bay,),
            BayTask.PREPARE,
            lambda running: prepare(self._instance, running, target, wanted),
            partial(self._settings.remark, Disk, "", "prepared", f"bay {bay}: {found.model} {found.serial}", author),
        )
        return self.bay(bay)

    def release(self, bay: str, author: Author) -> BayStatus:
        """Let go of a disk so that it can be pulled; raises `BayAtWork`, `HardwareRefused`."""
        found = self.unused(bay)
        self._jobs.begin((bay,), BayTask.RELEASE, lambda running: self._releasing.release(running, found, author))
        return self.bay(bay)

    def cancel(self, bay: str) -> BayStatus:
        """Give up what is done with a disk."""
        self.bay(bay)
        self._jobs.cancel(bay)
        return self.bay(bay)

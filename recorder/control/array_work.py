"""What an owner has done with arrays: made, made ready, paced, compared, their disks changed, taken apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from hal.client.kinds import ArrayState
from recorder.client.answers import ArrayPlan, ArrayStatus, BayStatus, BayTask
from recorder.client.array_plan import plan
from recorder.client.errors import NightjarError, NotFound
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.control.bay_jobs import BayJobs, Running
from recorder.control.bay_work import BayWork
from recorder.control.bays import Bays
from recorder.control.hardware import Hardware, HardwareRefused
from recorder.control.machine_call import root
from recorder.control.places import Places
from recorder.control.prepare_disk import Target, Wanted, prepare
from recorder.control.volumes import array_key
from recorder.settings.pages.disk import Disk
from recorder.settings.settings import Author, Settings

LEAST_TYPED = 8
"""Digits of an array's id that are typed back: it has 32, and no label to read them from."""
CREATE_S = 180.0


class WrongArrayId(NightjarError):
    """What was typed back is not the id of the array."""

    status = 409
    words = _("{typed} is not the id of the array {array}. Its first eight digits stand in the list of disks.")


@dataclass(frozen=True)
class NewArray:
    """What an array is made of: bays, each with the serial number of its disk that was typed back."""

    title: str
    level: str
    members: Mapping[str, str]
    spares: Mapping[str, str]


class Use(StrEnum):
    """What a disk is added to an array for."""

    SPARE = "spare"
    """It waits, and takes the place of a disk that is missing: also at once."""
    SHARED_SPARE = "shared_spare"
    """The same for every array that shares its spares."""
    GROW = "grow"
    """The array has more room for it."""
    REPLACE = "replace"
    """A disk of the array is copied to it, and given up after that."""


@dataclass(frozen=True)
class NewDisk:
    """A disk for an array: its bay, what was typed back, what for, and the bay of the disk it replaces."""

    bay: str
    serial: str
    use: Use = Use.SPARE
    old: str = ""


class ArrayWork:
    """Does the work. All but the jobs blocks until it is done; safe from any thread."""

    def __init__(
        self,
        instance: Instance,
        hardware: Hardware,
        bays: Bays,
        settings: Settings,
        places: Places,
        jobs: BayJobs,
        work: BayWork,
    ) -> None:
        """`work` knows which disks may be emptied."""
        self._instance = instance
        self._hardware = hardware
        self._bays = bays
        self._settings = settings
        self._places = places
        self._jobs = jobs
        self._work = work

    def arrays(self) -> tuple[ArrayStatus, ...]:
        """The arrays, with what is done with them."""
        jobs = self._jobs.told()
        return tuple(replace(one, job=jobs.get(array_key(one.name))) for one in self._bays.arrays)

    def array(self, name: str) -> ArrayStatus:
        """One array; raises `NotFound`."""
        found = next((one for one in self.arrays() if one.name == name), None)
        if found is None:
            raise NotFound(what=_("array {array}").format(array=name))
        return found

    def plan(self, level: str, members: Sequence[str], spares: Sequence[str]) -> ArrayPlan:
        """Say what an array of the disks in these bays would be; raises `NotFound`."""
        if len({*members, *spares}) != len(members) + len(spares):
            return ArrayPlan(0, "", _("A disk cannot be a spare and in use at once."))
        sizes = [[self._work.bay(bay).capacity_bytes for bay in bays] for bays in (members, spares)]
        return plan(level, *sizes)

    # --- at once; raises `HardwareRefused`, `HardwareAway` ---

    def pace(self, array: str, pace: str) -> ArrayStatus:
        """Say who goes first while an array is rebuilt."""
        return replace(self._ask(array, "set_pace", pace=pace), pace=pace)

    def verify(self, array: str) -> ArrayStatus:
        """Compare what the disks of an array hold."""
        return self._ask(array, "verify")

    def forget(self, array: str, author: Author) -> ArrayStatus:
        """Forget the disks of an array that were pulled; raises `NotFound` too."""
        found = self.array(array)
        with root(self._instance, CREATE_S) as helper:
            helper.ask("array", "forget", array=found.name)
        self._settings.remark(Disk, "", "array disks forgotten", found.title, author)
        return self.array(array)

    def _ask(self, array: str, verb: str, **arguments: Any) -> ArrayStatus:
        found = self.array(array)
        service = next((one.name for one in self._hardware.follower.states(ArrayState) if one.online), None)
        if service is None:
            raise HardwareRefused(what=_("What keeps the arrays does not answer"))
        self._hardware.call("array", service, verb, array=array, **arguments)
        return found

    # --- jobs ---

    def create(self, wanted: NewArray, author: Author) -> tuple[BayStatus, ...]:
        """Make an array of disks: all on them is lost. Gives their bays, whose job says how far it is.

        Raises `NotFound`, `WrongSerial`, `BayAtWork`, `HardwareRefused`.
        """
        typed = {**wanted.members, **wanted.spares}
        if len(typed) != len(wanted.members) + len(wanted.spares):
            raise HardwareRefused(what=_("A disk cannot be a spare and in use at once"))
        if not typed:
            raise HardwareRefused(what=_("An array is made of disks; name their bays"))
        found = [self._work.expendable(bay, serial) for bay, serial in typed.items()]
        told = ", ".join(f"bay {one.name}: {one.model} {one.serial}" for one in found)
        noted = partial(self._noted, "array made", f"{wanted.title} ({wanted.level}) of {told}", author)
        self._jobs.begin(tuple(typed), BayTask.ARRAY, lambda running: self._create(running, wanted, found), noted)
        jobs = self._jobs.told()
        return tuple(replace(one, job=jobs.get(one.name)) for one in found)

    def _create(self, running: Running, wanted: NewArray, found: Sequence[BayStatus]) -> str:
        disks = {one.name: {"disk": one.disk, "serial": one.serial} for one in found}
        with root(self._instance, CREATE_S) as helper:
            for one in found:
                self._places.unmount(helper, one.place)
            running.tell(20, _("The array is made."))
            helper.ask(
                "array",
                "create",
                title=wanted.title,
                level=wanted.level,
                members=[disks[bay] for bay in wanted.members],
                spares=[disks[bay] for bay in wanted.spares],
            )
        return _("They are the array {title} now.").format(title=wanted.title)

    def add(self, array: str, new: NewDisk, author: Author) -> BayStatus:
        """Add a disk: all on it is lost. Gives its bay, whose job says how far it is.

        Raises `NotFound`, `WrongSerial`, `BayAtWork`, `HardwareRefused`.
        """
        whole, found = self.array(array), self._work.expendable(new.bay, new.serial)
        if (new.use is Use.REPLACE) is not bool(new.old):
            raise HardwareRefused(what=_("Say which disk is replaced, and say it only then"))
        old = self._member(whole, new.old, ("active",)) if new.old else None
        told = f"{whole.title}: {new.use} {new.old}, bay {new.bay}: {found.model} {new.serial}"
        noted = partial(self._noted, "array disk added", told, author)
        self._jobs.begin(
            (new.bay,), BayTask.ARRAY, lambda running: self._add(running, whole, found, new.use, old), noted
        )
        return replace(found, job=self._jobs.told().get(new.bay))

    def _member(self, array: ArrayStatus, bay: str, roles: Sequence[str]) -> BayStatus:
        """Find a disk of an array that does one of these things there."""
        found = self._work.bay(bay)
        if not any(one.bay == bay and one.role in roles and not one.gone for one in array.members):
            what = _("The disk in bay {bay} is none of {array} that this can be done with")
            raise HardwareRefused(what=what.format(bay=bay, array=array.title))
        return found

    def remove(self, array: str, bay: str, serial: str, author: Author) -> BayStatus:
        """Take a spare or failed disk out. Gives its bay, whose job says how far it is.

        Raises `NotFound`, `WrongSerial`, `BayAtWork`, `HardwareRefused`.
        """
        whole = self.array(array)
        found = self._member(whole, bay, ("spare", "failed"))
        self._work.require_typed(found, serial)
        told = f"{whole.title}: bay {bay}: {found.model} {serial}"
        noted = partial(self._noted, "array disk taken out", told, author)
        self._jobs.begin((bay,), BayTask.OUT, lambda running: self._remove(running, whole, found), noted)
        return replace(found, job=self._jobs.told().get(bay))

    def _remove(self, running: Running, array: ArrayStatus, found: BayStatus) -> str:
        running.tell(50, _("The disk is taken out."))
        with root(self._instance, CREATE_S) as helper:
            helper.ask("array", "remove", array=array.name, disk=found.disk, serial=found.serial)
        return _("It belongs to no array now. It can be pulled, or used for something else.")

    def _add(self, running: Running, array: ArrayStatus, found: BayStatus, use: Use, old: BayStatus | None) -> str:
        about: dict[str, Any] = {"array": array.name, "disk": found.disk, "serial": found.serial}
        with root(self._instance, CREATE_S) as helper:
            self._places.unmount(helper, found.place)
            running.tell(50, _("The disk is added."))
            if use is Use.GROW:
                helper.ask("array", "grow", **about)
                return _("The array {title} is spread over this disk too.").format(title=array.title)
            if old is not None:
                helper.ask("array", "replace", **about, old=old.disk)
                words = _("The disk in bay {old} is copied to it. Pull neither until the array {title} is whole again.")
                return words.format(old=old.name, title=array.title)
            helper.ask("array", "spare", **about, shared=use is Use.SHARED_SPARE)
        return _("It is a spare of the array {title} now, and takes the place of a disk that is missing.").format(
            title=array.title
        )

    def prepare(self, array: str, typed: str, wanted: Wanted, author: Author) -> ArrayStatus:
        """Make an array ready for recording: all on it is lost. `typed` is its id, or at least eight digits of it.

        Raises `WrongArrayId`, `BadDiskName`, `BayAtWork`, `HardwareRefused`; what goes wrong later is told by the job.
        """
        found = self._lost(array, typed)
        taken = {one.place for one in self._bays.bays} | {one.place for one in self._bays.arrays}
        wanted = replace(wanted, name=self._places.name_for(wanted.name, taken))
        target = Target(found.name, found.uuid, found.place)
        noted = partial(self._noted, "prepared", f"array {found.title} {found.uuid}", author)
        self._jobs.begin(
            (array_key(array),),
            BayTask.PREPARE,
            lambda running: prepare(self._instance, running, target, wanted),
            noted,
        )
        return self.array(array)

    def delete(self, array: str, typed: str, author: Author) -> ArrayStatus:
        """Take an array apart: all on it is lost. Raises as `prepare` does."""
        found = self._lost(array, typed)
        noted = partial(self._noted, "array taken apart", f"{found.title} {found.uuid}", author)
        self._jobs.begin((array_key(array),), BayTask.APART, lambda running: self._delete(running, found), noted)
        return self.array(array)

    def _noted(self, field: str, told: str, author: Author) -> None:
        self._settings.remark(Disk, "", field, told, author)

    def _delete(self, running: Running, found: ArrayStatus) -> str:
        with root(self._instance, CREATE_S) as helper:
            self._places.unmount(helper, found.place)
            running.tell(50, _("The array is taken apart."))
            helper.ask("array", "delete", array=found.name, uuid=found.uuid)
        return _("Its disks belong to no array now.")

    def _lost(self, array: str, typed: str) -> ArrayStatus:
        """Find an array whose contents may be lost."""
        found = self.array(array)
        digits = typed.strip().casefold().replace("-", "").replace(":", "")
        if len(digits) < LEAST_TYPED or not found.uuid.replace("-", "").casefold().startswith(digits):
            raise WrongArrayId(typed=typed, array=found.title)
        if found.system:
            what = _("The recorder itself starts from the array {array}").format(array=found.title)
            raise HardwareRefused(what=what)
        if self._places.is_recorded_to(found.place):
            what = _("The array {array} is recorded to; set it to Only play first").format(array=found.title)
            raise HardwareRefused(what=what)
        return found

    def cancel(self, array: str) -> ArrayStatus:
        """Give up what is done with an array."""
        self.array(array)
        self._jobs.cancel(array_key(array))
        return self.array(array)

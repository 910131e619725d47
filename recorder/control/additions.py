"""What an owner adds to the board: which places for disks are bays, PoE switches, and alarm boxes."""

import re
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import Literal

from anyio.to_thread import run_sync

from hal.client.sizes import size
from recorder.client.answers import DiskPlace
from recorder.client.errors import NightjarError, NotFound
from recorder.client.words import _
from recorder.control.bay_jobs import BayAtWork
from recorder.control.hardware import Hardware
from recorder.control.poe import SUPPLY, SwitchLogin
from recorder.control.terminals import box_of
from recorder.settings.pages.disk import Disk
from recorder.settings.pages.general import General
from recorder.settings.settings import Author, Settings

BAY, BOX = "bay", "box"
_SATA, _NVME = re.compile(r"(.+)-ata-([\d.]+)"), re.compile(r"(.+)-nvme-\d+")
_SIMULATED = re.compile(r"simulated-sata-(\d+)")


class NotAdded(NightjarError):
    """It belongs to the board."""

    status = 409
    words = _("{what} belongs to the recorder itself; only what was added here is removed.")


@dataclass(frozen=True)
class NewSwitch:
    """A switch that powers cameras: what it is called, where it is, its login, and what of it is used.

    `ports` empty are all, `watts` None what it says itself.
    """

    name: str
    host: str
    login: SwitchLogin
    udp_port: int = 161
    ports: tuple[int, ...] = ()
    watts: float | None = None


@dataclass(frozen=True)
class NewBox:
    """An alarm box by Modbus, in the network or at a serial line: its name, where it is, and how much it has."""

    name: str
    host: str = ""
    port: int = 502
    unit: int = 1
    inputs: int = 8
    outputs: int = 0
    line: str = ""
    baud: int = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1


class Additions:
    """Adds and removes; belongs to the event loop of control."""

    def __init__(self, hardware: Hardware, settings: Settings, at_work: Callable[[], Collection[str]]) -> None:
        """`at_work` names the bays that something is being done with."""
        self._hardware = hardware
        self._settings = settings
        self._at_work = at_work

    async def places(self) -> tuple[DiskPlace, ...]:
        """List the places for disks; raises `HardwareAway`."""
        added = self._added(BAY)
        return tuple(
            DiskPlace(
                one.path,
                _place_words(one.path),
                one.bay,
                one.bay in added,
                f"{one.model or _('A disk')}, {size(one.capacity_bytes)}" if one.disk else "",
                one.serial,
                one.system,
            )
            for one in await self._hardware.connectors()
        )

    async def add_bay(self, name: str, path: str, author: Author) -> tuple[DiskPlace, ...]:
        """Say that a place is a bay; raises `HardwareRefused`, `HardwareAway`."""
        await self._hardware.change("add_bay", name=name, path=path)
        await self._remark(Disk, "bay added", f"{name}: {path}", author)
        return await self.places()

    async def remove_bay(self, name: str, author: Author) -> tuple[DiskPlace, ...]:
        """Take it back; the disk stays as it is. Raises `NotFound`, `NotAdded`, `BayAtWork`, `HardwareAway`."""
        what = _("bay {bay}").format(bay=name)
        if name in self._at_work():
            raise BayAtWork(what=_("the disk in bay {bay}").format(bay=name))
        await self._remove(BAY, name, what)
        await self._remark(Disk, "bay removed", name, author)
        return await self.places()

    async def add_switch(self, new: NewSwitch, author: Author) -> None:
        """Have the ports of a switch driven, which must answer now. That is in the audit, its password is not.

        Raises `HardwareRefused`, `HardwareAway`.
        """
        about = {name: value for name, value in asdict(new).items() if value is not None}
        await self._hardware.change("add_switch", switch=about)
        await self._remark(General, "switch_added", f"{new.name}: {new.host}", author)

    async def remove_switch(self, name: str, author: Author) -> None:
        """Drive a switch no more; its ports stay as they are. Raises `NotFound`, `NotAdded`, `HardwareAway`."""
        await self._remove(SUPPLY, name, _("switch {name}").format(name=name))
        await self._remark(General, "switch_removed", name, author)

    async def add_box(self, new: NewBox, author: Author) -> None:
        """Have the terminals of an alarm box, which must answer now; raises `HardwareRefused`, `HardwareAway`."""
        await self._hardware.change("add_box", box=asdict(new))
        await self._remark(General, "box_added", f"{new.name}: {new.host or new.line}", author)

    async def remove_box(self, name: str, author: Author) -> None:
        """Have them no more; its relays go off. Raises `NotFound`, `HardwareAway`."""
        await self._hardware.ready()
        if name not in {box_of(one) for one in self._hardware.follower.inventory}:
            raise NotFound(what=_("box {name}").format(name=name))
        await self._hardware.change("remove", kind=BOX, name=name)
        await self._remark(General, "box_removed", name, author)

    def _added(self, kind: str) -> set[str]:
        return {one.name for one in self._hardware.follower.inventory if one.kind == kind and one.added}

    async def _remove(self, kind: str, name: str, what: str) -> None:
        await self._hardware.ready()
        if not any(one.kind == kind and one.name == name for one in self._hardware.follower.inventory):
            raise NotFound(what=what)
        if name not in self._added(kind):
            raise NotAdded(what=what[:1].upper() + what[1:])
        await self._hardware.change("remove", kind=kind, name=name)

    async def _remark(self, page: type[Disk | General], field: str, told: str, author: Author) -> None:
        await run_sync(self._settings.remark, page, "", field, told, author)


def _place_words(path: str) -> str:
    """Say where a place is: "SATA port 3 of 0000:00:1f.2"."""
    if found := _SIMULATED.fullmatch(path):
        return _("SATA port {number}").format(number=found[1])
    if found := _SATA.fullmatch(path):
        return _("SATA port {number} of {controller}").format(number=found[2], controller=_controller(found[1]))
    if found := _NVME.fullmatch(path):
        return _("NVMe slot {controller}").format(controller=_controller(found[1]))
    return path


def _controller(path: str) -> str:
    return path.partition("-")[2] or path

"""Block devices as the kernel tells them: disks, what is on them, what uses them. Names come from /sys/block alone.

Facts: Documentation/ABI/stable/sysfs-block, proc(5) on mountinfo, sd(4). A whole disk has a `device` link; loop
devices, device-mapper and md do not. An array is a disk here where it is asked for: its serial number is its id.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from hal.errors import BadRequest
from hal.machine import Machine

SECTOR = 512
"""The unit of `size` in sysfs, whatever the drive's own sectors are."""
PARTITION_NAME = "nightjar"
"""What the partition of a disk that was made ready for recording is called in its table."""
NAME = re.compile(r"[a-z][a-z0-9]{1,30}")
SYSTEM_PLACES = re.compile(r"/|/(boot|efi|usr|etc|var|home|root|opt|srv|config)(/.*)?")
"""Where a recorder's own system is mounted, apart from the places below it where an image mounts recording disks."""
RECORDING_PLACES = re.compile(r"/var/lib/nightjar/disks/[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
"""What hal-admin mounts on an image (its unit's `--places`). Who is mounted there alone is no disk of the system."""
_JOURNAL_LEFT = frozenset(("norecovery", "noload"))
"""Options of XFS and ext4 by which a journal is not replayed (xfs(5), ext4(5))."""
_ESCAPE = re.compile(r"\\([0-7]{3})")
_VPD_HEAD = 4
_NO_ARRAY = frozenset(("", "clear", "inactive"))


@dataclass(frozen=True)
class BlockDisk:
    """One whole disk, or an array of disks."""

    name: str
    sys_path: Path
    size_bytes: int
    model: str
    serial: str
    """Empty where the drive tells none; then nothing destructive can be asked for it."""
    firmware: str
    rotational: bool
    read_only: bool
    partitions: tuple[str, ...]
    recording: str
    """The one partition that was made ready for recording; empty: there is none."""
    holders: tuple[str, ...]
    """Arrays and mappings that are made of it or of its partitions."""
    mounts: tuple[str, ...]
    """Where it, its partitions and their holders are mounted."""
    untouched: tuple[str, ...]
    """Those of `mounts` by which nothing is written: read only, and with the journal left as it is."""
    writable: tuple[str, ...]
    """Those of `mounts` that can be written now."""
    swaps: bool
    divisible: bool
    """Whether the kernel looks for partitions on it: not on a loop device that was set up without."""

    @property
    def system(self) -> bool:
        """Whether the recorder itself lives on it."""
        own = (one for one in self.mounts if not RECORDING_PLACES.fullmatch(one))
        return self.swaps or any(map(SYSTEM_PLACES.fullmatch, own))


def disks(machine: Machine, *, loops: bool = False, arrays: bool = False) -> list[BlockDisk]:
    """List the whole disks of the machine; with `arrays` those of md too, that run.

    With `loops` also loop devices that have a file, for tests.
    """
    used = _Used(machine)
    try:
        names = sorted(one.name for one in (machine.sys / "block").iterdir())
    except OSError:
        return []
    found: list[BlockDisk] = []
    for name in names:
        with suppress(OSError):  # pulled while we look
            path = (machine.sys / "block" / name).resolve()
            is_disk = (path / "device").exists() or (loops and (path / "loop/backing_file").exists())
            if is_disk or (arrays and _text(path / "md/array_state") not in _NO_ARRAY):
                found.append(_disk(path, used))
    return found


def disk_named(machine: Machine, name: str, *, loops: bool = False, arrays: bool = False) -> BlockDisk:
    """Find a disk; raises `BadRequest`. No path is ever made of a name that the kernel did not list."""
    if NAME.fullmatch(name):
        for one in disks(machine, loops=loops, arrays=arrays):
            if one.name == name:
                return one
    raise BadRequest(f"There is no disk {name[:32]!r}")


def labels(disk: BlockDisk) -> dict[str, str]:
    """Give what the partitions of a disk are called in its table, by the kernel's names; those without are left out."""
    called = {name: _called(disk.sys_path / name) for name in disk.partitions}
    return {name: label for name, label in called.items() if label}


def moved(disk: BlockDisk) -> tuple[str, ...]:
    """Give how often it read and wrote since it is there (Documentation/block/stat.rst: the first and fifth column)."""
    columns = _text(disk.sys_path / "stat").split()
    return (columns[0], columns[4]) if len(columns) > 4 else ()


def orphaned(machine: Machine, folder: Path) -> list[Path]:
    """List the mounts in a folder whose disks are gone: pulled while they were in use."""
    numbers = machine.sys / "dev/block"
    return [
        Path(place)
        for number, _source, place, *_how in _Used(machine).mounts
        if Path(place).parent == folder and not number.startswith("0:") and not (numbers / number).exists()
    ]


def _disk(path: Path, used: "_Used") -> BlockDisk:
    partitions = tuple(sorted(one.parent.name for one in path.glob("*/partition")))
    own = [path, *(path / name for name in partitions)]
    holders = tuple(dict.fromkeys(holder for one in own for holder in _holders(one)))
    names = {one.name for one in own} | set(holders)
    numbers = {_text(one / "dev") for one in [*own, *(path.parent / holder for holder in holders)]}
    numbers |= {_text(used.machine.sys / "class/block" / holder / "dev") for holder in holders}
    own_mounts = [one for one in used.mounts if one.number in numbers or one.source in names]
    return BlockDisk(
        name=path.name,
        sys_path=path,
        size_bytes=int(_text(path / "size") or 0) * SECTOR,
        model=_text(path / "device/model"),
        serial=_serial(path),
        firmware=_text(path / "device/rev") or _text(path / "device/firmware_rev"),
        rotational=_text(path / "queue/rotational") == "1",
        read_only=_text(path / "ro") == "1",
        partitions=partitions,
        recording=partitions[0] if len(partitions) == 1 and _called(path / partitions[0]) == PARTITION_NAME else "",
        holders=holders,
        mounts=tuple(dict.fromkeys(one.place for one in own_mounts)),
        untouched=tuple(one.place for one in own_mounts if one.untouched),
        writable=tuple(one.place for one in own_mounts if one.writable),
        swaps=bool(names & used.swaps),
        divisible=_text(path / "ext_range") != "1" and _text(path / "loop/partscan") != "0",
    )


def _holders(path: Path, depth: int = 4) -> Iterator[str]:
    """What is made of a device, and what is made of that and of its partitions."""
    with suppress(OSError):
        for one in sorted((path / "holders").iterdir()):
            yield one.name
            made = one.resolve()
            parts = sorted(part.parent for part in made.glob("*/partition"))
            yield from (part.name for part in parts)
            if depth:
                for each in (made, *parts):
                    yield from _holders(each, depth - 1)


def _called(partition: Path) -> str:
    """What a partition is called in its table (`PARTNAME` of its uevent)."""
    lines = _text(partition / "uevent").splitlines()
    return next((line.removeprefix("PARTNAME=") for line in lines if line.startswith("PARTNAME=")), "")


def _serial(path: Path) -> str:
    with suppress(OSError):
        page = (path / "device/vpd_pg80").read_bytes()
        if serial := "".join(chr(one) for one in page[_VPD_HEAD:] if 0x20 < one < 0x7F):
            return serial
    for place in ("serial", "device/serial", "md/uuid"):
        if serial := _text(path / place):
            return serial
    for above in path.parents:  # a stick's number is that of its USB device
        if (above / "idVendor").exists():
            return _text(above / "serial")
    return Path(_text(path / "loop/backing_file")).name


def _text(path: Path) -> str:
    try:
        return path.read_bytes()[:4096].decode("utf-8", "replace").strip().strip("\0").strip()
    except OSError:
        return ""


class _Mount(NamedTuple):
    number: str
    """Of the device."""
    source: str
    """The name of the device; empty where it is none."""
    place: str
    untouched: bool
    writable: bool


class _Used:
    """What is mounted, and what is swapped to."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.mounts: list[_Mount] = []
        for process in ("1", "self"):  # of the whole machine where we may see it: our own view may lack mounts
            with suppress(OSError):
                self._read((machine.proc / process / "mountinfo").read_text(errors="replace"))
        self.swaps: set[str] = set()
        with suppress(OSError):
            lines = (machine.proc / "swaps").read_text(errors="replace").splitlines()[1:]
            self.swaps = {line.split()[0].rpartition("/")[2] for line in lines if line.startswith("/dev/")}

    def _read(self, text: str) -> None:
        for line in text.splitlines():
            head, _dash, tail = line.partition(" - ")
            fields, source = head.split(), tail.split()
            if len(fields) < 6 or len(source) < 3:
                continue
            place = _ESCAPE.sub(lambda found: chr(int(found[1], 8)), fields[4])
            name = Path(source[1]).resolve().name if source[1].startswith("/dev/") else ""
            options, of_all = fields[5].split(","), source[2].split(",")
            untouched = "ro" in options and not _JOURNAL_LEFT.isdisjoint(of_all)
            writable = "ro" not in options and "ro" not in of_all  # the kernel itself says so after errors
            if (mount := _Mount(fields[2], name, place, untouched, writable)) not in self.mounts:
                self.mounts.append(mount)

"""The disk at a connector: the udev path of a disk, computed from where sysfs has it.

Facts: udev's path_id (ID_PATH and ID_PATH_ATA_COMPAT); `/dev/disk/by-path` has the same names. Ours beside them begins
with the PCI numbers of the controller (`chip-197b:0585-ata-1`), where a board has one of them. The number of an ATA
port is that of its controller (`ata_port/*/port_no`), so it does not change with the order in which disks were found.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hal.kernel.block import BlockDisk, disks
from hal.machine import Machine

_PARTS = re.compile(r"\d+|\D+")
_PCI = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")
_ATA = re.compile(r"ata\d+")
_SCSI = re.compile(r"(\d+):(\d+):(\d+):(\d+)")
_USB = re.compile(r"\d+-([\d.]+:\d+\.\d+)")
_USB_PORT = re.compile(r"(.+-usb-0:[\d.]+):\d+\.\d+-scsi-.+")


def disk_at(machine: Machine, path: str) -> BlockDisk | None:
    """Find the disk at a connector, such as `pci-0000:00:1f.2-ata-1`; None where nothing answers."""
    return next((one for one in disks(machine) if path in paths_of(one.sys_path)), None)


@dataclass(frozen=True)
class Place:
    """A place for a disk, by all its udev paths, with the disk there; None: nothing answers."""

    paths: frozenset[str]
    disk: BlockDisk | None

    @property
    def path(self) -> str:
        """How it is called: by its controller's own address, as short as can be."""
        own = [path for path in self.paths if not path.startswith("chip-")]
        return min(own or self.paths, key=lambda path: (len(path), path))


def places(machine: Machine) -> list[Place]:
    """List the places for disks: SATA ports, and wherever a disk sits. USB ports are none: sticks come and go there."""
    ports: list[frozenset[str]] = []
    with suppress(OSError):
        ports = [frozenset(paths_of(one.resolve())) for one in sorted((machine.sys / "class/ata_port").iterdir())]
    there = {frozenset(paths_of(one.sys_path)): one for one in disks(machine) if not usb_ports_of(one.sys_path)}
    empty = [paths for paths in ports if paths and not any(paths & taken for taken in there)]
    found = [Place(paths, disk) for paths, disk in there.items() if paths] + [Place(paths, None) for paths in empty]
    return sorted(found, key=lambda one: [part.zfill(8) for part in _PARTS.findall(one.path)])


def usb_ports_of(place: Path) -> set[str]:
    """Give the USB port that a disk hangs at, such as `pci-0000:00:14.0-usb-0:1`; empty where it hangs at none."""
    return {found[1] for path in paths_of(place) if (found := _USB_PORT.fullmatch(path))}


def paths_of(place: Path) -> set[str]:
    """Give the udev paths of a disk that sysfs has at `place`; more than one where udev's versions differ."""
    parts = place.parts
    pci = [(at, f"pci-{part}") for at, part in enumerate(parts) if _PCI.fullmatch(part)]
    chips = [(at + 1, f"platform-{parts[at + 1]}") for at, part in enumerate(parts[:-1]) if part == "platform"]
    if not pci and not chips:
        return set()
    at, controller = (pci or chips)[-1]
    found = _below(parts, at, controller, place.name)
    if pci and (chip := _chip(Path(*parts[: at + 1]))):
        found |= _below(parts, at, chip, place.name)
    if pci and chips:  # a PCI bridge within a chip; older versions of udev name the PCI address alone
        found |= {f"{chips[0][1]}-{path}" for path in found}
    return found


def _below(parts: tuple[str, ...], at: int, controller: str, disk: str) -> set[str]:
    root = controller
    below = parts[at + 1 :]
    found = {root} if any(part.startswith("virtio") for part in below) else set[str]()
    for depth, part in enumerate(below):
        if _ATA.fullmatch(part):
            number = _port(Path(*parts[: at + 2 + depth]), part)
            return {f"{root}-ata-{number}", f"{root}-ata-{number}.0"} if number else set()
        if usb := _USB.fullmatch(part):
            root = f"{controller}-usb-0:{usb[1]}"
        elif scsi := _SCSI.fullmatch(part):
            found.add(f"{root}-scsi-0:{scsi[2]}:{scsi[3]}:{scsi[4]}")
        elif part == "nvme":
            found.add(f"{root}-nvme-{disk.rpartition('n')[2]}")
    return found


def _chip(controller: Path) -> str:
    """Name a controller by what it is, wherever it sits: boards have the same chip at different addresses."""
    try:
        vendor, device = ((controller / name).read_text().strip() for name in ("vendor", "device"))
    except OSError:
        return ""
    return f"chip-{vendor.removeprefix('0x')}:{device.removeprefix('0x')}"


def _port(ata: Path, name: str) -> str:
    try:
        return (ata / "ata_port" / name / "port_no").read_text().strip()
    except OSError:
        return ""

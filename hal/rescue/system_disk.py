"""The recorder's own disk, found by the labels of its partitions."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hal.errors import Refused
from hal.kernel.block import SECTOR, BlockDisk, disks, labels
from hal.kernel.connector import usb_ports_of
from hal.machine import Machine

LABELS = frozenset(
    ("esp", "env", "kernel-a", "system-a", "kernel-b", "system-b", "rescue", "config", "data")
)  # fmt: skip
"""Those of board/common/partitions.toml."""


@dataclass(frozen=True)
class SystemDisk:
    """A disk that Nightjar is installed on, and the nodes of its partitions by their labels."""

    disk: BlockDisk
    nodes: Mapping[str, Path]
    sizes: Mapping[str, int]
    """In bytes."""


def system_disks(machine: Machine) -> list[SystemDisk]:
    """List the disks that have all partitions of a recorder's own."""
    found: list[SystemDisk] = []
    for one in disks(machine):
        names = {label: name for name, label in labels(one).items()}
        if names.keys() >= LABELS:
            nodes = {label: machine.dev / names[label] for label in LABELS}
            sizes = {label: int((one.sys_path / names[label] / "size").read_text()) * SECTOR for label in LABELS}
            found.append(SystemDisk(one, nodes, sizes))
    return found


def rivals(machine: Machine) -> tuple[str, ...]:
    """Name the disks that Nightjar is installed on beside the one that runs, and that the next start may take for it.

    One at USB is never taken while there is another (`first_root_disk`).
    """
    others = (one.disk for one in system_disks(machine) if not one.disk.system and not usb_ports_of(one.disk.sys_path))
    return tuple(f"{one.model} ({one.serial or one.name})".strip() for one in others)


def system_disk(machine: Machine) -> SystemDisk:
    """Give the recorder's own disk; raises `Refused` where there is none, or more than one."""
    found = system_disks(machine)
    if not found:
        raise Refused(
            "No disk was found that Nightjar is installed on. Look whether the system disk is in its place; where it"
            " is, and its table of partitions is lost, install Nightjar anew from an installer stick."
        )
    if len(found) > 1:
        names = ", ".join(f"{one.disk.model} ({one.disk.serial or one.disk.name})" for one in found)
        raise Refused(f"Nightjar is installed on more than one disk: {names}. Take all but the recorder's own out.")
    return found[0]

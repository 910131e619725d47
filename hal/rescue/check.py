"""Looking after disks: the recorder's own file systems, and what each drive tells. Recordings stay untouched."""

from dataclasses import dataclass

from hal.admin.disk import Disks
from hal.admin.job import Run, run
from hal.errors import HalError
from hal.kernel.block import BlockDisk, disks
from hal.kinds.verdict import judge
from hal.machine import Machine
from hal.protocols.smartctl import parse
from hal.rescue.system_disk import SystemDisk
from hal.rescue.talk import Talk
from hal.sizes import size

TITLE = "Check the disks"
CHECK_S = 3600.0
CHECKED = ("config", "data")
"""What is written while the recorder runs; slots are proved block by block when they start."""
NAMES = {"config": "Settings", "data": "Events and log"}
_CORRECTED, _LEFT = 3, 4
"""Of e2fsck(8)'s exit status: 1 and 2, errors were corrected; 4, some were left as they are."""


@dataclass(frozen=True)
class Outcome:
    """How a file system is: in words, and whether a thorough repair is needed."""

    words: str
    broken: bool = False


def check(talk: Talk, machine: Machine, own: SystemDisk | None, smart: Disks, run: Run = run) -> None:
    """Check, and repair where that is safe or was asked for."""
    lines: list[str] = []
    for label in CHECKED if own is not None else ():
        talk.progress(0, f"{NAMES[label]}: the file system is checked.")
        assert own is not None
        node = str(own.nodes[label])
        found = file_system(node, run, thorough=False)
        if found.broken and _wanted(talk, label):
            talk.progress(0, f"{NAMES[label]}: the file system is repaired.")
            found = file_system(node, run, thorough=True)
        lines.append(f"{NAMES[label]}: {found.words}")
    if own is None:
        lines.append("No disk was found that Nightjar is installed on.")
    lines.append("")
    for one in disks(machine):
        talk.progress(50, f"{one.model} is asked how it is.")
        lines.append(drive(one, smart, system=own is not None and own.disk.name == one.name))
    talk.tell(TITLE, "\n".join(lines))


def file_system(node: str, run: Run, *, thorough: bool) -> Outcome:
    """Check a file system; without `thorough` only what loses nothing is repaired (e2fsck(8), -p)."""
    how = "-y" if thorough else "-p"
    try:
        status = run(["e2fsck", "-f", how, node], b"", CHECK_S).status
    except HalError as error:
        return Outcome(str(error))
    if status == 0:
        return Outcome("it is whole.")
    if not status & ~_CORRECTED:
        return Outcome("it was damaged a little, and is whole again.")
    if status & _LEFT and not thorough:
        return Outcome("it is damaged.", broken=True)
    return Outcome(
        "it is damaged and cannot be repaired. Reset the recorder, or install it anew; recordings are on other disks."
    )


def drive(disk: BlockDisk, smart: Disks, *, system: bool) -> str:
    """Say in a line what a drive tells of itself. Nothing is written to it, and nothing mounted."""
    kind = "the recorder's own" if system else "recordings" if disk.recording else "other"
    called = f"{disk.model or disk.name} {size(disk.size_bytes)}, {disk.serial or 'no serial number'} ({kind})"
    try:
        words = judge(parse(smart.health(disk=disk.name, wake=True)).figures)[1]
    except HalError as error:
        words = str(error)
    return f"{called}: {words}"


def _wanted(talk: Talk, label: str) -> bool:
    words = (
        f"{NAMES[label]}: the file system is damaged. A repair saves what can be saved; what cannot be is lost."
        " Recordings are on other disks, and are not touched."
    )
    return talk.choose(TITLE, words, ["Repair it", "Leave it as it is"]) == 0

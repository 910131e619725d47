"""Installing the firmware anew from a USB stick: settings and recordings stay as they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hal.admin.job import JOB, Job
from hal.admin.stick import Sticks
from hal.errors import HalError
from hal.firmware.bundle import LARGEST_BUNDLE
from hal.firmware.inspection import Inspection, Signer
from hal.firmware.search import Candidate, candidates
from hal.kernel.block import BlockDisk, disks, labels
from hal.kernel.connector import usb_ports_of
from hal.machine import Machine
from hal.rescue.firmware import RescueFirmwares
from hal.rescue.system_disk import LABELS
from hal.rescue.talk import Talk
from hal.rescue.words import refused
from hal.sizes import size

TITLE = "Install the firmware anew"


class Offer(NamedTuple):
    """A bundle on a stick that is mounted at `place`."""

    place: Path
    stick: str
    file: Candidate


def reflash(talk: Talk, machine: Machine, sticks: Sticks, firmwares: RescueFirmwares) -> bool:
    """Let a bundle be chosen, judge it, and install it where that is wanted; says whether it was."""
    wanted = choose(talk, machine, sticks)
    if wanted is None:
        return False
    JOB.set(Job(talk.progress))
    try:
        found = firmwares.take(wanted.place, wanted.file)
        if found.refusal:
            talk.tell(TITLE, f"{wanted.file.shown}\n\n{refused(found)}")
            return False
        if talk.choose(TITLE, about(found), ["Install it", "Back"]) != 0:
            return False
        firmwares.install(digest=found.digest)
    except HalError as error:
        talk.tell(TITLE, f"It was not installed: {error}")
        return False
    finally:
        firmwares.discard()
    talk.tell(
        TITLE,
        f"Version {found.version} is installed, and was read back. Settings and recordings are as they were."
        " Pull the stick; the recorder starts now.",
    )
    return True


def about(found: Inspection) -> str:
    """Say what a bundle is that was judged."""
    signed = "Signed by the project." if found.signer is Signer.RELEASE else "Signed for development only."
    built = f", built {found.built}" if found.built else ""
    return (
        f"Version {found.version}{built}, for {found.compatible}. {signed} Every block is as it was signed.\n\n"
        "It takes the place of the firmware in slot A. Settings, users and recordings stay."
    )


def choose(talk: Talk, machine: Machine, sticks: Sticks) -> Offer | None:
    """Let a bundle of any stick be chosen; None where none was."""
    while True:
        offers, problems = offered(machine, sticks)
        rows = [f"{one.file.shown}  ({one.stick}, {size(one.file.bytes)})" for one in offers]
        words = "A file whose name ends in .raucb, in the top folder of a USB stick or in a folder there."
        if problems:
            words += "\n\n" + "\n".join(problems)
        chosen = talk.choose(TITLE, words, [*rows, "Look again", "Back"])
        if chosen is None or chosen == len(rows) + 1:
            return None
        if chosen == len(rows):
            continue
        problem = unfit(offers[chosen].file)
        if not problem:
            return offers[chosen]
        talk.tell(TITLE, f"{offers[chosen].file.shown}\n\n{problem}")


def unfit(file: Candidate) -> str:
    """Say why a file is not even read; empty: it may be."""
    if file.bytes > LARGEST_BUNDLE:
        return "It is larger than any update, so it is none."
    return "" if file.bytes else "It is empty. Copy it anew, and wait until all of it is copied."


def offered(machine: Machine, sticks: Sticks) -> tuple[list[Offer], list[str]]:
    """List the bundles of all sticks, and in words what is wrong with those that cannot be read."""
    found: list[Offer] = []
    problems: list[str] = []
    sticks.forget()
    for one in sticks_of(machine):
        called = f"{one.model} {size(one.size_bytes)}".strip()
        try:
            place = sticks.mount(disk=one.name)
            found += [Offer(Path(place), called, file) for file in candidates(place)]
        except OSError:
            problems.append(f"{called}: its file system is damaged; have it checked at a computer.")
        except HalError as error:
            problems.append(f"{called}: {error}")
    if not found and not problems:
        problems.append("No USB stick is there." if not sticks_of(machine) else "No such file is on the stick.")
    return found, problems


def sticks_of(machine: Machine) -> Sequence[BlockDisk]:
    """List what hangs at USB ports and is no disk of a recorder: to mount one replays its journal."""
    found = [one for one in disks(machine) if usb_ports_of(one.sys_path) and not one.recording]
    return [one for one in found if not set(labels(one).values()) >= LABELS]

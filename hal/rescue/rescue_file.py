"""`nightjar-rescue.toml` on a stick: a recorder that does not start any more, and has no monitor, is mended by it."""

from typing import Annotated

import msgspec

from hal.admin.job import JOB, Job
from hal.admin.stick import Sticks
from hal.errors import Refused
from hal.machine import Machine
from hal.rescue import stick_file
from hal.rescue.firmware import RescueFirmwares
from hal.rescue.reflash import Offer, offered, unfit
from hal.rescue.talk import Talk
from hal.rescue.words import refused

NAME = "nightjar-rescue.toml"
LONGEST_NAME = 128


class RescueFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done without asking, where neither system starts."""

    install: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
    """The name of a bundle in the top folder of the same stick."""


def follow(talk: Talk, machine: Machine, sticks: Sticks, firmwares: RescueFirmwares) -> bool:
    """Install what a stick's file names; says whether there was one. Raises `HalError` where it cannot be done."""
    wanted = _wanted(machine, sticks)
    if wanted is None:
        return False
    if problem := unfit(wanted.file):
        raise Refused(f"{wanted.file.shown}: {problem}")
    JOB.set(Job(talk.progress))
    try:
        found = firmwares.take(wanted.place, wanted.file)
        if found.refusal:
            raise Refused(f"{wanted.file.shown}: {refused(found)}")
        # A stick that stays in would have it written again and again, until the disk is worn out.
        if firmwares.holds(found.digest):
            raise Refused("This firmware is in slot A already, and does not start. Take another version.")
        firmwares.install(digest=found.digest)
    finally:
        firmwares.discard()
    return True


def _wanted(machine: Machine, sticks: Sticks) -> Offer | None:
    """Find the bundle that a stick's file names; None where no stick has such a file."""
    offers, _problems = offered(machine, sticks)
    for place in dict.fromkeys(one.place for one in offers):
        told = stick_file.read(place, NAME, RescueFile)
        if told is not None:
            parts = (told.install.encode(),)
            for one in offers:
                if one.place == place and one.file.parts == parts:
                    return one
            raise Refused(f"There is no {told.install[:60]!r} in the top folder of the stick")
    return None

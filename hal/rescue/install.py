"""Installing Nightjar on a disk: which one is asked, or told by a file; it is written, and read back."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from hal.admin.job import JOB, Job, Run, must, run
from hal.errors import HalError, Refused
from hal.firmware.search import Candidate
from hal.machine import Machine
from hal.rescue.firmware import RescueFirmwares, inflated
from hal.rescue.image_writer import digest_of, write_image
from hal.rescue.install_file import InstallFile
from hal.rescue.stick_content import Content, check
from hal.rescue.system_disk import SystemDisk, system_disks
from hal.rescue.talk import Talk
from hal.rescue.target import TYPED, Target, by_serial, targets, typed_back
from hal.rescue.words import refused

TITLE = "Install Nightjar"
APPEARS_S = 30.0
MAKE_S = 600.0
DONE = (
    "Nightjar {version} is installed on {disk}, and was read back.\n\nPull the stick. At the first start the screen"
    " asks for a password for the administrator; without a monitor open https://ADDRESS/ in a browser."
)
ROOTS = "1"
"""Of each file system that is made here, in percent: root alone may use it. Its audit has room when nobody else has."""
_OWN = ("config", "data")
"""File systems that are made here, as large as their partitions."""
FirmwaresOf = Callable[[SystemDisk | None], RescueFirmwares]


class Stick(NamedTuple):
    """The installer's own stick, mounted."""

    folder: Path
    content: Content


@dataclass(frozen=True)
class Installer:
    """Installs from a stick; nothing is written before all of the stick was compared with its digests."""

    machine: Machine
    stick: Stick
    firmwares: FirmwaresOf
    talk: Talk
    run: Run = run
    sleep_s: Callable[[float], None] = time.sleep

    def ask(self) -> bool:
        """Let a disk be chosen, and install; says whether that was done."""
        while True:
            found = self._targets()
            rows = [f"{one.shown}{_note(one)}" for one in found]
            words = (
                "Which disk shall become the recorder's own? All that is on it is lost. Disks for recordings stay as"
            )
            words += " they are; they are made ready later, by the recorder."
            chosen = self.talk.choose(TITLE, words, [*rows, "Look again", "Back"])
            if chosen is None or chosen == len(rows) + 1:
                return False
            if chosen == len(rows):
                continue
            target = found[chosen]
            if target.refusal:
                self.talk.tell(TITLE, f"{target.shown}\n\nIt cannot be taken: {target.refusal}.")
            elif self._sure(target):
                return self._tried(target)

    def follow(self, told: InstallFile) -> None:
        """Install as a file on the stick says; raises `HalError` with words."""
        target = by_serial(self._targets(), told.disk)
        if target.recorder:
            raise Refused(
                f"{target.shown}: Nightjar is on it already. Pull the stick, and it starts. To install it anew, do it"
                " by hand."
            )
        if target.holds and not told.erase:
            raise Refused(f"{target.shown} holds {target.holds[0]}. If it may be lost, write `erase = true`.")
        self._install(target)
        self.talk.progress(100, self._done(target))

    def _targets(self) -> list[Target]:
        return targets(self.machine, self.stick.content.least_bytes, self.run)

    def _sure(self, target: Target) -> bool:
        words = f"{target.shown}\n\n"
        if not target.holds:
            return self.talk.choose(TITLE, f"{words}The disk is empty.", ["Install", "Back"]) == 0
        words += f"This disk holds {target.holds[0]}.\n\nType the last {TYPED} letters of its serial number to go on."
        if typed_back(target, self.talk.ask(TITLE, words)):
            return True
        self.talk.tell(TITLE, "These are not the last letters of its serial number. Nothing was done.")
        return False

    def _tried(self, target: Target) -> bool:
        try:
            self._install(target)
        except HalError as error:
            self.talk.tell(TITLE, f"Nightjar was not installed: {error}")
            return False
        self.talk.tell(TITLE, self._done(target))
        return True

    def _done(self, target: Target) -> str:
        return DONE.format(version=self.stick.content.version, disk=target.shown)

    def _install(self, target: Target) -> None:
        """Check all, then divide the disk, fill the partitions, and last of all let slot A start."""
        JOB.set(Job(self.talk.progress))
        folder, content = self.stick
        judge = self.firmwares(None)
        path = folder / content.bundle
        try:
            about = path.stat()
        except OSError:
            raise Refused(f"{content.bundle} is not on the stick any more; write the stick anew") from None
        found = judge.take(folder, Candidate((content.bundle.encode(),), about.st_size, 0))
        if found.refusal:
            raise Refused(refused(found))
        files = {
            name: check(content, folder, name, lambda share: self.talk.progress(100 * share, "The stick is checked."))
            for name in content.files
        }
        disk = self._divide(target)
        self._fill(disk, files)
        self.firmwares(disk).install(digest=found.digest)
        judge.discard()

    def _divide(self, target: Target) -> SystemDisk:
        self.talk.progress(0, "The disk is divided into partitions.")
        node = str(self.machine.dev / target.disk.name)
        sure = ("--quiet", "--wipe", "always", "--wipe-partitions", "always")
        must(self.run, ["sfdisk", *sure, node], self.stick.content.table.encode(), MAKE_S)
        end = self.machine.monotonic_s() + APPEARS_S
        while True:
            for one in system_disks(self.machine):
                if one.disk.name == target.disk.name and all(node.exists() for node in one.nodes.values()):
                    return one
            if self.machine.monotonic_s() > end:
                raise Refused(f"The partitions of {target.shown} did not appear; the disk may be broken")
            self.sleep_s(0.2)

    def _fill(self, disk: SystemDisk, files: dict[str, Path]) -> None:
        def told(share: float) -> None:
            self.talk.progress(100 * share, "The boot loader and the rescue system are written and read back.")

        for name, path in files.items():
            label, dot, _ = name.partition(".")
            packed = name.endswith(".gz")
            source = inflated(path, self.stick.content.files[name]) if packed else path.open("rb")
            with source:
                count = source.seek(0, 2)
                if not dot or count > disk.sizes[label]:
                    raise Refused(f"{name} does not fit into its partition")
                write_image(source, count, disk.nodes[label], told)
            # The stick was read once more for it, and may have said something else than when it was checked.
            if not packed and digest_of(disk.nodes[label], count) != self.stick.content.files[name]:
                raise Refused(f"{name} on the stick is not what it was a moment ago; take another stick")
        for label in _OWN:
            self.talk.progress(100, "File systems for settings, events and the log are made.")
            make = ["mke2fs", "-q", "-F", "-t", "ext4", "-m", ROOTS, "-L", label, str(disk.nodes[label])]
            must(self.run, make, b"", MAKE_S)


def _note(target: Target) -> str:
    if target.refusal:
        return f" - {target.refusal}"
    return f" - {target.holds[0]}" if target.holds else " - empty"

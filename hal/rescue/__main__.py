"""`python -m hal.rescue WHY`: the program of the rescue system; its first program calls it, as root, from memory."""

import sys
from contextlib import suppress
from pathlib import Path

from hal.admin.disk import Disks
from hal.admin.guard import Guard
from hal.admin.stick import Sticks
from hal.errors import HalError, Refused
from hal.kernel.block import disks, labels
from hal.machine import Machine
from hal.rescue import install_file, rescue_file, stick_content
from hal.rescue.check import check
from hal.rescue.console import Console
from hal.rescue.firmware import RescueFirmwares
from hal.rescue.install import Installer, Stick
from hal.rescue.menu import ALONE_S, End, Entry, menu
from hal.rescue.reflash import reflash
from hal.rescue.reset import reset
from hal.rescue.system_disk import system_disk, system_disks
from hal.rescue.target import INSTALLER

NO_SLOT, INSTALL = "no-slot", "install"
WHY = {
    NO_SLOT: (
        "Neither of the two systems of this recorder starts. Without a key pressed it tries again in five minutes."
        " If that does not help, install the firmware anew; settings and recordings stay."
    ),
    INSTALL: "This is the installer's stick. Nothing is written before you chose a disk.",
}
APPEARS_S = 60.0
"""A slow stick behind a hub."""
ASKED = (
    "You pressed Esc while the recorder started. Nothing is changed before you say so. If nothing is chosen, it starts"
    " in five minutes."
)


def main(words: list[str]) -> int:
    """Lead the rescue system, or the installer; gives what is to be done with the machine then."""
    why = words[0] if words else ""
    machine = Machine()
    talk = Console.of_the_machine()
    sticks = Sticks(Guard(machine))
    version = _version(machine)
    if why == INSTALL:
        return _installer(machine, talk, sticks, f"Nightjar {version}: installer")
    title, told = f"Nightjar {version}: rescue system", WHY.get(why, ASKED)
    if why == NO_SLOT:
        try:
            talk.progress(0, "Looking for a stick that tells what to do.")
            if rescue_file.follow(talk, machine, sticks, RescueFirmwares(system_disk(machine), machine)):
                return End.RESTART
        except HalError as error:
            told = f"{rescue_file.NAME}: nothing was installed. {error}\n\n{told}"
    return menu(talk, title, told, _mend(machine, talk, sticks), ALONE_S)


def _mend(machine: Machine, talk: Console, sticks: Sticks) -> list[Entry]:
    def anew() -> bool:
        return reflash(talk, machine, sticks, RescueFirmwares(system_disk(machine), machine))

    def look() -> bool:
        own = next(iter(system_disks(machine)), None)
        check(talk, machine, own, Disks(Guard(machine)))
        return False

    def forget() -> bool:
        return reset(talk, system_disk(machine))

    return [
        Entry("Install the firmware anew from a USB stick", anew),
        Entry("Check the disks", look),
        Entry("Reset the recorder", forget),
    ]


def _installer(machine: Machine, talk: Console, sticks: Sticks, title: str) -> End:
    try:
        talk.progress(0, "The installer's stick is looked for.")
        stick = Stick(_own_stick(machine, sticks), stick_content.read())
        installer = Installer(machine, stick, lambda disk: RescueFirmwares(disk, machine), talk)
        told = install_file.read(stick.folder)
        if told is not None:
            installer.follow(told)
            return End.RESTART if told.then == "restart" else End.OFF
    except HalError as error:
        talk.tell(title, f"Nightjar was not installed. {error}")
        return End.OFF
    entries = [Entry("Install Nightjar on a disk of this machine", installer.ask), *_mend(machine, talk, sticks)]
    return menu(talk, title, WHY[INSTALL], entries)


def _own_stick(machine: Machine, sticks: Sticks) -> Path:
    """Mount the stick that this was started from; raises `Refused` where it does not appear."""
    end = machine.monotonic_s() + APPEARS_S
    while True:
        for one in disks(machine):
            if INSTALLER in labels(one).values():
                return Path(sticks.mount(disk=one.name))
        if machine.monotonic_s() > end:
            raise Refused(
                "The installer's stick is not to be seen any more. Push it into another port, and start anew."
            )
        machine.sleep_s(0.5)


def _version(machine: Machine) -> str:
    """Give the version of the image that this rescue system came with."""
    with suppress(OSError, UnicodeDecodeError):
        return (machine.root / "usr/share/nightjar/rescue/version").read_text().strip()
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

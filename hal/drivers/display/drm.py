"""A connector of the kernel's graphics (Documentation/ABI/testing/sysfs-class-drm)."""

import re
from pathlib import Path

from hal.errors import Offline
from hal.kinds.display import Display, Mode
from hal.machine import Machine
from hal.protocols.edid import read_edid

NAME = re.compile(r"card[0-9]{1,2}-[A-Za-z0-9-]{1,32}")
MODE = re.compile(r"([0-9]{2,5})x([0-9]{2,5})i?")
MOST_MODES = 64
"""Monitors list a few dozen; a broken EDID may make more."""


class DrmDisplay(Display):
    """/sys/class/drm/cardN-CONNECTOR; without a name the one that a monitor hangs on, of those there are, if any."""

    def __init__(self, name: str, machine: Machine, *, connector: str = "") -> None:
        super().__init__(name)
        self._all = machine.sys / "class/drm"
        self._name = connector

    def open(self) -> None:
        """Look whether the connector is there."""
        self.poll()
        self.come_online()

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """Look whether a monitor is there."""
        folder = self._of_the_monitor()
        if folder is None:
            self.change(connected=False, maker="", model="", preferred=None, modes=())
            return
        modes = _modes(folder / "modes")
        try:
            told = read_edid((folder / "edid").read_bytes())
        except (OSError, ValueError):  # old cables and switches lose the monitor's own words
            self.change(connected=True, maker="", model="", preferred=modes[0] if modes else None, modes=modes)
            return
        preferred = Mode(*told.preferred) if all(told.preferred) else modes[0] if modes else None
        self.change(connected=True, maker=told.maker, model=told.model, preferred=preferred, modes=modes)

    def _of_the_monitor(self) -> Path | None:
        """Give the connector that a monitor hangs on; raises `Offline` where the one that is named is none."""
        if not self._name:
            found = sorted(one for one in self._all.glob("card*-*") if NAME.fullmatch(one.name))
            return next(filter(_is_connected, found), None)
        folder = self._all / self._name
        if NAME.fullmatch(self._name) is None or not folder.is_dir():
            raise Offline("the kernel knows no such connector")
        return folder if _is_connected(folder) else None


def _is_connected(folder: Path) -> bool:
    return (folder / "status").read_text().strip() == "connected"


def _modes(path: Path) -> tuple[Mode, ...]:
    found = [MODE.fullmatch(line.strip()) for line in path.read_text().splitlines()[:MOST_MODES]]
    return tuple(dict.fromkeys(Mode(int(mode[1]), int(mode[2])) for mode in found if mode))


DRIVER = DrmDisplay

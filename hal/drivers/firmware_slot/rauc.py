"""A slot of RAUC (rauc status --detailed, in JSON), asked through the root helper: nobody else reaches RAUC."""

import json
from contextlib import suppress
from typing import Any, cast

from hal.errors import BadAnswer, Offline, Refused
from hal.kinds.firmware_slot import FirmwareSlot
from hal.machine import Machine
from hal.rescue.system_disk import rivals

_INSTALLS = "already processing"


class _Installs(Offline):
    """RAUC answers no question while it installs, which takes minutes."""


class RaucSlot(FirmwareSlot):
    """The bootable slot of this boot name: A or B.

    While RAUC installs, what was seen before stays. What is asked for begins with a look, whatever was seen last.
    """

    look_s = 30.0
    poll_s = 120.0
    """Each look is a program that asks a service that asks a script, and what changes is changed by our own verbs."""

    def __init__(self, name: str, machine: Machine, *, bootname: str) -> None:
        super().__init__(name)
        self._machine = machine
        self._ask = machine.admin
        self._bootname = bootname
        self._slot = ""
        self._others_good = False
        self._open = False

    def open(self) -> None:
        """Ask RAUC."""
        self._open = True
        self.come_online(**self._look())

    def close(self) -> None:
        """Go."""
        self._open = False

    def poll(self) -> None:
        """Ask RAUC again."""
        with suppress(_Installs):
            self.change(**self._look())

    def mark_good(self) -> None:
        """Let it start without counting tries."""
        self._look_first()
        self._mark("good")

    def mark_bad(self) -> None:
        """Let it never start, unless it runs and no other may."""
        self._look_first()
        if self.state.booted and not self._others_good:
            raise Refused(f"{self.name} runs, and no other firmware is good")
        self._mark("bad")

    def start_next(self) -> None:
        """Start it at the next boot."""
        self._look_first()
        if not self.state.good:
            raise Refused(f"{self.name} is marked bad; install it again, or mark it good")
        self._mark("active")

    def _look_first(self) -> None:
        if not self._open:
            self.require_online()
        self.open()

    def _mark(self, how: str) -> None:
        try:
            self._ask("firmware", "mark", {"slot": self._slot, "how": how})
        except Offline as error:
            raise Offline(f"RAUC refused to mark it {how}: {error}"[:200]) from None
        self.poll()

    def _look(self) -> dict[str, object]:
        try:
            said = str(self._ask("firmware", "slots", {}))
        except Offline as error:
            raise (_Installs if _INSTALLS in str(error) else Offline)(str(error)) from None
        try:
            told = json.loads(said)
            slots = {slot: about for one in told["slots"] for slot, about in cast("dict[str, Any]", one).items()}
            bootable = {about["bootname"]: slot for slot, about in slots.items() if about.get("bootname")}
            self._slot = bootable[self._bootname]
            mine = slots[self._slot]
            self._others_good = any(
                slots[slot]["boot_status"] == "good" for name, slot in bootable.items() if name != self._bootname
            )
            version = mine.get("slot_status", {}).get("bundle", {}).get("version", "")
            booted = mine["state"] == "booted"
            return {
                "booted": booted,
                "rivals": rivals(self._machine) if booted else (),
                "good": mine["boot_status"] == "good",
                "next": told["boot_primary"] == self._slot,
                "version": str(version)[:64],
            }
        except KeyError as missing:
            raise Offline(f"RAUC knows no slot {self._bootname}, or does not tell {missing}") from None
        except (ValueError, TypeError, AttributeError):
            raise BadAnswer("RAUC spoke otherwise", said.encode()) from None


DRIVER = RaucSlot

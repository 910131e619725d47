"""The firmware as control reaches it: bundles by the root helper, slots and restart by the hardware service."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import msgspec

from hal.client import HalRefused, HalUnavailable
from hal.client.admin import AdminClient
from hal.client.firmware import Inspection, Installed
from hal.client.kinds import FirmwareSlotState, PowerState
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.control.hardware import Hardware, HardwareAway, HardwareRefused
from recorder.update.slots import FirmwareAway, FirmwareFailed, SlotSeen, Told

CHECK_S = 300.0
INSTALL_S = 3600.0
ASK_S = 30.0


class MachineFirmware:
    """Blocks; called from threads."""

    def __init__(self, instance: Instance, hardware: Hardware) -> None:
        self._instance = instance
        self._hardware = hardware
        self.cancelled = False
        """Set while something is copied or checked, it is given up."""

    def installed(self) -> Installed:
        """What runs; raises `FirmwareFailed`."""
        with self._root(ASK_S) as root:
            return msgspec.convert(root.ask("firmware", "installed"), Installed)

    def check(self, file: str, permit: str, told: Told) -> Inspection:
        """Take a file in from the inbox and check it."""
        with self._root(CHECK_S) as root:
            found = root.ask("firmware", "check", self._progress(told), file=file, token=permit)
            return msgspec.convert(found, Inspection)

    def install(self, digest: str, permit: str, told: Told) -> None:
        """Install what was checked."""

        def progress(percent: float, words: str) -> bool:
            told(percent, words)
            return True

        with self._root(INSTALL_S) as root:
            root.ask("firmware", "install", progress, digest=digest, token=permit)

    def discard(self) -> None:
        """Throw away what was taken in."""
        with self._root(ASK_S) as root:
            root.ask("firmware", "discard")

    def slots(self) -> Sequence[SlotSeen]:
        """Both slots; those of a hardware service that is away are not believed."""
        follower = self._hardware.follower
        found = follower.states(FirmwareSlotState) if follower.connected else []
        if not found or not all(one.online for one in found):
            raise FirmwareAway(problem=_("The firmware slots do not answer."))
        return [SlotSeen(one.name, one.booted, one.good, one.version) for one in found]

    def mark_good(self, slot: str) -> None:
        """Let a slot start for good."""
        self._ask("firmware_slot", slot, "mark_good")

    def mark_bad(self, slot: str) -> None:
        """Let it never start."""
        self._ask("firmware_slot", slot, "mark_bad")

    def start_next(self, slot: str) -> None:
        """Let it start next."""
        self._ask("firmware_slot", slot, "start_next")

    def restart(self) -> None:
        """Start the machine anew."""
        machine = next(iter(self._hardware.follower.states(PowerState)), None)
        if machine is not None:
            with suppress(FirmwareFailed):  # then by root
                self._ask("power", machine.name, "restart")
                return
        with self._root(ASK_S) as root:
            root.ask("power", "reboot")

    def _ask(self, kind: str, name: str, verb: str) -> None:
        try:
            self._hardware.call(kind, name, verb)
        except HardwareRefused as error:
            raise FirmwareFailed(problem=error) from None
        except HardwareAway as error:
            raise FirmwareAway(problem=error) from None

    def _progress(self, told: Told) -> Any:
        def progress(percent: float, words: str) -> bool:
            told(percent, words)
            return not self.cancelled

        return progress

    @contextmanager
    def _root(self, patience_s: float) -> Generator[AdminClient]:
        try:
            with AdminClient(self._instance.socket("hal-admin"), patience_s) as root:
                yield root
        except HalRefused as error:
            raise FirmwareFailed(problem=error) from None
        except HalUnavailable as error:
            raise FirmwareAway(problem=error) from None
        except msgspec.ValidationError as error:
            raise FirmwareFailed(problem=error) from None

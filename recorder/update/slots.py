"""The machine underneath an update: its two slots, and what is asked of them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from hal.client.firmware import Inspection, Installed
from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError
from recorder.client.words import _

AGAIN_US = 60 * SECOND_US
"""How long it is waited before something is asked again that was refused."""
Told = Callable[[float, str], None]
log = logging.getLogger(__name__)


class FirmwareFailed(NightjarError):
    """The firmware could not be asked, or said no."""

    status = 502
    words = _("{problem}")


class FirmwareAway(FirmwareFailed):
    """Nobody answers for it now."""

    status = 503


@dataclass(frozen=True)
class SlotSeen:
    """A slot as the hardware service tells it."""

    name: str
    booted: bool
    good: bool
    version: str = ""


class Firmware(Protocol):
    """What is asked of the machine. Every call raises `FirmwareFailed`."""

    def installed(self) -> Installed:
        """What runs."""
        ...

    def check(self, file: str, permit: str, told: Told) -> Inspection:
        """Take a file in from the inbox and check it."""
        ...

    def install(self, digest: str, permit: str, told: Told) -> None:
        """Install what was checked into the slot that does not run."""
        ...

    def discard(self) -> None:
        """Throw away what was taken in."""
        ...

    def slots(self) -> Sequence[SlotSeen]:
        """Both slots."""
        ...

    def mark_good(self, slot: str) -> None:
        """Let a slot start for good."""
        ...

    def mark_bad(self, slot: str) -> None:
        """Let it never start."""
        ...

    def start_next(self, slot: str) -> None:
        """Let it start next."""
        ...

    def restart(self) -> None:
        """Start the machine anew."""
        ...


def seen(firmware: Firmware) -> Sequence[SlotSeen]:
    """Give both slots; none while nobody can tell."""
    try:
        return firmware.slots()
    except FirmwareFailed as error:
        log.debug("update: %s", error)
        return ()


def discard(firmware: Firmware) -> None:
    """Throw away what was taken in; what stays costs room alone."""
    try:
        firmware.discard()
    except FirmwareFailed as error:
        log.warning("update: %s", error)


def restart(firmware: Firmware) -> None:
    """Start the machine anew; whoever waits for it asks again."""
    try:
        firmware.restart()
    except FirmwareFailed as error:
        log.warning("update: the machine is not started anew: %s", error)

"""What a driver was not tried with: which chip that is, and what stood in for it."""

from hal.client import Inventory
from recorder.client.words import _


def unproven_words(what: Inventory) -> str:
    """Say it, beginning with the chip; empty for a driver that was seen to work."""
    if not what.unproven:
        return ""
    chip = what.model or what.driver
    return _("The driver for {chip} was never tried with the real thing.").format(chip=chip) + " " + what.unproven

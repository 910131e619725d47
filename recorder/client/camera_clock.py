"""How far the clock of a camera is from ours, in words; ours is never set by it (architecture §3)."""

from recorder.client.clock import SECOND_US
from recorder.client.words import _

TOLD_US = 2 * SECOND_US
"""Less is not told: reports are late by what the network delays them, and nobody notices it in a picture."""
_UNITS = (
    (2 * 365 * 86_400 * SECOND_US, _("{count} years")),
    (2 * 86_400 * SECOND_US, _("{count} days")),
    (2 * 3600 * SECOND_US, _("{count} h")),
    (120 * SECOND_US, _("{count} min")),
    (0, _("{count} s")),
)
_LENGTHS = (365 * 86_400 * SECOND_US, 86_400 * SECOND_US, 3600 * SECOND_US, 60 * SECOND_US, SECOND_US)


def camera_clock_words(off_us: int | None) -> str:
    """Say how wrong a camera's clock is; "" where it is right, or not known."""
    if off_us is None or abs(off_us) <= TOLD_US:
        return ""
    nth = next(nth for nth, (least, _words) in enumerate(_UNITS) if abs(off_us) >= least)
    length = _UNITS[nth][1].format(count=round(abs(off_us) / _LENGTHS[nth]))
    return (_("Its own clock is {length} ahead") if off_us > 0 else _("Its own clock is {length} behind")).format(
        length=length
    )

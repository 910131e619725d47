"""How right the recorder's own clock is, in words."""

from recorder.client.clock import SECOND_US
from recorder.client.tone import Tone
from recorder.client.words import _
from recorder.settings.kept_clock import KeptClock

FAR_OFF_US = 4 * SECOND_US
"""What the kernel allows for within two hours; who asks a time server asks it more often than that."""


def clock_words(clock: KeptClock | None) -> tuple[str, Tone]:
    """Say whether something keeps the clock right, and how far off it can be."""
    if clock is None:
        return _("Nobody can tell whether it is right."), Tone.QUIET
    if clock.kept and clock.error_us >= FAR_OFF_US:
        words = _("The time server has not answered for long: it may be off by {seconds:.1f} s.")
        return words.format(seconds=clock.error_us / SECOND_US), Tone.WARNING
    if clock.kept:
        words = _("It is kept right by a time server, to within {ms} ms.")
        return words.format(ms=-(-clock.error_us // 1000)), Tone.GOOD
    return _("Nothing keeps it right. Set a time server."), Tone.WARNING

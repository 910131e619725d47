"""The colour of each tone that words from control have."""

from gui.toolkit import theme as t
from gui.toolkit.theme import Colour
from recorder.client.tone import Tone

COLOURS: dict[Tone, Colour] = {
    Tone.PLAIN: t.TEXT,
    Tone.QUIET: t.SECOND,
    Tone.FAINT: t.FAINT,
    Tone.GOOD: t.GOOD,
    Tone.WARNING: t.WARNING,
    Tone.BAD: t.DANGER,
    Tone.ALARM: t.RECORD,
    Tone.ON: t.ACCENT,
}

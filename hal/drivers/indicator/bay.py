"""What bay lights of a backplane have in common: what they show is fixed, activity is theirs."""

from hal.kinds.indicator import Colour, Indicator, Light, Meaning, Shown

SHOWS = (
    Shown(Meaning.LOCATE, Light.FAST, Colour.AMBER),
    Shown(Meaning.FAULT, Light.STEADY, Colour.AMBER),
    Shown(Meaning.REBUILD, Light.BLINK, Colour.AMBER),
)
"""V-HW-11: the amber status light of a tray."""
MEANING = {shown.light: shown.meaning for shown in SHOWS}


class BayLight(Indicator):
    """The status light of one bay."""

    def __init__(self, name: str, group: str) -> None:
        super().__init__(name, SHOWS, Light.OFF, group)

"""The states, events and words of the kinds that recorder and screen talk about."""

from hal.kinds.indicator import IndicatorState, Light, Meaning
from hal.kinds.key import KeyAction, KeyEvent
from hal.kinds.power import Going, PowerState
from hal.kinds.remote import RemoteEvent, RemoteKey

__all__ = [
    "Going",
    "IndicatorState",
    "KeyAction",
    "KeyEvent",
    "Light",
    "Meaning",
    "PowerState",
    "RemoteEvent",
    "RemoteKey",
]

"""Alarm inputs: contacts that somebody else closes (D-ALM-03)."""

from dataclasses import dataclass

from hal.kinds.device import Device


@dataclass(frozen=True)
class AlarmInputState:
    """One alarm input; `active` is after polarity, as its name says."""

    name: str
    active: bool = False
    online: bool = False
    reason: str = "not opened yet"
    kind: str = "alarm_input"


class AlarmInput(Device[AlarmInputState]):
    """A contact that is watched. Drivers call `changed` at each debounced edge."""

"""Alarm inputs: contacts that somebody else closes (D-ALM-03)."""

from dataclasses import dataclass

from hal.kinds.device import Device, DeviceState


@dataclass(frozen=True)
class AlarmInputState(DeviceState):
    """One alarm input; `active` is after polarity, as its name says."""

    active: bool = False
    kind: str = "alarm_input"


class AlarmInput(Device[AlarmInputState]):
    """A contact that is watched. Drivers `become` a new state at each debounced edge."""

    kind = "alarm_input"
    state_type = AlarmInputState

"""The card that plays and hears: alarm voice, intercom, playback."""

from abc import abstractmethod
from dataclasses import dataclass

from hal.kinds.device import Device, DeviceState
from hal.kinds.fan import Percent
from hal.kinds.verbs import verb


@dataclass(frozen=True)
class SoundState(DeviceState):
    """One card. What it cannot do is False; `volume_percent` is that of its first playback control."""

    plays: bool = False
    hears: bool = False
    volume_percent: int = 0
    muted: bool = False
    kind: str = "sound"


class Sound(Device[SoundState]):
    """A card. Who plays opens it by itself; this sets how loud."""

    kind = "sound"
    state_type = SoundState
    poll_s = 5.0

    @verb()
    @abstractmethod
    def set_volume(self, *, percent: Percent) -> None:
        """Set how loud it plays; raises `Offline`, or `Unsupported` without a control."""

    @verb()
    @abstractmethod
    def mute(self, *, muted: bool) -> None:
        """Play nothing, or play again; raises `Offline`, or `Unsupported` without a control."""

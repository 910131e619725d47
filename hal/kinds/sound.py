"""The card that plays and hears: alarm voice, intercom, playback."""

import base64
import binascii
import hashlib
from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from hal.errors import BadRequest, Unsupported
from hal.kinds.device import Device, DeviceState
from hal.kinds.fan import Percent
from hal.kinds.verbs import verb

SAMPLE_BYTES = 2
"""Samples are signed, 16 bits, little-endian, those of all channels of one moment side by side."""
PART_BYTES = 32 << 10
"""So much of a clip is given at once: a request is one line of at most 64 KiB, and base64 makes four bytes of three."""
LARGEST_CLIP = 4 << 20
"""40 s as a compact disc has them, minutes of speech."""
Part = Annotated[str, Meta(max_length=4 * PART_BYTES // 3 + 4)]
Rate = Annotated[int, Meta(ge=8000, le=48_000)]
Channels = Annotated[int, Meta(ge=1, le=2)]
Times = Annotated[int, Meta(ge=1, le=100)]


@dataclass(frozen=True)
class SoundState(DeviceState):
    """One card. What it cannot do is False; `volume_percent` is that of its first playback control."""

    plays: bool = False
    hears: bool = False
    volume_percent: int = 0
    muted: bool = False
    playing: bool = False
    """A clip is heard now."""
    clip: str = ""
    """SHA-256 of the samples of the clip that was begun last: who asked for it knows his own."""
    kind: str = "sound"


class Sound(Device[SoundState]):
    """A card. Clips are loaded in parts and then played; what plays when another one begins is over."""

    kind = "sound"
    state_type = SoundState
    poll_s = 5.0

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._clip = bytearray()

    @verb()
    @abstractmethod
    def set_volume(self, *, percent: Percent) -> None:
        """Set how loud it plays; raises `Offline`, or `Unsupported` without a control."""

    @verb()
    @abstractmethod
    def mute(self, *, muted: bool) -> None:
        """Play nothing, or play again; raises `Offline`, or `Unsupported` without a control."""

    @verb()
    def load(self, *, part: Part, first: bool = False) -> None:
        """Take the next part of a clip, base64 of samples; the first one drops what was loaded before."""
        self.require_online()
        try:
            data = base64.b64decode(part, validate=True)
        except (binascii.Error, ValueError):
            raise BadRequest("load: part is no base64") from None
        if first:
            self._clip.clear()
        if len(self._clip) + len(data) > LARGEST_CLIP:
            self._clip.clear()
            raise BadRequest(f"load: a clip has at most {LARGEST_CLIP} bytes")
        self._clip += data

    @verb()
    def play(self, *, rate_hz: Rate, channels: Channels = 1, times: Times = 1) -> None:
        """Play what was loaded, so often, and forget it; raises `Unsupported` where the card does not play."""
        self.require_online()
        if not self.state.plays:
            raise Unsupported(f"{self.name} does not play")
        clip, self._clip = bytes(self._clip), bytearray()
        if not clip or len(clip) % (SAMPLE_BYTES * channels):
            raise BadRequest("play: no whole clip was loaded")
        self.begin(clip, rate_hz, channels, times)
        self.change(clip=hashlib.sha256(clip).hexdigest())

    @verb()
    def stop(self) -> None:
        """Play no more."""
        self.require_online()
        self.silence()

    @abstractmethod
    def begin(self, clip: bytes, rate_hz: int, channels: int, times: int) -> None:
        """Begin to play in place of what plays; for the drivers. Must not wait for the end."""

    @abstractmethod
    def silence(self) -> None:
        """End what plays, if anything does; for the drivers."""

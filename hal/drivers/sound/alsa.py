"""A sound card of ALSA, by its own amixer."""

import re

from hal.errors import BadAnswer, Offline, Unsupported
from hal.kinds.sound import Sound
from hal.machine import Machine

PATIENCE_S = 3.0
NAME = re.compile(r"[A-Za-z0-9_]{1,31}")
VOLUME = re.compile(rb"\[([0-9]{1,3})%\]")
SWITCH = re.compile(rb"\[(on|off)\]")


class AlsaSound(Sound):
    """The card with this id (/proc/asound/ID). `control` is its playback control, such as Master or PCM."""

    def __init__(self, name: str, machine: Machine, *, card: str, control: str = "Master") -> None:
        super().__init__(name)
        self._folder = machine.proc / "asound" / card if NAME.fullmatch(card) else None
        self._card, self._control = card, control
        self._run = machine.run

    def open(self) -> None:
        """Find the card and how loud it is."""
        if self._folder is None or not self._folder.is_dir():
            raise Offline("there is no such sound card")
        plays = any(self._folder.glob("pcm*p"))
        hears = any(self._folder.glob("pcm*c"))
        self.come_online(plays=plays, hears=hears, **self._look())

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """Look how loud it is; somebody may have turned a knob."""
        self.change(**self._look())

    def set_volume(self, *, percent: int) -> None:
        """Set how loud it plays."""
        self._set(f"{percent}%")

    def mute(self, *, muted: bool) -> None:
        """Play nothing, or play again."""
        self._set("mute" if muted else "unmute")

    def _set(self, word: str) -> None:
        self.require_online()
        ended = self._run(["amixer", "-c", self._card, "sset", self._control, word], PATIENCE_S)
        if ended.status:
            raise Unsupported(f"the card has no control {self._control}")
        self.change(**_read(ended.output))

    def _look(self) -> dict[str, object]:
        if self._folder is None or not self._folder.is_dir():
            raise Offline("the sound card is gone")
        ended = self._run(["amixer", "-c", self._card, "sget", self._control], PATIENCE_S)
        return _read(ended.output) if not ended.status else {"volume_percent": 100, "muted": False}


def _read(output: bytes) -> dict[str, object]:
    volume = VOLUME.search(output)
    if volume is None or (percent := int(volume[1])) > 100:
        raise BadAnswer("amixer told no volume", output[-64:])
    switch = SWITCH.search(output)
    return {"volume_percent": percent, "muted": switch is not None and switch[1] == b"off"}


DRIVER = AlsaSound

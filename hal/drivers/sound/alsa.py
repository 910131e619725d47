"""A sound card of ALSA, by its own amixer and aplay."""

import os
import re

from hal.errors import BadAnswer, Offline, Unsupported
from hal.kinds.sound import SAMPLE_BYTES, Sound
from hal.machine import Machine, Program

PATIENCE_S = 3.0
LOOK_S = 0.2
NAME = re.compile(r"[A-Za-z0-9_]{1,31}")
VOLUME = re.compile(rb"\[([0-9]{1,3})%\]")
SWITCH = re.compile(rb"\[(on|off)\]")


class AlsaSound(Sound):
    """The card with this id (/proc/asound/ID). `control` is its playback control, such as Master or PCM.

    `output` is the device of ALSA that is played to; the first one of the card, with conversion, where none is named.
    """

    def __init__(self, name: str, machine: Machine, *, card: str, control: str = "Master", output: str = "") -> None:
        super().__init__(name)
        self._machine = machine
        self._output = output or f"plughw:CARD={card}"
        self._player: Program | None = None
        self._playing: tuple[bytes, tuple[str, ...], float] | None = None
        self._times = 0
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
        """Go, and fall silent."""
        self.silence()

    def poll(self) -> None:
        """Look how loud it is, for somebody may have turned a knob; begin once more, or see that a clip is over."""
        self._follow()
        self.change(**self._look())

    def begin(self, clip: bytes, rate_hz: int, channels: int, times: int) -> None:
        """Have aplay play it; it ends by itself."""
        self.silence()
        form = ("-t", "raw", "-f", "S16_LE", "-r", str(rate_hz), "-c", str(channels))
        argv = ("aplay", "-q", "-D", self._output, *form)
        self._playing, self._times = (clip, argv, len(clip) / (SAMPLE_BYTES * channels * rate_hz)), times
        self._once()
        self.change(playing=True)

    def silence(self) -> None:
        """End aplay."""
        player, self._player, self._playing, self.wanted_s = self._player, None, None, None
        if player is not None:
            player.kill()
            player.wait()
        self.change(playing=False)

    def _once(self) -> None:
        assert self._playing is not None
        clip, argv, length_s = self._playing
        self._times -= 1
        # From memory that is read to its end: nobody has to feed a pipe, and a file would be left behind by a crash.
        memory = os.memfd_create("clip", os.MFD_CLOEXEC)
        try:
            with open(memory, "wb", closefd=False) as file:
                file.write(clip)
            os.lseek(memory, 0, os.SEEK_SET)
            self._player = self._machine.start(argv, memory)
        finally:
            os.close(memory)
        self.wanted_s = self._machine.monotonic_s() + length_s

    def _follow(self) -> None:
        """See whether aplay is done: a clip takes as long as it takes, and the card's own buffer after it."""
        if self._player is None:
            return
        status = self._player.poll()
        if status is None:
            self.wanted_s = self._machine.monotonic_s() + LOOK_S
        elif status or not self._times:
            self.silence()
            if status:
                raise Offline(f"aplay ended with {status}; the card takes no sound")
        else:
            self._once()

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

"""A beeper that the kernel knows (pwm-beeper, gpio-beeper, pcspkr): it takes EV_SND with SND_TONE in hertz."""

import contextlib

from hal.errors import Offline
from hal.kernel.input import EV_SND, SND_TONE, InputEvent, InputNode
from hal.kinds.buzzer import Buzzer
from hal.machine import Machine

TAG = "nightjar-buzzer"


class EvdevBuzzer(Buzzer):
    """The first node with the tag."""

    def __init__(self, name: str, machine: Machine, tag: str = TAG) -> None:
        super().__init__(name, machine.monotonic_s)
        self._machine = machine
        self._tag = tag
        self._node: InputNode | None = None

    def open(self) -> None:
        """Find the beeper; it may sound still for somebody who died."""
        paths = self._machine.input_nodes(self._tag)
        if not paths:
            raise Offline(f"no input device has the tag {self._tag}")
        self._node = self._machine.open_sound(paths[0])
        self.hush()
        self.come_online()

    def close(self) -> None:
        """Fall silent and let go."""
        if self._node is not None:
            with contextlib.suppress(OSError):
                self.hush()
            self._node.close()
            self._node = None

    def tone(self, hz: int) -> None:
        """Send the tone."""
        if self._node is not None:
            self._node.send(InputEvent(EV_SND, SND_TONE, hz))


DRIVER = EvdevBuzzer

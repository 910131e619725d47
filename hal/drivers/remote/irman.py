"""An Irman, or one of the many receivers that speak its protocol, on a serial line.

Facts: libirman and LIRC's `irman` plug-in: 9600 8N1; `I`, a pause of at least 0.5 ms, `R` are answered by `OK`; then
six bytes for each light telegram, the same for the same key. There is no release: a key is up when it has not been
seen for a while. Which bytes are which key stands in the board.
"""

from hal.buses.serial import SerialLine, SerialSettings
from hal.errors import BadAnswer
from hal.kinds.key import KeyAction
from hal.kinds.remote import Remote, RemoteEvent, RemoteKey
from hal.machine import Machine

CODE_BYTES = 6
ANSWER_S = 2.0
PAUSE_S = 0.001
UP_AFTER_S = 0.25
"""Remotes repeat every 108 to 130 ms; two telegrams may be lost."""
SETTINGS = SerialSettings(baud=9600)


class Irman(Remote):
    """A receiver at `port`, such as `ttyUSB0`; `keys` gives the six bytes of each key in hexadecimal."""

    unproven = "Written from libirman and LIRC; no receiver was read with it yet."

    def __init__(self, name: str, machine: Machine, port: str, keys: dict[RemoteKey, str]) -> None:
        super().__init__(name)
        self._machine = machine
        self._port = port
        self._keys = {bytes.fromhex(code): key for key, code in keys.items()}
        self._line: SerialLine | None = None
        self._heard = b""
        self._down: RemoteKey | None = None
        self._up_s = 0.0

    def open(self) -> None:
        """Greet the receiver."""
        self._line = line = self._machine.serial(self._machine.dev / self._port, SETTINGS)
        line.write(b"I")
        self._machine.sleep_s(PAUSE_S)
        line.write(b"R")
        if (answer := line.read(2, ANSWER_S)) != b"OK":
            raise BadAnswer("no Irman answers", answer)
        self._heard = b""
        self.come_online()

    def close(self) -> None:
        """Release what is pressed and let go of the line."""
        self._release()
        if self._line is not None:
            self._line.close()
            self._line = None

    def fileno(self) -> int | None:
        """Give the line's descriptor."""
        return self._line.fileno() if self._line is not None else None

    def readable(self) -> None:
        """Take telegrams; bytes that are no known key move the frame on by one, so that a lost byte heals."""
        if self._line is None:
            return
        self._heard += self._line.read(4096, 0)
        while len(self._heard) >= CODE_BYTES:
            key = self._keys.get(self._heard[:CODE_BYTES])
            self._heard = self._heard[CODE_BYTES if key is not None else 1 :]
            if key is not None:
                self._seen(key)

    def poll(self) -> None:
        """Release a key that is not seen any more."""
        if self._machine.monotonic_s() >= self._up_s:
            self._release()
        else:
            self.wanted_s = self._up_s

    def _seen(self, key: RemoteKey) -> None:
        if key is not self._down:
            self._release()
            self._down = key
            self.tell(RemoteEvent(self.name, key=key, action=KeyAction.PRESSED))
        self.wanted_s = self._up_s = self._machine.monotonic_s() + UP_AFTER_S

    def _release(self) -> None:
        down, self._down, self.wanted_s = self._down, None, None
        if down is not None:
            self.tell(RemoteEvent(self.name, key=down, action=KeyAction.RELEASED))


DRIVER = Irman

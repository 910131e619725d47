"""A keyboard for domes that sends Pelco-D: what it asks of which dome."""

from collections.abc import Callable

from hal.buses.serial import SerialLine
from hal.kinds.ptz_bus import Action
from hal.kinds.serial_port import SerialHeard

MOVE = "move"
_EXTENDED = {
    0x03: Action.PRESET_SET,
    0x05: Action.PRESET_CLEAR,
    0x07: Action.PRESET_GOTO,
    0x09: Action.AUX_ON,
    0x0B: Action.AUX_OFF,
    0x1F: Action.PATTERN_RECORD,
    0x21: Action.PATTERN_END,
    0x23: Action.PATTERN_RUN,
}
_TOP_SPEED = 0x3F


class Keyboard:
    """A keyboard at a line. Frames with a wrong sum are skipped, byte by byte."""

    def __init__(self, name: str, line: SerialLine, tell: Callable[[SerialHeard], None]) -> None:
        self._name = name
        self._line = line
        self._tell = tell
        self._kept = b""
        self.wanted_s: float | None = None

    def fileno(self) -> int:
        """Give the line."""
        return self._line.fileno()

    def readable(self, now_s: float) -> None:
        """Take what came."""
        del now_s
        data = self._line.read(4096, 0)
        if not data:
            raise OSError(5, "the line is gone")
        self._kept += data
        while len(self._kept) >= 7:
            frame = self._kept[:7]
            if frame[0] == 0xFF and sum(frame[1:6]) & 0xFF == frame[6]:
                if (heard := _meaning(self._name, frame)) is not None:
                    self._tell(heard)
                self._kept = self._kept[7:]
            else:
                self._kept = self._kept[1:]

    def poll(self, now_s: float) -> None:
        """Nothing is late here."""

    def close(self) -> None:
        """Let go of the line."""
        self._line.close()


def _meaning(name: str, frame: bytes) -> SerialHeard | None:
    _sync, address, c1, c2, d1, d2, _sum = frame
    if c2 & 1:
        action = _EXTENDED.get(c2)
        return None if action is None else SerialHeard(name, address=address, action=action, number=d2)

    def axis(forward: int, back: int, speed: int = _TOP_SPEED) -> float:
        return (bool(forward) - bool(back)) * min(speed, _TOP_SPEED) / _TOP_SPEED

    return SerialHeard(
        name,
        address=address,
        action=MOVE if (c1 & 0x07) or c2 else Action.STOP,
        pan=axis(c2 & 0x02, c2 & 0x04, d1),
        tilt=axis(c2 & 0x08, c2 & 0x10, d2),
        zoom=axis(c2 & 0x20, c2 & 0x40),
        focus=axis(c2 & 0x80, c1 & 0x01),
        iris=axis(c1 & 0x02, c1 & 0x04),
    )

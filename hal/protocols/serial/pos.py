"""Lines of text of a till's printer port: control characters and escape sequences of printers left out, bounded."""

import re
from collections.abc import Callable

from hal.buses.serial import SerialLine
from hal.kinds.serial_port import SerialHeard

LONGEST_LINE = 256
"""Bytes of a line; receipts have 40 to 80 columns. A longer one is told in pieces."""
MOST_A_SECOND = 50
"""Lines told in a second; a printer prints ten. More are left out and counted."""
SILENCE_S = 1.0
"""A line without an end is told when nothing came for so long."""

_ESCAPES = re.compile(rb"\x1b[@-Z\\^-~!-/]?[^\r\n\x20-\x7e]?|\x1d.")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Pos:
    """A till at a line."""

    def __init__(self, name: str, line: SerialLine, tell: Callable[[SerialHeard], None]) -> None:
        self._name = name
        self._line = line
        self._tell = tell
        self._begun = b""
        self._second = (float("-inf"), 0)
        self._lost = 0
        self.wanted_s: float | None = None

    def fileno(self) -> int:
        """Give the line."""
        return self._line.fileno()

    def readable(self, now_s: float) -> None:
        """Take what came."""
        data = self._line.read(4096, 0)
        if not data:
            raise OSError(5, "the line is gone")
        *lines, self._begun = re.split(rb"[\r\n]+", self._begun + data)
        while len(self._begun) >= LONGEST_LINE:
            lines.append(self._begun[:LONGEST_LINE])
            self._begun = self._begun[LONGEST_LINE:]
        for line in lines:
            self._one(line, now_s)
        self.wanted_s = now_s + SILENCE_S if self._begun else None

    def poll(self, now_s: float) -> None:
        """Tell a line that has no end."""
        if self.wanted_s is not None and now_s >= self.wanted_s:
            self._one(self._begun, now_s)
            self._begun, self.wanted_s = b"", None

    def _one(self, line: bytes, now_s: float) -> None:
        for begin in range(0, len(line), LONGEST_LINE):
            piece = _ESCAPES.sub(b"", line[begin : begin + LONGEST_LINE])
            text = _CONTROLS.sub("", piece.decode("utf-8", "replace")).strip()
            if not text:
                continue
            since_s, count = self._second
            if now_s - since_s >= 1:
                since_s, count = now_s, 0
            self._second = (since_s, count + 1)
            if count >= MOST_A_SECOND:
                self._lost += 1
            else:
                self._tell(SerialHeard(self._name, text=text, lost=self._lost))
                self._lost = 0

    def close(self) -> None:
        """Let go of the line."""
        self._line.close()

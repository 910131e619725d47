"""The consoles that the rescue system is led from: the monitor with its keyboard, and serial ports of the kernel."""

import os
import select
import termios
import time
import tty
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hal.rescue.keys import Key, Keys

MONITOR = "tty1"
ESCAPE_S = 0.1
"""Within which the rest of a sequence follows."""
LONGEST_LINE = 64
NOBODY_S = 60.0
"""How long is waited where there is no terminal at all."""
WIDTH = 76
REDRAW_S = 0.5
"""How often progress is drawn: a serial line takes a tenth of a second for a page."""
CLEAR, REVERSE, PLAIN = "\x1b[2J\x1b[H", "\x1b[7m", "\x1b[0m"


class Console:
    """Terminals that all show the same, and of which any may answer."""

    def __init__(self, lines: Sequence[int]) -> None:
        """`lines` are open descriptors of terminals."""
        self._lines = {one: Keys() for one in lines}
        self._drawn_s = 0.0
        self._drawn = ""
        for one in lines:
            # A line whose other end holds it back must not hold up the rest.
            os.set_blocking(one, False)
            with suppress(termios.error):  # no terminal: a pipe in tests
                tty.setcbreak(one)

    @classmethod
    def of_the_machine(cls, sys: Path = Path("/sys"), dev: Path = Path("/dev")) -> "Console":
        """Open the monitor's terminal and whatever else the kernel was told to speak at."""
        told = (sys / "class/tty/console/active").read_text().split()
        names = dict.fromkeys([MONITOR, *(one for one in told if not one.startswith("tty0"))])
        lines: list[int] = []
        for name in names:
            with suppress(OSError):  # a machine without a graphics card
                lines.append(os.open(dev / name, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
        return cls(lines)

    def choose(self, title: str, words: str, choices: Sequence[str], patience_s: float | None = None) -> int | None:
        """Let one be chosen by arrows and Enter, or by its number."""
        end = None if patience_s is None else time.monotonic() + patience_s
        here = 0
        while True:
            rows = [
                f"{REVERSE if at == here else ''}  {at + 1}  {_plain(one)}  {PLAIN}" for at, one in enumerate(choices)
            ]
            self._page(title, words, "\n".join([*rows, "", "Arrows and Enter, or the number; Esc goes back."]))
            key = self._key(end)
            if key is Key.UP:
                here = (here - 1) % len(choices)
            elif key is Key.DOWN:
                here = (here + 1) % len(choices)
            elif key is Key.ENTER:
                return here
            elif key is Key.BACK or key is None:
                return None
            elif key.isdecimal() and 0 < int(key) <= len(choices):
                return int(key) - 1

    def ask(self, title: str, words: str) -> str:
        """Let a line be typed."""
        typed = ""
        while True:
            self._page(title, words, f"> {typed}_\n\nEnter, when it is right; Esc goes back.")
            key = self._key(None)
            if key is Key.ENTER:
                return typed.strip()
            if key is Key.BACK:
                return ""
            if key is Key.ERASE:
                typed = typed[:-1]
            elif key is not None and not isinstance(key, Key) and len(typed) < LONGEST_LINE:
                typed += key

    def tell(self, title: str, words: str) -> None:
        """Show something until Enter is pressed."""
        self._page(title, words, f"{REVERSE}  Enter: go on  {PLAIN}")
        while self._key(None) not in {Key.ENTER, Key.BACK}:
            pass

    def progress(self, percent: float, words: str) -> None:
        """Draw how far something is."""
        now = time.monotonic()
        if now - self._drawn_s < REDRAW_S and words == self._drawn and percent < 100:
            return
        self._drawn_s, self._drawn = now, words
        done = int(percent / 100 * 40)
        self._page("Please wait, and leave the power on", words, f"[{'#' * done}{'.' * (40 - done)}] {percent:3.0f} %")

    def _page(self, title: str, words: str, below: str) -> None:
        text = f"{CLEAR}{_plain(title)}\n{'-' * min(WIDTH, len(title))}\n\n{_folded(_plain(words))}\n\n{below}\n"
        data = text.encode("ascii", "replace")
        for line in self._lines:
            with suppress(OSError):  # a terminal that went away
                os.write(line, data)

    def _key(self, end: float | None) -> Key | str | None:
        """Wait for a key of any terminal; None where none came in time, or nobody can press one any more."""
        while self._lines:
            waits = any(keys.waits for keys in self._lines.values())
            left = None if end is None else max(0.0, end - time.monotonic())
            patience = ESCAPE_S if waits else left
            ready, _, _ = select.select(list(self._lines), [], [], patience)
            if not ready:
                for keys in self._lines.values():
                    for key in keys.settle():
                        return key
                if not waits:
                    return None
            for line in ready:
                keys = self._lines[line]
                for key in keys.feed(self._read(line)):
                    return key
        time.sleep(NOBODY_S if end is None else max(0.0, end - time.monotonic()))
        return None

    def _read(self, line: int) -> bytes:
        """Read one byte, so that no key is lost; a terminal that is gone is asked no more."""
        try:
            data = os.read(line, 1)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._lines = {one: keys for one, keys in self._lines.items() if one != line}
            return b""
        return data


def _plain(text: str) -> str:
    """Take out what terminals obey: names on sticks and of drives are shown."""
    return "".join(one for one in text if one.isprintable() or one == "\n")


def _folded(text: str) -> str:
    """Break lines between words."""
    rows: list[str] = []
    for line in text.splitlines():
        row = ""
        for word in line.split(" "):
            if row and len(row) + 1 + len(word) > WIDTH:
                rows.append(row)
                row = word
            else:
                row = f"{row} {word}" if row else word
        rows.append(row)
    return "\n".join(rows)

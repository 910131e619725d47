"""Keys as terminals send them: single letters, and the sequences of arrows (ECMA-48; console_codes(4))."""

from collections.abc import Iterator
from enum import StrEnum


class Key(StrEnum):
    """A key that is no letter."""

    UP = "up"
    DOWN = "down"
    ENTER = "enter"
    BACK = "back"
    ERASE = "erase"


_SEQUENCES = {b"\x1b[A": Key.UP, b"\x1bOA": Key.UP, b"\x1b[B": Key.DOWN, b"\x1bOB": Key.DOWN}
_SINGLE = {0x0D: Key.ENTER, 0x0A: Key.ENTER, 0x08: Key.ERASE, 0x7F: Key.ERASE, 0x03: Key.BACK}
_ESCAPE, _LONGEST = 0x1B, 8


class Keys:
    """What came from one terminal, cut into keys."""

    def __init__(self) -> None:
        self._pending = b""

    @property
    def waits(self) -> bool:
        """Whether an escape came that may be the begin of a sequence."""
        return bool(self._pending)

    def feed(self, data: bytes) -> Iterator[Key | str]:
        """Give the keys that are whole; a letter is itself."""
        for one in data:
            if self._pending:
                yield from self._sequence(one)
            elif one == _ESCAPE:
                self._pending = bytes([one])
            elif one in _SINGLE:
                yield _SINGLE[one]
            elif 0x20 <= one < 0x7F:
                yield chr(one)

    def settle(self) -> Iterator[Key | str]:
        """Hear that nothing follows: an escape alone was the key."""
        # Who asks may stop at the first key: what is pending is settled before it is given.
        alone, self._pending = self._pending == b"\x1b", b""
        if alone:
            yield Key.BACK

    def _sequence(self, one: int) -> Iterator[Key | str]:
        if one == _ESCAPE:
            alone, self._pending = self._pending == b"\x1b", b"\x1b"
            if alone:
                yield Key.BACK
            return
        self._pending += bytes([one])
        found = _SEQUENCES.get(self._pending)
        if found or self._over(one):
            self._pending = b""
        if found:
            yield found

    def _over(self, one: int) -> bool:
        """Whether a sequence that means nothing here is at its end."""
        count = len(self._pending)
        return one not in b"[O" if count == 2 else 0x40 <= one < 0x7F or count >= _LONGEST

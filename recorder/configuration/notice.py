"""What was lost of the recorder's own data while nobody looked: told until somebody has seen it (C8).

It lies in a file of its own, since what it tells of may be the settings themselves.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import msgspec

from recorder.client.answers.hardware import Trouble
from recorder.client.clock import Clock
from recorder.client.errors import UNREADABLE
from recorder.configuration.steps import Steps

FILE = "notice.json"
LARGEST = 1 << 16
MOST = 8
"""Sentences; more say nothing new."""
KIND = "configuration"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Told:
    at_us: int
    words: str


class Notice:
    """That of one instance; safe from any thread."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / FILE
        self._clock = clock
        self._told = self._read()

    @property
    def words(self) -> str:
        """All that is to be told, in sentences; empty: nothing."""
        return " ".join(one.words for one in self._told)

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """The same among what is wrong."""
        return tuple(Trouble(KIND, "", "", "lost", one.words, one.at_us) for one in self._told)

    def add(self, words: str, steps: Steps | None = None) -> None:
        """Tell one thing more, once; durable when this returns. Raises OSError."""
        if any(one.words == words for one in self._told):
            return  # the start that began with it was cut short
        told = (*self._told, _Told(self._clock.now_us(), words))[-MOST:]
        steps = steps or Steps()
        fresh = self._path.with_name(f".{FILE}.new")
        steps.write(fresh, msgspec.json.encode(told))
        steps.rename(fresh, self._path)
        steps.sync(self._path.parent)
        self._told = told

    def see(self) -> None:
        """Somebody has seen it; raises OSError."""
        self._path.unlink(missing_ok=True)
        self._told = ()

    def _read(self) -> tuple[_Told, ...]:
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(LARGEST), type=tuple[_Told, ...])
        except FileNotFoundError:
            return ()
        except (OSError, *UNREADABLE) as error:
            log.warning("%s is not used: %s", FILE, error)
            return ()

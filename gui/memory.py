"""What the screen keeps when its process dies: the split, which channel stands where, and where playback was.

A small JSON file, replaced whole, so that it is never half written; at most one write a second, and none while nothing
changes. Nothing in it is a secret: a login lives in memory only and dies with the process. What cannot be read counts
as not written, field by field.
"""

import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gui.toolkit.screen import Screen
from recorder.client.boot import read_boot_id
from recorder.client.clock import SECOND_US
from recorder.client.errors import UNREADABLE

if TYPE_CHECKING:
    from gui.toolkit.timers import Timer

log = logging.getLogger(__name__)
FILE = "screen.json"
LARGEST_BYTES = 65536
MOST_CHANNELS = 512
LAST_CHANNEL = 9999
LAST_US = 1 << 53
MOST_PLAYED = 4
PAUSE_US = SECOND_US
"""The shortest time between two writes."""


@dataclass(frozen=True)
class WallPlace:
    """How the wall stands; the fields are those of `gui.wall.arrangement.Arrangement`."""

    order: tuple[int, ...] = ()
    split: int | None = None
    page: int = 0
    single: int | None = None
    selected: int = 0


@dataclass(frozen=True)
class PlaybackPlace:
    """Which channels were played, and at what time (UTC, µs)."""

    channels: tuple[int, ...]
    at_us: int | None = None


Note = Callable[[PlaybackPlace | None], object]
"""Told where playback is; None when it has been left."""


@dataclass(frozen=True)
class Remembered:
    """All of it. `boot` is the kernel's boot: after a power cut nobody stands before the screen to play on."""

    wall: WallPlace = WallPlace()
    playback: PlaybackPlace | None = None
    boot: str = ""
    hidden: tuple[int, ...] = ()
    """The channels that are not shown while nobody is logged in, as control last told."""


class Memory:
    """Notes what changes on one screen and writes it down soon. Belongs to the screen's thread."""

    def __init__(self, screen: Screen, path: Path, boot: str | None = None) -> None:
        """Reads the file; playback counts only if it was open in this boot of the machine."""
        self._screen = screen
        self._path = path
        self._boot = read_boot_id() if boot is None else boot
        found = read(path)
        self._written = found
        self.known = found if found.boot == self._boot else replace(found, playback=None, boot=self._boot)
        self._timer: Timer | None = None
        self._not_before_us = 0
        self._writing = False

    def note_wall(self, wall: WallPlace) -> None:
        """The wall stands like this now."""
        # While media has told of no channel there is nothing to keep, and what was kept is not to be lost.
        if wall.order:
            self._note(replace(self.known, wall=wall))

    def note_playback(self, playback: PlaybackPlace | None) -> None:
        """Playback is here now; None: it was left."""
        self._note(replace(self.known, playback=playback))

    def note_hidden(self, channels: Iterable[int]) -> None:
        """These are not shown while nobody is logged in."""
        self._note(replace(self.known, hidden=tuple(sorted(channels))))

    def close(self) -> None:
        """Write at once what is not written yet; the process ends."""
        if self._timer is not None:
            self._timer.cancel()
        if self.known != self._written:
            try:
                write(self._path, self.known)
            except OSError as error:
                log.warning("what the screen shows was not kept: %s", error)

    def _note(self, fresh: Remembered) -> None:
        if fresh != self.known:
            self.known = fresh
            self._plan()

    def _plan(self) -> None:
        if self._timer is None and not self._writing:
            pause_us = max(0, self._not_before_us - self._screen.clock.monotonic_us())
            self._timer = self._screen.after(pause_us / SECOND_US, self._write)

    def _write(self) -> None:
        self._timer = None
        pages = self._screen.navigator.pages
        if self.known == self._written or not pages:
            return
        content = self.known
        self._not_before_us = self._screen.clock.monotonic_us() + PAUSE_US
        self._writing = True
        # The page below all others never leaves, and a slow disk must not hold up the picture.
        self._screen.work(pages[0], lambda: write(self._path, content), lambda _none: self._wrote(content), self._lost)

    def _wrote(self, content: Remembered) -> None:
        self._writing = False
        self._written = content
        if self.known != content:
            self._plan()

    def _lost(self, error: Exception) -> None:
        # Tried again with the next change, not before: a full disk is told elsewhere.
        self._writing = False
        log.warning("what the screen shows was not kept: %s", error)


def write(path: Path, content: Remembered) -> None:
    """Replace the file; raises OSError."""
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(msgspec.json.encode(asdict(content)))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def read(path: Path) -> Remembered:
    """Give what the file says, every number within its bounds; nothing of what it does not say well."""
    try:
        with path.open("rb") as file:
            found = msgspec.json.decode(file.read(LARGEST_BYTES))
    except (OSError, *UNREADABLE):
        return Remembered()
    if not isinstance(found, dict):
        return Remembered()
    boot = found.get("boot")
    return Remembered(
        _wall(found.get("wall")),
        _playback(found.get("playback")),
        boot if isinstance(boot, str) else "",
        _channels(found.get("hidden"), MOST_CHANNELS),
    )


def _wall(found: Any) -> WallPlace:
    if not isinstance(found, dict):
        return WallPlace()
    return WallPlace(
        _channels(found.get("order"), MOST_CHANNELS),
        _whole(found.get("split"), MOST_CHANNELS),
        _whole(found.get("page"), MOST_CHANNELS) or 0,
        _whole(found.get("single"), LAST_CHANNEL),
        _whole(found.get("selected"), MOST_CHANNELS) or 0,
    )


def _playback(found: Any) -> PlaybackPlace | None:
    if not isinstance(found, dict):
        return None
    channels = _channels(found.get("channels"), MOST_PLAYED)
    return PlaybackPlace(channels, _whole(found.get("at_us"), LAST_US)) if channels else None


def _channels(found: Any, most: int) -> tuple[int, ...]:
    """Give the channel numbers of a list, each once."""
    if not isinstance(found, list):
        return ()
    numbers = dict.fromkeys(number for one in found if (number := _whole(one, LAST_CHANNEL)))
    return tuple(numbers)[:most]


def _whole(found: Any, most: int) -> int | None:
    """Give a whole number from 0 to `most`; None is anything else."""
    return found if type(found) is int and 0 <= found <= most else None

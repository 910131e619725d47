"""The bundles on the sticks that are in: a stick is searched once, when it comes."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from recorder.client.answers.disks import StickStatus
from recorder.client.answers.update import FoundBundle
from recorder.client.errors import NotFound
from recorder.client.words import _
from recorder.update.search import StickUnreadable, found_on


class Offered:
    """Belongs to the event loop; sticks are read in threads."""

    def __init__(self, sticks: Callable[[], tuple[StickStatus, ...]]) -> None:
        self._sticks = sticks
        self._found: dict[tuple[str, str], tuple[FoundBundle, ...]] = {}
        self._problems: dict[tuple[str, str], str] = {}

    @property
    def bundles(self) -> tuple[FoundBundle, ...]:
        """All that were found."""
        return tuple(one for found in self._found.values() for one in found)

    @property
    def problem(self) -> str:
        """Why a stick could not be searched, in sentences."""
        return " ".join(self._problems.values())

    def find(self, wanted: str) -> tuple[str, str, FoundBundle]:
        """Give the label of a stick, where it is mounted, and its bundle of this id; raises `NotFound`."""
        for (label, place), found in self._found.items():
            for one in found:
                if one.id == wanted:
                    return label, place, one
        raise NotFound(what=_("such file on a USB stick"))

    async def follow(self) -> None:
        """Search what came, and forget what is gone."""
        here = {(one.label, one.place) for one in self._sticks()}
        for one in set(self._found) - here:
            self._found.pop(one)
            self._problems.pop(one, None)
        for label, place in here - set(self._found):
            self._found[label, place] = ()
            try:
                self._found[label, place] = await asyncio.to_thread(found_on, place, label)
            except StickUnreadable as error:
                if Path(place).is_dir():
                    self._problems[label, place] = str(error)

"""The bundles on the sticks that are in: a stick is searched once, when it comes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from recorder.client.answers.disks import StickStatus
from recorder.client.answers.update import FoundBundle
from recorder.client.errors import NotFound
from recorder.client.words import _
from recorder.update.search import StickUnreadable, found_on

AT_ONCE = 4
"""Sticks that are searched at once; one that answers slowly, or never, holds up none but these."""


class Offered:
    """Belongs to the event loop; sticks are read in threads of their own, and nobody waits for one."""

    def __init__(self, sticks: Callable[[], tuple[StickStatus, ...]]) -> None:
        self._sticks = sticks
        self._found: dict[tuple[str, str], tuple[FoundBundle, ...]] = {}
        self._problems: dict[tuple[str, str], str] = {}
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="stick")
        self._searches: set[asyncio.Task[None]] = set()

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

    def follow(self) -> None:
        """Begin to search what came, and forget what is gone."""
        here = {(one.label, one.place) for one in self._sticks()}
        for one in set(self._found) - here:
            self._found.pop(one)
            self._problems.pop(one, None)
        for label, place in here - set(self._found):
            self._found[label, place] = ()
            search = asyncio.create_task(self._search(label, place))
            self._searches.add(search)
            search.add_done_callback(self._searches.discard)

    async def _search(self, label: str, place: str) -> None:
        found, problem = (), ""
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, found_on, place, label)
        except StickUnreadable as error:
            problem = str(error) if Path(place).is_dir() else ""
        if (label, place) not in self._found:
            return  # it was pulled out meanwhile
        self._found[label, place] = found
        if problem:
            self._problems[label, place] = problem

"""The way of a bundle into the inbox: from a stick, an address, or as it is sent; all of it, or none."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

from recorder.client.answers.update import FoundBundle
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.update.download import fetched
from recorder.update.inbox import PIECE, Inbox, NotRead, pieces_of
from recorder.update.search import opened

STALL_S = 30.0
"""An upload without a byte for so long is given up."""


class GivenUp(NightjarError):
    """Somebody gave up what was being copied."""

    status = 409
    words = _("It was given up.")


class Intake:
    """One at a time. What blocks is called in a thread."""

    def __init__(self, folder: Path, given_up: Callable[[], bool], told: Callable[[float | None], None]) -> None:
        """`told` hears how far it is, in percent; None where nobody knows how much there is."""
        self._inbox = Inbox(folder)
        self._given_up = given_up
        self._told = told

    def clear(self) -> None:
        """Throw away what lies in the inbox."""
        self._inbox.clear()

    def from_stick(self, place: str, label: str, one: FoundBundle) -> str:
        """Copy a file of a stick, and give its name in the inbox; raises `GivenUp`, and why it could not be taken."""
        with opened(place, label, one.id) as file:
            return self._inbox.take(self._counted(pieces_of(file), one.bytes))

    def from_address(self, url: str) -> str:
        """Fetch a file from a web server, as `from_stick`."""
        size = 0

        def total(told: int) -> None:
            nonlocal size
            size = told

        with fetched(url, total) as pieces:
            return self._inbox.take(self._counted(pieces, size))

    async def from_pieces(self, pieces: AsyncIterator[bytes]) -> str:
        """Take a file that is sent, as `from_stick`; what came of one that broke off is the caller's to clear."""
        arrival = await asyncio.to_thread(self._inbox.open)
        try:
            async for piece in _joined(self._until_given_up(pieces)):
                await asyncio.to_thread(arrival.write, piece)
        except TimeoutError:
            raise NotRead(problem=_("nothing more came")) from None
        finally:
            arrival.close()
        return arrival.name

    async def _until_given_up(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for piece in pieces:
            if self._given_up():
                raise GivenUp
            yield piece

    def _counted(self, pieces: Iterable[bytes], total: int) -> Iterable[bytes]:
        done = 0
        for piece in pieces:
            if self._given_up():
                raise GivenUp
            yield piece
            done += len(piece)
            self._told(min(100.0, 100.0 * done / total) if total else None)


async def _joined(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give larger pieces; raises TimeoutError where none comes."""
    held = bytearray()
    while True:
        try:
            async with asyncio.timeout(STALL_S):
                held += await anext(pieces)
        except StopAsyncIteration:
            break
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)

"""Who gives orders to players and hears how far they are: what a player needs of its session."""

from typing import TYPE_CHECKING, Protocol

from recorder.decode.order import Order, Report
from recorder.decode.playclock import PlayClock

if TYPE_CHECKING:
    from recorder.decode.player import Player


class Conductor(Protocol):
    """One session, as its players see it."""

    clock: PlayClock

    @property
    def order(self) -> Order:
        """What is to be done now."""
        ...

    @property
    def running(self) -> bool:
        """Whether it plays, even if it waits for footage just now."""
        ...

    def report(self, player: "Player", report: Report) -> None:
        """How far it is."""
        ...

    def picture_bytes(self) -> int:
        """Memory for pictures kept to be shown backwards, of one player."""
        ...

"""What a playback session tells its players, and what they tell back."""

from dataclasses import dataclass
from enum import Enum


class Act(Enum):
    """What an order wants."""

    SEEK = 1
    """Show the picture of `at_us`, then be ready to go on at `speed`."""
    FOLLOW = 2
    """As SEEK, from the picture that is shown, without a key picture first."""
    STEP = 3
    """`frames` on or back; only the `lead` does so, the others follow."""


@dataclass(frozen=True)
class Order:
    """What all players of a session are to do; a later one replaces it."""

    number: int
    act: Act
    at_us: int
    speed: float = 0.0
    frames: int = 0
    lead: int = 0


@dataclass(frozen=True)
class Report:
    """How far a player is with the order `number`.

    `shown_us` is the picture shown, `next_us` the one after it in the direction of play; `void` says that there is no
    footage at the time asked for; `hole` that footage is missing before the next; `over` that there is no next.
    """

    number: int
    ready: bool = False
    shown_us: int | None = None
    next_us: int | None = None
    void: bool = False
    hole: bool = False
    over: bool = False
    dry: bool = False

"""Who gets power when there is not enough for all: decided from how the ports are, without touching them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from hal.kinds.poe_supply import PoePriority

COOLS_BELOW_CELSIUS = 3.0
"""A hot supply gives more again only when it is this much cooler: ports do not go off and on at the limit."""
RANKS = {priority: rank for rank, priority in enumerate(PoePriority)}


@dataclass(frozen=True)
class Draw:
    """A port as the budget sees it: one that has power, or one that waits for it."""

    port: int
    priority: PoePriority
    on: bool
    waits: bool
    watts: float
    """What it takes now, measured."""
    claim_watts: float
    """What is counted for it: at least `watts`."""


@dataclass(frozen=True)
class Decision:
    """What to do now: take power from some, or give it to one, and who has to wait since there is no room."""

    shed: tuple[int, ...] = ()
    grant: int | None = None
    refused: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Budget:
    """What a supply can give.

    `guard_watts` are kept free when a port asks. With `by_class`, a port always counts as what its class may take, so
    that no camera can ever push the others out; otherwise that counts while it starts, and then the most it ever took.
    `hot` says, from so many degrees Celsius of the supply's chips on, to how many watts that falls (D-HW-03).
    """

    watts: Annotated[float, Meta(gt=0)]
    guard_watts: Annotated[float, Meta(ge=0)] = 0.0
    by_class: bool = False
    hot: tuple[tuple[float, Annotated[float, Meta(gt=0)]], ...] = ()

    def at(self, celsius: float | None, before_watts: float) -> float:
        """What it can give at a temperature (None: it is not known), after it could give `before_watts`."""
        if celsius is None:
            return self.watts
        now_watts = self._limit(celsius)
        return now_watts if now_watts <= before_watts else max(before_watts, self._limit(celsius + COOLS_BELOW_CELSIUS))

    def _limit(self, celsius: float) -> float:
        return min((watts for degrees, watts in self.hot if celsius >= degrees), default=self.watts)

    def room_watts(self, draws: Iterable[Draw]) -> float:
        """What a port that asks may claim at most."""
        return self.watts - self.guard_watts - sum(draw.claim_watts for draw in draws if draw.on)

    def decide(self, draws: Sequence[Draw]) -> Decision:
        """Shed while more is taken than there is; else grant the most important port that fits, one at a time.

        Shed are the least important first, and of these the highest port. For a port that does not fit, less important
        ones are shed if that makes room; equals never push out each other.
        """
        powered = sorted((draw for draw in draws if draw.on), key=_first_to_go)
        over_watts = sum(draw.watts for draw in powered) - self.watts
        if over_watts > 0:
            return Decision(shed=_take(powered, over_watts, "watts"))
        room_watts = self.room_watts(draws)
        refused: set[int] = set()
        for asking in sorted((draw for draw in draws if draw.waits), key=_first_to_come):
            if asking.claim_watts <= room_watts:
                return Decision(grant=asking.port, refused=frozenset(refused))
            lesser = [draw for draw in powered if RANKS[draw.priority] > RANKS[asking.priority]]
            if sum(draw.claim_watts for draw in lesser) + room_watts >= asking.claim_watts:
                return Decision(shed=_take(lesser, asking.claim_watts - room_watts, "claim_watts"))
            refused.add(asking.port)
        return Decision(refused=frozenset(refused))


def _first_to_go(draw: Draw) -> tuple[int, int]:
    return (-RANKS[draw.priority], -draw.port)


def _first_to_come(draw: Draw) -> tuple[int, int]:
    return (RANKS[draw.priority], draw.port)


def _take(victims: Iterable[Draw], wanted_watts: float, of: str) -> tuple[int, ...]:
    shed: list[int] = []
    for draw in victims:
        if wanted_watts <= 0:
            break
        if (gained := getattr(draw, of)) > 0:
            shed.append(draw.port)
            wanted_watts -= gained
    return tuple(shed)

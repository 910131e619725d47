"""What a linkage is: one kind of reaction, with its own fields on every rule's page. Adding one is adding a file."""

import asyncio
import importlib
import pkgutil
from abc import ABC, abstractmethod
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, get_args

from pydantic import BaseModel

from recorder.client.errors import NightjarError
from recorder.events.around import Around
from recorder.events.occurrence import Occurrence

if TYPE_CHECKING:
    from recorder.events.engine import Engine


class Lacking(NightjarError):
    """What a linkage needs is not there; found out while it was at work. It is not tried again."""

    status = 409
    words = "{words}"


class LinkageOptions(BaseModel):
    """The fields of a linkage. All begin with its name; the one of just that name is its switch."""


O = TypeVar("O", bound=LinkageOptions)  # noqa: E741 - as in Generic[O]


class Linkage(ABC, Generic[O]):
    """Reacts. Each reaction runs in a task of its own: it may take its time and may fail without holding up another.

    `begin` is tried again after each of `delays_s`, unless it raises `Lacking`; one try may take `patience_s`. `O` are
    its options, which every rule's page has: what `begin`, `keep` and `end` get is that page.
    """

    name: ClassVar[str]
    order: ClassVar[int] = 100
    """Where its fields stand on a page."""
    title: ClassVar[str]
    delays_s: ClassVar[tuple[float, ...]] = (1.0, 5.0)
    patience_s: ClassVar[float] = 15.0
    everywhere: ClassVar[bool] = True
    """Whether every rule has its fields; otherwise those that name its options as a base."""
    lasts: ClassVar[bool] = False
    """Whether something ends with the event: then `keep` and `end` are called."""

    quiet: ClassVar[bool] = False
    """Whether it leaves nothing behind that the list must tell of, and that a crash of control would not end."""

    def __init__(self, around: Around, engine: "Engine") -> None:
        self.around = around
        self.engine = engine

    @classmethod
    def options(cls) -> type[LinkageOptions]:
        """The class of its fields."""
        for base in vars(cls).get("__orig_bases__", ()):
            for argument in get_args(base):
                return argument
        raise TypeError(f"{cls.__name__} does not say what its options are")

    async def run(self) -> None:
        """What is to be done whether or not there are events, until cancelled."""
        await asyncio.Event().wait()

    def lacking(self, occurrence: Occurrence, page: O) -> str:
        """What it needs and is not there, in words; empty: nothing (D-RULE-03). Must not wait."""
        del occurrence, page
        return ""

    @abstractmethod
    async def begin(self, occurrence: Occurrence, page: O) -> str:
        """React; gives words on what was done, if there is more to say. Raises `NightjarError`, `OSError`."""

    async def keep(self, occurrence: Occurrence, page: O) -> None:
        """What is to be done as long as the event goes on; ended when it is over."""

    async def end(self, occurrence: Occurrence, page: O) -> None:
        """The event is over; also called after a restart of control, for an event that it did not see end."""


@cache
def built_in() -> tuple[type[Linkage[LinkageOptions]], ...]:
    """The linkages of `recorder.events.linkages`, in the order of the pages."""
    from recorder.events import linkages

    found: list[type[Linkage[LinkageOptions]]] = []
    for module in pkgutil.iter_modules(linkages.__path__, linkages.__name__ + "."):
        loaded = importlib.import_module(module.name)
        found += [
            one
            for one in vars(loaded).values()
            if isinstance(one, type) and issubclass(one, Linkage) and one.__module__ == loaded.__name__
        ]
    return tuple(sorted(found, key=lambda one: (one.order, one.name)))

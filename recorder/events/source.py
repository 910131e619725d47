"""What a source is: a rule's page, and something that looks or listens and tells the engine."""

import asyncio
import importlib
import pkgutil
from functools import cache
from typing import ClassVar

from recorder.events.around import Around
from recorder.events.engine import Engine
from recorder.events.rule import Rule


class Source:
    """Tells the engine what begins and ends. Built before the loop runs, where `listen` may be called; `run` in it."""

    rule: ClassVar[type[Rule]]

    def __init__(self, engine: Engine, around: Around) -> None:
        self.engine = engine
        self.around = around

    def items(self) -> dict[str, str]:
        """For a page of scope list: the items that exist without being stored, with words for each. From any thread."""
        return {}

    async def run(self) -> None:
        """Look until cancelled; one that only listens has nothing to do here."""
        await asyncio.Event().wait()


@cache
def built_in() -> tuple[type[Source], ...]:
    """The sources of `recorder.events.sources`."""
    from recorder.events import sources

    found: list[type[Source]] = []
    for module in pkgutil.iter_modules(sources.__path__, sources.__name__ + "."):
        loaded = importlib.import_module(module.name)
        found += [
            one
            for one in vars(loaded).values()
            if isinstance(one, type)
            and issubclass(one, Source)
            and one.__module__ == loaded.__name__
            and hasattr(one, "rule")
        ]
    return tuple(found)

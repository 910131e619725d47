"""A worker that keeps jobs until a test lets them go: pages are looked at while they wait."""

from collections.abc import Callable
from typing import Any

from gui.toolkit.worker import Done, InlineWorker


class HeldWorker:
    """What a screen is given in place of its threads."""

    def __init__(self) -> None:
        self.held: list[tuple[Callable[[], Any], Done]] = []

    def run(self, job: Callable[[], Any], done: Done) -> None:
        """Keep it."""
        self.held.append((job, done))

    aside = run

    def release(self) -> None:
        """Run all that is kept."""
        held, self.held = self.held, []
        for job, done in held:
            InlineWorker().run(job, done)

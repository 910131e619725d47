"""The log as control has it: the book that is read, what of it is sent on, and how long it is kept."""

from collections.abc import Callable, Coroutine
from typing import Any

from recorder.client.clock import Clock
from recorder.client.instance import Instance
from recorder.logs.forwarding import Forwarding
from recorder.logs.keeping import Keeping
from recorder.logs.logbook import Logbook
from recorder.settings.registry import Registry
from recorder.settings.settings import Settings


class LogDesk:
    """One recorder's."""

    def __init__(self, instance: Instance, settings: Settings, clock: Clock, registry: Registry) -> None:
        self.book = Logbook(instance.config, instance.state, registry)
        self.forwarding = Forwarding(self.book, settings, clock, instance.state)
        self._keeping = Keeping(settings, clock, instance.config)

    def running(self) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
        """Give what runs for as long as control does."""
        return self.forwarding.run, self._keeping.run

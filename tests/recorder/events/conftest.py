"""An engine on a clock that the test owns, with pages that can be changed, and a bus that is listened to."""

from dataclasses import dataclass

import pytest

from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.control.events import Events
from recorder.events.engine import Engine
from recorder.events.rules import Rules
from recorder.events.sought import Sought
from recorder.events.store import EventStore
from recorder.sealing import Sealer
from recorder.settings.registry import built_in
from recorder.settings.settings import Author, Settings
from recorder.settings.store import SettingsStore

ADA = Author("ada", "screen")


@dataclass
class Bench:
    """An engine and all that it needs; `restart` is what a crash of control is."""

    instance: Instance
    clock: ManualClock

    def __post_init__(self):
        self.settings_store = SettingsStore(self.instance.config / "settings.db")
        self.settings = Settings(self.settings_store, built_in(), Sealer(self.instance), self.clock)
        self.bus = Events(self.clock)
        self.begin()

    def begin(self):
        self.store = EventStore(self.instance.state / "events.db")
        self.rules = Rules(self.settings)
        self.rules.load()
        self.engine = Engine(self.store, self.rules, self.bus, self.clock)

    async def restart(self):
        self.store.close()
        self.begin()
        await self.engine.start()

    def change(self, page, item="", **values):
        self.settings.change(page, values, ADA, item=item)

    async def listed(self, **sought):
        assert await self.engine.flush()
        return self.store.find(Sought(**sought))

    def close(self):
        self.store.close()
        self.settings_store.close()


@pytest.fixture
def bench(tmp_path):
    found = Bench(Instance(tmp_path / "data"), ManualClock())
    yield found
    found.close()

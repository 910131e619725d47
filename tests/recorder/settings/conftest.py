import pytest

from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.sealing import Sealer
from recorder.settings.machine import Machine
from recorder.settings.registry import built_in
from recorder.settings.settings import Author, Settings
from recorder.settings.store import FILE, SettingsStore


@pytest.fixture
def instance(tmp_path):
    return Instance(tmp_path / "data")


@pytest.fixture
def author():
    return Author("ada", "screen")


@pytest.fixture
def open_settings(instance):
    """Opens the settings of the instance, again and again if wanted, with other pages or another machine."""
    stores = []

    def opened(registry=None, machine=None):
        stores.append(SettingsStore(instance.config / FILE))
        machine = machine or Machine(system_owned=True, present={"network_time": False, "time_server": ""})
        return Settings(stores[-1], registry or built_in(), Sealer(instance), ManualClock(), machine)

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def settings(open_settings):
    return open_settings()

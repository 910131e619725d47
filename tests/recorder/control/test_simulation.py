"""Simulated cameras become channels when somebody wishes for them."""

import asyncio
import json

import pytest

from recorder.control.channels import Channels
from recorder.control.simulation import NoSimulator, Simulation
from recorder.sealing import Sealer
from recorder.settings.machine import Machine
from recorder.settings.registry import built_in
from recorder.settings.settings import Settings
from recorder.settings.store import FILE, SettingsStore

TOLD = {"port": 8554, "user": "viewer", "password": "only here", "cameras": 3}


class Supervisor:
    """Does what the supervisor does in `run/`."""

    def __init__(self, instance):
        self.instance = instance

    def stands(self):
        (self.instance.run / "processes.json").write_text("{}")

    @property
    def asked(self):
        return (self.instance.run / "simulator.wanted").exists()

    def tell(self, text):
        (self.instance.run / "simulator.json").write_text(text)


@pytest.fixture
def supervisor(instance):
    return Supervisor(instance)


@pytest.fixture
def channels(instance, clock):
    store = SettingsStore(instance.config / FILE)
    yield Channels(Settings(store, built_in(), Sealer(instance), clock, Machine(system_owned=True)))
    store.close()


@pytest.mark.anyio
async def test_the_wish_is_left_for_the_supervisor_and_waited_for(instance, channels, supervisor, author):
    supervisor.stands()
    simulation = Simulation(instance, channels, 60)
    assert simulation.available
    adding = asyncio.create_task(simulation.add(author))
    await asyncio.sleep(0)
    assert supervisor.asked
    # What is half written is looked at again.
    supervisor.tell(json.dumps(TOLD)[:20])
    supervisor.tell(json.dumps(TOLD))
    added = await adding
    assert [number for number, _stored in added] == [1, 2, 3]
    first = channels.get(1).values
    assert (first.url, first.sub_url, first.user) == (
        "rtsp://127.0.0.1:8554/cam1/main",
        "rtsp://127.0.0.1:8554/cam1/sub",
        "viewer",
    )


@pytest.mark.anyio
async def test_asked_again_or_twice_at_once_no_camera_is_added_twice(instance, channels, supervisor, author):
    supervisor.tell(json.dumps(TOLD))
    simulation = Simulation(instance, channels)
    both = await asyncio.gather(simulation.add(author), simulation.add(author))
    assert sorted(len(added) for added in both) == [0, 3]
    channels.remove(2, author)
    assert [number for number, _stored in await simulation.add(author)] == [2]


@pytest.mark.anyio
async def test_without_a_supervisor_it_is_refused_at_once(instance, channels, supervisor, author):
    simulation = Simulation(instance, channels)
    assert not simulation.available
    with pytest.raises(NoSimulator):
        await simulation.add(author)
    assert not supervisor.asked


@pytest.mark.anyio
async def test_a_simulator_that_does_not_come_is_given_up(instance, channels, supervisor, author):
    supervisor.stands()
    with pytest.raises(NoSimulator):
        await Simulation(instance, channels, 0.01).add(author)
    assert channels.all() == {}

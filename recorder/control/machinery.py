"""What control does with the devices of the machine: the line to hal, and who is asked about each kind of them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from hal.client import DeviceState
from hal.client.follower import Follower
from hal.client.kinds import AlarmInputState, RelayState
from hal.client.reach import reach
from recorder.client.answers import Hardware as MachineWords
from recorder.client.clock import Clock
from recorder.client.instance import Instance
from recorder.client.status import DiskStatus
from recorder.control.additions import Additions
from recorder.control.array_work import ArrayWork
from recorder.control.bay_jobs import BayJobs
from recorder.control.bay_work import BayWork
from recorder.control.bays import Bays
from recorder.control.channels import Channels
from recorder.control.disk_news import DiskNews
from recorder.control.domes import Domes
from recorder.control.events import Events
from recorder.control.hardware import Hardware
from recorder.control.hardware_events import HardwareEvents
from recorder.control.hardware_words import groups
from recorder.control.mounts import Mounts
from recorder.control.network_tests import NetworkTests
from recorder.control.places import Places
from recorder.control.poe import Poe
from recorder.control.seats import Seats
from recorder.control.sticks import Sticks
from recorder.control.terminals import Terminals
from recorder.control.tile_buttons import TileButtons
from recorder.settings.pages.alarm_input import AlarmInput
from recorder.settings.pages.alarm_output import AlarmOutput
from recorder.settings.settings import Changed, Settings
from recorder.sockets.running import Work

Disks = Callable[[], Sequence[DiskStatus]]


class Machinery:
    """One machine's. Belongs to the event loop of control."""

    def __init__(
        self,
        instance: Instance,
        clock: Clock,
        settings: Settings,
        events: Events,
        channels: Channels,
        recording_disks: Disks,
        exported: Callable[[], Sequence[str]],
        stale: Callable[[], None],
    ) -> None:
        """`recording_disks` is what media says of them, `exported` the folders that exports go to.

        `stale` is called when the plan may be another.
        """
        self._settings = settings
        self.follower = Follower(instance.socket("hal"))
        self.hardware = Hardware(self.follower)
        self.poe = Poe(self.hardware, settings)
        self.terminals = Terminals(self.hardware, settings)
        self.tile_buttons = TileButtons(self.terminals, settings, channels.get)
        self.domes = Domes(self.hardware, channels, settings, clock)
        self.news = HardwareEvents(self.follower, events, clock, self.terminals.title)
        self.bays = Bays(instance, events, self.follower, self.news.note_bay)
        places, jobs = Places(instance, recording_disks), BayJobs()
        around = (instance, self.hardware, self.bays, settings)
        self.bay_work = BayWork(*around, recording_disks, places, jobs)
        self.array_work = ArrayWork(*around, places, jobs, self.bay_work)
        self.additions = Additions(self.hardware, settings, jobs.at_work)
        self.disk_news = DiskNews(events, self.bays)
        self.seats = Seats(instance, channels, self.follower, stale)
        probe = partial(reach, instance.socket("hal"))
        self.network_tests = NetworkTests(
            probe, self.follower, channels, settings, lambda: self.seats.seats, self.seats.address
        )
        self.sticks = Sticks(instance, clock, self.follower, exported, self.news.note_stick, self.news.tell_pulled)
        devices = partial(self.follower.states, DeviceState)
        self.mounts = Mounts(instance, clock, devices, jobs.at_work, recording_disks, self.bays.take_mount_faults)

    def begin(self) -> None:
        """Offer the terminals of the board as items of their pages, and take calls."""
        self.hardware.begin()
        self._settings.offer(AlarmInput, partial(self._named, AlarmInputState))
        self._settings.offer(AlarmOutput, partial(self._named, RelayState))

    def running(self) -> tuple[Work, ...]:
        """Give what runs for as long as control does."""
        return (
            self.follower.run,
            self.news.run,
            self.bays.run,
            self.bay_work.run,
            self.mounts.run,
            self.sticks.run,
            self.terminals.run,
            self.seats.run,
        )

    async def close(self) -> None:
        """End what was begun for somebody."""
        await self.network_tests.close()

    async def words(self) -> MachineWords:
        """The machine at one glance; raises `HardwareAway`."""
        states = await self.hardware.states(DeviceState)
        return MachineWords(tuple(groups(states, self.follower.inventory)), self.news.troubles)

    def settings_changed(self, changed: Sequence[Changed], soon: Callable[[Callable[[], None]], object]) -> None:
        """Follow settings of terminals; from any thread, `soon` calls in the loop."""
        if self.terminals.settings_changed(changed):
            soon(self._terminals_changed)

    def _named(self, kind: type[DeviceState]) -> Mapping[str, str]:
        """The terminals that the board has."""
        return {one.name: "" for one in self.follower.states(kind)}

    def _terminals_changed(self) -> None:
        self.terminals.look()
        self.news.look_again()

"""The control plane put together: settings, accounts, plan, media, exports and events of one instance."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from recorder.accounts.accounts import Accounts
from recorder.accounts.password import Passwords
from recorder.accounts.refused_logins import RefusedLogins
from recorder.accounts.store import FILE as ACCOUNTS_FILE
from recorder.accounts.store import AccountStore
from recorder.client.answers import Health, Status, Storage
from recorder.client.clock import Clock, SystemClock
from recorder.client.grants import Grant
from recorder.client.instance import Instance
from recorder.client.status import DiskStatus, MediaStatus
from recorder.client.stream import StreamName
from recorder.configuration.backup import Backup
from recorder.configuration.desk import ConfigurationDesk
from recorder.configuration.found_backups import FoundBackups
from recorder.configuration.gathering import Gathering
from recorder.configuration.notice import Notice
from recorder.configuration.placing import Placing
from recorder.control.action_jobs import ActionJobs
from recorder.control.channels import Channels
from recorder.control.clock_words import clock_words
from recorder.control.detect_link import DetectLink
from recorder.control.doors import DOORS
from recorder.control.events import Events
from recorder.control.export_place import clear_unfetched
from recorder.control.exports import Exports
from recorder.control.granting import Granting
from recorder.control.health_desk import HealthDesk
from recorder.control.lights import Lights
from recorder.control.machinery import Machinery
from recorder.control.media_link import MediaLink
from recorder.control.pictures import Pictures
from recorder.control.planner import Planner
from recorder.control.planning import Planning
from recorder.control.pool_keys import PoolKeys
from recorder.control.recovery_desk import RecoveryDesk
from recorder.control.rtsp_desk import RtspDesk
from recorder.control.security_desk import SecurityDesk
from recorder.control.simulation import Simulation
from recorder.control.sounds import Sounds
from recorder.control.status import processes_of, status_of, storage_of
from recorder.control.time_keeping import TIME
from recorder.control.wishes import Keeper, Wish
from recorder.events.around import Around
from recorder.events.desk import EventDesk
from recorder.events.messages import Messages
from recorder.events.toured import Toured
from recorder.logs.desk import LogDesk
from recorder.media.plan import Plan
from recorder.pam.question import SOCKET as PAM
from recorder.sealing import Sealer
from recorder.settings.kept_clock import kept_clock
from recorder.settings.machine import Machine
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.directory_group import DirectoryGroup
from recorder.settings.pages.disk import Disk
from recorder.settings.pages.general import General
from recorder.settings.pages.login_rules import LoginRules
from recorder.settings.pages.stream_user import StreamUser
from recorder.settings.pages.user_group import UserGroup
from recorder.settings.registry import Registry, built_in
from recorder.settings.scope import Capability
from recorder.settings.settings import Changed, Settings
from recorder.settings.store import FILE as SETTINGS_FILE
from recorder.settings.store import SettingsStore
from recorder.sockets.running import Running
from recorder.store.key_ring import KeyRing
from recorder.update.desk import UpdateDesk
from recorder.update.firmware import MachineFirmware
from recorder.update.watch import Watch

log = logging.getLogger(__name__)

LEAVES_S = 0.5
"""So long the answer to whoever asked control to start anew is given time."""


@dataclass(frozen=True)
class Parts:
    """What a test puts in place of the real thing."""

    clock: Clock
    registry: Registry
    machine: Machine
    passwords: Passwords

    @classmethod
    def real(cls) -> "Parts":
        """The real things."""
        return cls(SystemClock(), built_in(), Machine.here(), Passwords())


class Control:
    """Everything behind the API. Built in a thread or before the loop; `start` and `stop` belong to the event loop."""

    def __init__(self, instance: Instance, parts: Parts | None = None) -> None:
        parts = parts or Parts.real()
        self.instance = instance
        self.clock = parts.clock
        self.events = Events(self.clock)
        self._running = Running()
        self._settings_store = SettingsStore(instance.config / SETTINGS_FILE)
        self._account_store = AccountStore(instance.config / ACCOUNTS_FILE)
        seal = Sealer(instance)
        self.settings = Settings(self._settings_store, parts.registry, seal, self.clock, parts.machine)
        self.accounts = Accounts(self._account_store, self.settings, self.clock, parts.passwords, instance.socket(PAM))
        self.channels = Channels(self.settings)
        self.exports = Exports(instance, self.events, self.clock)
        machinery = self.machinery = Machinery(
            instance,
            self.clock,
            self.settings,
            self.events,
            self.channels,
            self._recording_disks,
            self.exports.places,
            self._stale_soon,
        )
        machinery.news.reset_held = self.accounts.recovery.key.held
        self.hardware, self.poe, self.terminals = machinery.hardware, machinery.poe, machinery.terminals
        self.tile_buttons, self.domes, self.seats = machinery.tile_buttons, machinery.domes, machinery.seats
        self.bays, self.bay_work, self.array_work = machinery.bays, machinery.bay_work, machinery.array_work
        self.additions, self.mounts, self.sticks = machinery.additions, machinery.mounts, machinery.sticks
        self.recovery_stick = RecoveryDesk(self.sticks, self.accounts.recovery, self.settings)
        self.actions = ActionJobs(self.settings, self.events, instance)
        self.simulation = Simulation(instance, self.channels)
        self.pictures = Pictures(instance, self.clock)
        self.media = MediaLink(instance, self.clock, self._media_changed, self.pictures.event)
        self.detect = DetectLink(instance)
        self.messages = Messages(self.clock)
        self.toured = Toured()
        self.sounds = Sounds(instance, self.settings, self.hardware, self.clock, lambda: self.sticks.sticks)
        self.desk = EventDesk(self._around())
        self.log = LogDesk(instance, self.settings, self.clock, parts.registry)
        self.health = HealthDesk(instance, self.clock, self.settings, self.events, self.desk.store, lambda: self.plan)
        self.security = SecurityDesk(
            instance,
            self.settings,
            self.accounts,
            self.channels,
            self.clock,
            parts.registry,
            lambda: self.media.status,
            lambda: processes_of(instance),
        )
        watch = Watch(instance, self.clock, machinery.follower, lambda: self.media.status, lambda: self.plan)
        firmware = MachineFirmware(instance, self.hardware)
        about = (instance, self.clock, self.settings, self.events)
        self.updates = UpdateDesk(*about, firmware, watch, lambda: self.sticks.sticks)
        self._lights = Lights(
            machinery.follower,
            lambda: self.media.status,
            lambda: machinery.news.troubles,
            updating=lambda: self.updates.note.busy,
            alarm=lambda: self.desk.engine.alarmed,
        )
        ring = KeyRing(instance, self.clock)
        stores = (self._settings_store, self._account_store, self.desk.store)
        gathering = Gathering(instance, stores, self.settings, self.accounts, ring, self.clock)
        self.configuration = ConfigurationDesk(
            instance,
            self.settings,
            gathering,
            Placing(instance, self._settings_store, self.settings, self.clock),
            self.sticks,
            lambda: self.updates.update.record.busy,
            Backup(instance, self.clock, gathering, self._recording_disks),
            FoundBackups(instance, self.accounts.first_run.is_due),
            self._leave_soon,
            firmware.restart,
        )
        self.notice = Notice(instance.config, self.clock)
        self.leave: Callable[[], object] = lambda: None
        """Ends this process, which whoever started it starts anew."""
        self.grants = Granting(instance, self.settings, self.clock)
        self.accounts.narrowed = self.grants.void
        self._refused_logins = RefusedLogins(self.settings, self.clock, self._is_user)
        self.accounts.logins.refused.append(self._refused_logins.refused)
        self.rtsp = RtspDesk(instance, self.settings, self.accounts, self.channels, self.clock, self.mint)
        wishes: list[Wish[Any]] = [DOORS]
        if Capability.SETS_CLOCK in parts.machine.capabilities:
            wishes.append(TIME)
        self.keepers = [Keeper(instance, self.settings, self.clock, one) for one in wishes]
        self.pool_keys = PoolKeys(self.settings, ring)
        planner = Planner(self.settings, seal, ring, self.seats.address)
        self.planning = Planning(instance, self.clock, self.settings, planner, self.media, self.pictures)

    async def start(self) -> None:
        """Make a first plan and begin to supply media."""
        self._running.ready()
        self.events.start()
        self.machinery.begin()
        self.settings.listen(self._settings_changed)
        self.settings.offer(Disk, self._disks)
        self.settings.offer(DirectoryGroup, self._user_groups)
        self.settings.tell(DateTime, "clock_state", lambda: clock_words(kept_clock())[0])
        self.settings.tell(LoginRules, "stick_made", self.recovery_stick.made)
        if (kept := await self.exports.find_again()) is not None:
            await asyncio.to_thread(clear_unfetched, self.instance, kept)
        await self.planning.begin()
        await self.desk.start()
        await self.rtsp.open()
        works = (
            self.media.run,
            self.planning.run,
            self.pictures.run,
            self.detect.run,
            *self.machinery.running(),
            self._lights.run,
            *self.log.running(),
            self._refused_logins.run,
            *self.grants.running(),
            *self.sounds.running(),
            partial(self.health.run, self._whole_health),
            self.updates.run,
            *(keeper.run for keeper in self.keepers),
            *self.configuration.running(),
        )
        self._running.begin(works)

    async def stop(self) -> None:
        """End everything; media runs on from its plan."""
        self.actions.close()
        self.rtsp.close()
        await self.desk.stop()
        await self.exports.close()
        await self.machinery.close()
        await self._running.end()
        self._settings_store.close()
        self._account_store.close()

    @property
    def plan(self) -> Plan:
        """What media runs from."""
        return self.planning.plan

    def status(self) -> Status:
        """How the recorder is. Reads settings and a small file: called in a thread."""
        return status_of(self)

    async def _whole_health(self) -> Health:
        return await self.health.of(await asyncio.to_thread(self.status), self.desk.engine.power.newest)

    def storage(self) -> Storage:
        """All that is recorded to, in words. Reads settings: called in a thread."""
        return storage_of(self.status())

    def hidden_channels(self) -> frozenset[int]:
        """The channels that nobody sees at the screen while no one is logged in."""
        return frozenset(self.settings.get(General).hidden_after_logout)

    def mint(self, grant: Grant) -> str:
        """Sign a grant."""
        return self.grants.sign(grant)

    def shown_stream(self, channel: int) -> StreamName:
        """The stream of a channel that small pictures take."""
        return self.channels.get(channel).values.shown_stream

    def _around(self) -> Around:
        """What events see of the recorder."""
        return Around(
            instance=self.instance,
            clock=self.clock,
            settings=self.settings,
            accounts=self.accounts,
            bus=self.events,
            hardware=self.hardware,
            terminals=self.terminals,
            domes=self.domes,
            poe=self.poe,
            seats=self.seats,
            pictures=self.pictures,
            detect=self.detect,
            messages=self.messages,
            voices=self.sounds.voices,
            toured=self.toured,
            media=lambda: self.media.status,
            plan=lambda: self.plan,
            troubles=lambda: self.machinery.news.troubles,
        )

    def _media_changed(self, status: MediaStatus | None) -> None:
        self.machinery.disk_news.tell(status)
        self.events.publish("media", {"media": msgspec.to_builtins(status) if status else None})

    def _recording_disks(self) -> Sequence[DiskStatus]:
        media = self.media.status
        return media.disks if media is not None else ()

    def _user_groups(self) -> dict[str, str]:
        """The groups of users by name, with what they are called."""
        return {one.item: one.values.title for one in self.settings.items(UserGroup)}

    def _disks(self) -> dict[str, str]:
        """The disks that media sees, by id, with their names."""
        return {one.id: one.name for one in self._recording_disks() if one.id}

    def _settings_changed(self, changed: Sequence[Changed]) -> None:
        self.grants.settings_changed(changed)
        for one in changed:
            self.events.publish_soon("settings", one)
        if any(one.page == Channel.about.name for one in changed):
            self._running.soon(self.seats.reassign)
        self.machinery.settings_changed(changed, self._running.soon)
        self.planning.changed(changed)

    def _is_user(self, name: str) -> bool:
        """Whether somebody of this name could log in, here or at the RTSP server."""
        of_streams = (one.item for one in self.settings.items(StreamUser))
        return self.accounts.people.person(name) is not None or name in of_streams

    def _leave_soon(self) -> None:
        """Start anew, as soon as whoever asked for it had his answer. Called from threads."""
        self._running.later(LEAVES_S, self.leave)

    def _stale_soon(self) -> None:
        self.planning.stale_soon()

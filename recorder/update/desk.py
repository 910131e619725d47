"""Updates in control: sources, the state machine in a thread, the hour at night, the gate, and what is told."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import contextmanager
from datetime import tzinfo

from hal.client.firmware import Installed
from recorder.client.answers.disks import StickStatus
from recorder.client.answers.update import CheckedBundle, Phase, Reason, UpdateNote, UpdateStatus
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.control.events import Events
from recorder.settings.pages.date_time import DateTime
from recorder.settings.settings import Author, Settings
from recorder.store import read_boot_id
from recorder.update import words
from recorder.update.backup import SCHEMA, put_by
from recorder.update.download import shown
from recorder.update.firmware import MachineFirmware
from recorder.update.gate import wrong
from recorder.update.inbox import NotRead
from recorder.update.intake import GivenUp, Intake
from recorder.update.machine import Update, UpdateBusy
from recorder.update.night import LATE_US, ClockUnset, tonight
from recorder.update.offered import Offered
from recorder.update.record import FILE, RecordFile
from recorder.update.slots import FirmwareFailed
from recorder.update.watch import Watch

LOOK_S = 1.0
AGAIN_US = 60 * SECOND_US
"""How often a recorder that cannot be updated is asked whether that is still so."""
GAP_S = 90
"""What is told before the first update, of which nothing was measured yet: a start through firmware and boot loader."""
INBOX = "updates"
_BUNDLE = frozenset({Phase.CHECKED, Phase.BACKUP, Phase.INSTALL, Phase.ARMED, Phase.REBOOT, Phase.TRIAL})
log = logging.getLogger(__name__)


class GapChanged(NightjarError):
    """The seconds without recording are to be known before they are agreed to."""

    status = 409
    words = _("About {seconds} s will not be recorded while the recorder starts anew. Agree to that, and try again.")


class UpdateDesk:
    """Belongs to the event loop; what it does with files and firmware it does in a thread, one thing at a time."""

    def __init__(
        self,
        instance: Instance,
        clock: Clock,
        settings: Settings,
        events: Events,
        firmware: MachineFirmware,
        watch: Watch,
        sticks: Callable[[], tuple[StickStatus, ...]],
    ) -> None:
        self._instance = instance
        self._clock = clock
        self._settings = settings
        self._events = events
        self._firmware = firmware
        self.watch = watch
        self._offered = Offered(sticks)
        self._intake = Intake(instance.state / INBOX, lambda: firmware.cancelled, self._so_far)
        file = RecordFile(instance.config / FILE)
        self.update = Update(file, firmware, clock, read_boot_id(), SCHEMA, lambda: put_by(instance))
        self._installed = Installed()
        self._asked = 0
        """When the root helper told what runs (monotonic)."""
        self._percent: float | None = None
        self._one_at_a_time = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._takes = 0
        """Requests that begin an update, or send one."""
        self._told = UpdateStatus()
        self._ended = (self.update.record.phase, self.update.record.ended_us)

    async def run(self) -> None:
        """Look every second until cancelled."""
        await asyncio.to_thread(self._intake.clear)
        while True:
            for step in (self._look, self._tell):
                try:
                    await step()
                except (NightjarError, OSError, sqlite3.Error) as error:  # nobody else watches
                    log.warning("update: %s", error)
            await asyncio.sleep(LOOK_S)

    # --- what is told ---

    def status(self) -> UpdateStatus:
        """How it stands. Reads settings: called in a thread."""
        record, problem = self.update.record, self._installed.problem.rstrip(".")
        bundle = None
        if record.phase in _BUNDLE:
            bundle = CheckedBundle(
                record.to_version,
                record.description,
                record.built,
                record.bytes,
                record.signer,
                record.digest,
                record.source,
            )
        told = words.words(record)
        if self.update.trial.wrong and record.phase is Phase.TRIAL:
            told += " " + words.waiting(self.update.trial.wrong)
        return UpdateStatus(
            phase=record.phase,
            words=told,
            tone=words.tone(record),
            percent=self._percent if record.busy else None,
            version=self._installed.version,
            recorder=self._installed.recorder,
            development=self._installed.development,
            problem=problem and f"{problem}.",
            bundle=bundle,
            found=self._offered.bundles,
            stick_problem=self._offered.problem,
            at_us=record.at_us,
            tonight_us=tonight(self._clock.now_us(), self._zone()),
            gap_s=record.gap_s or GAP_S,
            busy=record.busy,
            seen=record.seen,
        )

    @property
    def note(self) -> UpdateNote:
        """What the screen shows of it by itself."""
        record = self.update.record
        found = tuple(one.id for one in self._offered.bundles if not one.problem)
        told = "" if record.seen else words.brief(record)
        tone, development = words.tone(record), self._installed.development
        return UpdateNote(found, told, tone, record.ended_us, record.busy, development)

    # --- what is asked ---

    async def from_stick(self, wanted: str, permit: str, author: Author) -> None:
        """Copy a file of a stick, and check it; raises `NotFound`, `UpdateBusy`, `NotRead`."""
        label, place, one = self._offered.find(wanted)
        if one.problem:
            raise NotRead(problem=one.problem)
        with self._taking():
            await self._begin(_("USB stick {stick}: {name}").format(stick=label, name=one.name), author)
            self._start(self._copy(lambda: self._intake.from_stick(place, label, one), permit))

    async def from_address(self, url: str, permit: str, author: Author) -> None:
        """Fetch a file from a web server, and check it; raises `UpdateBusy`."""
        with self._taking():
            await self._begin(shown(url), author)
            self._start(self._copy(lambda: self._intake.from_address(url), permit))

    async def from_upload(self, pieces: AsyncIterator[bytes], permit: str, author: Author) -> None:
        """Take a file that is sent, and check it; raises `UpdateBusy`, and why it could not be taken."""
        with self._taking():
            await self._begin(_("a file that was sent"), author)
            self._start(self._check(await self._received(pieces), permit))

    async def _received(self, pieces: AsyncIterator[bytes]) -> str:
        name = ""
        try:
            name = await self._intake.from_pieces(pieces)
        except NightjarError as error:
            await self._lost(Reason.CANCELLED if isinstance(error, GivenUp) else Reason.COPY, str(error))
            raise
        finally:
            # Whoever sent it may have hung up, which is no error of ours.
            if not name and self.update.record.phase is Phase.FOUND:
                await asyncio.shield(self._lost(Reason.INTERRUPTED, ""))
        return name

    async def when(self, digest: str, gap_s: int, author: Author, *, at_night: bool) -> None:
        """Install what was checked, now or at night; `gap_s` is what was told. Raises `NothingChecked`."""
        told = await asyncio.to_thread(self.status)
        if gap_s != told.gap_s:
            raise GapChanged(seconds=told.gap_s)
        if at_night and not told.tonight_us:
            raise ClockUnset
        if not self.update.resumed or self._busy:
            raise UpdateBusy
        record = self.update.record
        async with self._one_at_a_time:
            await asyncio.to_thread(self.update.plan, digest, told.tonight_us if at_night else 0, author.who)
        said = _("installed at night") if at_night else _("installed now")
        await asyncio.to_thread(self._settings.noted, "update", record.to_version, said, author)
        if not at_night:
            self._start(self._install())

    async def forget(self, author: Author) -> None:
        """Give up what is being copied, or have no bundle any more; raises `UpdateBusy`."""
        record = self.update.record
        if record.phase is Phase.FOUND:
            self._firmware.cancelled = True
        else:
            async with self._one_at_a_time:
                await asyncio.to_thread(self.update.forget)
        await asyncio.to_thread(self._settings.noted, "update", record.to_version, _("given up"), author)

    async def seen(self) -> None:
        """Somebody has seen how the last one ended."""
        async with self._one_at_a_time:
            await asyncio.to_thread(self.update.seen)

    # --- what it does ---

    @property
    def _busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._task = asyncio.create_task(self._guarded(work), name="update")

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except (OSError, sqlite3.Error) as error:  # `look_again` goes on from where it stands
            log.warning("update: where it stands could not be written: %s", error)

    @contextmanager
    def _taking(self) -> Generator[None]:
        self._takes += 1
        try:
            yield
        finally:
            self._takes -= 1

    async def _begin(self, source: str, author: Author) -> None:
        if self._busy or self._installed.problem:
            raise UpdateBusy if self._busy else FirmwareFailed(problem=self._installed.problem)
        async with self._one_at_a_time:
            self._firmware.cancelled, self._percent = False, None
            await asyncio.to_thread(self.update.found, source, author.who)
        await asyncio.to_thread(self._settings.noted, "update", "", source, author)

    async def _copy(self, take: Callable[[], str], permit: str) -> None:
        try:
            name = await asyncio.to_thread(take)
        except NightjarError as error:
            await self._lost(Reason.CANCELLED if isinstance(error, GivenUp) else Reason.COPY, str(error))
            return
        except Exception:
            log.exception("update: copying failed")
            await self._lost(Reason.COPY, str(NightjarError()))
            return
        await self._check(name, permit)

    async def _check(self, name: str, permit: str) -> None:
        async with self._one_at_a_time:
            await asyncio.to_thread(self.update.check, name, permit, self._progress)
        self._percent = None
        await self._tell()

    async def _install(self) -> None:
        async with self._one_at_a_time:
            await asyncio.to_thread(self.update.install, lambda: self.watch.before, self._progress)

    async def _lost(self, reason: Reason, detail: str) -> None:
        await asyncio.to_thread(self._intake.clear)
        async with self._one_at_a_time:
            await asyncio.to_thread(self.update.lost, reason, detail)

    def _progress(self, percent: float, said: str) -> None:
        del said
        self._percent = percent

    def _so_far(self, percent: float | None) -> None:
        self._percent = percent

    async def _look(self) -> None:
        self.watch.follow()
        if not self._asked or (self._installed.problem and self._clock.monotonic_us() - self._asked > AGAIN_US):
            await self._ask_installed()
        self._offered.follow()
        if self._busy:
            return
        async with self._one_at_a_time:
            await self._go_on()

    async def _go_on(self) -> None:
        update = self.update
        if not self._takes:
            update.look_again()
        if not update.resumed and await asyncio.to_thread(update.resume):
            await self._ask_installed()
        if not update.resumed or update.record.phase is Phase.TRIAL:
            seen = await self.watch.look(frozenset(update.record.channels))
            hear = update.trial.hear if update.resumed else update.trial.unknown
            await asyncio.to_thread(hear, wrong(seen, self.watch.names))
            return
        await asyncio.to_thread(update.settle)
        if update.record.phase is Phase.CHECKED and update.record.at_us:
            late_us = self._clock.now_us() - update.record.at_us
            if late_us > LATE_US:
                await asyncio.to_thread(update.missed)
            elif late_us >= 0 and self.watch.knows:
                self._start(self._install())

    async def _ask_installed(self) -> None:
        try:
            self._installed = await asyncio.to_thread(self._firmware.installed)
            self._asked = self._clock.monotonic_us()
        except FirmwareFailed as error:
            log.debug("update: %s", error)

    async def _tell(self) -> None:
        """Tell what is new: over the event stream, and in the log how an update ended."""
        record = self.update.record
        ended = (record.phase, record.ended_us)
        if ended != self._ended and not record.seen:
            said, by = words.words(record), Author("recorder", "update")
            await asyncio.to_thread(self._settings.noted, "update", record.to_version, said, by)
            self._ended = ended
        told = await asyncio.to_thread(self.status)
        if told != self._told:
            self._told = told
            self._events.publish("update", told)

    def _zone(self) -> tzinfo:
        return self._settings.get(DateTime).zone_info

"""The state machine of an update: what follows what, what each step leaves on disk, and where a cut leads (U1-U6).

All of it runs in one thread at a time and blocks; whoever calls brings the record file, the firmware and the clock.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from recorder.client.answers.update import Phase, Reason
from recorder.client.clock import Clock
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.update import slots
from recorder.update.record import Record, RecordFile
from recorder.update.slots import AGAIN_US, Firmware, FirmwareAway, FirmwareFailed, SlotSeen, Told
from recorder.update.standing import LONGEST_DETAIL, Standing
from recorder.update.trial import Trial

_UNTOUCHED = frozenset({Phase.FOUND, Phase.BACKUP, Phase.INSTALL})
"""Phases in which no other slot may be next."""
_AT_WORK = _UNTOUCHED | {Phase.ARMED}
"""Phases in which control itself is at work."""
log = logging.getLogger(__name__)


class UpdateBusy(NightjarError):
    """One update at a time."""

    status = 409
    words = _("An update is under way. Wait for its end.")


class NothingChecked(NightjarError):
    """There is no checked bundle, or it is another one."""

    status = 409
    words = _("This update is not the one that was checked. Look at the page again.")


class Update:
    """One recorder's updates; what a new firmware goes through once it runs is its `trial`."""

    def __init__(
        self,
        file: RecordFile,
        firmware: Firmware,
        clock: Clock,
        boot: str,
        schema: int,
        backup: Callable[[], None],
    ) -> None:
        """`boot` names this run of the kernel, `schema` is the format of our settings; `backup` raises OSError."""
        self._standing = Standing(file, clock)
        self._firmware = firmware
        self._clock = clock
        self._boot = boot
        self._schema = schema
        self._backup = backup
        self.trial = Trial(self._standing, firmware, clock, boot)
        self.resumed = not self.record.busy
        self._settle_us: int | None = clock.monotonic_us()
        """When what runs is to be called good; None: it was."""
        self._restarted_us = clock.monotonic_us()
        """When the machine was last asked to start anew."""

    @property
    def record(self) -> Record:
        """Where it stands."""
        return self._standing.record

    # --- from a bundle to one that may be installed ---

    def found(self, source: str, by: str) -> None:
        """Begin with a file of this source; raises `UpdateBusy`."""
        if self.record.busy or not self.resumed:
            raise UpdateBusy
        self._standing.save(Record(Phase.FOUND, source=source, by=by, gap_s=self.record.gap_s))
        slots.discard(self._firmware)  # else a small disk has no room for the next one beside it

    def lost(self, reason: Reason, detail: str) -> None:
        """Say that the file could not be had."""
        self._standing.end(Phase.FAILED, reason, detail)

    def check(self, file: str, permit: str, told: Told) -> None:
        """Check a file of the inbox."""
        try:
            found = self._firmware.check(file, permit, told)
        except FirmwareFailed as error:
            self._standing.end(Phase.FAILED, Reason.COPY, str(error))
            return
        about = replace(
            self.record,
            to_version=found.version,
            description=found.description,
            built=found.built,
            bytes=found.bytes,
            signer=str(found.signer),
            digest=found.digest,
            permit=permit,
            schema=found.schema,
            board=found.compatible,
            least=found.least,
            refusal=found.refusal,
            detail=found.detail[:LONGEST_DETAIL],
        )
        if found.refusal:
            self._standing.save(replace(about, phase=Phase.REFUSED, seen=False, ended_us=self._clock.now_us()))
        elif found.schema and found.schema < self._schema:
            slots.discard(self._firmware)
            ended = self._clock.now_us()
            self._standing.save(replace(about, phase=Phase.REFUSED, reason=Reason.SCHEMA, seen=False, ended_us=ended))
        else:
            self._standing.save(replace(about, phase=Phase.CHECKED))

    def plan(self, digest: str, at_us: int, by: str) -> None:
        """Say when the checked bundle is installed; raises `NothingChecked`."""
        if self.record.phase is not Phase.CHECKED or self.record.digest != digest:
            raise NothingChecked
        self._standing.save(replace(self.record, at_us=at_us, by=by))

    def forget(self) -> None:
        """Have no bundle any more; raises `UpdateBusy` while something is done with it."""
        if self.record.busy:
            raise UpdateBusy
        if self.record.phase is Phase.CHECKED:
            slots.discard(self._firmware)
            self._standing.save(Record(gap_s=self.record.gap_s))

    def missed(self) -> None:
        """Say that its hour passed unused; it waits for another."""
        self._standing.end(Phase.FAILED, Reason.MISSED, "")
        slots.discard(self._firmware)

    # --- installing ---

    def install(self, recorded: Callable[[], Sequence[int]], told: Told) -> None:
        """Back up, install, and start the machine anew; raises `NothingChecked`.

        `recorded` gives the channels that recorded lately. It is called once more at the end: in its first seconds
        control has heard of none.
        """
        if self.record.phase is not Phase.CHECKED:
            raise NothingChecked
        try:
            here = next(one for one in self._firmware.slots() if one.booted)
            other = next(one for one in self._firmware.slots() if not one.booted)
            before = self._firmware.installed().version
        except (StopIteration, FirmwareFailed) as error:
            self._standing.end(Phase.FAILED, Reason.INSTALL, str(error) or _("the slots are not known"))
            return
        places = replace(self.record, slot=here.name, to_slot=other.name, version=before, boot=self._boot)
        self._standing.save(replace(places, phase=Phase.BACKUP, channels=tuple(recorded()), boots=(), at_us=0))
        try:
            self._backup()
        except OSError as error:
            self._standing.end(Phase.FAILED, Reason.BACKUP, str(error))
            return
        self._standing.save(replace(self.record, phase=Phase.INSTALL))
        try:
            self._firmware.install(self.record.digest, self.record.permit, told)
        except FirmwareFailed as error:
            self._standing.end(Phase.FAILED, Reason.INSTALL, str(error))
            return
        channels = tuple(sorted({*self.record.channels, *recorded()}))
        self._standing.save(replace(self.record, phase=Phase.ARMED, channels=channels))
        self._arm()

    def _arm(self) -> None:
        try:
            self._firmware.start_next(self.record.to_slot)
        except FirmwareAway:
            self.resumed = False  # `resume` comes here again
            return
        except FirmwareFailed as error:
            self._disarm(Reason.INSTALL, str(error))
            return
        self._standing.save(replace(self.record, phase=Phase.REBOOT, down_us=self._clock.now_us()))
        self._restarted_us = self._clock.monotonic_us()
        slots.restart(self._firmware)

    def _disarm(self, reason: Reason, detail: str) -> None:
        """Have what runs start next, too; only then it is over."""
        try:
            self._firmware.start_next(self.record.slot)
        except FirmwareAway:
            self.resumed = False
            return
        except FirmwareFailed as error:
            log.warning("update: %s", error)
        self._standing.end(Phase.FAILED, reason, detail)

    # --- after a start ---

    def resume(self) -> bool:
        """Go on where the record stands; False while nobody can tell which firmware runs.

        Control may have started anew in the same run of the kernel, or the kernel did, in the one slot or the other.
        """
        if self.resumed:
            return True
        record = self.record
        if record.phase in _UNTOUCHED:  # whichever slot runs, it is the one from before
            self._standing.end(Phase.FAILED, Reason.INTERRUPTED, "")
        if not self.record.busy:
            self.resumed = True
            return True
        found = slots.seen(self._firmware)
        here = next((one for one in found if one.booted), None)
        if here is None:
            return False
        self.resumed = True
        try:
            self._resume_in(here, found)
        except OSError:
            self.resumed = False  # it stands as before, and so must what is done next
            raise
        return True

    def _resume_in(self, here: SlotSeen, found: Sequence[SlotSeen]) -> None:
        record = self.record
        if here.name == record.to_slot:
            self.trial.begin()
        elif record.phase is Phase.TRIAL:
            self.trial.came_back(record.reason or Reason.NOT_STARTED, record.detail)
        elif record.boot == self._boot:
            self._arm()  # control alone started anew
        elif record.phase is Phase.REBOOT or not self._may_start(found):
            self.trial.came_back(Reason.NOT_STARTED, "")
        else:
            self._disarm(Reason.INTERRUPTED, "")

    def look_again(self) -> None:
        """Have `resume` go on where nobody is at work: a record was not written, or a restart never came.

        Called while nobody copies, checks or installs.
        """
        waited_us = self._clock.monotonic_us() - self._restarted_us
        if self.record.phase in _AT_WORK or (self.record.phase is Phase.REBOOT and waited_us >= AGAIN_US):
            self.resumed = False

    def settle(self) -> None:
        """Call what runs good, once in a run of control, while nothing is tried: the boot loader counts every start.

        Control runs and the hardware service answers, which is as far as a firmware that was good before can fall.
        """
        now_us = self._clock.monotonic_us()
        if self._settle_us is None or now_us < self._settle_us:
            return
        here = next((one for one in slots.seen(self._firmware) if one.booted), None)
        if here is None:
            return
        try:
            self._firmware.mark_good(here.name)
        except FirmwareFailed as error:
            log.warning("update: %s", error)
            self._settle_us = now_us + AGAIN_US
            return
        self._settle_us = None

    def seen(self) -> None:
        """Somebody has seen how it ended."""
        if not self.record.seen:
            self._standing.save(replace(self.record, seen=True))

    def _may_start(self, found: Sequence[SlotSeen]) -> bool:
        return any(one.good for one in found if one.name == self.record.to_slot)

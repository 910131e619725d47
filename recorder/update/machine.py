"""The state machine of an update: what follows what, what each step leaves on disk, and where a cut leads (U1-U6).

All of it runs in one thread at a time and blocks; whoever calls brings the record file, the firmware and the clock.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from hal.client.firmware import Inspection, Installed
from recorder.client.answers.update import Phase, Reason
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.update.record import Record, RecordFile

MOST_BOOTS = 3
"""So often the new firmware is tried; the boot loader counts too."""
PATIENCE_US = 600 * SECOND_US
"""So long it may take until all is as it was before."""
STEADY_US = 60 * SECOND_US
"""So long all must be well, without a break, before it is called good."""
AGAIN_US = 60 * SECOND_US
"""How long it is waited before something is asked again that was refused."""
LONGEST_DETAIL = 300
Told = Callable[[float, str], None]
log = logging.getLogger(__name__)


class UpdateBusy(NightjarError):
    """One update at a time."""

    status = 409
    words = _("An update is under way. Wait for its end.")


class NothingChecked(NightjarError):
    """There is no checked bundle, or it is another one."""

    status = 409
    words = _("This update is not the one that was checked. Look at the page again.")


class FirmwareFailed(NightjarError):
    """The firmware could not be asked, or said no."""

    status = 502
    words = _("{problem}")


class FirmwareAway(FirmwareFailed):
    """Nobody answers for it now."""

    status = 503


@dataclass(frozen=True)
class SlotSeen:
    """A slot as the hardware service tells it."""

    name: str
    booted: bool
    good: bool
    version: str = ""


class Firmware(Protocol):
    """What is asked of the machine. Every call raises `FirmwareFailed`."""

    def installed(self) -> Installed:
        """What runs."""
        ...

    def check(self, file: str, permit: str, told: Told) -> Inspection:
        """Take a file in from the inbox and check it."""
        ...

    def install(self, digest: str, permit: str, told: Told) -> None:
        """Install what was checked into the slot that does not run."""
        ...

    def discard(self) -> None:
        """Throw away what was taken in."""
        ...

    def slots(self) -> Sequence[SlotSeen]:
        """Both slots."""
        ...

    def mark_good(self, slot: str) -> None:
        """Let a slot start for good."""
        ...

    def mark_bad(self, slot: str) -> None:
        """Let it never start."""
        ...

    def start_next(self, slot: str) -> None:
        """Let it start next."""
        ...

    def restart(self) -> None:
        """Start the machine anew."""
        ...


@dataclass(frozen=True)
class Wrong:
    """One thing that is not as it was before the update."""

    reason: Reason
    detail: str = ""


class Update:
    """One recorder's updates."""

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
        self._file = file
        self._firmware = firmware
        self._clock = clock
        self._boot = boot
        self._schema = schema
        self._backup = backup
        self.record = file.load()
        self.resumed = not self.record.busy
        self._since_us = clock.monotonic_us()
        self._well_since_us: int | None = None
        self._back_us = self._since_us
        """When the machine was last asked to go back."""
        self._settle_us: int | None = self._since_us
        """When what runs is to be called good; None: it was."""
        self.wrong: tuple[Wrong, ...] = ()

    # --- from a bundle to one that may be installed ---

    def found(self, source: str, by: str) -> None:
        """Begin with a file of this source; raises `UpdateBusy`."""
        if self.record.busy or not self.resumed:
            raise UpdateBusy
        self._save(Record(Phase.FOUND, source=source, by=by, gap_s=self.record.gap_s))

    def lost(self, reason: Reason, detail: str) -> None:
        """Say that the file could not be had."""
        self._end(Phase.FAILED, reason, detail)

    def check(self, file: str, permit: str, told: Told) -> None:
        """Check a file of the inbox."""
        try:
            found = self._firmware.check(file, permit, told)
        except FirmwareFailed as error:
            self._end(Phase.FAILED, Reason.COPY, str(error))
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
            self._save(replace(about, phase=Phase.REFUSED, seen=False, ended_us=self._clock.now_us()))
        elif found.schema and found.schema < self._schema:
            self._discard()
            ended = self._clock.now_us()
            self._save(replace(about, phase=Phase.REFUSED, reason=Reason.SCHEMA, seen=False, ended_us=ended))
        else:
            self._save(replace(about, phase=Phase.CHECKED))

    def plan(self, digest: str, at_us: int, by: str) -> None:
        """Say when the checked bundle is installed; raises `NothingChecked`."""
        if self.record.phase is not Phase.CHECKED or self.record.digest != digest:
            raise NothingChecked
        self._save(replace(self.record, at_us=at_us, by=by))

    def forget(self) -> None:
        """Have no bundle any more; raises `UpdateBusy` while something is done with it."""
        if self.record.busy:
            raise UpdateBusy
        if self.record.phase is Phase.CHECKED:
            self._discard()
            self._save(Record(gap_s=self.record.gap_s))

    def missed(self) -> None:
        """Say that its hour passed unused; it waits for another."""
        self._end(Phase.FAILED, Reason.MISSED, "")
        self._discard()

    # --- installing ---

    def install(self, channels: Sequence[int], told: Told) -> None:
        """Back up, install, and start the machine anew; raises `NothingChecked`."""
        if self.record.phase is not Phase.CHECKED:
            raise NothingChecked
        try:
            here = next(one for one in self._firmware.slots() if one.booted)
            other = next(one for one in self._firmware.slots() if not one.booted)
            before = self._firmware.installed().version
        except (StopIteration, FirmwareFailed) as error:
            self._end(Phase.FAILED, Reason.INSTALL, str(error) or _("the slots are not known"))
            return
        places = replace(self.record, slot=here.name, to_slot=other.name, version=before, boot=self._boot)
        self._save(replace(places, phase=Phase.BACKUP, channels=tuple(channels), boots=(), at_us=0))
        try:
            self._backup()
        except OSError as error:
            self._end(Phase.FAILED, Reason.BACKUP, str(error))
            return
        self._save(replace(self.record, phase=Phase.INSTALL))
        try:
            self._firmware.install(self.record.digest, self.record.permit, told)
        except FirmwareFailed as error:
            self._end(Phase.FAILED, Reason.INSTALL, str(error))
            return
        self._save(replace(self.record, phase=Phase.ARMED))
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
        self._save(replace(self.record, phase=Phase.REBOOT, down_us=self._clock.now_us()))
        self._restart()

    def _disarm(self, reason: Reason, detail: str) -> None:
        """Have what runs start next, too; only then it is over."""
        try:
            self._firmware.start_next(self.record.slot)
        except FirmwareAway:
            self.resumed = False
            return
        except FirmwareFailed as error:
            log.warning("update: %s", error)
        self._end(Phase.FAILED, reason, detail)

    def _restart(self) -> None:
        try:
            self._firmware.restart()
        except FirmwareFailed as error:
            log.warning("update: the machine is not started anew: %s", error)

    # --- after a start ---

    def resume(self) -> bool:
        """Go on where the record stands; False while nobody can tell which firmware runs.

        Control may have started anew in the same run of the kernel, or the kernel did, in the one slot or the other.
        """
        if self.resumed:
            return True
        record = self.record
        if record.phase is Phase.FOUND:
            self._end(Phase.FAILED, Reason.INTERRUPTED, "")
            self.resumed = True
            return True
        slots = self._seen()
        here = next((one for one in slots if one.booted), None)
        if here is None:
            return False
        self.resumed = True
        if here.name == record.to_slot:
            self._try()
        elif record.phase in {Phase.BACKUP, Phase.INSTALL}:
            self._end(Phase.FAILED, Reason.INTERRUPTED, "")
        elif record.phase is Phase.TRIAL:
            self._rolled_back(record.reason or Reason.NOT_STARTED, record.detail)
        elif record.boot == self._boot:
            self._arm()  # control alone started anew
        elif record.phase is Phase.REBOOT or not self._may_start(slots):
            self._rolled_back(Reason.NOT_STARTED, "")
        else:
            self._disarm(Reason.INTERRUPTED, "")
        return True

    def _try(self) -> None:
        """The new firmware runs: count this run of the kernel, once."""
        record = self.record
        if self._boot not in record.boots or record.phase is not Phase.TRIAL:
            boots = tuple(dict.fromkeys((*record.boots, self._boot)))
            self._save(replace(record, phase=Phase.TRIAL, boots=boots))
        if self.record.reason:
            self._roll_back()
        elif len(self.record.boots) > MOST_BOOTS:
            self._give_up(Reason.TRIES, "")

    def trial(self, wrong: Sequence[Wrong]) -> None:
        """Hear once a second what is wrong now, while the new firmware is tried."""
        if self.record.phase is not Phase.TRIAL:
            return
        now_us = self._clock.monotonic_us()
        if self.record.reason:
            if now_us - self._back_us >= AGAIN_US:  # the machine was asked to start anew, and runs on
                self._roll_back()
            return
        self.wrong = tuple(wrong)
        if not wrong:
            if self._well_since_us is None:
                self._well_since_us = now_us
                self._note_gap()
            if now_us - self._well_since_us >= STEADY_US:
                self._good()
            return
        self._well_since_us = None
        if now_us - self._since_us >= PATIENCE_US:
            self._give_up(wrong[0].reason, wrong[0].detail)

    def settle(self) -> None:
        """Call what runs good, once in a run of control, while nothing is tried: the boot loader counts every start.

        Control runs and the hardware service answers, which is as far as a firmware that was good before can fall.
        """
        now_us = self._clock.monotonic_us()
        if self._settle_us is None or now_us < self._settle_us:
            return
        here = next((one for one in self._seen() if one.booted), None)
        if here is None:
            return
        try:
            self._firmware.mark_good(here.name)
        except FirmwareFailed as error:
            log.warning("update: %s", error)
            self._settle_us = now_us + AGAIN_US
            return
        self._settle_us = None

    def unknown(self, wrong: Sequence[Wrong]) -> None:
        """Hear the same while nobody can tell which firmware runs: after ten minutes the machine starts anew.

        The boot loader counts the tries, and comes back to what ran before.
        """
        self.wrong = tuple(wrong)
        if self._clock.monotonic_us() - self._since_us >= PATIENCE_US:
            self._since_us = self._clock.monotonic_us()
            self._restart()

    def seen(self) -> None:
        """Somebody has seen how it ended."""
        if not self.record.seen:
            self._save(replace(self.record, seen=True))

    def _good(self) -> None:
        try:
            self._firmware.mark_good(self.record.to_slot)
        except FirmwareFailed as error:
            log.warning("update: %s", error)
            self._well_since_us = None  # tried again once it was well for as long
            return
        self._discard()
        self._end(Phase.GOOD, Reason.NONE, "")

    def _give_up(self, reason: Reason, detail: str) -> None:
        """Decide to go back; the decision is durable before anything is done."""
        self._save(replace(self.record, reason=reason, detail=detail[:LONGEST_DETAIL]))
        self._roll_back()

    def _roll_back(self) -> None:
        self._back_us = self._clock.monotonic_us()
        try:
            self._firmware.mark_bad(self.record.to_slot)
            self._firmware.start_next(self.record.slot)
        except FirmwareFailed as error:
            log.warning("update: %s", error)
            if not self._may_go_back():
                with suppress(FirmwareFailed):
                    self._firmware.mark_good(self.record.to_slot)  # rather this one than none
                self._end(Phase.FAILED, Reason.NO_WAY_BACK, str(error))
                return
        self._restart()

    def _may_go_back(self) -> bool:
        """Whether what ran before may still start; where nobody can tell, the boot loader will."""
        before = next((one for one in self._seen() if one.name == self.record.slot), None)
        return before is None or before.good

    def _may_start(self, slots: Sequence[SlotSeen]) -> bool:
        return any(one.good for one in slots if one.name == self.record.to_slot)

    def _rolled_back(self, reason: Reason, detail: str) -> None:
        """Say so, and have the boot loader leave the new one alone, also where it came back by itself."""
        try:
            self._firmware.mark_bad(self.record.to_slot)
            self._firmware.start_next(self.record.slot)
        except FirmwareFailed as error:
            log.warning("update: %s", error)
        self._discard()
        self._end(Phase.ROLLED_BACK, reason, detail)

    def _seen(self) -> Sequence[SlotSeen]:
        try:
            return self._firmware.slots()
        except FirmwareFailed as error:
            log.debug("update: %s", error)
            return ()

    def _discard(self) -> None:
        try:
            self._firmware.discard()
        except FirmwareFailed as error:
            log.warning("update: %s", error)

    def _note_gap(self) -> None:
        """Remember how long nothing was recorded, to say so before the next one."""
        gap_us = self._clock.now_us() - self.record.down_us
        if self.record.down_us and 0 < gap_us < PATIENCE_US:
            self._save(replace(self.record, gap_s=-(-gap_us // SECOND_US), down_us=0))

    def _end(self, phase: Phase, reason: Reason, detail: str) -> None:
        ended = self._clock.now_us()
        detail = detail[:LONGEST_DETAIL]
        self._save(replace(self.record, phase=phase, reason=reason, detail=detail, at_us=0, ended_us=ended, seen=False))

    def _save(self, record: Record) -> None:
        self._file.save(record)
        if (record.phase, record.reason) != (self.record.phase, self.record.reason):
            log.info("update: %s %s %s", record.phase, record.refusal or record.reason, record.detail)
        self.record = record

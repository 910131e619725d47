"""The trial of a new firmware: counted, watched until it is called good, or given up for the one before (U4, U5)."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from recorder.client.answers.update import Phase, Reason
from recorder.client.clock import SECOND_US, Clock
from recorder.update import slots
from recorder.update.slots import AGAIN_US, Firmware, FirmwareFailed
from recorder.update.standing import LONGEST_DETAIL, Standing

MOST_BOOTS = 3
"""So often the new firmware is tried; the boot loader counts too."""
PATIENCE_US = 600 * SECOND_US
"""So long it may take until all is as it was before."""
STEADY_US = 60 * SECOND_US
"""So long all must be well, without a break, before it is called good."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wrong:
    """One thing that is not as it was before the update."""

    reason: Reason
    detail: str = ""


class Trial:
    """Belongs to one run of control, and so to one run of the kernel, which `boot` names."""

    def __init__(self, standing: Standing, firmware: Firmware, clock: Clock, boot: str) -> None:
        self._standing = standing
        self._firmware = firmware
        self._clock = clock
        self._boot = boot
        self._since_us = clock.monotonic_us()
        self._well_since_us: int | None = None
        self._back_us = self._since_us
        """When the machine was last asked to go back."""
        self.wrong: tuple[Wrong, ...] = ()

    def begin(self) -> None:
        """The new firmware runs: count this run of the kernel, once."""
        record = self._standing.record
        if self._boot not in record.boots or record.phase is not Phase.TRIAL:
            boots = tuple(dict.fromkeys((*record.boots, self._boot)))
            self._standing.save(replace(record, phase=Phase.TRIAL, boots=boots))
        if self._standing.record.reason:
            self._go_back()
        elif len(self._standing.record.boots) > MOST_BOOTS:
            self._give_up(Reason.TRIES, "")

    def hear(self, wrong: Sequence[Wrong]) -> None:
        """Hear once a second what is wrong now, while the new firmware is tried."""
        record = self._standing.record
        if record.phase is not Phase.TRIAL:
            return
        now_us = self._clock.monotonic_us()
        if record.reason:
            if now_us - self._back_us >= AGAIN_US:  # the machine was asked to start anew, and runs on
                self._go_back()
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

    def unknown(self, wrong: Sequence[Wrong]) -> None:
        """Hear the same while nobody can tell which firmware runs: after ten minutes the machine starts anew.

        The boot loader counts the tries, and comes back to what ran before. Where it does not, as with a broken
        environment, that is over after three: a recorder that starts again and again records less than one that runs.
        """
        self.wrong = tuple(wrong)
        if self._clock.monotonic_us() - self._since_us < PATIENCE_US:
            return
        record = self._standing.record
        boots = tuple(dict.fromkeys((*record.boots, self._boot)))
        if len(boots) > MOST_BOOTS:
            self._standing.end(Phase.FAILED, Reason.SLOTS_UNKNOWN, "")
            return
        if boots != record.boots:
            self._standing.save(replace(record, boots=boots))
        self._since_us = self._clock.monotonic_us()
        slots.restart(self._firmware)

    def came_back(self, reason: Reason, detail: str) -> None:
        """What ran before runs again: say so, and have the boot loader leave the new one alone from now on."""
        try:
            self._firmware.mark_bad(self._standing.record.to_slot)
            self._firmware.start_next(self._standing.record.slot)
        except FirmwareFailed as error:
            log.warning("update: %s", error)
        slots.discard(self._firmware)
        self._standing.end(Phase.ROLLED_BACK, reason, detail)

    def _good(self) -> None:
        try:
            self._firmware.mark_good(self._standing.record.to_slot)
        except FirmwareFailed as error:
            log.warning("update: %s", error)
            self._well_since_us = None  # tried again once it was well for as long
            return
        slots.discard(self._firmware)
        self._standing.end(Phase.GOOD, Reason.NONE, "")

    def _give_up(self, reason: Reason, detail: str) -> None:
        """Decide to go back; the decision is durable before anything is done."""
        self._standing.save(replace(self._standing.record, reason=reason, detail=detail[:LONGEST_DETAIL]))
        self._go_back()

    def _go_back(self) -> None:
        self._back_us = self._clock.monotonic_us()
        try:
            self._firmware.mark_bad(self._standing.record.to_slot)
            self._firmware.start_next(self._standing.record.slot)
        except FirmwareFailed as error:
            log.warning("update: %s", error)
            if not self._may_go_back():
                with suppress(FirmwareFailed):
                    self._firmware.mark_good(self._standing.record.to_slot)  # rather this one than none
                self._standing.end(Phase.FAILED, Reason.NO_WAY_BACK, str(error))
                return
        slots.restart(self._firmware)

    def _may_go_back(self) -> bool:
        """Whether what ran before may still start; where nobody can tell, the boot loader will."""
        before = next((one for one in slots.seen(self._firmware) if one.name == self._standing.record.slot), None)
        return before is None or before.good

    def _note_gap(self) -> None:
        """Remember how long nothing was recorded, to say so before the next one."""
        record = self._standing.record
        gap_us = self._clock.now_us() - record.down_us
        if record.down_us and 0 < gap_us < PATIENCE_US:
            self._standing.save(replace(record, gap_s=-(-gap_us // SECOND_US), down_us=0))

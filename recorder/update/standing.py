"""Where the update stands now: a record that is durable before anything goes on (U1, U2)."""

import logging
from dataclasses import replace

from recorder.client.answers.update import Phase, Reason
from recorder.client.clock import Clock
from recorder.update.record import Record, RecordFile

LONGEST_DETAIL = 300
log = logging.getLogger(__name__)


class Standing:
    """The record of one recorder, as it was written last."""

    def __init__(self, file: RecordFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self.record = file.load()

    def save(self, record: Record) -> None:
        """Write it; raises OSError, and it stands as before then."""
        self._file.save(record)
        if (record.phase, record.reason) != (self.record.phase, self.record.reason):
            log.info("update: %s %s %s", record.phase, record.refusal or record.reason, record.detail)
        self.record = record

    def end(self, phase: Phase, reason: Reason, detail: str) -> None:
        """Say how it ended, which somebody is to see; raises OSError."""
        ended, detail = self._clock.now_us(), detail[:LONGEST_DETAIL]
        self.save(replace(self.record, phase=phase, reason=reason, detail=detail, at_us=0, ended_us=ended, seen=False))

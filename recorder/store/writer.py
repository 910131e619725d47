"""The recording side of the store: streams put samples, one thread per disk writes them, and says when they are durable."""

from collections.abc import Callable, Sequence
from pathlib import Path

from recorder.client.clock import Clock
from recorder.client.recording import GapReason, RecordType
from recorder.client.status import DiskStatus
from recorder.client.stream import Epoch, Sample, StreamKey
from recorder.store.disk import Disk
from recorder.store.policy import StorePolicy

OnDurable = Callable[[StreamKey, int], None]


class StreamRecorder:
    """Records one stream. All methods are cheap and return at once; call them from one thread (the event loop)."""

    key: StreamKey

    def put(self, sample: Sample, epoch: Epoch) -> None:
        """Record a sample. Its `data` is kept by reference until written and must not change.

        A new span begins where the sample has DISCONTINUITY, after `end`, after a hole of more than 10 s, and where the
        clock was set by more than 1 s. The hole before a new span becomes a gap row.
        """
        raise NotImplementedError

    def end(self, reason: GapReason | None = None) -> None:
        """End the span. `reason` explains the hole that follows; None says that nothing more is due."""
        raise NotImplementedError


class StoreWriter:
    """All disks that are recorded to. Starts no thread and does no I/O before `start`."""

    def __init__(
        self,
        disks: Sequence[Disk],
        index_path: Path,
        clock: Clock,
        boot_id: str,
        policy: StorePolicy | None = None,
        *,
        on_durable: OnDurable | None = None,
    ) -> None:
        """`boot_id` is that of the kernel (`read_boot_id`); `on_durable(key, until_us)` is called in a writer's thread."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin to look at the disks and to write."""
        raise NotImplementedError

    def set_policy(self, policy: StorePolicy) -> None:
        """Use another policy from now on."""
        raise NotImplementedError

    def open_stream(self, key: StreamKey) -> StreamRecorder:
        """Give the recorder of a stream, the same one at every call."""
        raise NotImplementedError

    def gap(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Say that due time is missing. The same start again replaces the end; overlapping rows of the store give way."""
        raise NotImplementedError

    def due(self, key: StreamKey, start_us: int, end_us: int, record_type: RecordType) -> None:
        """Log a due interval as it applies; the same start again replaces the end."""
        raise NotImplementedError

    def mark(
        self,
        mark: str,
        keys: Sequence[StreamKey],
        event_us: int,
        pre_us: int,
        until_us: int | None,
        record_type: RecordType,
        done: Callable[[bool], None] | None = None,
    ) -> None:
        """Mark recorded time. The same id again replaces it; `until_us` None is open.

        `done(True)` is called in a writer's thread when the mark is durable, `done(False)` when no disk takes it.
        """
        raise NotImplementedError

    def status(self) -> tuple[DiskStatus, ...]:
        """How each disk is."""
        raise NotImplementedError

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Make all that was put durable; False where a disk would not."""
        raise NotImplementedError

    def close(self, timeout_s: float = 2.5) -> None:
        """End all spans, make everything durable, end the threads."""
        raise NotImplementedError

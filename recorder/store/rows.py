"""The rows of a catalog: what is logged about blocks, spans, gaps, due time, marks, holds, tags and clocks.

A later row of the same key replaces an earlier one. `recorder.store.row_format` has their stored bytes.
"""

from enum import IntEnum
from typing import NamedTuple

from recorder.store.ids import RowId


class RowKind(IntEnum):
    """The kinds of rows."""

    BLOCK = 1
    SPAN = 2
    PIECE = 3
    GAP = 4
    DUE = 5
    MARK = 6
    HOLD = 7
    TAG = 8
    CLOCK_MAP = 9
    BOOT = 10
    GONE = 11
    COPY = 12
    KEPT = 13
    ROOT = 20
    HEAD = 21
    KEY = 22


class StreamCode(NamedTuple):
    """A stream as it is stored."""

    channel: int
    stream: int


class BlockRow(NamedTuple):
    """What a block holds in its present lap. `filled` is how far any lap wrote: beyond it extents are unwritten."""

    number: int
    block_class: int
    state: int
    pool: int
    incarnation: int
    serial: int
    lap: int
    filled: int
    opened_us: int
    first_us: int
    last_us: int
    used: int
    chunks: int
    channel: int
    stream: int


class SpanRow(NamedTuple):
    """An unbroken run of a stream. Until `ended`, `end_us` means nothing; `reason` is that of the hole behind it."""

    id: RowId
    channel: int
    stream: int
    source: int
    ended: int
    reason: int
    kernel_boot: bytes
    start_monotonic_us: int
    start_us: int
    end_us: int


class PieceRow(NamedTuple):
    """The part of a span that lies in one block, written when the block is sealed."""

    block: int
    incarnation: int
    span: RowId
    channel: int
    stream: int
    source: int
    kernel_boot: bytes
    first_monotonic_us: int
    first_us: int
    last_us: int
    bytes: int
    samples: int
    keys: int


class GapRow(NamedTuple):
    """A hole in what was due. `origin` 0: told by media; 1: found by the store, gives way to what media tells."""

    id: RowId
    channel: int
    stream: int
    reason: int
    origin: int
    start_us: int
    end_us: int


class DueRow(NamedTuple):
    """A stretch that was to be recorded, logged as it applied. `boot`: by which run, or 0 where its clock is past."""

    channel: int
    stream: int
    record_type: int
    start_us: int
    end_us: int
    boot: int = 0


class MarkRow(NamedTuple):
    """A mark on recorded time, [event_us - pre_us, until_us); `is_open` while its end is not known."""

    id: str
    record_type: int
    is_open: int
    event_us: int
    pre_us: int
    until_us: int
    streams: tuple[StreamCode, ...]


class HoldRow(NamedTuple):
    """A lock on [start_us, end_us) (S6). `stream` may be ALL_STREAMS; `expires_us` 0 is never, `released_us` 0 not yet.

    `revision` counts its changes: of two disks the higher one is right.
    """

    id: RowId
    channel: int
    stream: int
    kind: int
    start_us: int
    end_us: int
    expires_us: int
    revision: int
    made_us: int
    released_us: int
    owner: str
    reason: str
    released_by: str = ""
    release_reason: str = ""

    def lives(self, now_us: int) -> bool:
        """Whether it keeps footage at this time: neither released nor expired."""
        return not self.released_us and (not self.expires_us or now_us < self.expires_us)


class TagRow(NamedTuple):
    """An owner's named mark on [start_us, end_us]; both are the same for a moment. `revision` as of a hold."""

    id: RowId
    channel: int
    stream: int
    removed: int
    start_us: int
    end_us: int
    revision: int
    made_us: int
    owner: str
    words: str


class ClockMapRow(NamedTuple):
    """The wall clock was set: at `monotonic_us` of a kernel boot it went from `before_us` to `after_us`."""

    kernel_boot: bytes
    monotonic_us: int
    before_us: int
    after_us: int


class BootRow(NamedTuple):
    """A run of the store. `ended_us` is 0 until it ends in good order."""

    recorder: int
    boot: int
    kernel_boot: bytes
    started_us: int
    started_monotonic_us: int
    ended_us: int


class GoneRow(NamedTuple):
    """A row of another kind is taken back."""

    kind: int
    key: bytes


class RootRow(NamedTuple):
    """An entry of this disk's log of roots: a block was sealed, and `root` stands for everything in it."""

    number: int
    block: int
    incarnation: int
    serial: int
    root: bytes
    chunks: int
    samples: int
    first_us: int
    last_us: int
    sealed_us: int


class HeadRow(NamedTuple):
    """A signed head of a disk's log of roots: `root` over `entries` entries from `first` on.

    `previous` names the head before. `key` is the public key (Ed25519) of `signature`. Every disk keeps those of all.
    """

    disk: bytes
    number: int
    recorder: int
    boot: int
    made_us: int
    first: int
    entries: int
    root: bytes
    previous: bytes
    key: bytes
    signature: bytes


class KeyRow(NamedTuple):
    """A device key: `key` (public, Ed25519) took over from `previous` (zeros: it is the first).

    Signed by both, so that who trusts one may trust the other.
    """

    key: bytes
    previous: bytes
    number: int
    made_us: int
    by_itself: bytes
    by_previous: bytes


class CopyRow(NamedTuple):
    """A run of chunks of a span, copied from the lap `origin` into `block`; it counts when that lap is over."""

    block: int
    incarnation: int
    span: RowId
    origin: int
    first_us: int
    channel: int
    stream: int
    source: int
    kernel_boot: bytes
    first_monotonic_us: int
    last_us: int
    bytes: int
    samples: int
    keys: int


class KeptRow(NamedTuple):
    """What a hold wants of the lap `origin`, [first_us, last_us], lies in hold blocks: the lap itself may be reused."""

    hold: RowId
    origin: int
    first_us: int
    last_us: int


Row = (
    BlockRow
    | SpanRow
    | PieceRow
    | GapRow
    | DueRow
    | MarkRow
    | HoldRow
    | TagRow
    | ClockMapRow
    | BootRow
    | GoneRow
    | RootRow
    | HeadRow
    | KeyRow
    | CopyRow
    | KeptRow
)

"""Sizes and codes of the disk format (docs/reference/store-format.md). Numbers here are stored: add, never change."""

from enum import IntEnum, IntFlag

from recorder.client.recording import GapReason, RecordType
from recorder.client.stream import StreamKey, StreamName

FORMAT_VERSION = 1
PAGE = 4096
"""Everything on a disk begins at a multiple of this: the unit of O_DIRECT on every drive that is sold."""
LARGEST_BLOCK = (4 << 30) - PAGE
"""Offsets within a block are 32-bit."""
SMALLEST_BLOCK = 16 * PAGE

IDENTITY_FILE = "disk.json"
CATALOG_FILE = "catalog"
BLOCK_FOLDER = "blocks"
HOLE_US = 500_000
"""From one sample to the next, across spans: what is longer is a hole."""


class BlockClass(IntEnum):
    """Who shares a block."""

    SINGLE = 1
    """One main stream: playback reads nothing else."""
    SHARED = 2
    """Sub streams, pictures and metadata of one pool, so that slow streams fill blocks too."""
    HELD = 3
    """Copies of what short holds keep (S6), so that none of them pins a whole block of other footage."""
    THINNED = 4
    """Key frames of aged footage, whose own blocks were given back (P-POOL-05)."""


class BlockState(IntEnum):
    """Where a block is in its lap."""

    FREE = 0
    OPEN = 1
    SEALED = 2


COPIES = frozenset({BlockClass.HELD, BlockClass.THINNED})
"""Blocks whose chunks were copied from other blocks."""


class HoldKind(IntEnum):
    """Why a stretch is held."""

    LOCK = 0
    """By somebody, on purpose."""
    EVIDENCE = 1
    """By an alarm."""
    EXPORT = 2
    """By an export under way; never copied, and not counted in the share that may be locked."""


ALL_STREAMS = 255
"""In a hold or tag: every stream of the channel."""


class Source(IntEnum):
    """How a span came: write order is not time order."""

    LIVE = 0
    BACKFILL = 1
    KEYS = 2
    """Live, key frames alone on purpose: nothing happened (V-REC-07)."""
    THINNED = 3
    """Key frames alone: the footage was thinned when it grew old (P-POOL-05)."""
    COPY = 64
    """The second copy of a stream, in another pool; and so for each of the above."""
    COPY_BACKFILL = 65
    COPY_KEYS = 66
    COPY_THINNED = 67

    @property
    def is_copy(self) -> bool:
        """Whether it is the second copy of something."""
        return self >= Source.COPY


class ChunkFlag(IntFlag):
    """What is to be known of a chunk."""

    NONE = 0
    PARAMETERS = 1
    """Carries the codec parameters of its epoch."""
    ENCRYPTED = 2
    """The payload is AES-256-GCM ciphertext."""
    SPAN_BEGINS = 4
    COPIED = 8
    """Copied from another lap, which its header names at the end."""


class Cipher(IntEnum):
    """How payloads are encrypted."""

    NONE = 0
    AES_256_GCM = 1


class DigestKind(IntEnum):
    """How the digest of a chunk is made."""

    SHA_256 = 0
    BLAKE3 = 1


class KeyDerivation(IntEnum):
    """How the key of a lap is made from that of its pool."""

    NONE = 0
    HKDF_SHA_256 = 1


STREAM_CODES = {
    StreamName.MAIN: 0,
    StreamName.SUB: 1,
    StreamName.SUB2: 2,
    StreamName.PICTURE: 3,
    StreamName.MOTION: 4,
}
STREAM_NAMES = {code: name for name, code in STREAM_CODES.items()}
RECORD_TYPE_CODES = {
    RecordType.GENERAL: 1,
    RecordType.MOTION: 2,
    RecordType.ALARM: 3,
    RecordType.MOTION_AND_ALARM: 4,
    RecordType.INTELLIGENT: 5,
    RecordType.POS: 6,
}
RECORD_TYPES = {code: name for name, code in RECORD_TYPE_CODES.items()}
NO_REASON = 0
REASON_CODES = {
    GapReason.CAMERA_OFFLINE: 1,
    GapReason.NETWORK_LOSS: 2,
    GapReason.OVERLOAD: 3,
    GapReason.DISK: 4,
    GapReason.STOPPED: 5,
    GapReason.NO_POWER: 6,
    GapReason.RESTARTED: 7,
    GapReason.CLOCK: 8,
    GapReason.CONTROL_SILENT: 9,
    GapReason.UNKNOWN: 255,
}
REASONS = {code: reason for reason, code in REASON_CODES.items()}


def stream_key(channel: int, code: int) -> StreamKey | None:
    """Give the stream of a stored channel and code; None for a stream that this version does not know."""
    name = STREAM_NAMES.get(code)
    return None if name is None else StreamKey(channel, name)


def pages(size: int) -> int:
    """Round up to whole pages, in bytes."""
    return (size + PAGE - 1) & -PAGE


def block_name(number: int) -> str:
    """Give the path of a block file below its disk."""
    return f"{BLOCK_FOLDER}/{number:06d}.block"

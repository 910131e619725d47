"""A chunk: one appended write of samples of one span and epoch, with all that is needed to read it alone.

Layout: docs/reference/store-format.md, "Chunk". The sample table is stored by columns, so that packing and
unpacking are one call each whatever the number of samples.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from recorder.client.stream import Sample, SampleFlag
from recorder.store import merkle
from recorder.store.checksum import crc32
from recorder.store.chunk_digest import DIGESTS, ChunkFacts
from recorder.store.cipher import LapKey
from recorder.store.errors import Damaged
from recorder.store.ids import RowId
from recorder.store.layout import FORMAT_VERSION, ChunkFlag, pages

MAGIC = b"NJCH"
_FIXED = struct.Struct("<4sHHIIIIII16sIIQ16s16sIHBBIIqqqqBB2xI12s16sI32s32sII")
HEADER_BYTES = _FIXED.size
TAG_AT = 164
PAYLOAD_CRC_AT = 248
HEADER_CRC_AT = 252
_SAMPLE_BYTES = 26
_KEY_BYTES = 8
_CRC = struct.Struct("<I")
_ORIGIN = struct.Struct("<Q")
_KEYS = tuple(bool(value & SampleFlag.KEY) for value in range(16))
MOST_SAMPLES = 1 << 16
"""In one chunk; a chunk of 3 s holds a few hundred."""


class ChunkHeader(NamedTuple):
    """The fixed part of a chunk header. Times are µs: wall UTC, monotonic since the boot `kernel_boot`."""

    flags: int
    chunk_bytes: int
    header_bytes: int
    payload_bytes: int
    samples: int
    keys: int
    parameter_bytes: int
    disk: bytes
    block: int
    sequence: int
    incarnation: int
    span: RowId
    kernel_boot: bytes
    boot: int
    channel: int
    stream: int
    source: int
    epoch: int
    previous: int
    first_us: int
    last_us: int
    first_monotonic_us: int
    first_pts_us: int
    cipher: int
    digest_kind: int
    key_number: int
    nonce: bytes
    tag: bytes
    leaves: int
    """How many hashes lie behind the parameters: those of all samples before this chunk was thinned; else 0."""
    digest: bytes
    """Root over the leaves of the head and of every sample, those included that thinning left out."""
    salt: bytes
    """Of the lap's key, where the payload is encrypted."""
    payload_crc: int
    header_crc: int


class Shape(NamedTuple):
    """How large a chunk will be, in bytes; known before anything is copied."""

    header_bytes: int
    payload_bytes: int
    chunk_bytes: int


class SampleTable(NamedTuple):
    """The samples of a chunk, by columns. `crcs[i]` is the CRC-32 of the payload up to the end of sample i."""

    sizes: tuple[int, ...]
    crcs: tuple[int, ...]
    walls: tuple[int, ...]
    pts: tuple[int, ...]
    tracks: bytes
    flags: bytes


class Head(NamedTuple):
    """A whole chunk header: fixed part, sample table, random-access table [(sample, offset in payload)], parameters.

    `leaves` of a thinned chunk are those of its samples before.
    """

    fixed: ChunkHeader
    table: SampleTable
    keys: list[tuple[int, int]]
    parameters: bytes
    leaves: bytes
    origin: int
    """Incarnation of the lap that it was copied from, or 0."""


class Filled(NamedTuple):
    """What is known of a chunk once it is filled in."""

    header_crc: int
    payload_crc: int
    digest: bytes


def shape(
    count: int, keys: int, parameter_bytes: int, payload_bytes: int, leaves: int = 0, *, copied: bool = False
) -> Shape:
    """Give the sizes of a chunk of `count` samples; `leaves` where it is thinned."""
    header = HEADER_BYTES + _SAMPLE_BYTES * count + _KEY_BYTES * keys + parameter_bytes + merkle.HASH_BYTES * leaves
    header += _ORIGIN.size * copied
    return Shape(header, payload_bytes, pages(header + payload_bytes))


def access_points(samples: Sequence[Sample], video_track: int | None) -> list[int]:
    """Give the samples at which decoding can begin; without video that is the first."""
    if video_track is None:
        return [0]
    return [n for n, one in enumerate(samples) if _KEYS[one.flags] and one.track == video_track]


def fill(
    into: memoryview,
    header: ChunkHeader,
    samples: Sequence[Sample],
    keys: Sequence[int],
    parameters: bytes,
    *,
    lap: LapKey | None = None,
    leaves: bytes = b"",
    origin: int = 0,
) -> Filled:
    """Write a chunk into a buffer of `chunk_bytes`, each sample copied once, its payload encrypted by `lap`.

    `header` has the sizes of `shape`; CRCs, tag and digest are filled in here. `leaves` are those of the head and of
    all samples of the chunk that this one was thinned from.
    """
    at = header.header_bytes
    crc = 0
    sizes = [len(one.data) for one in samples]
    crcs: list[int] = []
    digests = DIGESTS[header.digest_kind]
    hashes = [digests.head(facts(header), parameters)]
    leaf = digests.sample
    for one, size in zip(samples, sizes, strict=True):
        data = one.data
        into[at : at + size] = data
        hashes.append(leaf(one.track, one.flags, one.wall_us, one.pts_us, data))
        if lap is None:
            crc = crc32(data, crc)
            crcs.append(crc)
        at += size
    if at != header.header_bytes + header.payload_bytes:
        raise ValueError("samples changed while they waited")
    into[at : header.chunk_bytes] = bytes(header.chunk_bytes - at)
    digest = digests.root(merkle.split(leaves) if leaves else hashes)
    count = len(samples)
    struct.pack_into(
        f"<{count}I{count}I{count}q{count}q",
        into,
        HEADER_BYTES,
        *sizes,
        *(crcs or bytes(count)),
        *[one.wall_us for one in samples],
        *[one.pts_us for one in samples],
    )
    at = HEADER_BYTES + 24 * count
    into[at : at + count] = bytes([one.track for one in samples])
    at += count
    into[at : at + count] = bytes([one.flags for one in samples])
    at += count
    if keys:
        table = _key_table(sizes, keys)
        struct.pack_into(f"<{len(table)}I", into, at, *table)
        at += _KEY_BYTES * len(keys)
    into[at : at + len(parameters)] = parameters
    at += len(parameters)
    into[at : at + len(leaves)] = leaves
    if header.flags & ChunkFlag.COPIED:
        _ORIGIN.pack_into(into, at + len(leaves), origin)
    _pack_fixed(into, header, digest)
    if lap is not None:
        crc = _encrypt(into, header, sizes, lap)
    _CRC.pack_into(into, PAYLOAD_CRC_AT, crc)
    header_crc = crc32(into[: header.header_bytes])
    _CRC.pack_into(into, HEADER_CRC_AT, header_crc)
    return Filled(header_crc, crc, digest)


def facts(header: ChunkHeader) -> ChunkFacts:
    """Give what the first leaf of a chunk's digest is over."""
    return ChunkFacts(
        header.channel,
        header.stream,
        header.source,
        header.epoch,
        header.span.pack(),
        header.kernel_boot,
        header.first_monotonic_us,
    )


def _encrypt(into: memoryview, header: ChunkHeader, sizes: Sequence[int], lap: LapKey) -> int:
    """Encrypt the payload where it lies and put its tag and CRCs, which are those of the ciphertext, into the header.

    The header is associated data as it is now: without tag and without CRCs. Gives the payload's CRC.
    """
    begin = header.header_bytes
    payload = into[begin : begin + header.payload_bytes]
    tag = lap.encrypt(header.nonce, bytes(into[:begin]), payload)
    into[TAG_AT : TAG_AT + len(tag)] = tag
    crc = at = 0
    crcs: list[int] = []
    for size in sizes:
        crc = crc32(payload[at : at + size], crc)
        at += size
        crcs.append(crc)
    count = len(sizes)
    struct.pack_into(f"<{count}I", into, HEADER_BYTES + 4 * count, *crcs)
    return crc


def associated(header: bytes | memoryview) -> bytes:
    """Give the associated data of a whole header as it was encrypted: without tag and without CRCs."""
    fixed = parse_fixed(header)
    blank = bytearray(header[: fixed.header_bytes])
    blank[TAG_AT : TAG_AT + len(fixed.tag)] = bytes(len(fixed.tag))
    blank[PAYLOAD_CRC_AT:HEADER_BYTES] = bytes(HEADER_BYTES - PAYLOAD_CRC_AT)
    crcs = HEADER_BYTES + 4 * fixed.samples
    blank[crcs : crcs + 4 * fixed.samples] = bytes(4 * fixed.samples)
    return bytes(blank)


def _key_table(sizes: Sequence[int], keys: Sequence[int]) -> list[int]:
    table: list[int] = []
    offset = at = 0
    for key in keys:
        offset += sum(sizes[at:key])
        at = key
        table += (key, offset)
    return table


def _pack_fixed(into: memoryview, header: ChunkHeader, digest: bytes) -> None:
    _FIXED.pack_into(
        into,
        0,
        MAGIC,
        FORMAT_VERSION,
        header.flags,
        header.chunk_bytes,
        header.header_bytes,
        header.payload_bytes,
        header.samples,
        header.keys,
        header.parameter_bytes,
        header.disk,
        header.block,
        header.sequence,
        header.incarnation,
        header.span.pack(),
        header.kernel_boot,
        header.boot,
        header.channel,
        header.stream,
        header.source,
        header.epoch,
        header.previous,
        header.first_us,
        header.last_us,
        header.first_monotonic_us,
        header.first_pts_us,
        header.cipher,
        header.digest_kind,
        header.key_number,
        header.nonce,
        bytes(16),
        header.leaves,
        digest,
        header.salt,
        0,
        0,
    )


def parse_fixed(data: bytes | memoryview) -> ChunkHeader:
    """Read the fixed part, sizes checked against each other but no CRC; raises `Damaged`."""
    if len(data) < HEADER_BYTES:
        raise Damaged(what="a chunk", problem="cut short")
    magic, version, *rest = _FIXED.unpack_from(data)
    if magic != MAGIC or version != FORMAT_VERSION:
        raise Damaged(what="a chunk", problem="no chunk begins here")
    rest[11] = RowId.parse(rest[11])
    head = ChunkHeader(*rest)
    copied = bool(head.flags & ChunkFlag.COPIED)
    wanted = shape(head.samples, head.keys, head.parameter_bytes, head.payload_bytes, head.leaves, copied=copied)
    if (head.header_bytes, head.payload_bytes, head.chunk_bytes) != wanted:
        raise Damaged(what="a chunk", problem="its sizes contradict each other")
    if not 1 <= head.samples <= MOST_SAMPLES or head.keys > head.samples or head.leaves > MOST_SAMPLES + 1:
        raise Damaged(what="a chunk", problem=f"{head.samples} samples")
    return head


def check_head(data: bytes | memoryview) -> ChunkHeader:
    """Read the fixed part of a whole header; raises `Damaged` unless the CRC of all of it is right."""
    fixed = parse_fixed(data)
    view = memoryview(data)[: fixed.header_bytes]
    if len(view) < fixed.header_bytes:
        raise Damaged(what="a chunk", problem="cut short")
    crc = crc32(view[:HEADER_CRC_AT])
    crc = crc32(view[HEADER_BYTES:], crc32(bytes(4), crc))
    if crc != fixed.header_crc:
        raise Damaged(what="a chunk header", problem="wrong CRC")
    return fixed


def parse_head(data: bytes | memoryview) -> Head:
    """Read a whole header of `header_bytes`; raises `Damaged` unless its CRC is right and its tables make sense."""
    fixed = check_head(data)
    view = memoryview(data)[: fixed.header_bytes]
    count = fixed.samples
    numbers = struct.unpack_from(f"<{count}I{count}I{count}q{count}q", view, HEADER_BYTES)
    at = HEADER_BYTES + 24 * count
    table = SampleTable(
        numbers[:count],
        numbers[count : 2 * count],
        numbers[2 * count : 3 * count],
        numbers[3 * count :],
        bytes(view[at : at + count]),
        bytes(view[at + count : at + 2 * count]),
    )
    if sum(table.sizes) != fixed.payload_bytes or table.crcs[-1] != fixed.payload_crc:
        raise Damaged(what="a chunk header", problem="its samples do not fill it")
    at += 2 * count
    flat = struct.unpack_from(f"<{2 * fixed.keys}I", view, at)
    keys = list(zip(flat[::2], flat[1::2], strict=True))
    if any(number >= count or offset > fixed.payload_bytes for number, offset in keys):
        raise Damaged(what="a chunk header", problem="a key frame outside of it")
    at += _KEY_BYTES * fixed.keys
    end = at + fixed.parameter_bytes
    leaves_end = end + merkle.HASH_BYTES * fixed.leaves
    (origin,) = _ORIGIN.unpack_from(view, leaves_end) if fixed.flags & ChunkFlag.COPIED else (0,)
    return Head(fixed, table, keys, bytes(view[at:end]), bytes(view[end:leaves_end]), origin)


LARGEST_SAMPLE = 16 << 20
"""Bytes of one sample; what is larger is not recorded. RTSP lets 8 MiB through."""

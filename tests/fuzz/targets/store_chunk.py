"""Chunks and codec parameters as they lie on a disk that somebody else may have written."""

import contextlib
import zlib

from recorder.client.stream import Sample, SampleFlag
from recorder.store import chunk, parameters
from recorder.store.chunk import ChunkHeader, Shape
from recorder.store.errors import Damaged
from recorder.store.ids import RowId
from tests.recorder.store.rig import epoch


def _made(count: int) -> bytes:
    data = parameters.pack_epoch(epoch(audio=True))
    samples = [Sample(0, n, n, SampleFlag.KEY if not n else SampleFlag.NONE, bytes([n]) * 9) for n in range(count)]
    size: Shape = chunk.shape(count, 1, len(data), 9 * count)
    sizes = (size.chunk_bytes, size.header_bytes, size.payload_bytes, count, 1, len(data))
    times = (0, count, 0, 0)
    head = ChunkHeader(
        1, *sizes, bytes(16), 1, 0, 7, RowId(1, 1, 1), bytes(16), 1, 1, 0, 0, 1, 0, *times, 0, 1, 0,
        bytes(12), bytes(16), 0, bytes(32), bytes(32), 0, 0,
    )  # fmt: skip
    buffer = bytearray(head.chunk_bytes)
    chunk.fill(memoryview(buffer), head, samples, [0], data)
    return bytes(buffer[: head.header_bytes + 20])


SEEDS = (_made(1), _made(5), parameters.pack_epoch(epoch(audio=True)), b"")
DECLARED = (Damaged,)


def target(data: bytes) -> None:
    with contextlib.suppress(Damaged):
        parameters.parse_epoch(data, 1)
    head = chunk.parse_fixed(data)
    # Behind a right CRC: a hostile writer can make one, chance cannot.
    whole = bytearray(data[: head.header_bytes])
    if len(whole) == head.header_bytes:
        whole[chunk.HEADER_CRC_AT : chunk.HEADER_CRC_AT + 4] = bytes(4)
        crc = zlib.crc32(whole)
        whole[chunk.HEADER_CRC_AT : chunk.HEADER_CRC_AT + 4] = crc.to_bytes(4, "little")
    found = chunk.parse_head(bytes(whole))
    parameters.parse_epoch(found.parameters, 1)

"""The bytes are those of docs/reference/store-format.md, and every name that is stored has its number."""

import re
import struct
import zlib
from pathlib import Path

import pytest

from recorder.client.recording import GapReason, RecordType
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamName, TrackKind, TrackParameters
from recorder.store import block, chunk, frame, layout, parameters, row_format, rows
from recorder.store.checksum import crc32
from recorder.store.errors import Damaged
from recorder.store.ids import RowId, next_boot
from tests.recorder.store.rig import epoch

PAGE = 4096
DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "store-format.md"


def header(samples, keys, data):
    size = chunk.shape(len(samples), len(keys), len(data), sum(len(one.data) for one in samples))
    return chunk.ChunkHeader(
        1, size.chunk_bytes, size.header_bytes, size.payload_bytes, len(samples), len(keys), len(data),
        bytes(range(16)), 7, 3, 0x1122334455667788, RowId(5, 6, 7), bytes(16), 6, 2, 1, 0, 4, 8192,
        10, 20, 30, 40, 0, 1, 0, bytes(12), bytes(16), 0, bytes(32), bytes(32), 0, 0,
    )  # fmt: skip


def made():
    samples = [
        Sample(n % 2, n * 40, 100 + n, SampleFlag.KEY if n == 2 else SampleFlag.NONE, bytes([n]) * (n * 9))
        for n in range(5)
    ]
    keys, data = [2], parameters.pack_epoch(epoch())
    head = header(samples, keys, data)
    buffer = bytearray(head.chunk_bytes)
    chunk.fill(memoryview(buffer), head, samples, keys, data)
    return samples, buffer


def test_a_chunk_lies_as_documented():
    samples, data = made()
    assert data[:4] == b"NJCH"
    assert struct.unpack_from("<H", data, 4) == (1,)
    chunk_bytes, header_bytes, payload_bytes, count, keys, size = struct.unpack_from("<6I", data, 8)
    assert (chunk_bytes, count, keys) == (len(data), 5, 1)
    assert struct.unpack_from("<Q", data, 56) == (0x1122334455667788,)
    assert struct.unpack_from("<5I", data, 256) == tuple(len(one.data) for one in samples)
    crcs = struct.unpack_from("<5I", data, 276)
    assert struct.unpack_from("<5q", data, 296) == tuple(one.wall_us for one in samples)
    assert struct.unpack_from("<5q", data, 336) == tuple(one.pts_us for one in samples)
    assert bytes(data[376:386]) == bytes([0, 1, 0, 1, 0, 0, 0, 1, 0, 0])
    assert struct.unpack_from("<2I", data, 386) == (2, 9)
    assert header_bytes == 394 + size
    payload = b"".join(one.data for one in samples)
    assert bytes(data[header_bytes : header_bytes + payload_bytes]) == payload
    assert struct.unpack_from("<I", data, 248) == (zlib.crc32(payload),)
    assert crcs[2] == zlib.crc32(payload[: 9 + 18])
    blank = bytearray(data[:header_bytes])
    blank[252:256] = bytes(4)
    assert struct.unpack_from("<I", data, 252) == (zlib.crc32(blank),)


def test_a_chunk_is_read_as_it_was_written():
    samples, data = made()
    head = chunk.parse_head(bytes(data))
    assert head.table.sizes == tuple(len(one.data) for one in samples)
    assert head.keys == [(2, 9)]
    assert parameters.parse_epoch(head.parameters, 1) == epoch()
    assert (head.fixed.span, head.fixed.channel, head.fixed.previous) == (RowId(5, 6, 7), 2, 8192)


@pytest.mark.parametrize("at", [0, 5, 9, 60, 100, 256, 300, 380, 390, 400])
def test_a_changed_byte_of_a_chunk_header_is_noticed(at):
    _samples, data = made()
    data[at] ^= 1
    with pytest.raises(Damaged):
        chunk.parse_head(bytes(data))


def test_sizes_of_all_fixed_parts_are_those_documented():
    documented = {
        name: int(size)
        for name, size in re.findall(r"^### (.+?) \((\d+) bytes\)$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    }
    assert documented == {
        "Chunk header": chunk.HEADER_BYTES,
        "Index entry": block.ENTRY_BYTES,
        "Frame header": frame.HEAD_BYTES,
        "1 block": row_format._BLOCK.size,
        "2 span": row_format._SPAN.size,
        "3 piece": row_format._PIECE.size,
        "4 gap": row_format._GAP.size,
        "5 due": row_format._DUE.size,
        "9 clock map": row_format._CLOCK_MAP.size,
        "10 boot": row_format._BOOT.size,
        "20 root": row_format._ROOT.size,
        "21 head": row_format._HEAD.size,
        "22 key": row_format._KEY.size,
        "12 copy": row_format._COPY.size,
        "13 kept": row_format._KEPT.size,
    }


def test_every_name_that_is_stored_has_its_own_number():
    for names, codes in (
        (StreamName, layout.STREAM_CODES),
        (RecordType, layout.RECORD_TYPE_CODES),
        (GapReason, layout.REASON_CODES),
        (Codec, parameters._CODECS),
        (TrackKind, parameters._KINDS),
    ):
        assert set(names) <= set(codes)
        assert len(set(codes.values())) == len(codes)


ROWS = [
    rows.BlockRow(1, 2, 1, 3, 1 << 63, 5, 6, 7, 8, 9, 10, 11, 12, 13, 1),
    rows.SpanRow(RowId(1, 2, 3), 4, 1, 1, 1, 5, bytes(range(16)), 6, 7, 8),
    rows.PieceRow(1, 2, RowId(3, 4, 5), 6, 1, 0, bytes(16), 7, -8, 9, 10, 11, 12),
    rows.GapRow(RowId(1, 2, 3), 4, 0, 5, 1, 6, 7),
    rows.DueRow(1, 0, 2, 3, 4),
    rows.MarkRow("ereignis-ü", 2, 1, 3, 4, 5, (rows.StreamCode(1, 0), rows.StreamCode(2, 1))),
    rows.HoldRow(RowId(1, 2, 3), 4, 255, 1, 5, 6, 7, 8, 9, 10, "admin", "Beweis", "Müller", "erledigt"),
    rows.TagRow(RowId(1, 2, 3), 4, 0, 1, 5, 6, 7, 8, "admin", "Tür"),
    rows.ClockMapRow(bytes(range(16)), 1, 2, 3),
    rows.BootRow(1, 2, bytes(16), 3, 4, 5),
    rows.GoneRow(rows.RowKind.GAP, b"key"),
    rows.RootRow(1, 2, 1 << 63, 3, bytes(range(32)), 4, 5, 6, 7, 8),
    rows.HeadRow(bytes(range(16)), 1, 1 << 63, 2, 3, 4, 5, bytes(32), bytes(range(32)), bytes(32), bytes(range(64))),
    rows.KeyRow(bytes(range(32)), bytes(32), 1, 2, bytes(range(64)), bytes(64)),
    rows.CopyRow(1, 2, RowId(3, 4, 5), 1 << 63, -6, 7, 1, 2, bytes(16), 8, 9, 10, 11, 12),
    rows.KeptRow(RowId(1, 2, 3), 1 << 63, 4, 5),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda one: type(one).__name__)
def test_a_row_comes_back_as_it_was(row):
    kind, data = row_format.pack(row)
    assert row_format.parse(kind, data) == row
    assert data.startswith(row_format.key_of(kind, data))
    for cut in range(len(data)):
        if kind != rows.RowKind.GONE:
            with pytest.raises(Damaged):
                row_format.parse(kind, data[:cut])


def test_a_row_of_a_later_version_survives_a_checkpoint():
    from recorder.store.contents import Contents

    contents = Contents()
    contents.apply([(200, b"from the future"), *map(row_format.pack, ROWS)])
    contents.forget_what_is_past()
    assert (200, b"from the future") in list(contents.packed())
    assert row_format.parse(200, b"from the future") is None


def test_frames_hold_rows_in_order_and_number_themselves():
    packed = [(6, bytes([n]) * 3000) for n in range(200)]
    frames = frame.pack_frames(packed, disk=bytes(16), sequence=4, number=9, checkpoint=True)
    read = [frame.parse_frame(one, bytes(16)) for one in frames]
    assert [row for one in read for row in one.rows] == packed
    assert [one.number for one in read] == list(range(9, 9 + len(frames)))
    assert [bool(one.flags & frame.CHECKPOINT_ENDS) for one in read] == [False] * (len(frames) - 1) + [True]
    assert all(len(one) % PAGE == 0 for one in frames)
    with pytest.raises(Damaged):
        frame.parse_frame(frames[0], b"another disk....")


def test_a_codec_of_a_later_version_is_left_out_of_an_epoch():
    video = epoch().tracks[0]
    data = bytearray(parameters.pack_epoch(Epoch(1, (video, TrackParameters(1, TrackKind.AUDIO, Codec.AAC, 8000)))))
    data[data.index(bytes([1, 2, 5])) + 2] = 77
    assert parameters.parse_epoch(bytes(data), 1) == Epoch(1, (video,))


def test_a_boot_number_counts_up_and_a_lost_one_makes_another_recorder(tmp_path):
    first, second = next_boot(tmp_path), next_boot(tmp_path)
    assert (second.recorder, second.boot) == (first.recorder, first.boot + 1)
    (tmp_path / "recorder.json").write_text("{")
    third = next_boot(tmp_path)
    assert third.recorder != first.recorder
    assert first.draw() < first.draw()


def test_the_crc_is_that_of_zlib_whoever_computes_it():
    data = bytes(range(256)) * 40
    for size in (0, 1, 7, 63, 64, 65, 1000, 10_240):
        for before in (0, 1, 0xFFFFFFFF):
            assert crc32(memoryview(data)[3 : 3 + size], before) == zlib.crc32(data[3 : 3 + size], before)

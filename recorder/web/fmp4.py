"""Fragmented MP4 for browsers: one video track, an init segment, then a fragment per sample or GOP, without I/O.

Boxes as in ISO/IEC 14496-12, sample entries as in 14496-15; samples stay as they are stored (NAL units behind 4-byte
lengths). Times are in units of 1/90 000 s.
"""

import struct
from dataclasses import dataclass

from recorder.client.stream import Codec, Sample, SampleFlag, TrackParameters
from recorder.codec.parameters import decoder_configuration

TIMESCALE = 90_000
TRACK = 1
# sample_flags (14496-12 §8.8.3.1): depends on no other; depends on others and is no sync sample.
SYNC = 0x0200_0000
NOT_SYNC = 0x0101_0000
MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000)
ENTRIES = {Codec.H264: (b"avc1", b"avcC"), Codec.H265: (b"hvc1", b"hvcC")}
DEFAULT_BASE_IS_MOOF = 0x20000
# trun: data offset, and for each sample its duration, size, flags and composition offset.
TRUN = 0x000F01
_SAMPLE = struct.Struct(">IIIi")


@dataclass(frozen=True)
class Timed:
    """A sample with its place in the track: `decode` and `duration` in units, `offset` from decoding to showing."""

    data: bytes | memoryview
    key: bool
    decode: int
    duration: int
    offset: int


def box(kind: bytes, *parts: bytes) -> bytes:
    """Make a box of its parts."""
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """Make a box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def init_segment(track: TrackParameters) -> bytes:
    """Give ftyp and moov for a video track; raises `BadBitstream` for parameter sets that cannot be parsed."""
    entry, record = ENTRIES[track.codec]
    picture = struct.pack(">6xH16xHHIIIH32xHh", 1, track.width, track.height, 0x480000, 0x480000, 0, 1, 0x18, -1)
    sample_entry = box(entry, picture, box(record, decoder_configuration(track)))
    tables = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), sample_entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    reference = box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1)))
    media = box(
        b"mdia",
        full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, TIMESCALE, 0, 0x55C4, 0)),
        full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide"), b"video\0"),
        box(b"minf", full_box(b"vmhd", 0, 1, bytes(8)), reference, tables),
    )
    header = struct.pack(">IIIIIQHHHH", 0, 0, TRACK, 0, 0, 0, 0, 0, 0, 0)
    place = struct.pack(">II", track.width << 16, track.height << 16)
    moov = box(
        b"moov",
        full_box(
            b"mvhd", 0, 0, struct.pack(">IIIIIH10x", 0, 0, TIMESCALE, 0, 0x10000, 0), MATRIX, bytes(24), b"\0\0\0\2"
        ),
        box(b"trak", full_box(b"tkhd", 0, 3, header, MATRIX, place), media),
        box(b"mvex", full_box(b"trex", 0, 0, struct.pack(">IIIII", TRACK, 1, 0, 0, 0))),
    )
    return box(b"ftyp", b"iso5", struct.pack(">I", 512), b"iso5iso6mp41") + moov


def fragment(sequence: int, samples: list[Timed]) -> bytes:
    """Give moof and mdat of samples that follow each other."""
    rows = b"".join(
        _SAMPLE.pack(one.duration, len(one.data), SYNC if one.key else NOT_SYNC, one.offset) for one in samples
    )
    # The offset of the data counts from the begin of moof, so it is needed inside of moof: lay it out twice.
    moof = _moof(sequence, samples, rows, 0)
    moof = _moof(sequence, samples, rows, len(moof) + 8)
    return b"".join(
        [moof, struct.pack(">I4s", 8 + sum(len(one.data) for one in samples), b"mdat"), *(one.data for one in samples)]
    )


def _moof(sequence: int, samples: list[Timed], rows: bytes, data_at: int) -> bytes:
    return box(
        b"moof",
        full_box(b"mfhd", 0, 0, struct.pack(">I", sequence)),
        box(
            b"traf",
            full_box(b"tfhd", 0, DEFAULT_BASE_IS_MOOF, struct.pack(">I", TRACK)),
            full_box(b"tfdt", 1, 0, struct.pack(">Q", samples[0].decode)),
            # Version 1: composition offsets are signed.
            full_box(b"trun", 1, TRUN, struct.pack(">Ii", len(samples), data_at), rows),
        ),
    )


class Timeline:
    """Gives samples their decoding times: a sample is held until the next one tells how long it lasts.

    A jump of the camera's clock, or a hole in recorded time, becomes one ordinary step.
    """

    USUAL = TIMESCALE // 25
    LONGEST_STEP = 10 * TIMESCALE

    def __init__(self) -> None:
        self._held: tuple[Sample, int, int] | None = None
        self._shift: int | None = None

    def push(self, sample: Sample) -> Timed | None:
        """Take a sample, give the one before it, now timed."""
        shown = sample.pts_us * 9 // 100
        if self._shift is None:
            self._shift = -shown
        before = self._held
        decode = shown + self._shift
        if before is not None:
            step = decode - before[1]
            if sample.flags & SampleFlag.DISCONTINUITY or abs(step) > self.LONGEST_STEP:
                self._shift += self.USUAL - step
                decode = before[1] + self.USUAL
            elif step < 1:
                # Shown before what was decoded earlier: decoding goes on in the smallest step.
                decode = before[1] + 1
        self._held = (sample, decode, shown + self._shift)
        return self._timed(before, decode) if before else None

    def finish(self) -> Timed | None:
        """Give the last sample, with a usual duration."""
        before, self._held = self._held, None
        return self._timed(before, before[1] + self.USUAL) if before else None

    def _timed(self, held: tuple[Sample, int, int], until: int) -> Timed:
        sample, decode, shown = held
        return Timed(sample.data, bool(sample.flags & SampleFlag.KEY), decode, until - decode, shown - decode)

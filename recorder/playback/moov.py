"""The index of an MP4 file (`moov`, ISO/IEC 14496-12): which sample lies where, and when it is shown. No I/O here.

Samples stay as they are: NAL units behind 4-byte lengths (14496-15), JPEG files and VOPs (14496-14), AAC frames, Opus
packets. Times are exact, in µs. A day has millions of samples, so they are kept by columns.
"""

import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, pairwise
from operator import sub

from recorder.client.stream import Codec, TrackParameters
from recorder.codec.parameters import decoder_configuration
from recorder.playback.order import DecodingTimes

TIMESCALE = 1_000_000
_NAL_ENTRIES = {Codec.H264: (b"avc1", b"avcC"), Codec.H265: (b"hvc1", b"hvcC")}
# Object types of 14496-1 table 5, for `mp4v`.
_OBJECT_TYPES = {Codec.MPEG4: 0x20, Codec.MJPEG: 0x6C}
VIDEO_CODECS = _NAL_ENTRIES.keys() | _OBJECT_TYPES.keys()
SOUND_CODECS = frozenset({Codec.AAC, Codec.OPUS})
_VISUAL, _SOUND = 0x11, 0x15
"""Stream types of 14496-1 table 6, shifted, with the reserved bit."""
_FIXED = 8192
"""Room for all boxes but the tables and what the codec parameters take."""
SAMPLE_BYTES = 28
"""At most, in the tables: size 4, time 8, offset of what is shown 8, place 8."""
KEY_BYTES = 4
_ALIGN = 4096
_MDAT = struct.Struct(">I4sQ")
_FREE = struct.Struct(">I4s")
_USUAL_STEP_US = 40_000
_MOST_STEP = (1 << 31) - 1
_COARSE = 1000
"""Ticks a second for sound with silences of half a day."""
_SINCE_1904_S = 2_082_844_800
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000)
_FTYP = struct.pack(">I4s4sI4s4s4s4s", 32, b"ftyp", b"isom", 512, b"isom", b"iso2", b"avc1", b"mp41")


@dataclass
class Track:
    """The samples of a track, by columns, in the order of decoding; offsets from where the first payload begins."""

    parameters: TrackParameters
    pts_us: "array[int]" = field(default_factory=lambda: array("q"))
    offsets: "array[int]" = field(default_factory=lambda: array("q"))
    sizes: "array[int]" = field(default_factory=lambda: array("I"))
    keys: "array[int]" = field(default_factory=lambda: array("I"))
    """Which samples are key frames, counted from 1."""

    @property
    def is_sound(self) -> bool:
        """Whether it is heard."""
        return self.parameters.codec in SOUND_CODECS

    def add(self, pts_us: int, offset: int, size: int, *, key: bool) -> None:
        """Append a sample."""
        self.pts_us.append(pts_us)
        self.offsets.append(offset)
        self.sizes.append(size)
        if key:
            self.keys.append(len(self.sizes))

    def extend(self, pts_us: list[int], offsets: list[int], sizes: list[int], keys: list[int]) -> None:
        """Append samples, columns of them; `keys` counts from 1 in these."""
        before = len(self.sizes)
        self.pts_us.extend(pts_us)
        self.offsets.extend(offsets)
        self.sizes.extend(sizes)
        self.keys.extend(before + one for one in keys)


@dataclass(frozen=True)
class About:
    """What a file says of itself: when it begins (UTC, µs), title, comment."""

    begin_us: int
    title: str
    comment: str


@dataclass(frozen=True)
class _Timed:
    """A track with its times, in µs."""

    number: int
    track: Track
    steps: list[int]
    """From each sample to the next, in the order of decoding."""
    lags: "array[int]"
    """How much later than decoded each sample is shown; empty where none is."""
    begin: int
    """When it is first shown or heard, from the beginning of the file."""
    skip: int
    """What the timeline of the track has before that."""
    length: int
    """How long it is shown or heard."""

    @property
    def timescale(self) -> int:
        """Ticks a second: µs for pictures; for sound its samples, because FFmpeg takes what is skipped for such."""
        if not self.track.is_sound:
            return TIMESCALE
        rate = self.track.parameters.clock_hz or TIMESCALE
        return rate if max(self.steps) * rate // TIMESCALE <= _MOST_STEP else _COARSE


def room(samples: int, keys: int, parameter_bytes: int) -> int:
    """Give the bytes that the front of a file takes at most, whole pages."""
    tables = SAMPLE_BYTES * samples + KEY_BYTES * keys
    # Parameters stand in sample entries, with a little around each set.
    return -(-(_FIXED + 2 * parameter_bytes + tables) // _ALIGN) * _ALIGN


def room_of(index: bytes) -> int:
    """Give the bytes that the front of a file takes with an index."""
    return -(-(len(_FTYP) + len(index) + _FREE.size + _MDAT.size) // _ALIGN) * _ALIGN


def parameter_bytes(tracks: Iterable[TrackParameters]) -> int:
    """Give about what the parameters of tracks take."""
    return sum(len(one) + 16 for track in tracks for one in track.parameter_sets)


def front(moov: bytes, front_bytes: int, payload_bytes: int) -> bytes | None:
    """Give the beginning of a file up to its payload, `front_bytes` long; None where that is too short for it."""
    left = front_bytes - len(_FTYP) - len(moov) - _MDAT.size
    if left and left < _FREE.size:
        return None
    free = _FREE.pack(left, b"free") + bytes(left - _FREE.size) if left else b""
    return _FTYP + moov + free + _MDAT.pack(1, b"mdat", _MDAT.size + payload_bytes)


def moov(video: Track, sounds: Sequence[Track], payload_at: int, about: About | None = None) -> bytes:
    """Give the box; raises `BadBitstream`, `ValueError`, `IndexError`, `struct.error` for damaged parameters.

    The payload begins `payload_at` bytes behind the beginning of the file; the first picture is shown at once.
    """
    base_us = video.pts_us[0] if video.pts_us else 0
    heard = [_time_sounds(n, one, base_us) for n, one in enumerate(sounds, 2) if one.sizes]
    tracks = [*([_time_pictures(1, video, base_us)] if video.sizes else []), *heard]
    length = max((one.length + one.begin for one in tracks), default=0)
    begun = about.begin_us // TIMESCALE + _SINCE_1904_S if about is not None else 0
    head = struct.pack(">QQIQIH10x", begun, begun, TIMESCALE, length, 0x10000, 0x100)
    tail = struct.pack(">I", len(tracks) + 1)
    mvhd = _full(b"mvhd", 1, 0, head, _MATRIX, bytes(24), tail)
    said = [_said(about)] if about is not None else []
    return _box(b"moov", mvhd, *[_trak(one, payload_at) for one in tracks], *said)


def sample_entry(one: TrackParameters) -> bytes:
    """Give how a track is decoded; raises as `moov` does."""
    return _video_entry(one) if one.codec in VIDEO_CODECS else _sound_entry(one)


def _time_pictures(number: int, track: Track, base_us: int) -> _Timed:
    times = DecodingTimes()
    shown = array("q", [one - base_us for one in track.pts_us])
    decoded = array("q")
    begins = sorted({0, *[one - 1 for one in track.keys]})
    for begin, end in pairwise([*begins, len(shown)]):
        decoded.extend(times.of(shown[begin:end]))
    lags = array("q", map(sub, shown, decoded))
    # Of key frames alone, minutes may lie between two. What is longer has no place: one ordinary step.
    steps = [one if one <= _MOST_STEP else _USUAL_STEP_US for one in _steps(decoded)]
    # The timeline of decoding begins at 0; what reordering delays is cut by the edit list.
    return _Timed(number, track, steps, lags if any(lags) else array("q"), 0, lags[0], sum(steps))


def _time_sounds(number: int, track: Track, base_us: int) -> _Timed:
    begin, steps = track.pts_us[0] - base_us, _steps(track.pts_us)
    skip = max(0, -begin)
    return _Timed(number, track, steps, array("q"), max(0, begin), skip, sum(steps) - skip)


def _steps(times: Sequence[int]) -> list[int]:
    """Give how far each time is from the next; the last is as far as the one before."""
    steps = [after - before for before, after in pairwise(times)]
    steps.append(steps[-1] if steps else _USUAL_STEP_US)
    return steps


def _trak(timed: _Timed, payload_at: int) -> bytes:
    one, scale = timed.track.parameters, timed.timescale
    is_video = not timed.track.is_sound
    volume = 0 if is_video else 0x100
    place = struct.pack(">QQIIQ8xHHHH", 0, 0, timed.number, 0, timed.length + timed.begin, 0, 0, volume, 0)
    size = struct.pack(">II", one.width << 16 if is_video else 0, one.height << 16 if is_video else 0)
    tkhd = _full(b"tkhd", 1, 3, place, _MATRIX, size)
    media_head = struct.pack(">QQIQHH", 0, 0, scale, _ticks(sum(timed.steps), scale), 0x55C4, 0)
    handler = struct.pack(">I4s12x", 0, b"vide" if is_video else b"soun") + b"Nightjar\0"
    kind = _full(b"vmhd", 0, 1, bytes(8)) if is_video else _full(b"smhd", 0, 0, bytes(4))
    reference = _box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1)))
    described = _full(b"stsd", 0, 0, struct.pack(">I", 1), sample_entry(one))
    tables = _box(b"stbl", described, *_tables(timed, scale, payload_at))
    media = _box(
        b"mdia",
        _full(b"mdhd", 1, 0, media_head),
        _full(b"hdlr", 0, 0, handler),
        _box(b"minf", kind, reference, tables),
    )
    return _box(b"trak", tkhd, _box(b"edts", _edits(timed, scale)), media)


def _edits(timed: _Timed, scale: int) -> bytes:
    """What is shown when: sound that begins later waits, reordered pictures do not begin later."""
    edits = [struct.pack(">QqI", timed.begin, -1, 0x10000)] if timed.begin else []
    edits.append(struct.pack(">QqI", timed.length, _ticks(timed.skip, scale), 0x10000))
    return _full(b"elst", 1, 0, struct.pack(">I", len(edits)), *edits)


def _tables(timed: _Timed, scale: int, payload_at: int) -> list[bytes]:
    track, count, steps = timed.track, len(timed.track.sizes), timed.steps
    if scale != TIMESCALE:
        steps = [
            after - before for before, after in pairwise(_ticks(one, scale) for one in accumulate(steps, initial=0))
        ]
    times = _runs(steps)
    tables = [_full(b"stts", 0, 0, struct.pack(">I", len(times) // 2), _packed("I", times))]
    if timed.lags:
        runs = _runs(timed.lags)
        # The counts are positive: as signed numbers they are the same.
        tables.append(_full(b"ctts", 1, 0, struct.pack(">I", len(runs) // 2), _packed("i", runs)))
    if not track.is_sound:
        tables.append(_full(b"stss", 0, 0, struct.pack(">I", len(track.keys)), _packed("I", track.keys)))
    places = [payload_at + one for one in track.offsets]
    return [
        *tables,
        # One sample a chunk: each lies where it was recorded, between those of other tracks.
        _full(b"stsc", 0, 0, struct.pack(">IIII", 1, 1, 1, 1)),
        _full(b"stsz", 0, 0, struct.pack(">II", 0, count), _packed("I", track.sizes)),
        _full(b"co64", 0, 0, struct.pack(">I", count), _packed("q", places)),
    ]


def _ticks(time_us: int, scale: int) -> int:
    return (time_us * scale + TIMESCALE // 2) // TIMESCALE


def _packed(kind: str, numbers: Iterable[int]) -> bytes:
    """Give numbers as they stand in a file; raises `struct.error` for one that has no place."""
    try:
        column = array(kind, numbers)
    except OverflowError as error:
        raise struct.error(str(error)) from error
    if sys.byteorder == "little":
        column.byteswap()
    return column.tobytes()


def _runs(values: Iterable[int]) -> list[int]:
    """Give (count, value) of values that repeat, flat."""
    return [number for value, group in groupby(values) for number in (sum(1 for _one in group), value)]


def _said(about: About) -> bytes:
    """Title and comment, as players of Apple and FFmpeg read them (QuickTime File Format, metadata)."""
    handler = _full(b"hdlr", 0, 0, struct.pack(">4x4s4s9x", b"mdir", b"appl"))
    texts = [
        _box(kind, _box(b"data", struct.pack(">II", 1, 0), text.encode()))
        for kind, text in ((b"\xa9nam", about.title), (b"\xa9cmt", about.comment))
    ]
    return _box(b"udta", _full(b"meta", 0, 0, handler, _box(b"ilst", *texts)))


def _video_entry(one: TrackParameters) -> bytes:
    picture = struct.pack(">6xH16xHHIIIH32xHh", 1, one.width, one.height, 0x480000, 0x480000, 0, 1, 0x18, -1)
    configuration = decoder_configuration(one)
    if one.codec in _OBJECT_TYPES:
        return _box(b"mp4v", picture, _descriptors(one.track, _OBJECT_TYPES[one.codec], _VISUAL, configuration))
    entry, record = _NAL_ENTRIES[one.codec]
    return _box(entry, picture, _box(record, configuration))


def _sound_entry(one: TrackParameters) -> bytes:
    sound = struct.pack(">6xH8xHH4xI", 1, one.channels or 1, 16, min(one.clock_hz, 0xFFFF) << 16)
    if one.codec is Codec.OPUS:
        # "Encapsulation of Opus in ISO Base Media File Format" §4.3.2: as OpusHead, big-endian.
        return _box(b"Opus", sound, _box(b"dOps", struct.pack(">BBHIhB", 0, one.channels or 1, 0, one.clock_hz, 0, 0)))
    return _box(b"mp4a", sound, _descriptors(one.track, 0x40, _SOUND, decoder_configuration(one)))


def _descriptors(number: int, object_type: int, stream_type: int, configuration: bytes) -> bytes:
    """ES_Descriptor (14496-14 §5.6): descriptors within descriptors, each a tag and its size in four bytes."""
    config = [_descriptor(5, configuration)] if configuration else []
    decoder = _descriptor(4, struct.pack(">BB3xII", object_type, stream_type, 0, 0), *config)
    stream = _descriptor(3, struct.pack(">HB", number & 0xFFFF, 0), decoder, _descriptor(6, b"\2"))
    return _full(b"esds", 0, 0, stream)


def _descriptor(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    return bytes([tag, size >> 21 & 127 | 128, size >> 14 & 127 | 128, size >> 7 & 127 | 128, size & 127]) + body


def _box(kind: bytes, *parts: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *parts)

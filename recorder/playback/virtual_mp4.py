"""An MP4 file around recorded chunks as they lie: a header whose size is known beforehand, then payload after payload.

Nothing is written and nothing copied. The size of the file follows from what the index of a block tells of its chunks;
only who reads the header makes tables (ISO/IEC 14496-12), who reads on gets the bytes of chunks. Samples stay as they
are: NAL units behind 4-byte lengths (14496-15), JPEG files and VOPs (14496-14), AAC frames, Opus packets. Times are
exact, in µs. No I/O here.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import NamedTuple

from recorder.client.errors import NightjarError
from recorder.client.stream import Codec, Epoch, TrackParameters
from recorder.client.words import _
from recorder.codec.errors import BadBitstream
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
_SAMPLE_BYTES = 28
"""At most, in the tables: size 4, time 8, offset of what is shown 8, place 8."""
_KEY_BYTES = 4
_ALIGN = 4096
_MDAT = struct.Struct(">I4sQ")
_LONGEST_STEP_US = 10_000_000
_USUAL_STEP_US = 40_000
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000)
_FTYP = struct.pack(">I4s4sI4s4s4s4s", 32, b"ftyp", b"isom", 512, b"isom", b"iso2", b"avc1", b"mp41")


class NotForMp4(NightjarError):
    """The pictures are of a kind that this view does not put into MP4."""

    status = 415
    words = _("These pictures are coded in a way that this view cannot show. Export them instead.")


class Extent(NamedTuple):
    """What is known of the chunks of a file without reading them."""

    samples: int
    keys: int
    payload_bytes: int
    parameter_bytes: int

    @property
    def header_bytes(self) -> int:
        """What the header takes, with the head of `mdat`."""
        tables = _SAMPLE_BYTES * self.samples + _KEY_BYTES * self.keys
        # Parameters stand in sample entries, with a little around each set.
        return -(-(_FIXED + 2 * self.parameter_bytes + tables) // _ALIGN) * _ALIGN

    @property
    def file_bytes(self) -> int:
        """Size of the whole file."""
        return self.header_bytes + self.payload_bytes


class Placed(NamedTuple):
    """A sample: where its bytes are among the payloads, and what the table says of it."""

    track: int
    key: bool
    pts_us: int
    offset: int
    size: int


@dataclass
class _Track:
    number: int
    parameters: TrackParameters
    samples: list[Placed] = field(default_factory=list[Placed])
    decoded: list[int] = field(default_factory=list[int])
    shown: list[int] = field(default_factory=list[int])
    begin: int = 0
    """When the first sample is shown, from the beginning of the file."""


def check(epoch: Epoch) -> None:
    """Raise `NotForMp4` for what has no place in this view."""
    if epoch.video is None or epoch.video.codec not in VIDEO_CODECS:
        raise NotForMp4


def tracks_of(epoch: Epoch, *, audio: bool) -> set[int]:
    """Give the tracks of an epoch that a file shows: its picture, and sound that MP4 has a place for."""
    check(epoch)
    assert epoch.video is not None
    sound = epoch.audio if audio and epoch.audio is not None and epoch.audio.codec in SOUND_CODECS else None
    return {one.track for one in (epoch.video, sound) if one is not None}


def header(epoch: Epoch, samples: Sequence[Placed], extent: Extent, *, audio: bool) -> bytes:
    """Give the first `extent.header_bytes` of a file; raises `NotForMp4`.

    `samples` are those that are shown, in recorded order; the first picture is a key frame.
    """
    shown = tracks_of(epoch, audio=audio)
    video = epoch.video
    assert video is not None
    try:
        tracks = _timed(epoch, samples, shown)
        moov = _moov(tracks, extent.header_bytes)
    except (BadBitstream, ValueError, IndexError, struct.error) as error:
        raise NotForMp4 from error
    room = extent.header_bytes - len(_FTYP) - len(moov) - _MDAT.size
    if room < 8:
        raise NotForMp4
    free = struct.pack(">I4s", room, b"free") + bytes(room - 8)
    return _FTYP + moov + free + _MDAT.pack(1, b"mdat", _MDAT.size + extent.payload_bytes)


def _timed(epoch: Epoch, samples: Sequence[Placed], shown: set[int]) -> list[_Track]:
    tracks = [_Track(n + 1, one) for n, one in enumerate(one for one in epoch.tracks if one.track in shown)]
    by_number = {one.parameters.track: one for one in tracks}
    for one in samples:
        if one.track in by_number:
            by_number[one.track].samples.append(one)
    video = next(one for one in tracks if epoch.video is not None and one.parameters.track == epoch.video.track)
    base = video.samples[0].pts_us if video.samples else 0
    _time_pictures(video, base)
    for track in tracks:
        if track is not video:
            _time_sounds(track, base)
    return [one for one in tracks if one.samples]


def _time_pictures(track: _Track, base: int) -> None:
    times = DecodingTimes()
    gops: list[list[Placed]] = []
    for one in track.samples:
        if one.key or not gops:
            gops.append([])
        gops[-1].append(one)
    for gop in gops:
        track.shown += [one.pts_us - base for one in gop]
        track.decoded += times.of([one.pts_us - base for one in gop])
    first = track.decoded[0] if track.decoded else 0
    # The timeline of decoding begins at 0; what reordering delays is cut by the edit list.
    track.decoded = [one - first for one in track.decoded]
    track.shown = [one - first for one in track.shown]
    shift = 0
    for n, (before, after) in enumerate(pairwise(list(track.decoded)), 1):
        if after - before > _LONGEST_STEP_US:
            # The camera's clock jumped: one ordinary step.
            shift += after - before - _USUAL_STEP_US
        track.decoded[n] -= shift
        track.shown[n] -= shift
    track.begin = 0


def _time_sounds(track: _Track, base: int) -> None:
    kept: list[Placed] = []
    last = -1
    for one in track.samples:
        at = one.pts_us - base
        if at > last and at >= 0:
            kept.append(one)
            last = at
    track.samples = kept
    track.begin = kept[0].pts_us - base if kept else 0
    track.decoded = track.shown = [one.pts_us - base - track.begin for one in kept]


def _moov(tracks: list[_Track], payload_at: int) -> bytes:
    length = max((_length(one) + one.begin for one in tracks), default=0)
    head = struct.pack(">QQIQIH10x", 0, 0, TIMESCALE, length, 0x10000, 0x100)
    tail = struct.pack(">I", len(tracks) + 1)
    mvhd = _full(b"mvhd", 1, 0, head, _MATRIX, bytes(24), tail)
    return _box(b"moov", mvhd, *[_trak(one, payload_at) for one in tracks])


def _length(track: _Track) -> int:
    steps = [after - before for before, after in pairwise(track.decoded[-2:])]
    return (track.decoded[-1] if track.decoded else 0) + (steps[0] if steps else _USUAL_STEP_US)


def _trak(track: _Track, payload_at: int) -> bytes:
    one, length = track.parameters, _length(track)
    is_video = one.codec in VIDEO_CODECS
    place = struct.pack(">QQIIQ8xHHHH", 0, 0, track.number, 0, length + track.begin, 0, 0, 0 if is_video else 0x100, 0)
    size = struct.pack(">II", one.width << 16 if is_video else 0, one.height << 16 if is_video else 0)
    tkhd = _full(b"tkhd", 1, 3, place, _MATRIX, size)
    media_head = struct.pack(">QQIQHH", 0, 0, TIMESCALE, length, 0x55C4, 0)
    handler = struct.pack(">I4s12x", 0, b"vide" if is_video else b"soun") + b"Nightjar\0"
    kind = _full(b"vmhd", 0, 1, bytes(8)) if is_video else _full(b"smhd", 0, 0, bytes(4))
    reference = _box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1)))
    entry = _video_entry(one) if is_video else _sound_entry(one)
    tables = _box(b"stbl", _full(b"stsd", 0, 0, struct.pack(">I", 1), entry), *_tables(track, payload_at))
    media = _box(
        b"mdia",
        _full(b"mdhd", 1, 0, media_head),
        _full(b"hdlr", 0, 0, handler),
        _box(b"minf", kind, reference, tables),
    )
    return _box(b"trak", tkhd, _box(b"edts", _edits(track, length)), media)


def _edits(track: _Track, length: int) -> bytes:
    """What is shown when: sound that begins later waits, reordered pictures do not begin later."""
    edits = [struct.pack(">QqI", track.begin, -1, 0x10000)] if track.begin else []
    edits.append(struct.pack(">QqI", length, track.shown[0], 0x10000))
    return _full(b"elst", 1, 0, struct.pack(">I", len(edits)), *edits)


def _tables(track: _Track, payload_at: int) -> list[bytes]:
    count = len(track.samples)
    steps = [after - before for before, after in pairwise(track.decoded)]
    steps.append(steps[-1] if steps else _USUAL_STEP_US)
    lags = [shown - decoded for shown, decoded in zip(track.shown, track.decoded, strict=True)]
    times = _runs(steps)
    tables = [_full(b"stts", 0, 0, struct.pack(">I", len(times) // 2), struct.pack(f">{len(times)}I", *times))]
    if any(lags):
        runs = _runs(lags)
        kinds = "".join("Ii" for _n in range(len(runs) // 2))
        tables.append(_full(b"ctts", 1, 0, struct.pack(">I", len(runs) // 2), struct.pack(f">{kinds}", *runs)))
    keys = [n for n, one in enumerate(track.samples, 1) if one.key]
    if track.parameters.codec in VIDEO_CODECS:
        tables.append(_full(b"stss", 0, 0, struct.pack(">I", len(keys)), struct.pack(f">{len(keys)}I", *keys)))
    sizes = [one.size for one in track.samples]
    places = [payload_at + one.offset for one in track.samples]
    return [
        *tables,
        # One sample a chunk: each lies where it was recorded, between those of other tracks.
        _full(b"stsc", 0, 0, struct.pack(">IIII", 1, 1, 1, 1)),
        _full(b"stsz", 0, 0, struct.pack(">II", 0, count), struct.pack(f">{count}I", *sizes)),
        _full(b"co64", 0, 0, struct.pack(">I", count), struct.pack(f">{count}Q", *places)),
    ]


def _runs(values: Iterable[int]) -> list[int]:
    """Give (count, value) of values that repeat, flat."""
    return [number for value, group in groupby(values) for number in (len(list(group)), value)]


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

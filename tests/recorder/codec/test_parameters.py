import io
import struct

import av
import numpy as np
import pytest

from recorder.client.stream import Codec, TrackKind
from recorder.codec import aac, h264, h265, nal
from recorder.codec.errors import BadBitstream
from recorder.codec.parameters import codec_string, decoder_configuration, describe, parameter_sets_annex_b

ENCODERS = {Codec.H264: "libx264", Codec.H265: "libx265"}
QUIET = {"x265-params": "log-level=none"}


def encode(codec, width, height, frames=3, profile=None):
    """Annex B by an encoder that is not ours, and the same picture sizes as an MP4 file by a muxer that is not ours."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream(ENCODERS[codec], rate=25, options=QUIET | ({"profile": profile} if profile else {}))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            picture = np.full((height, width, 3), 40 * number, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(stream.encode())
    return file.getvalue()


def box(data, kind):
    at = data.index(kind)
    (size,) = struct.unpack_from(">I", data, at - 4)
    return data[at + 4 : at - 4 + size]


def sets_of_avcc(record):
    at, found = 6, []
    for count_mask in (31, 255):
        count = record[at - 1] & count_mask
        for _ in range(count):
            (size,) = struct.unpack_from(">H", record, at)
            found.append(record[at + 2 : at + 2 + size])
            at += 2 + size
        at += 1
    return tuple(found)


def sets_of_hvcc(record):
    at, found = 23, []
    for _ in range(record[22]):
        (count,) = struct.unpack_from(">H", record, at + 1)
        at += 3
        for _ in range(count):
            (size,) = struct.unpack_from(">H", record, at)
            found.append(record[at + 2 : at + 2 + size])
            at += 2 + size
    return tuple(one for one in found if h265.kind(one) in {h265.VPS, h265.SPS, h265.PPS})


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (704, 576), (322, 242)])
@pytest.mark.parametrize("profile", ["baseline", "main", "high"])
def test_the_size_and_the_record_of_h264_are_those_of_its_muxer(width, height, profile):
    record = box(encode(Codec.H264, width, height, profile=profile), b"avcC")
    found = describe(0, Codec.H264, 90_000, sets_of_avcc(record))
    assert (found.width, found.height, found.kind) == (width, height, TrackKind.VIDEO)
    assert decoder_configuration(found) == record


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (322, 242)])
def test_the_size_and_the_record_of_h265_are_those_of_its_muxer(width, height):
    record = box(encode(Codec.H265, width, height), b"hvcC")
    found = describe(0, Codec.H265, 90_000, sets_of_hvcc(record))
    assert (found.width, found.height) == (width, height)
    ours = decoder_configuration(found)
    assert sets_of_hvcc(ours) == sets_of_hvcc(record)
    # Profile, tier, constraints, level; chroma and depth; layers. What lies between is not known to every muxer.
    assert (ours[:13], ours[16:19], ours[21] & 0x3F) == (record[:13], record[16:19], record[21] & 0x3F)


@pytest.mark.parametrize("codec", list(ENCODERS))
def test_a_decoder_takes_what_is_said_of_a_stream_and_its_samples(codec):
    data = encode(codec, 322, 242)
    with av.open(io.BytesIO(data)) as source:
        samples = [bytes(packet) for packet in source.demux() if packet.size]
        expected = [frame.to_ndarray().tobytes() for frame in av.open(io.BytesIO(data)).decode(video=0)]
    sets = sets_of_avcc(box(data, b"avcC")) if codec is Codec.H264 else sets_of_hvcc(box(data, b"hvcC"))
    found = describe(0, codec, 90_000, sets)
    for extradata, converted in (
        (decoder_configuration(found), samples),
        (None, [parameter_sets_annex_b(found) + nal.annex_b(one) for one in samples]),
    ):
        decoder = av.CodecContext.create("h264" if codec is Codec.H264 else "hevc", "r")
        decoder.thread_count = 1
        if extradata:
            decoder.extradata = extradata
        frames = [frame for one in converted for frame in decoder.decode(av.Packet(bytes(one)))] + decoder.decode(None)
        assert [frame.to_ndarray().tobytes() for frame in frames] == expected


def test_sets_are_brought_into_their_order():
    sps, pps = sets_of_avcc(box(encode(Codec.H264, 64, 64), b"avcC"))
    assert describe(0, Codec.H264, 90_000, (pps, sps)).parameter_sets == (sps, pps)


def test_codecs_are_named_as_browsers_want_them():
    sps = bytes.fromhex("6764001facd9405005bb011000000300100000030300f1831960")
    assert h264.codec_string((sps,)) == "avc1.64001f"
    hevc = bytes.fromhex("42010101600000030090000003000003005da00280802d165959a4932bc05a02000003000200000300651080")
    assert h265.codec_string((hevc,)) == "hvc1.1.6.L93.90"
    config = describe(1, Codec.AAC, 16_000, (b"\x14\x08",))
    assert codec_string(config) == "mp4a.40.2"
    assert codec_string(describe(1, Codec.PCMA, 8000)) == "alaw"


def test_the_configuration_of_aac_says_rate_and_channels():
    assert aac.parse(bytes.fromhex("1190")) == aac.AudioConfig(2, 48_000, 2)
    assert aac.parse(bytes.fromhex("1408")) == aac.AudioConfig(2, 16_000, 1)
    # Explicit SBR: 24 kHz core, 48 kHz out (ISO/IEC 14496-3 §1.6.5).
    assert aac.parse(bytes.fromhex("2b118800")).rate_hz == 24_000
    assert aac.parse(aac.build(44_100, 2)) == aac.AudioConfig(2, 44_100, 2)


def test_zeros_in_a_configuration_of_aac_are_no_emulation_prevention():
    config = bytes.fromhex("12100000000356e500")
    assert aac.parse(config).rate_hz == 44_100


@pytest.mark.parametrize(
    "sps",
    [
        b"",
        b"\x67",
        b"\x67\x42\x00\x1e",
        b"\x67\x42\x00\x1e" + bytes(40),
        # A picture of 2^32 macroblocks across.
        b"\x67\x42\x00\x1e\xf8\x00\x00\x00\x00\x01\xff\xff\xff\xff",
        b"\x67\x42\x00\x1e" + b"\x55" * 5000,
    ],
)
def test_a_damaged_sps_is_refused(sps):
    with pytest.raises(BadBitstream):
        h264.parse_sps(sps)


@pytest.mark.parametrize("cut", range(4, 40, 3))
def test_a_cut_sps_of_h265_is_refused_or_read_the_same(cut):
    whole = next(one for one in sets_of_hvcc(box(encode(Codec.H265, 64, 64), b"hvcC")) if h265.kind(one) == h265.SPS)
    try:
        assert h265.parse_sps(whole[:cut]) == h265.parse_sps(whole)
    except BadBitstream:
        assert cut < len(whole)


def test_no_decoder_is_promised_what_is_incomplete():
    sps = sets_of_avcc(box(encode(Codec.H264, 64, 64), b"avcC"))[0]
    with pytest.raises(BadBitstream):
        decoder_configuration(describe(0, Codec.H264, 90_000, (sps,)))


def test_samples_change_their_form_and_back():
    units = [b"\x67\x01\x02", b"\x65" + bytes(range(1, 200)), b"\x06\x00\x00\x03\x00\x01"]
    sample = nal.length_prefixed(units)
    assert [bytes(one) for one in nal.units(sample)] == units
    assert nal.is_whole(sample)
    assert [bytes(one) for one in nal.split_annex_b(nal.annex_b(sample))] == units
    short = b"\x00\x00\x01" + units[0] + b"\x00\x00\x00\x01" + units[1] + b"\x00\x00\x00"
    assert [bytes(one) for one in nal.split_annex_b(short)] == units[:2]


@pytest.mark.parametrize("sample", [b"\x00", b"\x00\x00\x00\x05\x01", b"\xff\xff\xff\xff" + bytes(10)])
def test_a_length_beyond_the_sample_is_refused(sample):
    for read in (nal.annex_b, lambda data: list(nal.units(data))):
        with pytest.raises(BadBitstream):
            read(sample)
    assert not nal.is_whole(sample)

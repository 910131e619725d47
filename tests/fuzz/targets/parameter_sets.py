"""Parameter sets, configurations and NAL units. The first byte says which."""

from recorder.client.stream import Codec
from recorder.codec import nal, parameters
from recorder.codec.errors import BadBitstream
from recorder.rtsp.payload.parameter_sets import ParameterSets

DECLARED = (BadBitstream,)
_CODECS = (Codec.H264, Codec.H265, Codec.AAC)
_H264 = (bytes.fromhex("6764002aac2c6a81e0089f966e020202040000030004"), bytes.fromhex("68ee3cb0"))
_H265 = (
    bytes.fromhex("40010c01ffff01600000030090000003000003005d959809"),
    bytes.fromhex("42010101600000030090000003000003005da00280802d165959a4932bc05a02000003000200000300651080"),
    bytes.fromhex("4401c172b46240"),
)
SEEDS = (
    b"\x00" + nal.length_prefixed(_H264),
    b"\x01" + nal.length_prefixed(_H265),
    b"\x02" + nal.length_prefixed((b"\x2b\x11\x88\x00",)),
)


def target(data: bytes) -> None:
    codec = _CODECS[data[0] % 3] if data else Codec.H264
    sample = memoryview(data)[1:]
    sets = [bytes(one) for one in nal.units(sample)]
    again = nal.length_prefixed(list(nal.split_annex_b(nal.annex_b(sample))))
    assert len(again) <= 2 * len(sample) + 4
    if codec is not Codec.AAC:
        counted = ParameterSets(codec)
        for one in sets:
            counted.offer(one)
        counted.settle()
        sets = list(counted.take())
    found = parameters.describe(0, codec, 90_000, tuple(sets))
    assert 0 <= found.width <= 16384
    assert 0 <= found.height <= 16384
    parameters.codec_string(found)
    parameters.decoder_configuration(found)

"""Codec parameters of a track in the forms that others want: pictures' size, decoder configuration, Annex B, RFC 6381.

    describe(track, Codec.H264, 90_000, (sps, pps)) -> TrackParameters with width and height
    decoder_configuration(parameters)               -> avcC, hvcC or AudioSpecificConfig, what MP4 and `extradata` hold
    parameter_sets_annex_b(parameters)              -> the sets behind start codes, to send before a key frame
    codec_string(parameters)                        -> "avc1.64001f", for browsers
    annex_b(sample)                                 -> see `recorder.codec.nal`

All raise `BadBitstream` where a set cannot be parsed.
"""

from recorder.client.stream import Codec, TrackParameters


def describe(
    track: int, codec: Codec, clock_hz: int, parameter_sets: tuple[bytes, ...] = (), channels: int = 0
) -> TrackParameters:
    """Make the parameters of a track, width, height and channels read out of its parameter sets."""
    raise NotImplementedError


def decoder_configuration(parameters: TrackParameters) -> bytes:
    """Give what MP4 keeps beside the samples: avcC (H.264), hvcC (H.265), AudioSpecificConfig (AAC), b"" (G.711)."""
    raise NotImplementedError


def parameter_sets_annex_b(parameters: TrackParameters) -> bytes:
    """Give VPS, SPS and PPS behind start codes, in this order; b"" for audio."""
    raise NotImplementedError


def codec_string(parameters: TrackParameters) -> str:
    """Give the codec as RFC 6381 writes it in the `codecs` parameter of a MIME type."""
    raise NotImplementedError

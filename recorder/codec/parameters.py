"""Codec parameters of a track in the forms that others want: pictures' size, decoder configuration, Annex B, RFC 6381.

    describe(track, Codec.H264, 90_000, (sps, pps)) -> TrackParameters with width and height
    decoder_configuration(parameters)               -> avcC, hvcC, AudioSpecificConfig …, what MP4 and `extradata` hold
    parameter_sets_annex_b(parameters)              -> the sets behind start codes, to send before a key frame
    codec_string(parameters)                        -> "avc1.64001f", for browsers
    nal.annex_b(sample)                             -> see `recorder.codec.nal`

All raise `BadBitstream` where a set cannot be parsed.
"""

from recorder.client.stream import Codec, TrackKind, TrackParameters
from recorder.codec import aac, g726, h264, h265, jpeg, mpeg4, opus
from recorder.codec.errors import BadBitstream
from recorder.codec.nal import START_CODE

OF_NAL_UNITS = frozenset({Codec.H264, Codec.H265})


def describe(
    track: int, codec: Codec, clock_hz: int, parameter_sets: tuple[bytes, ...] = (), channels: int = 0
) -> TrackParameters:
    """Make the parameters of a track, with width, height and channels read out of its parameter sets.

    Video sets are brought into the order of `TrackParameters`. `channels` is what counts where the configuration of AAC
    leaves the number open, and for G.711, G.726 and Opus (0 means 1).
    """
    match codec:
        case Codec.H264:
            sets = tuple(sorted(filter(None, parameter_sets), key=h264.kind))
            first = h264.parse_sps(next((one for one in sets if h264.kind(one) == h264.SPS), b""))
            return TrackParameters(track, TrackKind.VIDEO, codec, clock_hz, sets, first.width, first.height)
        case Codec.H265:
            sets = tuple(sorted(filter(None, parameter_sets), key=h265.kind))
            leading = h265.parse_sps(next((one for one in sets if h265.kind(one) == h265.SPS), b""))
            return TrackParameters(track, TrackKind.VIDEO, codec, clock_hz, sets, leading.width, leading.height)
        case Codec.AAC:
            config = aac.parse(parameter_sets[0] if parameter_sets else b"")
            count = config.channels or channels
            return TrackParameters(track, TrackKind.AUDIO, codec, clock_hz, parameter_sets[:1], channels=count)
        case Codec.MJPEG:
            frame = jpeg.parse_frame(parameter_sets[0] if parameter_sets else b"")
            return TrackParameters(
                track, TrackKind.VIDEO, codec, clock_hz, parameter_sets[:1], frame.width, frame.height
            )
        case Codec.MPEG4:
            layer = mpeg4.parse_configuration(parameter_sets[0] if parameter_sets else b"")
            return TrackParameters(
                track, TrackKind.VIDEO, codec, clock_hz, parameter_sets[:1], layer.width, layer.height
            )
        case Codec.G726:
            if not parameter_sets or len(parameter_sets[0]) != 1 or parameter_sets[0][0] not in g726.BITS:
                raise BadBitstream(problem="G.726 without a known number of bits per sample")
            return TrackParameters(track, TrackKind.AUDIO, codec, clock_hz, parameter_sets[:1], channels=channels or 1)
        case Codec.PCMA | Codec.PCMU | Codec.OPUS:
            return TrackParameters(track, TrackKind.AUDIO, codec, clock_hz, channels=channels or 1)
        case Codec.ONVIF | Codec.MOTION:
            return TrackParameters(track, TrackKind.METADATA, codec, clock_hz)


def decoder_configuration(parameters: TrackParameters) -> bytes:
    """Give what MP4 keeps beside the samples, or decoders want before them; b"" where there is nothing such.

    avcC (H.264), hvcC (H.265), the configuration itself (MPEG-4 part 2, AAC), OpusHead (Opus).
    """
    match parameters.codec:
        case Codec.H264:
            return h264.avcc(parameters.parameter_sets)
        case Codec.H265:
            return h265.hvcc(parameters.parameter_sets)
        case Codec.AAC | Codec.MPEG4:
            return parameters.parameter_sets[0] if parameters.parameter_sets else b""
        case Codec.OPUS:
            return opus.head(parameters.channels)
        case _:
            return b""


def parameter_sets_annex_b(parameters: TrackParameters) -> bytes:
    """Give VPS, SPS and PPS behind start codes, in this order; b"" for what is not made of NAL units."""
    if parameters.codec not in OF_NAL_UNITS:
        return b""
    return b"".join(START_CODE + one for one in parameters.parameter_sets)


def codec_string(parameters: TrackParameters) -> str:
    """Give the codec as RFC 6381 writes it in the `codecs` parameter of a MIME type."""
    match parameters.codec:
        case Codec.H264:
            return h264.codec_string(parameters.parameter_sets)
        case Codec.H265:
            return h265.codec_string(parameters.parameter_sets)
        case Codec.AAC:
            kind = aac.parse(parameters.parameter_sets[0]).object_type if parameters.parameter_sets else 2
            return f"mp4a.40.{kind}"
        case Codec.PCMA:
            return "alaw"
        case Codec.PCMU:
            return "ulaw"
        case Codec.MJPEG:
            # Object types of ISO/IEC 14496-1 table 5: 0x6C is JPEG, 0x20 is MPEG-4 video.
            return "mp4v.6C"
        case Codec.MPEG4:
            return f"mp4v.20.{mpeg4.parse_configuration(parameters.parameter_sets[0]).profile}"
        case Codec.OPUS | Codec.G726 | Codec.ONVIF | Codec.MOTION:
            return parameters.codec.value

"""From samples to RTP packets: each access unit becomes packets once, which are numbered anew for every receiver."""

from collections.abc import Callable
from functools import partial

from recorder.client.stream import Codec, TrackParameters
from recorder.rtsp.packetise import aac, g711, g726, h264, h265, mjpeg, opus, pieces
from recorder.rtsp.packetise.packets import Packets

_BY_CODEC = {
    Codec.H264: h264.packetise,
    Codec.H265: h265.packetise,
    Codec.MJPEG: mjpeg.packetise,
    Codec.MPEG4: pieces.packetise,
    Codec.PCMA: g711.packetise,
    Codec.PCMU: g711.packetise,
    Codec.AAC: aac.packetise,
    Codec.OPUS: opus.packetise,
    Codec.ONVIF: pieces.packetise,
}

Packetiser = Callable[[bytes | memoryview], Packets]


def packetise(sample: bytes | memoryview, codec: Codec, payload_type: int) -> Packets:
    """Turn one sample into packets of this RTP payload type; G.726 needs a `packetiser`."""
    return _BY_CODEC[codec](sample, payload_type)


def packetiser(parameters: TrackParameters, payload_type: int) -> Packetiser:
    """Give the function that turns one sample of this track into packets of this RTP payload type."""
    if parameters.codec is Codec.G726:
        return partial(g726.packetise, payload_type=payload_type, bits=parameters.parameter_sets[0][0])
    return partial(_BY_CODEC[parameters.codec], payload_type=payload_type)

"""Which depacketiser a track needs."""

from functools import partial
from typing import Protocol

from recorder.client.stream import Codec
from recorder.codec.g726 import from_aal2
from recorder.rtsp.offer import Offer
from recorder.rtsp.payload.aac import AacDepacketiser
from recorder.rtsp.payload.depacketiser import Depacketiser, Emit
from recorder.rtsp.payload.documents import DocumentDepacketiser
from recorder.rtsp.payload.h264 import H264Depacketiser
from recorder.rtsp.payload.h265 import H265Depacketiser
from recorder.rtsp.payload.mjpeg import MjpegDepacketiser
from recorder.rtsp.payload.mpeg4 import Mpeg4Depacketiser
from recorder.rtsp.payload.packetwise import PacketwiseDepacketiser
from recorder.rtsp.payload.parameter_sets import ParameterSets
from recorder.rtsp.payload.single_set import SingleSet


class Sets(Protocol):
    """The parameter sets that count for a video track."""

    changed: bool

    def take(self) -> tuple[bytes, ...]:
        """Give them in the order of `TrackParameters`, and take `changed` back."""
        ...


def open_video(offer: Offer, emit: Emit) -> tuple[Sets, Depacketiser]:
    """Give what counts the parameter sets of a video track, and its depacketiser, which offers them."""
    match offer.codec:
        case Codec.H264 | Codec.H265:
            sets = ParameterSets(offer.codec, offer.sets)
            make = H264Depacketiser if offer.codec is Codec.H264 else H265Depacketiser
            return sets, make(sets, emit)
        case Codec.MJPEG:
            single = SingleSet()
            return single, MjpegDepacketiser(single, emit, offer.size)
        case Codec.MPEG4:
            single = SingleSet(offer.sets[0] if offer.sets else b"")
            return single, Mpeg4Depacketiser(single, emit)
        case _:
            raise ValueError(offer.codec)


def open_other(offer: Offer, emit: Emit) -> Depacketiser:
    """Give the depacketiser of a track of sound or metadata."""
    match offer.codec:
        case Codec.AAC:
            return AacDepacketiser(offer.layout, emit)
        case Codec.ONVIF:
            return DocumentDepacketiser(emit)
        case Codec.G726 if offer.aal2:
            return PacketwiseDepacketiser(emit, partial(from_aal2, bits=offer.sets[0][0]))
        case _:
            return PacketwiseDepacketiser(emit)

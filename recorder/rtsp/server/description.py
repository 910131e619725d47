"""The session description of a source (RFC 4566), with what each codec's payload format asks for in it."""

import base64
from collections.abc import Callable, Sequence

from recorder.client.stream import Codec, TrackKind, TrackParameters
from recorder.codec import mpeg4
from recorder.rtsp.sdp import Attribute, MediaDescription, SessionDescription
from recorder.rtsp.server.source import OfferedTrack

CONTROL = "trackID="
"""Begins the control address of a track, relative to its source; its number follows."""

_KINDS = {TrackKind.VIDEO: "video", TrackKind.AUDIO: "audio", TrackKind.METADATA: "application"}


def describe(name: str, tracks: Sequence[OfferedTrack]) -> SessionDescription:
    """Describe a live source."""
    whole = (Attribute("control", "*"), Attribute("range", "npt=now-"))
    return SessionDescription(tuple(map(_media, tracks)), name or "-", whole)


def _media(track: OfferedTrack) -> MediaDescription:
    parameters, number = track.parameters, track.payload_type
    attributes = [Attribute("rtpmap", f"{number} {_rtp_map(parameters)}")]
    if format_parameters := _FORMATS.get(parameters.codec, _nothing)(parameters):
        told = ";".join(f"{name}={value}" for name, value in format_parameters.items())
        attributes.append(Attribute("fmtp", f"{number} {told}"))
    if track.frames_per_s:
        attributes.append(Attribute("framerate", f"{track.frames_per_s:g}"))
    if parameters.width and parameters.height:
        attributes.append(Attribute("x-dimensions", f"{parameters.width},{parameters.height}"))
    attributes.append(Attribute("control", f"{CONTROL}{track.number}"))
    return MediaDescription(_KINDS[parameters.kind], (number,), attributes=tuple(attributes))


def _rtp_map(parameters: TrackParameters) -> str:
    match parameters.codec:
        case Codec.H264:
            return "H264/90000"
        case Codec.H265:
            return "H265/90000"
        case Codec.MJPEG:
            return "JPEG/90000"
        case Codec.MPEG4:
            return "MP4V-ES/90000"
        case Codec.G726:
            return f"G726-{8 * parameters.parameter_sets[0][0]}/{parameters.clock_hz}"
        case Codec.OPUS:
            return "opus/48000/2"
        case Codec.ONVIF:
            return f"vnd.onvif.metadata/{parameters.clock_hz}"
        case Codec.MOTION:
            raise ValueError(parameters.codec)
        case Codec.PCMA | Codec.PCMU:
            return f"{parameters.codec.name}/{parameters.clock_hz}"
        case Codec.AAC:
            return f"mpeg4-generic/{parameters.clock_hz}/{parameters.channels or 1}"


def _h264(parameters: TrackParameters) -> dict[str, str]:
    """RFC 6184 §8.1."""
    told = {"packetization-mode": "1"}
    sequence = next((one for one in parameters.parameter_sets if len(one) > 3 and one[0] & 0x1F == 7), None)
    if sequence is not None:
        told["profile-level-id"] = sequence[1:4].hex().upper()
        told["sprop-parameter-sets"] = ",".join(map(_base64, parameters.parameter_sets))
    return told


def _h265(parameters: TrackParameters) -> dict[str, str]:
    """RFC 7798 §7.1."""
    names = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}
    told: dict[str, str] = {}
    for one in parameters.parameter_sets:
        if one and (name := names.get(one[0] >> 1 & 0x3F)):
            told[name] = f"{told[name]},{_base64(one)}" if name in told else _base64(one)
    return told


def _aac(parameters: TrackParameters) -> dict[str, str]:
    """RFC 3640 §4.1, mode AAC-hbr."""
    return {
        "streamtype": "5",
        "profile-level-id": "1",
        "mode": "AAC-hbr",
        "sizelength": "13",
        "indexlength": "3",
        "indexdeltalength": "3",
        "config": parameters.parameter_sets[0].hex().upper() if parameters.parameter_sets else "",
    }


def _mpeg4(parameters: TrackParameters) -> dict[str, str]:
    """RFC 6416 §7.1."""
    config = parameters.parameter_sets[0]
    return {"profile-level-id": str(mpeg4.parse_configuration(config).profile), "config": config.hex().upper()}


def _opus(parameters: TrackParameters) -> dict[str, str]:
    """RFC 7587 §7."""
    return {"sprop-stereo": "1"} if parameters.channels == 2 else {}


def _nothing(_parameters: TrackParameters) -> dict[str, str]:
    return {}


_FORMATS: dict[Codec, Callable[[TrackParameters], dict[str, str]]] = {
    Codec.H264: _h264,
    Codec.H265: _h265,
    Codec.AAC: _aac,
    Codec.MPEG4: _mpeg4,
    Codec.OPUS: _opus,
}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()

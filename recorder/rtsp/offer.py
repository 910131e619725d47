"""What of a session description we take: the first video we can record, the first audio, and the first metadata."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from recorder.client.stream import Codec, TrackParameters
from recorder.codec import parameters
from recorder.codec.bits import LONGEST_SET
from recorder.codec.errors import BadBitstream
from recorder.codec.nal import START_CODE, split_annex_b
from recorder.rtsp.errors import Malformed, Unsupported
from recorder.rtsp.message import number
from recorder.rtsp.payload.aac import AacLayout
from recorder.rtsp.sdp import MediaDescription, RtpMap, SessionDescription

VIDEO_TRACK, AUDIO_TRACK, METADATA_TRACK = 0, 1, 2
_ENCODINGS = {
    "H264": Codec.H264,
    "H265": Codec.H265,
    "HEVC": Codec.H265,
    "JPEG": Codec.MJPEG,
    "MP4V-ES": Codec.MPEG4,
    "PCMA": Codec.PCMA,
    "PCMU": Codec.PCMU,
    "MPEG4-GENERIC": Codec.AAC,
    "OPUS": Codec.OPUS,
    "VND.ONVIF.METADATA": Codec.ONVIF,
}
_G726 = re.compile(r"(AAL2-)?G726-(16|24|32|40)")
_KINDS = {
    "video": frozenset({Codec.H264, Codec.H265, Codec.MJPEG, Codec.MPEG4}),
    "audio": frozenset({Codec.PCMA, Codec.PCMU, Codec.AAC, Codec.G726, Codec.OPUS}),
    "application": frozenset({Codec.ONVIF}),
}
_TRACKS = {"video": VIDEO_TRACK, "audio": AUDIO_TRACK, "application": METADATA_TRACK}
_H265_SETS = ("sprop-vps", "sprop-sps", "sprop-pps")
_FURTHER_AAC = (
    "ctsdeltalength",
    "dtsdeltalength",
    "randomaccessindication",
    "streamstateindication",
    "auxiliarydatasizelength",
)
"""RFC 3640 §4.1: widths of fields that no camera was met with; unread, they would shift all that follows."""
MOST_CLOCK_HZ = 1_000_000


@dataclass(frozen=True)
class Offer:
    """One track as it is offered. `sets` are parameter sets out of the description, unchecked for video.

    `size` is width and height where the description tells them, else zeros; `aal2` says how G.726 is packed.
    """

    track: int
    codec: Codec
    payload_type: int
    clock_hz: int
    channels: int
    control: str | None
    sets: tuple[bytes, ...] = ()
    layout: AacLayout = AacLayout()  # noqa: RUF009 - frozen
    size: tuple[int, int] = (0, 0)
    aal2: bool = False

    @property
    def is_video(self) -> bool:
        """It carries pictures."""
        return self.track == VIDEO_TRACK

    def parameters(self) -> TrackParameters:
        """Give the codec parameters of a track of sound or metadata; raises `BadBitstream`."""
        return parameters.describe(self.track, self.codec, self.clock_hz, self.sets, self.channels)


def choose(description: SessionDescription) -> list[Offer]:
    """Give the first supported video track, then the first supported tracks of sound and metadata if there are any.

    Raises `Unsupported` where there is no video that can be recorded; it names what there is.
    """
    video = next(_offers(description, "video"), None)
    if video is None:
        found = [one.encoding or "?" for section in description.media for one in section.rtp_maps]
        what = ", ".join(found)[:200] or "nothing"
        raise Unsupported(reason=f"no H.264, H.265, MJPEG or MPEG-4 video among {what}")
    others = (next(_offers(description, kind), None) for kind in ("audio", "application"))
    return [video, *filter(None, others)]


def _offers(description: SessionDescription, kind: str) -> Iterator[Offer]:
    for section in description.media:
        if section.kind != kind or not section.protocol.startswith("RTP/AVP"):
            continue
        for one in section.rtp_maps:
            codec = Codec.G726 if _G726.fullmatch(one.encoding) else _ENCODINGS.get(one.encoding)
            if codec is None or codec not in _KINDS[kind] or not 0 < one.clock_hz <= MOST_CLOCK_HZ:
                continue
            try:
                yield _offer(section, one, codec, _TRACKS[kind])
            except (Malformed, BadBitstream):
                continue


def _offer(section: MediaDescription, one: RtpMap, codec: Codec, track: int) -> Offer:
    fields = section.format_parameters(one.payload_type)
    sets: tuple[bytes, ...] = ()
    layout = AacLayout()
    channels, aal2 = one.channels, False
    match codec:
        case Codec.H264:
            if _told_number(fields, "packetization-mode") > 1:
                raise Malformed(reason="H.264 in interleaved mode")
            sets = _decoded(fields.get("sprop-parameter-sets", ""))
        case Codec.H265:
            if _told_number(fields, "sprop-max-don-diff"):
                raise Malformed(reason="H.265 with decoding order numbers")
            sets = tuple(unit for name in _H265_SETS for unit in _decoded(fields.get(name, "")))
        case Codec.MPEG4:
            # A configuration that cannot be read is passed over: the stream may bring its own.
            sets = _configuration(fields.get("config", ""))
        case Codec.AAC:
            config = _from_hex(fields.get("config", "")) or parameters.aac.build(one.clock_hz, one.channels or 1)
            sets = (config,)
            layout = _layout(fields, config, one.clock_hz)
        case Codec.G726:
            named = _G726.fullmatch(one.encoding)
            assert named is not None
            sets, aal2 = (bytes((int(named[2]) // 8,)),), named[1] is not None
        case Codec.OPUS:
            # Always announced as stereo (RFC 7587 §7); what is sent says sprop-stereo.
            channels = 2 if fields.get("sprop-stereo") == "1" else 1
        case _:
            pass
    size = _size(section)
    offer = Offer(track, codec, one.payload_type, one.clock_hz, channels, section.control, sets, layout, size, aal2)
    if not offer.is_video:
        # Audio without a readable configuration is no audio.
        offer.parameters()
    return offer


def _size(section: MediaDescription) -> tuple[int, int]:
    """Give the size of pictures, as `a=x-dimensions:1920,1080` or `a=framesize:26 1920-1080` tell it."""
    for name in ("x-dimensions", "framesize"):
        found = _SIZE.search(section.attribute(name) or "")
        if found:
            return int(found[1]), int(found[2])
    return 0, 0


_SIZE = re.compile(r"([1-9]\d{0,4})[,-]([1-9]\d{0,4})$", re.ASCII)


def _configuration(text: str) -> tuple[bytes, ...]:
    try:
        config = bytes.fromhex(text[: 2 * LONGEST_SET])
        parameters.mpeg4.parse_configuration(config)
    except (ValueError, BadBitstream):
        return ()
    return (config,)


def _decoded(text: str) -> tuple[bytes, ...]:
    """Read NAL units in base64, between commas; damaged ones are left out, the stream brings its own."""
    found: list[bytes] = []
    for one in text.split(",")[:64]:
        try:
            unit = base64.b64decode(one.strip() + "=" * (-len(one.strip()) % 4), validate=True)
        except (binascii.Error, ValueError):
            continue
        # Some cameras put the sets there as they come from their encoder, behind start codes.
        found += map(bytes, split_annex_b(START_CODE + unit)) if START_CODE[1:] in unit else (unit,)
    return tuple(filter(None, found))


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text[:128])
    except ValueError as error:
        raise Malformed(reason="the configuration of AAC is no hexadecimal number") from error


def _layout(fields: dict[str, str], config: bytes, clock_hz: int) -> AacLayout:
    if any(_told_number(fields, name) for name in _FURTHER_AAC):
        raise Malformed(reason="AAC with further fields in its headers")
    size, index, delta = (_width(fields.get(name, "")) for name in ("sizelength", "indexlength", "indexdeltalength"))
    if not size:
        # RFC 3640 §3.3.5, 3.3.6: the modes fix the widths, which cameras may leave out.
        size, index = (6, 2) if fields.get("mode", "").lower() == "aac-lbr" else (13, 3)
        delta = index
    told = parameters.aac.parse(config)
    # The core of HE-AAC counts at half the rate at which the stream does.
    return AacLayout(size, index, delta, told.samples_per_frame * clock_hz // told.rate_hz)


def _told_number(fields: dict[str, str], name: str) -> int:
    return number(fields.get(name, "")) or 0


def _width(text: str) -> int:
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0
    if found > 32:
        raise Malformed(reason="a field of AAC headers that is too wide")
    return found

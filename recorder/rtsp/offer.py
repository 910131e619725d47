"""What of a session description we take: the first video we can record, and the first audio."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from recorder.client.stream import Codec, TrackParameters
from recorder.codec import parameters
from recorder.codec.errors import BadBitstream
from recorder.rtsp.errors import Malformed, Unsupported
from recorder.rtsp.payload.aac import AacLayout
from recorder.rtsp.sdp import MediaDescription, RtpMap, SessionDescription

VIDEO_TRACK, AUDIO_TRACK = 0, 1
_ENCODINGS = {
    "H264": Codec.H264,
    "H265": Codec.H265,
    "HEVC": Codec.H265,
    "PCMA": Codec.PCMA,
    "PCMU": Codec.PCMU,
    "MPEG4-GENERIC": Codec.AAC,
}
_KINDS = {"video": frozenset({Codec.H264, Codec.H265}), "audio": frozenset({Codec.PCMA, Codec.PCMU, Codec.AAC})}
_H265_SETS = ("sprop-vps", "sprop-sps", "sprop-pps")
MOST_CLOCK_HZ = 1_000_000


@dataclass(frozen=True)
class Offer:
    """One track as it is offered. `sets` are parameter sets out of the description, unchecked for video."""

    track: int
    codec: Codec
    payload_type: int
    clock_hz: int
    channels: int
    control: str | None
    sets: tuple[bytes, ...] = ()
    layout: AacLayout = AacLayout()  # noqa: RUF009 - frozen

    @property
    def is_video(self) -> bool:
        """It carries pictures."""
        return self.track == VIDEO_TRACK

    def audio_parameters(self) -> TrackParameters:
        """Give the codec parameters of an audio track; raises `BadBitstream`."""
        return parameters.describe(self.track, self.codec, self.clock_hz, self.sets, self.channels)


def choose(description: SessionDescription) -> list[Offer]:
    """Give the first supported video track, then the first supported audio track if there is one.

    Raises `Unsupported` where there is no video that can be recorded; it names what there is.
    """
    video = next(_offers(description, "video", VIDEO_TRACK), None)
    if video is None:
        found = [one.encoding or "?" for section in description.media for one in section.rtp_maps]
        raise Unsupported(reason=f"no H.264 or H.265 among {', '.join(found)[:200] or 'nothing'}")
    audio = next(_offers(description, "audio", AUDIO_TRACK), None)
    return [video, audio] if audio else [video]


def _offers(description: SessionDescription, kind: str, track: int) -> Iterator[Offer]:
    for section in description.media:
        if section.kind != kind or not section.protocol.startswith("RTP/AVP"):
            continue
        for one in section.rtp_maps:
            codec = _ENCODINGS.get(one.encoding)
            if codec is None or codec not in _KINDS[kind] or not 0 < one.clock_hz <= MOST_CLOCK_HZ:
                continue
            try:
                yield _offer(section, one, codec, track)
            except (Malformed, BadBitstream):
                continue


def _offer(section: MediaDescription, one: RtpMap, codec: Codec, track: int) -> Offer:
    fields = section.format_parameters(one.payload_type)
    sets: tuple[bytes, ...] = ()
    layout = AacLayout()
    match codec:
        case Codec.H264:
            sets = _decoded(fields.get("sprop-parameter-sets", ""))
        case Codec.H265:
            sets = tuple(unit for name in _H265_SETS for unit in _decoded(fields.get(name, "")))
        case Codec.AAC:
            sets = (_from_hex(fields.get("config", "")),)
            layout = _layout(fields, sets[0])
        case _:
            pass
    offer = Offer(track, codec, one.payload_type, one.clock_hz, one.channels, section.control, sets, layout)
    if not offer.is_video:
        # Audio without a readable configuration is no audio.
        offer.audio_parameters()
    return offer


def _decoded(text: str) -> tuple[bytes, ...]:
    """Read NAL units in base64, between commas; damaged ones are left out, the stream brings its own."""
    found: list[bytes] = []
    for one in text.split(",")[:64]:
        try:
            found.append(base64.b64decode(one.strip() + "=" * (-len(one.strip()) % 4), validate=True))
        except (binascii.Error, ValueError):
            continue
    return tuple(filter(None, found))


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text[:128])
    except ValueError as error:
        raise Malformed(reason="the configuration of AAC is no hexadecimal number") from error


def _layout(fields: dict[str, str], config: bytes) -> AacLayout:
    size, index, delta = (_width(fields.get(name, "")) for name in ("sizelength", "indexlength", "indexdeltalength"))
    if not size:
        # RFC 3640 §3.3.5, 3.3.6: the modes fix the widths, which cameras may leave out.
        size, index = (6, 2) if fields.get("mode", "").lower() == "aac-lbr" else (13, 3)
        delta = index
    frame = parameters.aac.parse(config).samples_per_frame
    return AacLayout(size, index, delta, frame)


def _width(text: str) -> int:
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0
    if found > 32:
        raise Malformed(reason="a field of AAC headers that is too wide")
    return found

"""Codec parameters of an epoch as bytes, so that a chunk can be decoded without anything else."""

import struct

from recorder.client.stream import Codec, Epoch, TrackKind, TrackParameters
from recorder.store.errors import Damaged

_HEAD = struct.Struct("<B")
_TRACK = struct.Struct("<BBBBIIIB")
_SET = struct.Struct("<H")
_KINDS = {"video": 1, "audio": 2, "metadata": 3}
# Codes of codecs to come are reserved, so that no two versions give one code to different codecs.
_CODECS = {
    "h264": 1,
    "h265": 2,
    "pcma": 3,
    "pcmu": 4,
    "aac": 5,
    "mjpeg": 6,
    "mpeg4": 7,
    "g726": 8,
    "opus": 9,
    "onvif": 10,
    "motion": 11,
}
_KIND_OF = {code: TrackKind(name) for name, code in _KINDS.items()}
_CODEC_OF = {code: Codec(name) for name, code in _CODECS.items() if name in {one.value for one in Codec}}
LARGEST = 48 << 10
"""Bytes that one epoch may take; parameter sets of real cameras are a few hundred."""


def pack_epoch(epoch: Epoch) -> bytes:
    """Give the stored bytes of all tracks; raises `Damaged` for an absurd amount of parameters."""
    sizes = [_SET.size + len(one) for track in epoch.tracks for one in track.parameter_sets]
    if sum(sizes) > LARGEST or len(sizes) > 255 or len(epoch.tracks) > 255:
        raise Damaged(what="codec parameters", problem=f"{len(sizes)} sets of {sum(sizes)} bytes")
    out = bytearray(_HEAD.pack(len(epoch.tracks)))
    for track in epoch.tracks:
        out += _TRACK.pack(
            track.track,
            _KINDS[track.kind],
            _CODECS[track.codec],
            track.channels,
            track.clock_hz,
            track.width,
            track.height,
            len(track.parameter_sets),
        )
        for one in track.parameter_sets:
            out += _SET.pack(len(one))
            out += one
    return bytes(out)


def parse_epoch(data: bytes | memoryview, number: int) -> Epoch:
    """Read the tracks; one of a kind or codec that this version does not know is left out. Raises `Damaged`."""
    view = memoryview(data)
    tracks: list[TrackParameters] = []
    try:
        (count,) = _HEAD.unpack_from(view)
        at = _HEAD.size
        for _track in range(count):
            track, kind, codec, channels, clock_hz, width, height, sets = _TRACK.unpack_from(view, at)
            at += _TRACK.size
            found: list[bytes] = []
            for _one in range(sets):
                (size,) = _SET.unpack_from(view, at)
                at += _SET.size
                if at + size > len(view):
                    raise Damaged(what="codec parameters", problem="cut short")
                found.append(bytes(view[at : at + size]))
                at += size
            if kind in _KIND_OF and codec in _CODEC_OF:
                tracks.append(
                    TrackParameters(
                        track, _KIND_OF[kind], _CODEC_OF[codec], clock_hz, tuple(found), width, height, channels
                    )
                )
    except struct.error as error:
        raise Damaged(what="codec parameters", problem=str(error)) from error
    return Epoch(number, tuple(tracks))

"""What a live stream is offered as: its pictures, its sound where somebody may hear it, and their payload types."""

from recorder.client.stream import Codec, Epoch, TrackKind, TrackParameters
from recorder.rtsp.server.source import OfferedTrack

FIRST_DYNAMIC = 96
# Those of RFC 3551 §6 that stand for just this clock and one channel.
_STATIC = {(Codec.PCMU, 8000): 0, (Codec.PCMA, 8000): 8, (Codec.MJPEG, 90_000): 26}


def offered(epoch: Epoch, *, audio: bool) -> tuple[OfferedTrack, ...]:
    """Give the tracks of an epoch as they are offered; pictures first, no metadata."""
    kinds = (TrackKind.VIDEO, TrackKind.AUDIO) if audio else (TrackKind.VIDEO,)
    tracks = [one for kind in kinds for one in epoch.tracks if one.kind is kind]
    return tuple(OfferedTrack(one, _payload_type(one, place)) for place, one in enumerate(tracks))


def _payload_type(track: TrackParameters, place: int) -> int:
    static = _STATIC.get((track.codec, track.clock_hz)) if track.channels <= 1 else None
    return FIRST_DYNAMIC + place if static is None else static


def goes_on(before: Epoch, now: Epoch) -> bool:
    """Whether who was offered one epoch can be sent the next: the same tracks, coded and timed alike.

    Parameter sets may be others: they travel with the key frames.
    """
    return [_shape(one) for one in before.tracks] == [_shape(one) for one in now.tracks]


def _shape(track: TrackParameters) -> tuple[object, ...]:
    in_band = track.codec in {Codec.H264, Codec.H265}
    sets = () if in_band else track.parameter_sets
    return track.track, track.kind, track.codec, track.clock_hz, track.channels, sets

"""An MP4 file around recorded chunks as they lie: a header whose size is known beforehand, then payload after payload.

Nothing is written and nothing copied. The size of the file follows from what the index of a block tells of its chunks;
only who reads the header makes tables (`moov`), who reads on gets the bytes of chunks. No I/O here.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

from recorder.client.errors import NightjarError
from recorder.client.stream import Epoch
from recorder.client.words import _
from recorder.codec.errors import BadBitstream
from recorder.playback import moov
from recorder.playback.moov import SOUND_CODECS, VIDEO_CODECS, Track


class NotForMp4(NightjarError):
    """The pictures are of a kind that this view does not put into MP4."""

    status = 415
    words = _("These pictures are coded in a way that this view cannot show. Export them instead.")


class Extent(NamedTuple):
    """What is known of the chunks of a file without reading them."""

    samples: int
    keys: int
    payload_bytes: int
    parameter_bytes: int

    @property
    def header_bytes(self) -> int:
        """What the header takes, with the head of `mdat`."""
        return moov.room(self.samples, self.keys, self.parameter_bytes)

    @property
    def file_bytes(self) -> int:
        """Size of the whole file."""
        return self.header_bytes + self.payload_bytes


class Placed(NamedTuple):
    """A sample: where its bytes are among the payloads, and what the table says of it."""

    track: int
    key: bool
    pts_us: int
    offset: int
    size: int


def check(epoch: Epoch) -> None:
    """Raise `NotForMp4` for what has no place in this view."""
    if epoch.video is None or epoch.video.codec not in VIDEO_CODECS:
        raise NotForMp4


def tracks_of(epoch: Epoch, *, audio: bool) -> set[int]:
    """Give the tracks of an epoch that a file shows: its picture, and sound that MP4 has a place for."""
    check(epoch)
    assert epoch.video is not None
    sound = epoch.audio if audio and epoch.audio is not None and epoch.audio.codec in SOUND_CODECS else None
    return {one.track for one in (epoch.video, sound) if one is not None}


def header(epoch: Epoch, samples: Iterable[Placed], extent: Extent, *, audio: bool) -> bytes:
    """Give the first `extent.header_bytes` of a file; raises `NotForMp4`.

    `samples` are those that are shown, in recorded order; the first picture is a key frame.
    """
    shown = tracks_of(epoch, audio=audio)
    assert epoch.video is not None
    tracks = {one.track: Track(one) for one in epoch.tracks if one.track in shown}
    video = tracks.pop(epoch.video.track)
    begun = newest = None
    for one in samples:
        if one.track == video.parameters.track:
            video.add(one.pts_us, one.offset, one.size, key=one.key)
            begun = one.pts_us if begun is None else begun
        elif (
            begun is not None
            and one.track in tracks
            and one.pts_us >= begun
            and (newest is None or one.pts_us > newest)
        ):
            newest = one.pts_us
            tracks[one.track].add(one.pts_us, one.offset, one.size, key=False)
    try:
        index = moov.moov(video, list(tracks.values()), extent.header_bytes)
    except (BadBitstream, ValueError, IndexError, struct.error) as error:
        raise NotForMp4 from error
    whole = moov.front(index, extent.header_bytes, extent.payload_bytes)
    if whole is None:
        raise NotForMp4
    return whole

"""What one tile shows now: a picture, a faded one with words, the cause why there is none, or a moment's patience."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum

from gui.wall.causes import Cause, Trouble, cause, of_stream
from recorder.client.clock import SECOND_US
from recorder.client.status import MediaStatus, StreamState, StreamStatus
from recorder.client.stream import StreamName
from recorder.client.views import View, ViewState
from recorder.client.words import _

GRACE_US = 3 * SECOND_US // 2
"""A process that is back within this time was not missed; nothing flickers."""
PATIENCE_US = 3 * SECOND_US
"""How long "waiting for a picture" needs no explanation."""
FROZEN_US = 12 * SECOND_US
"""A picture older than this must not pass for live; key frames alone come every ten seconds at the longest."""


class Show(StrEnum):
    """Kinds of tiles."""

    EMPTY = "empty"
    """No channel: only a "+"."""
    PICTURE = "picture"
    FADED = "faded"
    """The last picture, dimmed, with the cause across it."""
    SHEET = "sheet"
    """The cause and its action."""
    STARTING = "starting"
    """No picture for a moment only: the name, nothing else."""


@dataclass(frozen=True)
class Showing:
    """What a tile shows."""

    show: Show
    cause: Cause | None = None
    recording: bool = False
    keys_only: bool = False
    beside: Cause | None = None
    """What is wrong though the picture is there; told quietly."""


@dataclass(frozen=True)
class Health:
    """What is the same for all tiles at one moment. Times are UTC in µs."""

    now_us: int
    zone: tzinfo
    media_lost_us: int | None = None
    decode_lost_us: int | None = None
    fresh_from_us: int = 0
    """When decode or media came back last: pictures from before are old."""
    ports: Mapping[int, str] = field(default_factory=dict[int, str])
    """What is seen of cameras at the recorder's own ports, by channel."""

    def gone(self) -> tuple[Trouble, int] | None:
        """Give which process the pictures wait for, and since when; None within the grace."""
        for trouble, since_us in ((Trouble.DECODE_LOST, self.decode_lost_us), (Trouble.MEDIA_LOST, self.media_lost_us)):
            if since_us is not None and self.now_us - since_us >= GRACE_US:
                return trouble, since_us
        return None


EMPTY = Showing(Show.EMPTY)


def showing(
    stream: StreamStatus | None, view: ViewState | None, picture_us: int | None, asked_us: int, health: Health
) -> Showing:
    """Decide for a tile with a channel.

    `stream` is the one that is shown, None while media has told nothing of it; `picture_us` is when its newest picture
    came (None: never), `asked_us` when it was asked for.
    """
    now_us, zone = health.now_us, health.zone
    recording = stream is not None and stream.recording
    gone = health.gone()
    if gone is not None:
        told = cause(gone[0], now_us, zone, since_us=gone[1])
        # While media is away nobody knows whether it records: no red dot then.
        known = recording and gone[0] is not Trouble.MEDIA_LOST
        return Showing(Show.SHEET if picture_us is None else Show.FADED, told, known)
    if stream is None or health.media_lost_us is not None:
        return Showing(Show.STARTING if picture_us is None else Show.PICTURE)
    if stream.state is not StreamState.PLAYING:
        fresh = stream.state is StreamState.CONNECTING and now_us - stream.since_us < PATIENCE_US
        if fresh:
            return Showing(Show.STARTING if picture_us is None else Show.PICTURE, None, recording)
        return Showing(Show.SHEET, of_stream(stream, now_us, zone, health.ports.get(stream.channel, "")), recording)
    if view is not None and view.state is View.UNDECODABLE:
        codec = (view.codec or stream.codec).upper()
        since_us = stream.since_us if picture_us is None else picture_us
        return Showing(Show.SHEET, cause(Trouble.UNDECODABLE, now_us, zone, since_us=since_us, codec=codec), recording)
    if picture_us is None:
        waited_us = now_us - max(asked_us, stream.since_us)
        if waited_us < PATIENCE_US:
            return Showing(Show.STARTING, None, recording)
        told = cause(Trouble.NO_PICTURE_YET, now_us, zone, since_us=max(asked_us, stream.since_us))
        return Showing(Show.SHEET, told, recording)
    if picture_us < health.fresh_from_us:
        told = cause(Trouble.NO_PICTURE_YET, now_us, zone, since_us=health.fresh_from_us)
        return Showing(Show.FADED, told, recording)
    if now_us - max(picture_us, asked_us) > FROZEN_US and stream.frames_per_s > 0:
        return Showing(Show.FADED, cause(Trouble.FROZEN, now_us, zone, since_us=picture_us), recording)
    return Showing(Show.PICTURE, None, recording, view is not None and view.state is View.KEYS_ONLY)


def streams_of(status: MediaStatus | None, channel: int) -> dict[StreamName, StreamStatus]:
    """Give what media tells of each stream of a channel that is wanted at all."""
    if status is None:
        return {}
    return {one.stream: one for one in status.streams if one.channel == channel}


def preferred(streams: dict[StreamName, StreamStatus], *, large: bool) -> StreamName:
    """Choose the stream for a tile: main where it is large, else sub; what is not set up is passed over.

    A stream that plays is preferred to one that does not, so that a broken sub stream is no dark tile.
    """
    small = (StreamName.SUB, StreamName.SUB2, StreamName.MAIN)
    order = (StreamName.MAIN, StreamName.SUB, StreamName.SUB2) if large else small
    there = [name for name in order if name in streams and streams[name].state is not StreamState.OFF]
    playing = [name for name in there if streams[name].state is StreamState.PLAYING]
    if playing:
        return playing[0]
    return there[0] if there else next((name for name in order if name in streams), StreamName.MAIN)


def records(streams: Iterable[StreamStatus]) -> bool:
    """Say whether any stream of a channel is being recorded."""
    return any(one.recording for one in streams)


def name_of(status: MediaStatus | None, channel: int) -> str:
    """Give the name of a channel, or its number in words."""
    named = status.names.get(channel, "") if status is not None else ""
    return named or _("Channel {number}").format(number=channel)

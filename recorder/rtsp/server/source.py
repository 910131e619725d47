"""What the server serves: a library finds sources by their path, a source gives packets to those who subscribe.

Everything is called on the server's event loop and nothing may block it. A source packetises each access unit once
(`recorder.rtsp.packetise`). Numbering it for every receiver is the server's part, unless a source numbers it
once for all.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from recorder.client.errors import NightjarError
from recorder.client.stream import TrackParameters
from recorder.client.words import _
from recorder.rtsp.packetise.packets import Packets
from recorder.rtsp.server.numbering import Numbered, Numbering


class NoSuchSource(NightjarError):
    """The path names nothing that can be played (RTSP 404)."""

    status = 404
    words = _("There is no stream at {path}.")


class SourceNotReady(NightjarError):
    """The stream exists and gives nothing yet (RTSP 503)."""

    status = 503
    words = _("The stream at {path} is not ready. Try again in some seconds.")


@dataclass(frozen=True, slots=True)
class Unit:
    """One access unit, or a part of it, on its way to a subscriber.

    `time` counts in the track's clock from any origin and is never wrapped by the source; `wall_us` (UTC) is the moment
    it stands for, from which sender reports are made. `starts_key` marks the first part of a key picture: a receiver
    that fell behind goes on there. `unsent` are packets, by their index, that get a sequence number and are not sent:
    that is how a simulated line loses them. `numbered`, where given, are its packets under the source's `numbering`.
    """

    track: int
    time: int
    wall_us: int
    starts_key: bool
    packets: Packets
    unsent: frozenset[int] = frozenset()
    numbered: Numbered | None = None


class Sink(Protocol):
    """Where a source puts what one subscriber asked for."""

    def put(self, unit: Unit) -> None:
        """Send this now. Never blocks; a receiver that is too slow loses what it cannot take."""
        ...

    def end(self) -> None:
        """Nothing more will come: the stream is over."""
        ...

    def hang_up(self) -> None:
        """Break the connection at once, as a camera that loses power would."""
        ...


class Subscription(Protocol):
    """A running delivery."""

    def close(self) -> None:
        """No more units after this; may be called twice."""
        ...


@dataclass(frozen=True, slots=True)
class OfferedTrack:
    """A track as a source offers it: codec parameters, and the RTP payload type its packets carry."""

    parameters: TrackParameters
    payload_type: int
    frames_per_s: float = 0.0

    @property
    def number(self) -> int:
        """The number of the track within its source; units name it."""
        return self.parameters.track


class MediaSource(ABC):
    """One thing to play. Sources are cheap to make; they hold nothing before somebody subscribes."""

    name: str = ""
    """What the session description calls it."""

    @abstractmethod
    async def describe(self) -> tuple[OfferedTrack, ...]:
        """Tell the tracks with their current parameters; raises `SourceNotReady`."""

    def numbering(self, track: int) -> Numbering:  # noqa: ARG002
        """Give the numbers under which a receiver gets a track; a source that shares its packets gives all the same."""
        return Numbering()

    @abstractmethod
    def subscribe(self, sink: Sink, tracks: frozenset[int]) -> Subscription:
        """Begin to put units of these tracks into `sink`, pictures from a key picture on."""


@dataclass(frozen=True)
class MediaRequest:
    """What a client asks for: the path without slashes at its ends, the query's options, and who asks.

    `ticket` is what the one who looks at logins gave him for his way.
    """

    path: str
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    user: str = ""
    ticket: str = ""


class MediaLibrary(Protocol):
    """All that a server can serve."""

    def find(self, request: MediaRequest) -> MediaSource:
        """Find a source; raises `NoSuchSource`, or any `NightjarError` whose status says why not."""
        ...

"""One camera stream, pulled: connect, log in, set up, play, keep alive, until it fails (`RtspSource`)."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from recorder.client.clock import Clock
from recorder.client.stream import Epoch, SampleFlag
from recorder.rtsp.rtcp import SenderReport

Transport = Literal["tcp", "udp", "auto"]


class Sink(Protocol):
    """Where samples go. Both calls come from the event loop and must not block.

    `epoch` comes before the first sample of each connection and before each key frame with new codec parameters.
    The first sample of a connection is a key frame with DISCONTINUITY and EPOCH. Later, DISCONTINUITY says that the
    camera's clock jumped or its sender began anew; then it need not be a key frame. Audio has neither KEY nor EPOCH.
    `pts_us` is on the axis of `clock.monotonic_us()`: anchored at the arrival of the connection's first sample, then
    following the camera's clock; video and audio share it. `data` is valid only during the call.
    """

    def epoch(self, epoch: Epoch) -> None:
        """Codec parameters of what follows."""
        ...

    def sample(self, track: int, pts_us: int, flags: SampleFlag, data: memoryview) -> None:
        """One access unit."""
        ...


@dataclass
class Statistics:
    """Counts of one source over all its connections; `media` shows them at the channel."""

    packets: int = 0
    bytes: int = 0
    lost: int = 0
    """RTP packets that never came."""
    reordered: int = 0
    damaged: int = 0
    """Access units that were delivered with DAMAGED, or dropped because nothing whole was left of them."""
    malformed: int = 0
    """Packets, messages and parameter sets that could not be parsed."""
    discontinuities: int = 0
    transport: str = ""
    """"tcp" or "udp" of the newest connection."""
    sender_reports: dict[int, SenderReport] = field(default_factory=dict[int, SenderReport])
    """The newest of each track: maps the camera's NTP time to its RTP timestamps."""


class RtspSource:
    """One stream of one camera.

    `run` connects and plays until it fails, and may be called again; one call makes at most one login with the password
    (a first challenge, or one that says stale=true, is no login). `epoch_number` is the last number that was used
    for this stream; epochs count on from it.
    """

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        *,
        sink: Sink,
        clock: Clock,
        transport: Transport = "tcp",
        epoch_number: int = 0,
        stall_after_s: float = 5.0,
    ) -> None:
        self.statistics = Statistics()

    async def run(self) -> None:
        """Play until it fails.

        Raises `Unreachable`, `WrongPassword`, `StreamNotFound`, `Unsupported`, `Faulty`, `Closed` or `Stalled`
        (`recorder.rtsp.errors`); returns only after `close`.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """End the session with the camera (TEARDOWN, at most 0.5 s) and let `run` return."""
        raise NotImplementedError

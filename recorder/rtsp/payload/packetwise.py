"""Sound whose every packet is whole by itself: G.711, G.726 (RFC 3551 §4.5) and Opus (RFC 7587)."""

from collections.abc import Callable

from recorder.rtsp.payload.depacketiser import Emit, Fragments


class PacketwiseDepacketiser:
    """Hands packets on as they are, or as `turned` makes them; what is lost is a hole in the times."""

    def __init__(self, emit: Emit, turned: Callable[[memoryview], bytes] | None = None) -> None:
        self.dropped = 0
        self.malformed = 0
        self._emit = emit
        self._turned = turned

    def push(self, payload: memoryview, marker: int) -> None:  # noqa: ARG002 - the marker begins a talk spurt
        """Take one packet's payload; see `Depacketiser`."""
        if len(payload):
            self._emit(0, False, False, memoryview(self._turned(payload)) if self._turned else payload)

    def turn(self) -> None:
        """Nothing is gathered."""

    def lost(self) -> None:
        """Nothing is gathered."""

    def fragments(self) -> Fragments | None:
        """Sound has no NAL units."""
        return None

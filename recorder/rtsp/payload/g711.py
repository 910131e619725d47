"""G.711 over RTP (RFC 3551 §4.5.14): every packet is samples, one byte each, and a sample of ours."""

from recorder.rtsp.payload.depacketiser import Continuation, Emit


class G711Depacketiser:
    """Hands packets on as they are; what is lost is a hole in the times."""

    def __init__(self, emit: Emit) -> None:
        self.dropped = 0
        self.malformed = 0
        self._emit = emit

    def push(self, payload: memoryview, marker: int) -> None:  # noqa: ARG002 - the marker begins a talk spurt
        """Take one packet's payload; see `Depacketiser`."""
        if len(payload):
            self._emit(0, False, False, payload)

    def turn(self) -> None:
        """Nothing is gathered."""

    def lost(self) -> None:
        """Nothing is gathered."""

    def continuation(self) -> Continuation | None:
        """Sound has no NAL units."""
        return None

    def continued(self, place: int) -> None:
        """Nothing is ever continued."""

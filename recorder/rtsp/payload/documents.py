"""Metadata of ONVIF over RTP (Streaming Specification §5.1.2): XML documents in pieces, the marker on the last.

Documents are not parsed here, or anywhere on the sample path: whoever reads them treats them as hostile.
"""

from recorder.rtsp.payload.depacketiser import Emit, Fragments

LARGEST_DOCUMENT = 256 << 10
"""Bytes; analytics of a crowd are a few dozen KiB. What is larger is dropped and counted."""


class DocumentDepacketiser:
    """Whole documents; one with a hole is none, and is dropped."""

    def __init__(self, emit: Emit) -> None:
        self.dropped = 0
        self.malformed = 0
        self._emit = emit
        self._document = bytearray()
        self._spoilt = False

    def push(self, payload: memoryview, marker: int) -> None:
        """Take one packet's payload; see `Depacketiser`."""
        if len(self._document) + len(payload) > LARGEST_DOCUMENT:
            self._spoilt = True
        if not self._spoilt:
            self._document += payload
        if marker:
            self.turn()

    def turn(self) -> None:
        """The next packet has another timestamp."""
        document, self._document = self._document, bytearray()
        if self._spoilt:
            self._spoilt = False
            self.dropped += 1
        elif document:
            self._emit(0, False, False, memoryview(document))

    def lost(self) -> None:
        """Packets before the next one are missing: of which document, nobody can say."""
        self._spoilt = True

    def fragments(self) -> Fragments | None:
        """There are no NAL units."""
        return None

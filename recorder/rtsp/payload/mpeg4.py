"""MPEG-4 part 2 over RTP (RFC 6416): access units are the payloads of their packets, one behind the other."""

from recorder.codec import mpeg4
from recorder.codec.errors import BadBitstream
from recorder.rtsp.errors import Malformed
from recorder.rtsp.payload.depacketiser import LARGEST_UNIT, Emit, Fragments
from recorder.rtsp.payload.single_set import SingleSet

_INTRA = 0


class Mpeg4Depacketiser:
    """One VOP with the headers before it, which may come in packets of their own."""

    def __init__(self, sets: SingleSet, emit: Emit) -> None:
        self.dropped = 0
        self._sets = sets
        self._emit = emit
        self._unit = bytearray()
        self._damaged = False
        self._overflown = False

    @property
    def malformed(self) -> int:
        """Configurations that cannot be parsed."""
        return self._sets.malformed

    def push(self, payload: memoryview, marker: int) -> None:
        """Take one packet's payload; see `Depacketiser`."""
        if not len(payload):
            raise Malformed(reason="an MPEG-4 packet without content")
        if len(self._unit) + len(payload) > LARGEST_UNIT:
            self._overflown = True
        elif not self._overflown:
            self._unit += payload
        if marker:
            self.turn()

    def turn(self) -> None:
        """The next packet has another timestamp: what is gathered is a unit, if it holds a picture."""
        if self._overflown:
            self._drop()
            return
        if not self._unit:
            return
        kind = mpeg4.coding_type(self._unit)
        if kind is not None:
            self._finish(key=kind == _INTRA)
        elif self._damaged or not self._unit.startswith(mpeg4.START):
            self._drop()

    def lost(self) -> None:
        """Packets before the next one are missing."""
        self._damaged = True

    def fragments(self) -> Fragments | None:
        """There are no NAL units."""
        return None

    def _finish(self, *, key: bool) -> None:
        unit, self._unit = self._unit, bytearray()
        damaged = self._damaged or not unit.startswith(mpeg4.START)
        self._damaged = False
        if config := b"" if damaged else mpeg4.configuration_of(unit):
            try:
                mpeg4.parse_configuration(config)
            except BadBitstream:
                self._sets.malformed += 1
            else:
                self._sets.offer(config)
        self._emit(0, key, damaged, memoryview(unit))

    def _drop(self) -> None:
        self._unit = bytearray()
        self._damaged = self._overflown = False
        self.dropped += 1

"""What H.264 and H.265 share when access units are put together from packets: one reused buffer, ends, damage."""

from recorder.codec.nal import LENGTH
from recorder.rtsp.payload.depacketiser import LARGEST_UNIT, Continuation, Emit
from recorder.rtsp.payload.parameter_sets import ParameterSets

FIRST_ROOM = 64 << 10
# A buffer that grew beyond this for one unit is given back after it.
KEPT_ROOM = 1 << 20


class VideoDepacketiser:
    """Gathers the NAL units of one access unit behind 4-byte lengths, as MP4 keeps them.

    A unit ends at the marker bit, or where the timestamp changes. Parameter sets and messages that come before their
    picture in packets of their own, even with another timestamp, go with it. A camera that sets the marker on every
    slice is found out at its second slice, and its units then end by the timestamp alone.
    """

    def __init__(self, sets: ParameterSets, emit: Emit) -> None:
        self.sets = sets
        self.dropped = 0
        self._emit = emit
        self._replace(FIRST_ROOM)
        self._at = 0
        self._open = -1
        """Where the fragmented NAL unit at hand begins (its length), or -1."""
        self._middle = b""
        """How the payloads of the middle fragments of that NAL unit begin."""
        self._picture = False
        self._key = False
        self._damaged = False
        self._spoilt = False
        """Nothing of the unit at hand can be delivered, unless a picture follows: only later parts of one came."""
        self._overflown = False
        self._ended = False
        """A unit of this timestamp was already ended by its marker."""
        self._early_markers = False

    @property
    def malformed(self) -> int:
        """Parameter sets that cannot be parsed."""
        return self.sets.malformed

    def lost(self) -> None:
        """Packets before the next one are missing: what is gathered stays, a cut fragment ends where it was cut."""
        self._damaged = True
        if self._open >= 0:
            self._close(self._at)

    def turn(self) -> None:
        """The next packet has another timestamp."""
        if self._open >= 0:
            self.lost()
        if self._picture or self._overflown or self._spoilt:
            self._finish()
        self._ended = False

    def continuation(self) -> Continuation | None:
        """Say where the middle fragments of an open NAL unit go; see `Depacketiser`."""
        return (self._middle, self._unit, self._at, self._room) if self._open >= 0 else None

    def continued(self, place: int) -> None:
        """The contents of middle fragments were put in place."""
        self._at = place

    def _end(self) -> None:
        """Take a marker bit for what it says."""
        if self._open >= 0:
            self.lost()
        if (self._picture or self._overflown or self._spoilt) and not self._early_markers:
            self._finish()
            self._ended = True

    def _finish(self) -> None:
        self.sets.settle()
        size, key, damaged = self._at, self._key, self._damaged
        picture = self._picture and not self._overflown
        view = self._view
        self._at = 0
        self._picture = self._key = self._damaged = self._spoilt = self._overflown = False
        if picture:
            self._emit(0, key, damaged, view[:size])
        else:
            self.dropped += 1
        if self._room > KEPT_ROOM:
            self._replace(FIRST_ROOM)

    def _fits(self, size: int) -> bool:
        """Make room for so many bytes more; False where the unit would become larger than any may be."""
        need = self._at + size
        if need > LARGEST_UNIT:
            self._overflown = True
            self._open = -1
            self._at = 0
        if self._overflown:
            return False
        if need > self._room:
            gathered = self._view[: self._at]
            self._replace(min(LARGEST_UNIT, max(2 * self._room, need)))
            self._view[: self._at] = gathered
        return True

    def _replace(self, room: int) -> None:
        """Take a new buffer, instead of making the old longer: somebody may still look at that."""
        self._room = room
        self._unit = bytearray(room)
        # A bytearray takes a slice of a view only by way of a copy; a view of it does not.
        self._view = memoryview(self._unit)

    def _close(self, stop: int) -> None:
        """End the fragmented NAL unit at `stop`."""
        LENGTH.pack_into(self._unit, self._open, stop - self._open - 4)
        self._open = -1

    def _slice(self, first_byte: int, *, key: bool) -> None:
        """Note that a slice begins; the top bit of its first byte says that it is the first of its picture.

        H.264 §7.3.3: first_mb_in_slice is 0; H.265 §7.3.6.1: first_slice_segment_in_pic_flag.
        """
        if not self._picture and not first_byte & 0x80:
            # Its first slice was ended by a marker of its own, or never came.
            self._damaged = True
            self._early_markers |= self._ended
        self._picture = True
        self._ended = False
        if key:
            self._key = True

"""What H.264 and H.265 share when access units are put together from packets: pieces, joined once; ends; damage."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Self

from recorder.codec.nal import LENGTH, START_CODE, split_annex_b
from recorder.rtsp.payload.depacketiser import LARGEST_UNIT, Emit
from recorder.rtsp.payload.parameter_sets import ParameterSets

LOOK_EVERY = 64 << 10
"""Bytes of a unit after which it is looked at whether it is too large, or in too many pieces."""
MOST_TOGETHER = 64
"""NAL units behind start codes in one: an encoder's sets, messages and slices of one picture; more are no picture."""
JOIN_AFTER = 1000
"""So many pieces are joined before there are more: of tiny packets, the pieces weigh more than what is in them."""


class VideoDepacketiser(ABC):
    """Gathers the NAL units of one access unit behind 4-byte lengths, as MP4 keeps them.

    A unit ends at the marker bit, or where the timestamp changes. Parameter sets and messages that come before their
    picture in packets of their own, even with another timestamp, go with it. A camera that sets the marker on every
    slice is found out at its second slice, and its units then end by the timestamp alone.
    """

    def __init__(self, sets: ParameterSets, emit: Emit) -> None:
        self.sets = sets
        self.dropped = 0
        self._emit = emit
        self._pieces: list[bytes | memoryview] = []
        self.borrows = False
        self.size = 0
        """Bytes gathered; see `Fragments`."""
        self._room = LOOK_EVERY
        """Up to which size there is room."""
        self.is_open = False
        """A fragmented NAL unit is at hand; see `Fragments`."""
        self._open = 0
        """Which piece will be its length."""
        self._begin = 0
        """Where it begins."""
        self.middle = self.last = b""
        """How the payloads of its further fragments begin; see `Fragments`."""
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
        if self.is_open:
            self._close()

    def turn(self) -> None:
        """The next packet has another timestamp."""
        if self.is_open:
            self.lost()
        if self._picture or self._overflown or self._spoilt:
            self._finish()
        self._ended = False

    def fragments(self) -> Self:
        """Take fragments; see `Depacketiser`."""
        return self

    def continued(self, contents: Iterable[memoryview], size: int) -> None:
        """See `Fragments`."""
        self._pieces += contents
        self.size += size
        self.borrows = True

    def keep(self) -> None:
        """See `Fragments`."""
        self._join()

    def completed(self, content: memoryview, marker: int) -> None:
        """See `Fragments`."""
        pieces = self._pieces
        pieces.append(content)
        self.size += len(content)
        self.borrows = True
        # As `_close` and `_end` do, which are not called for every picture.
        self.is_open = False
        pieces[self._open] = LENGTH.pack(self.size - self._begin - 4)
        if marker:
            if self._picture and not self._early_markers:
                self._finish()
                self._ended = True
            else:
                self._end()

    def _end(self) -> None:
        """Take a marker bit for what it says."""
        if self.is_open:
            self.lost()
        if (self._picture or self._overflown or self._spoilt) and not self._early_markers:
            self._finish()
            self._ended = True

    def _finish(self) -> None:
        if self.sets.offered:
            self.sets.settle()
        pieces, key, damaged = self._pieces, self._key, self._damaged
        picture = self._picture and not self._overflown
        self._pieces = []
        self.borrows = False
        self.size, self._room = 0, LOOK_EVERY
        self._picture = self._key = self._damaged = self._spoilt = self._overflown = False
        if picture:
            self._emit(0, key, damaged, b"".join(pieces))
        else:
            self.dropped += 1

    def _make_room(self, size: int) -> bool:
        """Make room for so many bytes more; False where the unit would become larger than any may be."""
        if self.size + size > LARGEST_UNIT:
            self._overflown = True
            self._pieces, self.borrows = [], False
            self.size, self.is_open = 0, False
        if self._overflown:
            return False
        if len(self._pieces) > JOIN_AFTER:
            self._join()
        self._room = min(LARGEST_UNIT, self.size + size + LOOK_EVERY)
        return True

    def _join(self) -> None:
        """Join pieces, all but the length that is still to come."""
        self.borrows = False
        pieces, at = self._pieces, self._open
        if not self.is_open:
            self._pieces = [b"".join(pieces)]
        else:
            self._pieces = [b"".join(pieces[:at]), pieces[at], b"".join(pieces[at + 1 :])]
            self._open = 1

    def _add(self, unit: memoryview) -> None:
        """Take a whole NAL unit."""
        if self.is_open:
            self.lost()
        size = len(unit)
        self._pieces.append(LENGTH.pack(size) + unit)
        self.size += 4 + size
        self._look(unit)

    @abstractmethod
    def _look(self, unit: memoryview) -> None:
        """Note what a whole NAL unit says about its access unit."""
        ...

    def _open_unit(self, first: bytes, middle: bytes, last: bytes) -> None:
        """A fragmented NAL unit begins, with these bytes; see `Fragments` for the others."""
        if self.is_open:
            # The last fragment of the one before never came.
            self.lost()
        pieces = self._pieces
        self.middle, self.last = middle, last
        self.is_open, self._open, self._begin = True, len(pieces), self.size
        pieces += (b"", first)
        self.size += 4 + len(first)

    def _close(self) -> None:
        """End the fragmented NAL unit, now that its length is known."""
        self.is_open = False
        self._pieces[self._open] = LENGTH.pack(self.size - self._begin - 4)

    def _close_and_look(self) -> None:
        """End a fragmented NAL unit that is no slice."""
        at = self._open
        self._close()
        whole = b"".join(self._pieces[at:])
        self._pieces[at:] = (whole,)
        self._look(memoryview(whole)[4:])

    def _split(self, unit: memoryview) -> bool:
        """Take the newest unit apart where it holds others behind start codes; tells whether it did.

        No NAL unit holds a start code (H.264 §7.4.1). Some cameras put their encoder's whole output into the packets of
        what it begins with: a parameter set, and behind it the others and the picture.
        """
        data = bytes(unit)
        if not 0 < data.count(START_CODE[1:]) <= MOST_TOGETHER:
            return False
        self._pieces.pop()
        self.size -= 4 + len(data)
        for one in split_annex_b(START_CODE + data):
            self._add(one)
        return True

    def _slice(self, first_byte: int, key: bool) -> None:  # noqa: FBT001 - hot path
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

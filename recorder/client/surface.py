"""The pictures of one view in memory shared with decode: the newest is read, and a torn one is known to be torn.

The memory is described in docs/design/processes.md, "decode.sock"; decode's side is `recorder.decode.pictures`.
"""

import fcntl
import mmap
import os
import struct
from dataclasses import dataclass

from recorder.client.errors import NightjarError
from recorder.client.views import Colours, PictureFlag
from recorder.client.words import _

MAGIC = 0x4E4A4656
HEADER_BYTES = 4096
HEADER = struct.Struct("<6I")
SEQUENCE = struct.Struct("<Q")
NEWEST = struct.Struct("<IIq")
SEQUENCE_AT = 64
NEWEST_AT = 72
BYTES_PER_PIXEL = 4
COLOURS_SHIFT = 8
"""Above the flags of a picture stand its `Colours`."""
PLANE_ALIGNED = 128
"""Rows of luma in planes begin at multiples of this, so that rows of colours, half as far apart, do at 64."""
_FLAGS = tuple(PictureFlag(value) for value in range(4))
_COLOURS = tuple(Colours)
"""Looked up for every picture: making one takes ten times as long."""
MOST_SLOTS = 8
LARGEST_SIDE = 8192


@dataclass(frozen=True)
class Picture:
    """One picture of a surface. `sequence` counts the pictures published so far; `slot` is where its memory is.

    With other `colours` than `PIXELS` there are planes in it: see `Planar`.
    """

    sequence: int
    at_us: int
    flags: PictureFlag
    slot: int = 0
    colours: Colours = Colours.PIXELS


class Planar:
    """How planes (4:2:0) of a size lie in memory: luma in rows of `stride` bytes, each colour in rows of half that.

    There is nothing between them, and there are (height + 1) // 2 rows of each colour: SDL knows this as IYUV.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.stride = -(-width // PLANE_ALIGNED) * PLANE_ALIGNED
        luma, colour = self.stride * height, self.stride // 2 * ((height + 1) // 2)
        self.begins = 0, luma, luma + colour
        self.bytes = luma + 2 * colour


class BadSurface(NightjarError):
    """decode passed memory that does not keep its own contract."""

    status = 502
    words = _("The decode service passed a damaged picture: {problem}.")


class Surface:
    """The shared memory of one view: the newest picture, `width` x `height`, rows of `stride` bytes.

    A pixel is BGRX, or luma alone where `pixel_bytes` is 1; to whom asked for planes each `Picture` says what it is.

    Takes ownership of `descriptor`. Raises `BadSurface` when a number does not fit.
    """

    def __init__(
        self,
        descriptor: int,
        view: int,
        width: int,
        height: int,
        stride: int,
        slots: int,
        slot_bytes: int,
        pixel_bytes: int = BYTES_PER_PIXEL,
    ) -> None:
        self.id = view
        self.width, self.height, self.stride = width, height, stride
        self.slots, self.slot_bytes, self.pixel_bytes = slots, slot_bytes, pixel_bytes
        self.planar = Planar(width, height)
        try:
            self._check(descriptor)
            self._memory = mmap.mmap(descriptor, HEADER_BYTES + slots * slot_bytes, prot=mmap.PROT_READ)
        except (OSError, ValueError) as error:
            raise BadSurface(problem=str(error)) from error
        finally:
            os.close(descriptor)
        if HEADER.unpack_from(self._memory) != (MAGIC, slots, width, height, stride, slot_bytes):
            raise BadSurface(problem="header and message differ")

    def _check(self, descriptor: int) -> None:
        if not (0 < self.width <= LARGEST_SIDE and 0 < self.height <= LARGEST_SIDE and 0 < self.slots <= MOST_SLOTS):
            raise BadSurface(problem=f"{self.slots} of {self.width}x{self.height}")
        if self.pixel_bytes not in {1, BYTES_PER_PIXEL}:
            raise BadSurface(problem=f"{self.pixel_bytes} bytes a pixel")
        if self.stride < self.width * self.pixel_bytes or self.stride * self.height > self.slot_bytes:
            raise BadSurface(problem=f"stride {self.stride}, slot {self.slot_bytes}")
        if os.fstat(descriptor).st_size < HEADER_BYTES + self.slots * self.slot_bytes:
            raise BadSurface(problem="too small")
        # Unsealed memory could be cut short under our feet, and reading it would be a SIGBUS.
        if not fcntl.fcntl(descriptor, fcntl.F_GET_SEALS) & fcntl.F_SEAL_SHRINK:
            raise BadSurface(problem="not sealed")

    @property
    def picture_bytes(self) -> int:
        """Bytes that a copy of a picture needs: stride times height."""
        return self.stride * self.height

    @property
    def sequence(self) -> int:
        """How many pictures were published; 0 means none yet. Cheap: look here before copying."""
        return SEQUENCE.unpack_from(self._memory, SEQUENCE_AT)[0]

    def newest(self) -> Picture | None:
        """Say which picture is the newest; None while there is none."""
        sequence = self.sequence
        if not sequence:
            return None
        slot, flags, at_us = NEWEST.unpack_from(self._memory, NEWEST_AT)
        # Planes that the memory has no room for would be read beyond its end.
        colours = flags >> COLOURS_SHIFT & 3 if self.planar.bytes <= self.slot_bytes else 0
        return Picture(sequence, at_us, _FLAGS[flags & 3], slot % self.slots, _COLOURS[colours])

    def memory(self, slot: int) -> memoryview:
        """Give the memory of a slot, `picture_bytes` to be read in place; whoever did asks `whole` afterwards."""
        begin = HEADER_BYTES + slot * self.slot_bytes
        return memoryview(self._memory)[begin : begin + self.picture_bytes]

    def whole(self, picture: Picture) -> bool:
        """Say whether the memory of a picture held it, and no newer one, until now."""
        return self.sequence - picture.sequence < self.slots - 1

    def copy(self, into: bytearray | memoryview) -> Picture | None:
        """Copy the newest picture into a buffer of `picture_bytes`; None while there is none, or it stays torn.

        Pixels have rows of `stride` bytes; the buffer is what `pygame.image.frombuffer(..., "BGRA")` takes of them.
        """
        target = memoryview(into).cast("B")[: self.picture_bytes]
        for _try in range(4):
            newest = self.newest()
            if newest is None:
                return None
            target[:] = self.memory(newest.slot)
            if self.whole(newest):
                return newest
        return None

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()

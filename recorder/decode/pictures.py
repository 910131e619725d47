"""The shared memory of one view, decode's side: pictures go in here and are published one after the other.

Layout and protocol: docs/design/processes.md, "decode.sock"; the reading side is `recorder.client.surface.Surface`. The
memory is sealed against shrinking, so that no peer can turn the other's access into a SIGBUS.
"""

import fcntl
import mmap
import os

import numpy as np
from numpy.typing import NDArray

from recorder.client.errors import Invalid
from recorder.client.surface import (
    BYTES_PER_PIXEL,
    COLOURS_SHIFT,
    HEADER,
    HEADER_BYTES,
    MAGIC,
    NEWEST,
    NEWEST_AT,
    SEQUENCE,
    SEQUENCE_AT,
    Planar,
)
from recorder.client.views import Colours, PictureFlag
from recorder.client.words import _
from recorder.decode.swscale import ALIGNED, Canvas, OwnPlanes

SLOTS = 3
PAGE = 4096
LARGEST_VIEW_PIXELS = 4096 * 2304
LEAST_SIDE = 16


class SharedPictures:
    """Pictures of one view. One thread publishes at a time; the memory lives as long as anybody maps it."""

    def __init__(self, width: int, height: int, pixel_bytes: int = BYTES_PER_PIXEL) -> None:
        if min(width, height) < LEAST_SIDE or width * height > LARGEST_VIEW_PIXELS:
            raise Invalid(problem=_("A view of {size} pixels is not possible.").format(size=f"{width}x{height}"))
        self.width, self.height, self.pixel_bytes = width, height, pixel_bytes
        # Pictures of 4:2:0 come in pairs of columns and rows: with room for them none is copied once more to be cut.
        columns, rows = width + (width & 1), height + (height & 1)
        self.stride = -(-columns * pixel_bytes // ALIGNED) * ALIGNED
        self.slots = SLOTS
        planar = Planar(width, height)
        self.slot_bytes = -(-max(self.stride * rows, planar.bytes) // PAGE) * PAGE
        size = HEADER_BYTES + SLOTS * self.slot_bytes
        self.descriptor = os.memfd_create("nightjar-view", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(self.descriptor, size)
            fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
            self._memory = mmap.mmap(self.descriptor, size)
        except BaseException:
            os.close(self.descriptor)
            raise
        HEADER.pack_into(self._memory, 0, MAGIC, SLOTS, width, height, self.stride, self.slot_bytes)
        self._slots = [
            Canvas(
                np.frombuffer(
                    self._memory, np.uint8, self.stride * rows, HEADER_BYTES + slot * self.slot_bytes
                ).reshape(rows, self.stride // pixel_bytes, pixel_bytes)[:, :columns]
            )
            for slot in range(SLOTS)
        ]
        self._planes = [
            OwnPlanes(planar, np.frombuffer(self._memory, np.uint8, planar.bytes, begin))
            for begin in range(HEADER_BYTES, size, self.slot_bytes)
        ]
        self.sequence = 0

    @property
    def canvas(self) -> Canvas:
        """The memory to draw on next, sides rounded up to even; seen by nobody until `publish`."""
        return self._slots[(self.sequence + 1) % SLOTS]

    @property
    def planes(self) -> OwnPlanes:
        """The same memory for planes."""
        return self._planes[(self.sequence + 1) % SLOTS]

    def next_slot(self) -> NDArray[np.uint8]:
        """The same as pixels, height x width x BGRX."""
        return self.canvas.pixels

    def publish(self, wall_us: int, flags: PictureFlag = PictureFlag.NONE, colours: Colours = Colours.PIXELS) -> None:
        """Make what was filled the newest picture. The sequence is written last."""
        self.sequence += 1
        told = int(flags) | int(colours) << COLOURS_SHIFT
        NEWEST.pack_into(self._memory, NEWEST_AT, self.sequence % SLOTS, told, wall_us)
        SEQUENCE.pack_into(self._memory, SEQUENCE_AT, self.sequence)

    def publish_empty(self, wall_us: int) -> None:
        """Publish a black picture: the channel has nothing at this time."""
        slot = self.next_slot()
        slot[:] = 0
        slot[:, :, 3:] = 255
        self.publish(wall_us, PictureFlag.EMPTY)

    def close(self) -> None:
        """Let go of the descriptor; the memory goes with the last that uses it, here or in the client."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

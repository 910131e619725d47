"""Pictures of views, ready to be drawn: looked at many times a second, copied only when there is a new one."""

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pygame

from recorder.client.frames import DecodeClient
from recorder.client.stream import StreamName
from recorder.client.views import PictureFlag, ViewState

if TYPE_CHECKING:
    from recorder.client.surface import Surface


@dataclass
class Tally:
    """How many pictures were taken from decode, and how many came too fast to be."""

    taken: int = 0
    missed: int = 0


class Picture:
    """The newest picture of one view. The last one stays while decode is away or the view changes its size."""

    def __init__(self, decode: DecodeClient, view: int, tally: Tally | None = None) -> None:
        self.view = view
        self.decode = decode
        self.tally = tally or Tally()
        self.surface: pygame.Surface | None = None
        """BGRX without alpha, or None before the first picture. Its memory changes only in `refresh`."""
        self.at_us = 0
        """When the picture was taken (UTC)."""
        self.flags = PictureFlag.NONE
        self._source: Surface | None = None
        self.sequence = 0
        """Counts the pictures of the present size."""
        self._buffer = bytearray()

    def refresh(self) -> bool:
        """Look for a new picture and copy it; say whether there was one."""
        source = self.decode.surface(self.view)
        if source is None:
            return False
        sequence = source.sequence
        if not sequence or (source is self._source and sequence == self.sequence):
            return False
        same = source is self._source and self.surface is not None
        buffer = self._buffer if same else bytearray(source.picture_bytes)
        got = source.copy(buffer)
        if got is None:
            return False
        if not same:
            self._source, self._buffer = source, buffer
            # The fourth byte is no alpha: without this every blit would blend, and X = 0 would be invisible.
            self.surface = pygame.image.frombuffer(buffer, (source.width, source.height), "BGRA", source.stride)
            self.surface.set_alpha(None)
            self.sequence = got.sequence - 1
        self.tally.taken += 1
        self.tally.missed += got.sequence - self.sequence - 1
        self.sequence, self.at_us, self.flags = got.sequence, got.at_us, got.flags
        return True

    @property
    def state(self) -> ViewState | None:
        """What decode tells of the view."""
        return self.decode.state(self.view)


class LiveView(Picture):
    """A live picture of one channel. Asking again with another stream or size keeps the old picture until the new."""

    def __init__(self, decode: DecodeClient, view: int, channel: int, tally: Tally | None = None) -> None:
        super().__init__(decode, view, tally)
        self.channel = channel
        self.stream: StreamName | None = None
        self.size = (0, 0)

    def want(self, stream: StreamName, width: int, height: int) -> None:
        """Ask for a stream at a size in pixels; nothing happens where that is what it has."""
        size = max(1, width), max(1, height)
        if (stream, size) != (self.stream, self.size):
            self.stream, self.size = stream, size
            self.decode.view(self.view, self.channel, stream, *size)

    def close(self) -> None:
        """No more of it."""
        self.decode.close_view(self.view)


class Pictures:
    """All pictures that the screen takes from decode; gives out the numbers of views and sessions."""

    def __init__(self, decode: DecodeClient) -> None:
        self.decode = decode
        self.tally = Tally()
        self._numbers = itertools.count(1)

    def number(self) -> int:
        """Give a number that no other view or session has."""
        return next(self._numbers)

    def live(self, channel: int) -> LiveView:
        """Make a live view of a channel; it asks for nothing until `want`."""
        return LiveView(self.decode, self.number(), channel, self.tally)

    def recorded(self) -> Picture:
        """Make the picture of a playback session's view; the session opens it by its number."""
        return Picture(self.decode, self.number(), self.tally)

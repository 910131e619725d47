"""Pictures of views: looked at many times a second, drawn only when there is a new one."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pygame

from gui.wall import planes
from recorder.client.frames import DecodeClient
from recorder.client.stream import StreamName
from recorder.client.surface import Picture as Shared
from recorder.client.views import Colours, Part, PictureFlag, ViewState

if TYPE_CHECKING:
    from recorder.client.surface import Surface

Result = TypeVar("Result")
NONE = Shared(0, 0, PictureFlag.NONE)
TRIES = 4
"""So often is drawn again what decode wrote over meanwhile; then the next look will find a newer one."""


@dataclass
class Tally:
    """How many pictures were taken from decode, and how many came too fast to be."""

    taken: int = 0
    missed: int = 0


class Picture:
    """The newest picture of one view. The last one stays while decode is away or the view changes its size.

    It is drawn out of the memory that decode shares, without a copy in between; what was torn meanwhile is drawn again.
    """

    def __init__(self, decode: DecodeClient, view: int, tally: Tally | None = None) -> None:
        self.view = view
        self.decode = decode
        self.tally = tally or Tally()
        self._source: Surface | None = None
        self._slots: list[pygame.Surface] = []
        self._newest = NONE

    @property
    def there(self) -> bool:
        """Whether there is a picture."""
        return bool(self._slots)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels; 0, 0 before the first picture."""
        return self._slots[0].get_size() if self._slots else (0, 0)

    @property
    def at_us(self) -> int:
        """When the picture was taken (UTC)."""
        return self._newest.at_us

    @property
    def flags(self) -> PictureFlag:
        """What is to be known of it."""
        return self._newest.flags

    @property
    def key(self) -> object:
        """Another one for each picture."""
        return id(self._source), self._newest.sequence

    def refresh(self) -> bool:
        """Look for a new picture; say whether there was one."""
        source = self.decode.surface(self.view)
        if source is None or (source is self._source and source.sequence == self._newest.sequence):
            return False
        return self._take(source)

    def _take(self, source: "Surface") -> bool:
        newest = source.newest()
        if newest is None:
            return False
        if source is not self._source:
            self._source = source
            self._slots = [_surface(source, slot) for slot in range(source.slots)]
        else:
            self.tally.missed += max(0, newest.sequence - self._newest.sequence - 1)
        self.tally.taken += 1
        self._newest = newest
        return True

    def draw(self, target: pygame.Surface, at: tuple[int, int]) -> None:
        """Draw it at its size; nothing before the first one."""
        self._whole(lambda slot: self._put(slot, target, at))

    def scaled(self, size: tuple[int, int]) -> pygame.Surface:
        """Give a copy of another size; black before the first one."""
        return self._whole(lambda slot: pygame.transform.smoothscale(self._pixels(slot), size)) or pygame.Surface(
            size, depth=32
        )

    def _put(self, slot: pygame.Surface, target: pygame.Surface, at: tuple[int, int]) -> None:
        """Draw a slot where nothing has to be cut off by turning planes into pixels, or by copying rows, right there.

        SDL would mask the fourth byte pixel by pixel, which takes three times as long; nobody reads that byte of a
        target without alpha. Scaling to the same size is how pygame copies rows.
        """
        place = pygame.Rect(at, slot.get_size())
        alike = target.get_bitsize() == 32 and target.get_masks() == (*slot.get_masks()[:3], 0)
        if not alike or not target.get_clip().contains(place):
            target.blit(self._pixels(slot), place)
        elif self._newest.colours is Colours.PIXELS:
            pygame.transform.smoothscale(slot, place.size, target.subsurface(place))
        else:
            planes.draw(slot, self._newest.colours, target, at)

    def _pixels(self, slot: pygame.Surface) -> pygame.Surface:
        """Give what is in a slot as pixels."""
        if self._newest.colours is Colours.PIXELS:
            return slot
        made = pygame.Surface(slot.get_size(), depth=32)
        planes.draw(slot, self._newest.colours, made, (0, 0))
        return made

    def _whole(self, read: Callable[[pygame.Surface], Result]) -> Result | None:
        source, done = self._source, None
        if source is None:
            return None
        for _try in range(TRIES):
            done = read(self._slots[self._newest.slot])
            if source.whole(self._newest):
                break
            self._take(source)
        return done

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
        self.asked = (0, 0)
        self.part: Part | None = None

    def want(self, stream: StreamName, width: int, height: int, part: Part | None = None) -> None:
        """Ask for a stream, or a part of it, at a size in pixels; nothing happens where that is what it has."""
        size = max(1, width), max(1, height)
        if (stream, size, part) != (self.stream, self.asked, self.part):
            self.stream, self.asked, self.part = stream, size, part
            self.decode.view(self.view, self.channel, stream, *size, part=part)

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


def _surface(source: "Surface", slot: int) -> pygame.Surface:
    made = pygame.image.frombuffer(source.memory(slot), (source.width, source.height), "BGRA", source.stride)
    # The fourth byte is no alpha: without this every blit would blend, and X = 0 would be invisible.
    made.set_alpha(None)
    return made

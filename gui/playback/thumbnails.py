"""Small pictures of recorded moments of one channel, fetched one after another by a playback session of their own."""

from collections.abc import Sequence

from pygame import Surface

from gui.wall.pictures import Pictures
from recorder.client.clock import SECOND_US
from recorder.client.stream import StreamName
from recorder.client.views import PictureFlag, PlayView

KEPT = 300
PATIENCE_US = 4 * SECOND_US
"""A moment whose picture does not come within so long has none."""
NEAR_US = 2 * SECOND_US
"""So near the wished moment a picture is of it."""


class Thumbnails:
    """`want` says which are in sight; `look` takes what came. Pictures are kept until `close`."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._stream = StreamName.MAIN
        self._session = pictures.number()
        self._picture = pictures.recorded()
        self._channel = 0
        self._size = (0, 0)
        self._opened = False
        self._wanted: list[int] = []
        self._asked: int | None = None
        self._asked_us = 0
        self._kept: dict[int, Surface | None] = {}

    def of(self, channel: int, stream: StreamName, size: tuple[int, int]) -> None:
        """Give pictures of a channel's stream from now on, of so many pixels."""
        if (channel, stream, size) != (self._channel, self._stream, self._size):
            self.close()
            self._channel, self._stream, self._size = channel, stream, size

    def get(self, at_us: int) -> Surface | None:
        """Give the picture of a moment, where it came."""
        return self._kept.get(at_us)

    def want(self, moments: Sequence[int]) -> None:
        """Fetch these, the first first; what was wanted before is not any more."""
        self._wanted = [one for one in moments if one not in self._kept]

    def look(self, now_us: int) -> bool:
        """Take what came and ask for the next; say whether there is a new picture. `now_us` is monotonic."""
        came = False
        if self._asked is not None:
            came = self._take(self._asked)
            if came or now_us - self._asked_us > PATIENCE_US:
                self._kept.setdefault(self._asked, None)
                self._asked = None
        if self._asked is None and self._wanted:
            self._ask(self._wanted.pop(0), now_us)
        return came

    def close(self) -> None:
        """No more of them."""
        if self._opened:
            self._pictures.decode.play_close(self._session)
            self._picture = self._pictures.recorded()
        self._opened, self._asked = False, None
        self._kept.clear()
        self._wanted.clear()

    def _ask(self, at_us: int, now_us: int) -> None:
        if at_us in self._kept:
            return
        self._asked, self._asked_us = at_us, now_us
        if self._opened:
            self._pictures.decode.play_seek(self._session, at_us)
        else:
            self._opened = True
            view = PlayView(self._picture.view, self._channel, self._stream, *self._size)
            self._pictures.decode.play_open(self._session, [view], at_us)

    def _take(self, at_us: int) -> bool:
        picture = self._picture
        if not picture.refresh() or picture.flags & (PictureFlag.PREVIEW | PictureFlag.EMPTY):
            return False
        if abs(picture.at_us - at_us) > NEAR_US:
            return False
        self._kept[at_us] = picture.scaled(self._size)
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return True

"""One view of one client: its shared memory, and what was last told of it."""

import asyncio
from typing import Protocol

import av

from recorder.client.surface import BYTES_PER_PIXEL
from recorder.client.views import Colours, Part, PictureFlag, SurfaceMessage, View, ViewState
from recorder.decode import scaling
from recorder.decode.pace import Pace
from recorder.decode.pictures import SharedPictures


class Wire(Protocol):
    """What a view needs of the connection to its client (`recorder.sockets.connection.Connection`)."""

    def send(self, message: object) -> None:
        """Queue a message."""
        ...

    def send_with(self, message: object, descriptor: int) -> None:
        """Queue a message with a descriptor."""
        ...


class ClientView:
    """Pictures go in from one decode thread at a time; sizes change in the event loop."""

    def __init__(
        self,
        number: int,
        wire: Wire,
        loop: asyncio.AbstractEventLoop,
        width: int,
        height: int,
        *,
        grey: bool = False,
        planes: bool = False,
        per_s: float = 0.0,
        part: Part | None = None,
    ) -> None:
        self.number = number
        self.part = part
        """What is shown of each picture; None: all of it."""
        self.per_s = per_s
        """At most so many pictures a second, that nobody waits for; 0: all, and somebody does."""
        self._pace = Pace(per_s)
        self._pixel_bytes = 1 if grey else BYTES_PER_PIXEL
        self._planes = planes and not grey
        self._wire = wire
        self._loop = loop
        self._told: ViewState | None = None
        self._closed = False
        self._pictures = SharedPictures(width, height, self._pixel_bytes)
        self._pass()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its pictures."""
        return self._pictures.width, self._pictures.height

    @property
    def spread(self) -> tuple[float, float]:
        """Width and height that a picture would have, were all of it shown as large as its part is."""
        width, height = self.size
        return (width, height) if self.part is None else (width / self.part.width, height / self.part.height)

    def change(self, width: int, height: int, part: Part | None) -> bool:
        """Take memory of another size, or show another part; whether anything changed.

        The client keeps its old picture meanwhile.
        """
        moved, self.part = part != self.part, part
        if (width, height) == self.size:
            return moved
        fresh = SharedPictures(width, height, self._pixel_bytes)
        self._pictures.close()
        self._pictures = fresh
        self._pass()
        return True

    def show(self, frame: av.VideoFrame, at_us: int, flags: PictureFlag = PictureFlag.NONE) -> None:
        """Scale a frame, unless it has the size already, and publish it if it is due; in a decode thread."""
        if not self._pace.due(at_us):
            return
        pictures, part = self._pictures, self.part
        colours = scaling.show_planes(frame, pictures.planes, part) if self._planes else Colours.PIXELS
        if self._pixel_bytes == 1:
            scaling.show_luma(frame, pictures.canvas)
        elif colours is Colours.PIXELS:
            scaling.show(frame, pictures.canvas, part)
        pictures.publish(at_us, flags, colours)

    def show_nothing(self, at_us: int) -> None:
        """Publish black: there is no footage at this time."""
        self._pictures.publish_empty(at_us)

    def tell(self, state: View, reason: str = "", codec: str = "", width: int = 0, height: int = 0) -> None:
        """Say how the view is, if that is news; from any thread."""
        told = self._told
        if told is not None and (told.state, told.reason, told.codec, told.width, told.height) == (
            state,
            reason,
            codec,
            width,
            height,
        ):
            return
        self._told = ViewState(self.number, state, reason, codec, width, height)
        self._loop.call_soon_threadsafe(self._send, self._told)

    def close(self) -> None:
        """The client wants no more of it."""
        self._closed = True
        self._pictures.close()

    def _send(self, state: ViewState) -> None:
        if not self._closed:
            self._wire.send(state)

    def _pass(self) -> None:
        one = self._pictures
        self._wire.send_with(
            SurfaceMessage(self.number, one.width, one.height, one.stride, one.slots, one.slot_bytes, one.pixel_bytes),
            one.descriptor,
        )

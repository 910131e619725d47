"""A live stream as media gives it: epochs and samples, until one of both sides ends it.

What came together is taken together, in the turn of the event loop that read it and where it was read: with few viewers
a process sleeps between two pictures, and each turn, task and copy more costs it most of what the picture itself does.
"""

import asyncio
from collections.abc import Callable
from typing import cast

import msgspec

from recorder.client import wire
from recorder.client.errors import Unavailable
from recorder.client.instance import Instance
from recorder.client.stream import Epoch, Sample, StreamName
from recorder.client.tap import Subscribe, unpack_sample
from recorder.control.frames_call import told

ROOM_BYTES = 256 << 10
"""What is read at once, at most; the room grows for a picture that is larger, and shrinks behind it."""

Take = Callable[[Epoch | Sample], float | None]
"""Takes a part, the data of which stays as it is during the call only. Gives for how many seconds nothing more shall
come, and None where nothing more is wanted at all."""


async def live(instance: Instance, channel: int, stream: StreamName, grant: str, take: Take, *, audio: bool) -> None:
    """Have a stream taken from its newest key frame on; raises `Unavailable`, `Told` where media refuses.

    Raises what `take` raises too.
    """
    loop = asyncio.get_running_loop()
    line = Line(take)
    try:
        await loop.create_unix_connection(lambda: line, str(instance.socket("media")))
        line.ask(Subscribe(1, channel, stream, grant=grant, audio=audio))
        await line.over
    except (OSError, wire.BadFrame, msgspec.ValidationError) as error:
        raise Unavailable(process="media") from error
    finally:
        line.close()


async def first_epoch(
    instance: Instance, channel: int, stream: StreamName, grant: str, patience_s: float
) -> Epoch | None:
    """Give the codec parameters of a stream; None where it gives nothing in time. Raises as `live`."""
    found: list[Epoch] = []

    def take(part: Epoch | Sample) -> float | None:
        if not isinstance(part, Epoch):
            return 0.0
        found.append(part)
        return None

    try:
        async with asyncio.timeout(patience_s):
            await live(instance, channel, stream, grant, take, audio=False)
    except TimeoutError:
        pass
    return found[0] if found else None


class Line(asyncio.BufferedProtocol):
    """The connection to media. `over` is done when nothing more comes, with the reason as its exception if there is."""

    def __init__(self, take: Take) -> None:
        self._loop = asyncio.get_running_loop()
        self.over: asyncio.Future[None] = self._loop.create_future()
        self._take = take
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray(ROOM_BYTES)
        self._view = memoryview(self._buffer)
        self._at = self._end = 0
        """Where what was not taken yet begins and ends."""
        self._resting: asyncio.TimerHandle | None = None

    def ask(self, message: object) -> None:
        """Send a message to media."""
        assert self._transport is not None
        self._transport.write(wire.encode(message))

    def close(self) -> None:
        """Hang up; nothing is taken after this."""
        self._finish(None)
        if self._resting is not None:
            self._resting.cancel()
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End where media is gone."""
        self._finish(exc or ConnectionResetError("media hung up"))

    def get_buffer(self, sizehint: int) -> memoryview:
        """Give the room behind what came; there always is some."""
        del sizehint
        return self._view[self._end :]

    def buffer_updated(self, nbytes: int) -> None:
        """Take what is whole of what came."""
        self._end += nbytes
        self._go_on()

    def _rested(self) -> None:
        self._resting = None
        self._go_on()
        if self._resting is None and self._transport is not None and not self.over.done():
            self._transport.resume_reading()

    def _go_on(self) -> None:
        try:
            rest_s = self._take_frames()
        except Exception as error:  # noqa: BLE001 - raised by `live`, which waits for the end
            self._finish(error)
            rest_s = 0.0
        if self._transport is not None and (rest_s or self.over.done()):
            self._transport.pause_reading()
        if rest_s:
            self._resting = self._loop.call_later(rest_s, self._rested)

    def _take_frames(self) -> float:
        """Take frame after frame; gives for how long to rest before the next, 0 where the next is not all there."""
        head = wire.HEADER.size
        needed = head
        while not self.over.done() and self._end - self._at >= head:
            length, kind = wire.HEADER.unpack_from(self._buffer, self._at)
            if not 1 <= length <= wire.LONGEST_FRAME:
                raise wire.BadFrame(problem=f"a length of {length}")
            after = self._at + 4 + length
            if after > self._end:
                needed = 4 + length
                break
            payload = self._view[self._at + head : after]
            self._at = after
            rest_s = self._part(kind, payload)
            if rest_s is None:
                self._finish(None)
            elif rest_s:
                return rest_s
        if self._at == self._end and len(self._buffer) == ROOM_BYTES:
            self._at = self._end = 0
        else:
            self._make_room(needed)
        return 0.0

    def _part(self, kind: int, payload: memoryview) -> float | None:
        """Have the content of one frame taken; gives what `Take` does."""
        if kind == wire.SAMPLE:
            return self._take(unpack_sample(payload).sample)
        message = wire.decode(payload)
        match message["op"]:
            case "epoch":
                return self._take(msgspec.convert(message.get("epoch"), Epoch))
            case "failed":
                raise told(message)
            case "ended":
                return None
            case _:
                return 0.0

    def _make_room(self, needed: int) -> None:
        """Have room for a frame of so many bytes that begins with what is left."""
        left = self._view[self._at : self._end]
        if needed > len(self._buffer) or (not left and len(self._buffer) > ROOM_BYTES):
            self._buffer = bytearray(max(needed, ROOM_BYTES))
            self._view = memoryview(self._buffer)
        self._view[: len(left)] = left
        self._at, self._end = 0, len(left)

    def _finish(self, error: Exception | None) -> None:
        if self.over.done():
            return
        if error is None:
            self.over.set_result(None)
        else:
            self.over.set_exception(error)

"""A playback session: the transport's orders go to decode, what decode tells comes back, pictures stay in sight."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gui.playback.transport import Close, Open, Order, Seek, Speed, Step, Transport
from gui.wall.pictures import Picture, Pictures
from gui.wall.splits import Box, letterbox, shape
from recorder.client.stream import StreamName
from recorder.client.views import Part, PlayView, Position

MOST_CHANNELS = 4


class Player:
    """One session with up to four channels on one clock."""

    def __init__(self, pictures: Pictures) -> None:
        self.transport = Transport()
        self._streams: dict[int, StreamName] = {}
        self.shown: dict[int, Picture] = {}
        """The picture of each channel."""
        self._pictures = pictures
        self._session = pictures.number()
        self._places: dict[int, tuple[int, int]] = {}
        self._sizes: dict[int, tuple[int, int]] = {}
        self._shapes: dict[int, tuple[int, int]] = {}
        self._parts: dict[int, Part] = {}
        self.since: Callable[[], int] = lambda: 0
        """From when on recordings exist for who is before the screen (UTC, µs); decode trusts the screen (A10)."""
        self._told: Position | None = None
        self._opened = False
        """Whether decode was told of the session; it is not before the size of a picture is known."""

    @property
    def at_us(self) -> int | None:
        """The moment that is shown or wanted (UTC, µs)."""
        return self.transport.at_us

    def expect(self, channel: int, width: int, height: int) -> None:
        """Take the coded size of a channel's stream, so that its pictures come undistorted."""
        if width > 0 and height > 0 and self._shapes.get(channel) != (width, height):
            self._shapes[channel] = width, height
            self._fit()

    def choose(self, places: dict[int, tuple[int, int]]) -> None:
        """Show these channels, each in a place of so many pixels; the session goes on where it is."""
        self._places = dict(places)
        self._fit()

    def stream_of(self, channel: int) -> StreamName:
        """Say which stream of a channel is played."""
        return self._streams.get(channel, StreamName.MAIN)

    def use(self, streams: Mapping[int, StreamName]) -> None:
        """Play these streams of the channels; the session goes on where it is."""
        changed = [channel for channel, stream in streams.items() if stream is not self.stream_of(channel)]
        self._streams = {**self._streams, **streams}
        if any(channel in self._sizes for channel in changed):
            self._go_on()

    def look_at(self, parts: Mapping[int, Part | None]) -> None:
        """Show these parts of the channels' pictures; the session goes on where it is."""
        wanted = {channel: part for channel, part in parts.items() if part is not None}
        if wanted != self._parts:
            self._parts = wanted
            if self._opened and self.transport.at_us is not None:
                self._open(self.transport.at_us)

    def _fit(self) -> None:
        sizes: dict[int, tuple[int, int]] = {}
        for channel, (width, height) in self._places.items():
            sizes[channel] = self.fitted(channel, width, height)
        if sizes != self._sizes:
            self._show(sizes)

    def fitted(self, channel: int, width: int, height: int) -> tuple[int, int]:
        """Give the size of a channel's picture in a place of so many pixels."""
        known = self._shapes.get(channel)
        box = letterbox(Box(0, 0, width, height), *shape(*known)) if known else Box(0, 0, width, height)
        return box.width, box.height

    def _show(self, sizes: dict[int, tuple[int, int]]) -> None:
        self._sizes = dict(sizes)
        for channel in [one for one in self.shown if one not in sizes]:
            del self.shown[channel]
        for channel in sizes:
            if channel not in self.shown:
                self.shown[channel] = self._pictures.recorded()
        if self.transport.is_open and self.transport.at_us is not None:
            if not sizes:
                self.do(self.transport.stop())
            else:
                self._go_on()

    def _go_on(self) -> None:
        """Open the session with what is shown now, where it is."""
        if not self.transport.is_open or self.transport.at_us is None:
            return
        self._open(self.transport.at_us)
        # Opening stands; what was running runs on with the other channels.
        if self.transport.speed:
            self._pictures.decode.play_speed(self._session, self.transport.speed)

    def do(self, orders: Sequence[Order]) -> None:
        """Carry out what the transport ordered."""
        decode = self._pictures.decode
        for order in orders:
            match order:
                case Open(at_us, speed):
                    self._told = None
                    self._open(at_us)
                    if speed and self._opened:
                        decode.play_speed(self._session, speed)
                case _ if not self._opened:
                    # Nothing is open yet; `choose` opens at the moment that is wanted then.
                    continue
                case Seek(at_us):
                    decode.play_seek(self._session, max(at_us, self.since()))
                case Speed(speed):
                    decode.play_speed(self._session, speed)
                case Step(frames):
                    decode.play_step(self._session, frames)
                case Close():
                    decode.play_close(self._session)
                    self._told, self._opened = None, False
                    # The next session begins without the pictures of this one.
                    self.shown = {channel: self._pictures.recorded() for channel in self.shown}

    def look(self) -> tuple[set[int], Position | None]:
        """Look for new pictures and a new position: the channels with a new picture, and the position if it is new."""
        changed = {channel for channel, picture in self.shown.items() if picture.refresh()}
        for channel in changed:
            if (told_of := self.shown[channel].state) is not None:
                self.expect(channel, told_of.width, told_of.height)
        if not self._opened:
            return changed, None
        if not self._pictures.decode.connected:
            self.transport.lost()
            return changed, None
        told = self._pictures.decode.position(self._session)
        if told is None or told == self._told:
            return changed, None
        self._told = told
        # The position of the jump itself may be an older one by now.
        told = replace(told, skipped_us=self._pictures.decode.skipped(self._session))
        self.transport.told(told)
        if told.at_us < self.since():
            # Played backwards to where recordings begin for him: it stands there, and nothing older stays in sight.
            self.do([*self.transport.pause(), *self.transport.show(self.since())])
        return changed, told

    def close(self) -> None:
        """End the session."""
        self.do(self.transport.stop())

    def _open(self, at_us: int) -> None:
        views = [
            PlayView(self.shown[channel].view, channel, self.stream_of(channel), *size, self._parts.get(channel))
            for channel, size in self._sizes.items()
        ]
        if views:
            self._opened = True
            self._pictures.decode.play_open(self._session, views, max(at_us, self.since()))

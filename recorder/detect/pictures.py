"""The pictures of all channels as decode gives them: small, grey, a few a second, each taken once and whole."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from recorder.client.detection import Watched
from recorder.client.frames import DecodeClient
from recorder.client.instance import Instance
from recorder.client.stream import StreamName
from recorder.client.views import Heard, View
from recorder.detect.motion import HEIGHT, WIDTH


class Pictures:
    """A view of decode for each channel. `wake` is called in another thread when decode has said something."""

    def __init__(self, instance: Instance, wake: Callable[[], None] | None = None) -> None:
        self._decode = DecodeClient(instance.socket("decode"), wake)
        self._taken: dict[int, int] = {}
        self._heard_from: dict[int, StreamName] = {}

    def start(self) -> None:
        """Begin to connect."""
        self._decode.start()

    def close(self) -> None:
        """Hang up."""
        self._decode.close()

    def want(self, watched: Watched, per_s: float) -> None:
        """Have so many pictures a second of a channel."""
        self._taken.setdefault(watched.channel, 0)
        self._decode.watch(watched.channel, watched.channel, watched.stream, (WIDTH, HEIGHT), per_s)

    def listen(self, watched: Watched) -> None:
        """Hear a channel, or hear it no more: its small stream first, and the main one where that has no sound."""
        if not watched.listening:
            self._decode.deaf(watched.channel)
            self._heard_from.pop(watched.channel, None)
        elif watched.channel not in self._heard_from:
            self._heard_from[watched.channel] = watched.stream
            self._decode.listen(watched.channel, watched.channel, watched.stream)

    def heard(self) -> Iterator[Heard]:
        """Give what was heard since the last call."""
        for one in self._decode.heard():
            if not one.there and self._heard_from.get(one.id) is StreamName.SUB:
                self._heard_from[one.id] = StreamName.MAIN
                self._decode.listen(one.id, one.id, StreamName.MAIN)
            yield one

    def drop(self, channel: int) -> None:
        """No more of a channel."""
        self._taken.pop(channel, None)
        self._heard_from.pop(channel, None)
        self._decode.deaf(channel)
        self._decode.close_view(channel)

    def keys_only(self, channel: int) -> bool:
        """Whether decode gives key frames alone."""
        state = self._decode.state(channel)
        return state is not None and state.state is View.KEYS_ONLY

    def fresh(self) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
        """Give (channel, when it was taken, UTC, picture) of those that were not taken yet."""
        for channel, taken in self._taken.items():
            surface = self._decode.surface(channel)
            if surface is None or (surface.width, surface.height, surface.pixel_bytes) != (WIDTH, HEIGHT, 1):
                continue
            # After decode was restarted it counts from one again.
            if surface.sequence == taken or (newest := surface.newest()) is None:
                continue
            lines = np.frombuffer(surface.memory(newest.slot), np.uint8).reshape(HEIGHT, surface.stride)
            picture = lines[:, :WIDTH].copy()
            if surface.whole(newest):
                self._taken[channel] = newest.sequence
                yield channel, newest.at_us, picture

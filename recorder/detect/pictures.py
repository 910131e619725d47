"""The pictures of all channels as decode gives them: small, grey, a few a second, each taken once and whole."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from recorder.client.detection import Watched
from recorder.client.frames import DecodeClient
from recorder.client.instance import Instance
from recorder.client.views import View
from recorder.detect.motion import HEIGHT, WIDTH


class Pictures:
    """A view of decode for each channel. `wake` is called in another thread when decode has said something."""

    def __init__(self, instance: Instance, wake: Callable[[], None] | None = None) -> None:
        self._decode = DecodeClient(instance.socket("decode"), wake)
        self._taken: dict[int, int] = {}

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

    def drop(self, channel: int) -> None:
        """No more of a channel."""
        self._taken.pop(channel, None)
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
            newest = surface.newest()
            # After decode was restarted it counts from one again.
            if newest is None or newest.sequence == taken:
                continue
            lines = np.frombuffer(surface.memory(newest.slot), np.uint8).reshape(HEIGHT, surface.stride)
            picture = lines[:, :WIDTH].copy()
            if surface.whole(newest):
                self._taken[channel] = newest.sequence
                yield channel, newest.at_us, picture

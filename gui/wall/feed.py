"""What media tells of itself, kept up to date by a thread of its own, so that the wall lives without control."""

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from recorder.client import wire
from recorder.client.clock import Clock
from recorder.client.status import MediaStatus

RECONNECT_S = 0.1
"""The pause between two tries to reach media."""
SILENCE_S = 4.0
"""media pushes every second; after this long without a word the connection is dropped and made anew."""


class MediaFeed:
    """A standing `watch` on media.sock that heals itself. `latest` and `lost_since_us` may be read from any thread."""

    def __init__(self, path: Path, clock: Clock, wake: Callable[[], None] | None = None) -> None:
        """`wake` is called in the thread of the feed after each message, and when the connection is lost."""
        self._path = path
        self._clock = clock
        self._wake = wake or (lambda: None)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="media feed", daemon=True)
        self._connection: wire.BlockingConnection | None = None
        self.latest: MediaStatus | None = None
        """The newest status; stays while the connection is lost, so that names and order are known."""
        self.lost_since_us: int | None = clock.now_us()
        """Since when media does not answer; None while it does."""

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def close(self) -> None:
        """Hang up and wait for the thread."""
        self._over.set()
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.socket.shutdown(2)
        if self._thread.is_alive():
            self._thread.join(SILENCE_S + 1)

    def _run(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(OSError, wire.BadFrame, msgspec.ValidationError):
                self._listen()
            if self.lost_since_us is None:
                self.lost_since_us = self._clock.now_us()
                self._wake()
            self._over.wait(RECONNECT_S)

    def _listen(self) -> None:
        with wire.BlockingConnection(str(self._path), SILENCE_S) as connection:
            self._connection = connection
            try:
                connection.send({"op": "watch"})
                while not self._over.is_set():
                    kind, payload = connection.receive()
                    if kind != wire.MESSAGE:
                        continue
                    message = wire.decode(payload)
                    if message["op"] == "status":
                        self.latest = msgspec.convert(message, MediaStatus, str_keys=True)
                        self.lost_since_us = None
                        self._wake()
            finally:
                self._connection = None

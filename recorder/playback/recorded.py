"""Where an export takes recorded samples from: reader.sock, read by a thread of its own pace."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from recorder.client import tap, wire
from recorder.client.stream import Epoch, Sample
from recorder.client.tap import Credit, EpochMessage, Subscribe
from recorder.playback.errors import Cancelled, ReaderLost

WINDOW_BYTES = 16 << 20
PATIENCE_S = 30.0
GLANCE_S = 0.2
"""So often somebody who waits looks whether it is still wanted."""


class Source(Protocol):
    """Recorded time, for exports. Every call raises `NightjarError`."""

    def samples(self, asked: Subscribe) -> Iterator[tuple[Epoch, Sample]]:
        """Give the samples of a stretch, each with its epoch."""
        ...

    def expected_bytes(self, asked: Subscribe) -> int:
        """About how many bytes a stretch has, 0 where that is not known."""
        ...


class FromReader:
    """What the reader process gives; raises `ReaderLost`, `Cancelled`."""

    def __init__(self, socket: Path, cancelled: threading.Event) -> None:
        self._socket, self._cancelled = socket, cancelled

    def samples(self, asked: Subscribe) -> Iterator[tuple[Epoch, Sample]]:
        """Give the samples of a stretch, each with its epoch."""
        return samples(self._socket, asked, self._cancelled)

    def expected_bytes(self, asked: Subscribe) -> int:
        """About how many bytes a stretch has, 0 when the reader does not say."""
        return expected_bytes(self._socket, asked)


def samples(reader_socket: Path, asked: Subscribe, cancelled: threading.Event) -> Iterator[tuple[Epoch, Sample]]:
    """Give the samples that a subscription brings, each with its epoch; raises `ReaderLost`, `Cancelled`."""
    try:
        with wire.BlockingConnection(str(reader_socket), GLANCE_S) as connection:
            connection.send(asked)
            connection.send(Credit(asked.id, WINDOW_BYTES))
            yield from _receive(connection, asked, cancelled)
    except (OSError, wire.BadFrame, msgspec.ValidationError) as error:
        raise ReaderLost(problem=str(error) or type(error).__name__) from error


def _next(connection: wire.BlockingConnection, cancelled: threading.Event) -> tuple[int, bytes]:
    since_s = time.monotonic()
    while True:
        if cancelled.is_set():
            raise Cancelled
        try:
            return connection.receive()
        except TimeoutError:
            if time.monotonic() - since_s > PATIENCE_S:
                raise


def _receive(
    connection: wire.BlockingConnection, asked: Subscribe, cancelled: threading.Event
) -> Iterator[tuple[Epoch, Sample]]:
    epoch: Epoch | None = None
    owed = 0
    while True:
        kind, payload = _next(connection, cancelled)
        if kind == wire.SAMPLE:
            arrived = tap.unpack_sample(payload)
            owed += len(arrived.sample.data)
            if epoch is not None:
                yield epoch, arrived.sample
            if owed >= WINDOW_BYTES // 4:
                connection.send(Credit(asked.id, owed))
                owed = 0
            continue
        message = wire.decode(payload)
        match message["op"]:
            case "epoch":
                epoch = msgspec.convert(message, EpochMessage, strict=False).epoch
            case "ended":
                return
            case "failed":
                raise ReaderLost(problem=str(message.get("words", "")))
            case _:
                pass


def expected_bytes(reader_socket: Path, asked: Subscribe) -> int:
    """About how many bytes a stretch has, 0 when the reader does not say."""
    question = {
        "op": "spans",
        "id": asked.id,
        "channel": asked.channel,
        "stream": asked.stream,
        "start_us": asked.from_us,
        "end_us": asked.until_us,
    }
    try:
        with wire.BlockingConnection(str(reader_socket), PATIENCE_S) as connection:
            answer = connection.request(question)
        return sum(int(span["bytes"]) for span in answer.get("spans", []))
    except (OSError, wire.BadFrame, TypeError, ValueError, KeyError) as error:
        raise ReaderLost(problem=str(error) or type(error).__name__) from error

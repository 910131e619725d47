"""Footage for exports from a socket of the reader, such as one that a test plays: it needs no disks."""

import time

import msgspec

from recorder.client import tap, wire
from recorder.client.tap import Credit, EpochMessage
from recorder.playback.errors import Cancelled, ReaderLost
from recorder.playback.export import Export
from recorder.store.portion import gathered

WINDOW_BYTES = 16 << 20
PATIENCE_S = 30.0
GLANCE_S = 0.2


def export(job, reader_socket, on_progress, cancelled, vouching=None):
    """Write the files of a job and give the last progress."""
    return Export(job, FromReader(reader_socket, cancelled), on_progress, vouching).run()


class FromReader:
    """What a socket of the reader gives; raises `ReaderLost`, `Cancelled`."""

    def __init__(self, socket, cancelled):
        self._socket, self._cancelled = socket, cancelled

    def portions(self, asked):
        """Give the samples of a stretch."""
        return gathered(samples(self._socket, asked, self._cancelled))

    def samples_ahead(self, asked, most_bytes, beside):
        """The reader does not say."""
        del asked, most_bytes, beside
        return 0

    def stretches(self, asked):
        """The reader does not say."""
        del asked
        return []

    def expected_bytes(self, asked):
        """About how many bytes a stretch has, 0 when the reader does not say."""
        return expected_bytes(self._socket, asked)


def samples(reader_socket, asked, cancelled):
    """Give the samples that a subscription brings, each with its epoch; raises `ReaderLost`, `Cancelled`."""
    try:
        with wire.BlockingConnection(str(reader_socket), GLANCE_S) as connection:
            connection.send(asked)
            connection.send(Credit(asked.id, WINDOW_BYTES))
            yield from _receive(connection, asked, cancelled)
    except (OSError, wire.BadFrame, msgspec.ValidationError) as error:
        raise ReaderLost(problem=str(error) or type(error).__name__) from error


def _next(connection, cancelled):
    since_s = time.monotonic()
    while True:
        if cancelled.is_set():
            raise Cancelled
        try:
            return connection.receive()
        except TimeoutError:
            if time.monotonic() - since_s > PATIENCE_S:
                raise


def _receive(connection, asked, cancelled):
    epoch = None
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


def expected_bytes(reader_socket, asked):
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

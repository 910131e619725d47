"""Bytes of one recorded file for one client."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from recorder.client.stream import Sample, SampleFlag, StreamKey, StreamName
from recorder.client.tap import pack_sample_header
from recorder.reader.recordings import RecordedFile
from recorder.reader.subscription import Subscription
from recorder.sockets.connection import Connection

if TYPE_CHECKING:
    from recorder.reader.service import Reader

PIECE_BYTES = 256 << 10


class ReadFile(msgspec.Struct):
    """What is asked for: bytes [offset, offset + bytes) of a file as it was listed."""

    id: int
    channel: int
    file: RecordedFile
    offset: int
    bytes: int
    stream: StreamName = StreamName.MAIN
    audio: bool = False
    grant: str = ""


class FileSubscription(Subscription[memoryview | None]):
    """Sends bytes in sample frames."""

    def __init__(
        self, asked: ReadFile, connection: Connection, reader: "Reader", over: Callable[[int, object], None]
    ) -> None:
        super().__init__(asked.id, f"a file of channel {asked.channel}", connection, reader, over)
        self._asked = asked

    def _read(self, credit: int) -> memoryview | None:
        """Read the next piece, however little credit is left."""
        del credit
        if self._found is None:
            asked = self._asked
            self._store = self._reader.open_store()
            key = StreamKey(asked.channel, asked.stream)
            files = self._reader.recordings
            found = files.read(self._store, key, asked.file, asked.offset, asked.bytes, audio=asked.audio)
            self._found = _small(found)
        return next(self._found, None)

    def _send(self, piece: memoryview | None) -> bool:
        if piece is None:
            return False
        self.credit -= len(piece)
        frame = Sample(0, 0, 0, SampleFlag.NONE, piece)
        self._connection.put(pack_sample_header(self._asked.id, 0, frame), piece)
        return True


def _small(pieces: Iterator[bytes]) -> Iterator[memoryview]:
    for one in pieces:
        view = memoryview(one)
        for at in range(0, len(view), PIECE_BYTES):
            yield view[at : at + PIECE_BYTES]

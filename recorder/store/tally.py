"""What each channel takes of a disk and where its footage begins, counted along as blocks come and go."""

from collections.abc import Iterable

from recorder.client.stream import StreamKey
from recorder.store.layout import BlockClass, BlockState, stream_key
from recorder.store.rows import BlockRow, PieceRow, Row


class Tally:
    """Bytes by channel and the oldest footage by stream, of one disk. One thread."""

    def __init__(self, block_bytes: int) -> None:
        self.bytes: dict[int, int] = {}
        """By channel: blocks of its own whole, of shared ones what it wrote there."""
        self._block_bytes = block_bytes
        self._taken: dict[int, dict[int, int]] = {}
        self._begins: dict[StreamKey, dict[int, int]] = {}
        self._keys: dict[int, list[StreamKey]] = {}
        self._oldest: dict[StreamKey, int] | None = None

    def take(self, row: BlockRow, pieces: Iterable[Row]) -> None:
        """Count a block as it is now, in place of what was known of it."""
        self._forget(row.number)
        if row.state == BlockState.FREE:
            return
        own = row.block_class == BlockClass.SINGLE
        taken: dict[int, int] = {row.channel: self._block_bytes} if own else {}
        keys: list[StreamKey] = []
        for piece in pieces:
            if not isinstance(piece, PieceRow):
                continue
            if not own:
                taken[piece.channel] = taken.get(piece.channel, 0) + piece.bytes
            key = stream_key(piece.channel, piece.stream)
            if key is not None:
                begins = self._begins.setdefault(key, {})
                begins[row.number] = min(piece.first_us, begins.get(row.number, piece.first_us))
                keys.append(key)
        self._taken[row.number], self._keys[row.number] = taken, keys
        for channel, size in taken.items():
            self.bytes[channel] = self.bytes.get(channel, 0) + size
        self._oldest = None

    def _forget(self, number: int) -> None:
        for channel, size in self._taken.pop(number, {}).items():
            self.bytes[channel] -= size
        for key in self._keys.pop(number, []):
            self._begins[key].pop(number, None)
        self._oldest = None

    def oldest(self) -> dict[StreamKey, int]:
        """Give when the sealed footage of each stream begins (UTC, µs, as recorded)."""
        if self._oldest is None:
            self._oldest = {key: min(begins.values()) for key, begins in self._begins.items() if begins}
        return self._oldest

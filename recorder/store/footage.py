"""What there is of a stream: its pieces on all disks, sealed ones by the index, open ones by the blocks themselves."""

from bisect import bisect_right

from recorder.client.clock import Clock
from recorder.client.stream import StreamKey
from recorder.store.allocation import DAY_US
from recorder.store.block import ChunkEntry
from recorder.store.block_cache import BlockRef
from recorder.store.errors import DiskSilent
from recorder.store.ids import RowId
from recorder.store.index_reader import Extent, IndexReader, SealedPiece
from recorder.store.index_runs import LONGEST_PIECE_US
from recorder.store.intervals import Interval, joined
from recorder.store.layout import ALL_STREAMS, HOLE_US, STREAM_CODES, Source
from recorder.store.open_block import pieces
from recorder.store.piece import Piece, adjoins
from recorder.store.read_disks import ReadDisks
from recorder.store.visible import ALL_TIME_US, Visible, visible

_NEIGHBOURS = 16


class Footage:
    """Finds pieces and the chunks in them, of the first copies or, with `copies`, of the second. One thread."""

    def __init__(self, disks: ReadDisks, index: IndexReader, clock: Clock, *, copies: bool = False) -> None:
        self.disks, self.index, self._copies = disks, index, copies
        self._clock = clock
        self.unseen: DiskSilent | None = None
        """Why what was found last may not be all: an open block that nobody has looked into is on a disk that hangs."""
        # The chunks of the piece that was asked for last: playing asks for them again and again.
        self._chosen: tuple[object, int, list[ChunkEntry]] | None = None

    def visible(self, key: StreamKey) -> Visible:
        """What is shown: what is older is not, even while its block is still whole, but for what is held."""
        days = self.index.shown_days(key)
        if days is None:
            return Visible(ALL_TIME_US)
        now_us = self._clock.now_us()
        streams = (STREAM_CODES[key.stream], ALL_STREAMS)
        mine = [one for one in self.index.holds() if one.channel == key.channel and one.stream in streams]
        return visible(now_us - days * DAY_US, ((one.start_us, one.end_us) for one in mine if one.lives(now_us)))

    def open_pieces(self, key: StreamKey, *, own: bool = False) -> list[Piece]:
        """Give the pieces of a stream in blocks that are being written, as far as they are written now.

        With `own` only in those that nothing else is written to: to look into one that many share is to walk it.
        What is on a disk that does not answer, and was not looked at before, is left out (`unseen`).
        """
        code = STREAM_CODES[key.stream]
        found: list[Piece] = []
        self.unseen = None
        for disk, number, incarnation in self.index.own_open_blocks(key) if own else self.index.open_blocks(key):
            block = BlockRef(disk, number, int.from_bytes(incarnation, "little"))
            try:
                written = self.disks.entries(block, is_open=True)
            except DiskSilent as silent:
                self.unseen = silent
                continue
            entries = [
                one
                for one in written
                if (one.channel, one.stream) == (key.channel, code) and (one.source >= Source.COPY) is self._copies
            ]
            for row in pieces(number, block.incarnation, entries):
                shift = self.index.shift(row.kernel_boot, row.first_monotonic_us)
                times = (row.first_us + shift, row.last_us + shift)
                what = (row.samples, row.source)
                found.append(Piece(*times, row.span, block, shift, row.bytes, True, *what))
        return found

    def _merged(self, opened: list[Piece], sealed: list[SealedPiece]) -> list[Piece]:
        """Join both in playback order; a block sealed between the two questions counts once."""
        known = {
            piece.place: piece
            for piece in (
                Piece(
                    one.first_us,
                    one.last_us,
                    RowId.parse(one.span),
                    BlockRef(one.disk, one.number, int.from_bytes(one.incarnation, "little")),
                    one.shift_us,
                    one.bytes,
                    is_open=False,
                    samples=one.samples,
                    source=one.source,
                    copied=bool(one.copied),
                    growing=bool(one.growing),
                )
                for one in sealed
            )
        }
        for one in opened:
            known.setdefault(one.place, one)
        return sorted(known.values(), key=lambda one: one.order)

    def pieces(self, key: StreamKey, start_us: int, end_us: int) -> list[Piece]:
        """Give the pieces that touch [start_us, end_us), in playback order. Open ones are asked for first."""
        shown = self.visible(key)
        start_us = max(start_us, shown.begin_us)
        opened = [one for one in self.open_pieces(key) if one.first_us < end_us and one.last_us >= start_us]
        found = self._merged(opened, self.index.pieces(key, start_us, end_us, copies=self._copies))
        return [one for one in found if shown.parts(one.first_us, one.last_us + 1)] if shown.held else found

    def extents(self, key: StreamKey, start_us: int, end_us: int) -> list[Extent]:
        """Give the same pieces by time, as plain as they are: spans of a day are made of more than a thousand."""
        shown = self.visible(key)
        if shown.held:
            return [_extent(one) for one in self.pieces(key, start_us, end_us)]
        start_us = max(start_us, shown.begin_us)
        opened = [one for one in self.open_pieces(key) if one.first_us < end_us and one.last_us >= start_us]
        sealed = self.index.extents(key, start_us, end_us, copies=self._copies)
        if not opened:
            return sealed
        known = {(disk, number, span) for _first, _last, span, *_rest, disk, number in sealed}
        added = [one for one in map(_extent, opened) if (*one[6:], one[2]) not in known]
        return sorted([*sealed, *added])

    def runs(self, key: StreamKey, start_us: int, end_us: int, *, sealed: bool = True) -> list[Interval]:
        """Give the stretches of footage that touch [start_us, end_us), joined where no sample is missing between them.

        Those in open blocks, which are asked for first, are of this copy alone; of the others all copies count.
        """
        opened = [(one.first_us, one.last_us + 1) for one in self.open_pieces(key)]
        opened = [one for one in opened if one[0] < end_us and one[1] > start_us]
        return joined([*opened, *(self.index.runs(key, start_us, end_us) if sealed else [])], HOLE_US)

    def at(self, key: StreamKey, at_us: int) -> Piece | None:
        """Give the last piece that begins at or before a time."""
        sealed = self.index.pieces_before(key, at_us, _NEIGHBOURS, copies=self._copies)
        # What a sealed piece has, no open block needs to be asked for: that would be to walk it.
        if sealed and sealed[0].last_us >= at_us:
            return self._merged([], sealed)[-1]
        own = [one for one in self.open_pieces(key, own=True) if one.first_us <= at_us <= one.last_us]
        if own:
            return max(own, key=lambda one: one.order)
        opened = [one for one in self.open_pieces(key) if one.first_us <= at_us]
        found = self._merged(opened, self.index.pieces_before(key, at_us, _NEIGHBOURS, copies=self._copies))
        return found[-1] if found else None

    def after(self, key: StreamKey, piece: Piece | None, at_us: int) -> Piece | None:
        """Give the piece behind another in playback order, or the first that begins at a time or later."""
        if piece is not None:
            # Where it goes on in a sealed piece, or in a block of its own, no other block needs to be walked.
            for own in (False, True):
                found = self._behind(key, piece, self.open_pieces(key, own=True) if own else [])
                if found is not None and adjoins(piece, found):
                    return found
            return self._behind(key, piece, self.open_pieces(key))
        opened = [one for one in self.open_pieces(key) if one.first_us >= at_us]
        found = self._merged(opened, self.index.pieces_from(key, at_us, _NEIGHBOURS, copies=self._copies))
        return found[0] if found else None

    def _behind(self, key: StreamKey, piece: Piece, opened: list[Piece]) -> Piece | None:
        """Give the piece behind another among sealed ones and those of open blocks, which were asked for before."""
        opened = [one for one in opened if one.first_us >= piece.first_us]
        found = self._merged(opened, self.index.pieces_from(key, piece.first_us, _NEIGHBOURS, copies=self._copies))
        return next((one for one in found if one.order > piece.order), None)

    def before(self, key: StreamKey, piece: Piece) -> Piece | None:
        """Give the piece before another in playback order."""
        opened = [one for one in self.open_pieces(key) if one.first_us <= piece.first_us]
        found = self._merged(opened, self.index.pieces_before(key, piece.first_us, _NEIGHBOURS, copies=self._copies))
        return next((one for one in reversed(found) if one.order < piece.order), None)

    def again(self, key: StreamKey, piece: Piece) -> Piece:
        """Give a piece as it is known now: open ones grow and are sealed one day, a clock that is set moves any."""
        opened = self.open_pieces(key) if piece.is_open else []
        sealed = self.index.pieces_in(key, piece.block.disk, piece.block.number, copies=self._copies)
        same = [one for one in self._merged(opened, sealed) if one.place == piece.place]
        return same[0] if same else piece

    def entries(self, key: StreamKey, piece: Piece, more_than: int | None = None) -> list[ChunkEntry]:
        """Give the chunks of a piece in the order they were written.

        With `more_than` it need not be all that there are by now, where more than so many are known already: to look
        for more in an open block is to ask the disk.
        Of a sealed one those that lie in its time: a block of copies holds several of one span, and in a block whose
        index could not be written, chunks of a pass that failed are found too.
        """
        code = STREAM_CODES[key.stream]
        place = (piece.place, key)
        chosen = self._chosen
        if more_than is not None and chosen is not None and chosen[0] == place and len(chosen[2]) > more_than:
            return chosen[2]
        known = self.disks.entries(piece.block, is_open=piece.is_open or piece.growing)
        if self._chosen is None or self._chosen[:2] != (place, len(known)):
            mine = [
                one
                for one in known
                if one.span == piece.span
                and one.channel == key.channel
                and one.stream == code
                and (piece.is_open or piece.has(one))
            ]
            self._chosen = (place, len(known), mine)
        return self._chosen[2]

    def oldest(self, key: StreamKey) -> int | None:
        """When footage begins that is still shown."""
        shown = self.visible(key)
        kept = self.pieces(key, shown.begin_us, shown.floor_us) if shown.held else []
        if kept:
            return shown.next(kept[0].first_us)
        floor = shown.floor_us
        begin = -(1 << 62) if floor < -LONGEST_PIECE_US else floor - LONGEST_PIECE_US
        opened = [one.first_us for one in self.open_pieces(key) if one.last_us >= floor]
        at = begin
        while True:
            some = self.index.pieces_from(key, at, _NEIGHBOURS, copies=self._copies)
            alive = next((one for one in some if one.last_us >= floor), None)
            if alive is not None:
                return max(floor, min([alive.first_us, *opened]))
            if len(some) < _NEIGHBOURS or some[-1].first_us == at:
                return max(floor, min(opened)) if opened else None
            at = some[-1].first_us

    def newest(self, key: StreamKey) -> int | None:
        """When the newest footage ends."""
        opened = [one.last_us for one in self.open_pieces(key)]
        sealed = [one.last_us for one in self.index.pieces_before(key, 1 << 62, _NEIGHBOURS, copies=self._copies)]
        return max([*opened, *sealed], default=None)

    def open_blocks(self) -> list[BlockRef]:
        """Give every block that is being written."""
        return [BlockRef(d, n, int.from_bytes(i, "little")) for d, n, i in self.index.all_open_blocks()]

    def check_end(self, key: StreamKey) -> None:
        """Raise `DiskSilent` where that was not the end: a block of this stream alone could not be looked into.

        One that others share may hold more of it, too; but then nothing would ever be played to its end meanwhile.
        """
        unseen = self.unseen
        if unseen is None or self._copies:
            return
        self.open_pieces(key, own=True)
        if self.unseen is not None:
            raise self.unseen

    def forget_closed_blocks(self) -> None:
        """Let go of blocks that are no longer open."""
        self.disks.keep_walks(set(self.open_blocks()))


def _extent(piece: Piece) -> Extent:
    times, block = (piece.first_us, piece.last_us), piece.block
    return (*times, piece.span.pack(), piece.bytes, piece.samples, piece.source, block.disk, block.number)


def chunk_at(entries: list[ChunkEntry], at_us: int) -> int:
    """Give the last chunk that begins at or before a time (as stored), or the first."""
    return max(0, bisect_right(entries, at_us, key=lambda one: one.first_us) - 1)

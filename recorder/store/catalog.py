"""The catalog of a disk: a log of rows in two halves, each a checkpoint with the log behind it.

A full half is followed by a checkpoint of everything into the other, so one of the two is whole at every moment.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from recorder.store import row_format, rows
from recorder.store.contents import Contents
from recorder.store.errors import Damaged, UnreadableCatalog, is_bad_sector, not_confirmed
from recorder.store.files import AlignedBuffer, BlockFile
from recorder.store.frame import (
    CHECKPOINT,
    CHECKPOINT_ENDS,
    LEAST_FULL_BYTES,
    MOST_FRAME_BYTES,
    Frame,
    Packed,
    frame_bytes,
    pack_frames,
)
from recorder.store.frame import parse_frame as parse
from recorder.store.identity import Identity
from recorder.store.layout import PAGE
from recorder.store.window import Window

# A checkpoint leaves this share of its half for the log behind it.
_LOG_SHARE = 4


class Position(NamedTuple):
    """How far a catalog goes: the checkpoint, and the number of the last frame behind it."""

    sequence: int
    frame: int


class Log(NamedTuple):
    """One half as read: its frames, and where the next one goes (offset within the half)."""

    half: int
    frames: list[Frame]
    end: int
    cut: bool = False
    """It ends before its end: at a page that the disk does not give, or at one whose durable write the disk lost."""
    beyond: int = 0
    """The sequence of the frame behind such a lost write; 0 without one."""

    @property
    def whole(self) -> bool:
        """Whether the checkpoint is complete."""
        return any(one.flags & CHECKPOINT_ENDS for one in self.frames)

    @property
    def sequence(self) -> int:
        """Of its checkpoint; 0 without one."""
        return self.frames[0].sequence if self.frames else 0


def half_offset(identity: Identity, half: int) -> int:
    """Where a half begins in the catalog file."""
    return PAGE + half * identity.half_bytes


def read_half(file: BlockFile, identity: Identity, half: int) -> Log:
    """Read a half up to its first frame that is not valid or not of the same checkpoint."""
    frames: list[Frame] = []
    # A log has thousands of frames, most of a page: read one by one they would cost a slow disk a minute.
    window = Window(file)
    begin, at = half_offset(identity, half), 0
    while at + PAGE <= identity.half_bytes:
        try:
            page = window.read(PAGE, begin + at)
            size = frame_bytes(page)
            if at + size > identity.half_bytes:
                break
            frame = parse(page if size == PAGE else window.read(size, begin + at), identity.id_bytes)
        except OSError:
            # What stands behind an unreadable page, the other half or the blocks themselves may know.
            return Log(half, frames, at, cut=True)
        except Damaged:
            break
        expected = frames[0].sequence if frames else frame.sequence
        if frame.sequence != expected or frame.number != len(frames):
            break
        ended = any(one.flags & CHECKPOINT_ENDS for one in frames[-1:]) or (
            bool(frames) and not frames[-1].flags & CHECKPOINT
        )
        if bool(frame.flags & CHECKPOINT) == ended:
            break
        frames.append(frame)
        at += frame.frame_bytes
    beyond = _behind_a_lost_write(window, identity, Log(half, frames, at))
    return Log(half, frames, at, cut=beyond > 0, beyond=beyond)


def _behind_a_lost_write(window: Window, identity: Identity, log: Log) -> int:
    """Give the sequence of a frame behind the end that was written after what is missing was durable; else 0.

    A drive that loses its cache while the machine goes on, or that confirms what it never wrote, leaves such a hole. A
    power cut does not: it may lose the first frames of one append and keep its last, but all but the last of an append
    are nearly full, so a frame of the same checkpoint that stands nearer than that is of a later one; and the log of a
    checkpoint begins when that is durable. Looks as far as one lost frame reaches.
    """
    begin = half_offset(identity, log.half)
    for at in range(log.end + PAGE, min(log.end + MOST_FRAME_BYTES, identity.half_bytes - PAGE) + 1, PAGE):
        try:
            size = frame_bytes(window.read(PAGE, begin + at))
            frame = parse(window.read(size, begin + at), identity.id_bytes)
        except (OSError, Damaged):
            continue
        later = frame.sequence == log.sequence and log.whole and at - log.end < LEAST_FULL_BYTES
        if not frame.flags & CHECKPOINT and (
            frame.sequence > log.sequence or (later and frame.number > len(log.frames))
        ):
            return frame.sequence
    return 0


def newest(file: BlockFile, identity: Identity) -> Log:
    """Give the half to go on with; raises `UnreadableCatalog` where neither has a whole checkpoint."""
    return _halves(file, identity)[0]


def _halves(file: BlockFile, identity: Identity) -> tuple[Log, Log]:
    """Give the half to go on with, and the other; raises as `newest` does."""
    halves = [read_half(file, identity, half) for half in (0, 1)]
    if not any(one.whole for one in halves):
        problem = "neither half can be read; `nightjar store rebuild --from-blocks` makes it anew"
        raise UnreadableCatalog(what=f"the catalog of disk {identity.name}", problem=problem)
    log = max((one for one in halves if one.whole), key=lambda one: one.sequence)
    return log, halves[1 - log.half]


def salvage(file: BlockFile, identity: Identity) -> tuple[int, list[Packed]]:
    """Give the highest sequence seen and every row that can still be read, in the order of the log, for a rebuild."""
    logs = sorted((_around_damage(file, identity, half) for half in (0, 1)), key=lambda one: one.sequence)
    return logs[-1].sequence, [row for log in logs for frame in log.frames for row in frame.rows]


def _around_damage(file: BlockFile, identity: Identity, half: int) -> Log:
    """Read a half with what stands behind unreadable pages: frames of the same checkpoint, in their order."""
    log = read_half(file, identity, half)
    frames = list(log.frames)
    begin, at = half_offset(identity, half), log.end
    while log.cut and at + PAGE <= identity.half_bytes:
        try:
            frame = parse(file.read(frame_bytes(file.read(PAGE, begin + at)), begin + at), identity.id_bytes)
        except (OSError, Damaged):
            at += PAGE
            continue
        at += frame.frame_bytes
        if frames and frame.sequence > frames[-1].sequence:
            # The checkpoint's own beginning is what cannot be read: the frames so far are of an older one.
            frames = []
        if not frames or (frame.sequence == frames[-1].sequence and frame.number > frames[-1].number):
            frames.append(frame)
    return log._replace(frames=frames)


def write_anew(file: BlockFile, identity: Identity, contents: Contents, sequence: int) -> None:
    """Write contents as the checkpoint of a half that nothing else is newer than; raises `OSError` and `Damaged`."""
    frames = pack_frames(contents.packed(), disk=identity.id_bytes, sequence=sequence, number=0, checkpoint=True)
    if sum(map(len, frames)) > identity.half_bytes:
        raise Damaged(what=f"the catalog of disk {identity.name}", problem="it holds more than fits")
    buffer = AlignedBuffer(PAGE)
    at = half_offset(identity, sequence % 2)
    for frame in frames:
        file.write(buffer.holding(frame), at)
        at += len(frame)
    file.sync()
    buffer.release()


class Catalog:
    """The catalog of a disk that is open for writing. One thread.

    `file` writes, `reader` reads; contents are what the log says up to `position`.
    """

    def __init__(self, file: BlockFile, reader: BlockFile, identity: Identity) -> None:
        self._file, self._identity = file, identity
        log, other = _halves(reader, identity)
        self._half, self._end = log.half, log.end
        self.is_cut = log.cut
        """The log ends before its end: what was logged last may be missing."""
        self.may_be_old = other.cut and (not other.frames or max(other.sequence, other.beyond) > log.sequence)
        """A half that the disk does not give, or has lost, may be the newer one."""
        self.position = Position(log.sequence, len(log.frames) - 1)
        self.contents = Contents(identity.id_bytes)
        for frame in log.frames:
            self.contents.apply(frame.rows)
        self._log: Log | None = log
        self._buffer = AlignedBuffer(PAGE)

    def since(self, position: Position | None) -> list[Packed] | None:
        """Give the rows behind a position; None when only the whole contents will do."""
        if position == self.position:
            return []
        log = self._log
        if position is None or log is None or not 0 <= position.frame < len(log.frames):
            return None
        if position.sequence != log.sequence or position.sequence != self.position.sequence:
            return None
        return [row for frame in log.frames[position.frame + 1 :] for row in frame.rows]

    def forget_log(self) -> None:
        """Drop what `since` and `take_forgotten` need: the index says all that is here. The contents stay."""
        self._log = None
        self.contents.take_forgotten()

    def append(self, added: Sequence[rows.Row]) -> None:
        """Log rows; they are durable when this returns. Raises `OSError` and `DiskFault`; open it anew then."""
        if not added:
            return
        packed: list[Packed] = [row_format.pack(one) for one in added]
        self.contents.apply(packed)
        sequence, number = self.position
        frames = pack_frames(packed, disk=self._identity.id_bytes, sequence=sequence, number=number + 1)
        if self._end + sum(map(len, frames)) > self._identity.half_bytes:
            self._checkpoint()
            return
        try:
            self._end = self._write(frames, self._half, self._end)
        except OSError as error:
            if not is_bad_sector(error):
                raise
            # The log goes no further in this half; a newer checkpoint in the other one needs nothing of it.
            self._checkpoint()
            return
        self._sync()
        self.position = Position(sequence, number + len(frames))
        if self._log is not None:
            held = [packed] + [[] for _one in frames[1:]]
            self._log.frames.extend(Frame(0, sequence, number + 1 + n, rows_, 0) for n, rows_ in enumerate(held))

    def _checkpoint(self) -> None:
        room = self._identity.half_bytes - self._identity.half_bytes // _LOG_SHARE
        self.contents.forget_what_is_past()
        # A frame of the checkpoint wastes at most a page and one row, so this bound on the rows is safe.
        self.contents.shrink_to(room - room // (MOST_FRAME_BYTES // (2 * PAGE)) - 2 * PAGE)
        self._log = None
        sequence = self.position.sequence + 1
        frames = pack_frames(
            self.contents.packed(), disk=self._identity.id_bytes, sequence=sequence, number=0, checkpoint=True
        )
        half = 1 - self._half
        try:
            end = self._write(frames, half, 0)
        except OSError as error:
            if not is_bad_sector(error):
                raise
            # Better than to record no more: a power cut in this very write costs what only a catalog knows, and the
            # rest is made anew from the blocks.
            half = self._half
            end = self._write(frames, half, 0)
        self._sync()
        self._half, self._end = half, end
        self.position = Position(sequence, len(frames) - 1)

    def _write(self, frames: Iterable[bytes], half: int, at: int) -> int:
        begin = half_offset(self._identity, half)
        for frame in frames:
            if at + len(frame) > self._identity.half_bytes:
                raise Damaged(what=f"the catalog of disk {self._identity.name}", problem="it holds more than fits")
            self._file.write(self._buffer.holding(frame), begin + at)
            at += len(frame)
        self._buffer.shrink(MOST_FRAME_BYTES)
        return at

    def _sync(self) -> None:
        try:
            self._file.sync()
        except OSError as error:
            raise not_confirmed(self._identity.name, error) from error

    def close(self) -> None:
        """Close its file."""
        self._file.close()
        self._buffer.release()

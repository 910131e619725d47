"""Holds and tags: made, changed and ended here, and the same on every disk, one that comes later included (S4, S6).

Of two disks that tell differently the higher revision is right. `done` hears the row when a disk has it durably, or the
error that it met; it is called at once or in a disk's thread.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from recorder.client.clock import Clock
from recorder.client.errors import Invalid, NightjarError, NotFound
from recorder.client.words import _
from recorder.store.contents import Contents
from recorder.store.errors import StoreError
from recorder.store.ids import ID_BYTES, IdSource
from recorder.store.layout import HoldKind
from recorder.store.policy import StorePolicy
from recorder.store.row_format import pack
from recorder.store.rows import GoneRow, HoldRow, Row, RowId, RowKind, TagRow
from recorder.store.volume import Volume

Shared = HoldRow | TagRow
Done = Callable[[Shared | NightjarError], None]
LONGEST_OWNER = 64
LONGEST_WORDS = 256
"""Characters of a reason, and of a tag."""
ROWS_SHARE = 8
"""Holds and tags take at most one part in so many of half a catalog, so that a checkpoint always has room for them."""


class TooMuchLocked(StoreError):
    """The share of the disks that may be locked would be exceeded."""

    status = 507
    words = _(
        "At most {share} % of the disks may be locked, that is {may_mb} MB. {locked_mb} MB are locked, and this lock "
        "would make it {would_mb} MB. Release locks that are no longer needed, or raise the share."
    )


class TooManyNotes(StoreError):
    """The catalogs have no room for more holds and tags."""

    status = 507
    words = _("There are too many locks and tags on disk {disk}. Remove some that are no longer needed.")


class NothingToLock(StoreError):
    """A hold over time of which nothing is recorded."""

    status = 404
    words = _("Nothing is recorded in this time, so there is nothing to lock.")


class NoDiskTakesIt(StoreError):
    """No disk can be written now."""

    words = _("No disk can be written now, so this could not be kept. Check the disks, then try again.")


class Figure(NamedTuple):
    """What one disk says of a hold before it is made, in bytes."""

    disk: str
    total: int
    may: int
    """How much of it the disk's pool lets holds keep."""
    locked: int
    would: int
    touches: bool
    has_room: bool


class Sharer(Protocol):
    """What is needed of the store."""

    ids: IdSource
    policy: StorePolicy

    @property
    def writable(self) -> bool:
        """Whether any disk is written now."""
        ...

    def log(self, rows: Sequence[Row], done: Callable[[bool], None] | None = None) -> None:
        """Write rows to every disk."""
        ...

    def ask_disks(self, question: Callable[[Volume], Figure], done: Callable[[list[Figure]], None]) -> None:
        """Have every disk that is written answer in its own thread; `done` hears all answers, none without a disk."""
        ...

    def wake(self) -> None:
        """Have the writers look now."""
        ...


class SharedRows:
    """All holds and tags that any disk knows. Safe from any thread."""

    def __init__(self, store: Sharer, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._lock = threading.Lock()
        self._known: dict[tuple[RowKind, RowId], Shared] = {}

    def attached(self, contents: Contents) -> tuple[list[Row], list[Row]]:
        """A disk came; gives the rows that it lacks, and those that only it knows and all others need."""
        mine = {
            (kind, one.id): one
            for kind in (RowKind.HOLD, RowKind.TAG)
            for one in contents.of(kind)
            if isinstance(one, HoldRow | TagRow)
        }
        with self._lock:
            newer = [one for place, one in mine.items() if self._is_news(place, one)]
            self._known.update({place: mine[place] for place in mine if mine[place] in newer})
            lacking = [one for place, one in self._known.items() if place not in mine or mine[place] != one]
        return list(lacking), list(newer)

    def forgot(self, gone: Iterable[GoneRow]) -> None:
        """Let go of what the last catalog dropped: a disk that comes has no use for it, and years are many."""
        with self._lock:
            for one in gone:
                if one.kind in {RowKind.HOLD, RowKind.TAG} and len(one.key) == ID_BYTES:
                    self._known.pop((RowKind(one.kind), RowId.parse(one.key)), None)

    def _is_news(self, place: tuple[RowKind, RowId], row: Shared) -> bool:
        known = self._known.get(place)
        return known is None or known.revision < row.revision

    def holds(self) -> list[HoldRow]:
        """Every hold, released and expired ones included, as long as they are remembered."""
        with self._lock:
            return [one for one in self._known.values() if isinstance(one, HoldRow)]

    def tags(self) -> list[TagRow]:
        """Every tag that was not removed."""
        with self._lock:
            return [one for one in self._known.values() if isinstance(one, TagRow) and not one.removed]

    def hold(self, wanted: HoldRow, done: Done) -> HoldRow:
        """Make a hold (its id, revision and times of making are given here); raises `Invalid` for one without sense.

        It keeps footage once `done` heard of it. Refused, through `done`, where too much would be locked.
        """
        now = self._clock.now_us()
        row = wanted._replace(id=self._store.ids.draw(), revision=1, made_us=now, released_us=0)
        _check(row.start_us, row.end_us, row.owner, row.reason)
        if row.expires_us and row.expires_us <= now:
            raise Invalid(problem=_("A lock must not expire before it begins to hold."))
        if not row.reason.strip():
            raise Invalid(problem=_("A lock needs a reason."))
        self._admit(row, done)
        return row

    def change_hold(self, hold: RowId, expires_us: int, done: Done) -> None:
        """Let a hold expire at another time, 0: never; raises `NotFound`."""
        row = self._hold(hold)
        if row.released_us:
            raise Invalid(problem=_("This lock was released."))
        revised = row._replace(expires_us=expires_us, revision=row.revision + 1)
        if row.lives(self._clock.now_us()):
            self._keep(revised, done)
        else:
            # What it held may be locked by others, or gone, by now.
            self._admit(revised, done)

    def release(self, hold: RowId, by: str, reason: str, done: Done) -> None:
        """End a hold; raises `NotFound`. Who did it and why stays on the disks as long as footage of its time does."""
        row = self._hold(hold)
        if row.released_us:
            done(row)
            return
        changes = {"released_us": self._clock.now_us(), "revision": row.revision + 1}
        ended = row._replace(released_by=by[:LONGEST_OWNER], release_reason=reason[:LONGEST_WORDS], **changes)
        self._keep(ended, done)

    def tag(self, wanted: TagRow, done: Done) -> TagRow:
        """Make a tag; id, revision and time of making are given here. Raises `Invalid`."""
        row = wanted._replace(id=self._store.ids.draw(), removed=0, revision=1, made_us=self._clock.now_us())
        _check(row.start_us, max(row.end_us, row.start_us + 1), row.owner, row.words)
        if not row.words.strip():
            raise Invalid(problem=_("A tag needs a name."))
        self._admit(row, done)
        return row

    def rename_tag(self, tag: RowId, words: str, done: Done) -> None:
        """Give a tag other words; raises `NotFound`, `Invalid`."""
        row = self._tag(tag)
        _check(row.start_us, max(row.end_us, row.start_us + 1), row.owner, words)
        if not words.strip():
            raise Invalid(problem=_("A tag needs a name."))
        self._keep(row._replace(words=words, revision=row.revision + 1), done)

    def remove_tag(self, tag: RowId, done: Done) -> None:
        """Remove a tag; raises `NotFound`."""
        row = self._tag(tag)
        self._keep(row._replace(removed=1, revision=row.revision + 1), done)

    def _hold(self, hold: RowId) -> HoldRow:
        with self._lock:
            found = self._known.get((RowKind.HOLD, hold))
        if not isinstance(found, HoldRow):
            raise NotFound(what=_("such a lock"))
        return found

    def _tag(self, tag: RowId) -> TagRow:
        with self._lock:
            found = self._known.get((RowKind.TAG, tag))
        if not isinstance(found, TagRow) or found.removed:
            raise NotFound(what=_("such a tag"))
        return found

    def _admit(self, row: Shared, done: Done) -> None:
        size = len(pack(row)[1])

        def figure(volume: Volume) -> Figure:
            return _figure(volume, row, size, self._store.policy)

        def decide(figures: list[Figure]) -> None:
            refusal = self._refusal(row, figures)
            if refusal is not None:
                done(refusal)
            else:
                self._keep(row, done)

        self._store.ask_disks(figure, decide)

    def _refusal(self, row: Shared, figures: list[Figure]) -> NightjarError | None:
        if not figures:
            return NoDiskTakesIt()
        crowded = next((one for one in figures if not one.has_room), None)
        if crowded is not None:
            return TooManyNotes(disk=crowded.disk)
        if isinstance(row, TagRow):
            return None
        if row.end_us <= self._clock.now_us() and not any(one.touches for one in figures):
            return NothingToLock()
        locked, would = sum(one.locked for one in figures), sum(one.would for one in figures)
        may, total = sum(one.may for one in figures), sum(one.total for one in figures)
        if row.kind != HoldKind.EXPORT and would > locked and would > may:
            share = round(100 * may / total)
            return TooMuchLocked(share=share, may_mb=may >> 20, locked_mb=locked >> 20, would_mb=would >> 20)
        return None

    def _keep(self, row: Shared, done: Done) -> None:
        kind = RowKind.HOLD if isinstance(row, HoldRow) else RowKind.TAG
        with self._lock:
            self._known[kind, row.id] = row

        if not self._store.writable:
            # Kept all the same, and written when a disk comes; but nobody is told that it is safe.
            self._store.log([row])
            done(NoDiskTakesIt())
            return

        def written(durable: bool) -> None:  # noqa: FBT001
            done(row if durable else NoDiskTakesIt())

        self._store.log([row], written)
        self._store.wake()


def _figure(volume: Volume, row: Shared, size: int, policy: StorePolicy) -> Figure:
    identity, contents = volume.identity, volume.catalog.contents
    room = identity.half_bytes // ROWS_SHARE - contents.bytes_of(RowKind.HOLD, RowKind.TAG)
    total = identity.blocks * identity.block_bytes
    may = total * policy.pool(policy.use_of(identity.id).pool).lock_percent // 100
    if isinstance(row, TagRow):
        return Figure(identity.name, total, may, 0, 0, touches=True, has_room=size <= room)
    locked = volume.locked_bytes()
    would = volume.locked_bytes([row])
    return Figure(identity.name, total, may, locked, would, touches=volume.touches(row), has_room=size <= room)


def _check(start_us: int, end_us: int, owner: str, words: str) -> None:
    if not 0 <= start_us < end_us < 1 << 62:
        raise Invalid(problem=_("The end must be after the start."))
    if len(owner) > LONGEST_OWNER or len(words) > LONGEST_WORDS:
        raise Invalid(problem=_("At most {most} characters are kept.").format(most=LONGEST_WORDS))

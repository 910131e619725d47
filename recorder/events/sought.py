"""Which events are asked for, and how the list of events finds them: one question in SQL, values bound."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recorder.client.happened import AlarmState


@dataclass(frozen=True)
class Sought:
    """Which events: [start_us, end_us) touched, of sources and channels (None: all), with a text in their words."""

    start_us: int = 0
    end_us: int = 1 << 62
    sources: Sequence[str] | None = None
    channels: Sequence[int] | None = None
    hidden: frozenset[int] = frozenset()
    """Channels that the caller must not see."""
    text: str = ""
    going_on: bool = False
    """Only those that have not ended."""
    before: int | None = None
    """Only those with a smaller id."""
    limit: int = 100
    states: Sequence[AlarmState] | None = None
    """Only alarms, in one of these states."""
    pinned: bool = False
    """Only those that are pinned."""
    grouped: bool = False
    """Of each group only the newest, with how many there are."""
    without: Sequence[tuple[str, str]] = ()
    """Rules and their items that are left out: somebody muted them."""

    def question(self, columns: str) -> tuple[str, list[Any]]:
        """Give the question and its values; with groups the last column says how many are alike, else it is 1."""
        where, values = self._conditions("event")
        if not self.grouped:
            rest = f"SELECT {columns}, 1 FROM event WHERE {where} ORDER BY id DESC LIMIT ?"  # noqa: S608 - our names
            return rest, [*values, self.limit]
        alike, more = self._conditions("other")
        others = f"FROM event other WHERE other.kin = event.kin AND other.kin > 0 AND {alike}"
        rest = (
            f"SELECT {columns}, max(1, (SELECT count(*) {others})) FROM event"  # noqa: S608 - our names
            f" WHERE {where} AND NOT EXISTS (SELECT 1 {others} AND other.id > event.id) ORDER BY id DESC LIMIT ?"
        )
        return rest, [*more, *values, *more, self.limit]

    def _conditions(self, table: str) -> tuple[str, list[Any]]:
        where = [f"{table}.begin_us < ?", f"({table}.end_us IS NULL OR {table}.end_us >= ?)"]
        values: list[Any] = [self.end_us, self.start_us]
        for column, some in (("source", self.sources), ("channel", self.channels), ("state", self.states)):
            if some is not None:
                where.append(f"{table}.{column} IN ({_places(some)})")
                values += [str(one) if isinstance(one, AlarmState) else one for one in some]
        if self.hidden:
            where.append(f"{table}.channel NOT IN ({_places(self.hidden)})")
            values += sorted(self.hidden)
        if self.text:
            where.append(f"{table}.words LIKE ? ESCAPE '\\'")
            values.append(f"%{_escaped(self.text)}%")
        if self.going_on:
            where.append(f"{table}.end_us IS NULL")
        if self.pinned:
            where.append(f"{table}.pinned = 1")
        for source, item in self.without:
            where.append(f"NOT ({table}.source = ? AND {table}.item = ?)")
            values += [source, item]
        if self.before is not None:
            # Within a group, too: one whose newest was listed before has been told.
            where.append(f"{table}.id < ?" if table == "event" else "1")
            values += [self.before] if table == "event" else []
        return " AND ".join(where), values


def _places(some: Sequence[Any] | frozenset[Any]) -> str:
    return ", ".join("?" * len(some))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

"""Rows of the audit, and how its chain stands."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AuditEntry:
    """A row of the audit: who did what and from where; `old` and `new` are JSON, secrets masked."""

    number: int
    at_us: int
    who: str
    source: str
    page: str
    item: str
    field: str
    old: str
    new: str
    chain: str


@dataclass(frozen=True)
class AuditCheck:
    """How the audit stands: how many rows, the chain of the last, and the first row that is not as it was written."""

    rows: int
    chain: str
    broken_at: int | None = None
    words: str = ""

"""The log as its readers see it: one list of what was changed, of logins, and of what happened."""

from dataclasses import dataclass
from enum import StrEnum

from recorder.client.words import _


class LogType(StrEnum):
    """What an entry is about (D-MNT-01)."""

    SYSTEM = "system"
    CONFIG = "config"
    STORAGE = "storage"
    RECORD = "record"
    ACCOUNT = "account"
    CLEAR = "clear"
    PLAYBACK = "playback"
    CONNECTION = "connection"
    ALARM = "alarm"


class Level(StrEnum):
    """How grave an entry is, the mildest first."""

    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


TYPES: dict[LogType, str] = {
    LogType.SYSTEM: _("System"),
    LogType.CONFIG: _("Settings"),
    LogType.STORAGE: _("Storage"),
    LogType.RECORD: _("Recording"),
    LogType.ACCOUNT: _("Users"),
    LogType.CLEAR: _("Log cleared"),
    LogType.PLAYBACK: _("Playback"),
    LogType.CONNECTION: _("Connections"),
    LogType.ALARM: _("Alarms"),
}
LEVELS: dict[Level, str] = {
    Level.INFO: _("Everyday"),
    Level.NOTICE: _("Worth knowing"),
    Level.WARNING: _("Warning"),
    Level.ERROR: _("Fault"),
}


@dataclass(frozen=True)
class LogEntry:
    """One entry. `id` is `audit-7` or `event-7`: where it is kept, and its number there."""

    id: str
    at_us: int
    type: LogType
    level: Level
    who: str
    address: str
    """Where it was done from: a door and an address, or what an event says of it."""
    title: str
    words: str
    item: str = ""
    channel: int = 0
    """0 where it belongs to no channel."""
    end_us: int | None = None
    """When it was over, of what has a length."""
    old: str = ""
    new: str = ""
    """Of a change: JSON, secrets masked."""


@dataclass(frozen=True)
class LogPage:
    """Some entries, the newest first; `before` asks for those that follow, None: there are no more."""

    entries: tuple[LogEntry, ...]
    before: str | None = None


@dataclass(frozen=True)
class Forwarded:
    """How far the log server is: how many entries wait for it, and how many it will never get."""

    connected: bool
    waiting: int
    lost: int
    words: str

"""Which type and which level an entry of the log has, by what it is called where it is kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from recorder.client.log import Level, LogType

ORDER = tuple(Level)


@dataclass(frozen=True)
class Kind:
    """Type and level."""

    type: LogType
    level: Level


AUDIT: Mapping[str, Kind] = {
    "audit": Kind(LogType.CLEAR, Level.WARNING),
    "log": Kind(LogType.SYSTEM, Level.NOTICE),
    "power": Kind(LogType.SYSTEM, Level.NOTICE),
    "log-server": Kind(LogType.CONNECTION, Level.NOTICE),
    "log-keeping": Kind(LogType.CONFIG, Level.NOTICE),
    "session": Kind(LogType.ACCOUNT, Level.INFO),
    "login": Kind(LogType.ACCOUNT, Level.WARNING),
    "user": Kind(LogType.ACCOUNT, Level.NOTICE),
    "user-group": Kind(LogType.ACCOUNT, Level.NOTICE),
    "directory-login": Kind(LogType.ACCOUNT, Level.NOTICE),
    "directory-group": Kind(LogType.ACCOUNT, Level.NOTICE),
    "disk": Kind(LogType.STORAGE, Level.NOTICE),
    "pool": Kind(LogType.STORAGE, Level.NOTICE),
    "storage-basic": Kind(LogType.STORAGE, Level.NOTICE),
    "channel-storage": Kind(LogType.STORAGE, Level.INFO),
    "record-mode": Kind(LogType.RECORD, Level.NOTICE),
    "record-schedule": Kind(LogType.RECORD, Level.INFO),
    "picture-schedule": Kind(LogType.RECORD, Level.INFO),
    "export": Kind(LogType.PLAYBACK, Level.INFO),
    "hold": Kind(LogType.PLAYBACK, Level.NOTICE),
    "tag": Kind(LogType.PLAYBACK, Level.INFO),
    "rtsp": Kind(LogType.PLAYBACK, Level.INFO),
    "stream-user": Kind(LogType.ACCOUNT, Level.NOTICE),
    "restreaming": Kind(LogType.CONNECTION, Level.NOTICE),
    "network-test": Kind(LogType.CONNECTION, Level.INFO),
}
"""By page, or by what was done where that is no page's change."""
DONE_WITH_CHANNELS = frozenset({"rtsp"})
"""Of these the item is the number of a channel, as on the pages that channels have."""
OTHER_CHANGE = Kind(LogType.CONFIG, Level.INFO)
EVENTS: Mapping[str, Kind] = {
    "system-started": Kind(LogType.SYSTEM, Level.NOTICE),
    "device-fault": Kind(LogType.SYSTEM, Level.ERROR),
    "recording-fault": Kind(LogType.RECORD, Level.ERROR),
    "disk-fault": Kind(LogType.STORAGE, Level.ERROR),
    "network-fault": Kind(LogType.CONNECTION, Level.ERROR),
    "camera-offline": Kind(LogType.CONNECTION, Level.WARNING),
    "illegal-login": Kind(LogType.ACCOUNT, Level.WARNING),
    "motion-detection": Kind(LogType.ALARM, Level.INFO),
    "scene-change": Kind(LogType.ALARM, Level.NOTICE),
}
"""By source."""
OTHER_EVENT = Kind(LogType.ALARM, Level.WARNING)


@dataclass(frozen=True)
class Names:
    """Which names are sought: those, or (`others`) all but those."""

    names: tuple[str, ...]
    others: bool

    @property
    def none(self) -> bool:
        """Whether nothing can be found."""
        return not self.names and not self.others


def names(table: Mapping[str, Kind], other: Kind, types: Collection[LogType], level: Level) -> Names:
    """Give the names of one store that have one of these types (none given: any) and at least this level."""

    def wanted(kind: Kind) -> bool:
        return (not types or kind.type in types) and ORDER.index(kind.level) >= ORDER.index(level)

    others = wanted(other)
    return Names(tuple(name for name, kind in table.items() if wanted(kind) is not others), others)

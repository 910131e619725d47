"""Entries of the log as rows of a list and as lines of a sheet."""

from datetime import tzinfo

from gui.toolkit import theme as t
from gui.toolkit.list import Entry
from gui.toolkit.theme import Colour
from gui.wall.moments import day, time_of_day
from recorder.client.log import LEVELS, TYPES, Level, LogEntry, LogType
from recorder.client.words import _

ICONS: dict[LogType, str] = {
    LogType.SYSTEM: "power",
    LogType.CONFIG: "settings",
    LogType.STORAGE: "disk",
    LogType.RECORD: "record",
    LogType.ACCOUNT: "user",
    LogType.CLEAR: "trash",
    LogType.PLAYBACK: "play",
    LogType.CONNECTION: "network",
    LogType.ALARM: "bell",
}
COLOURS: dict[Level, Colour] = {
    Level.INFO: t.SECOND,
    Level.NOTICE: t.TEXT,
    Level.WARNING: t.WARNING,
    Level.ERROR: t.DANGER,
}


def entry(one: LogEntry, zone: tzinfo) -> Entry:
    """Make a row."""
    about = " · ".join(part for part in (moment(one.at_us, zone), subject(one), who(one)) if part)
    return Entry(one.id, one.words or one.title, about, TYPES[one.type], ICONS[one.type], COLOURS[one.level])


def lines(one: LogEntry, zone: tzinfo) -> list[tuple[str, str]]:
    """Give all that is known of an entry: names and words."""
    found = [(_("Time"), moment(one.at_us, zone))]
    if one.end_us is not None and one.end_us > one.at_us:
        found.append((_("Until"), moment(one.end_us, zone)))
    found += [
        (_("Kind"), f"{TYPES[one.type]}, {LEVELS[one.level].lower()}"),
        (_("About"), subject(one)),
        (_("Who"), one.who),
        (_("From"), place(one.address)),
    ]
    if one.channel:
        found.append((_("Camera"), str(one.channel)))
    if one.old not in {"", "null"}:
        found += [(_("Before"), one.old), (_("After"), one.new)]
    return [(name, words) for name, words in found if words]


def subject(one: LogEntry) -> str:
    """Say what it is about."""
    return f"{one.title} {one.item}".strip()


def who(one: LogEntry) -> str:
    """Say who did it, and where."""
    where = place(one.address)
    return f"{one.who}, {where}" if one.who and where else one.who or where


def place(address: str) -> str:
    """Say where a call came from: a door and an address, as the recorder has it."""
    door, _colon, source = address.partition(":")
    return {"screen": _("at the screen"), "control": _("at the command line"), "web": source}.get(door, address)


def moment(at_us: int, zone: tzinfo) -> str:
    """Give day and time."""
    return f"{day(at_us, zone)} {time_of_day(at_us, zone)}"

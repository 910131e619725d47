"""An event as a row of the list: what happened, when and where, and how far people came with it."""

from collections.abc import Mapping
from datetime import tzinfo

from gui.toolkit import theme as t
from gui.toolkit.list import Entry
from gui.toolkit.theme import Colour
from gui.wall.moments import since
from recorder.client.happened import AlarmState, Happened
from recorder.client.words import _

STATES: Mapping[AlarmState, tuple[str, Colour]] = {
    AlarmState.NEW: (_("New"), t.DANGER),
    AlarmState.PROGRESS: (_("In progress"), t.WARNING),
    AlarmState.FALSE: (_("False alarm"), t.SECOND),
    AlarmState.CLOSED: (_("Closed"), t.GOOD),
}


def key_of(event: Happened) -> int:
    """What a row stands for: its group, so that the mark stays where it is while the group grows."""
    return event.group or event.id


def row_of(event: Happened, names: Mapping[int, str], now_us: int, zone: tzinfo) -> Entry:
    """Give the row."""
    words = event.words
    if event.alike > 1:
        words = _("{words} ({count} times)").format(words=words, count=event.alike)
    when = since(event.begin_us, now_us, zone)
    if event.end_us is None:
        when = _("{moment}, goes on").format(moment=when)
    where = camera_of(event, names)
    icon, colour = ("bell", STATES[event.state][1]) if event.state is not None else ("info", t.FAINT)
    if event.state is AlarmState.CLOSED:
        icon = "check"
    return Entry(
        key_of(event),
        words,
        detail=" · ".join(part for part in (when, where, event.title) if part),
        note=note_of(event),
        icon=icon,
        colour=colour,
    )


def note_of(event: Happened) -> str:
    """Say how far people came with it, and who."""
    parts = [_("Pinned")] if event.pinned else []
    if event.state is not None:
        parts.append(STATES[event.state][0])
    if event.handled_by and event.state is not AlarmState.NEW:
        parts.append(event.handled_by)
    return " · ".join(parts)


def camera_of(event: Happened, names: Mapping[int, str]) -> str:
    """Name the event's camera; "" where it has none."""
    return names.get(event.channel) or (_("Camera {number}").format(number=event.channel) if event.channel else "")

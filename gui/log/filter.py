"""What is sought in the log: type, level, days, and a text anywhere."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from typing import Any

from gui.toolkit.layout import Row
from gui.toolkit.select import Option, Select
from gui.toolkit.text_field import TextField
from recorder.client.clock import SECOND_US
from recorder.client.dates import local
from recorder.client.log import LEVELS, TYPES, Level
from recorder.client.words import _

LONGEST_TEXT = 100


class Days(Enum):
    """Of which days; how many before today it begins and ends."""

    ALL = None
    TODAY = (0, 0)
    YESTERDAY = (1, 1)
    WEEK = (6, 0)
    MONTH = (29, 0)


WORDS = {
    Days.ALL: _("All days"),
    Days.TODAY: _("Today"),
    Days.YESTERDAY: _("Yesterday"),
    Days.WEEK: _("Last 7 days"),
    Days.MONTH: _("Last 30 days"),
}


class Filter(Row):
    """A row of controls; `changed` is called when another list is wanted."""

    def __init__(self, changed: Callable[[], object]) -> None:
        self._changed = changed
        types = [Option("", _("All types")), *(Option(one.value, words) for one, words in TYPES.items())]
        levels = [Option(one, _("All levels") if one is Level.INFO else words) for one, words in LEVELS.items()]
        days = [Option(one, words) for one, words in WORDS.items()]
        self.type = Select(types, "", self._choice, name="type", width=170, steps=False)
        self.level = Select(levels, Level.INFO, self._choice, name="level", width=180, steps=False)
        self.days = Select(days, Days.ALL, self._choice, name="days", width=170, steps=False)
        self.words = TextField(
            on_submit=changed,
            on_change=self._typed,
            name="text",
            placeholder=_("Text, user or address"),
            label=_("Text, user or address"),
            longest=LONGEST_TEXT,
            grow=1,
        )
        self._text = ""
        super().__init__([self.type, self.level, self.days, self.words], gap=12, name="filter")

    @property
    def narrow(self) -> bool:
        """Whether not everything is sought."""
        return bool(self.type.value or self._text) or (self.level.value, self.days.value) != (Level.INFO, Days.ALL)

    def sought(self, now_us: int, zone: tzinfo) -> dict[str, Any]:
        """Give what the API is asked for."""
        found: dict[str, Any] = {}
        if self.type.value:
            found["types"] = self.type.value
        if self.level.value is not Level.INFO:
            found["level"] = self.level.value
        if self._text:
            found["text"] = self._text
        days: tuple[int, int] | None = self.days.value.value
        if days is not None:
            found["start"], found["end"] = _midnight(now_us, zone, -days[0]), _midnight(now_us, zone, 1 - days[1])
        return found

    def _choice(self, _value: object) -> None:
        self._changed()

    def _typed(self, text: str) -> None:
        self._text = text.strip()
        self._changed()


def _midnight(now_us: int, zone: tzinfo, days: int) -> int:
    """Give the begin of a day of the wall clock (UTC)."""
    day = local(now_us, zone).date() + timedelta(days=days)
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * SECOND_US

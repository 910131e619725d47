"""One period of a day as it is written: from, to, and the types that are recorded then."""

from collections.abc import Callable, Sequence

from gui.forms.type_chip import TypeChip
from gui.forms.week import Period
from gui.toolkit import theme as t
from gui.toolkit.button import IconButton
from gui.toolkit.label import Label
from gui.toolkit.layout import Column, Flow, Row
from gui.toolkit.select import Option
from gui.toolkit.theme import Type
from gui.toolkit.time_field import TimeField
from gui.toolkit.widget import Widget
from recorder.client.words import _

TIME = 84.0


class PeriodRow(Column):
    """`at` is its place in the day, from 0; `remove()` is called when it shall go. What is wrong stands below."""

    def __init__(
        self,
        at: int,
        types: Sequence[Option],
        chosen: frozenset[str],
        minutes: tuple[int | None, int | None],
        remove: Callable[[], object],
    ) -> None:
        self.unknown = chosen - {one.value for one in types}
        """Types that this page knows no words for: kept as they are."""
        self.begin = self._time(f"begin-{at}", _("Begins"), minutes[0])
        self.end = self._time(f"end-{at}", _("Ends"), minutes[1])
        self.chips = [
            TypeChip(one, lambda place=place: self._turn(place), name=f"type-{at}-{place}")
            for place, one in enumerate(types)
        ]
        for chip in self.chips:
            chip.select(chip.option.value in chosen)
        self.problem = Label("", Type.SMALL, t.DANGER, lines=2, name=f"problem-{at}")
        self.problem.visible = False
        gone = IconButton("trash", _("Remove this period"), remove, name=f"remove-{at}", units=40, icon_units=20)
        line = Row(
            [
                Label(f"{at + 1}", Type.BODY, t.SECOND, width=18),
                self.begin,
                Label("\u2013", Type.BODY, t.SECOND),
                self.end,
                Flow(self.chips, gap=4, grow=1),
                gone,
            ],
            gap=10,
        )
        super().__init__([line, self.problem], gap=4, name=f"period-{at}")

    def _time(self, name: str, label: str, minute: int | None) -> TimeField:
        return TimeField(minute, lambda _text: self.say(""), name=name, label=label, width=TIME)

    def _turn(self, place: int) -> None:
        chip = self.chips[place]
        chip.select(not chip.selected)
        self.say("")

    @property
    def types(self) -> frozenset[str]:
        """What is chosen."""
        return self.unknown | {one.option.value for one in self.chips if one.selected}

    def say(self, words: str, at: Widget | None = None) -> None:
        """Say what is wrong, at one of its fields or at the row as a whole; "" for nothing."""
        self.problem.say(words)
        self.problem.visible = bool(words)
        for field in (self.begin, self.end):
            field.mark(bool(words) and field is at)

    def read(self) -> Period | None:
        """Give the period; None after it said what is wrong and put the focus there."""
        begin, end = self.begin.minute, self.end.minute
        for field, minute in ((self.begin, begin), (self.end, end)):
            if minute is None:
                return self._refuse(_("Write a time from 00:00 to 24:00, such as 07:30."), field)
        if begin is None or end is None:
            return None
        if end <= begin:
            return self._refuse(_("It must end after it begins."), self.end)
        if not self.types:
            return self._refuse(_("Choose at least one type."), self.chips[0])
        return Period(begin, end, self.types)

    def _refuse(self, words: str, at: Widget) -> None:
        self.say(words, at)
        self.screen.focus_on(at)

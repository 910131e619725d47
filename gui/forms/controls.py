"""The widget for each kind of field; all tell their value the same way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol
from zoneinfo import available_timezones

from gui.dialogs.chooser import ChooseMany
from gui.forms.cell_field import CellField
from gui.forms.schema import Field, Kind
from gui.forms.secret_field import SecretField
from gui.forms.week import DAY_NAMES, LINE_NAMES
from gui.forms.week_field import WeekField
from gui.toolkit import theme as t
from gui.toolkit.button import Button
from gui.toolkit.label import Label
from gui.toolkit.layout import Align
from gui.toolkit.number import NumberField
from gui.toolkit.select import MANY, Option, Select
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import Type
from gui.toolkit.toggle import Toggle
from gui.toolkit.widget import Widget
from recorder.client.words import _

WIDE = 340.0
ALL = "all"


class Control(Protocol):
    """A widget that holds the value of a field."""

    @property
    def widget(self) -> Widget:
        """What is put into the form."""
        ...

    def read(self) -> Any:
        """Give the value as the API takes it."""
        ...

    def show(self, value: Any, /) -> None:
        """Show another value."""
        ...


@dataclass
class Plain:
    """A control made of two functions."""

    widget: Widget
    read: Callable[[], Any]
    show: Callable[[Any], None]


@dataclass(frozen=True)
class Surroundings:
    """What some controls need to know: the channels there are, by number, and the items of other pages."""

    channels: Mapping[int, str]
    items: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])

    def cameras(self, gone: Mapping[int, str] = MappingProxyType({})) -> list[Option]:
        """Give the channels to choose of, with some that are gone."""
        named = {**gone, **self.channels}
        return [Option(number, f"{number}  {name}") for number, name in sorted(named.items())]


def control_for(field: Field, value: Any, changed: Callable[[], object], around: Surroundings) -> Control:
    """Make the control of a field."""
    match field.kind:
        case Kind.SWITCH:
            toggle = Toggle(value is True, lambda _value: changed(), name=field.name)
            return Plain(toggle, lambda: toggle.value, lambda new: toggle.set(new is True))
        case Kind.TEXT | Kind.SECRET:
            return _text(field, value, changed)
        case Kind.WHOLE | Kind.NUMBER:
            return _number(field, value, changed)
        case Kind.CHOICE | Kind.WEEKDAY | Kind.ZONE | Kind.CHANNEL | Kind.DAY | Kind.ITEM:
            return _choice(field, _one_of(field, value, around), value, changed)
        case Kind.CHANNELS | Kind.DAYS | Kind.ITEMS:
            return Several(field, _some_of(field, around), value, changed)
        case Kind.CHANNEL_SET:
            return AllOrSeveral(field, [Option(ALL, _("All, also new ones")), *around.cameras()], value, changed)
        case Kind.SET:
            return AllOrSeveral(field, [Option(ALL, _("Everything")), *field.choices], value, changed)
        case Kind.WEEK:
            week = WeekField(value, field.choices, lambda _value: changed(), name=field.name)
            return Plain(week, lambda: week.value, week.set)
        case Kind.CELLS:
            cells = CellField(value, changed, name=field.name)
            return Plain(cells, lambda: cells.value, cells.set)
        case Kind.WORDS:
            said = Label(_words(value), Type.SMALL, t.SECOND, lines=3, name=field.name)
            return Plain(said, lambda: value, lambda new: said.say(_words(new)))
        case Kind.UNKNOWN:
            return Unknown(field, value)


def _one_of(field: Field, value: Any, around: Surroundings) -> Sequence[Option]:
    """What can be chosen of; a value that is gone meanwhile is among it."""
    match field.kind:
        case Kind.WEEKDAY:
            return [Option(at, name) for at, name in enumerate(DAY_NAMES)]
        case Kind.DAY:
            return _lines()
        case Kind.ZONE:
            return [Option(name, name.replace("_", " ")) for name in sorted(available_timezones())]
        case Kind.CHANNEL:
            gone = {value: str(value)} if isinstance(value, int) and value and value not in around.channels else {}
            return [Option(0, field.nothing or _("None")), *around.cameras(gone)]
        case Kind.ITEM:
            known = around.items.get(field.page, {})
            missed = {value: str(value)} if value not in known and isinstance(value, str) else {}
            return [Option(*one) for one in (missed | dict(known)).items()]
        case _:
            return field.choices


def _some_of(field: Field, around: Surroundings) -> Sequence[Option]:
    match field.kind:
        case Kind.CHANNELS:
            return around.cameras()
        case Kind.DAYS:
            return _lines()
        case _:
            return [Option(*one) for one in around.items.get(field.page, {}).items()]


def _lines() -> Sequence[Option]:
    return [Option(at, name) for at, name in enumerate(LINE_NAMES)]


def _text(field: Field, value: Any, changed: Callable[[], object]) -> Control:
    kind = SecretField if field.kind is Kind.SECRET else TextField
    text = kind(
        value if isinstance(value, str) else "",
        lambda _text: changed(),
        name=field.name,
        label=field.title,
        secret=field.kind is Kind.SECRET,
        longest=field.longest,
        width=WIDE,
    )
    return Plain(text, lambda: text.written, lambda new: text.set(new if isinstance(new, str) else ""))


def _number(field: Field, value: Any, changed: Callable[[], object]) -> Control:
    known = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    number = NumberField(
        known,
        lambda _text: changed(),
        name=field.name,
        low=field.low,
        high=field.high,
        whole=field.kind is Kind.WHOLE,
        unit=field.unit,
        width=200,
    )
    number.label = field.title

    def show(new: Any) -> None:
        number.set("" if not isinstance(new, int | float) else f"{new:g}" if isinstance(new, float) else str(new))

    return Plain(number, lambda: number.number, show)


def _choice(field: Field, options: Sequence[Option], value: Any, changed: Callable[[], object]) -> Control:
    few = len(options) <= MANY
    select = Select(options, value, lambda _value: changed(), name=field.name, width=WIDE, steps=few, title=field.title)
    return Plain(select, lambda: select.value, select.set)


class Unknown:
    """A value of a kind that this screen does not know: it is shown, and stays as it is."""

    def __init__(self, field: Field, value: Any) -> None:
        self._value = value
        self.widget = Label(_words(value), Type.BODY, t.SECOND, lines=3, name=field.name, width=WIDE, align=Align.END)

    def read(self) -> Any:
        """What it was."""
        return self._value

    def show(self, value: Any) -> None:
        """Show another value."""
        self._value = value
        self.widget.say(_words(value))


class Several:
    """Several of many: a button that says which, and a sheet to tick them."""

    def __init__(self, field: Field, options: Sequence[Option], value: Any, changed: Callable[[], object]) -> None:
        self.options = tuple(options)
        self.title = field.title
        self.nothing = field.nothing or _("None")
        self.changed = changed
        self.chosen: list[Any] = list(value) if isinstance(value, list | tuple) else []
        self.widget = Button(self.words(), self.open, name=field.name, width=WIDE, icon="edit", align=Align.START)

    def words(self) -> str:
        """What is chosen, in short."""
        if not self.chosen:
            return self.nothing
        if len(self.chosen) == len(self.options) > 1:
            return _("All")
        labels = {one.value: one.label for one in self.options}
        return ", ".join(labels.get(one, str(one)).split("  ")[0] for one in self.chosen)

    def open(self) -> None:
        """Show all of them."""
        self.widget.screen.navigator.push(ChooseMany(self.title, self.options, self.chosen, self._take))

    def _take(self, chosen: Sequence[Any]) -> None:
        if list(chosen) != self.chosen:
            self.show(list(chosen))
            self.changed()

    def read(self) -> Any:
        """What is chosen."""
        return list(self.chosen)

    def show(self, value: Any) -> None:
        """Choose others."""
        self.chosen = list(value) if isinstance(value, list | tuple) else []
        self.widget.say(self.words())


class AllOrSeveral(Several):
    """Several of many, or all there will ever be: the first option stands for that."""

    def __init__(self, field: Field, options: Sequence[Option], value: Any, changed: Callable[[], object]) -> None:
        super().__init__(field, options, _listed(value), changed)

    def words(self) -> str:
        """What is chosen, in short."""
        return self.options[0].label if ALL in self.chosen else super().words()

    def read(self) -> Any:
        """What is chosen; of channels that are not there now, those that were chosen before stay so."""
        return ALL if ALL in self.chosen else list(self.chosen)

    def show(self, value: Any) -> None:
        """Choose others."""
        super().show(_listed(value))

    def _take(self, chosen: Sequence[Any]) -> None:
        known = {one.value for one in self.options}
        kept = [] if ALL in chosen else [one for one in self.chosen if one not in known]
        super()._take([ALL] if ALL in chosen else [*chosen, *kept])


def _listed(value: Any) -> Any:
    return [ALL] if value == ALL else value


def _words(value: Any) -> str:
    words = str(value) if value not in (None, "", [], {}) else "–"  # noqa: RUF001
    return words if len(words) <= 120 else f"{words[:119]}…"

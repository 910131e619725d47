"""A settings form: a row for each field, what is wrong said at the field, what changed kept apart from what was."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gui.forms.controls import WIDE, Control, Surroundings, control_for
from gui.forms.schema import Field, Kind
from gui.toolkit import theme as t
from gui.toolkit.label import Divider, Label
from gui.toolkit.layout import Card, Column, Row, Spacer
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import Type
from gui.toolkit.widget import Widget
from recorder.client.words import _


class Form(Column):
    """The fields of one page with their values. `on_change()` after every change by hand."""

    def __init__(
        self,
        fields: Sequence[Field],
        values: Mapping[str, Any],
        around: Surroundings,
        on_change: Callable[[], object] | None = None,
        *,
        flat: bool = False,
    ) -> None:
        """`flat` leaves out the cards, for a dialog that is one itself."""
        super().__init__(gap=16, name="form")
        self.fields = tuple(fields)
        self.on_change = on_change
        self._before = dict(values)
        self.rows: dict[str, FormRow] = {}
        for group, members in _grouped(self.fields):
            if group:
                self.add(Label(group, Type.STRONG, t.SECOND))
            parts: list[Widget] = []
            for field in members:
                value = values.get(field.name, field.default)
                row = FormRow(field, control_for(field, value, lambda field=field: self._changed(field), around))
                self.rows[field.name] = row
                parts += [Divider(t.RAISED), row] if parts and not flat else [row]
            self.add(Column(parts, gap=14) if flat else Card(parts, gap=10, pad=(20, 14)))

    def _changed(self, field: Field) -> None:
        self.rows[field.name].say("")
        if self.on_change is not None:
            self.on_change()

    def values(self) -> dict[str, Any]:
        """Give what is set now, of the fields that can be changed."""
        return {
            name: row.control.read()
            for name, row in self.rows.items()
            if not row.field.read_only and row.field.kind not in {Kind.UNKNOWN, Kind.WORDS}
        }

    def changes(self) -> dict[str, Any]:
        """Give only what differs from what was shown first."""
        return {name: value for name, value in self.values().items() if value != self._was(name)}

    def _was(self, name: str) -> Any:
        was = self._before.get(name, self.rows[name].field.default)
        return list(was) if isinstance(was, tuple) else was

    def show(self, values: Mapping[str, Any]) -> None:
        """Show what is stored; nothing counts as changed."""
        self._before = dict(values)
        for name, row in self.rows.items():
            row.control.show(values.get(name, row.field.default))
            row.say("")
            # What a control makes of a value (a week in order, rectangles) is what counts as unchanged.
            if row.field.kind in {Kind.WEEK, Kind.CELLS}:
                self._before[name] = row.control.read()

    def show_saved(self, values: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
        """Show what is stored now; what was changed by hand since it was `sent` stays, and counts as changed."""
        later = {name: value for name, value in self.changes().items() if name not in sent or sent[name] != value}
        self.show(values)
        for name, value in later.items():
            self.rows[name].control.show(value)

    def check(self) -> dict[str, str]:
        """Say at each field what is wrong with it, as far as it can be told here; give the words by field."""
        problems = {name: words for name, row in self.rows.items() if (words := row.check())}
        for name, row in self.rows.items():
            row.say(problems.get(name, ""))
        return problems

    def refuse(self, field: str | None, words: str) -> bool:
        """Say at a field what the API refused; False if there is no such field here."""
        row = self.rows.get((field or "").partition(".")[0])
        if row is None:
            return False
        row.say(words.removeprefix(f"{row.field.title}: "))
        return True

    def first_problem(self) -> Widget | None:
        """Give the widget of the first field with a problem, to put the focus on."""
        row = next((row for row in self.rows.values() if row.problem.visible), None)
        return next((one for one in row.walk() if one.takes_focus), None) if row is not None else None


class FormRow(Column):
    """One field: its words at the left, its control at the right, what is wrong below."""

    def __init__(self, field: Field, control: Control) -> None:
        self.field = field
        self.control = control
        self.problem = Label("", Type.SMALL, t.DANGER, lines=3, name=f"{field.name}-problem")
        self.problem.visible = False
        control.widget.enabled = not field.read_only
        words: list[Widget] = [Label(field.title, Type.BODY, t.TEXT, lines=2)]
        if hint := _hint(field):
            words.append(Label(hint, Type.CAPTION, t.SECOND, lines=3))
        head = Column(words, gap=2, grow=1)
        if field.kind in {Kind.WEEK, Kind.CELLS, Kind.WORDS}:
            super().__init__([head, control.widget, self.problem], gap=10)
        else:
            place = Row([Spacer(), control.widget], width=WIDE)
            super().__init__([Row([head, place], gap=24), self.problem], gap=6)

    def say(self, words: str) -> None:
        """Say what is wrong, or nothing any more."""
        self.problem.say(words)
        self.problem.visible = bool(words)
        widget = self.control.widget
        if isinstance(widget, TextField):
            widget.mark(bool(words))

    def check(self) -> str:
        """Give what is wrong, in words; "" if nothing is."""
        field = self.field
        if field.read_only:
            return ""
        value = self.control.read()
        match field.kind:
            case Kind.WHOLE | Kind.NUMBER:
                return _number_problem(field, value)
            case Kind.TEXT | Kind.SECRET if isinstance(value, str):
                if field.required and not value:
                    return _("This must be filled in.")
                if value and len(value) < field.shortest:
                    return _("At least {count} characters.").format(count=field.shortest)
                if not value and field.shortest:
                    return _("This must be filled in.")
                return ""
            case _:
                return ""


def _number_problem(field: Field, value: Any) -> str:
    if value is None:
        return _("This must be a whole number.") if field.kind is Kind.WHOLE else _("This must be a number.")
    if (field.low is not None and value < field.low) or (field.high is not None and value > field.high):
        return _("Allowed: {range}.").format(range=field.range_words)
    return ""


def _hint(field: Field) -> str:
    parts = [field.hint] if field.hint else []
    if field.read_only and field.kind is not Kind.WORDS:
        parts.append(_("Set by the operating system of this computer."))
    elif field.kind is Kind.UNKNOWN:
        parts.append(_("This can be changed in the browser."))
    if field.restart:
        parts.append(_("Takes effect after a restart."))
    return " ".join(parts)


def _grouped(fields: Sequence[Field]) -> list[tuple[str, list[Field]]]:
    groups: dict[str, list[Field]] = {}
    for field in fields:
        groups.setdefault(field.group, []).append(field)
    return list(groups.items())

"""Steering the dome of a channel, beside its picture: pad, zoom, focus, iris, presets and tours (D-PTZ-02 to -08)."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from pygame import Rect

from gui.dialogs.menu import Item, Menu
from gui.ptz.dome_menu import DomeMenu
from gui.ptz.hold_button import HoldButton
from gui.ptz.name_preset import NamePreset
from gui.ptz.pad import Pad
from gui.ptz.place import beside_the_picture
from gui.ptz.steering import STILL, Motion, Steering
from gui.toolkit import layout
from gui.toolkit import theme as t
from gui.toolkit.button import Button, IconButton, Look
from gui.toolkit.label import Divider, Label
from gui.toolkit.layout import Align, Column, Row
from gui.toolkit.notices import Tone
from gui.toolkit.number import NumberField
from gui.toolkit.page import Page
from gui.toolkit.scroll import Scroll
from gui.toolkit.theme import Type
from gui.toolkit.widget import Widget
from recorder.client.answers import Dome
from recorder.client.api import ApiError
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

NUMBER = 136.0
SPEEDS, USUAL_SPEED = 8, 5
LENS = (
    ("zoom", _("Zoom"), "zoom_in", "zoom_out", _("Zoom in"), _("Zoom out")),
    ("focus", _("Focus"), "focus_far", "focus_near", _("Focus far"), _("Focus near")),
    ("iris", _("Iris"), "iris_open", "iris_close", _("Brighter"), _("Darker")),
)
NUMBERED = (
    (
        "preset",
        _("Preset"),
        "presets",
        (("preset_goto", _("Go")), ("preset_set", _("Save")), ("preset_clear", _("Clear"))),
    ),
    ("tour", _("Tour"), "tours", (("tour_start", _("Start")), ("tour_stop", _("Stop")))),
    (
        "pattern",
        _("Pattern"),
        "patterns",
        (("pattern_run", _("Start")), ("pattern_record", _("Teach")), ("pattern_end", _("End"))),
    ),
    ("scan", _("Scan"), "scans", (("scan_start", _("Start")), ("scan_stop", _("Stop")))),
)
MORE = {
    "home": _("Home"),
    "flip": _("Turn round"),
    "pan_start": _("Turn round and round"),
    "pan_stop": _("Turn no more"),
    "focus_auto": _("Focus by itself"),
    "focus_manual": _("Focus by hand"),
    "iris_auto": _("Brightness by itself"),
    "light_on": _("Light on"),
    "light_off": _("Light off"),
    "menu_open": _("The camera's own menu"),
    "reset": _("Restart the camera"),
}
"""What takes no number."""


class PtzPanel(Page):
    """Lies over the wall. Whatever moves is told to stop when it is let go, covered or closed."""

    covers = False
    scrim = False
    opaque = False

    def __init__(self, rooms: "Rooms", channel: int, name: str) -> None:
        super().__init__(name="ptz")
        self.title = name
        self.rooms = rooms
        self.channel = channel
        self.dome: Dome | None = None
        self.problem = ""
        self.unset = False
        """Whether the channel has no dome yet."""
        self.default_focus = "pad"
        self.numbers: dict[str, NumberField] = {}
        self.steering = Steering(self._move, lambda: rooms.api.stop_dome(channel), self._failed_soon)
        self.keys = {str(number): partial(self._act, "preset_goto", number) for number in range(1, 10)}

    # Its life.

    def opened(self) -> None:
        """Ask what the dome can do."""
        self.steering.start()
        self._load()

    def covered(self) -> None:
        """Something lies over it: nobody steers now."""
        self.steering.want(STILL)

    def closed(self) -> None:
        """Stop what moves."""
        self.steering.close()

    def _load(self) -> None:
        self.work(lambda: self.rooms.api.dome(self.channel), self._loaded, self._not_loaded)

    def _loaded(self, dome: Dome) -> None:
        self.dome, self.problem = dome, ""
        if not dome.online:
            self.problem = _("The line {line} does not work: {reason}").format(line=dome.line, reason=dome.reason)
        number = self.numbers["preset"].number if "preset" in self.numbers else None
        self.rebuild()
        if number is not None and "preset" in self.numbers:
            self.numbers["preset"].set(f"{number:g}")
        self._say_preset()
        self.screen.focus_on("pad" if not self.problem else "again")

    def _not_loaded(self, error: Exception) -> None:
        if self.rooms.recover(self, error, self._load):
            return
        self.problem = self.rooms.words(error)
        self.unset = isinstance(error, ApiError) and error.code in {"NoDome", "NoLine"}
        self.rebuild()
        self.screen.focus_on("set-up" if self.unset else "again")

    # The tree.

    def build(self) -> None:
        """Its name and the way out stay; below them pad, lens, and what is numbered."""
        head = Row(
            [Label(self.title, Type.TITLE, t.TEXT, grow=1, name="title"), IconButton("close", _("Close"), self.close)],
            gap=8,
            pad=layout.Pad(16, 12, 16, 4),
            align=Align.CENTER,
        )
        self.numbers = {}
        parts = self._message() if self.dome is None or self.problem else self._controls(self.dome)
        content = Column(parts, gap=8, pad=layout.Pad(16, 4, 16, 12))
        self.add(Column([head, Scroll(content, grow=1, name="scroll")], gap=0))

    def _message(self) -> list[Widget]:
        parts: list[Widget] = [
            Label(self.problem or _("Asking the camera…"), Type.BODY, t.SECOND, lines=6, name="message")
        ]
        if self.unset:
            parts.append(Button(_("Set it up"), self._set_up, name="set-up", look=Look.PRIMARY))
        elif self.problem:
            parts.append(Button(_("Try again"), self._load, name="again"))
        return parts

    def _set_up(self) -> None:
        self.close()
        self.rooms.settings(page="ptz", channel=self.channel)

    def _controls(self, dome: Dome) -> list[Widget]:
        able = set(dome.actions)
        hint = _("Hold arrows to turn · OK: to the buttons")
        parts: list[Widget] = [
            Row([Pad(self._steer, self._leave_pad)], along=Align.CENTER),
            Label(hint, Type.CAPTION, t.SECOND, lines=2, align=Align.CENTER, name="hint"),
        ]
        speed = self.numbers["speed"] = NumberField(USUAL_SPEED, low=1, high=SPEEDS, name="speed", width=NUMBER)
        parts.append(Row([Label(_("Speed"), Type.BODY, t.SECOND, grow=1), speed], gap=8, align=Align.CENTER))
        for field, title, more, less, more_words, less_words in LENS:
            if more in able:
                keys = [
                    HoldButton("remove", less_words, partial(self._lens, field, -1), name=less),
                    HoldButton("add", more_words, partial(self._lens, field, 1), name=more),
                ]
                parts.append(Row([Label(title, Type.BODY, t.SECOND, grow=1), *keys], gap=8, align=Align.CENTER))
        for name, title, count, deeds in NUMBERED:
            there = [(action, words) for action, words in deeds if action in able]
            if getattr(dome, count) and there:
                parts += self._numbered(name, title, getattr(dome, count), there)
        if any(action in able for action in (*MORE, "preset_set")):
            parts += [Divider(), Button(_("More"), self._more, name="more", icon="more")]
        return parts

    def _numbered(self, name: str, title: str, most: int, deeds: list[tuple[str, str]]) -> list[Widget]:
        field = self.numbers[name] = NumberField(1, low=1, high=most, name=name, width=NUMBER)
        buttons = [
            Button(words, lambda action=action: self._act(action, self._number(name)), name=action, grow=1)
            for action, words in deeds
        ]
        rows: list[Widget] = [
            Divider(),
            Row([Label(title, Type.BODY, t.SECOND, grow=1), field], gap=8, align=Align.CENTER),
            Row(buttons, gap=8),
        ]
        if name == "preset":
            field.on_change = self._preset_changed
            rows[2:2] = [Label("", Type.SMALL, t.ACCENT, name="preset-name")]
            if self.names:
                rows.append(Button(_("By name"), self._by_name, name="by-name"))
        if name == "tour" and self.dome is not None and "tour_add" in self.dome.actions:
            rows.append(Button(self._words_of_adding, self._add_to_tour, name="tour_add"))
        return rows

    @property
    def names(self) -> dict[int, str]:
        """What presets are called, by number."""
        return {one.number: one.name for one in self.dome.preset_names} if self.dome is not None else {}

    def _preset_changed(self, _text: str) -> None:
        self._say_preset()

    def _say_preset(self) -> None:
        label, field = self.find("preset-name"), self.numbers.get("preset")
        if isinstance(label, Label) and field is not None:
            number = int(field.number or 0)
            label.say(self.names.get(number, _("It has no name.")), t.ACCENT if number in self.names else t.FAINT)

        if isinstance(button := self.find("tour_add"), Button):
            button.say(self._words_of_adding)

    @property
    def _words_of_adding(self) -> str:
        """Which preset goes to the tour: its field may be out of sight."""
        field = self.numbers.get("preset")
        return _("Add preset {number}").format(number=int((field.number if field is not None else None) or 1))

    def _by_name(self) -> None:
        items = [
            Item(name, partial(self._call_by_name, number), detail=str(number)) for number, name in self.names.items()
        ]
        found = self.find("by-name")
        self.screen.navigator.push(Menu(items, below=found.rect if found is not None else None, title=self.title))

    def _call_by_name(self, number: int) -> None:
        self.numbers["preset"].set(str(number))
        self._say_preset()
        self._act("preset_goto", number)

    def _name_it(self) -> None:
        number = self._number("preset")

        def give(name: str) -> None:
            self.work(lambda: self.rooms.api.name_preset(self.channel, number, name), lambda _nothing: self._load())

        self.screen.navigator.push(NamePreset(number, self.names.get(number, ""), give))

    def frame(self, screen: Rect) -> Rect:
        """At the right of the picture."""
        return beside_the_picture(self, screen)

    # What it does.

    def _number(self, name: str) -> int:
        """What is written in a field, within its range; the field shows it so."""
        field = self.numbers[name]
        found = int(min(max(field.number or 1, field.low or 1), field.high or 1))
        field.set(str(found))
        return found

    def _share(self) -> float:
        return self._number("speed") / SPEEDS

    def _steer(self, across: int, up: int) -> None:
        self.steering.want(Motion(pan=across * self._share(), tilt=up * self._share()))

    def _lens(self, field: str, sign: int, held: bool) -> None:  # noqa: FBT001
        self.steering.want(Motion(**{field: sign * self._share()}) if held else STILL)

    def _leave_pad(self) -> None:
        self.screen.focus_on("speed")

    def _move(self, motion: Motion) -> object:
        shares = {
            "pan": motion.pan,
            "tilt": motion.tilt,
            "zoom": motion.zoom,
            "focus": motion.focus,
            "iris": motion.iris,
        }
        return self.rooms.api.move_dome(self.channel, **shares)

    def _failed_soon(self, error: Exception) -> None:
        self.screen.post(lambda: self.screen.notices.say(self.rooms.words(error), Tone.BAD))

    def _act(self, action: str, number: int = 0, second: int = 0) -> None:
        said = {
            "preset_set": _("Saved as preset {number}."),
            "preset_clear": _("Preset {number} is cleared."),
            "tour_add": _("Preset {second} was added to tour {number}."),
        }

        def done(_nothing: object) -> None:
            if action in said:
                self.screen.notices.say(said[action].format(number=number, second=second), Tone.GOOD)
            if action == "preset_clear" and number in self.names:
                self._load()

        if self.dome is not None and action in self.dome.actions:
            self.work(lambda: self.rooms.api.dome_action(self.channel, action, number, second), done)

    def _add_to_tour(self) -> None:
        tour, preset = self._number("tour"), self._number("preset") if "preset" in self.numbers else 1
        self._act("tour_add", tour, preset)

    def _deed(self, action: str) -> Callable[[], object]:
        if action == "menu_open":
            return lambda: self.screen.navigator.push(DomeMenu(self.rooms, self.channel, _("Camera's menu")))
        return partial(self._act, action)

    def _more(self) -> None:
        able = self.dome.actions if self.dome is not None else ()
        items = [Item(words, self._deed(action)) for action, words in MORE.items() if action in able]
        if "preset" in self.numbers:
            items.insert(0, Item(_("Name preset {number}").format(number=self._number("preset")), self._name_it))
        found = self.find("more")
        self.screen.navigator.push(Menu(items, below=found.rect if found is not None else None, title=self.title))

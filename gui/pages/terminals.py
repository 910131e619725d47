"""The alarm terminals live: inputs that light up, outputs to switch by hand (D-ALM-03, D-ALM-08, D-HW-09 to -11)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pygame import Rect, Surface

from gui.dialogs.menu import Item, Menu
from gui.dialogs.message import Question
from gui.pages.followed import Followed
from gui.pages.new_box import NewBox, NewSerialBox
from gui.pages.tones import COLOURS
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Column, Grid
from gui.toolkit.scroll import Scroll
from gui.toolkit.theme import RADIUS_LARGE, Colour, Type
from gui.toolkit.widget import Size, Widget
from recorder.client.answers import AlarmInput, Output
from recorder.client.tone import Tone
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

EVERY_S = 0.5
COLUMNS = 4
HIGH = 96.0
LAMP = 9.0
PULSES_S = (1, 5, 30)
LAMPS = {**COLOURS, Tone.FAINT: t.EDGE, Tone.QUIET: t.EDGE}
"""The lamp of what is off is dark."""


@dataclass(frozen=True)
class Both:
    """Inputs and outputs at one moment."""

    inputs: Sequence[AlarmInput]
    outputs: Sequence[Output]


class Terminal(Button):
    """A lamp, what its owner calls it with what stands at the terminal beside that, and how it is."""

    def __init__(self, name: str, one: AlarmInput | Output, act: Callable[[], object]) -> None:
        super().__init__(one.label, act, name=name, height=HIGH)
        self.at = one.name if one.title else ""
        self.words = ""
        self.lamp: Colour = t.EDGE

    @property
    def text(self) -> str:
        """Name and state."""
        return f"{self.label}: {self.words}"

    @property
    def value(self) -> object:
        """Its state."""
        return self.words

    def become(self, words: str, lamp: Colour) -> None:
        """Show another state."""
        if (words, lamp) != (self.words, self.lamp):
            self.words, self.lamp = words, lamp
            self.invalidate()

    @property
    def focus_radius(self) -> float:
        """As a card's."""
        return RADIUS_LARGE

    def measure(self, width: int, height: int) -> Size:
        """All the width of its column."""
        return width, self.px(HIGH)

    def draw(self, surface: Surface) -> None:
        """Draw the card."""
        screen, rect = self.screen, self.rect
        screen.paint.card(surface, rect, t.RAISED if self.focused else t.SURFACE, RADIUS_LARGE)
        pad, lamp = self.px(18), self.px(LAMP)
        at = rect.x + pad + lamp, rect.y + pad + lamp
        screen.paint.disc(surface, at, lamp, self.lamp)
        name = Rect(at[0] + lamp + self.px(12), rect.y + pad, 0, 2 * lamp)
        name.width = rect.right - pad - name.x
        if self.at:
            wide = screen.type.width(self.at, Type.CAPTION)
            beside = Rect(name.right - wide, name.y, wide, name.height)
            screen.type.draw(surface, self.at, beside, Type.CAPTION, t.FAINT)
            name.width -= wide + self.px(10)
        screen.type.draw(surface, self.label, name, Type.STRONG, t.TEXT)
        wide, high = rect.width - 2 * pad, screen.type.line_height(Type.SMALL)
        lines = screen.type.wrap(self.words, Type.SMALL, wide, 2)
        top = name.bottom + self.px(9)
        for nth, line in enumerate(lines):
            screen.type.draw(surface, line, Rect(rect.x + pad, top + nth * high, wide, high), Type.SMALL, t.SECOND)


class Terminals(Followed[Both]):
    """Follows the terminals twice a second."""

    every_s = EVERY_S

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "terminals", _("Inputs and outputs"))
        self._tiles: dict[str, Terminal] = {}

    def ask(self) -> Both:
        """Both lists."""
        return Both(self.rooms.api.inputs(), self.rooms.api.outputs())

    def tools(self) -> list[Widget]:
        """A box that is added, and all outputs off at once."""
        self._adds = Button(_("Add a box"), self._add, name="add-box", icon="add", look=Look.PLAIN)
        off = self.doing(self.rooms.api.reset_outputs, _("All outputs are off but those that are always on."))
        return [
            self._adds,
            Button(_("Switch all off"), off, name="reset", icon="power", look=Look.PLAIN),
        ]

    def _add(self) -> None:
        items = [
            Item(_("In the network"), lambda: self._write(NewBox(self.rooms))),
            Item(_("At a serial line"), lambda: self._write(NewSerialBox(self.rooms))),
        ]
        self.screen.navigator.push(Menu(items, below=self._adds.rect, title=_("Where is the box?")))

    def _write(self, sheet: NewBox | NewSerialBox) -> None:
        self.screen.navigator.push(sheet, then=lambda _done: self.look())

    def nothing(self) -> str:
        """The board has none."""
        return _("This recorder has no alarm terminals. An alarm box can be added.")

    def first(self) -> str:
        """The first of them."""
        return next((name for name in self._tiles if name.startswith("out-")), next(iter(self._tiles), "back"))

    def show(self, told: Both) -> bool:
        """Say what changed."""
        names = {f"in-{one.name}": one.label for one in told.inputs}
        names |= {f"out-{one.name}": one.label for one in told.outputs}
        if list(names.items()) != [(name, tile.label) for name, tile in self._tiles.items()]:
            return True
        self._say(told)
        return False

    def _say(self, told: Both) -> None:
        for one in told.inputs:
            self._tiles[f"in-{one.name}"].become(one.words, LAMPS[one.tone])
        for one in told.outputs:
            self._tiles[f"out-{one.name}"].become(one.words, LAMPS[one.tone])

    def content(self) -> list[Widget] | None:
        """Outputs first: they are what is done something with."""
        told = self.told
        if told is None or not (told.inputs or told.outputs):
            return None
        ins = {
            f"in-{one.name}": Terminal(f"in-{one.name}", one, lambda name=one.name: self._choose_input(name))
            for one in told.inputs
        }
        outs = {
            f"out-{one.name}": Terminal(f"out-{one.name}", one, lambda name=one.name: self._offer(name))
            for one in told.outputs
        }
        self._tiles = {**ins, **outs}
        self._say(told)
        parts: list[Widget] = []
        for title, tiles in ((_("Outputs"), outs), (_("Inputs"), ins)):
            if tiles:
                parts += [Label(title, Type.STRONG, t.SECOND), Grid(COLUMNS, list(tiles.values()), gap=14)]
        return [Scroll(Column(parts, gap=12, pad=4), grow=1, name="scroll")]

    # What is done.

    def _choose_input(self, name: str) -> None:
        """Open its settings; of a box that was added, say first what else can be done."""
        one = next((one for one in self.told.inputs if one.name == name), None) if self.told is not None else None
        if one is None or not one.box:
            self._settings("input", name)
            return
        items = [Item(_("Name and contact"), lambda: self._settings("input", name), icon="settings")]
        tile = self._tiles[f"in-{name}"]
        self.screen.navigator.push(Menu([*items, self._removal(one.box)], below=tile.rect, title=one.label))

    def _removal(self, box: str) -> Item:
        return Item(_("Remove the box {name}").format(name=box), lambda: self._remove(box), line=True)

    def _remove(self, box: str) -> None:
        remove = self.doing(lambda: self.rooms.api.remove_box(box))
        title = _("Remove the box {name}?").format(name=box)
        words = _("All its inputs and outputs go from here, and its relays are switched off.")
        self.screen.navigator.push(Question(title, words, _("Remove"), remove, danger=True))

    def _offer(self, name: str) -> None:
        one = next((one for one in self.told.outputs if one.name == name), None) if self.told is not None else None
        if one is None:
            return
        items = self._switches(one) if one.mode == "auto" else []
        items.append(Item(_("Name and mode"), lambda: self._settings("output", name), icon="settings", line=True))
        items += [self._removal(one.box)] if one.box else []
        tile = self._tiles[f"out-{name}"]
        self.screen.navigator.push(Menu(items, below=tile.rect, title=one.label))

    def _switches(self, one: Output) -> list[Item]:
        api, name = self.rooms.api, one.name
        switch = _("Switch on until it is switched off")
        if one.closed:
            switch = _("Switch off")
        elif one.pulse_s is not None:
            switch = _("Switch on for {seconds:g} s").format(seconds=one.pulse_s)
        items = [Item(switch, self._careful(one, lambda: api.switch_output(name, closed=not one.closed)), icon="power")]
        items += [
            Item(
                _("On for {seconds} s").format(seconds=seconds), self._pulse(one, seconds), icon="clock", line=nth == 0
            )
            for nth, seconds in enumerate(PULSES_S)
        ]
        return items

    def _settings(self, what: str, name: str) -> None:
        self.rooms.settings(page=f"alarm-{what}", item=name)

    def _pulse(self, one: Output, seconds: int) -> Callable[[], None]:
        return self._careful(one, lambda: self.rooms.api.pulse_output(one.name, seconds), pulse=True)

    def _careful(self, one: Output, do: Callable[[], object], *, pulse: bool = False) -> Callable[[], None]:
        """Ask first where something outside is given power, or loses what holds it at rest."""
        act = self.doing(do)
        if not one.warning or (one.closed and not pulse):
            return act
        title = _("Switch {name} on?").format(name=one.label)

        def ask() -> None:
            self.screen.navigator.push(Question(title, one.warning, _("Switch on"), act, danger=True))

        return ask

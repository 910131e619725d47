"""The machine at one glance: temperatures, fans, power, network, clock; what needs a hand stands above it all."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pygame import Surface

from gui.pages.followed import Followed
from gui.pages.tones import COLOURS
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.event import Activate, Event
from gui.toolkit.label import Icon, Label, Progress
from gui.toolkit.layout import Align, Card, Column, Grid, Row
from gui.toolkit.scroll import Scroll
from gui.toolkit.theme import RADIUS_LARGE, Type
from gui.toolkit.widget import Widget
from recorder.client.answers import Hardware
from recorder.client.answers import HardwareGroup as Group
from recorder.client.answers import HardwareLine as Line
from recorder.client.tone import Tone
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

NAMES, BARS, BAR_HIGH = 128.0, 96.0, 20.0
MOST_TROUBLES = 3
"""So many are told above; the rest is counted, and stands in its group."""


class GroupCard(Card):
    """One group; it takes the focus, so that arrows scroll, and ok opens the page that has more of it."""

    def __init__(self, group: Group, opens: Callable[[], object] | None) -> None:
        super().__init__([], gap=8, pad=(20, 16), name=group.name)
        self.focusable = True
        self.opens = opens
        head: list[Widget] = [
            Icon(group.icon, 22, t.ACCENT),
            Label(group.title, Type.STRONG, t.TEXT, grow=1, name=f"{group.name}-title"),
        ]
        if opens is not None:
            head.append(Icon("right", 16, t.SECOND))
        self.add(Row(head, gap=12, align=Align.CENTER, height=30))
        self._lines: list[tuple[Label, Label, Progress | None]] = []
        for at, line in enumerate(group.lines):
            self.add(self._row(group, at, line))

    def _row(self, group: Group, at: int, line: Line) -> Row:
        name = Label(line.name, Type.BODY, t.SECOND, width=NAMES)
        words = Label(line.words, Type.BODY, COLOURS[line.tone], lines=3, grow=1, name=f"{group.name}-{at}")
        parts: list[Widget] = [name, words]
        bar = None
        if line.share is not None:
            bar = Progress(line.share, colour=_bar_colour(line))
            parts.append(Row([bar], width=BARS, height=BAR_HIGH, align=Align.CENTER))
        self._lines.append((name, words, bar))
        return Row(parts, gap=12, align=Align.START)

    def say(self, group: Group) -> None:
        """Say the same lines anew."""
        for (name, words, bar), line in zip(self._lines, group.lines, strict=True):
            name.say(line.name)
            words.say(line.words, COLOURS[line.tone])
            if bar is not None:
                bar.colour = _bar_colour(line)
                bar.set(line.share)

    @property
    def focus_radius(self) -> float:
        """As a card's."""
        return RADIUS_LARGE

    def handle(self, event: Event) -> bool:
        """Open the page that has more."""
        if isinstance(event, Activate) and self.opens is not None:
            self.opens()
            return True
        return super().handle(event)

    def draw(self, surface: Surface) -> None:
        """Draw the card, raised while it has the focus."""
        self.screen.paint.card(surface, self.rect, t.RAISED if self.focused else t.SURFACE, RADIUS_LARGE)


class HardwarePage(Followed[Hardware]):
    """Follows the machine."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "hardware", _("Hardware"))
        self._cards: list[GroupCard] = []
        self._shape: tuple[object, ...] = ()
        self._summary = Label("", Type.TITLE, t.TEXT, lines=4, name="summary")
        self._icon = Icon("check", 28)

    def ask(self) -> Hardware:
        """All of it, in words."""
        return self.rooms.api.hardware()

    def first(self) -> str:
        """The first group."""
        return self._cards[0].name if self._cards else "back"

    def nothing(self) -> str:
        """A board that tells of nothing."""
        return _("The hardware of this machine tells nothing of itself.")

    def tools(self) -> list[Widget]:
        """The pages beside this one."""
        rooms = self.rooms
        return [
            Button(_("Inputs and outputs"), rooms.terminals, name="terminals", icon="bell", look=Look.PLAIN),
            Button(_("Disks"), rooms.storage, name="storage", icon="disk", look=Look.PLAIN),
            Button(_("Network test"), rooms.network_test, name="network-test", icon="network", look=Look.PLAIN),
        ]

    def show(self, told: Hardware) -> bool:
        """Say what changed; other lines need another tree."""
        found = told.groups
        shape = tuple((one.name, tuple((line.name, line.share is None) for line in one.lines)) for one in found)
        anew, self._shape = shape != self._shape, shape
        if not anew:
            for card, group in zip(self._cards, found, strict=True):
                card.say(group)
            self._say(told)
        return anew

    def _say(self, told: Hardware) -> None:
        """Say what is wrong as the recorder says it everywhere, the lines that want a look after it."""
        lines = [one.words for one in told.troubles]
        looked = [line for group in told.groups for line in group.lines if line.tone.trouble]
        if not lines:
            lines = [f"{line.name}: {line.words}" for line in looked]
        if not lines:
            self._summary.say(_("All is well."), t.TEXT)
            self._icon.show("check", t.GOOD)
            return
        if len(lines) > MOST_TROUBLES:
            lines[MOST_TROUBLES:] = [_("and {count} more").format(count=len(lines) - MOST_TROUBLES)]
        colour = t.DANGER if any(line.tone is Tone.BAD for line in looked) else t.WARNING
        self._summary.say("\n".join(lines), colour)
        self._icon.show("warning", colour)

    def content(self) -> list[Widget] | None:
        """What is wrong, and the groups in two columns."""
        told = self.told
        if told is None or not told.groups:
            return None
        found = told.groups
        doors: dict[str, Callable[[], object]] = {"poe": self.rooms.poe, "network-test": self.rooms.network_test}
        self._cards = [GroupCard(one, doors.get(one.opens)) for one in found]
        self._say(told)
        head = Row([self._icon, self._summary], gap=14, pad=(8, 4), align=Align.CENTER)
        columns = Grid(2, [Column(self._cards[at::2], gap=16, name=f"column-{at}") for at in (0, 1)], gap=16)
        return [head, Scroll(Column([columns], pad=4), grow=1, name="scroll")]


def _bar_colour(line: Line) -> t.Colour:
    return COLOURS[line.tone] if line.tone.trouble else t.GOOD

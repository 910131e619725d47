"""Pages that follow how things are: asked again every two seconds, shown as a list or as what stands for none."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from gui.dialogs.menu import Item, Menu
from gui.pages.header import EDGE, header
from gui.toolkit import theme as t
from gui.toolkit.button import Button
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Card, Center, Column, Pad
from gui.toolkit.list import Entry, List
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.theme import Type
from gui.toolkit.widget import Widget
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.timers import Timer

EVERY_S = 2.0
ROW = 64.0
Told = TypeVar("Told")


class Followed(Page, Generic[Told]):
    """A page that asks again and again; `told` is the newest answer, `problem` says why there is no newer one."""

    every_s = EVERY_S

    def __init__(self, rooms: "Rooms", name: str, title: str) -> None:
        super().__init__(name=name)
        self.title = title
        self.rooms = rooms
        self.told: Told | None = None
        self.problem = ""
        self._timer: Timer | None = None

    # What a page says of itself.

    @abstractmethod
    def ask(self) -> Told:
        """Ask how things are; runs on a worker."""

    @abstractmethod
    def show(self, told: Told) -> bool:
        """Show an answer in the widgets that there are; say whether the tree must be made anew."""

    def trouble(self, told: Told) -> str:
        """Say what is wrong though there is an answer."""
        del told
        return ""

    def first(self) -> str:
        """Name the widget that gets the focus as soon as there is an answer."""
        return self.default_focus

    # Its life.

    def opened(self) -> None:
        """Ask, and again every two seconds."""
        self.look()

    def closed(self) -> None:
        """Ask no more."""
        if self._timer is not None:
            self._timer.cancel()

    def uncovered(self) -> None:
        """Something may have been changed."""
        self.look()

    def look(self) -> None:
        """Ask now."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.screen.after(self.every_s, self.look) if self.attached else None
        self.work(self.ask, self._found, self._failed)

    def _found(self, told: Told) -> None:
        before, problem = self.told, self.problem
        self.told, self.problem = told, self.trouble(told)
        anew = self.show(told)
        if before is None or anew or problem != self.problem:
            self.rebuild()
            if before is None and self.screen.navigator.top is self:
                self.screen.focus_on(self.first())

    def _failed(self, error: Exception) -> None:
        if self.rooms.recover(self, error, self.look):
            return
        words = self.rooms.words(error)
        if words != self.problem:
            self.problem = words
            self.rebuild()
            if self.told is None and self.screen.navigator.top is self:
                self.screen.focus_on("again")

    def doing(self, do: Callable[[], object], said: str = "") -> Callable[[], None]:
        """Give what asks for something, says that it was done, and looks again."""

        def done(_nothing: object) -> None:
            if said:
                self.screen.notices.say(said, Tone.GOOD)
            self.look()

        return lambda: self.work(do, done)

    # The tree.

    def tools(self) -> list[Widget]:
        """Give what stands at the right of the head."""
        return []

    @abstractmethod
    def content(self) -> list[Widget] | None:
        """Give what lies below the head; None where there is nothing to show."""

    def nothing(self) -> str:
        """Say that there is nothing."""
        return ""

    def build(self) -> None:
        """Head, and the content or what stands for it."""
        main = Column([self._main()], pad=Pad(EDGE, 8, EDGE, 24), grow=1)
        self.add(Column([header(self.title, self.back, self.tools()), main], gap=0))

    def _main(self) -> Widget:
        content = self.content() if self.told is not None else None
        if content is not None:
            if self.problem:
                content.insert(0, Label(self.problem, Type.BODY, t.WARNING, lines=2, name="problem"))
            return Column(content, gap=10, grow=1)
        words = self.problem or (_("Loading…") if self.told is None else self.nothing())
        parts: list[Widget] = [Label(words, Type.BODY, t.SECOND, lines=4, align=Align.CENTER, name="message")]
        if self.problem:
            parts.append(Button(_("Try again"), self.look, name="again"))
        return Center(Column(parts, gap=18, align=Align.CENTER), grow=1)


class FollowedList(Followed[Told]):
    """A list; choosing a row opens what can be done with it."""

    default_focus = "list"

    def __init__(self, rooms: "Rooms", name: str, title: str) -> None:
        super().__init__(rooms, name, title)
        self.list = List([], self.choose, name="list", row=ROW)

    @abstractmethod
    def entries(self, told: Told) -> Sequence[Entry]:
        """Give the rows."""

    @abstractmethod
    def choose(self, value: Any) -> None:
        """Open what can be done with a row."""

    def show(self, told: Told) -> bool:
        """Fill the list."""
        had = bool(self.list.entries)
        self.list.fill(self.entries(told))
        return had != bool(self.list.entries)

    def above(self) -> list[Widget]:
        """Give what stands above the list."""
        return []

    def content(self) -> list[Widget] | None:
        """The list, where it has rows."""
        return [*self.above(), Card([self.list], pad=8, grow=1)] if self.list.entries else None

    def offer(self, items: Sequence[Item], title: str) -> None:
        """Open a menu beside the marked row, or where the pointer is."""
        row = self.list.row_rect(self.list.marked)
        at = self.screen.pointer if self.screen.last_by == "pointer" else row.move(self.px(56), self.px(40)).topleft
        self.screen.navigator.push(Menu(items, at=at, title=title))

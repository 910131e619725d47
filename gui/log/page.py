"""The log: what was changed, who logged in, what happened; sought, read entry by entry, saved, checked, cleared."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gui.dialogs.message import Message, Question
from gui.log.details import Details
from gui.log.filter import Filter
from gui.log.rows import entry
from gui.pages.header import EDGE, header
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Card, Center, Column, Pad
from gui.toolkit.list import List
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.theme import Type
from recorder.client.clock import SECOND_US
from recorder.client.dates import local
from recorder.client.log import LogEntry, LogPage
from recorder.client.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.rooms import Rooms
    from gui.toolkit.widget import Widget

AT_ONCE = 100
AHEAD = 30
"""So many rows before the last one that is here, those that follow are asked for."""
MOST = 5000
"""Entries that are held; who reads on narrows the list, or saves it."""
ROW = 64.0


class Log(Page):
    """The newest first; more come as one goes down."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(name="log")
        self.title = _("Log")
        self.rooms = rooms
        self.default_focus = "list"
        self.found: tuple[LogEntry, ...] = ()
        self.problem = ""
        self.list = List([], self._open, name="list", row=ROW, on_mark=self._marked)
        self.filter = Filter(self.look)
        self._before: str | None = None
        self._asked = 0
        self._loading = False
        self._begun = False

    def opened(self) -> None:
        """Ask for the newest."""
        self.look()

    def look(self) -> None:
        """Ask anew for what is sought."""
        self.found, self._before = (), None
        self._ask()

    def _ask(self) -> None:
        self._asked += 1
        self._loading = True
        wanted = self._wanted()
        ask = partial(self.rooms.api.log, before=self._before, limit=AT_ONCE, **wanted)
        self.work(ask, partial(self._have, self._asked), partial(self._failed, self._asked))

    def _wanted(self) -> dict[str, Any]:
        return self.filter.sought(self.screen.clock.now_us(), self.rooms.zone)

    def _have(self, number: int, page: LogPage) -> None:
        if number != self._asked:
            return
        first, listed, problem = not self.found, bool(self.list.entries), self.problem
        self.problem, self._loading = "", False
        self.found += page.entries
        self._before = page.before
        if page.before is not None and len(self.found) >= MOST:
            self._before = None
            self.screen.notices.say(_("Only the newest {count} are listed here. Narrow it.").format(count=MOST))
        self.list.fill([entry(one, self.rooms.zone) for one in self.found])
        if first:
            self.list.mark(0)
        if problem or not (listed and self.found):
            self.rebuild()
            if not self._begun and self.found and self.screen.navigator.top is self:
                self.screen.focus_on("list")
            self._begun = True

    def _failed(self, number: int, error: Exception) -> None:
        if number != self._asked or self.rooms.recover(self, error, self.look):
            return
        self._loading = False
        self.problem = self.rooms.words(error)
        self.found = ()
        self.list.fill([])
        self.rebuild()
        if self.screen.navigator.top is self:
            self.screen.focus_on("again")

    def _marked(self, _value: object) -> None:
        if self._before is not None and not self._loading and self.list.marked >= len(self.found) - AHEAD:
            self._ask()

    # What shows.

    def build(self) -> None:
        """Head, what is sought, and the list or what stands for it."""
        tools = [
            Button(_("Check"), self._check, name="check", icon="check", look=Look.QUIET),
            Button(_("Save"), self._save, name="save", icon="save", look=Look.QUIET),
            Button(_("Clear"), self._clear, name="clear", icon="trash", look=Look.QUIET),
        ]
        main = Column([self.filter, self._main()], gap=12, pad=Pad(EDGE, 8, EDGE, 24), grow=1)
        self.add(Column([header(self.title, self.back, tools), main], gap=0))

    def _main(self) -> "Widget":
        if self.found:
            return Card([self.list], pad=8, grow=1)
        words = self.problem or (_("Loading…") if self._loading else self._nothing())
        parts: list[Widget] = [Label(words, Type.BODY, t.SECOND, lines=4, align=Align.CENTER, name="message")]
        if self.problem:
            parts.append(Button(_("Try again"), self.look, name="again"))
        return Center(Column(parts, gap=18, align=Align.CENTER), grow=1)

    def _nothing(self) -> str:
        if self.filter.narrow:
            return _("No entry fits. Choose another type, other days, or a shorter text.")
        return _("Nothing has been logged yet.")

    # What can be done.

    def _open(self, value: str) -> None:
        at = next((at for at, one in enumerate(self.found) if one.id == value), None)
        if at is not None:
            self.screen.navigator.push(Details(self.rooms, self.found[at], self._step))

    def _step(self, by: int) -> LogEntry | None:
        return self.found[self.list.marked] if self.list.mark(self.list.marked + by) else None

    def _check(self) -> None:
        def told(found: Any) -> None:
            self.screen.navigator.push(Message(_("Changes and logins"), found.words))

        self.work(self.rooms.api.check_audit, told)

    def _save(self) -> None:
        sticks: Sequence[Any] = self.rooms.sticks
        start = Path(sticks[0].place) if sticks else self.rooms.instance.exports
        self.rooms.choose_folder(start, self._save_in)

    def _save_in(self, folder: Path) -> None:
        at = local(self.screen.clock.now_us() // SECOND_US * SECOND_US, self.rooms.zone)
        place = folder / f"log-{at:%Y-%m-%d-%H%M%S}.csv"
        api, wanted = self.rooms.api, self._wanted()

        def save() -> None:
            with place.open("xb") as file:
                api.export_log(file, **wanted)

        def saved(_nothing: None) -> None:
            self.screen.notices.say(_("Saved as {name}.").format(name=place.name), Tone.GOOD)

        self.work(save, saved)

    def _clear(self) -> None:
        words = _(
            "All changes and logins are removed from the log and cannot be brought back. "
            "That you cleared it is logged. What happened stays, as long as the list of events is kept."
        )
        self.screen.navigator.push(Question(_("Clear the log?"), words, _("Clear"), self._cleared, danger=True))

    def _cleared(self) -> None:
        def done(_nothing: object) -> None:
            self.screen.notices.say(_("The log was cleared."), Tone.GOOD)
            self.look()

        self.work(self.rooms.api.clear_audit, done)

"""Disks and pools as they are: state, room, oldest footage, bit rate, and how many days fit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gui.pages.header import EDGE, header
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Card, Center, Column, Pad
from gui.toolkit.list import Entry, List
from gui.toolkit.page import Page
from gui.toolkit.theme import Colour, Type
from gui.toolkit.widget import Widget
from gui.wall.moments import day
from gui.wall.sizes import size
from recorder.client.answers import Status
from recorder.client.status import DiskState, DiskStatus, PoolState, PoolStatus
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.timers import Timer

EVERY_S = 2.0
_DISKS: dict[DiskState, tuple[str, Colour]] = {
    DiskState.WRITABLE: (_("recording"), t.GOOD),
    DiskState.FULL: (_("full"), t.WARNING),
    DiskState.SLOW: (_("too slow"), t.WARNING),
    DiskState.READ_ONLY: (_("only plays"), t.WARNING),
    DiskState.FAILED: (_("failed"), t.DANGER),
    DiskState.MISSING: (_("missing"), t.DANGER),
}
_POOLS: dict[PoolState, tuple[str, Colour]] = {
    PoolState.RECORDING: (_("recording"), t.GOOD),
    PoolState.NEARLY_FULL: (_("nearly full of footage that must be kept"), t.WARNING),
    PoolState.FULL: (_("full of footage that must be kept"), t.DANGER),
    PoolState.OUT: (_("none of its disks can be recorded to"), t.DANGER),
    PoolState.EMPTY: (_("no disks"), t.FAINT),
}


class Storage(Page):
    """A list that follows the state of pools and disks; choosing one opens its settings."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(name="storage")
        self.title = _("Disks and pools")
        self.rooms = rooms
        self.status: Status | None = None
        self.problem = ""
        self.default_focus = "list"
        self.list = List([], self._choose, name="list", row=64)
        self._timer: Timer | None = None

    def opened(self) -> None:
        """Ask, and again every two seconds."""
        self._look()

    def closed(self) -> None:
        """Ask no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.screen.after(EVERY_S, self._look) if self.attached else None
        self.work(self.rooms.api.status, self._found, self._failed)

    def _found(self, status: Status) -> None:
        before, problem = self.status, self.problem
        self.status, self.problem = status, ""
        media = status.media
        if media is None:
            self.problem = _("The recording service does not answer. It is started again by itself.")
        self.list.fill([*self._pools(media.pools), *self._disks(media.disks)] if media is not None else [])
        if before is None or problem != self.problem:
            self.rebuild()
            self.screen.focus_on("list")

    def _failed(self, error: Exception) -> None:
        if self.rooms.recover(self, error, self._look):
            return
        words = self.rooms.words(error)
        if words != self.problem:
            self.problem = words
            self.rebuild()

    def build(self) -> None:
        """Head, and the list or what stands for it."""
        self.add(
            Column([header(self.title, self.close), Column([self._main()], pad=Pad(EDGE, 8, EDGE, 24), grow=1)], gap=0)
        )

    def _main(self) -> Widget:
        if self.list.entries:
            return Card([self.list], pad=8, grow=1)
        words = self.problem or (_("Loading…") if self.status is None else _("There is no disk to record on."))
        parts: list[Widget] = [Label(words, Type.BODY, t.SECOND, lines=4, align=Align.CENTER, name="message")]
        if self.problem:
            parts.append(Button(_("Try again"), self._look, name="again", look=Look.PLAIN))
        return Center(Column(parts, gap=18, align=Align.CENTER), grow=1)

    def _pools(self, pools: Sequence[PoolStatus]) -> list[Entry]:
        found: list[Entry] = []
        for one in pools:
            words, colour = _POOLS[one.state]
            parts = [words, *self._since(one.oldest_us)]
            if one.days is not None:
                parts.append(_("room for {days:.1f} days").format(days=one.days))
            label = _("Pool {number}  {name}").format(number=one.number, name=one.name).strip()
            note = _room(one.used_bytes, one.total_bytes, one.write_bytes_per_s)
            found.append(Entry(("pool", str(one.number)), label, " · ".join(parts), note, "settings", colour))
        return found

    def _disks(self, disks: Sequence[DiskStatus]) -> list[Entry]:
        found: list[Entry] = []
        for one in disks:
            words, colour = _DISKS[one.state]
            if one.rebuilt is not None:
                words, colour = _("being read anew, {percent} %").format(percent=one.rebuilt), t.WARNING
            if one.set_aside:
                colour = t.FAINT
            parts = [_("pool {number}").format(number=one.pool), words, *self._since(one.oldest_us)]
            if one.reason:
                parts.append(one.reason)
            note = _room(one.used_bytes, one.total_bytes, one.write_bytes_per_s)
            found.append(Entry(("disk", one.id), one.place or one.name, " · ".join(parts), note, "disk", colour))
        return found

    def _since(self, at_us: int | None) -> list[str]:
        return [] if at_us is None else [_("since {day}").format(day=day(at_us, self.rooms.zone))]

    def _choose(self, chosen: tuple[str, str]) -> None:
        page, item = chosen
        if item:
            self.rooms.settings(page=page, item=item)


def _room(used: int, total: int, rate: int) -> str:
    """Say how much is in use, and how fast it fills: "1.2 of 8.0 TB · 41.3 Mbit/s"."""
    words = _("{used} of {total}").format(used=size(used), total=size(total))
    return f"{words} · " + _("{rate:.1f} Mbit/s").format(rate=rate * 8 / 1e6) if rate else words

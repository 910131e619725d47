"""Searching for motion on the playback page: a region painted over the picture, answered while it is painted.

Nothing is decoded for an answer: it comes from what was seen while it was recorded (docs/design/detection.md).
"""

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from gui.forms.cell_grid import CellGrid
from gui.playback.moment_list import HIGH, WIDE
from gui.playback.moments_found import BEFORE_US, LAG_US, MomentsFound, Span, search
from gui.playback.motion_panel import MotionPanel
from gui.playback.thumbnails import Thumbnails
from gui.playback.window import day_bounds
from gui.toolkit.screen import words_of
from gui.wall.moments import length
from recorder.client.clock import SECOND_US
from recorder.client.grid import WHOLE, to_text
from recorder.client.views import Position
from recorder.client.words import _, counted

if TYPE_CHECKING:
    from gui.playback.page import Playback

REFRESH_US = 20 * SECOND_US
"""How often a day that is still being recorded is searched again."""
JUMPED_US = SECOND_US
"""So long after a jump what is told of the position may be from before it."""


class MotionSearch:
    """Comes over the playback page and goes again; one channel at a time (D-PLAY-13)."""

    def __init__(self, page: "Playback", thumbnails: Thumbnails) -> None:
        self._page = page
        self._thumbnails = thumbnails
        self.grid = CellGrid(0, self.ask, name="region")
        self.grid.over = True
        self.panel = MotionPanel(thumbnails, page.doors.zone, self._act, self.go)
        self.panel.visible = False
        self.on = False
        self._before: list[int] = []
        self._asked = 0
        self._asked_us = 0
        self._jumped_us = 0
        self._day = date.min
        self._days: dict[date, MomentsFound] = {}
        self._left: list[date] = []

    @property
    def found(self) -> MomentsFound | None:
        """What is known so far, of all days together."""
        days = [self._days[one] for one in sorted(self._days, reverse=True)]
        if not days:
            return None
        whole = days[0]
        for one in days[1:]:
            whole = whole.joined(one)
        return whole

    @property
    def channel(self) -> int:
        """The channel that is searched."""
        return self._page.chosen[0]

    # It comes and goes.

    def toggle(self) -> None:
        """Begin to search, or end it."""
        (self.close if self.on else self.open)()

    def open(self) -> None:
        """Show grid and panel over one channel."""
        page = self._page
        if self.on or not page.chosen:
            return
        self.on, self._before = True, list(page.chosen)
        page.side.visible, self.panel.visible = False, True
        channel = page.video.alone or page.chosen[0]
        if page.chosen != [channel]:
            page.choose_channels([channel])
        page.video.lay_over(self.grid)
        page.screen.animate(self.panel.moments)
        page.screen.focus_on(self.grid)
        self._day = page.calendar.selected
        self.ask()

    def close(self) -> None:
        """Show what was shown before."""
        page = self._page
        if not self.on:
            return
        self.on = False
        self._asked += 1
        self._days.clear()
        page.screen.still(self.panel.moments)
        self._thumbnails.close()
        page.video.lay_over(None)
        page.side.visible, self.panel.visible = True, False
        page.timeline.show_found(None)
        if page.chosen != self._before:
            page.choose_channels(self._before)
        page.screen.focus_on("motion")

    # The question.

    def ask(self) -> None:
        """Search day by day, the newest first; an older question is not answered any more."""
        self._asked += 1
        self._days.clear()
        self._left = [self._day - timedelta(days=nth) for nth in range(self.panel.period.value)]
        px = self._page.screen.theme.px
        size = self._page.player.fitted(self.channel, px(WIDE), px(HIGH))
        self._thumbnails.of(self.channel, self._page.player.stream_of(self.channel), size)
        self._show()
        self._next(self._asked)

    def refresh(self) -> None:
        """Search again in a day that is still being recorded."""
        now_us = self._page.screen.clock.monotonic_us()
        if self.on and not self._left and self._day >= self._page.today() and now_us - self._asked_us > REFRESH_US:
            self._left = [self._day]
            self._next(self._asked)

    def _next(self, asked: int) -> None:
        page = self._page
        if not self._left:
            return
        self._asked_us = page.screen.clock.monotonic_us()
        day = self._left.pop(0)
        start_us, end_us = day_bounds(day, page.doors.zone)
        end_us = min(end_us, page.screen.clock.now_us() - LAG_US)
        if start_us >= end_us:
            self._next(asked)
            return
        region = "" if self.grid.cells in {0, WHOLE} else to_text(self.grid.cells)

        def have(found: MomentsFound) -> None:
            if asked == self._asked:
                self._days[day] = found
                self._show()
                self._next(asked)

        def failed(error: Exception) -> None:
            if asked == self._asked:
                self._left.clear()
                self.panel.state.say(words_of(error))

        page.work(partial(search, page.api, self.channel, region, start_us, end_us), have, failed)

    def _show(self) -> None:
        panel, found = self.panel, self.found
        cells = self.grid.cells
        everywhere = cells in {0, WHOLE}
        panel.region.say(
            _("In the whole picture")
            if everywhere
            else counted("In {count} cell", "In {count} cells", cells.bit_count())
        )
        panel.everywhere.visible = not everywhere
        panel.moments.show(found or MomentsFound(), days=panel.period.value > 1)
        panel.explain(unknown=found is not None and bool(found.unknown))
        panel.state.say(self._words(found))
        self._page.timeline.show_found(found)

    def _words(self, found: MomentsFound | None) -> str:
        parts: list[str] = []
        if found is not None and found.moved:
            parts.append(counted("{count} moment.", "{count} moments.", len(found.moved)))
        if self._left or found is None:
            return " ".join([*parts, _("Searching…")])
        if found.looked and not found.moved:
            parts.append(_("Nothing was seen to move here."))
        elif not found.looked and not found.unknown:
            parts.append(_("Nothing is recorded in this time."))
        if found.unknown:
            words = _("{length} recorded without being analysed: nobody knows what moved then.")
            parts.append(words.format(length=length(found.unknown_us)))
        return " ".join(parts)

    # What is done with the answer.

    def _act(self, name: str) -> None:
        match name:
            case "ask":
                self.ask()
            case "back":
                self.close()
            case "everywhere":
                self.grid.show(0)
                self._page.screen.focus_on(self.grid)
                self.ask()
            case _:
                self.step(1 if name == "next" else -1)

    def step(self, way: int) -> None:
        """Go to the next moment (`way` 1), or the one before (-1)."""
        page, found = self._page, self.found
        at_us = page.player.at_us
        to = None
        if found is not None and at_us is not None:
            to = found.after(at_us) if way > 0 else found.before(at_us)
        if to is not None:
            self.go(to)
        else:
            page.screen.notices.say(
                _("Nothing was seen to move after this.") if way > 0 else _("Nothing was seen to move before this.")
            )

    def go(self, span: Span) -> None:
        """Play a moment, from shortly before it."""
        page = self._page
        self._jumped_us = page.screen.clock.monotonic_us()
        page.to_moment(span[0] - BEFORE_US)
        page.do(page.player.transport.normal())
        page.show_position()

    def played(self, told: Position) -> None:
        """Leave out what lies between moments, where that is wished."""
        page, found = self._page, self.found
        if not self.on or found is None or not self.panel.only.value or told.speed <= 0:
            return
        now_us = page.screen.clock.monotonic_us()
        known = found.start_us <= told.at_us < found.end_us
        if not known or found.at(told.at_us) is not None or now_us - self._jumped_us < JUMPED_US:
            return
        to = found.after(told.at_us)
        if to is not None:
            self._jumped_us = now_us
            page.to_moment(to[0] - BEFORE_US)
        elif found.moved and not self._left:
            page.do(page.player.transport.pause())
            page.screen.notices.say(_("Nothing was seen to move after this."))

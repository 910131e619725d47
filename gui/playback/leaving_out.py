"""What playback does with record types that are out of sight: it passes over them, where that is wished (D-PLAY-07)."""

from typing import TYPE_CHECKING

from gui.playback.lane import footage_at, footage_before, next_footage
from recorder.client.clock import SECOND_US
from recorder.client.views import Position
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.playback.page import Playback

JUMPED_US = SECOND_US
"""So long after a jump what is told of the position may be from before it."""


class LeavingOut:
    """Watches where playback is, and where the owner has it stand."""

    def __init__(self, page: "Playback") -> None:
        self._page = page
        self._jumped_us = -JUMPED_US

    def types_changed(self) -> None:
        """Other types are in sight: what is shown is of one of them."""
        page = self._page
        at_us = page.player.at_us
        if at_us is None:
            page.show_day()
            return
        page.show_lanes()
        lanes = page.lanes
        if not page.types.leaves_out or footage_at(lanes, at_us) or not footage_at(page.footage.all(), at_us):
            return
        to = next_footage(lanes, at_us)
        to = footage_before(lanes, at_us) if to is None else to
        if to is not None:
            self._go(to)

    def played(self, told: Position) -> None:
        """Go on where something in sight is recorded; at the last of it stand."""
        page = self._page
        if not page.types.leaves_out or not told.speed or page.motion.on:
            return
        at_us, lanes = told.at_us, page.lanes
        # Beside all that is known the day may still be growing, or playback jumps over the hole by itself.
        if footage_at(lanes, at_us) or not footage_at(page.footage.all(), at_us):
            return
        if page.screen.clock.monotonic_us() - self._jumped_us < JUMPED_US:
            return
        to = next_footage(lanes, at_us) if told.speed > 0 else footage_before(lanes, at_us)
        if to is not None:
            self._go(to)
        else:
            page.do(page.player.transport.pause())
            page.screen.notices.say(
                _("Nothing in sight is recorded after this on this day.")
                if told.speed > 0
                else _("Nothing in sight is recorded before this on this day.")
            )

    def _go(self, to_us: int) -> None:
        page = self._page
        self._jumped_us = page.screen.clock.monotonic_us()
        page.do(page.player.transport.show(to_us))
        page.show_position()

"""A graphics card's monitors as the screen: two pictures in turns, so that nobody sees one that is half drawn.

What changed is copied into the picture that is not shown. It lacks what changed while the other one was written as
well, so each picture remembers its own stale parts.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pygame import Rect, Surface

from gui.presenter import kms_numbers as kms
from gui.presenter.kms import Card, Monitor, Picture
from gui.presenter.output import Patch

BEST_HZ = 60
MOST_STALE = 64
"""Parts that are remembered apart; beyond them, what lies around all of them is one."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Head:
    """A monitor that is fed: its connector, what feeds it, and in which mode."""

    monitor: Monitor
    crtc: int
    mode: kms.Mode


class DrmOutput:
    """All monitors of a card that can show one size; the first decides which."""

    def __init__(self, card: Card, heads: Sequence[Head]) -> None:
        """Takes the card over. Raises OSError."""
        self._card = card
        self._heads = heads
        mode = heads[0].mode
        self.size: tuple[int, int] = (mode.across, mode.down)
        self._pictures: list[Picture] = []
        try:
            self._pictures += (card.picture(self.size) for _one in range(2))
            whole = Rect((0, 0), self.size)
            self._stale: list[list[Rect]] = [[whole], [whole]]
            self._next = 0
            self._flying = 0
            self._flips = True
            self._lit = False
        except OSError:
            self.close()
            raise

    def show(self, canvas: Surface, rects: Sequence[Rect], over: Patch | None) -> None:
        """Copy what changed, and have the monitors show it from their next picture on."""
        for stale in self._stale:
            stale.extend(rects)
            if len(stale) > MOST_STALE:
                stale[:] = [stale[0].unionall(stale[1:])]
        self._land()
        picture, stale = self._pictures[self._next], self._stale[self._next]
        for part in stale:
            picture.memory.put(canvas, part, part.topleft)
        stale.clear()
        if over is not None:
            picture.memory.put(over[0], over[0].get_rect(), over[1])
        self._turn(picture)
        self._next ^= 1

    def _land(self) -> None:
        """Wait until the picture that is written next is seen by nobody."""
        if self._flying and not self._card.flips_over(self._flying):
            log.info("%s does not tell when a picture is shown", self._card.path)
            self._flips = False
        self._flying = 0

    def _turn(self, picture: Picture) -> None:
        if self._lit and self._flips:
            try:
                for head in self._heads:
                    self._card.flip(head.crtc, picture)
                    self._flying += 1
            except OSError as error:
                log.info("%s cannot flip: %s", self._card.path, error)
                self._land()
                self._flips = False
            else:
                return
        for head in self._heads:
            self._card.show(head.monitor, head.crtc, head.mode, picture)
        self._lit = True

    def close(self) -> None:
        """Give memory and card back."""
        for picture in self._pictures:
            picture.memory.close()
            picture.mapped.close()
        # The kernel takes framebuffers and buffers back with the descriptor, and its console has the monitors again.
        self._card.close()


def choose(modes: Iterable[kms.Mode], limit: tuple[int, int]) -> kms.Mode | None:
    """Give the mode a monitor is best in: its own where that is within the limit, else the largest that is."""
    whole = [one for one in modes if one.across and one.down and not one.flags & kms.INTERLACED]
    within = [one for one in whole if one.across <= limit[0] and one.down <= limit[1]]
    if not within:
        return min(whole, key=lambda one: (one.across * one.down, abs(one.hz - BEST_HZ)), default=None)
    return max(within, key=lambda one: (one.type & kms.PREFERRED, one.across * one.down, -abs(one.hz - BEST_HZ)))


def heads(monitors: Sequence[Monitor], limit: tuple[int, int]) -> Iterator[Head]:
    """Give who shows the screen: the first monitor, and others that have its size, each fed by its own."""
    taken: set[int] = set()
    size = limit
    for monitor in monitors:
        crtc = next((one for one in monitor.crtcs if one not in taken), None)
        modes = [one for one in monitor.modes if not taken or (one.across, one.down) == size]
        if crtc is None or (mode := choose(modes, limit)) is None:
            continue
        taken.add(crtc)
        size = (mode.across, mode.down)
        yield Head(monitor, crtc, mode)


def open_drm(path: Path, limit: tuple[int, int]) -> DrmOutput | None:
    """Open a card with what hangs on it; None where no monitor does. Raises OSError."""
    card = Card(path)
    try:
        found = list(heads(card.monitors(), limit))
    except OSError:
        card.close()
        raise
    if not found:
        card.close()
        return None
    return DrmOutput(card, found)

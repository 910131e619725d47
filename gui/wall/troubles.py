"""The bar over the wall that tells what concerns all channels: nothing is recorded, a disk fails, settings are away.

It stays while it is so: silencing the buzzer changes nothing here.
"""

from pygame import Rect, Surface

from gui.toolkit.event import Activate, Event
from gui.toolkit.layout import Align
from gui.toolkit.theme import ACCENT, DANGER, DANGER_DEEP, ON_ACCENT, RADIUS, RADIUS_SMALL, RAISED, SECOND, TEXT, Type
from gui.toolkit.widget import Widget
from gui.wall.causes import Action, Cause, Trouble, cause, of_disk
from gui.wall.doors import Doors
from gui.wall.showing import GRACE_US, Health
from recorder.client.status import DiskState, MediaStatus
from recorder.client.words import _

HEIGHT = 44.0
_GRAVITY = (DiskState.FAILED, DiskState.MISSING, DiskState.READ_ONLY, DiskState.SLOW, DiskState.FULL)


def troubles(
    status: MediaStatus | None, health: Health, control_lost_us: int | None, unrecorded_us: int | None = None
) -> list[Cause]:
    """Give what is wrong with the whole recorder, the gravest first. Lost media is told by each tile."""
    found: list[Cause] = []
    told = status is not None and health.media_lost_us is None
    no_disk = status is not None and told and not status.disks
    # Without any disk the one sentence says both.
    if unrecorded_us is not None and not no_disk:
        found.append(cause(Trouble.UNRECORDED, health.now_us, health.zone, since_us=unrecorded_us))
    if status is not None and told:
        if no_disk:
            found.append(cause(Trouble.NO_DISK, health.now_us, health.zone))
        ill = [disk for disk in status.disks if disk.state in _GRAVITY and not disk.set_aside]
        ill.sort(key=lambda disk: _GRAVITY.index(disk.state))
        found += [of_disk(disk, health.now_us, health.zone) for disk in ill]
    if control_lost_us is not None and health.now_us - control_lost_us >= GRACE_US:
        found.append(cause(Trouble.CONTROL_LOST, health.now_us, health.zone, since_us=control_lost_us))
    return found


class TroubleBar(Widget):
    """One line over the top of the wall with the gravest trouble; gone while there is none."""

    def __init__(self, doors: Doors) -> None:
        super().__init__(name="trouble", focusable=True)
        self.doors = doors
        self.told: list[Cause] = []
        self.visible = False

    def bounds(self, wall: Rect) -> Rect:
        """Give its place: over the top edge, in the middle, as wide as its words."""
        if not self.told:
            return Rect(wall.x, wall.y, 0, 0)
        text, px = self.screen.type, self.px
        wide = text.width(self._words(), Type.SMALL) + text.width(self.told[0].label, Type.SMALL) + px(16 + 28 + 24 + 8)
        rect = Rect(0, wall.y + px(10), min(wide, wall.width - px(32)), px(HEIGHT))
        rect.centerx = wall.centerx
        return rect

    def show(self, status: MediaStatus | None, health: Health) -> None:
        """Take what is so now."""
        told = troubles(status, health, self.doors.control_lost_since_us, self.doors.unrecorded_since_us)
        if told != self.told:
            self.told = told
            self.visible = bool(told)
            self.relayout()

    @property
    def text(self) -> str:
        """What it says."""
        return f"{self._words()} [{self.told[0].label}]" if self.told else ""

    def _words(self) -> str:
        if not self.told:
            return ""
        more = _(" (and {count} more)").format(count=len(self.told) - 1) if len(self.told) > 1 else ""
        return f"{self.told[0].words} {self.told[0].doing}{more}"

    def draw(self, surface: Surface) -> None:
        """Draw it as a card with a button."""
        if not self.told:
            return
        px, paint, text = self.px, self.screen.paint, self.screen.type
        grave = self.told[0].kind is not Trouble.CONTROL_LOST
        paint.fill(surface, self.rect, DANGER_DEEP if grave else RAISED, RADIUS)
        paint.outline(surface, self.rect, DANGER if grave else SECOND, RADIUS)
        wide = text.width(self.told[0].label, Type.SMALL) + px(24)
        button = Rect(self.rect.right - wide - px(8), self.rect.y + px(8), wide, self.rect.height - px(16))
        paint.fill(surface, button, ACCENT, RADIUS_SMALL)
        text.draw(surface, self.told[0].label, button, Type.SMALL, ON_ACCENT, Align.CENTER)
        words = Rect(self.rect.x + px(16), self.rect.y, button.x - self.rect.x - px(28), self.rect.height)
        text.draw(surface, self._words(), words, Type.SMALL, TEXT)

    def handle(self, event: Event) -> bool:
        """Do what the trouble offers."""
        if not isinstance(event, Activate) or not self.told:
            return super().handle(event)
        match self.told[0].action:
            case Action.STORAGE_SETTINGS:
                self.doors.storage_settings()
            case Action.HEALTH:
                self.doors.health()
            case _:
                self.doors.help(self.told[0].short, self.told[0].help)
        return True

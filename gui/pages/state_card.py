"""How the recorder is, at the foot of the main menu: whether cameras record, and a line for each disk."""

from collections.abc import Sequence
from datetime import tzinfo

from gui.toolkit.label import Icon, Label, Progress
from gui.toolkit.layout import Align, Card, Row
from gui.toolkit.theme import DANGER, GOOD, SECOND, TEXT, WARNING, Colour, Type
from gui.wall.causes import of_disk
from gui.wall.moments import since
from hal.client.sizes import size
from recorder.client.answers import Status
from recorder.client.status import DiskState, DiskStatus, PoolStatus
from recorder.client.words import _, counted

MOST_DISKS = 4
"""Each has a line; of more, those in trouble come first, and the rest is counted."""
NAME_WIDTH, BAR_WIDTH = 180.0, 170.0


class Line(Row):
    """An icon, a name, words, and how full."""

    def __init__(self, name: str) -> None:
        self.icon = Icon("disk", 20, SECOND)
        self.title = Label("", Type.STRONG, TEXT, width=NAME_WIDTH, name=f"{name}-name")
        self.words = Label("", Type.BODY, SECOND, grow=1, name=name)
        self.bar = Progress(0.0, colour=SECOND)
        self.holder = Row([self.bar], width=BAR_WIDTH, name=f"{name}-used")
        super().__init__([self.icon, self.title, self.words, self.holder], gap=12, align=Align.CENTER, height=30)

    def show(self, icon: str, colour: Colour, title: str, words: str, used: float | None = None) -> None:
        """Say something."""
        self.icon.show(icon, colour)
        self.title.say(title)
        self.words.say(words, DANGER if colour == DANGER else SECOND)
        self.holder.visible = used is not None
        self.bar.set(used or 0.0)


class StateCard(Card):
    """Lines that are made anew only when another number of them is needed."""

    def __init__(self) -> None:
        super().__init__([], gap=4, pad=(20, 14), name="state")
        self._lines: list[Line] = []

    def show(self, status: Status | None, now_us: int, zone: tzinfo) -> None:
        """Take what control told last."""
        told = lines_of(status, now_us, zone)
        if len(told) != len(self._lines):
            self.clear()
            self._lines = [self.add(Line(f"state-{at}")) for at in range(len(told))]
            self.relayout()
        for line, words in zip(self._lines, told, strict=True):
            line.show(*words)


Told = tuple[str, Colour, str, str, float | None]


def lines_of(status: Status | None, now_us: int, zone: tzinfo) -> list[Told]:
    """Give icon, colour, title, words and fill of each line."""
    if status is None:
        return [("info", WARNING, _("Recorder"), _("The settings service is starting."), None)]
    if status.media is None:
        return [("warning", DANGER, _("Recording"), _("The recording service does not answer."), None)]
    return [_cameras(status), *_disks(status.media.disks, status.media.pools, now_us, zone)]


def _cameras(status: Status) -> Told:
    title = _("Cameras")
    if not status.channels:
        return "camera", SECOND, title, _("There is no camera yet."), None
    recording, all_of_them = status.channels_recording, status.channels
    if recording == all_of_them:
        words = _("All {count} are recording.") if all_of_them > 1 else _("Recording.")
        return "camera", GOOD, title, words.format(count=all_of_them), None
    words = _("{recording} of {count} are recording.").format(recording=recording, count=all_of_them)
    return "camera", WARNING, title, words, None


def _disks(disks: Sequence[DiskStatus], pools: Sequence[PoolStatus], now_us: int, zone: tzinfo) -> list[Told]:
    if not disks:
        return [("warning", DANGER, _("Disks"), _("There is no disk to record on."), None)]
    ordered = sorted(disks, key=lambda one: (not _ill(one), one.pool, one.name))
    days = {pool.number: pool.days for pool in pools}
    lines = [_disk(one, days.get(one.pool), now_us, zone) for one in ordered[:MOST_DISKS]]
    if len(ordered) > MOST_DISKS:
        rest = ordered[MOST_DISKS:]
        free = sum(one.total_bytes - one.used_bytes for one in rest)
        words = _("{count} more, {free} free").format(count=len(rest), free=size(free))
        lines.append(("disk", DANGER if any(map(_ill, rest)) else GOOD, _("Other disks"), words, None))
    return lines


def _ill(disk: DiskStatus) -> bool:
    return disk.state is not DiskState.WRITABLE and not disk.set_aside


def _disk(disk: DiskStatus, days: float | None, now_us: int, zone: tzinfo) -> Told:
    used = disk.used_bytes / disk.total_bytes if disk.total_bytes > 0 else None
    if _ill(disk):
        told = of_disk(disk, now_us, zone)
        return "warning", DANGER, disk.name, told.words, used
    parts = [_("{used} of {total} used").format(used=size(disk.used_bytes), total=size(disk.total_bytes))]
    if disk.oldest_us is not None:
        parts.append(_("footage since {moment}").format(moment=since(disk.oldest_us, now_us, zone)))
    if days is not None and days >= 1 and disk.write_bytes_per_s:
        parts.append(counted("{count} day fits", "{count} days fit", int(days)))
    return "disk", SECOND if disk.set_aside else GOOD, disk.name, ", ".join(parts), used

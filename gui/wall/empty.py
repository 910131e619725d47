"""The wall without a camera: one calm sheet with the time, how disk and network are, and what to do first."""

from gui.toolkit.button import Button, Look
from gui.toolkit.label import Icon, Label
from gui.toolkit.layout import Align, Center, Column, Row, Spacer
from gui.toolkit.theme import DANGER, FAINT, GOOD, SECOND, TEXT, WARNING, Colour, Type
from gui.wall.causes import of_disk
from gui.wall.doors import Doors
from gui.wall.moments import long_day, time_of_day
from gui.wall.showing import Health
from hal.client.sizes import size
from recorder.client.status import DiskState, DiskStatus, MediaStatus
from recorder.client.words import _


class EmptySheet(Center):
    """Clock, date, disk, network, "Add a camera", "Try simulated cameras"."""

    DEFAULT_FOCUS = "add-camera"

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self.clock = Label("", Type.CLOCK, TEXT, align=Align.CENTER, name="clock")
        self.date = Label("", Type.TITLE, SECOND, align=Align.CENTER, name="date")
        self.disk_icon, self.disk = Icon("disk", 20), Label("", Type.BODY, SECOND, name="disk")
        self.network_icon, self.network = Icon("network", 20), Label("", Type.BODY, SECOND, name="network")
        self.network_row = Row([self.network_icon, self.network], gap=10)
        self.words = Label("", Type.BODY, FAINT, align=Align.CENTER, name="words")
        self.simulated = Button(_("Try simulated cameras"), doors.try_simulated, name="try-simulated", icon="play")
        buttons = Row(
            [
                Button(_("Add a camera"), doors.add_camera, name=self.DEFAULT_FOCUS, look=Look.PRIMARY, icon="add"),
                self.simulated,
            ],
            gap=14,
        )
        super().__init__(
            Column(
                [
                    self.clock,
                    self.date,
                    Spacer(26),
                    Column([Row([self.disk_icon, self.disk], gap=10), self.network_row], gap=8, align=Align.CENTER),
                    Spacer(30),
                    self.words,
                    Spacer(2),
                    buttons,
                ],
                gap=6,
                align=Align.CENTER,
            )
        )

    def show(self, status: MediaStatus | None, health: Health) -> None:
        """Take what is so now."""
        hidden = status is not None and bool(status.names)
        self.words.say(_("Log in to see the cameras.") if hidden else _("There is no camera yet."))
        self.clock.say(time_of_day(health.now_us, health.zone, seconds=False))
        self.date.say(long_day(health.now_us, health.zone))
        words, icon, colour = disk_line(status, health)
        self.disk.say(words)
        self.disk_icon.show(icon, colour)
        self.network_row.visible = bool(self.doors.network)
        self.network.say(self.doors.network)
        self.simulated.visible = self.doors.simulation


def disk_line(status: MediaStatus | None, health: Health) -> tuple[str, str, Colour]:
    """Say in a line how the disks are: words, icon, colour of the icon."""
    if status is None or health.gone() is not None:
        return _("The recording service is starting."), "disk", WARNING
    if not status.disks:
        return _("There is no disk to record on."), "warning", DANGER
    ill = next((disk for disk in status.disks if disk.state is not DiskState.WRITABLE and not disk.set_aside), None)
    if ill is not None:
        return of_disk(ill, health.now_us, health.zone).words, "warning", DANGER
    return _disks_work(status.disks), "disk", GOOD


def _disks_work(disks: tuple[DiskStatus, ...]) -> str:
    free = sum(max(0, disk.total_bytes - disk.used_bytes) for disk in disks)
    total = sum(disk.total_bytes for disk in disks)
    name = disks[0].name if len(disks) == 1 else _("{count} disks").format(count=len(disks))
    return _("{name}: ready to record, {free} of {total} free").format(name=name, free=size(free), total=size(total))

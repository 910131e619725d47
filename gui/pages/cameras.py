"""The cameras: what each is called, how it is, and what can be done with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gui.dialogs.menu import Item, Menu
from gui.dialogs.message import Question
from gui.pages.header import EDGE, header
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Card, Center, Column, Pad
from gui.toolkit.list import Entry, List
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.theme import Colour, Type
from gui.toolkit.widget import Widget
from gui.wall.causes import of_stream
from recorder.client.answers import Channel
from recorder.client.camera_clock import camera_clock_words
from recorder.client.status import StreamState, StreamStatus
from recorder.client.stream import StreamName
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.timers import Timer

EVERY_S = 2.0


class Cameras(Page):
    """A list that follows the state of the cameras; choosing one opens what can be done."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(name="cameras")
        self.title = _("Cameras")
        self.rooms = rooms
        self.channels: Sequence[Channel] | None = None
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

    def uncovered(self) -> None:
        """Something may have been added or changed."""
        self._look()

    def _look(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.screen.after(EVERY_S, self._look) if self.attached else None
        self.work(self.rooms.api.channels, self._found, self._failed)

    def _found(self, channels: Sequence[Channel]) -> None:
        before, problem = self.channels, self.problem
        self.channels, self.problem = list(channels), ""
        self.list.fill([self._entry(one) for one in channels])
        if before is None or bool(before) != bool(channels) or problem:
            self.rebuild()
            if before is None:
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
        poe = Button(_("PoE ports"), self.rooms.poe, name="poe", look=Look.PLAIN)
        add = Button(_("Add camera"), self.rooms.add_camera, name="add", icon="add", look=Look.PRIMARY)
        self.add(
            Column(
                [
                    header(self.title, self.close, [poe, add]),
                    Column([self._main()], pad=Pad(EDGE, 8, EDGE, 24), grow=1),
                ],
                gap=0,
            )
        )

    def _main(self) -> Widget:
        if self.channels:
            parts: list[Widget] = [Card([self.list], pad=8, grow=1)]
            if self.problem:
                parts.insert(0, Label(self.problem, Type.BODY, t.WARNING, lines=2, name="problem"))
            return Column(parts, gap=10, grow=1)
        words = self.problem or (_("Loading…") if self.channels is None else _("There is no camera yet."))
        parts = [Label(words, Type.BODY, t.SECOND, lines=4, align=Align.CENTER, name="message")]
        if self.problem:
            parts.append(Button(_("Try again"), self._look, name="again"))
        return Center(Column(parts, gap=18, align=Align.CENTER), grow=1)

    def _entry(self, channel: Channel) -> Entry:
        main = stream_of(channel, StreamName.MAIN)
        words, colour = self._state(channel, main)
        return Entry(
            channel.number,
            f"{channel.number}  {channel.name}",
            detail=words,
            note=figures(main),
            icon="camera" if channel.enabled else "camera_off",
            colour=colour,
        )

    def _state(self, channel: Channel, main: StreamStatus | None) -> tuple[str, Colour]:
        if not channel.enabled:
            return _("Switched off"), t.FAINT
        if main is None:
            return _("Waiting for the recording service"), t.WARNING
        if main.state is StreamState.PLAYING:
            words = _("Live, recording") if main.recording else _("Live, not recording")
            off = camera_clock_words(main.clock_off_us)
            return (f"{words}. {off}.", t.WARNING) if off else (words, t.GOOD)
        found = of_stream(main, self.screen.clock.now_us(), self.rooms.zone)
        colour = t.WARNING if main.state in {StreamState.CONNECTING, StreamState.STALLED} else t.DANGER
        return f"{found.words} {found.doing}", colour

    def _choose(self, number: int) -> None:
        channel = next((one for one in self.channels or () if one.number == number), None)
        if channel is None:
            return
        rooms = self.rooms
        items = [
            Item(_("Edit camera"), lambda: rooms.channel_settings(number), icon="edit"),
            Item(_("User and password"), lambda: rooms.enter_password(number), icon="lock"),
            Item(_("Record schedule"), lambda: rooms.settings(page="record-schedule", channel=number), icon="schedule"),
            Item(_("Playback"), lambda: rooms.playback(number), icon="search"),
            Item(_("Remove camera"), lambda: self._remove(channel), icon="trash", line=True),
        ]
        row = self.list.row_rect(self.list.marked)
        at = self.screen.pointer if self.screen.last_by == "pointer" else row.move(self.px(56), self.px(40)).topleft
        self.screen.navigator.push(Menu(items, at=at, title=channel.name))

    def _remove(self, channel: Channel) -> None:
        words = _(
            "“{name}” is no longer shown or recorded, and its settings are deleted. Its recordings stay until they are "
            "overwritten."
        ).format(name=channel.name)

        def gone(_nothing: object) -> None:
            self.screen.notices.say(_("“{name}” was removed.").format(name=channel.name), Tone.GOOD)
            self._look()

        def remove() -> None:
            self.work(lambda: self.rooms.api.remove_channel(channel.number), gone)

        self.screen.navigator.push(Question(_("Remove this camera?"), words, _("Remove"), remove, danger=True))


def stream_of(channel: Channel, name: StreamName) -> StreamStatus | None:
    """Give the status of one stream of a channel."""
    return next((one for one in channel.streams if one.stream is name), None)


def figures(status: StreamStatus | None) -> str:
    """Say what a stream is: "1920x1080 · H.264 · 25 fps · 4.1 Mbit/s"; "" while nothing is known."""
    if status is None or status.state is not StreamState.PLAYING:
        return ""
    parts: list[str] = []
    if status.width and status.height:
        parts.append(f"{status.width}×{status.height}")  # noqa: RUF001
    if status.codec:
        parts.append({"h264": "H.264", "h265": "H.265"}.get(status.codec, status.codec.upper()))
    if status.frames_per_s:
        parts.append(_("{rate:.0f} fps").format(rate=status.frames_per_s))
    if status.bits_per_s:
        parts.append(_("{rate:.1f} Mbit/s").format(rate=status.bits_per_s / 1e6))
    return " · ".join(parts)

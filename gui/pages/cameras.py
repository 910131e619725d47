"""The cameras: what each is called, how it is, and what can be done with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gui.dialogs.menu import Item
from gui.dialogs.message import Question
from gui.pages.followed import FollowedList
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.list import Entry
from gui.toolkit.theme import Colour
from gui.toolkit.widget import Widget
from gui.wall.causes import of_stream
from recorder.client.answers import Channel
from recorder.client.camera_clock import camera_clock_words
from recorder.client.status import StreamState, StreamStatus
from recorder.client.stream import StreamName
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms


class Cameras(FollowedList[Sequence[Channel]]):
    """A list that follows the state of the cameras; choosing one opens what can be done."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "cameras", _("Cameras"))

    def ask(self) -> Sequence[Channel]:
        """The channels."""
        return self.rooms.api.channels()

    def nothing(self) -> str:
        """None was added yet."""
        return _("There is no camera yet.")

    def first(self) -> str:
        """The list, or the way to the first camera."""
        return "list" if self.list.entries else "add"

    def tools(self) -> list[Widget]:
        """The ports that cameras hang on, and one more camera."""
        return [
            Button(_("PoE ports"), self.rooms.poe, name="poe", look=Look.PLAIN),
            Button(_("Add a camera"), self.rooms.add_camera, name="add", icon="add", look=Look.PRIMARY),
        ]

    def entries(self, told: Sequence[Channel]) -> Sequence[Entry]:
        """A row for each."""
        return [self._entry(one) for one in told]

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

    def choose(self, value: int) -> None:
        """Edit, schedule, playback, remove."""
        number = value
        channel = next((one for one in self.told or () if one.number == number), None)
        if channel is None:
            return
        rooms = self.rooms
        items = [
            Item(_("Edit camera"), lambda: rooms.channel_settings(number), icon="edit"),
            Item(_("User and password"), lambda: rooms.enter_password(number), icon="lock"),
            Item(_("Record schedule"), lambda: rooms.settings(page="record-schedule", channel=number), icon="schedule"),
            Item(_("Test the connection"), lambda: rooms.network_test(number), icon="network"),
            Item(_("Playback"), lambda: rooms.playback(number), icon="search"),
            Item(_("Remove camera"), lambda: self._remove(channel), icon="trash", line=True),
        ]
        self.offer(items, channel.name)

    def _remove(self, channel: Channel) -> None:
        words = _(
            "“{name}” is no longer shown or recorded, and its settings are deleted. Its recordings stay until they are "
            "overwritten."
        ).format(name=channel.name)

        said = _("“{name}” was removed.").format(name=channel.name)
        remove = self.doing(lambda: self.rooms.api.remove_channel(channel.number), said)
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

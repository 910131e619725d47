"""Which channels are played, up to four at once, and which stream of each (D-PLAY-05, D-PLAY-06)."""

from collections.abc import Callable, Mapping, Sequence

from gui.playback.player import MOST_CHANNELS
from gui.toolkit.button import Button, Look
from gui.toolkit.layout import Align, Column, Row
from gui.toolkit.notices import Tone
from gui.toolkit.scroll import Scroll
from recorder.client.stream import StreamName
from recorder.client.words import _

NAMES = {StreamName.MAIN: _("Main"), StreamName.SUB: _("Sub"), StreamName.SUB2: _("Sub 2")}
STREAM_WIDE = 84.0
Played = Mapping[int, tuple[StreamName, Sequence[StreamName]]]
"""Of each channel the stream that is played, and those of which anything is recorded."""


class ChannelList(Scroll):
    """A row for each channel; `changed` is told the chosen numbers in their order.

    A channel that is on and not simply played from its main stream says which stream it is; where both are recorded a
    press takes the other, and `switched` is told.
    """

    def __init__(self, changed: Callable[[list[int]], object], switched: Callable[[int, StreamName], object]) -> None:
        self.rows = Column([], gap=2, remembers=True)
        self.chosen: list[int] = []
        self._names: dict[int, str] = {}
        self._played: Played = {}
        self._changed, self._switched = changed, switched
        super().__init__(self.rows, name="channels", grow=1)

    def show(self, channels: Sequence[tuple[int, str]], chosen: Sequence[int], played: Played) -> None:
        """Show these channels, which of them are on, and from which stream."""
        names, told = dict(channels), {number: played[number] for number in chosen if number in played}
        if (names, list(chosen), told) == (self._names, self.chosen, self._played):
            return
        self._names, self.chosen, self._played = names, list(chosen), told
        focus = self.screen.focus.name if self.attached and self.screen.focus is not None else ""
        self.rows.clear()
        for number, name in channels:
            on = number in self.chosen
            row = Button(
                name,
                lambda number=number: self.toggle(number),
                name=f"channel-{number}",
                look=Look.QUIET,
                icon="check" if on else "camera",
                align=Align.START,
                height=34,
            )
            row.selected, row.grow = on, 1
            self.rows.add(Row([row, *self._stream(number)], gap=4))
        if self.attached and focus.startswith(("channel-", "stream-")):
            self.screen.focus_on(focus if self.find(focus) is not None else focus.replace("stream", "channel"))

    def _stream(self, number: int) -> list[Button]:
        """Give the button for the stream; none where the main one alone is recorded, as it mostly is."""
        played, there = self._played.get(number, (StreamName.MAIN, ()))
        if played is StreamName.MAIN and len(there) < 2:
            return []
        other = next((one for one in there if one is not played), None)
        label = NAMES[played]
        button = Button(
            label,
            lambda: self._switched(number, other) if other is not None else None,
            name=f"stream-{number}",
            height=34,
            width=STREAM_WIDE,
        )
        if other is None:
            button.hint = _("Only the {stream} stream is recorded on this day.").format(stream=label)
        else:
            words = _("The {stream} stream is played. The {other} one is recorded too.")
            button.hint = words.format(stream=label, other=NAMES[other])
        button.enabled = other is not None
        return [button]

    def toggle(self, number: int) -> None:
        """Turn a channel on or off; the last one stays on, a fifth is refused."""
        chosen = [one for one in self.chosen if one != number]
        if number not in self.chosen:
            if len(chosen) >= MOST_CHANNELS:
                words = _("Up to {count} channels play at once. Switch one off first.").format(count=MOST_CHANNELS)
                self.screen.notices.say(words, Tone.WARNING)
                return
            chosen = sorted([*chosen, number])
        if chosen:
            self._changed(chosen)

    @property
    def value(self) -> object:
        """The channels that are on."""
        return tuple(self.chosen)

"""Which channels are played: a list of switches, up to four on at once (D-PLAY-05)."""

from collections.abc import Callable, Sequence

from gui.playback.player import MOST_CHANNELS
from gui.toolkit.button import Button, Look
from gui.toolkit.layout import Align, Column
from gui.toolkit.notices import Tone
from gui.toolkit.scroll import Scroll
from recorder.client.words import _


class ChannelList(Scroll):
    """A row for each channel; `changed` is told the chosen numbers in their order."""

    def __init__(self, changed: Callable[[list[int]], object]) -> None:
        self.rows = Column([], gap=2, remembers=True)
        self.chosen: list[int] = []
        self._names: dict[int, str] = {}
        self._changed = changed
        super().__init__(self.rows, name="channels", grow=1)

    def show(self, channels: Sequence[tuple[int, str]], chosen: Sequence[int]) -> None:
        """Show these channels, and which of them are on."""
        names = dict(channels)
        if names == self._names and list(chosen) == self.chosen:
            return
        self._names, self.chosen = names, list(chosen)
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
            row.selected = on
            self.rows.add(row)
        if self.attached and focus.startswith("channel-"):
            self.screen.focus_on(focus)

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

"""The bar below the timeline: the time, the keys of the player, marks, export, zoom (D-PLAY-09)."""

from collections.abc import Callable
from datetime import tzinfo

from gui.playback.cut import Cut
from gui.playback.transport import Mode, Transport, pace_words
from gui.toolkit.button import Button, IconButton, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column, Pad, Row, Spacer
from gui.toolkit.theme import ACCENT, FAINT, SECOND, SURFACE, TEXT, WARNING, Type
from gui.wall import manner
from gui.wall.moments import day, length, time_of_day
from recorder.client.words import _

MODES: dict[Mode, str] = {
    Mode.STOPPED: _("Stopped"),
    Mode.PAUSED: _("Paused"),
    Mode.PLAYING: _("Playing"),
    Mode.SEEKING: _("Seeking…"),
    Mode.WAITING: _("Waiting…"),
    Mode.ENDED: _("End of recording"),
}
Act = Callable[[str], Callable[[], object]]


class TransportBar(Row):
    """Buttons and words; `act` gives what a button does by its name."""

    def __init__(self, act: Act, zone: tzinfo) -> None:
        self.zone = zone
        self.clock = Label("", Type.HEADLINE, TEXT, name="time", width=128)
        self.date = Label("", Type.CAPTION, SECOND, name="date", width=128)
        self.mode = Label("", Type.CAPTION, SECOND, name="mode", width=112)
        self.pace = Label("", Type.TITLE, TEXT, name="speed", width=112)
        self.play = IconButton(
            "play", _("Play"), act("play_or_pause"), name="play", look=Look.PRIMARY, units=52, icon_units=28
        )
        self.marked = Label("", Type.CAPTION, ACCENT, name="marked", align=Align.END, width=104)
        self.export = Button(_("Export"), act("export"), name="export", icon="export")
        super().__init__(
            [
                Column([self.clock, self.date], gap=0),
                Column([self.pace, self.mode], gap=2),
                Spacer(),
                IconButton("rewind", _("Slower"), act("slower"), name="slower"),
                IconButton("play_back", _("Play backwards"), act("reverse"), name="reverse"),
                IconButton("step_back", _("One frame back"), act("step_back"), name="step-back"),
                self.play,
                IconButton("step", _("One frame on"), act("step"), name="step"),
                IconButton("stop", _("Stop"), act("stop"), name="stop"),
                IconButton("forward", _("Faster"), act("faster"), name="faster"),
                Spacer(),
                IconButton("zoom_out", _("More time"), act("zoom_out"), name="zoom-out"),
                IconButton("zoom_in", _("Less time"), act("zoom_in"), name="zoom-in"),
                Spacer(10),
                self.marked,
                IconButton("mark_in", _("Begin here"), act("mark_in"), name="mark-in"),
                IconButton("mark_out", _("End here"), act("mark_out"), name="mark-out"),
                IconButton("lock", _("Lock, or release"), act("lock"), name="lock"),
                self.export,
                Spacer(10),
                IconButton("tag", _("Tag this moment"), act("tag"), name="tag"),
                IconButton("tags", _("Tags"), act("tags"), name="tags"),
                IconButton("snapshot", _("Save this picture"), act("picture"), name="picture"),
            ],
            gap=4,
            pad=Pad(16, 8, 16, 10),
            ground=SURFACE,
            name="transport",
            remembers=True,
        )

    def show(self, transport: Transport, cut: Cut) -> None:
        """Show what the player does."""
        at_us = transport.at_us
        # "12:00:00 PM" is half as long again, and there is no more room.
        self.clock.size = Type.TITLE if manner.current().twelve else Type.HEADLINE
        self.clock.say(time_of_day(at_us, self.zone) if at_us is not None else "--:--:--")
        self.date.say(day(at_us, self.zone) if at_us is not None else "")
        self.pace.say(pace_words(transport.pace, backwards=transport.backwards))
        grave = transport.mode in {Mode.WAITING, Mode.ENDED}
        self.mode.say(MODES[transport.mode], WARNING if grave else FAINT)
        going = transport.running and transport.mode is not Mode.ENDED
        self.play.show("pause" if going else "play", _("Pause") if going else _("Play"))
        self.marked.say(self._marked_words(cut))

    def _marked_words(self, cut: Cut) -> str:
        """How long the cut is, or where its only mark stands."""
        if cut.is_whole:
            return length(cut.length_us)
        if cut.start_us is not None:
            return _("from {time}").format(time=time_of_day(cut.start_us, self.zone))
        return _("until {time}").format(time=time_of_day(cut.end_us, self.zone)) if cut.end_us is not None else ""

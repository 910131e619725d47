"""What is to be seen and known of the marked event: its picture out of the recording, and its words."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING

from gui.events.rows import STATES, camera_of
from gui.playback.player import Player
from gui.playback.video import VideoArea
from gui.toolkit import theme as t
from gui.toolkit.label import Label
from gui.toolkit.layout import Column
from gui.toolkit.scroll import Scroll
from gui.toolkit.theme import Type
from gui.wall.moments import length, long_day, time_of_day
from recorder.client.clock import SECOND_US
from recorder.client.happened import AlarmState, Happened, ReactionState
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.wall.pictures import Pictures

WIDTH = 400.0
PICTURE = 225.0
"""Units: as wide as high like most cameras' pictures."""
MOST_COMMENTS = 4


class Preview(Column):
    """A column beside the list. Its picture stands; nothing is decoded before an event was marked for a moment."""

    def __init__(self, pictures: "Pictures | None", zone: tzinfo) -> None:
        self.zone = zone
        self.player = Player(pictures) if pictures is not None else None
        self.video = VideoArea(self._sized)
        self.title = Label("", Type.STRONG, t.TEXT, lines=4, name="event-words")
        self.when = Label("", Type.SMALL, t.SECOND, lines=3, name="event-when")
        self.state = Label("", Type.BODY, t.SECOND, lines=2, name="event-state")
        self.more = Label("", Type.SMALL, t.SECOND, lines=14, name="event-more")
        self._stage = Column([self.video], height=PICTURE, gap=0)
        words = Column([self.title, self.when, self.state, self.more], gap=8, pad=(2, 0))
        super().__init__([self._stage, Scroll(words, name="event-scroll")], gap=12, width=WIDTH)

    def _sized(self, places: dict[int, tuple[int, int]]) -> None:
        if self.player is not None:
            self.player.choose(places)

    def say(self, event: Happened | None, names: Mapping[int, str]) -> None:
        """Say what the list knows of an event."""
        if event is None:
            for one in (self.title, self.when, self.state, self.more):
                one.say("")
            return
        self.title.say(event.words)
        begin = f"{long_day(event.begin_us, self.zone)}, {time_of_day(event.begin_us, self.zone)}"
        lasted_us = (event.end_us or 0) - event.begin_us
        # A start, or a wrong password, happens and does not last.
        lasted = _("goes on") if event.end_us is None else length(lasted_us) if lasted_us >= SECOND_US else ""
        place = camera_of(event, names)
        self.when.say(" · ".join(part for part in (begin, lasted, place, event.title) if part))
        if event.state is None:
            self.state.say("")
        else:
            words, colour = STATES[event.state]
            if event.handled_by and event.state is not AlarmState.NEW and event.handled_us is not None:
                words = _("{state}: {who}, {time}").format(
                    state=words, who=event.handled_by, time=time_of_day(event.handled_us, self.zone, seconds=False)
                )
            self.state.say(words, colour)
        self.more.say("\n".join(self._lines(event)))

    def _lines(self, event: Happened) -> list[str]:
        lines = [_("To do: {words}").format(words=event.instructions)] if event.instructions else []
        lines += [f"{one.who}: {one.words}" for one in event.comments[-MOST_COMMENTS:]]
        lines += [
            f"{one.linkage}: {one.words or one.state.value}"
            for one in event.reactions
            if one.state in {ReactionState.FAILED, ReactionState.SKIPPED}
        ]
        return lines

    def show_picture(self, event: Happened, name: str) -> None:
        """Show the recorded picture of the moment at which it began."""
        self.video.say("")
        self.video.show([(event.channel, name)], self.zone)
        if self.player is not None:
            self.player.do(self.player.transport.show(event.begin_us))
            self._give()

    def no_picture(self, words: str) -> None:
        """Say why there is none."""
        if self.player is not None and self.player.transport.is_open:
            self.player.close()
        self.video.show([], self.zone)
        self.video.say(words)

    def look(self) -> None:
        """Take a new picture, if there is one."""
        if self.player is None:
            return
        changed, _told = self.player.look()
        self._give()
        for tile in self.video.tiles:
            if tile.channel in changed:
                tile.invalidate()

    def _give(self) -> None:
        if self.player is not None:
            for tile in self.video.tiles:
                tile.picture = self.player.shown.get(tile.channel)

    def close(self) -> None:
        """No more pictures."""
        if self.player is not None:
            self.player.close()

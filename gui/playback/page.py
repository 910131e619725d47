"""The playback page: find a moment by day and timeline, watch it, cut it out (D-PLAY-01, D-PLAY-04, 05, 08, 09)."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import partial

from gui.memory import Note, PlaybackPlace
from gui.playback.calendar_view import CalendarView
from gui.playback.channel_list import ChannelList
from gui.playback.cut import Cut
from gui.playback.evidence import Evidence
from gui.playback.finding import Finding
from gui.playback.keys import KEYS
from gui.playback.lane import (
    Stretch,
    footage_at,
    length_within,
    next_footage,
    next_recording,
    previous_recording,
)
from gui.playback.leaving_out import LeavingOut
from gui.playback.legend import Legend
from gui.playback.motion_search import MotionSearch
from gui.playback.player import Player
from gui.playback.thumbnails import Thumbnails
from gui.playback.time_sheet import TimeSheet
from gui.playback.timeline import Timeline
from gui.playback.transport import PRESSES
from gui.playback.transport_bar import TransportBar
from gui.playback.type_list import PAD, TypeList
from gui.playback.video import VideoArea
from gui.playback.window import HOUR_US, Window
from gui.toolkit.button import IconButton
from gui.toolkit.event import Event, Key
from gui.toolkit.label import Divider, Label
from gui.toolkit.layout import Align, Column, Pad, Row
from gui.toolkit.notices import Tone
from gui.toolkit.theme import SURFACE, Type
from gui.wall.doors import Doors
from gui.wall.moments import length, local
from gui.wall.pictures import Pictures
from recorder.client.answers import Tag
from recorder.client.api import ApiClient
from recorder.client.clock import SECOND_US
from recorder.client.views import PlayState, Position
from recorder.client.words import _

SIDE = 270.0
SMALL = 36.0
"""The buttons beside the title, which has to fit as well."""
REFRESH_S = 5.0
"""How often today's recordings are asked for again."""
TOLD_HOLE_US = 60 * SECOND_US
"""A jump over a hole longer than this is told."""
NOTED_US = 5 * SECOND_US
"""How exactly is remembered where a running playback is."""
SCRUB_US = 120_000
"""The shortest time between two seeks of one drag."""


class Playback(Finding):
    """Recorded time of up to four channels on one clock."""

    shows_video = True
    default_focus = "play"
    title = _("Playback")

    def __init__(
        self,
        pictures: Pictures,
        api: ApiClient,
        doors: Doors,
        channels: Sequence[int] = (),
        at_us: int | None = None,
        note: Note | None = None,
        *,
        running: bool = False,
    ) -> None:
        """`channels` and `at_us` say what to show first; else the first channel and the newest recording.

        `note` is told what is played where, whenever that changes. With `running` it plays at once.
        """
        super().__init__(Player(pictures), api, doors, channels, at_us, running=running)
        self.cut = Cut()
        self.evidence = Evidence(self)
        self.leaving_out = LeavingOut(self)
        self._thumbnails = Thumbnails(pictures)
        self._note = note
        self._scrubbed_us = 0
        self.keys = {key: partial(self.act, name) for key, name in KEYS.items()}

    # Its life.

    def build(self) -> None:
        """Video and channels above, timeline and keys below."""
        zone, today = self.doors.zone, self.today()
        start = local(self._first_us, zone).date() if self._first_us is not None else today
        window = Window.of_day(start, zone)
        self.video = VideoArea(self.player.choose)
        self.calendar = CalendarView(start, today, choose=self.choose_day, turned=self._month_turned)
        self.list = ChannelList(self.choose_channels, self.choose_stream)
        self.types = TypeList(self.leaving_out.types_changed)
        self.legend = Legend()
        self.timeline = Timeline(window, zone, seek=self.seek, scrub=self.scrub, cut=self._show_cut)
        self.bar = TransportBar(lambda name: partial(self.act, name), zone)
        self.motion = MotionSearch(self, self._thumbnails)
        self.side = Column(
            [
                Row(
                    [
                        IconButton("back", _("Back"), self.back, name="back", units=SMALL),
                        Label(self.title, Type.TITLE, grow=1),
                        IconButton(
                            "clock", _("Go to a time"), partial(self.act, "time"), name="go-to-time", units=SMALL
                        ),
                        IconButton(
                            "zoom_in", _("Look closer"), partial(self.act, "closer"), name="closer", units=SMALL
                        ),
                        IconButton("motion", _("Find motion"), partial(self.act, "motion"), name="motion", units=SMALL),
                    ],
                    gap=2,
                ),
                self.calendar,
                Divider(),
                self.list,
                # Its colours stand below those of the types.
                Column([self.types, Column([self.legend], gap=0, pad=Pad(PAD, 0, PAD, 0))], gap=2),
            ],
            gap=8,
            pad=12,
            grow=1,
            ground=SURFACE,
        )
        beside = Column([self.side, self.motion.panel], gap=0, width=SIDE)
        stage = Row([self.video, beside], gap=2, grow=1, align=Align.STRETCH)
        self.add(Column([stage, self.timeline, self.bar], gap=0))

    def opened(self) -> None:
        """Ask for channels, then for what is recorded."""
        self.screen.animate(self)
        self.load_channels()
        self._later()

    def closed(self) -> None:
        """End the session."""
        self._thumbnails.close()
        self.player.close()
        if self._note is not None:
            self._note(None)

    def covered(self) -> None:
        """Stand still below another page."""
        self.do(self.player.transport.pause())

    def _later(self) -> None:
        if self.shown_on is not None:
            self.screen.after(REFRESH_S, self._refresh)

    def _refresh(self) -> None:
        """Ask again for a day that is still being recorded."""
        if self.shown_on is None:
            return
        now_us = self.screen.clock.now_us()
        self.calendar.know_today(self.today())
        if self.chosen and self.timeline.window.last_us > now_us - HOUR_US:
            self.load_day(quiet=True)
            self.motion.refresh()
        self._later()

    def back(self) -> None:
        """End the search, show all of a picture, then leave."""
        if self.motion.on:
            self.motion.close()
        elif not self.video.restore():
            super().back()

    # What shows.

    def show_position(self) -> None:
        """Show where it is on timeline and keys, and have it remembered."""
        self.timeline.show_cursor(self.player.at_us)
        self.timeline.show_marks(self.cut)
        self.bar.show(self.player.transport, self.cut)
        self._tell_place()

    def _tell_place(self) -> None:
        if self._note is None or not self.chosen:
            return
        at_us = self.player.at_us if self.player.at_us is not None else self._first_us
        if at_us is not None and self.player.transport.running:
            at_us -= at_us % NOTED_US
        self._note(PlaybackPlace(tuple(self.chosen), at_us))

    def tick(self, now_us: int) -> None:
        """Look for new pictures and a new position."""
        del now_us
        before = self.player.transport.mode
        self.player.look_at({tile.channel: tile.closeup.zoom.part for tile in self.video.tiles})
        changed, told = self.player.look()
        self.give_pictures()
        for tile in self.video.tiles:
            if tile.channel in changed:
                tile.invalidate()
        self.video.fit_over()
        if told is not None:
            self._moved(told)
        if told is not None or self.player.transport.mode is not before:
            self.show_position()

    def _moved(self, told: Position) -> None:
        at_us, window = told.at_us, self.timeline.window
        if told.skipped_us >= TOLD_HOLE_US:
            self._tell_skipped(told)
        if told.state not in {PlayState.PLAYING, PlayState.STANDING}:
            return
        is_of_day = window.first_us <= at_us < window.last_us
        if told.state is PlayState.PLAYING:
            self.motion.played(told)
            self.leaving_out.played(told)
            if is_of_day:
                self.timeline.show_window(window.follow(at_us))
        if is_of_day or self.is_on_the_way:
            return
        # It went past midnight, playing or by a single picture: the page turns with it.
        day = local(at_us, self.doors.zone).date()
        self.calendar.select(day, self.today())
        whole = Window.of_day(day, self.doors.zone)
        self.timeline.show_window(whole.spanning(min(window.span_us, whole.span_us), at_us))
        self.load_day(quiet=True)

    def _tell_skipped(self, told: Position) -> None:
        """Say why playback jumped: nothing is recorded there, or nobody can read it now."""
        begin_us = told.at_us - told.skipped_us if told.speed >= 0 else told.at_us
        end_us = begin_us + told.skipped_us
        words, tone = _("Skipped {length} without a recording."), Tone.INFO
        if any(length_within(self.footage.lane(one), begin_us, end_us) >= TOLD_HOLE_US for one in self.chosen):
            words, tone = _("Skipped {length}: recorded, but it cannot be read now. See the page Disks."), Tone.WARNING
        self.screen.notices.say(words.format(length=length(told.skipped_us)), tone)

    # What it does.

    def handle(self, event: Event) -> bool:
        """A digit begins the time that is gone to."""
        if isinstance(event, Key) and event.name.isdecimal() and len(event.name) == 1:
            self.ask_time(event.name)
            return True
        return super().handle(event)

    def ask_time(self, typed: str) -> None:
        """Ask for a time of the day in sight; `typed` is how it begins."""
        window, zone = self.timeline.window, self.doors.zone
        self.screen.navigator.push(TimeSheet(window.first_us, self.player.at_us, zone, typed, self.seek))

    def act(self, name: str) -> None:
        """Do what a button or key says."""
        transport = self.player.transport
        if name in PRESSES:
            self.do(transport.press(name))
            self.give_pictures()
            self.video.invalidate()
        elif name in {"zoom_in", "zoom_out"}:
            notches = 1 if name == "zoom_in" else -1
            self.timeline.show_window(self.timeline.window.zoom(notches, self.player.at_us))
        elif name == "types":
            self.types.focus()
        elif name == "closer":
            self.video.look_closer()
        elif name == "motion":
            self.motion.toggle()
        elif self.motion.on and name in {"next_recording", "previous_recording"}:
            self.motion.step(1 if name == "next_recording" else -1)
        elif name in {"next_recording", "previous_recording"}:
            self._jump(next_recording if name == "next_recording" else previous_recording)
        elif name == "time":
            self.ask_time("")
        elif not self.evidence.act(name) and (at_us := self.player.at_us) is not None:
            self._mark(name, at_us)
        self.show_position()

    def _jump(self, to: Callable[[Sequence[Stretch], int, tzinfo], int | None]) -> None:
        at_us = self.player.at_us
        found = to(self.lanes, at_us, self.doors.zone) if at_us is not None else None
        if found is not None:
            self.seek(found)
        else:
            self.screen.notices.say(_("There is no other recording on this day."))

    def _mark(self, name: str, at_us: int) -> None:
        before = self.cut
        self.cut = before.begin(at_us) if name == "mark_in" else before.finish(at_us)
        if name == "mark_in" and before.end_us is not None and self.cut.end_us is None:
            self.screen.notices.say(_("The end was before this moment. Mark it again."), Tone.WARNING)
        elif name == "mark_out" and before.start_us is not None and self.cut.start_us is None:
            self.screen.notices.say(_("An export is at least one second long. Mark its beginning again."), Tone.WARNING)

    def seek(self, at_us: int) -> None:
        """Go to a moment; beside the footage, to the next that is recorded (D-PLAY-08.1)."""
        window = self.timeline.window
        at_us = min(max(at_us, window.first_us), window.last_us - 1)
        lanes = self.lanes
        if not footage_at(lanes, at_us):
            found = next_footage(lanes, at_us)
            if found is None:
                self.screen.notices.say(_("Nothing is recorded after this time."))
                return
            at_us = found
        self.do(self.player.transport.show(at_us))
        self.show_position()

    def scrub(self, at_us: int) -> None:
        """Follow the cursor in the hand, a few pictures a second."""
        now_us = self.screen.clock.monotonic_us()
        self.player.transport.at_us = at_us
        if now_us - self._scrubbed_us >= SCRUB_US and footage_at(self.lanes, at_us):
            self._scrubbed_us = now_us
            self.do(self.player.transport.show(at_us))
        self.show_position()

    def _show_cut(self, cut: Cut) -> None:
        self.cut = cut
        self.show_position()

    def to_tag(self, tag: Tag) -> None:
        """Go to a tag, on whatever day it is."""
        self.to_moment(tag.start_us)

    def to_moment(self, at_us: int) -> None:
        """Go to a moment, on whatever day it is."""
        window = self.timeline.window
        if window.first_us <= at_us < window.last_us:
            self.seek(at_us)
            self.timeline.show_window(window.follow(at_us))
            return
        day = local(at_us, self.doors.zone).date()
        self.do(self.player.transport.show(at_us))
        self.went()
        self.calendar.select(day, self.today())
        self.timeline.show_window(Window.of_day(day, self.doors.zone))
        self.load_day()
        self.show_position()

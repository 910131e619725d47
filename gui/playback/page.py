"""The playback page: find a moment by day and timeline, watch it, cut it out (D-PLAY-01, D-PLAY-04, 05, 08, 09)."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from gui.memory import Note, PlaybackPlace
from gui.playback.calendar import Month
from gui.playback.calendar_view import CalendarView
from gui.playback.channel_list import ChannelList
from gui.playback.cut import Cut
from gui.playback.export import ExportDialog
from gui.playback.footage import Footage, fetch_day, fetch_incomplete, fetch_latest_day, fetch_month
from gui.playback.keys import KEYS
from gui.playback.lane import Stretch, footage_at, kinds_in, next_footage, next_recording, previous_recording
from gui.playback.legend import Legend
from gui.playback.lock_sheet import LockSheet, ReleaseSheet
from gui.playback.picture_sheet import PictureSheet, picture_list
from gui.playback.player import MOST_CHANNELS, Player
from gui.playback.tag_sheet import TagSheet, tag_list
from gui.playback.timeline import Timeline
from gui.playback.transport import PRESSES, Order
from gui.playback.transport_bar import TransportBar
from gui.playback.video import VideoArea
from gui.playback.window import HOUR_US, Window
from gui.toolkit.button import IconButton
from gui.toolkit.label import Divider, Label
from gui.toolkit.layout import Align, Column, Row
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.screen import words_of
from gui.toolkit.theme import SURFACE, Type
from gui.wall.doors import Doors
from gui.wall.moments import length, local
from gui.wall.pictures import Pictures
from recorder.client.answers import Channel, Picture, Tag
from recorder.client.api import ApiClient
from recorder.client.clock import SECOND_US
from recorder.client.views import PlayState, Position
from recorder.client.words import _

SIDE = 270.0
REFRESH_S = 5.0
"""How often today's recordings are asked for again."""
TOLD_HOLE_US = 60 * SECOND_US
"""A jump over a hole longer than this is told."""
NOTED_US = 5 * SECOND_US
"""How exactly is remembered where a running playback is."""
NOTES = frozenset({"export", "lock", "tag", "tags", "picture", "pictures"})
"""What is done with the cut, or the moment, by the method of that name."""
SAME_TAG_US = SECOND_US // 2
"""So near the cursor a tag is meant, not a new one."""
SCRUB_US = 120_000
"""The shortest time between two seeks of one drag."""


class Playback(Page):
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
    ) -> None:
        """`channels` and `at_us` say what to show first; else the first channel and the newest recording.

        `note` is told what is played where, whenever that changes.
        """
        super().__init__(name="playback")
        self.api = api
        self.doors = doors
        self.player = Player(pictures)
        self.cut = Cut()
        self.footage = Footage()
        self.channels: list[tuple[int, str]] = []
        self.chosen: list[int] = list(channels[:MOST_CHANNELS])
        self._note = note
        self._first_us = at_us
        self._month_days: tuple[Month, set[int]] | None = None
        self._scrubbed_us = 0
        self._loading = 0
        self.keys = {key: partial(self.act, name) for key, name in KEYS.items()}

    # Its life.

    def build(self) -> None:
        """Video and channels above, timeline and keys below."""
        zone, today = self.doors.zone, self.today()
        start = local(self._first_us, zone).date() if self._first_us is not None else today
        window = Window.of_day(start, zone)
        self.video = VideoArea(self.player.choose)
        self.calendar = CalendarView(start, today, choose=self.choose_day, turned=self._month_turned)
        self.list = ChannelList(self.choose_channels)
        self.legend = Legend()
        self.timeline = Timeline(window, zone, seek=self.seek, scrub=self.scrub, cut=self._show_cut)
        self.bar = TransportBar(lambda name: partial(self.act, name), zone)
        side = Column(
            [
                Row([IconButton("back", _("Back"), self.back, name="back"), Label(self.title, Type.TITLE)], gap=6),
                self.calendar,
                Divider(),
                self.list,
                self.legend,
            ],
            gap=10,
            pad=12,
            width=SIDE,
            ground=SURFACE,
        )
        stage = Row([self.video, side], gap=2, grow=1, align=Align.STRETCH)
        self.add(Column([stage, self.timeline, self.bar], gap=0))

    def opened(self) -> None:
        """Ask for channels, then for what is recorded."""
        self.screen.animate(self)
        self.load_channels()
        self._later()

    def closed(self) -> None:
        """End the session."""
        self.player.close()
        if self._note is not None:
            self._note(None)

    def covered(self) -> None:
        """Stand still below another page."""
        self._do(self.player.transport.pause())

    def today(self) -> date:
        """The day it is at the recorder."""
        return local(self.screen.clock.now_us(), self.doors.zone).date()

    def _later(self) -> None:
        if self.shown_on is not None:
            self.screen.after(REFRESH_S, self._refresh)

    def _refresh(self) -> None:
        """Ask again for a day that is still being recorded."""
        if self.shown_on is None:
            return
        now_us = self.screen.clock.now_us()
        if self.chosen and self.timeline.window.last_us > now_us - HOUR_US:
            self._load_day(quiet=True)
        self._later()

    # What is recorded.

    def load_channels(self) -> None:
        """Ask which channels there are."""
        self.video.say(_("Looking for recordings…"))
        self.work(self.api.channels, self._have_channels, self._failed)

    def _have_channels(self, channels: Sequence[Channel]) -> None:
        self.channels = [(one.number, one.name) for one in channels]
        for one in channels:
            for stream in one.streams:
                if stream.stream is self.player.stream:
                    self.player.expect(one.number, stream.width, stream.height)
        if not self.channels:
            self.video.say(_("There is no camera yet."), _("Add a camera"), self.doors.add_camera)
            return
        numbers = [number for number, _name in self.channels]
        chosen = [number for number in self.chosen if number in numbers][:MOST_CHANNELS] or numbers[:1]
        self.choose_channels(chosen)

    def choose_channels(self, chosen: Sequence[int]) -> None:
        """Play other channels."""
        self.chosen = list(chosen)
        names = dict(self.channels)
        self.list.show(self.channels, self.chosen)
        self.video.show([(number, names[number]) for number in self.chosen], self.doors.zone)
        self._show_lanes()
        self._give_pictures()
        self._load_day()
        self._load_month(self.calendar.month)

    def choose_day(self, day: date) -> None:
        """Go to a day: to the same time of day where it is recorded, else to its first recording."""
        before = self.timeline.window
        at_us = self.player.at_us
        self.calendar.select(day, self.today())
        self.timeline.show_window(Window.of_day(day, self.doors.zone))
        self.footage = Footage()
        self._show_lanes()
        wanted = None
        if at_us is not None:
            wanted = self.timeline.window.first_us + (at_us - before.first_us)
        self._load_day(go=True, wanted=wanted)

    def _load_day(self, *, quiet: bool = False, go: bool = False, wanted: int | None = None) -> None:
        window, chosen = self.timeline.window, tuple(self.chosen)
        self._loading += 1
        number = self._loading

        def have(found: Footage) -> None:
            # An answer that was overtaken by another day or other channels is not shown.
            if number == self._loading:
                self._have_day(found, go=go, wanted=wanted)

        def failed(error: Exception) -> None:
            if number == self._loading and not quiet:
                self._failed(error)

        self.work(partial(fetch_day, self.api, chosen, window.first_us, window.last_us), have, failed)

    def _have_day(self, found: Footage, *, go: bool, wanted: int | None) -> None:
        self.footage = found
        self._show_lanes()
        if found.is_empty:
            self._do(self.player.transport.stop())
            self.player.transport.at_us = None
            self._show_position()
            self.video.say(_("No recordings on this day."), _("Latest recordings"), self.find_latest)
            if self.screen.focus is not None and self.screen.focus.name == self.default_focus:
                self.screen.focus_on("message-action")
            return
        self.video.say("")
        fresh = go or self.player.at_us is None
        first, self._first_us = self._first_us, None
        if first is not None:
            self._do(self.player.transport.show(first))
        elif fresh:
            self._do(self.player.transport.show(self._good_start(wanted)))
        if fresh and found.first_us is not None and found.last_us is not None:
            self.timeline.show_window(self.timeline.window.fitted(found.first_us, found.last_us))
        self._show_position()

    def _good_start(self, wanted: int | None) -> int:
        """Give the wanted time if it is recorded, else the next that is; without a wish, a minute before the end."""
        lanes = self.footage.all()
        first, last = min(one.start_us for one in lanes), self.footage.last_us or 0
        if wanted is None:
            wanted = last - 60 * SECOND_US
        return next_footage(lanes, wanted) or first

    def find_latest(self) -> None:
        """Go to the newest day with recordings."""
        self.work(
            partial(fetch_latest_day, self.api, tuple(self.chosen), self.today()), self._have_latest, self._failed
        )

    def _have_latest(self, day: date | None) -> None:
        if day is None:
            self.video.say(_("Nothing is recorded yet."))
        else:
            self.player.transport.at_us = None
            self.choose_day(day)

    def _month_turned(self, month: Month) -> None:
        self._load_month(month)

    def _load_month(self, month: Month) -> None:
        chosen = tuple(self.chosen)

        def have(days: set[int]) -> None:
            if month == self.calendar.month and chosen == tuple(self.chosen):
                self.calendar.show(days)

        def incomplete(days: set[int]) -> None:
            if month == self.calendar.month and chosen == tuple(self.chosen):
                self.calendar.show_incomplete(days)
                self._show_legend()

        # The page tells its troubles once; a calendar without marks is no second one.
        self.work(partial(fetch_month, self.api, chosen, month), have, lambda _error: None)
        self.work(partial(fetch_incomplete, self.api, chosen, month), incomplete, lambda _error: None)

    def _failed(self, error: Exception) -> None:
        self.video.say(words_of(error), _("Try again"), self.load_channels)

    # What shows.

    def _show_lanes(self) -> None:
        names = dict(self.channels)
        lanes = [(names.get(number, ""), self.footage.lane(number)) for number in self.chosen]
        self.timeline.show_lanes(lanes, self.screen.clock.now_us())
        self.timeline.show_gaps([self.footage.lane_gaps(number) for number in self.chosen])
        self.timeline.show_notes([self.footage.lane_notes(number) for number in self.chosen])
        self._show_legend()

    def _show_legend(self) -> None:
        holes = bool(self.calendar.incomplete) or any(self.footage.lane_gaps(number) for number in self.chosen)
        self.legend.show(kinds_in(self.footage.all()), holes=holes)

    def _give_pictures(self) -> None:
        for tile in self.video.tiles:
            tile.picture = self.player.shown.get(tile.channel)

    def _show_position(self) -> None:
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
        changed, told = self.player.look()
        self._give_pictures()
        for tile in self.video.tiles:
            if tile.channel in changed:
                tile.invalidate()
        if told is not None:
            self._moved(told)
        if told is not None or self.player.transport.mode is not before:
            self._show_position()

    def _moved(self, told: Position) -> None:
        at_us, window = told.at_us, self.timeline.window
        if told.skipped_us >= TOLD_HOLE_US:
            self.screen.notices.say(_("Skipped {length} without a recording.").format(length=length(told.skipped_us)))
        if told.state is not PlayState.PLAYING:
            return
        if window.first_us <= at_us < window.last_us:
            self.timeline.show_window(window.follow(at_us))
            return
        # Playing went past midnight: the page turns with it.
        day = local(at_us, self.doors.zone).date()
        self.calendar.select(day, self.today())
        whole = Window.of_day(day, self.doors.zone)
        self.timeline.show_window(whole.spanning(min(window.span_us, whole.span_us), at_us))
        self._load_day(quiet=True)

    # What it does.

    def act(self, name: str) -> None:
        """Do what a button or key says."""
        transport = self.player.transport
        if name in PRESSES:
            self._do(transport.press(name))
            self._give_pictures()
            self.video.invalidate()
        elif name in {"zoom_in", "zoom_out"}:
            notches = 1 if name == "zoom_in" else -1
            self.timeline.show_window(self.timeline.window.zoom(notches, self.player.at_us))
        elif name in {"next_recording", "previous_recording"}:
            self._jump(next_recording if name == "next_recording" else previous_recording)
        elif name in NOTES:
            getattr(self, name)()
        elif (at_us := self.player.at_us) is not None:
            self._mark(name, at_us)
        self._show_position()

    def _jump(self, to: Callable[[Sequence[Stretch], int], int | None]) -> None:
        at_us = self.player.at_us
        found = to(self.footage.all(), at_us) if at_us is not None else None
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

    def _do(self, orders: Sequence[Order]) -> None:
        self.player.do(orders)

    def seek(self, at_us: int) -> None:
        """Go to a moment; beside the footage, to the next that is recorded (D-PLAY-08.1)."""
        window = self.timeline.window
        at_us = min(max(at_us, window.first_us), window.last_us - 1)
        lanes = self.footage.all()
        if not footage_at(lanes, at_us):
            found = next_footage(lanes, at_us)
            if found is None:
                self.screen.notices.say(_("Nothing is recorded after this time."))
                return
            at_us = found
        self._do(self.player.transport.show(at_us))
        self._show_position()

    def scrub(self, at_us: int) -> None:
        """Follow the cursor in the hand, a few pictures a second."""
        now_us = self.screen.clock.monotonic_us()
        self.player.transport.at_us = at_us
        if now_us - self._scrubbed_us >= SCRUB_US and footage_at(self.footage.all(), at_us):
            self._scrubbed_us = now_us
            self._do(self.player.transport.show(at_us))
        self._show_position()

    def _show_cut(self, cut: Cut) -> None:
        self.cut = cut
        self._show_position()

    def lock(self) -> None:
        """Lock the cut; without one, release what is locked under the cursor."""
        start_us, end_us, at_us = self.cut.start_us, self.cut.end_us, self.player.at_us
        zone, reload = self.doors.zone, partial(self._load_day, quiet=True)
        if start_us is not None and end_us is not None:
            names = dict(self.channels)
            there = {number: names[number] for number in self.footage.channels_between(start_us, end_us)}
            if there:
                self.screen.navigator.push(LockSheet(self.api, there, start_us, end_us, zone, reload))
            else:
                self.screen.notices.say(_("Nothing is recorded between the marks."), Tone.WARNING)
            return
        held = self.footage.notes.holds_at(self.chosen, at_us) if at_us is not None else []
        if held:
            self.screen.navigator.push(ReleaseSheet(self.api, held, zone, reload))
        else:
            words = _("Mark where the lock begins and where it ends, or go to what is locked to release it.")
            self.screen.notices.say(words, Tone.WARNING)

    def tag(self) -> None:
        """Put a tag under the cursor, or change the one that is there."""
        at_us = self.player.at_us
        if at_us is not None:
            self._do(self.player.transport.pause())
            reload = partial(self._load_day, quiet=True)
            there = next((one for one in self.footage.notes.tags if abs(one.start_us - at_us) < SAME_TAG_US), None)
            self.screen.navigator.push(TagSheet(self.api, self.chosen, at_us, self.doors.zone, reload, there))

    def tags(self) -> None:
        """List all tags of the channels, to jump to one."""
        chosen = tuple(self.chosen)

        def have(found: Sequence[Tag]) -> None:
            if found:
                self.screen.navigator.push(tag_list(found, self.doors.zone, self._to_tag))
            else:
                self.screen.notices.say(_("There are no tags yet. The key T puts one under the cursor."))

        self.work(lambda: self.api.tags(chosen), have, self._failed)

    def picture(self) -> None:
        """Record the picture under the cursor of every channel, and save it in a folder of the owner's choice."""
        at_us, zone = self.player.at_us, self.doors.zone
        if at_us is None:
            return
        self._do(self.player.transport.pause())
        chosen = tuple(self.chosen)

        def save(folder: Path) -> None:
            def take() -> list[Picture]:
                return [self.api.take_picture(channel, at_us, folder) for channel in chosen]

            def said(taken: Sequence[Picture]) -> None:
                paths = ", ".join(one.path for one in taken)
                self.screen.notices.say(_("Saved as {path}").format(path=paths), Tone.GOOD)

            self.work(take, said, lambda error: self.screen.notices.say(words_of(error), Tone.WARNING))

        self.screen.navigator.push(PictureSheet(at_us, zone, self.doors, save))

    def pictures(self) -> None:
        """List the recorded pictures of the day, to jump to one."""
        window, chosen = self.timeline.window, tuple(self.chosen)

        def ask() -> list[int]:
            return sorted(
                {one.at_us for number in chosen for one in self.api.pictures(number, window.first_us, window.last_us)}
            )

        def have(found: Sequence[int]) -> None:
            if found:
                self.screen.navigator.push(picture_list(found, self.doors.zone, self.seek))
            else:
                self.screen.notices.say(_("No pictures are recorded on this day."))

        self.work(ask, have, self._failed)

    def _to_tag(self, tag: Tag) -> None:
        day = local(tag.start_us, self.doors.zone).date()
        self._do(self.player.transport.show(tag.start_us))
        self.calendar.select(day, self.today())
        self.timeline.show_window(Window.of_day(day, self.doors.zone))
        self._load_day()
        self._show_position()

    def export(self) -> None:
        """Take the cut away as files."""
        start_us, end_us = self.cut.start_us, self.cut.end_us
        if start_us is None or end_us is None:
            words = _("Mark the beginning and the end first, with the two bracket buttons beside Export.")
            self.screen.notices.say(words, Tone.WARNING)
            return
        names = dict(self.channels)
        there = {number: names[number] for number in self.footage.channels_between(start_us, end_us)}
        if not there:
            self.screen.notices.say(_("Nothing is recorded between the marks."), Tone.WARNING)
            return
        estimate = self.footage.bytes_between(start_us, end_us)
        self.screen.navigator.push(
            ExportDialog(self, self.doors, channels=there, start_us=start_us, end_us=end_us, estimate=estimate)
        )

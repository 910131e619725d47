"""Finding what is recorded: channels, the days of a month, the stretches of a day, and where to begin."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from gui.playback.calendar import Month
from gui.playback.calendar_view import CalendarView
from gui.playback.channel_list import ChannelList
from gui.playback.footage import Footage, fetch_day, fetch_incomplete, fetch_latest_day, fetch_month
from gui.playback.lane import Stretch, footage_at, next_footage
from gui.playback.legend import Legend
from gui.playback.player import MOST_CHANNELS, Player
from gui.playback.timeline import Timeline
from gui.playback.transport import Order
from gui.playback.type_list import TypeList
from gui.playback.video import VideoArea
from gui.playback.window import Window, same_time
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.screen import words_of
from gui.wall.doors import Doors
from gui.wall.moments import local
from recorder.client.answers import Channel
from recorder.client.api import ApiClient
from recorder.client.clock import SECOND_US
from recorder.client.stream import StreamName
from recorder.client.words import _

WENT_US = SECOND_US
"""So long after a jump what is told of the position may be from before it."""


class Finding(Page, ABC):
    """The part of the playback page that asks for footage and shows what there is."""

    video: VideoArea
    calendar: CalendarView
    list: ChannelList
    types: TypeList
    legend: Legend
    timeline: Timeline

    def __init__(
        self,
        player: Player,
        api: ApiClient,
        doors: Doors,
        channels: Sequence[int],
        at_us: int | None,
        *,
        running: bool = False,
    ) -> None:
        super().__init__(name="playback")
        self.api = api
        self.doors = doors
        self.player = player
        self.footage = Footage()
        self.channels: list[tuple[int, str]] = []
        self.chosen: list[int] = list(channels[:MOST_CHANNELS])
        self._first_us = at_us
        self._runs = running
        self._loading = 0
        self._goes = False
        """On the way to another day, whose footage is not known yet: to `_wanted`, or near it."""
        self._wanted: int | None = None
        self._went_us = -WENT_US
        self._wished: dict[int, StreamName] = {}
        """Which stream of a channel was chosen."""

    def today(self) -> date:
        """The day it is at the recorder."""
        return local(self.screen.clock.now_us(), self.doors.zone).date()

    def do(self, orders: Sequence[Order]) -> None:
        """Give orders to the player."""
        self.player.do(orders)

    def give_pictures(self) -> None:
        """Hand the newest pictures to the tiles."""
        for tile in self.video.tiles:
            tile.picture = self.player.shown.get(tile.channel)
            tile.is_recorded = partial(self._is_recorded, tile.channel)
            tile.sub = self.player.stream_of(tile.channel) is not StreamName.MAIN

    def _is_recorded(self, channel: int, at_us: int) -> bool:
        return footage_at(self.footage.lane(channel), at_us)

    @property
    def lanes(self) -> Sequence[Stretch]:
        """What is recorded of all channels, of the types in sight."""
        return [one for one in self.footage.all() if self.types.shows(one)]

    @abstractmethod
    def show_position(self) -> None:
        """Show where it is."""
        ...

    def load_channels(self) -> None:
        """Ask which channels there are."""
        self.video.say(_("Looking for recordings…"))
        self.work(self.api.channels, self._have_channels, self.failed)

    def _have_channels(self, channels: Sequence[Channel]) -> None:
        shown = [one for one in channels if "playback" in one.may]
        self.channels = [(one.number, one.name) for one in shown]
        for one in channels:
            for stream in one.streams:
                if stream.stream is self.player.stream_of(one.number):
                    self.player.expect(one.number, stream.width, stream.height)
        if channels and not shown:
            self.video.say(_("You may watch recordings of no camera."))
            return
        if not self.channels:
            self._say(_("There is no camera yet."), _("Add a camera"), self.doors.add_camera)
            return
        numbers = [number for number, _name in self.channels]
        chosen = [number for number in self.chosen if number in numbers][:MOST_CHANNELS]
        if self.chosen and not chosen:
            self.screen.notices.say(_("You may not watch recordings of this camera."), Tone.WARNING)
        chosen = chosen or numbers[:1]
        self.choose_channels(chosen)

    def choose_channels(self, chosen: Sequence[int]) -> None:
        """Play other channels."""
        self.chosen = list(chosen)
        names = dict(self.channels)
        self._show_list()
        self.video.show([(number, names[number]) for number in self.chosen], self.doors.zone)
        self.show_lanes()
        self.give_pictures()
        self.load_day()
        self._load_month(self.calendar.month)

    def choose_stream(self, channel: int, stream: StreamName) -> None:
        """Play another stream of a channel, at the same time; where nothing of it is recorded, the one that is."""
        self._wished[channel] = stream
        self.load_day()

    def _show_list(self) -> None:
        found = self.footage
        self.list.show(self.channels, self.chosen, {one: (found.streams[one], found.there[one]) for one in found.there})

    @property
    def is_on_the_way(self) -> bool:
        """Whether what is told of the position may still be from before a jump to another day."""
        return self._goes or self.screen.clock.monotonic_us() - self._went_us < WENT_US

    def went(self) -> None:
        """The player was told to go to another day."""
        self._goes, self._went_us = False, self.screen.clock.monotonic_us()

    def choose_day(self, day: date) -> None:
        """Go to a day: to the same time of day where it is recorded, else to its first recording."""
        at_us = self.player.at_us
        self.calendar.select(day, self.today())
        self.timeline.show_window(Window.of_day(day, self.doors.zone))
        self.footage = Footage()
        self.show_lanes()
        self._goes = True
        self._wanted = same_time(at_us, day, self.doors.zone) if at_us is not None else None
        self.load_day()

    def load_day(self, *, quiet: bool = False) -> None:
        """Ask for the day in sight. `quiet`: trouble is not told."""
        window, chosen = self.timeline.window, tuple(self.chosen)
        self._loading += 1
        number = self._loading

        def have(found: Footage) -> None:
            # An answer that was overtaken by another day or other channels is not shown.
            if number == self._loading:
                self._have_day(found)

        def failed(error: Exception) -> None:
            if number == self._loading and not quiet:
                self.failed(error)

        wished = dict(self._wished)
        self.work(partial(fetch_day, self.api, chosen, window.first_us, window.last_us, wished), have, failed)

    def _have_day(self, found: Footage) -> None:
        go, self._goes = self._goes, False
        self.footage = found
        self.player.use(found.streams)
        self._show_list()
        self.show_lanes()
        if found.is_empty:
            self._show_none(_("No recordings on this day."), _("Latest recordings"), self.find_latest)
            return
        if not self.lanes:
            words = _("Nothing of the types in sight is recorded on this day.")
            self._show_none(words, _("Show all types"), self.types.show_all)
            return
        self.video.say("")
        fresh = go or self.player.at_us is None
        first, self._first_us = self._first_us, None
        if first is not None:
            self.do(self.player.transport.show(first))
            if self._runs:
                self.do(self.player.transport.normal())
        elif fresh:
            self.do(self.player.transport.show(self._good_start(self._wanted if go else None)))
            self.went()
        if fresh and found.first_us is not None and found.last_us is not None:
            self.timeline.show_window(self.timeline.window.fitted(found.first_us, found.last_us))
        self.show_position()

    def show_day(self) -> None:
        """Show the day that is known, as if it had just been asked for."""
        self._goes, self._wanted = True, None
        self._have_day(self.footage)

    def _show_none(self, words: str, label: str, action: Callable[[], object]) -> None:
        """Say that there is nothing to play, and what can be done."""
        self.do(self.player.transport.stop())
        self.player.transport.at_us = None
        self.show_position()
        self._say(words, label, action)

    def _good_start(self, wanted: int | None) -> int:
        """Give the wanted time if it is recorded, else the next that is; without a wish, a minute before the end."""
        lanes = self.lanes
        first, last = min(one.start_us for one in lanes), max(one.end_us for one in lanes)
        if wanted is None:
            wanted = last - 60 * SECOND_US
        return next_footage(lanes, wanted) or first

    def find_latest(self) -> None:
        """Go to the newest day with recordings."""
        self.work(partial(fetch_latest_day, self.api, tuple(self.chosen), self.today()), self._have_latest, self.failed)

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

    def failed(self, error: Exception) -> None:
        """Say what went wrong in place of pictures."""
        self._say(words_of(error), _("Try again"), self.load_channels)

    def _say(self, words: str, label: str, action: Callable[[], object]) -> None:
        """Say it in place of pictures; who would play is led to what can be done instead."""
        self.video.say(words, label, action)
        focus = self.screen.focus
        if self.screen.navigator.top is self and focus is not None and focus.name == self.default_focus:
            self.screen.focus_on("message-action")

    def show_lanes(self) -> None:
        """Show footage, holes, locks and tags of the channels."""
        names = dict(self.channels)
        shows, lane = self.types.shows, self.footage.lane
        lanes = [(names.get(number, ""), [one for one in lane(number) if shows(one)]) for number in self.chosen]
        self.timeline.show_lanes(lanes, self.screen.clock.now_us())
        self.timeline.show_gaps([self.footage.lane_gaps(number) for number in self.chosen])
        self.timeline.show_notes([self.footage.lane_notes(number) for number in self.chosen])
        self._show_legend()

    def _show_legend(self) -> None:
        holes = bool(self.calendar.incomplete) or any(self.footage.lane_gaps(number) for number in self.chosen)
        self.types.show(self.footage.all())
        self.legend.show([], holes=holes)

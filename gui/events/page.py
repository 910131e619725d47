"""The list of events: filters above, what happened at the left, the picture and the words of the marked one beside it.

Ok opens what can be done with an event, and an alarm that is new is acknowledged by the first of it: two keys. What
happens meanwhile comes into the list and leaves mark and focus where they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from gui.dialogs.menu import Item
from gui.events.comment_sheet import CommentSheet
from gui.events.preview import Preview
from gui.events.receiving import ReceivingSheet
from gui.events.rows import camera_of, key_of, row_of
from gui.events.wishes import FIRST, MOST, STATES, TIMES, Wishes
from gui.pages.followed import FollowedList
from gui.playback.export_watch import ExportWatch, begin_watched
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Card, Center, Row, Spacer
from gui.toolkit.list import Entry
from gui.toolkit.notices import Tone
from gui.toolkit.select import Option, Select
from gui.toolkit.theme import Type
from gui.toolkit.toggle import Toggle
from gui.toolkit.widget import Widget
from recorder.client.clock import SECOND_US
from recorder.client.happened import AlarmState, Happened, Receiving
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.timers import Timer

REST_S = 0.3
"""So long an event is marked before its picture is asked for: who scrolls wants none."""
BEFORE_US = 2 * SECOND_US
"""Playback begins so long before an event."""
MUTES_MIN = (10, 60, 480)
OLDER = -1


@dataclass(frozen=True)
class Told:
    """One answer: events, and what their cameras and kinds are called."""

    events: tuple[Happened, ...]
    more: bool
    names: Mapping[int, str]
    kinds: Mapping[str, str]


class EventsPage(FollowedList[Told]):
    """Follows what happens."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "events", _("Events"))
        self.shows_video = True
        self.wishes = Wishes()
        self.list.on_mark = self._marked
        self._detail: Happened | None = None
        self._rest: Timer | None = None
        self._kinds: Mapping[str, str] = {}
        self.preview = Preview(rooms.pictures, rooms.zone)
        times = [Option(value, words) for value, words in TIMES.items()]
        states = [Option(value, words) for value, words in STATES.items()]
        every = [Option(None, _("All cameras"))]
        self.when = Select(times, self.wishes.when, partial(self._wish, "when"), name="when", width=170, steps=False)
        self.channel = Select(every, None, partial(self._wish, "channel"), name="channel", width=220, steps=False,
                              title=_("Camera"))  # fmt: skip
        self.source = Select([Option("", _("All kinds"))], "", partial(self._wish, "source"), name="kind", width=220,
                             steps=False, title=_("Kind"))  # fmt: skip
        self.state = Select(states, self.wishes.state, partial(self._wish, "state"), name="state", width=190,
                            steps=False)  # fmt: skip
        self.grouped = Toggle(self.wishes.grouped, partial(self._wish, "grouped"), name="grouped")

    # What is asked, and shown.

    def opened(self) -> None:
        """Ask, and follow the picture."""
        super().opened()
        self.screen.animate(self)

    def closed(self) -> None:
        """Ask no more."""
        super().closed()
        if self._rest is not None:
            self._rest.cancel()
        self.preview.close()

    def tick(self, now_us: int) -> None:
        """Look for the picture."""
        del now_us
        self.preview.look()

    def ask(self) -> Told:
        """Events, cameras, and once the kinds."""
        api, wishes = self.rooms.api, self.wishes
        found = api.happened(**wishes.query(self.screen.clock.now_us(), self.rooms.zone))
        kinds = self._kinds or {one.name: one.title for one in api.event_kinds()}
        names = {one.number: one.name for one in api.channels()}
        return Told(found.events, found.before is not None, names, kinds)

    def first(self) -> str:
        """The newest event, or the filters."""
        return "list" if self.list.entries else "when"

    def show(self, told: Told) -> bool:
        """Fill list and filters; the mark stays on its event."""
        self._kinds = told.kinds
        cameras = [Option(number, f"{number}  {name}") for number, name in sorted(told.names.items())]
        self.channel.offer([Option(None, _("All cameras")), *cameras])
        self.source.offer([Option("", _("All kinds")), *(Option(name, title) for name, title in told.kinds.items())])
        before = self.list.value
        anew = super().show(told)
        if before != self.list.value or self._detail is None:
            self._marked(self.list.value)
        else:
            self._say()
        return anew

    def entries(self, told: Told) -> Sequence[Entry]:
        """A row for each, and one that asks for older ones."""
        now_us, zone = self.screen.clock.now_us(), self.rooms.zone
        rows = [row_of(one, told.names, now_us, zone) for one in told.events]
        if told.more and self.wishes.limit < MOST:
            rows.append(Entry(OLDER, _("Show older events"), icon="down"))
        elif told.more:
            rows.append(Entry(OLDER, _("There are more. Choose a time, a camera or a kind."), icon="info"))
        return rows

    def tools(self) -> list[Widget]:
        """What one is told of as it happens."""
        return [Button(_("What I am told"), self._receiving, name="receiving", icon="bell", look=Look.QUIET)]

    def _receiving(self) -> None:
        self.screen.navigator.push(ReceivingSheet(self.rooms.api, self.rooms.zone))

    def content(self) -> list[Widget]:
        """Filters, list, picture."""
        label = Label(_("Similar as one"), Type.SMALL, t.SECOND)
        filters = Row(
            [self.when, self.channel, self.source, self.state, Spacer(), label, self.grouped],
            gap=10,
            align=Align.CENTER,
            name="filters",
        )
        words = self.nothing() if self.told is not None else ""
        shown: Widget = self.list
        if not self.list.entries:
            shown = Center(Label(words, Type.BODY, t.SECOND, lines=3, align=Align.CENTER, name="message"), grow=1)
        self.preview.visible = bool(self.list.entries)
        both = Row([Card([shown], pad=8, grow=1), self.preview], gap=16, grow=1, align=Align.STRETCH)
        return [filters, both]

    def nothing(self) -> str:
        """Say what was sought in vain."""
        if self.wishes == Wishes():
            return _("Nothing has happened in the last seven days.")
        return _("No event is like that. Choose another time, camera, kind or state.")

    def _wish(self, name: str, value: Any) -> None:
        setattr(self.wishes, name, value)
        self.wishes.limit = FIRST
        self.look()

    # The marked event.

    def event_of(self, value: Any) -> Happened | None:
        """Give the event of a row."""
        return next((one for one in self.told.events if key_of(one) == value), None) if self.told is not None else None

    def _say(self) -> None:
        event = self.event_of(self.list.value)
        if event is not None and self._detail is not None and self._detail.id == event.id:
            event = self._detail
        self.preview.say(event, self.told.names if self.told is not None else {})

    def _marked(self, value: Any) -> None:
        """Another event is marked: its words at once, its picture if it stays."""
        if self._rest is not None:
            self._rest.cancel()
        self._detail = None
        self._say()
        event = self.event_of(value)
        if event is None:
            self.preview.no_picture("")
            return
        self._rest = self.screen.after(REST_S, lambda: self.work(lambda: self._fetch(event), self._fetched, self._none))

    def _fetch(self, event: Happened) -> tuple[Happened, bool]:
        """Ask for all of it, and whether its moment is recorded, and this user may see that; on a worker."""
        api = self.rooms.api
        whole = api.event(event.id)
        may = {one.number for one in api.channels() if "playback" in one.may}
        if event.channel not in may:
            return whole, False
        return whole, bool(api.spans(event.channel, event.begin_us, event.begin_us + SECOND_US))

    def _fetched(self, found: tuple[Happened, bool]) -> None:
        event, recorded = found
        if self.told is None or key_of(event) != self.list.value:
            return
        self._detail = event
        self._say()
        if recorded:
            self.preview.show_picture(event, camera_of(event, self.told.names))
        else:
            self.preview.no_picture(_("No recording of this moment") if event.channel else _("No camera belongs to it"))

    def _none(self, _error: Exception) -> None:
        self.preview.no_picture("")

    # What is done.

    def choose(self, value: Any) -> None:
        """Offer what can be done; what an alarm needs next comes first."""
        if value == OLDER:
            if self.wishes.limit < MOST:
                self.wishes.limit = min(MOST, self.wishes.limit + FIRST)
                self.look()
            return
        event = self.event_of(value)
        if event is not None:
            self.offer(self._items(event), event.words)

    def _items(self, event: Happened) -> list[Item]:
        api, group = self.rooms.api, self.wishes.grouped and event.alike > 1
        items: list[Item] = []

        def become(state: AlarmState) -> Callable[[], None]:
            return self.doing(lambda: api.handle(event.id, state=state, whole_group=group))

        if event.state is AlarmState.NEW:
            seen = self.doing(lambda: api.acknowledge(event.id, whole_group=group), _("Acknowledged."))
            items.append(Item(_("Acknowledge"), seen, icon="check"))
        if event.state is not None and event.state.waits:
            items.append(Item(_("Close"), become(AlarmState.CLOSED), icon="check"))
            items.append(Item(_("It was a false alarm"), become(AlarmState.FALSE), icon="close"))
        elif event.state is not None:
            items.append(Item(_("Open it again"), become(AlarmState.PROGRESS), icon="refresh"))
        if event.channel:
            line = bool(items)
            items.append(Item(_("Playback"), lambda: self._play(event), icon="play", line=line))
            items.append(Item(_("Export the footage"), lambda: self._clip(event), icon="export"))
        items.append(Item(_("Write a comment"), lambda: self._write(event), icon="edit", line=not event.channel))
        pin = self.doing(lambda: api.handle(event.id, pinned=not event.pinned))
        items.append(Item(_("Pin") if not event.pinned else _("Take the pin off"), pin, icon="tag"))
        mutes = tuple(
            Item(_("For {minutes} minutes").format(minutes=minutes), lambda one=minutes: self._mute(event, one))
            for minutes in MUTES_MIN
        )
        again = Item(_("Sound again"), lambda: self._mute(event, 0))
        items.append(Item(_("Tell me nothing of this kind"), icon="mute", items=(*mutes, again)))
        return items

    def _play(self, event: Happened) -> None:
        self.rooms.playback(event.channel, event.begin_us - BEFORE_US)

    def _clip(self, event: Happened) -> None:
        api, screen, folder = self.rooms.api, self.screen, self.rooms.exports

        def begun(watch: ExportWatch) -> None:
            if not watch.job.state.over:
                screen.notices.say(_("The export of this event's footage has begun."), Tone.GOOD)

        begin_watched(api, screen, lambda: api.clip(event.id, directory=folder), begun, lambda _error: False)

    def _write(self, event: Happened) -> None:
        def kept() -> None:
            self._marked(self.list.value)
            self.look()

        self.screen.navigator.push(
            CommentSheet(event.words, lambda words: self.rooms.api.comment(event.id, words), kept)
        )

    def _mute(self, event: Happened, minutes: int) -> None:
        def said(_wishes: Receiving) -> None:
            words = _("You are told nothing of this kind for {minutes} minutes; the list has it all the same.")
            told = words.format(minutes=minutes) if minutes else _("You are told of this kind again.")
            self.screen.notices.say(told, Tone.GOOD)

        self.work(lambda: self.rooms.api.mute(event.id, minutes), said)

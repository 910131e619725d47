"""What people do with alarms: see to them, write to them, keep them, and say of what they want to be told.

Every method but `wants` reads or writes the file of the list: called in a thread, after the engine was flushed.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import UNREADABLE, NightjarError, NotFound
from recorder.client.happened import AlarmState, Happened, Mute, Receiving
from recorder.client.words import _
from recorder.events.occurrence import plain
from recorder.events.store import EventStore

MOST_COMMENTS = 50
LONGEST_COMMENT = 500
MOST_MUTES = 64
LONGEST_MUTE_MIN = 1440
LONGEST_OFF_MIN = 9999
"""A week, all but a little: who switches his own messages off is told again some day (V-ALM-41)."""


class NoAlarm(NightjarError):
    """An event is none that anybody has to see to."""

    status = 409
    words = _("Event {number} is no alarm: its rule does not say so, or was not armed.")


class TooManyComments(NightjarError):
    """An event has as many comments as are kept."""

    status = 409
    words = _("Event {number} has {most} comments already.")


class TooManyMutes(NightjarError):
    """Somebody muted as many rules as are kept."""

    status = 409
    words = _("You have muted {most} kinds of events already. Let some of them sound again first.")


@dataclass(frozen=True)
class Deed:
    """What is done: a state, where it is given; `only_new`: nothing where somebody was faster; a pin, where given."""

    who: str
    state: AlarmState | None = None
    only_new: bool = False
    pinned: bool | None = None
    whole_group: bool = False
    """The same with all others of its group that wait, or are pinned where the pin is taken off."""


class Alarms:
    """Safe from any thread."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        """Read what users want to be told of."""
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._wishes: dict[str, Receiving] = {}
        with store.reading() as db:
            for user, wishes in db.execute("SELECT user, wishes FROM receiver"):
                try:
                    self._wishes[user] = msgspec.json.decode(wishes, type=Receiving)
                except UNREADABLE:
                    continue  # told of everything, as one who wished for nothing

    # --- with events ---

    def handle(self, event: Happened, deed: Deed) -> list[tuple[Happened, Happened]]:
        """Do something with an event, and with its group where wanted; gives each that changed, before and after.

        Raises `NoAlarm`.
        """
        if deed.state is not None and event.state is None:
            raise NoAlarm(number=event.id)
        others = self._store.of_group(event.group) if deed.whole_group and event.group else []
        sought = [event, *(one for one in others if one.id != event.id and _concerns(one, deed))]
        now_us = self._clock.now_us()
        changed: list[tuple[Happened, Happened]] = []
        with self._store.writing() as db:
            for one in sought:
                # As it is now: somebody else may have been faster.
                row = db.execute("SELECT state, pinned FROM event WHERE id = ?", (one.id,)).fetchone()
                if row is None:
                    continue
                before = replace(one, state=AlarmState(row[0]) if row[0] else None, pinned=bool(row[1]))
                after = _done(before, deed, now_us)
                if after != before:
                    db.execute(
                        "UPDATE event SET state = ?, pinned = ?, handled_by = ?, handled_us = ? WHERE id = ?",
                        (after.state and after.state.value, after.pinned, after.handled_by, after.handled_us, one.id),
                    )
                    changed.append((before, after))
        return changed

    def comment(self, event: int, who: str, words: str) -> Happened:
        """Write to an event; raises `TooManyComments`, `NotFound`."""
        with self._store.writing() as db:
            if not db.execute("SELECT 1 FROM event WHERE id = ?", (event,)).fetchone():
                raise NotFound(what=_("event {number}").format(number=event))
            count = db.execute("SELECT count(*) FROM comment WHERE event = ?", (event,)).fetchone()[0]
            if count >= MOST_COMMENTS:
                raise TooManyComments(number=event, most=MOST_COMMENTS)
            row = (event, count, self._clock.now_us(), who, plain(words, LONGEST_COMMENT))
            db.execute("INSERT INTO comment VALUES (?, ?, ?, ?, ?)", row)
        found = self._store.get(event)
        if found is None:
            raise NotFound(what=_("event {number}").format(number=event))
        return found

    # --- who is told of what ---

    def receiving(self, user: str) -> Receiving:
        """What a user wants to be told of; mutes that are over are left out."""
        with self._lock:
            found = self._wishes.get(user, Receiving())
        now_us = self._clock.now_us()
        off_us = found.off_until_us if found.off_until_us > now_us else 0
        return replace(found, off_until_us=off_us, mutes=tuple(one for one in found.mutes if one.until_us > now_us))

    def wants(self, user: str, source: str, item: str, channel: int) -> bool:
        """Whether a user is to be told of an event as it happens; answers from memory."""
        with self._lock:
            found = self._wishes.get(user)
        return found is None or found.wants(source, item, channel, self._clock.now_us())

    def wish(
        self, user: str, sources: Sequence[str] | None, channels: Sequence[int] | None, off_minutes: int | None
    ) -> Receiving:
        """Change what a user wants to be told of; what he muted stays. Without minutes it stays off, if it is."""
        kept = self.receiving(user)
        off_us = self._clock.now_us() + off_minutes * 60 * SECOND_US if off_minutes else 0
        off_us = kept.off_until_us if off_minutes is None else off_us
        some = None if sources is None else tuple(dict.fromkeys(sources))
        return self._keep(
            user,
            replace(kept, sources=some, channels=None if channels is None else tuple(channels), off_until_us=off_us),
        )

    def mute(self, user: str, event: Happened, minutes: int) -> Receiving:
        """Tell a user nothing more of an event's rule and item for a time; 0: again at once. Raises `TooManyMutes`."""
        kept = self.receiving(user)
        mutes = [one for one in kept.mutes if (one.source, one.item) != (event.source, event.item)]
        if minutes:
            if len(mutes) >= MOST_MUTES:
                raise TooManyMutes(most=MOST_MUTES)
            mutes.append(Mute(event.source, event.item, self._clock.now_us() + minutes * 60 * SECOND_US))
        return self._keep(user, replace(kept, mutes=tuple(mutes)))

    def sound_again(self, user: str, source: str, item: str) -> Receiving:
        """Tell a user again of what he muted; raises `NotFound`."""
        kept = self.receiving(user)
        mutes = tuple(one for one in kept.mutes if (one.source, one.item) != (source, item))
        if len(mutes) == len(kept.mutes):
            raise NotFound(what=_("mute of this kind"))
        return self._keep(user, replace(kept, mutes=mutes))

    def forget(self, user: str) -> None:
        """A user is removed: one who takes his name later finds nothing (A5)."""
        with self._store.writing() as db:
            db.execute("DELETE FROM receiver WHERE user = ?", (user,))
        with self._lock:
            self._wishes.pop(user, None)

    def _keep(self, user: str, wishes: Receiving) -> Receiving:
        with self._store.writing() as db:
            db.execute("REPLACE INTO receiver VALUES (?, ?)", (user, msgspec.json.encode(wishes).decode()))
        with self._lock:
            self._wishes[user] = wishes
        return wishes


def _concerns(one: Happened, deed: Deed) -> bool:
    if deed.state is not None and one.state is not None and one.state.waits:
        return True
    return deed.pinned is False and one.pinned


def _done(event: Happened, deed: Deed, now_us: int) -> Happened:
    """Give an event as it is afterwards."""
    after = event if deed.pinned is None else replace(event, pinned=deed.pinned)
    wanted = deed.state is not None and event.state is not None and deed.state is not event.state
    if wanted and not (deed.only_new and event.state is not AlarmState.NEW):
        after = replace(after, state=deed.state, handled_by=deed.who, handled_us=now_us)
    return after

"""Whether a user is let in now, and from there; looked at in every call, not at the login alone (A9)."""

from recorder.accounts.blocks import Blocks
from recorder.accounts.caller import Door
from recorder.accounts.people import People, Person
from recorder.accounts.store import AccountStore
from recorder.client.clock import Clock
from recorder.settings.calendar import Calendar
from recorder.settings.pages.user import LoginHours
from recorder.settings.settings import Settings
from recorder.settings.week import WeekGrid


class Gate:
    """Looks at the switch, hours, addresses and blocks of a user."""

    def __init__(self, store: AccountStore, people: People, blocks: Blocks, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._blocks = blocks
        self._settings = settings
        self._clock = clock

    def lets_in(self, person: Person, door: Door, source: str) -> bool:
        """Whether somebody may come in now, and from there."""
        if door is Door.WEB and self._blocks.left_s(person.name, source):
            return False
        return person.is_let_in(door, source, self._shows)

    def lets_in_by_name(self, user: str, door: Door, source: str) -> bool:
        """As `lets_in`, of one who has a password here."""
        person = self._people.person(user)
        known = self._store.credential(user)
        return known is not None and person is not None and self.lets_in(person, door, source)

    def _shows(self, week: WeekGrid[LoginHours]) -> bool:
        """Whether the time on the wall of the recorder is inside a week."""
        return Calendar.of(self._settings).holds(week, self._clock.now_us())

"""The pages of all rules as they are now, kept in memory: an edge must not wait for a file."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from recorder.client.errors import NightjarError
from recorder.client.happened import Happened
from recorder.events.pages.disarming import Disarming
from recorder.events.rule import Rule
from recorder.settings.calendar import PAGES, Calendar
from recorder.settings.pages.event_list import EventList
from recorder.settings.settings import Changed, Settings

INPUTS = "input-alarm"


class Rules:
    """Reads settings where they change (in that thread), and answers from memory."""

    def __init__(self, settings: Settings) -> None:
        self.classes: dict[str, type[Rule]] = {
            page.about.name: page for page in settings.registry if issubclass(page, Rule)
        }
        self._settings = settings
        self._defaults = {name: page() for name, page in self.classes.items()}
        self._stored: dict[tuple[str, str], Rule] = {}
        self.changes = 0
        """Counts up when a page has other values."""
        self.calendar = Calendar(ZoneInfo("UTC"))
        self.keep_days = EventList().keep_days
        self.group_s = EventList().group_s
        self.disarming = Disarming()
        self.active_inputs: set[str] = set()
        """Alarm inputs that are active now: a key switch at one may disarm (D-ALM-19)."""

    def load(self) -> None:
        """Read all rules, and follow changes from now on; called in a thread."""
        self._settings.listen(self._changed)
        for page in self.classes.values():
            for one in self._settings.items(page):
                self._stored[page.about.name, one.item] = one.values
        self._read_system()

    @property
    def zone(self) -> ZoneInfo:
        """The recorder's time zone."""
        return self.calendar.zone

    def get(self, rule: type[Rule], item: str) -> Rule:
        """Give a rule's page."""
        name = rule.about.name
        return self._stored.get((name, item)) or self._defaults[name]

    def kept(self, rule: type[Rule], item: str) -> Rule | None:
        """Give a rule's page as somebody has stored it; None where nobody has."""
        return self._stored.get((rule.about.name, item))

    def page_of(self, event: Happened) -> Rule | None:
        """Give the page of an event's rule; None where this version has no such rule."""
        rule = self.classes.get(event.source)
        return self.get(rule, event.item) if rule is not None else None

    def armed(self, page: Rule, at_us: int) -> bool:
        """Whether a rule may act at a moment."""
        return self.calendar.holds(page.week, at_us)

    def wanting(self, linkage: str) -> list[tuple[type[Rule], str]]:
        """The rules with a page whose switch of a linkage is on, with the item of the page."""
        found = tuple(self._stored.items())
        return [(type(page), item) for (_name, item), page in found if page.enabled and getattr(page, linkage, False)]

    def disarmed(self, linkage: str, channel: int, at_us: int) -> bool:
        """Whether the recorder is disarmed for a linkage (D-ALM-18, D-RULE-07)."""
        page = self.disarming
        if not page.stops(linkage) or (page.channels and channel not in page.channels):
            return False
        return page.disarmed or self._key_turned() or self.calendar.holds(page.week, at_us)

    def _key_turned(self) -> bool:
        pages = (self._stored.get((INPUTS, name)) for name in self.active_inputs)
        return any(getattr(page, "disarms", False) for page in pages)

    def _read_system(self) -> None:
        self.calendar = Calendar.of(self._settings)
        page = self._settings.get(EventList)
        self.keep_days, self.group_s = page.keep_days, page.group_s
        self.disarming = self._settings.get(Disarming)

    def _changed(self, changed: Sequence[Changed]) -> None:
        for one in changed:
            page = self.classes.get(one.page)
            if page is not None:
                self._read(page, one)
            elif one.page in {*PAGES, EventList.about.name, Disarming.about.name}:
                self._read_system()
        self.changes += 1

    def _read(self, page: type[Rule], one: Changed) -> None:
        if one.removed:
            self._stored.pop((one.page, one.item), None)
            return
        try:
            self._stored[one.page, one.item] = self._settings.get(page, one.item)
        except NightjarError:  # damaged: it is told when somebody opens the page
            self._stored.pop((one.page, one.item), None)

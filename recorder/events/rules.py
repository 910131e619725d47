"""The pages of all rules as they are now, kept in memory: an edge must not wait for a file."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from recorder.client.errors import NightjarError
from recorder.events.arming import holds
from recorder.events.rule import Rule
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.event_list import EventList
from recorder.settings.settings import Changed, Settings


class Rules:
    """Reads settings where they change (in that thread), and answers from memory."""

    def __init__(self, settings: Settings) -> None:
        self.classes: dict[str, type[Rule]] = {
            page.about.name: page for page in settings.registry if issubclass(page, Rule)
        }
        self._settings = settings
        self._defaults = {name: page() for name, page in self.classes.items()}
        self._stored: dict[tuple[str, str], Rule] = {}
        self.zone = ZoneInfo("UTC")
        self.keep_days = EventList().keep_days

    def load(self) -> None:
        """Read all rules, and follow changes from now on; called in a thread."""
        self._settings.listen(self._changed)
        for page in self.classes.values():
            for one in self._settings.items(page):
                self._stored[page.about.name, one.item] = one.values
        self._read_system()

    def get(self, rule: type[Rule], item: str) -> Rule:
        """Give a rule's page."""
        name = rule.about.name
        return self._stored.get((name, item)) or self._defaults[name]

    def armed(self, page: Rule, at_us: int) -> bool:
        """Whether a rule may act at a moment."""
        return holds(page.week, self.zone, at_us)

    def all(self) -> Iterable[Rule]:
        """Every page that is stored, and the defaults of those that are not."""
        return (*self._stored.values(), *self._defaults.values())

    def _read_system(self) -> None:
        self.zone = self._settings.get(DateTime).zone_info
        self.keep_days = self._settings.get(EventList).keep_days

    def _changed(self, changed: Sequence[Changed]) -> None:
        for one in changed:
            page = self.classes.get(one.page)
            if page is not None:
                self._read(page, one)
            elif one.page in {DateTime.about.name, EventList.about.name}:
                self._read_system()

    def _read(self, page: type[Rule], one: Changed) -> None:
        if one.removed:
            self._stored.pop((one.page, one.item), None)
            return
        try:
            self._stored[one.page, one.item] = self._settings.get(page, one.item)
        except NightjarError:  # damaged: it is told when somebody opens the page
            self._stored.pop((one.page, one.item), None)

"""What another configuration would change of the settings that are here, field by field."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recorder.client.answers.configuration import Difference, Taking
from recorder.client.errors import NightjarError
from recorder.configuration.fitting import is_kept
from recorder.settings.page import Page, field_title
from recorder.settings.settings import Settings
from recorder.settings.store import Row, SettingsStore


@dataclass(frozen=True)
class Changed:
    """A field that becomes another one; both sides as JSON, secrets masked. No field: all of an item."""

    page: type[Page]
    item: str
    field: str
    old: str
    new: str

    @property
    def shown(self) -> Difference:
        """The same in words."""
        title = field_title(self.page, self.field) if self.field else ""
        return Difference(self.page.about.title, self.item, title, self.old, self.new)


class Differences:
    """Compares with what one store has."""

    def __init__(self, store: SettingsStore, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def between(self, rows: Sequence[Row], taking: Taking) -> Iterator[Changed]:
        """Give what is another value with these documents, by the order of pages."""
        after = {(row.page, row.item): row for row in rows}
        for page in self._settings.registry:
            name = page.about.name
            if is_kept(page, taking):
                continue
            before = {row.item: row for row in self._store.items(name)}
            items = {*before, *(item for one, item in after if one == name)}
            for item in sorted(items, key=lambda one: (not one.isdigit(), int(one) if one.isdigit() else 0, one)):
                yield from self._differences(page, item, before.get(item), after.get((name, item)))

    def _differences(self, page: type[Page], item: str, before: Row | None, after: Row | None) -> Iterator[Changed]:
        old, new = self._values(page, before), self._values(page, after)
        if new is None:
            if old is not None:
                yield Changed(page, item, "", json.dumps("stored"), json.dumps(None))
            return
        shown_old, shown_new = old.model_dump(mode="json") if old else {}, new.model_dump(mode="json")
        for field in page.model_fields:
            if old is None or getattr(old, field) != getattr(new, field):
                yield Changed(page, item, field, json.dumps(shown_old.get(field)), json.dumps(shown_new[field]))

    def _values(self, page: type[Page], row: Row | None) -> Page | None:
        try:
            return self._settings.load(page, row).values if row is not None else None
        except NightjarError:
            return None

"""Settings as the rest of control sees them: typed pages in, typed pages out, every change checked, whole and noted."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from recorder.client.answers import MASK
from recorder.client.clock import Clock
from recorder.client.errors import NotFound
from recorder.client.words import _
from recorder.settings.audit import Change
from recorder.settings.errors import Conflict, DamagedSettings, KeepsLess, ReadOnlySetting
from recorder.settings.losses import losses
from recorder.settings.machine import Machine
from recorder.settings.noting import Author, Noting
from recorder.settings.page import Page, field_title, lowering, needing, system_owned, told
from recorder.settings.refusal import refusal
from recorder.settings.registry import Registry
from recorder.settings.schema import missing
from recorder.settings.scope import Scope
from recorder.settings.secret import Seal, Secret
from recorder.settings.store import Row, SettingsStore

log = logging.getLogger(__name__)
P = TypeVar("P", bound=Page)


@dataclass(frozen=True)
class Stored(Generic[P]):
    """A page's values as stored. `revision` is 0 while only defaults are known; `item` is empty for the system's."""

    item: str
    revision: int
    values: P


@dataclass(frozen=True)
class Changed:
    """What listeners are told: a document has other values, or is gone (`removed`)."""

    page: str
    item: str
    revision: int
    removed: bool = False


Guard = Callable[[Author, str, Any, Any], None]
"""Looks at a change before it is written, within its transaction: author, item, values before and after (None: gone).

What it raises is the refusal.
"""


class Settings(Noting):
    """Reads and changes pages. Safe from any thread; listeners are called in the changing thread, after the commit."""

    def __init__(
        self, store: SettingsStore, registry: Registry, seal: Seal, clock: Clock, machine: Machine | None = None
    ) -> None:
        super().__init__(store, clock)
        self.registry = registry
        self.machine = machine or Machine.here()
        self.seal = seal
        self._listeners: list[Callable[[Sequence[Changed]], None]] = []
        self._offered: dict[str, Callable[[], Mapping[str, str]]] = {}
        self._told: dict[tuple[str, str], Callable[[], str]] = {}
        self._guards: dict[str, Guard] = {}

    def offer(self, page: type[Page], items: Callable[[], Mapping[str, str]]) -> None:
        """Have items in the list of a page that exist without being stored: name and what is known of each."""
        self._offered[page.about.name] = items

    def tell(self, page: type[Page], field: str, teller: Callable[[], str]) -> None:
        """Have a field that nobody sets say what is so when it is shown."""
        self._told[page.about.name, field] = teller

    def guard(self, page: type[Page], guard: Guard) -> None:
        """Have every change of a page looked at by what knows more than the page itself."""
        self._guards[page.about.name] = guard

    def listen(self, listener: Callable[[Sequence[Changed]], None]) -> None:
        """Call `listener` after every change, with all documents that changed together."""
        self._listeners.append(listener)

    # --- reading ---

    def read(self, page: type[P], item: str = "") -> Stored[P]:
        """Give a page; where nothing is stored, its defaults. Raises `NotFound` where it has none."""
        row = self._store.read(page.about.name, item)
        if row is not None:
            return self.load(page, row)
        return Stored(item, 0, self._defaults(page, item))

    def get(self, page: type[P], item: str = "") -> P:
        """Give only the values of a page."""
        return self.read(page, item).values

    def items(self, page: type[P]) -> list[Stored[P]]:
        """Give all stored documents of a page; a damaged one is left out, and logged."""
        found: list[Stored[P]] = []
        for row in self._store.items(page.about.name):
            try:
                found.append(self.load(page, row))
            except DamagedSettings as error:
                log.error("%s", error)  # noqa: TRY400 - the words say it all
        return found

    def listed(self, page: type[Page]) -> dict[str, str]:
        """Give the items of a list page with their words: those always there, those offered, those stored."""
        offered = self._offered.get(page.about.name)
        known = {**page.standing_items(), **(offered() if offered else {})}
        stored = {one.item: one.values for one in self.items(page)}
        names = [*known, *(one for one in sorted(stored) if one not in known)]
        return {name: page.item_title(name, stored.get(name), known.get(name, "")) for name in names}

    def shown(self, page: Page) -> dict[str, Any]:
        """Give values for an answer: secrets masked, the system's own values true, what this machine lacks left out."""
        values = page.model_dump(mode="json")
        for name in needing(type(page), missing(self.machine)):
            values.pop(name, None)
        owned = self.read_only(type(page))
        present = {name: self.machine.present[name] for name in owned if name in self.machine.present}
        known = {name: teller() for (of, name), teller in self._told.items() if of == page.about.name}
        return {**values, **present, **known}

    def read_only(self, page: type[Page]) -> Sequence[str]:
        """The fields of a page that cannot be changed on this machine."""
        return (*told(page), *(system_owned(page) if self.machine.system_owned else ()))

    # --- changing ---

    def change(
        self,
        page: type[P],
        values: Mapping[str, Any],
        author: Author,
        *,
        item: str = "",
        revision: int | None = None,
        must_exist: bool = False,
        losing: bool = True,
    ) -> Stored[P]:
        """Change fields of a page, the others stay; raises `BadSetting` and its kinds, `Conflict`, `NotFound`.

        `revision` is the one that the values were seen at. A secret given as its mask stays. With `must_exist` a
        document that is not stored is not made. Without `losing` a change after which less is kept is refused
        (`KeepsLess`).
        """
        values = page.prepare(values)
        with self._store.transaction():
            row = self._store.read(page.about.name, item)
            if row is None and must_exist:
                raise NotFound(what=_("item {item} on the page {page}").format(page=page.about.title, item=item))
            before = self.load(page, row) if row else None
            if revision is not None and revision != (before.revision if before else 0):
                raise Conflict
            self._refuse_read_only(page, before, values)
            checked = self._check(page, self._merged(page, item, before, values))
            stored = self._write(page, item, row, before, checked, author, losing=losing)
        self._announce([Changed(page.about.name, item, stored.revision)])
        return stored

    def change_several(self, page: type[P], values: Mapping[str, Mapping[str, Any]], author: Author) -> None:
        """Change fields of several items of a page, all or none; raises as `change`."""
        changed: list[Changed] = []
        with self._store.transaction():
            for item, fields in values.items():
                row = self._store.read(page.about.name, item)
                before = self.load(page, row) if row else None
                self._refuse_read_only(page, before, fields)
                checked = self._check(page, self._merged(page, item, before, page.prepare(fields)))
                stored = self._write(page, item, row, before, checked, author)
                changed.append(Changed(page.about.name, item, stored.revision))
        self._announce(changed)

    def replace(self, values: P, author: Author, *, item: str = "") -> Stored[P]:
        """Store whole values that are checked already: a page that an action gave back."""
        page = type(values)
        with self._store.transaction():
            row = self._store.read(page.about.name, item)
            stored = self._write(page, item, row, self.load(page, row) if row else None, values, author)
        self._announce([Changed(page.about.name, item, stored.revision)])
        return stored

    def copy(
        self, page: type[P], item: str, to: Iterable[str], author: Author, *, losing: bool = True
    ) -> list[Stored[P]]:
        """Copy the values of one item to others, all or none. `losing` is as in `change`."""
        values = self.get(page, item)
        found: list[Stored[P]] = []
        with self._store.transaction():
            for other in to:
                row = self._store.read(page.about.name, other)
                before = self.load(page, row) if row else None
                found.append(self._write(page, other, row, before, values, author, losing=losing))
        self._announce([Changed(page.about.name, one.item, one.revision) for one in found])
        return found

    def remove_item(self, scope: Scope, item: str, author: Author) -> None:
        """Remove every page of one item: all that a channel was."""
        gone: list[Changed] = []
        with self._store.transaction():
            revision = self._store.count("revision")
            for page in self.registry.of_scope(scope):
                row = self._store.read(page.about.name, item)
                if row and self._store.remove(page.about.name, item):
                    gone.append(Changed(page.about.name, item, revision, removed=True))
                    self._store.note([self._noted(page, item, author, "", json.dumps("stored"), json.dumps(None))])
        self._announce(gone)

    def remove(self, page: type[Page], item: str, author: Author) -> None:
        """Remove one item of a list page; raises `NotFound`, and what its guard refuses."""
        with self._store.transaction():
            row = self._store.read(page.about.name, item)
            if row is None:
                raise NotFound(what=_("item {item} on the page {page}").format(page=page.about.title, item=item))
            self._look(page, author, item, self.load(page, row).values, None)
            self._store.remove(page.about.name, item)
            revision = self._store.count("revision")
            self._store.note([self._noted(page, item, author, "", json.dumps("stored"), json.dumps(None))])
        self._announce([Changed(page.about.name, item, revision, removed=True)])

    def together(self) -> AbstractContextManager[None]:
        """Everything within becomes durable together, or nothing; nobody else changes anything meanwhile."""
        return self._store.transaction()

    def count(self, name: str) -> int:
        """Draw the next number of a counter that outlives restarts."""
        return self._store.count(name)

    # --- how ---

    def _defaults(self, page: type[P], item: str) -> P:
        try:
            return page.model_validate(dict(page.standing_values(item)))
        except ValidationError:
            raise NotFound(what=_("item {item} on the page {page}").format(page=page.about.title, item=item)) from None

    def load(self, page: type[P], row: Row) -> Stored[P]:
        """Give a stored document as today's page; raises `DamagedSettings`."""
        body = upgraded(page, row)
        known = {name: value for name, value in body.items() if name in page.model_fields}
        # What no longer fits (a narrower range, a removed choice, a secret of another device) falls back by the field.
        for _try in range(len(known) + 1):
            try:
                return Stored(row.item, row.revision, page.model_validate(known, context={"seal": self.seal}))
            except ValidationError as error:
                places = {str(one["loc"][0]) for one in error.errors() if one["loc"]} & known.keys()
                if not places:
                    break
                log.warning("Stored %s of %s %s do not fit any more", sorted(places), row.page, row.item)
                known = {name: value for name, value in known.items() if name not in places}
        raise DamagedSettings(page=row.page, item=row.item)

    def _look(self, page: type[Page], author: Author, item: str, before: Page | None, after: Page | None) -> None:
        guard = self._guards.get(page.about.name)
        if guard is not None:
            guard(author, item, before, after)

    def _merged(self, page: type[P], item: str, before: Stored[P] | None, values: Mapping[str, Any]) -> dict[str, Any]:
        base = dict(before.values) if before else dict(page.standing_values(item))
        kept = {
            name: value
            for name, value in values.items()
            if not (value == MASK and name in page.model_fields and page.model_fields[name].annotation is Secret)
        }
        return {**base, **kept}

    def _check(self, page: type[P], values: dict[str, Any]) -> P:
        try:
            return page.model_validate(values)
        except ValidationError as error:
            raise refusal(page, error) from None

    def _refuse_losses(self, page: type[P], item: str, before: Stored[P] | None, after: P) -> None:
        if lowering(page) and (found := losses(before.values if before else self._defaults(page, item), after)):
            raise KeepsLess(losses="\n".join(found))

    def _refuse_read_only(self, page: type[P], before: Stored[P] | None, values: Mapping[str, Any]) -> None:
        named = [name for name in self.read_only(page) if name in values]
        if named:
            shown = self.shown(before.values if before else self._defaults(page, ""))
            for name in named:
                if values[name] != shown.get(name):
                    raise ReadOnlySetting(field=name, title=field_title(page, name), problem="")

    def _write(
        self,
        page: type[P],
        item: str,
        row: Row | None,
        before: Stored[P] | None,
        values: P,
        author: Author,
        *,
        losing: bool = True,
    ) -> Stored[P]:
        sealed = values.model_dump(mode="json", context={"seal": self.seal})
        body = upgraded(page, row) if row else {}
        unknown = {name: one for name, one in body.items() if name not in page.model_fields}
        noted = self._differences(page, item, before, values, author)
        if before is not None and not noted:
            return before
        self._look(page, author, item, before.values if before else None, values)
        if not losing:
            # Of who may do it, and not before: what is kept is not for everybody to know.
            self._refuse_losses(page, item, before, values)
        revision = self._store.count("revision")
        version = max(page.about.version, row.version if row else 0)
        self._store.write(Row(page.about.name, item, version, revision, {**unknown, **sealed}))
        self._store.note(noted)
        return Stored(item, revision, values)

    def _differences(
        self, page: type[P], item: str, before: Stored[P] | None, values: P, author: Author
    ) -> list[Change]:
        old = before.values if before else self._until_now(page, item)
        masked_old = old.model_dump(mode="json") if old else {}
        masked_new = values.model_dump(mode="json")
        return [
            self._noted(page, item, author, name, json.dumps(masked_old.get(name)), json.dumps(masked_new[name]))
            for name in page.model_fields
            if old is None or getattr(old, name) != getattr(values, name)
        ]

    def _until_now(self, page: type[P], item: str) -> P | None:
        """Give the defaults that held while nothing was stored; None where this document is only begun now."""
        if page.about.scope is Scope.LIST and item not in page.standing_items():
            return None
        try:
            return self._defaults(page, item)
        except NotFound:
            return None

    def _announce(self, changed: Sequence[Changed]) -> None:
        for listener in self._listeners if changed else ():
            try:
                listener(changed)
            except Exception:
                # It is stored: who asked for it is told so, and all others that follow it hear of it.
                log.exception("a change of %s was not followed", ", ".join(sorted({one.page for one in changed})))


def upgraded(page: type[Page], row: Row) -> dict[str, Any]:
    """Give the stored values of a document as today's version of its page has them."""
    body = row.body
    for version in range(row.version, page.about.version):
        body = page.upgrade(dict(body), version)
    return body

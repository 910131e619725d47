"""Bringing a configuration to this recorder: what would change is told first, and it waits to be moved in (C3, C4)."""

import json
import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from recorder.accounts.people import People
from recorder.accounts.store import FILE as ACCOUNTS_FILE
from recorder.accounts.store import AccountStore
from recorder.client.answers.configuration import ConfigurationPreview, Difference, Taking
from recorder.client.clock import Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance, file_mode
from recorder.client.words import _
from recorder.configuration import incoming, web_certificate
from recorder.configuration.contents import Contents, Document, closed
from recorder.configuration.steps import Steps
from recorder.control.voices import FOLDER as VOICES
from recorder.control.voices import LARGEST_KEPT
from recorder.control.wav import BadSound, parse
from recorder.events.carried import NoEvents, unpacked
from recorder.settings import carried_audit
from recorder.settings.audit import Change
from recorder.settings.carried_audit import NoAudit
from recorder.settings.page import Page, field_title
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.disk import Disk
from recorder.settings.pages.general import General
from recorder.settings.pages.ptz import Ptz
from recorder.settings.pages.voice_file import VoiceFile
from recorder.settings.refusal import refusal
from recorder.settings.rights import MOST_CHANNELS
from recorder.settings.scope import Area, Scope
from recorder.settings.settings import Author, Settings, upgraded
from recorder.settings.store import FILE as SETTINGS_FILE
from recorder.settings.store import Row, SettingsStore
from recorder.store import carried_key
from recorder.store.ids import RESTORED, kept_number, restored
from recorder.store.key_ring import FILE as POOL_KEYS_FILE
from recorder.store.key_ring import KeyRing

OWN_PAGES = frozenset({Channel, Disk, Ptz})
"""What is bound to the devices of one recorder: cameras, disks, domes at its lines. A clone keeps its own."""
OWN_FIELDS: Mapping[str, frozenset[str]] = {General.about.name: frozenset({"recorder_name", "recorder_number"})}
"""By what a recorder is known; a clone keeps its own."""
OWN_TABLES = frozenset({"recovery_code", "api_key"})
"""What lets somebody in once, or a program: it was given for one recorder."""
MOST_SHOWN = 500
CHANNELS = frozenset(map(str, range(1, MOST_CHANNELS + 1)))
log = logging.getLogger(__name__)


class NobodyLooksAfter(NightjarError):
    """With it nobody could look after the recorder (A4)."""

    status = 422
    words = _("Nobody in this configuration could look after the recorder: no administrator of it has a password.")


class NotTaken(NightjarError):
    """It fits no database."""

    status = 422
    words = _("This configuration cannot be used: {problem}. Nothing was changed.")


@dataclass(frozen=True)
class _Changed:
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


class Placing:
    """Called in threads, one at a time."""

    def __init__(self, instance: Instance, store: SettingsStore, settings: Settings, clock: Clock) -> None:
        self._instance = instance
        self._store = store
        self._settings = settings
        self._clock = clock

    def look(self, contents: Contents, taking: Taking) -> ConfigurationPreview:
        """Say what would change; raises `NobodyLooksAfter`, `NotTaken`, OSError."""
        try:
            changed, left_out = self._make(contents, taking, Author("recorder", ""), "", Steps())
        finally:
            incoming.give_up(self._instance)
        return ConfigurationPreview(
            differences=tuple(one.shown for one in changed[:MOST_SHOWN]),
            more=max(0, len(changed) - MOST_SHOWN),
            users=tuple(sorted(one.name for one in contents.credentials)),
            left_out=tuple(left_out[:MOST_SHOWN]),
            becomes=self.becomes_another(contents, taking),
        )

    def take(
        self,
        contents: Contents,
        taking: Taking,
        author: Author,
        words: str,
        steps: Steps | None = None,
        *,
        with_audit: bool = False,
    ) -> None:
        """Have it moved in when control starts; raises `NobodyLooksAfter`, `NotTaken`, OSError.

        The audit in it comes back only where nobody looks after the recorder yet: who does could forge one (A12).
        """
        steps = steps or Steps()
        try:
            self._make(contents, taking, author, words, steps, with_audit=with_audit)
            incoming.decide(self._instance, steps)
        except (NightjarError, OSError):
            incoming.give_up(self._instance)
            raise

    def becomes_another(self, contents: Contents, taking: Taking) -> bool:
        """Whether the recorder becomes again one that it is not now: disks of that one are its own then."""
        return taking is Taking.SAME and contents.recorder not in {"", kept_number(self._instance.state)[0]}

    def _make(
        self,
        contents: Contents,
        taking: Taking,
        author: Author,
        words: str,
        steps: Steps,
        *,
        with_audit: bool = False,
    ) -> tuple[Sequence[_Changed], Sequence[str]]:
        """Make the folder, and say what changes and what was left out."""
        folder = incoming.begin(self._instance, steps)
        try:
            with self._settings.together():
                _copy(self._instance.config / SETTINGS_FILE, folder / SETTINGS_FILE)
                _copy(self._instance.config / ACCOUNTS_FILE, folder / ACCOUNTS_FILE)
            with (
                closing(SettingsStore(folder / SETTINGS_FILE)) as store,
                closing(AccountStore(folder / ACCOUNTS_FILE)) as accounts,
            ):
                rows, left_out = self._rows(contents, taking)
                changed = list(self._changes(rows, taking))
                with store.transaction():
                    if with_audit and contents.audit:
                        left_out += self._put_audit(store, contents, author)
                    self._put_settings(store, rows, taking, changed, author, words)
                self._put_accounts(accounts, contents, taking)
                self._check(store, accounts)
        except (sqlite3.Error, OverflowError) as error:
            raise NotTaken(problem=error) from None
        voices = folder / VOICES
        voices.mkdir(mode=0o700)
        for name, data in contents.voices.items():
            if problem := _voice_problem(name, data):
                left_out.append(problem)
            else:
                steps.write(voices / f"{name}.wav", data)
        if taking is Taking.SAME:
            left_out += _put_events(folder, contents.events, steps)
            self._put_keys(folder, contents)
            if self.becomes_another(contents, taking):
                told = restored(contents.recorder, contents.boot)
                steps.write(folder / RESTORED, told, file_mode(self._instance.state))
            if contents.web is not None:
                steps.write(folder / web_certificate.RESTORED, msgspec.json.encode(contents.web))
            if contents.evidence is not None:
                told = carried_key.waiting(contents.evidence, self._instance)
                steps.write(folder / carried_key.RESTORED, told, file_mode(self._instance.state))
        return changed, left_out

    # --- settings ---

    def _rows(self, contents: Contents, taking: Taking) -> tuple[list[Row], list[str]]:
        """Give documents as this recorder stores them, and words on what was left out."""
        rows: list[Row] = []
        left_out: list[str] = []
        for one in contents.documents:
            page = self._page(one.page)
            if page is not None and _is_kept(page, taking):
                continue
            row = Row(one.page, one.item, one.version, 0, closed(one.body, self._settings.seal))
            if page is not None and taking is Taking.CLONE and (own := OWN_FIELDS.get(one.page)):
                before = self._store.read(one.page, one.item)
                kept = {name: value for name, value in (before.body if before else {}).items() if name in own}
                rest = {name: value for name, value in row.body.items() if name not in own}
                row = replace(row, body={**rest, **kept})
            if page is not None:
                problem = _item_problem(page, one)
                if not problem:
                    row, problem = self._checked(page, row)
                if problem:
                    left_out.append(f"{page.about.title} {one.item}: {problem}".replace(" :", ":"))
                if row is None:
                    continue
            rows.append(row)
        return rows, left_out

    def _page(self, name: str) -> type[Page] | None:
        return next((page for page in self._settings.registry if page.about.name == name), None)

    def _checked(self, page: type[Page], row: Row) -> tuple[Row | None, str]:
        """Give a document as it fits its page, and words on what of it did not; None: nothing did."""
        known = {name: value for name, value in upgraded(page, row).items() if name in page.model_fields}
        context = {"seal": self._settings.seal}
        try:
            page.model_validate(known, context=context)
        except ValidationError as error:
            problem = str(refusal(page, error))
        else:
            return row, ""
        try:
            values = self._settings.load(page, row).values
        except NightjarError:
            return None, problem
        return replace(
            row, version=page.about.version, body=values.model_dump(mode="json", context=self._seal)
        ), problem

    @property
    def _seal(self) -> dict[str, Any]:
        return {"seal": self._settings.seal}

    def _changes(self, rows: Sequence[Row], taking: Taking) -> Iterator[_Changed]:
        """Give what is another value than before, by the order of pages."""
        after = {(row.page, row.item): row for row in rows}
        for page in self._settings.registry:
            name = page.about.name
            if _is_kept(page, taking):
                continue
            before = {row.item: row for row in self._store.items(name)}
            items = {*before, *(item for one, item in after if one == name)}
            for item in sorted(items, key=lambda one: (not one.isdigit(), int(one) if one.isdigit() else 0, one)):
                yield from self._differences(page, item, before.get(item), after.get((name, item)))

    def _differences(self, page: type[Page], item: str, before: Row | None, after: Row | None) -> Iterator[_Changed]:
        old, new = self._values(page, before), self._values(page, after)
        if new is None:
            if old is not None:
                yield _Changed(page, item, "", json.dumps("stored"), json.dumps(None))
            return
        shown_old, shown_new = old.model_dump(mode="json") if old else {}, new.model_dump(mode="json")
        for field in page.model_fields:
            if old is None or getattr(old, field) != getattr(new, field):
                yield _Changed(page, item, field, json.dumps(shown_old.get(field)), json.dumps(shown_new[field]))

    def _values(self, page: type[Page], row: Row | None) -> Page | None:
        try:
            return self._settings.load(page, row).values if row is not None else None
        except NightjarError:
            return None

    def _put_settings(
        self,
        store: SettingsStore,
        rows: Sequence[Row],
        taking: Taking,
        changed: Sequence[_Changed],
        author: Author,
        words: str,
    ) -> None:
        pages = {page.about.name: page for page in self._settings.registry}
        for one in store.all():
            page = pages.get(one.page)
            if page is None or not _is_kept(page, taking):
                store.remove(one.page, one.item)
        for row in rows:
            store.write(replace(row, revision=store.count("revision")))
        noted = [("configuration", "", "", json.dumps(None), json.dumps(words))]
        noted += [(one.page.about.name, one.item, one.field, one.old, one.new) for one in changed]
        now_us = self._clock.now_us()
        store.note(Change(now_us, author.who, author.source, *one) for one in noted)

    def _put_audit(self, store: SettingsStore, contents: Contents, author: Author) -> list[str]:
        """Bring the audit back; gives words where it cannot be read, which keeps nothing else from coming."""
        try:
            before = carried_audit.unpacked(contents.audit)
        except NoAudit as error:
            log.error("The audit of before does not come back: %s", error)  # noqa: TRY400 - a sentence for the owner
            return [str(error)]
        same = not self.becomes_another(contents, Taking.SAME)
        carried_audit.bring_back(store, before, author, self._clock.now_us(), same=same)
        return []

    # --- users ---

    def _put_accounts(self, accounts: AccountStore, contents: Contents, taking: Taking) -> None:
        known = {one.name for one in contents.credentials}
        with accounts.transaction():
            accounts.clear()
            for table, rows in contents.tables():
                if taking is Taking.CLONE and table in OWN_TABLES:
                    continue
                for one in rows:
                    row = msgspec.structs.asdict(one)
                    if row.get("user", row.get("name")) not in known:
                        continue
                    if table == "second_factor":
                        row["secret"] = self._settings.seal.seal(row["secret"])
                    accounts.put(table, row)

    def _check(self, store: SettingsStore, accounts: AccountStore) -> None:
        """See that somebody could look after the recorder; raises `NobodyLooksAfter`."""
        registry, seal, machine = self._settings.registry, self._settings.seal, self._settings.machine
        settings = Settings(store, registry, seal, self._clock, machine)
        people = People(settings, accounts.holders, lambda _name: None)
        holders = accounts.holders()
        for name in holders - {one.name for one in people.all()}:
            accounts.forget(name)
        if not any(one.is_administrator and one.name in holders for one in people.all()):
            raise NobodyLooksAfter

    # --- keys ---

    def _put_keys(self, folder: Path, contents: Contents) -> None:
        """Put the keys of pools beside those that this recorder has; raises `NotTaken`."""
        ours = self._instance.config / POOL_KEYS_FILE
        if ours.exists():
            (folder / POOL_KEYS_FILE).write_bytes(ours.read_bytes())
            (folder / POOL_KEYS_FILE).chmod(file_mode(self._instance.config))
        if not contents.pool_keys:
            return
        ring = KeyRing(self._instance, self._clock, folder / POOL_KEYS_FILE)
        try:
            for one in contents.pool_keys:
                ring.enter(one.recovery_key, one.pool)
        except NightjarError as error:
            raise NotTaken(problem=str(error).rstrip(".")) from None


def _put_events(folder: Path, events: bytes, steps: Steps) -> list[str]:
    """Put packed events by; gives words where they cannot be read, which keeps nothing else from coming."""
    if not events:
        return []
    try:
        unpacked(events)
    except NoEvents as error:
        return [str(error)]
    steps.write(folder / incoming.EVENTS, events)
    return []


def _is_kept(page: type[Page], taking: Taking) -> bool:
    """Whether what this recorder has of a page stays."""
    return taking is Taking.CLONE and (page in OWN_PAGES or page.about.area is Area.NETWORK)


def _item_problem(page: type[Page], one: Document) -> str:
    """Say why a page can have no such item; empty where it can."""
    match page.about.scope:
        case Scope.SYSTEM:
            fits = not one.item
        case Scope.CHANNEL:
            fits = one.item in CHANNELS
        case Scope.LIST:
            fits = bool(one.item) and one.item.isprintable() and page.is_item(one.item)
    return "" if fits else _("there can be none of this name")


def _voice_problem(name: str, data: bytes) -> str:
    if not VoiceFile.is_item(name):
        return _("a sound whose name no sound can have")
    try:
        parse(data, LARGEST_KEPT)
    except BadSound as error:
        return _("Sound {name}: {problem}").format(name=name, problem=error)
    return ""


def _copy(database: Path, to: Path) -> None:
    to.touch(mode=0o600)
    with closing(sqlite3.connect(database, timeout=10)) as one, closing(sqlite3.connect(to)) as other:
        one.backup(other)

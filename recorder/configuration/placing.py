"""Bringing a configuration to this recorder: what would change is told first, and it waits to be moved in (C3, C4)."""

import json
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec

from recorder.accounts.people import People
from recorder.accounts.store import FILE as ACCOUNTS_FILE
from recorder.accounts.store import AccountStore
from recorder.client.answers.configuration import ConfigurationPreview, Taking
from recorder.client.clock import Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance, file_mode
from recorder.client.words import _
from recorder.configuration import incoming, web_certificate
from recorder.configuration.contents import Contents
from recorder.configuration.database import copy
from recorder.configuration.differences import Changed, Differences
from recorder.configuration.fitting import Fitting, is_kept
from recorder.configuration.steps import Steps
from recorder.control.voices import FOLDER as VOICES
from recorder.control.voices import LARGEST_KEPT
from recorder.control.wav import BadSound, parse
from recorder.events.carried import NoEvents, unpacked
from recorder.settings import carried_audit
from recorder.settings.audit import Change
from recorder.settings.carried_audit import NoAudit
from recorder.settings.pages.voice_file import VoiceFile
from recorder.settings.settings import Author, Settings
from recorder.settings.store import FILE as SETTINGS_FILE
from recorder.settings.store import Row, SettingsStore
from recorder.store import carried_key
from recorder.store.ids import RESTORED, kept_number, restored
from recorder.store.key_ring import FILE as POOL_KEYS_FILE
from recorder.store.key_ring import KeyRing

OWN_TABLES = frozenset({"recovery_code", "api_key"})
"""What lets somebody in once, or a program: it was given for one recorder."""
MOST_SHOWN = 500
log = logging.getLogger(__name__)


class NobodyLooksAfter(NightjarError):
    """With it nobody could look after the recorder (A4)."""

    status = 422
    words = _("Nobody in this configuration could look after the recorder: no administrator of it has a password.")


class NotTaken(NightjarError):
    """It fits no database."""

    status = 422
    words = _("This configuration cannot be used: {problem}. Nothing was changed.")


class Placing:
    """Called in threads, one at a time."""

    def __init__(self, instance: Instance, store: SettingsStore, settings: Settings, clock: Clock) -> None:
        self._instance = instance
        self._settings = settings
        self._clock = clock
        self._fitting = Fitting(store, settings)
        self._differences = Differences(store, settings)

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
    ) -> tuple[Sequence[Changed], Sequence[str]]:
        """Make the folder, and say what changes and what was left out."""
        folder = incoming.begin(self._instance, steps)
        try:
            with self._settings.together():
                copy(self._instance.config / SETTINGS_FILE, folder / SETTINGS_FILE)
                copy(self._instance.config / ACCOUNTS_FILE, folder / ACCOUNTS_FILE)
            with (
                closing(SettingsStore(folder / SETTINGS_FILE)) as store,
                closing(AccountStore(folder / ACCOUNTS_FILE)) as accounts,
            ):
                rows, left_out = self._fitting.rows(contents, taking)
                changed = list(self._differences.between(rows, taking))
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

    def _put_settings(
        self,
        store: SettingsStore,
        rows: Sequence[Row],
        taking: Taking,
        changed: Sequence[Changed],
        author: Author,
        words: str,
    ) -> None:
        pages = {page.about.name: page for page in self._settings.registry}
        for one in store.all():
            page = pages.get(one.page)
            if page is None or not is_kept(page, taking):
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


def _voice_problem(name: str, data: bytes) -> str:
    if not VoiceFile.is_item(name):
        return _("a sound whose name no sound can have")
    try:
        parse(data, LARGEST_KEPT)
    except BadSound as error:
        return _("Sound {name}: {problem}").format(name=name, problem=error)
    return ""

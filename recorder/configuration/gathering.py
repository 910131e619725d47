"""Gathering what a configuration holds from a recorder that runs, and sealing it."""

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from recorder.accounts.accounts import Accounts
from recorder.accounts.store import AccountStore
from recorder.client.clock import Clock
from recorder.client.instance import Instance
from recorder.client.version import own_version
from recorder.configuration import contents, sealed, web_certificate
from recorder.configuration.contents import TABLES, Contents, Document, PoolKey
from recorder.configuration.sealed import MOST_LOCKS, Manifest, Secret
from recorder.control.voices import FOLDER as VOICES
from recorder.control.voices import LARGEST_KEPT
from recorder.events.carried import packed
from recorder.events.store import EventStore
from recorder.settings import carried_audit
from recorder.settings.pages.general import General
from recorder.settings.settings import Settings
from recorder.settings.store import SettingsStore
from recorder.store import carried_key
from recorder.store.errors import StoreError
from recorder.store.ids import kept_number
from recorder.store.key_ring import KeyRing, recovery_key

MOST_VOICE_BYTES = 24 << 20
"""Of sounds that go along. Packed they take as much, and a file of more than `sealed.LARGEST_FILE` nobody takes."""
log = logging.getLogger(__name__)


class Gathering:
    """Takes all that was set at one moment. Called in threads."""

    def __init__(
        self,
        instance: Instance,
        stores: tuple[SettingsStore, AccountStore, EventStore],
        settings: Settings,
        accounts: Accounts,
        ring: KeyRing,
        clock: Clock,
    ) -> None:
        self._instance = instance
        self._settings_store, self._account_store, self._event_store = stores
        self._settings = settings
        self._accounts = accounts
        self._ring = ring
        self._clock = clock

    def sealed(self, by: Sequence[Secret], *, voice_bytes: int = MOST_VOICE_BYTES, history_bytes: int = 0) -> bytes:
        """Give it sealed with some passwords.

        Of the sounds it has those that fit into so many bytes (`voices_left_out` names the others), of the newest
        events so many bytes, and of the newest rows of the audit half as many.
        """
        recorder, _boot = kept_number(self._instance.state)
        manifest = Manifest(
            made_us=self._clock.now_us(),
            name=self._settings.get(General).recorder_name,
            recorder=recorder,
            firmware=own_version(),
        )
        content = self.contents(voice_bytes=voice_bytes, history_bytes=history_bytes)
        return sealed.seal(manifest, by, contents.write(content))

    def administrators(self) -> tuple[Secret, ...]:
        """Give those who may everything at any time, as they lock a backup; the oldest password first."""
        found: list[tuple[int, Secret]] = []
        for one in self._accounts.people.all():
            known = self._accounts.credential(one.name) if one.is_administrator else None
            if known is not None and (secret := sealed.secret_of_record(known.record, one.name)) is not None:
                found.append((known.set_us, secret))
        return tuple(secret for _set_us, secret in sorted(found, key=lambda one: one[0]))[:MOST_LOCKS]

    def contents(self, *, voice_bytes: int = MOST_VOICE_BYTES, history_bytes: int = 0) -> Contents:
        """Give all of it, settings and users of one moment."""
        seal = self._settings.seal
        recorder, boot = kept_number(self._instance.state)
        with self._settings.together():
            documents = [
                Document(row.page, row.item, row.version, contents.opened(row.body, seal))
                for row in self._settings_store.all()
            ]
            rows = {table: self._account_store.rows(table) for table in TABLES}
        opened = [{**row, "secret": contents.opened(row["secret"], seal)} for row in rows["second_factor"]]
        rows["second_factor"] = [
            {**row, "secret": row["secret"][contents.SECRET]} for row in opened if isinstance(row["secret"], dict)
        ]
        users: dict[str, Any] = {
            field: tuple(msgspec.convert(row, kind) for row in rows[table]) for table, (field, kind) in TABLES.items()
        }
        audit = carried_audit.packed(self._settings_store, history_bytes // 2) if history_bytes else b""
        return Contents(
            recorder=recorder,
            boot=boot,
            documents=tuple(documents),
            **users,
            pool_keys=self._pool_keys(),
            evidence=carried_key.gathered(self._instance),
            web=web_certificate.gathered(web_certificate.folder_of(self._instance)),
            events=self._events(history_bytes) if history_bytes else b"",
            audit=audit,
            voices={one.stem: one.read_bytes()[:LARGEST_KEPT] for one in self._voices(voice_bytes)[0]},
        )

    @property
    def voices_left_out(self) -> tuple[str, ...]:
        """The names of sounds that a file has no room for."""
        return tuple(one.stem for one in self._voices(MOST_VOICE_BYTES)[1])

    def _voices(self, most_bytes: int) -> tuple[list[Path], list[Path]]:
        """Give the files of sounds that fit into so many bytes, by their names, and the others."""
        fit: list[Path] = []
        rest: list[Path] = []
        for one in sorted((self._instance.config / VOICES).glob("*.wav")):
            bytes_ = min(one.stat().st_size, LARGEST_KEPT)
            if bytes_ > most_bytes:
                rest.append(one)
                continue
            fit.append(one)
            most_bytes -= bytes_
        return fit, rest

    def _events(self, most_bytes: int) -> bytes:
        """Pack events; where their list cannot be read, what was set is kept without them."""
        try:
            return packed(self._event_store, most_bytes)
        except sqlite3.Error as error:
            log.warning("The events are left out: %s", error)
            return b""

    def _pool_keys(self) -> tuple[PoolKey, ...]:
        try:
            keys = [(self._ring.of(one.number), one.pool) for one in self._ring.all()]
        except StoreError as error:
            log.warning("The keys of pools are left out: %s", error)
            return ()
        return tuple(PoolKey(recovery_key(key), pool) for key, pool in keys if key is not None)

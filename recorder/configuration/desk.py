"""The configuration as a whole, in control: what an administrator asks of it."""

import hashlib
import re
import secrets
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from recorder.accounts.password import check_new
from recorder.client.answers.configuration import (
    ConfigurationFile,
    ConfigurationPreview,
    ConfigurationStatus,
    Exported,
    Extent,
    Taking,
)
from recorder.client.answers.disks import StickStatus
from recorder.client.answers.update import FoundBundle
from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError, NotFound
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.configuration import contents, sealed
from recorder.configuration.backup import Backup
from recorder.configuration.found_backups import FoundBackups
from recorder.configuration.gathering import Gathering
from recorder.configuration.placing import Placing
from recorder.configuration.reset_flag import ask_for, withdraw
from recorder.configuration.sealed import LARGEST_FILE
from recorder.configuration.spare import Spare
from recorder.configuration.steps import Steps
from recorder.control.sticks import Sticks
from recorder.settings.pages.general import General
from recorder.settings.settings import Author, Settings
from recorder.store.disk_lane import Lanes
from recorder.store.errors import DiskSilent
from recorder.store.ids import kept_number
from recorder.update.inbox import pieces_of
from recorder.update.search import StickUnreadable, Wanted, found_on, opened

SUFFIX = ".njsc"
STICK_S = 5.0
"""A stick that takes longer to tell its names is not waited for: who asked would hold a thread that others need."""
WANTED = Wanted(SUFFIX.encode(), LARGEST_FILE)
ASKED = {
    Extent.SETTINGS: _("a reset of all settings but users and network was asked for"),
    Extent.USERS: _("a reset of all settings and users was asked for"),
    Extent.EVERYTHING: _("a reset of everything but recordings was asked for"),
}
TAKEN = {
    Taking.SAME: _("taken from {name} as of {time}, to be that recorder"),
    Taking.CLONE: _("taken from {name} as of {time}, to be one like it"),
}
SILENT = _("The USB stick {stick} takes long to answer. Wait, or take another one.")
LEFT_OUT = _("All sounds together are too large for a file. It leaves out, to be kept elsewhere: {names}.")


class NotWritten(NightjarError):
    """The recorder's own disk takes nothing."""

    status = 507
    words = _("The recorder's own disk cannot be written: {problem}. Nothing was changed.")


class UpdateGoesOn(NightjarError):
    """Both start the recorder anew, and neither may come between the other's steps."""

    status = 409
    words = _("The recorder is being updated. Wait for the end of it.")


class NotExported(NightjarError):
    """A stick takes nothing."""

    status = 409
    words = _("The configuration could not be written to the USB stick: {problem}.")


class ConfigurationDesk:
    """Called in threads."""

    def __init__(
        self,
        instance: Instance,
        settings: Settings,
        gathering: Gathering,
        placing: Placing,
        sticks: Sticks,
        updating: Callable[[], bool],
        backup: Backup,
        found: FoundBackups,
        leave: Callable[[], object],
        restart: Callable[[], object],
    ) -> None:
        """`leave` has control start anew, `restart` the machine; that one raises `NightjarError`."""
        self._instance = instance
        self._settings = settings
        self._gathering = gathering
        self._placing = placing
        self._sticks = sticks
        self._updating = updating
        self._leave = leave
        self._restart = restart
        self.backup = backup
        self.found = found
        self._held: tuple[str, bytes] = ("", b"")
        """The file that was taken in last, by its id."""
        self._one_at_a_time = Lock()
        self._lanes = Lanes()

    def running(self) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
        """Give what runs for as long as control does."""
        return self.backup.run, Spare(self._instance).run, self.found.run

    # --- what is there ---

    def status(self) -> ConfigurationStatus:
        """What is on sticks."""
        seen = [self._on(stick) for stick in self._sticks.sticks]
        found = tuple(one for some, _problem in seen for one in some)
        problem = " ".join(problem for _some, problem in seen if problem)
        return ConfigurationStatus(found, problem, self.backup.disks, self._left_out())

    def _on(self, stick: StickStatus) -> tuple[tuple[FoundBundle, ...], str]:
        lane = self._lanes.of(stick.place, STICK_S)
        try:
            return lane.do(stick.label, lambda: found_on(stick.place, stick.label, WANTED)), ""
        except DiskSilent:
            return (), SILENT.format(stick=stick.label)
        except StickUnreadable as error:
            return (), str(error)

    # --- exporting ---

    def export(self, password: str, author: Author) -> tuple[str, bytes]:
        """Give a name for the file, and all that was set, sealed with a password; raises `BadPassword`."""
        check_new(password)
        data = self._gathering.sealed([sealed.secret_of_password(password)])
        self._settings.noted("configuration", "", " ".join(filter(None, (_("exported"), self._left_out()))), author)
        return self._file_name(sealed.manifest_of(data).made_us), data

    def _left_out(self) -> str:
        """Say which sounds are too many for a file; empty: none."""
        names = self._gathering.voices_left_out
        return LEFT_OUT.format(names=", ".join(names)) if names else ""

    def export_to_stick(self, port: str, password: str, author: Author) -> Exported:
        """Write it to the stick in a port; raises `NotFound`, `BadPassword`, `NotExported`, `StickNotWritten`."""
        stick = self._stick(port)
        check_new(password)
        self._sticks.open_for_writing(stick.place)
        name, data = self.export(password, author)
        folder, steps = Path(stick.place), Steps()
        fresh = folder / f".{secrets.token_hex(6)}.new"
        try:
            steps.write(fresh, data)
            steps.rename(fresh, folder / name)
            steps.sync(folder)
        except OSError as error:
            with suppress(OSError):
                steps.remove(fresh)
            raise NotExported(problem=error.strerror or error) from None
        return Exported(stick.label, name)

    def _stick(self, port: str) -> StickStatus:
        found = next((one for one in self._sticks.sticks if one.port == port), None)
        if found is None:
            raise NotFound(what=_("USB stick in {port}").format(port=port))
        return found

    def _file_name(self, made_us: int) -> str:
        name = re.sub(r"[^A-Za-z0-9]+", "-", self._settings.get(General).recorder_name).strip("-") or "recorder"
        return f"{name}-{datetime.fromtimestamp(made_us / SECOND_US, UTC):%Y-%m-%d-%H%M%S}{SUFFIX}"

    # --- taking in ---

    def hold(self, data: bytes) -> ConfigurationFile:
        """Take a file in to be looked at, in place of the one before; raises what `sealed.manifest_of` does."""
        manifest = sealed.manifest_of(data)
        self._held = hashlib.sha256(data).hexdigest()[:32], data
        mine = kept_number(self._instance.state)[0]
        same = bool(manifest.recorder) and manifest.recorder == mine
        return ConfigurationFile(self._held[0], manifest.name, manifest.made_us, manifest.firmware, same)

    def hold_from_stick(self, wanted: str) -> ConfigurationFile:
        """Take a file of a stick in; raises `NotFound`, `BundleGone`, `StickUnreadable`, and as `hold`."""
        for stick in self._sticks.sticks:
            if any(one.id == wanted and not one.problem for one in self._on(stick)[0]):
                return self.hold(_read(stick, wanted))
        raise NotFound(what=_("such file on a USB stick"))

    def look(self, wanted: str, password: str, taking: Taking) -> ConfigurationPreview:
        """Say what would change; raises `NotFound`, and what `sealed.open_sealed` and `Placing.look` do."""
        with self._one_at_a_time:
            try:
                return self._placing.look(self._opened(wanted, password)[1], taking)
            except OSError as error:
                raise NotWritten(problem=error.strerror or error) from None

    def take(self, wanted: str, password: str, taking: Taking, author: Author) -> None:
        """Have it take the place of what is here, at the start that follows at once; raises as `look` does.

        Also `UpdateGoesOn`.
        """
        if self._updating():
            raise UpdateGoesOn
        with self._one_at_a_time:
            manifest, found = self._opened(wanted, password)
            self._place(manifest, found, taking, author)

    def _place(
        self,
        manifest: sealed.Manifest,
        found: contents.Contents,
        taking: Taking,
        author: Author,
        *,
        with_audit: bool = False,
    ) -> None:
        """Have contents take the place of what is here, and start anew."""
        made = f"{datetime.fromtimestamp(manifest.made_us / SECOND_US, UTC):%Y-%m-%d %H:%M} UTC"
        words = TAKEN[taking].format(name=manifest.name, time=made)
        becomes = self._placing.becomes_another(found, taking)
        try:
            self._placing.take(found, taking, author, words, with_audit=with_audit)
        except OSError as error:
            raise NotWritten(problem=error.strerror or error) from None
        self._held = ("", b"")
        if becomes:
            # Where the machine has no switch, its owner starts the rest anew.
            with suppress(NightjarError):
                self._restart()
                return
        self._leave()

    def _opened(self, wanted: str, password: str) -> tuple[sealed.Manifest, contents.Contents]:
        name, data = self._held
        if not name or name != wanted:
            raise NotFound(what=_("configuration that was taken in just now"))
        return sealed.manifest_of(data), contents.read(sealed.open_sealed(data, password))

    def restore(self, wanted: str, user: str, password: str, place: str) -> None:
        """Bring a backup of a disk back to a recorder that is not set up, by an administrator of then and his password.

        Raises `NotFound`, `WrongConfigurationPassword`, `NotAConfiguration`, and as `take` does.
        """
        if self._updating():
            raise UpdateGoesOn
        user = user[:64].strip().lower()
        with self._one_at_a_time:
            one = self.found.get(wanted)
            found = contents.read(sealed.open_sealed(one.data, password, user))
            self._place(one.manifest, found, Taking.SAME, Author(user, place), with_audit=True)

    # --- resetting ---

    def reset(self, extent: Extent, author: Author) -> None:
        """Take settings away, at the start that follows at once; raises `UpdateGoesOn`, `NotWritten`.

        Also what the machine says where it is to start anew and does not.
        """
        if self._updating():
            raise UpdateGoesOn
        self._settings.noted("configuration", "", ASKED[extent], author)
        config = self._instance.config
        try:
            ask_for(config, extent)
        except OSError as error:
            raise NotWritten(problem=error.strerror or error) from None
        if extent is not Extent.EVERYTHING:
            self._leave()
            return
        try:
            self._restart()
        except NightjarError:
            withdraw(config)
            raise


def _read(stick: StickStatus, wanted: str) -> bytes:
    with opened(stick.place, stick.label, wanted, WANTED) as descriptor:
        data = bytearray()
        for piece in pieces_of(descriptor):
            data += piece
            if len(data) > LARGEST_FILE:
                break  # it has grown; what it is now is refused
        return bytes(data)

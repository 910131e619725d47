"""The network: the owner's plan in files of systemd-networkd (`hal.network`), tried before it is kept.

A change that cuts the owner off must undo itself. What was there before is put aside whole before anything is written,
and put back when nobody confirms in time, also by the next start of this service after a power cut.
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Protocol

from msgspec import Meta

from hal.admin import durable
from hal.admin.job import ProgramFailed, Run, must, run
from hal.errors import HalError, Refused
from hal.kinds.verbs import verb
from hal.machine import Machine
from hal.network.networkd import PREFIX, files
from hal.network.plan import NetworkPlan

FOLDER = Path("systemd/network")
BEFORE = Path("nightjar/network-before")
"""Below /etc: the files before a change that is being tried."""
WITHIN_S = 60
"""How long a change is tried where nothing else is said: to find the recorder again takes half of it."""
Within = Annotated[int, Meta(ge=1, le=600)]
APPEARS_S = 10.0
AGAIN_S = 10.0
"""How soon what could not be put back is tried again: at the start networkd may not be there yet."""
LOOK_S = 0.2
log = logging.getLogger("hal.admin")


class Alarm(Protocol):
    """What will be done later, unless it is cancelled."""

    def cancel(self) -> None:
        """Do not do it."""
        ...


def later(seconds: float, do: Callable[[], None]) -> Alarm:
    """Do something later, in a thread of its own."""
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    timer.start()
    return timer


class Networks:
    """What can be asked of the network. What an earlier run of the service was trying is undone by `begin`."""

    def __init__(
        self, machine: Machine, run: Run = run, later: Callable[[float, Callable[[], None]], Alarm] = later
    ) -> None:
        self._folder = machine.etc / FOLDER
        self._before = machine.etc / BEFORE
        self._links = machine.sys / "class/net"
        self._run = run
        self._later = later
        self._lock = threading.Lock()
        self._alarm: Alarm | None = None

    def begin(self) -> None:
        """Undo what was being tried when the service ended, or the power was cut."""
        if self._before.exists():
            log.warning("a change of the network was being tried; what was before is put back")
            self._undo_alone()

    @verb(destructive=True)
    def attempt(self, *, plan: NetworkPlan, within_s: Within = WITHIN_S) -> None:
        """Set the interfaces up as planned, and forget earlier plans; as before unless `confirm` follows in time.

        Raises `BadRequest` before anything changes, `Refused` while another change is tried, `ProgramFailed` with all
        as it was.
        """
        told = files(plan)
        with self._lock:
            if self._before.exists():
                raise Refused("A change of the network is being tried; keep or undo it first")
            self._put_aside()
            try:
                self._set(told)
            except (HalError, OSError):
                self._put_back()
                raise
            self._alarm = self._later(within_s, self._undo_alone)

    @verb(destructive=True)
    def confirm(self) -> None:
        """Keep what is being tried; raises `Refused` where nothing is, as when it was undone already."""
        with self._lock:
            self._require_trying()
            self._end()
            self._drop()

    @verb(destructive=True)
    def undo(self) -> None:
        """Put back what was before, at once; raises `Refused` where nothing is being tried."""
        with self._lock:
            self._require_trying()
            self._end()
            self._put_back()

    def _require_trying(self) -> None:
        if not self._before.exists():
            raise Refused("No change of the network is being tried; one that nobody kept in time was undone")

    def _end(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _undo_alone(self) -> None:
        """Undo without anybody who could be told."""
        with self._lock:
            self._alarm = None
            if not self._before.exists():
                return
            log.warning("nobody kept the change of the network; what was before is put back")
            try:
                self._put_back()
            except (HalError, OSError):
                log.exception("the network could not be put back; that is tried again")
                self._alarm = self._later(AGAIN_S, self._undo_alone)

    def _put_aside(self) -> None:
        """Copy our files, whole or not at all."""
        fresh = self._before.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name, text in self._ours().items():
            durable.write(fresh / name, text)  # after a cut an empty one would be put back
        durable.sync(fresh)
        fresh.rename(self._before)
        durable.sync(self._before.parent)

    def _put_back(self) -> None:
        """Set all as it was before; the copy goes only when that is done."""
        self._set({one.name: one.read_text() for one in self._before.iterdir()})
        self._drop()

    def _drop(self) -> None:
        """Forget the copy, whole or not at all."""
        old = self._before.with_suffix(".old")
        shutil.rmtree(old, ignore_errors=True)
        self._before.rename(old)
        durable.sync(old.parent)
        shutil.rmtree(old, ignore_errors=True)

    def _ours(self) -> dict[str, str]:
        return {one.name: one.read_text() for one in self._folder.glob(f"{PREFIX}*")}

    def _set(self, told: Mapping[str, str]) -> None:
        """Write the files and have networkd follow them.

        It never changes or removes a bond or bridge that it made (networkctl(1), `reload`): those that are no longer
        planned so are removed first.
        """
        known = self._ours()
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, text in told.items():
            fresh = self._folder / f"{name}.new"
            durable.write(fresh, text)
            fresh.replace(self._folder / name)
        for name in known.keys() - told.keys():
            (self._folder / name).unlink()
        durable.sync(self._folder)
        for name, text in known.items():
            link = name.removeprefix(PREFIX).removesuffix(".netdev")
            if name.endswith(".netdev") and told.get(name) != text and (self._links / link).exists():
                must(self._run, ["ip", "link", "delete", "dev", link])
        made = [name.removeprefix(PREFIX).removesuffix(".netdev") for name in told if name.endswith(".netdev")]
        self._reload(made)

    def _reload(self, made: list[str]) -> None:
        """Reload until what networkd makes is there: it hears of what was removed a moment later than we."""
        end = time.monotonic() + APPEARS_S
        while True:
            must(self._run, ["networkctl", "reload"])
            missing = [link for link in made if not (self._links / link).exists()]
            if not missing:
                return
            if time.monotonic() > end:
                raise ProgramFailed(f"{missing[0]} did not appear")
            time.sleep(LOOK_S)

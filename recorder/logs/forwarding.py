"""Sends the log to a log server as it grows: nothing twice unless it must be, nothing lost without being counted.

The queue is the log itself, on disk and bounded by what is kept of it. How far the server is stands in a file: the last
number of either store that it acknowledged. While it is away nothing is read; when it is back, what follows is sent.
What left the stores meanwhile is missing in their numbers, and is told. What was not acknowledged is sent again.
"""

import asyncio
import contextlib
import logging
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import UNREADABLE, NightjarError
from recorder.client.log import Forwarded, Level, LogEntry
from recorder.client.words import _, counted
from recorder.logs.kinds import ORDER
from recorder.logs.line import Line, LogServerAway
from recorder.logs.logbook import Logbook
from recorder.logs.syslog import framed
from recorder.settings.pages.log_server import LogServer
from recorder.settings.settings import Author, Settings

if TYPE_CHECKING:
    from recorder.logs.shelf import Shelf

FILE = "log-server.json"
AT_ONCE = 200
LOOK_S = 1.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
TOLD_AFTER_US = 60 * SECOND_US
"""A server that is away for less is not written into the log that is sent to it."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reached:
    """The last number of each store that the server has, and how many entries it will never get."""

    last: dict[str, int] = field(default_factory=dict[str, int])
    lost: int = 0
    told: int = 0
    """Of the lost ones, those that it was told of."""


class LogNotSent(NightjarError):
    """Sending failed in a way that nobody thought of."""

    words = _("The log could not be sent. The recorder's own log says why.")


class Forwarding:
    """Belongs to the event loop of control, works in threads."""

    def __init__(self, logbook: Logbook, settings: Settings, clock: Clock, state: Path) -> None:
        self._shelves: tuple[Shelf, ...] = (logbook.audit, logbook.events, logbook.ends)
        self._logbook = logbook
        self._settings = settings
        self._clock = clock
        self._place = state / FILE
        self._reached = self._read()
        self._page = LogServer()
        self._line: Line | None = None
        self._pause_s = 0.0
        self._next_us = 0
        self._away_us: int | None = None
        self._noted = False
        self._problem = ""

    async def run(self) -> None:
        """Send until cancelled."""
        try:
            while True:
                more = await asyncio.to_thread(self._try)
                await asyncio.sleep(0 if more else LOOK_S)
        finally:
            self._hang_up()

    def state(self) -> Forwarded:
        """How far it is; reads files."""
        page = self._settings.get(LogServer)
        waiting = sum(max(0, shelf.last() - self._reached.last.get(shelf.store, 0)) for shelf in self._shelves)
        if not page.host:
            return Forwarded(False, 0, 0, _("The log is sent nowhere."))
        if self._problem:
            words = counted(
                "{problem} {count} entry waits.", "{problem} {count} entries wait.", waiting, problem=self._problem
            )
        else:
            words = _("The log is sent to {host}.").format(host=page.host)
        if self._reached.lost:
            words += f" {_gone(self._reached.lost)}"
        return Forwarded(self._line is not None, waiting, self._reached.lost, words)

    def _try(self) -> bool:
        try:
            return self.turn()
        except Exception:  # the log must not end because it cannot be sent
            log.exception("the log was not sent")
            self._failed(LogNotSent())
            return False

    def turn(self) -> bool:
        """Send what there is; says whether there is more. What fails is tried again later."""
        page = self._settings.get(LogServer)
        if page != self._page:
            self._hang_up()
            self._page, self._pause_s, self._next_us = page, 0.0, 0
        if not page.host:
            self._forget()
            return False
        if not self._reached.last:
            # What was before somebody gave a server is not sent: its own export has it.
            self._keep(Reached({shelf.store: shelf.last() for shelf in self._shelves}))
        if self._clock.monotonic_us() < self._next_us:
            return False
        try:
            if self._line is None:
                self._line = Line(page)
            more = self._send(self._line, page)
        except LogServerAway as error:
            self._failed(error)
            return False
        self._succeeded()
        return more

    def _send(self, line: Line, page: LogServer) -> bool:
        more = False
        for shelf in self._shelves:
            # A store that was damaged and begun anew counts from 1 again.
            last = self._reached.last.get(shelf.store, 0)
            last = last if last <= shelf.last() else 0
            rows = shelf.after(last, AT_ONCE)
            if not rows:
                continue
            lost = rows[-1]["id"] - last - len(rows)
            data = [self._framed(page, self._logbook.entry(shelf.place(row), row)) for row in rows]
            known = self._reached.lost + lost
            if known > self._reached.told:
                data.insert(0, self._told(page, known - self._reached.told))
            line.send(b"".join(data))
            self._keep(Reached({**self._reached.last, shelf.store: rows[-1]["id"]}, known, known))
            more = more or len(rows) == AT_ONCE
        return more

    def _framed(self, page: LogServer, entry: LogEntry) -> bytes:
        if ORDER.index(entry.level) < ORDER.index(page.level):
            return b""
        return framed(page.sender().message(entry))

    def _told(self, page: LogServer, lost: int) -> bytes:
        message = page.sender().written(self._clock.now_us(), Level.ERROR, "lost", {"count": str(lost)}, _gone(lost))
        return framed(message)

    # --- how it stands ---

    def _failed(self, error: NightjarError) -> None:
        self._hang_up()
        now_us = self._clock.monotonic_us()
        self._pause_s = min(max(FIRST_PAUSE_S, self._pause_s * 2), LONGEST_PAUSE_S)
        self._next_us = now_us + round(self._pause_s * SECOND_US)
        self._problem = str(error)
        if self._away_us is None:
            self._away_us = now_us
        elif not self._noted and now_us - self._away_us >= TOLD_AFTER_US:
            self._noted = True
            self._note(self._problem)

    def _succeeded(self) -> None:
        self._pause_s, self._away_us, self._problem = 0.0, None, ""
        if self._noted:
            self._noted = False
            self._note(_("The log server takes the log again."))

    def _note(self, words: str) -> None:
        log.warning("%s", words)
        self._settings.noted("log-server", "", words, Author("recorder", ""))

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    # --- what outlives a restart ---

    def _read(self) -> Reached:
        try:
            return msgspec.json.decode(self._place.read_bytes(), type=Reached)
        except (OSError, *UNREADABLE):
            return Reached()

    def _keep(self, reached: Reached) -> None:
        self._reached = replace(reached)
        fresh = self._place.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(asdict(reached)))
        fresh.replace(self._place)

    def _forget(self) -> None:
        if self._reached.last:
            self._reached = Reached()
            with contextlib.suppress(FileNotFoundError):
                self._place.unlink()


def _gone(count: int) -> str:
    return counted(
        "{count} entry left the log before it could be sent.",
        "{count} entries left the log before they could be sent.",
        count,
    )

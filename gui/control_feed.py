"""What control tells of the recorder, looked at by a thread of its own: zone, name, whether it is set up, or gone."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gui.wall.manner import Manner
from recorder.client.answers import Status
from recorder.client.api import ApiClient
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError

log = logging.getLogger(__name__)
EVERY_S = 2.0
AGAIN_S = 0.4
"""The pause while control does not answer."""
STARTING_US = 8 * SECOND_US
"""So long control may take to come up before anybody is told that it does not answer."""


class ControlFeed:
    """`latest` and `lost_since_us` may be read from any thread; `changed` is called in the thread of the feed."""

    def __init__(
        self,
        api: ApiClient,
        clock: Clock,
        changed: Callable[[], object] | None = None,
        drawn: Callable[[], bool] = lambda: False,
    ) -> None:
        """`drawn` says whether anything was drawn since the start: while a new firmware is tried, control is told."""
        self._api = api
        self._drawn = drawn
        self._clock = clock
        self._changed = changed or (lambda: None)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="control feed", daemon=True)
        self.latest: Status | None = None
        """The newest status; stays while control is gone."""
        self.lost_since_us: int | None = clock.now_us() + STARTING_US
        """Since when control does not answer (UTC); in the future while it may be starting, None while it answers."""

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._over.set()

    @property
    def zone(self) -> tzinfo:
        """The zone of the recorder; UTC until it is known."""
        try:
            return ZoneInfo(self.latest.zone) if self.latest is not None else UTC
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC

    @property
    def manner(self) -> Manner:
        """How the owner writes times."""
        told = self.latest
        return Manner.of(told.date_format, told.hour_format, told.week_begins) if told is not None else Manner()

    @property
    def recorder_number(self) -> int:
        """What infrared remotes call this recorder."""
        return self.latest.recorder_number if self.latest is not None else Status.recorder_number

    def look(self) -> None:
        """Ask once, and tell where the answer says something new."""
        try:
            found = self._api.status()
            if found.update.busy and self._drawn():
                self._api.tell_drawn()
        except NightjarError as error:
            if self.lost_since_us is None:
                log.warning("control does not answer: %s", error)
                self.lost_since_us = self._clock.now_us()
                self._changed()
            return
        before = self.latest
        news = self.lost_since_us is not None or before is None
        self.latest, self.lost_since_us = found, None
        if news or before is None or _matters(before) != _matters(found):
            self._changed()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self.look()
            except Exception:  # the screen must hear of what comes, whatever it made of this
                log.exception("what control says could not be followed")
            self._over.wait(EVERY_S if self.lost_since_us is None else AGAIN_S)


def _matters(status: Status) -> tuple[object, ...]:
    written = status.date_format, status.hour_format, status.week_begins
    seats = [one.words for one in status.seats]
    return (
        status.name,
        status.zone,
        written,
        status.needs_setup,
        status.idle_logout_min,
        status.channels,
        status.simulation,
        seats,
        status.domes,
        status.wall_mains,
        [one.id for one in status.messages],
        status.outage,
        status.notice,
        status.unrecorded_since_us,
        status.tours,
        status.hidden,
        status.buttons,
        status.update,
    )

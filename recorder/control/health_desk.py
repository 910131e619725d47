"""What health needs and nobody else keeps: yesterday's completeness, the last test mail; and the health mail itself."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from recorder.client.answers import Day, Event, Health, JobState, MailTest, Status
from recorder.client.clock import SECOND_US, Clock
from recorder.client.dates import Order, local, written
from recorder.client.errors import UNREADABLE, NightjarError
from recorder.client.instance import Instance
from recorder.client.outage import Outage
from recorder.client.stream import StreamName
from recorder.control import footage
from recorder.control.events import Events
from recorder.control.health import Known, health
from recorder.events.linkages.mail import Mail, letter, send
from recorder.events.pages.health_mail import HealthMail
from recorder.events.power_return import due_now
from recorder.events.store import EventStore
from recorder.media.plan import Plan
from recorder.settings.kept_clock import kept_clock
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.general import General
from recorder.settings.rights import EVERY
from recorder.settings.settings import Settings

LOOK_S = 30.0
KEPT_US = 600 * SECOND_US
"""So old yesterday's completeness may be: it changes only where footage goes, or what is late arrives."""
AGAIN_US = 900 * SECOND_US
"""The pause after a health mail that could not be sent."""
TEST_MAIL, MAILED = "test_mail", "health_mailed"
log = logging.getLogger(__name__)


class Whole(Protocol):
    """Gives the health as somebody sees it who may know everything."""

    async def __call__(self) -> Health:
        """Look."""
        ...


class HealthDesk:
    """Belongs to the event loop of control."""

    def __init__(
        self,
        instance: Instance,
        clock: Clock,
        settings: Settings,
        bus: Events,
        store: EventStore,
        plan: Callable[[], Plan],
    ) -> None:
        self._instance, self._clock, self._settings, self._bus, self._store = instance, clock, settings, bus, store
        self._plan = plan
        self._days: dict[tuple[str, str, tuple[int, ...]], tuple[int, tuple[Day, ...]]] = {}
        self._tried_us: int | None = None

    # --- what it knows ---

    @property
    def test_mail(self) -> MailTest | None:
        """How the last test mail or health mail went; reads a file."""
        try:
            told = self._store.noted(TEST_MAIL)
            return msgspec.json.decode(told, type=MailTest) if told else None
        except UNREADABLE:
            return None

    async def yesterday(self, channels: tuple[int, ...]) -> tuple[Day, ...] | None:
        """How complete yesterday is, in the recorder's zone; None while nobody can tell."""
        zone = (await asyncio.to_thread(self._settings.get, DateTime)).zone_info
        now_us = self._clock.now_us()
        day = (datetime.fromtimestamp(now_us // SECOND_US, UTC).astimezone(zone).date() - timedelta(days=1)).isoformat()
        key = (day, str(zone), channels)
        known = self._days.get(key)
        if known is not None and 0 <= now_us - known[0] < KEPT_US:
            return known[1]
        if not channels:
            return ()
        try:
            found = await footage.completeness(
                self._instance, channels, day, 1, str(zone), stream=StreamName.MAIN, hours=False
            )
        except NightjarError as error:
            log.debug("completeness of yesterday: %s", error)
            return None
        # One answer for each set of channels that somebody may see; older ones are of no use.
        self._days = {one: told for one, told in self._days.items() if one[0] == day and one[1] == str(zone)}
        self._days[key] = now_us, tuple(found)
        return tuple(found)

    async def of(
        self,
        status: Status,
        outage: Outage | None,
        *,
        sees: frozenset[int] = EVERY,
        plays: frozenset[int] = EVERY,
        since_us: int = 0,
        mail: bool = True,
    ) -> Health:
        """Whether all is well, as somebody sees it who sees this status, and recordings of `plays` since then."""
        plan = self._plan()
        zone, order = ZoneInfo(status.zone), Order(status.date_format)
        mail_page, test_mail = await asyncio.to_thread(lambda: (self._settings.get(Mail), self.test_mail))
        wanted = tuple(sorted(one.number for one in plan.channels if one.number in plays))
        days = await self.yesterday(wanted)
        known = Known(
            status=status,
            due=due_now(plan, self._clock.now_us()) & sees,
            outage=outage,
            test_mail=test_mail if mail else None,
            mail_wanted=mail and mail_page.complete,
            clock=kept_clock(),
            yesterday=None if days is None else [one for one in days if one.start_us >= since_us],
            plays=plays,
            moment=lambda at_us: f"{written(local(at_us, zone), order)} {local(at_us, zone):%H:%M}",
            precise=lambda at_us: f"{local(at_us, zone):%H:%M:%S}",
        )
        return health(known)

    # --- what it does ---

    async def run(self, whole: Whole) -> None:
        """Note how test mails went, and send the health mail at its hour, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear())
            group.create_task(self._keep_mailing(whole))

    async def _hear(self) -> None:
        while True:
            async with self._bus.listen() as queue:
                while (told := await queue.get()) is not None:
                    if (mail := _of_test(told)) is not None:
                        with contextlib.suppress(sqlite3.Error):
                            await asyncio.to_thread(self._note, mail)
            await asyncio.sleep(1)  # it was too slow, and listens anew

    def _note(self, mail: MailTest) -> None:
        self._store.note(TEST_MAIL, msgspec.json.encode(mail).decode())

    async def _keep_mailing(self, whole: Whole) -> None:
        while True:
            # Control that ends closes the list first.
            with contextlib.suppress(NightjarError, sqlite3.Error):
                await self.mail(whole)
            await asyncio.sleep(LOOK_S)

    async def mail(self, whole: Whole) -> bool:
        """Send the health mail if its hour has come and today's was not sent; say whether it was sent now."""
        page, zone = await asyncio.to_thread(
            lambda: (self._settings.get(HealthMail), self._settings.get(DateTime).zone_info)
        )
        now_us = self._clock.now_us()
        now = datetime.fromtimestamp(now_us // SECOND_US, UTC).astimezone(zone)
        today = now.date().isoformat()
        if not page.wanted_at(now) or await asyncio.to_thread(self._store.noted, MAILED) == today:
            return False
        if self._tried_us is not None and 0 <= self._clock.monotonic_us() - self._tried_us < AGAIN_US:
            return False
        self._tried_us = self._clock.monotonic_us()
        found = await whole()
        if page.only_trouble and not found.tone.trouble:
            await asyncio.to_thread(self._store.note, MAILED, today)
            return False
        return await asyncio.to_thread(self._send, page, found, now)

    def _send(self, page: HealthMail, found: Health, now: datetime) -> bool:
        server, name = self._settings.get(Mail), self._settings.get(General).recorder_name
        to = page.recipients or server.recipients
        if not server.complete or not to:
            log.warning("the health mail is not sent: mail server, sender or recipients are not set up")
            return False
        text = "\n".join([found.words, "", *(f"{one.label}: {one.words}" for one in found.lines), ""])
        at_us = self._clock.now_us()
        try:
            send(server, letter(server, to, f"{name}: {found.words}", text, now))
        except NightjarError as error:
            log.warning("health mail: %s", error)
            self._note(MailTest(at_us, sent=False, words=str(error)))
            return False
        self._note(MailTest(at_us, sent=True, words=""))
        self._store.note(MAILED, now.date().isoformat())
        return True


def _of_test(told: Event) -> MailTest | None:
    """Read how a test mail went."""
    data = told.data
    if told.kind != "action" or (data.get("page"), data.get("action")) != (Mail.about.name, "send_test"):
        return None
    if data.get("state") not in {JobState.DONE, JobState.FAILED}:
        return None
    return MailTest(told.at_us, data["state"] == JobState.DONE, str(data.get("words", "")))

"""The health mail comes at its hour, once a day, says whether all is well, and is tried again when it failed."""

import asyncio
from datetime import UTC, datetime

import pytest

from recorder.client.answers import ActionJob, Health, HealthLine, JobState
from recorder.client.clock import SECOND_US
from recorder.client.tone import Tone
from recorder.control.health_desk import HealthDesk
from recorder.events.linkages.mail import Mail
from recorder.events.pages.health_mail import HealthMail
from recorder.media.plan import Plan
from recorder.settings.pages.date_time import DateTime
from tests.recorder.events.test_mail import serve  # noqa: F401 - a fixture

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")]
MONDAY = datetime(2026, 11, 23, 6, 59, tzinfo=UTC)


class Desk:
    """The desk, with a clock and a health that the test says."""

    def __init__(self, bench):
        self.bench, self.tone = bench, Tone.GOOD
        self.desk = HealthDesk(bench.instance, bench.clock, bench.settings, bench.bus, bench.store, Plan)
        bench.change(DateTime, zone="UTC")
        bench.change(HealthMail, enabled=True)
        self.at(MONDAY)

    def at(self, when):
        self.bench.clock.advance(1000)  # far from a try before
        self.bench.clock.step(when.timestamp() - self.bench.clock.now_us() / SECOND_US)

    async def health(self):
        line = HealthLine("disks", "Disks", "1 recording", self.tone)
        return Health(0, self.tone, "All is well." if self.tone is Tone.GOOD else "Look at: Disks.", (line,))

    async def sent(self):
        return await self.desk.mail(self.health)


@pytest.fixture
def desk(bench):
    return Desk(bench)


def set_up(bench, port):
    bench.change(
        Mail, host="127.0.0.1", port=port, security="none", sender="nvr@example.org", recipients="me@example.org"
    )


async def test_it_comes_once_a_day_at_its_hour(bench, desk, serve):  # noqa: F811
    port, inbox = serve()
    set_up(bench, port)
    assert not await desk.sent()
    desk.at(MONDAY.replace(hour=7))
    assert await desk.sent()
    bench.clock.advance(3600)
    assert not await desk.sent()
    (one,) = inbox.mails
    assert (one.mail["Subject"], one.to) == ("Nightjar: All is well.", ["me@example.org"])
    assert "Disks: 1 recording" in one.mail.get_content()
    assert desk.desk.test_mail.sent
    desk.at(MONDAY.replace(day=24, hour=9))
    assert await desk.sent()
    assert len(inbox.mails) == 2


async def test_on_mondays_and_only_when_something_is_wrong(bench, desk, serve):  # noqa: F811
    port, inbox = serve()
    set_up(bench, port)
    bench.change(HealthMail, often="monday", only_trouble=True)
    desk.at(MONDAY.replace(hour=8))
    assert not await desk.sent()
    desk.tone = Tone.BAD
    desk.at(MONDAY.replace(day=24, hour=8))
    assert not await desk.sent()
    desk.at(MONDAY.replace(day=30, hour=8))
    assert await desk.sent()
    assert [one.mail["Subject"] for one in inbox.mails] == ["Nightjar: Look at: Disks."]


async def test_one_that_failed_is_told_and_tried_again(bench, desk, serve):  # noqa: F811
    set_up(bench, 1)
    desk.at(MONDAY.replace(hour=7))
    assert not await desk.sent()
    told = desk.desk.test_mail
    assert (told.sent, bool(told.words)) == (False, True)
    port, inbox = serve()
    set_up(bench, port)
    bench.clock.advance(60)
    assert not await desk.sent()
    bench.clock.advance(900)
    assert await desk.sent()
    assert len(inbox.mails) == 1


async def test_without_a_mail_server_nothing_is_sent(desk):
    desk.at(MONDAY.replace(hour=7))
    assert not await desk.sent()
    assert desk.desk.test_mail is None


@pytest.mark.parametrize(("state", "sent"), [(JobState.DONE, True), (JobState.FAILED, False)])
async def test_how_the_test_mail_went_is_kept(bench, desk, state, sent):
    hearing = asyncio.create_task(desk.desk.run(desk.health))
    try:
        for _try in range(600):
            bench.bus.publish("action", ActionJob("a1", "mail", "send_test", state, words="no route"))
            await asyncio.sleep(0.05)
            if (told := desk.desk.test_mail) is not None:
                break
        assert (told.sent, told.words) == (sent, "no route")
    finally:
        hearing.cancel()

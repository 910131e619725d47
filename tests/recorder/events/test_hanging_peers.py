"""A mail server and a webhook that take a call and then say nothing hold up nobody else (E8)."""

import asyncio
import socket
import threading

import pytest

from recorder.client.happened import ReactionState
from recorder.events.linkages import mail as mails
from recorder.events.linkages.mail import SendMail
from recorder.events.linkages.webhook import Webhook
from recorder.sockets import name_lookup
from tests.recorder.api.served import wait_for
from tests.recorder.events.receiver import Handler, receiving
from tests.recorder.events.test_linkages import QUIET, house  # noqa: F401 - a fixture
from tests.recorder.events.test_mail import AnyPort

INPUTS = [f"IN{number}" for number in range(1, 9)]
"""More than there are threads that control shares."""


class Silent:
    """A handler of aiosmtpd that greets back when the test lets it."""

    def __init__(self, release):
        self.release, self.hanging, self.taken = release, 0, 0

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802 - aiosmtpd's name
        self.hanging += 1
        await asyncio.to_thread(self.release.wait)
        session.host_name = hostname
        return responses

    async def handle_DATA(self, _server, _session, _envelope):  # noqa: N802 - aiosmtpd's name
        self.taken += 1
        return "250 taken"


@pytest.fixture
def release():
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def silent(release):
    handler = Silent(release)
    controller = AnyPort(handler, hostname="127.0.0.1", port=0)
    controller.start()
    handler.port = controller.port
    yield handler
    release.set()
    controller.stop()


def reactions(house):  # noqa: F811 - the fixture
    found = house.owner.happened(sources=["input-alarm"]).events
    return {(event.item, one.linkage): one.state for event in found for one in event.reactions}


@pytest.mark.covers("D-LINK-05", "V-ALM-26")
def test_a_hanging_mail_server_and_a_hanging_webhook_delay_no_other_linkage(house, silent, release, monkeypatch):  # noqa: F811
    """Eight mails and eight calls hang; relay, buzzer and log, of the same events and of another one, do not."""
    monkeypatch.setattr(mails, "TIMEOUT_S", 600.0)
    monkeypatch.setattr("recorder.events.http_call.TIMEOUT_S", 600.0)
    monkeypatch.setattr(SendMail, "patience_s", 600.0)
    monkeypatch.setattr(Webhook, "patience_s", 600.0)
    hanging = []

    def hang(handler):
        hanging.append(handler.path)
        release.wait(600)
        handler.send_response(204)
        handler.end_headers()

    monkeypatch.setattr(Handler, "do_POST", hang)
    sent = {"sender": "nvr@example.org", "recipients": "me@example.org", "security": "none"}
    house.owner.set_page("mail", {"host": "127.0.0.1", "port": silent.port, **sent})
    with receiving() as server:
        slow = {"mail": True, "mail_picture": False, "mail_interval_s": 0, "webhook": True, "webhook_url": server.url}
        for item in INPUTS:
            house.owner.set_page("input-alarm", {**QUIET, **slow, "log": True}, item=item)
        quick = {"relay": True, "relay_outputs": "OUT1", "buzzer": True}
        house.owner.set_page("input-alarm", {**QUIET, **slow, **quick, "log": True}, item="IN8")
        for item in INPUTS:
            house.hal.simulate("alarm_input", item, "move", active=True)
        wait_for(lambda: silent.hanging >= mails.AT_ONCE and len(hanging) == len(INPUTS))
        wait_for(lambda: next(one for one in house.owner.outputs() if one.name == "OUT1").closed)
        wait_for(lambda: any(one.sounds for one in house.hal.devices() if one.kind == "buzzer"))
        done = {(item, "log") for item in INPUTS} | {("IN8", "relay"), ("IN8", "buzzer")}
        wait_for(lambda: done <= {key for key, state in reactions(house).items() if state is ReactionState.DONE})
        slow_ones = {key for key in reactions(house) if key[1] in {"mail", "webhook"}}
        assert not slow_ones, "they still hang"
        release.set()
        wait_for(lambda: silent.taken == len(INPUTS))
        wait_for(lambda: len([key for key in reactions(house) if key[1] in {"mail", "webhook"}]) == 2 * len(INPUTS))
        for item in INPUTS:
            house.hal.simulate("alarm_input", item, "move", active=False)
        wait_for(lambda: not house.control.desk.reactions._tasks)


@pytest.mark.covers("V-ALM-26")
def test_a_name_server_that_hangs_delays_nothing_that_needs_no_name(house, release, monkeypatch):  # noqa: F811
    """Eight calls of eight hosts hang at their names; the database, the log and the relay of the same events do not."""
    monkeypatch.setattr("recorder.events.http_call.TIMEOUT_S", 600.0)
    monkeypatch.setattr(Webhook, "patience_s", 600.0)
    asked, real = [], socket.getaddrinfo

    def look_up(host, port, family=0, kind=0, proto=0, flags=0):
        if flags & socket.AI_NUMERICHOST:
            return real(host, port, family, kind, proto, flags)
        asked.append(host)
        assert release.wait(600)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    def ended(linkage):
        found = house.owner.happened(sources=["input-alarm"]).events
        return sum(one.linkage == linkage for event in found for one in event.reactions)

    monkeypatch.setattr(name_lookup.socket, "getaddrinfo", look_up)
    before = {linkage: ended(linkage) for linkage in ("log", "webhook")}
    for number, item in enumerate(INPUTS):
        slow = {"webhook": True, "webhook_url": f"http://host{number}.test/"}
        quick = {"relay": True, "relay_outputs": "OUT1"} if item == "IN8" else {}
        house.owner.set_page("input-alarm", {**QUIET, **slow, **quick, "log": True}, item=item)
    for item in INPUTS:
        house.hal.simulate("alarm_input", item, "move", active=True)
    wait_for(lambda: len({*asked}) == len(INPUTS))
    wait_for(lambda: next(one for one in house.owner.outputs() if one.name == "OUT1").closed)
    wait_for(lambda: ended("log") == before["log"] + len(INPUTS))
    assert ended("webhook") == before["webhook"], "they still hang"

"""A push is what an ntfy server takes: topic, words, urgency and picture; a real HTTP server receives it."""

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from recorder.client.errors import Invalid
from recorder.events.http_call import CallFailed
from recorder.events.linkage import Lacking
from recorder.events.linkages import push
from recorder.events.linkages.push import Push, PushServer
from recorder.events.sources.input_alarm import InputAlarm
from recorder.settings.action import Run
from recorder.settings.errors import BadSetting
from tests.recorder.events.receiver import receiving

pytestmark = pytest.mark.anyio
JPEG = b"\xff\xd8picture\xff\xd9"


@pytest.fixture
def server():
    with receiving() as found:
        yield found


@pytest.fixture
def site(bench, server):
    bench.change(PushServer, server=f"{server.url}/", topic="gate-7hk2", token="t0ken")
    around = SimpleNamespace(settings=bench.settings, clock=bench.clock, instance=bench.instance)
    return SimpleNamespace(bench=bench, linkage=Push(around, bench.engine))


def event(site, words, *, channel=0, **values):
    site.bench.change(InputAlarm, "IN1", push=True, **values)
    occurrence = site.bench.engine.begin(InputAlarm, "IN1", words=words, channel=channel)
    return occurrence, site.bench.rules.get(InputAlarm, "IN1")


@pytest.mark.covers("D-LINK-13")
async def test_words_arrive_with_their_urgency_and_the_token(site, server):
    await site.linkage.begin(*event(site, "Tür & Tor?priority=min", push_urgency="high"))
    (came,) = server.came
    asked = urlsplit(came.path)
    assert (came.method, asked.path, came.body) == ("PUT", "/gate-7hk2", b"")
    assert came.headers["Authorization"] == "Bearer t0ken"
    assert parse_qs(asked.query) == {"title": ["Nightjar"], "message": ["Tür & Tor?priority=min"], "priority": ["high"]}


@pytest.mark.covers("D-LINK-13")
async def test_the_picture_of_the_camera_is_the_body(site, server, monkeypatch):
    async def still_at(_instance, channel, _stream, at_us, _width):
        assert (channel, at_us) == (3, None)
        return SimpleNamespace(jpeg=JPEG)

    monkeypatch.setattr(push, "still_at", still_at)
    await site.linkage.begin(*event(site, "Active.", channel=3))
    (came,) = server.came
    assert came.body == JPEG
    assert parse_qs(urlsplit(came.path).query)["filename"] == ["picture.jpg"]


def test_the_button_pushes_a_test_message(server):
    button = PushServer.about.actions["push-test"]
    page = PushServer(server=server.url, topic="gate-7hk2", token="t0ken")
    assert button.perform(page, Run(lambda *_said: None), None) == {"words": "The server took it."}
    (came,) = server.came
    asked = urlsplit(came.path)
    assert (came.method, asked.path, came.headers["Authorization"]) == ("PUT", "/gate-7hk2", "Bearer t0ken")
    assert parse_qs(asked.query)["message"] == ["This is the test message of the recorder."]
    with pytest.raises(Lacking, match="Server and topic"):
        button.perform(PushServer(server=server.url), Run(lambda *_said: None), None)
    assert len(server.came) == 1


async def test_without_a_picture_it_is_pushed_all_the_same_and_says_so(site, server, monkeypatch):
    async def still_at(*_asked):
        raise Invalid(problem="no picture")

    monkeypatch.setattr(push, "still_at", still_at)
    assert "without a picture" in await site.linkage.begin(*event(site, "Active.", channel=3))
    assert server.came[0].body == b""


@pytest.mark.covers("D-RULE-03")
async def test_without_server_and_topic_nothing_is_pushed(site, server):
    site.bench.change(PushServer, topic="")
    with pytest.raises(Lacking, match="Push messages"):
        await site.linkage.begin(*event(site, "Active."))
    assert server.came == []


async def test_a_refusal_is_told_and_no_redirect_is_followed(site, server):
    server.status, server.location = 302, f"{server.url}/inside"
    with pytest.raises(CallFailed, match="302"):
        await site.linkage.begin(*event(site, "Active."))
    assert len(server.came) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"server": "ftp://host"},
        {"server": "https://me:secret@host"},
        {"server": "https://host/{words}"},
        {"server": "https://host/?a=b"},
        {"topic": "a/b"},
        {"topic": "ä"},
    ],
)
def test_what_is_no_server_or_topic_is_refused(bench, values):
    with pytest.raises(BadSetting):
        bench.change(PushServer, **values)

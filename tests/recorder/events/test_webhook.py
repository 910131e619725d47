"""A webhook says what its template says, whatever stands in an event, and goes nowhere else than it was told to."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.events.http_call import CallFailed
from recorder.events.linkages.webhook import STANDARD, Webhook
from recorder.events.sources.input_alarm import InputAlarm
from recorder.events.template import NAMES, filled, in_json
from recorder.settings.errors import BadSetting
from tests.recorder.events.receiver import receiving

pytestmark = pytest.mark.anyio


@pytest.fixture
def server():
    with receiving() as found:
        yield found


@pytest.fixture
def site(bench):
    around = SimpleNamespace(settings=bench.settings, clock=bench.clock)
    return SimpleNamespace(bench=bench, linkage=Webhook(around, bench.engine))


def event(site, words="Active.", item="IN1", **values):
    site.bench.change(InputAlarm, item, anti_dither_s=0, webhook=True, **values)
    occurrence = site.bench.engine.begin(InputAlarm, item, words=words)
    return occurrence, site.bench.rules.get(InputAlarm, item)


@pytest.mark.covers("V-ALM-26")
async def test_what_is_known_is_posted_as_json_with_the_token(site, server):
    words = 'a "quoted" \\ word'
    asked = event(site, words, webhook_url=f"{server.url}/hook", webhook_token="t0ken", webhook_end=True)
    await site.linkage.begin(*asked)
    await site.linkage.end(*asked)
    begun, over = server.came
    told = json.loads(begun.body)
    assert (begun.method, begun.path, begun.headers["Content-Type"]) == ("POST", "/hook", "application/json")
    assert begun.headers["Authorization"] == "Bearer t0ken"
    assert (told["words"], told["source"], told["state"], told["channel"]) == (words, "input-alarm", "on", 0)
    assert json.loads(over.body)["state"] == "off"


@pytest.mark.covers("V-ALM-26")
async def test_a_get_carries_values_that_cannot_leave_their_place(site, server):
    url = f"{server.url}/hook/{{item}}?say={{words}}&x=1"
    await site.linkage.begin(*event(site, "a&x=2#/../é", webhook_url=url, webhook_method="GET"))
    (came,) = server.came
    assert (came.method, came.body) == ("GET", b"")
    assert came.path == "/hook/IN1?say=a%26x%3D2%23%2F..%2F%C3%A9&x=1"


async def test_nobody_outside_decides_what_is_called_next(site, server):
    server.status, server.location = 302, f"{server.url}/inside"
    with pytest.raises(CallFailed, match="302"):
        await site.linkage.begin(*event(site, webhook_url=f"{server.url}/hook"))
    assert [one.path for one in server.came] == ["/hook"]


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_a_refusal_is_told(site, server, status):
    server.status = status
    with pytest.raises(CallFailed, match=str(status)):
        await site.linkage.begin(*event(site, webhook_url=server.url))


async def test_nobody_there_is_told(site):
    with pytest.raises(CallFailed):
        await site.linkage.begin(*event(site, webhook_url="http://127.0.0.1:1/"))


@pytest.mark.parametrize(
    "values",
    [
        {"webhook_url": "ftp://host/x"},
        {"webhook_url": "http:///x"},
        {"webhook_url": "http://{item}.example.org/"},
        {"webhook_url": "http://user:pass@example.org/"},
        {"webhook_url": "http://host:99999/"},
        {"webhook_url": "http://host/a b"},
        {"webhook_url": "http://host/\r\nX: y"},
        {"webhook_url": "http://host/{password}"},
        {"webhook_body": "{nothing}"},
        {"webhook_type": "text/plain\r\nX: y"},
    ],
)
def test_what_makes_no_sense_is_refused(bench, values):
    with pytest.raises(BadSetting):
        bench.change(InputAlarm, "IN1", **values)


@given(st.text(max_size=40))
def test_whatever_stands_in_an_event_the_json_stays_the_same_json(text):
    values = {**dict.fromkeys(NAMES, text), "event": 1, "channel": 0}
    told = json.loads(filled(STANDARD, values, in_json))
    assert told.keys() == {"event", "state", "source", "item", "channel", "time", "words", "recorder"}
    assert told["words"] == text

"""What would be a query or a path elsewhere is only text here, in every filter and every name that the API takes.

Cases 33 and 35 of those that a recorder must survive; for 34 see tests/house/test_no_shell.py.
"""

import itertools
import json
import re
from urllib.parse import quote

import pytest

from recorder.client.calls.carrier import ROOT
from recorder.events.sources.picture_faults import CameraOffline
from tests.recorder.api.served import Served, wait_for
from tests.recorder.api.test_entrance import call

QUERIES = (
    "' OR '1'='1",
    "x'; DROP TABLE event; --",
    '" UNION SELECT record FROM credential --',
    "%' ESCAPE '%",
    "1) OR (1=1",
)
PATHS = ("../../../../etc/passwd", "/etc/passwd", "..\\..\\secret", "a\0b", "'; DROP TABLE page; --")
FILLED = {"channel": "1", "item": "1", "page": "general", "user": "admin", "bay": "1", "event": "1"}
SENT = {
    "start": "0",
    "end": str(1 << 50),
    "channels": "1",
    "first": "2026-01-05",
    "year": "2026",
    "month": "1",
    "at": "5",
}
"""What a query needs to be one at all."""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A recorder in which something has happened."""
    with Served(tmp_path_factory.mktemp("texts") / "data") as served:
        served.set_up()
        served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
        engine = served.control.desk.engine
        for number in range(3):
            served.loop.call_soon_threadsafe(
                lambda number=number: engine.happened(
                    CameraOffline, "1", str(number), words=f"gone {number}", channel=1
                )
            )
        wait_for(lambda: len(served.owner.happened(sources=["camera-offline"]).events) == 3)
        yield served


@pytest.mark.parametrize("number", [float("inf"), float("nan"), 1.5, True, [], "\uff12", "1e3", "9" * 5000, -1])
def test_a_channel_of_a_number_that_is_none_is_refused_in_words(house, number):
    body = {"number": number, "url": "rtsp://10.0.0.9/main"}
    status, _headers, told = call(house, "control", "POST", f"{ROOT}/channels", body)
    assert (status, told["field"]) == (422, "number")


@pytest.fixture(scope="module")
def described(house):
    """All operations: method, path, what the OpenAPI tells of it."""
    told = json.loads(house.owner._call("GET", "/openapi.json"))
    return [(method.upper(), path, one) for path, all_ in told["paths"].items() for method, one in all_.items()]


def takes_text(schema):
    kinds = {schema.get("type"), *(one.get("type") for one in schema.get("anyOf", ()))}
    return "string" in kinds or any(takes_text(one) for one in (schema.get("items"),) if one)


def asked(told, place):
    return [one for one in told.get("parameters", ()) if one["in"] == place and takes_text(one["schema"])]


def known(house):
    """All that must still be there afterwards, as far as tables go."""
    owner = house.owner
    events = [one.id for one in owner.happened(sources=["camera-offline"]).events]
    return events, [one.item for one in owner.page_items("user")], [one.name for one in owner.channels()]


def test_no_filter_is_a_query(house, described):
    before, judged = known(house), 0
    for method, path, told in described:
        if method != "GET":
            continue
        target = re.sub(r"\{(\w+)\}", lambda found: FILLED.get(found[1], "1"), path)
        names = [one["name"] for one in told.get("parameters", ()) if one["in"] == "query"]
        for parameter, text in itertools.product(asked(told, "query"), QUERIES):
            sent = {name: SENT[name] for name in names if name in SENT} | {parameter["name"]: text}
            query = "&".join(f"{name}={quote(value, safe='')}" for name, value in sent.items())
            status, _headers, answer = call(house, "control", method, f"{target}?{query}")
            judged += 1
            assert status != 500, (path, parameter["name"], text)
            # What nothing fits gives nothing: an answer with rows would be one of a query that was changed.
            found = answer.get("events", answer.get("rows", ())) if isinstance(answer, dict) else ()
            assert not found or parameter["name"] not in {"text", "source", "sources", "who"}, (path, parameter, answer)
    assert judged > 50
    assert known(house) == before
    assert house.owner.check_audit().words.endswith("as they were written.")


def test_no_name_is_a_path(house, described):
    before, judged = known(house), 0
    files = sorted(str(one) for one in house.instance.data.rglob("*"))
    for method, path, told in described:
        for parameter, text in itertools.product(asked(told, "path"), PATHS):
            filled = {**FILLED, parameter["name"]: quote(text, safe="")}
            target = re.sub(r"\{(\w+)\}", lambda found, filled=filled: filled.get(found[1], "1"), path)
            body = {} if method in {"POST", "PUT", "PATCH"} else None
            status, _headers, answer = call(house, "control", method, target, body)
            judged += 1
            assert status in {404, 405, 409, 422, 503} or method == "DELETE", (method, target, status, answer)
            assert status != 500, (method, target)
            assert b"root:" not in (answer if isinstance(answer, bytes) else json.dumps(answer).encode())
    assert judged > 100
    assert known(house) == before
    assert sorted(str(one) for one in house.instance.data.rglob("*")) == files


@pytest.mark.parametrize("folder", ["../../../../tmp", "/etc", "/proc/self", "exports/../../..", "\0", "a\0b", "-rf"])
def test_nothing_is_written_into_a_folder_that_is_no_place_for_exports(house, folder):
    for path, body in (
        ("/exports", {"channels": [1], "start": 1, "end": 2, "directory": folder}),
        ("/channels/1/pictures", {"directory": folder}),
    ):
        status, _headers, told = call(house, "control", "POST", ROOT + path, body)
        assert status in {404, 409, 422, 503, 507}, (path, told)
        assert told["words"]

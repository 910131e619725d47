"""The OpenAPI is true: every route is in it, with its login and its errors, and answers are as it says."""

import json
import re
from pathlib import Path

import pytest

from recorder.api.app import routers
from recorder.api.entrance import OPEN
from recorder.api.page_routes import page_routes
from recorder.client.calls.carrier import ROOT
from recorder.client.unix_http import ApiError
from tests.recorder.api.served import wait_for

DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "api.md"


@pytest.fixture
def described(served):
    return json.loads(served.owner._call("GET", "/openapi.json"))


NEED_HARDWARE = {
    "/disk-places",
    "/devices",
    "/hardware",
    "/poe",
    "/inputs",
    "/outputs",
    "/ptz/lines",
    "/channels/{channel}/ptz",
}
"""Asked in test_bays.py, test_poe.py, test_terminals.py and test_ptz.py, with the hardware service behind them."""


ITEMS = {"pool": "1", "user": "admin", "user-group": "admin"}
"""Of lists of settings, what is there from the first start on."""


def fits(value, schema, described):
    """Whether a value is as a schema says: the part of JSON Schema that ours uses."""
    if "$ref" in schema:
        return fits(value, described["components"]["schemas"][schema["$ref"].rpartition("/")[2]], described)
    if "anyOf" in schema:
        return any(fits(value, one, described) for one in schema["anyOf"])
    if "enum" in schema and value not in schema["enum"]:
        return False
    match schema.get("type"):
        case "object":
            if not isinstance(value, dict) or not set(schema.get("required", [])) <= value.keys():
                return False
            known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
            return all(fits(one, known.get(name, others if isinstance(others, dict) else {}), described)
                       for name, one in value.items())  # fmt: skip
        case "array":
            return isinstance(value, list) and all(fits(one, schema.get("items", {}), described) for one in value)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case kind:
            kinds = {"string": str, "number": (int, float), "boolean": bool, "null": type(None)}
            return kind is None or isinstance(value, kinds[kind])


def test_every_route_is_described_with_login_and_errors(described, served):
    for router in [*routers(), page_routes(served.registry)]:
        for route in router.routes:
            for method in getattr(route, "methods", []):
                told = described["paths"][ROOT + route.path][method.lower()]
                assert ("security" in told) is ((method, ROOT + route.path) not in OPEN), route.path
                assert {"401", "403", "404", "422", "500", "503"} <= told["responses"].keys()
                for code, answer in told["responses"].items():
                    if int(code) >= 400:
                        schema = answer["content"]["application/json"]["schema"]
                        assert schema == {"$ref": "#/components/schemas/ErrorAnswer"}, (route.path, code)


def test_answers_are_as_described(described, served):
    own = served.admin()
    owner = served.owner
    owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    served.beside(
        "reader",
        lambda one: [
            {
                "op": one["op"],
                one["op"]: {"1": [3]} if one["op"] == "days" else [],
                "days": {"1": [3]} if one["op"] == "days" else [],
                "moved": [],
                "analysed": [],
            }
        ],
    )
    asked = {"start": 1, "end": 2, "channels": "1", "year": 2026, "month": 1, "first": "2026-01-05"}
    asked["user"] = "admin"
    checked = 0
    wait_for(lambda: owner.happened().events)  # of its own start
    for path, methods in described["paths"].items():
        if "get" not in methods or "snapshot" in path or "{job}" in path or "{at}" in path:
            continue
        if path.removeprefix(ROOT) in NEED_HARDWARE:
            continue
        told = methods["get"]
        if "application/json" not in told["responses"]["200"]["content"]:
            continue
        names = {one["name"] for one in told.get("parameters", [])}
        target = (
            path.removeprefix(ROOT)
            .replace("{channel}", "1")
            .replace("{event}", "1")
            .replace("{page}", "channel")
            .replace("{user}", "admin")
        )
        page = path.split("/items")[0].rpartition("/")[2]
        if "{item}" in path and page not in ITEMS:
            continue
        target = target.replace("{item}", ITEMS.get(page, ""))
        # What is one's own has who is logged in; the command line is no user.
        at_screen = path.endswith(("/screen", "/questions", "/recovery/key", "/recovery/stick"))
        asking = own if "/current" in path else served.screen if at_screen else owner
        answer = json.loads(asking._call("GET", target, query={name: asked[name] for name in asked if name in names}))
        schema = told["responses"]["200"]["content"]["application/json"]["schema"]
        assert fits(answer, schema, described), (path, answer, schema)
        checked += 1
    assert checked >= 14


def test_refusals_are_as_described(described, served):
    with pytest.raises(ApiError) as refused:
        served.owner.set_page("general", {"instant_playback_min": 0})
    error = refused.value
    told = {"code": error.code, "words": str(error), "field": error.field, "allowed": error.allowed}
    assert fits(told, described["components"]["schemas"]["ErrorAnswer"], described)


def test_a_change_of_a_page_is_described_with_its_ranges(described):
    told = described["paths"][f"{ROOT}/pages/general"]["patch"]["requestBody"]["content"]["application/json"]["schema"]
    minutes = told["properties"]["instant_playback_min"]
    assert (minutes["minimum"], minutes["maximum"], minutes["x-unit"]) == (5, 60, "min")


def test_the_reference_names_every_route_and_no_other(served):
    """Routes that follow from pages are told once, as a form."""
    listed = set()
    for methods, paths in re.findall(
        r"^\| ([A-Za-z, ]+) \| (`.+?) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE
    ):
        for path in re.findall(r"`([^`]+)`", paths):
            listed |= {(method.strip(), path) for method in methods.split(",")}
    found = set()
    for router in routers():
        for route in router.routes:
            found |= {(method, route.path) for method in getattr(route, "methods", ["WebSocket"])}
    for route in page_routes(served.registry).routes:
        page = (
            r"/pages/(?:" + "|".join(sorted((one.about.name for one in served.registry), key=len, reverse=True)) + ")"
        )
        path = re.sub(r"/actions/[\w-]+$", "/actions/{action}", re.sub(page, "/pages/{page}", route.path))
        found |= {(method, path) for method in route.methods}
    assert listed == found

"""Every route is judged: with no session, one that is over, one without the right, one without the channel (case 30).

A route that comes new is judged by what it depends on. Where that does not say which channels it is about, or which
right it needs, the tables here must; a route that they do not know fails.
"""

import json
import re

import pytest
from starlette.routing import WebSocketRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import unix_connect

from recorder.accounts.sessions import IDLE_S
from recorder.api.app import routers
from recorder.api.context import WithRight
from recorder.api.entrance import OPEN
from recorder.api.page_routes import page_routes
from recorder.client.calls.carrier import ROOT
from recorder.events.sources.picture_faults import CameraOffline
from recorder.settings.scope import PER_CHANNEL, Permission
from tests.recorder.api.served import wait_for
from tests.recorder.api.test_entrance import HOST, call

GUARD = "eleven guards sing"

OF_EVERYBODY = {
    ("GET", "/sessions/current"),
    ("DELETE", "/sessions/current"),
    ("PUT", "/sessions/current/password"),
    ("GET", "/setup"),
    ("POST", "/setup"),
    ("POST", "/setup/backups"),
    ("POST", "/setup/restore"),
    ("POST", "/sessions"),
    ("POST", "/recovery"),
    ("GET", "/recovery/questions"),
    ("GET", "/recovery/key"),
    ("GET", "/recovery/stick"),
    ("PUT", "/sessions/current/seen-resets"),
    ("GET", "/sessions/current/credentials"),
    ("POST", "/sessions/current/credentials/recovery-codes"),
    ("PUT", "/sessions/current/credentials/questions"),
    ("PUT", "/sessions/current/credentials/screen-lock"),
    ("POST", "/sessions/current/credentials/screen-lock/remove"),
    ("POST", "/sessions/current/credentials/second-factor"),
    ("PUT", "/sessions/current/credentials/second-factor"),
    ("POST", "/sessions/current/credentials/second-factor/remove"),
    ("GET", "/sessions/screen"),
    ("POST", "/sessions/screen"),
    ("POST", "/update/drawn"),
}
"""Of the one who calls alone."""
JUDGED_WITHIN = {
    ("GET", "/pages"): None,  # gives those that the caller may open
    ("GET", "/pages/{page}/schema"): Permission.SYSTEM,
    ("GET", "/actions/{job}"): None,
    ("GET", "/channels/{channel}/snapshot"): Permission.LIVE,
    ("POST", "/grants"): Permission.LIVE,
}
"""They look at the rights themselves, as these depend on what is asked."""
HARMLESS = {("POST", "/grants"), ("POST", "/health/notice/seen"), ("POST", "/health/outage/seen")}
"""A change for which the right to look is enough: it changes nothing, or looks itself at who is not at the recorder."""
OF_CHANNELS = {
    "start": 1,
    "end": 2,
    "channels": "2",
    "first": "2026-01-05",
    "year": 2026,
    "month": 1,
}
"""What a query is filled with, so that it is about channel 2 where it is about channels."""
BODIES = {
    ("POST", "/grants"): {"channels": [2]},
    ("POST", "/exports"): {"channels": [2], "start": 1, "end": 2},
    ("POST", "/holds"): {"channel": 2, "start": 1, "end": 2, "reason": "x"},
    ("POST", "/tags"): {"channel": 2, "start": 1, "words": "x"},
    ("PATCH", "/holds/{hold}"): {"expires": None},
    ("POST", "/holds/{hold}/release"): {"reason": "x"},
    ("PATCH", "/tags/{tag}"): {"words": "x"},
    ("PUT", "/sessions/current/password"): {"old": "x", "new": "y"},
    ("PUT", "/users/{user}/password"): {"password": "y"},
    ("POST", "/users/{user}/keys"): {"title": "x", "may": ["live"]},
    ("PUT", "/alarms/receiving"): {"channels": [2]},
    ("POST", "/sessions/blocks/end"): {"user": "x", "source": "10.0.0.9"},
    ("POST", "/channels"): {"number": 2, "url": "rtsp://10.0.0.7/main"},
}
"""Bodies that are about channel 2; one that names channels and is not here fails."""
NOTED = {"/holds/{hold}", "/holds/{hold}/release", "/tags/{tag}"}
"""About a lock or tag, which is one of channel 2."""
OF_NO_CHANNEL = {
    "array",
    "bay",
    "box",
    "event",
    "item",
    "key",
    "job",
    "name",
    "output",
    "page",
    "pool",
    "port",
    "session",
    "supply",
    "user",
    "voice",
}
"""Parts of paths that lead to no channel. Events are judged in `test_lists_and_counts_leave_out_other_channels`."""
FILLED = {
    "hold": "ab" * 16,
    "tag": "ab" * 16,
    "event": "1",
    "preset": "1",
    "at": "5",
    "port": "1",
    "pool": "1",
    "session": "ab" * 8,
    "key": "ab" * 8,
}


def every_route(served):
    for router in [*routers(), page_routes(served.registry)]:
        for route in router.routes:
            for method in [] if isinstance(route, WebSocketRoute) else getattr(route, "methods", []):
                yield method, route.made


def needed(route):
    """The rights that a route depends on."""

    def below(dependant):
        if isinstance(dependant.call, WithRight):
            yield dependant.call.permission
        for one in dependant.dependencies:
            yield from below(one)

    return set(below(route.dependant))


def right_of(method, route):
    """The right that a route needs; fails where nobody can say."""
    found = needed(route)
    if (method, route.path) in JUDGED_WITHIN:
        return JUDGED_WITHIN[method, route.path]
    assert len(found) == 1, f"{method} {route.path} needs no right, or several; say so here or depend on one"
    return found.pop()


def asked(method, route, channel="2"):
    """Target and body of a call about channel 2."""
    filled = {"channel": channel, **FILLED}
    path = re.sub(r"\{(\w+)\}", lambda found: filled.get(found[1], "a1" * 6), route.path)
    path = path.replace("/pages/a1a1a1a1a1a1/", "/pages/general/").replace("/items/a1a1a1a1a1a1", "/items/1")
    names = [one.name for one in route.dependant.query_params]
    query = "&".join(f"{name}={OF_CHANNELS[name]}" for name in names if name in OF_CHANNELS)
    body = BODIES.get((method, route.path), {} if method in {"POST", "PUT", "PATCH"} else None)
    return ROOT + path + (f"?{query}" if query else ""), body


def guard_with(served, **allowed):
    """The token of a user who may just this."""
    owner = served.owner
    nothing = {"allowed": [], **{one.value: [] for one in PER_CHANNEL}}
    owner.set_page("user-group", {"title": "Guards", **nothing, **allowed}, item="guards")
    if "guard" not in {one.item for one in owner.page_items("user")}:
        owner.set_page("user", {"group": "guards"}, item="guard")
        owner.set_password("guard", GUARD, must_change=False)
    client = served.client("web")
    return client.log_in("guard", GUARD).token


def without(permission):
    """All rights but one."""
    areas = [one.value for one in Permission if one not in PER_CHANNEL and one is not permission]
    return {"allowed": areas, **{one.value: [] if one is permission else "all" for one in PER_CHANNEL}}


def only_channel_one():
    return {"allowed": "all", **{one.value: [1] for one in PER_CHANNEL}}


@pytest.fixture
def two_channels(served):
    served.set_up()
    for name in ("Gate", "Safe"):
        served.owner.add_channel(name=name, url="rtsp://10.0.0.7/main")
    hold = {"id": "ab" * 16, "channel": 2, "stream": None, "kind": "lock", "start_us": 1, "end_us": 2,
            "expires_us": None, "made_us": 1, "owner": "x", "reason": "x"}  # fmt: skip
    tag = {"id": "ab" * 16, "channel": 2, "stream": None, "start_us": 1, "end_us": 2, "made_us": 1, "owner": "x",
           "words": "x"}  # fmt: skip
    told = {"holds": [hold], "tags": [tag], "days": {}}
    served.beside("reader", lambda one: [{"op": one["op"], one["op"]: told.get(one["op"], [])}])
    return served.beside("media", lambda one: [])


def refused(served, token, method, route, channel="2"):
    target, body = asked(method, route, channel)
    status, _headers, told = call(served, "web", method, target, body, Authorization=f"Bearer {token}")
    return status, told, (method, route.path, status, told)


@pytest.mark.covers("D-ACC-01")
def test_nothing_is_given_without_the_right_to_it(served, two_channels):
    judged = 0
    by_right = {}
    for method, route in every_route(served):
        if (method, route.path) in OF_EVERYBODY:
            continue
        right = right_of(method, route)
        if right is not None:
            by_right.setdefault(right, []).append((method, route))
    for right, routes in by_right.items():
        token = guard_with(served, **without(right))
        for method, route in routes:
            if (method, route.path) == ("GET", "/pages/{page}/schema"):
                token = guard_with(served, **without(Permission.SYSTEM))
            status, told, words = refused(served, token, method, route)
            assert status == 403, words
            assert told["code"] == "Refused", words
            judged += 1
    assert judged > 80


@pytest.mark.covers("V-USR-04")
def test_a_channel_that_is_not_ones_own_does_not_exist_on_any_route(served, two_channels):
    token = guard_with(served, **only_channel_one())
    judged = 0
    for method, route in every_route(served):
        parts = set(re.findall(r"\{(\w+)\}", route.path))
        names = {one.name for one in route.dependant.query_params}
        named = {"channel", "channels"} & names or "channel" in json.dumps(BODIES.get((method, route.path), {}))
        fields = {name for one in route.dependant.body_params
                  for name in getattr(one.field_info.annotation, "model_fields", {})}  # fmt: skip
        if fields & {"channel", "channels"}:
            assert (method, route.path) in BODIES, f"{method} {route.path} names channels: give it a body here"
        if "channel" in parts or route.path in NOTED or (named and names.isdisjoint({"text", "over"})):
            if (method, route.path) == ("POST", "/channels"):
                continue
            status, told, words = refused(served, token, method, route)
            assert status == 404, words
            assert told["code"] == "NotFound", words
            judged += 1
        else:
            unknown = parts - OF_NO_CHANNEL
            assert not unknown, f"{method} {route.path}: say here whether {unknown} lead to a channel"
    assert judged > 40
    assert not [one for one in two_channels.told if one["op"].startswith(("hold", "tag"))]


@pytest.mark.parametrize("written", ["002", "00002", "+2", "%202", "2.0", "0_2", "%EF%BC%92", "2%00"])
def test_a_channel_written_otherwise_is_no_way_round_its_right(served, two_channels, written):
    token = guard_with(served, **only_channel_one())
    for method, route in every_route(served):
        if "{channel}" in route.path:
            status, _told, words = refused(served, token, method, route, written)
            assert status in {404, 422}, words


def test_a_change_needs_more_than_the_right_to_look(served):
    for method, route in every_route(served):
        if method == "GET" or (method, route.path) in OF_EVERYBODY | HARMLESS:
            continue
        assert right_of(method, route) is not Permission.LIVE, (method, route.path)


def test_a_session_that_is_over_opens_nothing(served, two_channels):
    token = guard_with(served, allowed="all", **{one.value: "all" for one in PER_CHANNEL})
    served.clock.advance(IDLE_S * 1_000_000)
    for method, route in every_route(served):
        if (method, ROOT + route.path) in OPEN:
            continue
        status, told, words = refused(served, token, method, route, channel="1")
        assert (status, told and told["code"]) == (401, "NotLoggedIn"), words
    with pytest.raises(InvalidStatus):
        unix_connect(
            str(served.instance.socket("web")),
            f"ws://{HOST}{ROOT}/events",
            additional_headers={"Authorization": f"Bearer {token}"},
        )


def test_lists_and_counts_leave_out_other_channels(served, two_channels):
    token = guard_with(served, **only_channel_one())
    mine = served.client("web", token)
    assert [one.number for one in mine.channels()] == [1]
    assert mine.status().channels == 1
    assert mine.holds() == mine.tags() == []
    # Not even by taking a number is it learned which are in use.
    codes = set()
    for number in (2, 3):
        body = {"number": number, "url": "rtsp://10.0.0.7/main"}
        codes.add(call(served, "web", "POST", f"{ROOT}/channels", body, Authorization=f"Bearer {token}")[2]["code"])
    assert codes == {"NoFreeChannel"}
    owner = served.owner
    served.loop.call_soon_threadsafe(
        lambda: served.control.desk.engine.happened(CameraOffline, "2", words="gone", channel=2)
    )
    known = wait_for(lambda: [one for one in owner.happened().events if one.channel == 2])
    assert not [one for one in mine.happened().events if one.channel == 2]
    for one in known:
        assert call(served, "web", "GET", f"{ROOT}/events/{one.id}", Authorization=f"Bearer {token}")[0] == 404
    assert (len(owner.holds()), len(owner.tags())) == (1, 1)


def test_a_user_who_must_change_his_password_can_do_nothing_else(served, two_channels):
    guard_with(served, **only_channel_one())
    served.owner.set_password("guard", "another for now")
    client = served.client("web")
    found = client.log_in("guard", "another for now")
    assert found.must_change
    assert found.may == ()
    for method, route in every_route(served):
        if (method, route.path) in OF_EVERYBODY or (method, route.path) == ("GET", "/pages"):
            continue
        status, _told, words = refused(served, client.token, method, route, channel="1")
        assert status in {403, 404, 422}, words
    assert client.pages() == []
    client.change_password("another for now", GUARD)
    assert client.session().must_change is False
    assert [one.number for one in client.channels()] == [1]

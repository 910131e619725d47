"""Who is let in, through which door, and how far."""

import http.client
import json
import re
import socket

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import unix_connect

from recorder.accounts.caller import Door
from recorder.accounts.sessions import IDLE_S
from recorder.api import serving
from recorder.api.app import routers
from recorder.api.entrance import COOKIE, LARGEST_BODY, OPEN
from recorder.api.page_routes import page_routes
from recorder.client.api import ApiClient
from recorder.client.calls.carrier import ROOT
from recorder.client.errors import Unavailable
from recorder.client.unix_http import ApiError, UnixHttp
from tests.recorder.api.served import PASSWORD

HOST = "recorder.local:8443"
ORIGIN = f"https://{HOST}"


def call(served, door, method, path, body=None, **headers):
    """One raw call; gives status, headers and what the body says."""
    connection = UnixHttp(served.instance.socket(door), 10)
    sent = {"Host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    if isinstance(body, dict):
        body = json.dumps(body)
        sent["Content-Type"] = "application/json"
    try:
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    try:
        return answer.status, answer.headers, json.loads(text)
    except ValueError:
        return answer.status, answer.headers, text


def routes(served):
    """Every method and path that the app answers, with its parameters filled in."""
    yield "GET", f"{ROOT}/openapi.json"
    for router in [*routers(), page_routes(served.registry)]:
        for route in router.routes:
            path = re.sub(r"\{(\w+)\}", lambda found: {"channel": "1"}.get(found[1], "0123456789ab"), route.path)
            for method in getattr(route, "methods", ["WEBSOCKET"]):
                yield method, ROOT + path


@pytest.mark.covers("D-BOOT-03")
@pytest.mark.parametrize("set_up", [False, True])
def test_no_route_answers_the_network_without_a_session(served, set_up):
    if set_up:
        served.set_up()
    asked = [(method, path) for method, path in routes(served) if (method, path) not in OPEN]
    assert len(asked) > 35
    assert ("WEBSOCKET", f"{ROOT}/events") in asked
    for method, path in asked:
        if method == "WEBSOCKET":
            with pytest.raises(InvalidStatus) as refused:
                unix_connect(str(served.instance.socket("web")), f"ws://{HOST}{path}")
            assert refused.value.response.status_code == 403
            continue
        status, _headers, told = call(served, "web", method, path)
        assert status == 401, (method, path, told)
        if method != "HEAD":
            assert told["code"] == "NotLoggedIn", (method, path)


@pytest.mark.covers("D-BOOT-03")
def test_before_set_up_the_screen_can_look_and_set_up_and_nothing_else(served):
    may = {
        ("GET", f"{ROOT}{path}") for path in ("/status", "/channels", "/pages", "/sessions/current", "/openapi.json")
    }
    may |= {("DELETE", f"{ROOT}/sessions/current"), ("POST", f"{ROOT}/grants"), ("GET", f"{ROOT}/channels/1")}
    may |= {("GET", f"{ROOT}/channels/1/snapshot"), ("GET", f"{ROOT}/detection")}
    # Whoever stands before it may read whether all is well, and take away the messages of a power cut and of a loss.
    may |= {("POST", f"{ROOT}/health/notice/seen")}
    may |= {("GET", f"{ROOT}/health"), ("POST", f"{ROOT}/health/outage/seen"), ("GET", f"{ROOT}/recovery/questions")}
    # Whoever held the reset key, or pushed the recovery stick in, stands before the screen.
    may |= {("GET", f"{ROOT}/recovery/key"), ("GET", f"{ROOT}/recovery/stick")}
    may |= {("POST", f"{ROOT}/update/drawn")}  # the screen itself says that it draws
    for method, path in routes(served):
        if (method, path) in OPEN | may or method == "WEBSOCKET":
            continue
        status, _headers, told = call(served, "screen", method, path, {} if method in {"POST", "PATCH"} else None)
        assert status in {403, 404, 422}, (method, path, told)
    assert served.screen.pages() == []


def test_the_visitor_at_the_screen_sees_names_and_no_addresses(served):
    served.owner.add_channel(name="Gate", url="rtsp://u:geheim@10.0.0.7/main")
    found = served.screen.channel(1)
    assert (found.name, found.url, found.user) == ("Gate", "", "")
    assert served.owner.channel(1).url == "rtsp://10.0.0.7/main"


@pytest.mark.covers("D-RULE-40", "D-SYS-06")
def test_channels_hidden_after_logout_do_not_exist_for_the_visitor(served):
    for name in ("Gate", "Bedroom"):
        served.owner.add_channel(name=name, url="rtsp://10.0.0.7/main")
    served.owner.set_page("general", {"hidden_after_logout": [2]})
    assert [one.name for one in served.screen.channels()] == ["Gate"]
    for act in (
        lambda: served.screen.channel(2),
        lambda: served.screen.grant([1, 2]),
        lambda: served.screen.snapshot(2),
    ):
        with pytest.raises(ApiError) as refused:
            act()
        assert refused.value.http_status == 404
    assert served.screen.status().hidden == (2,)
    own = served.admin("screen")
    assert ([one.name for one in own.channels()], own.status().hidden) == (["Gate", "Bedroom"], ())


def test_the_visitor_gets_no_recorded_time(served):
    served.owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    for act in (
        lambda: served.screen.spans(1, 1, 2),
        lambda: served.screen.days([1], 2026, 1),
        lambda: served.screen.grant([1], start_us=1),
        lambda: served.screen.snapshot(1, at_us=1),
        lambda: served.screen.export([1], 1, 2),
        served.screen.add_simulated_cameras,
    ):
        with pytest.raises(ApiError) as refused:
            act()
        assert (refused.value.http_status, refused.value.code) == (403, "Refused")


def test_a_session_that_is_over_is_nobody(served):
    for door in ("web", "screen"):
        client = served.admin(door)
        client.status()
        served.clock.advance(IDLE_S)
        with pytest.raises(ApiError) as refused:
            client.pages()
        assert refused.value.http_status == 401


def test_after_logging_out_the_token_is_worth_nothing(served):
    client = served.admin()
    token = client.token
    client.log_out()
    with pytest.raises(ApiError) as refused:
        served.client("web", token).status()
    assert refused.value.http_status == 401


def test_a_session_of_the_screen_is_worth_nothing_on_the_network(served):
    token = served.admin("screen").token
    with pytest.raises(ApiError) as refused:
        served.client("web", token).status()
    assert refused.value.http_status == 401


def test_the_network_cannot_say_that_it_is_somebody_else(served):
    served.set_up()
    for number in range(6):
        call(served, "web", "POST", f"{ROOT}/sessions", {"user": "admin", "password": "wrong"},
             X_Forwarded_For="10.0.0.66", Forwarded=f"for=10.0.0.{number}")  # fmt: skip
    body = {"user": "admin", "password": PASSWORD}
    assert call(served, "web", "POST", f"{ROOT}/sessions", body, X_Forwarded_For="10.0.0.66")[0] == 429
    assert call(served, "web", "POST", f"{ROOT}/sessions", body, X_Forwarded_For="10.0.0.1")[0] == 200
    assert served.screen.log_in("admin", PASSWORD).user == "admin"


# --- browsers ---


def browser(served):
    """Log in as a browser does; gives its cookie."""
    served.set_up()
    wanted = {"user": "admin", "password": PASSWORD, "cookie": True}
    status, headers, told = call(served, "web", "POST", f"{ROOT}/sessions", wanted, Origin=ORIGIN)
    assert (status, told["token"]) == (200, "")
    cookie = headers["set-cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert part in cookie
    return cookie.partition(";")[0]


def test_the_token_of_a_browser_is_out_of_reach_of_scripts(served):
    assert browser(served).startswith(f"{COOKIE}=")


def test_another_sites_page_cannot_change_anything_with_the_cookie(served):
    cookie = browser(served)
    change = {"recorder_name": "Stolen"}
    path = f"{ROOT}/pages/general"
    own = {"Cookie": cookie, "Origin": ORIGIN, "X_Nightjar": "1"}
    for without in (
        {**own, "Origin": "https://evil.example"},
        {**own, "Origin": "null"},
        {**own, "Origin": "http://["},
        {"Cookie": cookie, "Origin": ORIGIN},
        {"Cookie": cookie},
        {**own, "Sec_Fetch_Site": "cross-site"},
        {**own, "Origin": "https://recorder.local:9999"},
    ):
        assert call(served, "web", "PATCH", path, change, **without)[0] == 403, without
    assert served.owner.page("general").values["recorder_name"] == "Nightjar"
    assert call(served, "web", "PATCH", path, change, **own)[0] == 200
    assert call(served, "web", "GET", path, Cookie=cookie)[0] == 200


def test_another_sites_page_cannot_log_a_browser_in(served):
    served.set_up()
    body = {"user": "admin", "password": PASSWORD, "cookie": True}
    assert call(served, "web", "POST", f"{ROOT}/sessions", body, Origin="https://evil.example")[0] == 403


def test_another_sites_page_cannot_listen_to_events(served):
    cookie = browser(served)
    path = str(served.instance.socket("web"))

    def connect(**options):
        return unix_connect(path, f"ws://{HOST}{ROOT}/events", additional_headers={"Cookie": cookie}, **options)

    for origin in ({"origin": "https://evil.example"}, {}):
        with pytest.raises(InvalidStatus):
            connect(**origin)
    with connect(origin=ORIGIN) as stream:
        assert json.loads(stream.recv(10))["kind"] == "status"


def test_a_cookie_is_no_login_at_the_screen(served):
    cookie = browser(served)
    assert call(served, "screen", "GET", f"{ROOT}/pages", Cookie=cookie)[2] == []


# --- hostile calls ---


def test_a_request_that_is_too_large_is_refused_before_it_is_read(served, monkeypatch):
    monkeypatch.setattr("recorder.sockets.http_server.DRAIN_S", 0.1)
    status, _headers, told = call(served, "control", "POST", f"{ROOT}/channels", "x" * 10, Content_Length="9" * 12)
    assert (status, told["code"]) == (413, "TooLarge")
    status, _headers, _told = call(
        served, "control", "POST", f"{ROOT}/channels", "x", Content_Length=str(LARGEST_BODY + 1)
    )
    assert status == 413


def test_a_request_that_turns_out_too_large_is_refused(served):
    connection = http.client.HTTPConnection("x")
    raw = UnixHttp(served.instance.socket("control"), 10)
    raw.connect()
    connection.sock = raw.sock
    pieces = (b" " * 65536 for _each in range(LARGEST_BODY // 65536 + 2))
    try:
        connection.request(
            "POST", f"{ROOT}/channels", pieces, {"Content-Type": "application/json"}, encode_chunked=True
        )
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        status = 413
    finally:
        connection.close()
    assert status == 413


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "null",
        '"x"',
        '{"url": NaN}',
        "\udcff",
        '{"url": 5}',
        '{"number": "x", "url": "rtsp://c/"}',
        "[" * 5000,
    ],
)
def test_a_body_that_is_no_channel_is_refused_in_words(served, body):
    sent = body.encode("utf-8", "surrogateescape")
    status, _headers, told = call(served, "control", "POST", f"{ROOT}/channels", sent, Content_Type="application/json")
    assert status == 422, told
    assert told["words"]
    assert served.owner.channels() == []


def test_a_fault_of_ours_is_told_without_its_innards(served, monkeypatch, caplog):
    monkeypatch.setattr(served.control, "status", lambda: 1 / 0)
    with pytest.raises(ApiError) as refused:
        served.owner.status()
    assert (refused.value.http_status, str(refused.value)) == (500, "Something went wrong.")
    assert "ZeroDivisionError" in caplog.text


def test_a_stranger_on_the_socket_is_hung_up_on(served, monkeypatch):
    path = served.instance.socket("control")
    monkeypatch.setattr("recorder.api.serving._trusted", lambda _transport: False)
    with pytest.raises(Unavailable):
        ApiClient(path).setup_state()


@pytest.fixture
def caller_at(tmp_path):
    """Give what a server sees of somebody who called at a door."""
    opened = []

    def call(door):
        (listening,) = serving.listen({door: tmp_path / f"{door.value}.sock"})
        theirs = socket.socket(socket.AF_UNIX)
        opened.extend((listening, theirs))
        theirs.connect(str(tmp_path / f"{door.value}.sock"))
        listening.setblocking(True)
        ours, _address = listening.accept()
        opened.append(ours)

        class Transport:
            def get_extra_info(self, name):
                return {"socket": ours}[name]

        return Transport()

    yield call
    for one in opened:
        one.close()


def test_a_stranger_is_whoever_is_neither_our_user_nor_root(caller_at, monkeypatch):
    caller = caller_at(Door.OWNER)
    assert serving._trusted(caller)
    monkeypatch.setattr(serving.os, "geteuid", lambda: 12345)
    monkeypatch.setattr(serving, "ROOT_UID", 54321)
    assert not serving._trusted(caller)


@pytest.mark.parametrize(
    ("user", "doors"), [("nightjar-web", {Door.WEB}), ("nightjar-gui", {Door.SCREEN}), ("nightjar-decode", set())]
)
def test_a_process_of_the_target_comes_by_its_own_door_alone(caller_at, monkeypatch, user, doors):
    monkeypatch.setattr(serving.os, "geteuid", lambda: 12345)
    monkeypatch.setattr(serving, "ROOT_UID", 54321)
    monkeypatch.setattr(serving, "user", lambda _uid: user)
    assert {door for door in Door if serving._trusted(caller_at(door))} == doors

"""The recorder as the network sees it."""

import http.client
import io
import itertools
import json
import re
import socket
import ssl
from pathlib import Path

import av
import pytest
from msgspec.structs import replace
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from recorder.client.grants import Grant
from recorder.client.stream import StreamName
from recorder.web import serving
from recorder.web.guard import LARGEST_BODY, PROTECTION
from tests.recorder.web.browsing import UPGRADE, Web
from tests.recorder.web.footage import FRAMES, STEP_US, encode

pytestmark = pytest.mark.long

STATIC = Path(serving.__file__).parent / "static"
ENDED = {"op": "ended", "id": 1, "reason": "end"}


@pytest.fixture(scope="module")
def clip():
    return encode()


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """One recorder for all that is refused, and changes nothing."""
    with Web(tmp_path_factory.mktemp("standing") / "data") as found:
        yield found


@pytest.fixture(scope="module")
def both_taps(standing, clip):
    epoch, samples, _frames = clip
    return [standing.tap(name, [epoch, *samples, ENDED]) for name in ("media", "reader")]


@pytest.fixture
def taps(both_taps):
    """What would be shown of it; nobody has asked for anything yet."""
    for one in both_taps:
        one.told.clear()
    return both_taps


def grant(web, *, live=True, channels=(1,)):
    client = web.admin("screen")
    if live:
        return client.grant(channels).token
    return client.grant(channels, live=False, start_us=1_000, end_us=9_000).token


# --- pages ---


def test_the_page_is_served_and_everything_that_it_names(web):
    status, headers, page = web.call("GET", "/")
    assert (status, headers.get_content_type()) == (200, "text/html")
    for name in re.findall(rb'(?:src|href)="([^"#]+)"', page):
        assert web.call("GET", f"/{name.decode()}")[0] == 200, name
    for script in STATIC.glob("*.js"):
        for name in re.findall(r'from "\./([\w.]+)"', script.read_text()):
            assert web.call("GET", f"/{name}")[1].get_content_type().endswith("javascript")


def test_no_page_needs_what_its_own_policy_forbids(web):
    for page in STATIC.glob("*.html"):
        text = page.read_text()
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=\"|https?://", text), page


@pytest.mark.parametrize("path", ["/", "/api/v1/setup", "/api/v1/status", "/nothing", "/media/live/1/main"])
def test_every_answer_carries_the_headers_that_protect_browsers(standing, path):
    _status, headers, _body = standing.call("GET", path)
    for name, value in PROTECTION.items():
        assert headers[name] == value
    assert "server" not in headers


@pytest.mark.parametrize(
    "path",
    ["/../config/web.key", "/..%2fconfig%2fweb.key", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/....//",
     "/a\\..\\b", "/static/../../app.py", "/%00", "/index.html%00.js"],
)  # fmt: skip
def test_no_path_leads_out_of_the_pages(standing, path):
    status, _headers, body = standing.call("GET", path)
    assert status in {400, 404, 405}
    assert b"PRIVATE" not in (body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8443", "localhost.evil.example", "", "recorder.local@evil",
        "localhost:80@evil.example", "[::1]evil.example", "[::1", "localhost:port", "localhost:99999", "localhost:",
    ],
)  # fmt: skip
def test_a_name_that_somebody_else_points_at_us_is_refused(standing, host):
    for path in ("/", "/api/v1/setup"):
        assert standing.call("GET", path, Host=host)[0] == 421, path
    assert standing.call("GET", "/api/v1/events", Host=host, **UPGRADE)[0] == 403


@pytest.mark.parametrize(
    "host", ["localhost", "RECORDER.local:1", "192.168.1.20:8443", "[fe80::1]:8443", "recorder.local."]
)
def test_our_own_names_and_addresses_are_answered(standing, host):
    assert standing.call("GET", "/api/v1/setup", Host=host)[0] == 200


@pytest.mark.covers("D-SEC-04", "V-USR-09")
def test_there_is_no_plain_http(web):
    connection = http.client.HTTPConnection("localhost", web.port, timeout=60)
    connection.connect()
    connection.sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"HTTP" not in connection.sock.recv(100)
    connection.close()


@pytest.mark.covers("V-USR-09")
def test_old_tls_is_refused(web):
    context = web.trust
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("localhost", web.port)) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as safe,
    ):
        assert safe.version() in {"TLSv1.2", "TLSv1.3"}
    assert web.pages.config.ssl.minimum_version >= ssl.TLSVersion.TLSv1_2


# --- the proxy ---


@pytest.mark.covers("D-BOOT-03")
def test_a_browser_sets_the_recorder_up_with_the_code_and_works_with_its_cookie(web):
    code = web.control.accounts.first_run.new_code()
    own = {"Origin": f"https://{web.host}", "X_Nightjar": "1"}
    assert web.call("GET", "/api/v1/setup")[2] == {
        "needs_setup": True,
        "code_needed": True,
        "development": False,
        "backups": [],
    }
    assert web.call("GET", "/api/v1/status")[0] == 401
    wanted = {"password": "correct horse battery", "code": code, "cookie": True}
    status, headers, told = web.call("POST", "/api/v1/setup", wanted, **own)
    assert (status, told["user"], told["token"]) == (200, "admin", "")
    cookie = headers["set-cookie"].partition(";")[0]
    status, _headers, told = web.call(
        "PATCH", "/api/v1/pages/general", {"recorder_name": "Harbour"}, Cookie=cookie, **own
    )
    assert (status, told["values"]["recorder_name"]) == (200, "Harbour")


def test_one_browsers_cookie_is_never_given_to_another(web):
    web.log_in()
    for _each in range(5):
        assert web.call("GET", "/api/v1/status")[0] == 401


def test_the_recorder_sees_the_true_address_whatever_the_network_says(web):
    web.set_up()
    for number in range(6):
        web.call("POST", "/api/v1/sessions", {"user": "admin", "password": "wrong"}, X_Forwarded_For=f"10.0.0.{number}",
                 Forwarded="for=10.0.0.9", X_Real_IP="10.0.0.8")  # fmt: skip
    wanted = {"user": "admin", "password": "correct horse battery"}
    assert web.call("POST", "/api/v1/sessions", wanted, X_Forwarded_For="10.9.9.9")[0] == 429
    assert web.call("POST", "/api/v1/sessions", wanted, Host=f"127.0.0.1:{web.port}")[0] == 429


def test_another_sites_page_gets_nowhere(web):
    own = web.log_in()
    for stranger in ({**own, "Origin": "https://evil.example"}, {**own, "Origin": "https://localhost"}):
        assert web.call("PATCH", "/api/v1/pages/general", {"recorder_name": "x"}, **stranger)[0] == 403
        with pytest.raises(InvalidStatus), web.listen_as(stranger):
            pass


def test_events_reach_a_browser_until_its_session_ends(web, monkeypatch):
    monkeypatch.setattr("recorder.api.routes.events.LOOK_S", 0.1)
    own = web.log_in()
    with web.listen_as(own) as stream:
        assert json.loads(stream.recv())["kind"] == "status"
        web.owner.set_page("general", {"recorder_name": "Harbour"})
        kinds = [json.loads(stream.recv())["kind"] for _each in range(3)]
        assert "settings" in kinds
        web.call("DELETE", "/api/v1/sessions/current", **own)
        with pytest.raises(ConnectionClosedError):
            stream.rest()
        assert stream.close_code == 1008


def test_a_body_that_is_too_large_is_refused(web):
    status, _headers, told = web.call("POST", "/api/v1/sessions", b"x" * (LARGEST_BODY + 1))
    assert (status, told["code"]) == (413, "TooLarge")


def test_the_answer_of_control_passes_with_its_status_and_words(web):
    own = web.log_in()
    status, headers, told = web.call("PATCH", "/api/v1/pages/general", {"instant_playback_min": 99}, **own)
    assert (status, told["field"], told["allowed"]) == (422, "instant_playback_min", "5 to 60 min")
    status, headers, told = web.call("GET", "/api/v1/pages/general", Cookie=own["Cookie"])
    assert headers["etag"] == '"0"'


def test_without_control_it_says_so(web):
    web.run(web.serving.stop())
    web.instance.socket("web").unlink(missing_ok=True)
    status, _headers, told = web.call("GET", "/api/v1/setup")
    assert (status, told["code"]) == (503, "Unavailable")
    assert web.call("GET", "/")[0] == 200


def test_whoever_connects_and_says_nothing_is_hung_up_on(web, monkeypatch):
    monkeypatch.setattr(serving, "HEAD_S", 0.2)
    raw = socket.create_connection(("localhost", web.port), timeout=60)
    with web.trust.wrap_socket(raw, server_hostname="localhost") as safe:
        safe.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        assert safe.recv(10) == b""


def read_until_hung_up(safe):
    found = b""
    while piece := safe.recv(4096):
        found += piece
    return found


def test_whoever_goes_silent_in_a_later_request_is_hung_up_on(web, monkeypatch):
    monkeypatch.setattr(serving, "HEAD_S", 0.2)
    raw = socket.create_connection(("localhost", web.port), timeout=60)
    with web.trust.wrap_socket(raw, server_hostname="localhost") as safe:
        safe.sendall(b"HEAD /icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in safe.recv(4096)
        safe.sendall(b"GET / HTTP/1.1\r\nHo")
        read_until_hung_up(safe)


def test_whoever_never_ends_a_request_is_told_so(web, monkeypatch):
    monkeypatch.setattr("recorder.web.proxy.BODY_S", 0.2)
    raw = socket.create_connection(("localhost", web.port), timeout=60)
    with web.trust.wrap_socket(raw, server_hostname="localhost") as safe:
        safe.sendall(b"POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
        assert b"408" in read_until_hung_up(safe)


def test_a_browser_that_vanishes_from_its_events_is_no_fault(web, caplog):
    own = web.log_in()
    with web.listen_as(own) as stream:
        assert json.loads(stream.recv())["kind"] == "status"
        stream.vanish()
    web.run(web.pages.stop())
    assert not [one for one in caplog.records if one.exc_info]


# --- pictures ---


def test_a_live_stream_plays(web, clip):
    epoch, samples, _frames = clip
    tap = web.tap("media", [epoch, *samples, ENDED])
    token = grant(web)
    status, headers, body = web.call("GET", f"/media/live/1/main?grant={token}")
    assert (status, headers["content-type"][:22]) == (200, 'video/mp4; codecs="avc')
    with av.open(io.BytesIO(body)) as found:
        assert sum(1 for _frame in found.decode(video=0)) == FRAMES
    assert [one["grant"] for one in tap.told if one["op"] == "subscribe"] == [token]


def test_recorded_time_plays(web, clip):
    epoch, samples, _frames = clip
    tap = web.tap("reader", [epoch, *samples, ENDED])
    token = grant(web, live=False)
    status, _headers, body = web.call("GET", f"/media/recorded/1/main?start=2000&end=8000&grant={token}")
    assert status == 200
    with av.open(io.BytesIO(body)) as found:
        assert sum(1 for _frame in found.decode(video=0)) == FRAMES
    assert (tap.told[0]["from_us"], tap.told[0]["until_us"]) == (2000, 8000)


def test_a_grant_is_never_written_to_the_log(web, clip, caplog):
    caplog.set_level(0)
    epoch, samples, _frames = clip
    web.tap("media", [epoch, *samples, ENDED])
    token = grant(web)
    web.call("GET", f"/media/live/1/main?grant={token}")
    with web.listen(f"/media/live/1/main?grant={token}") as stream:
        stream.rest()
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("websockets.client")]
    assert not [one for one in ours if token in one]


def test_a_live_stream_comes_by_websocket_for_media_source_extensions(web, clip):
    epoch, samples, _frames = clip
    web.tap("media", [epoch, *samples, ENDED])
    with web.listen(f"/media/live/1/main?grant={grant(web)}") as stream:
        told = json.loads(stream.recv())
        body = b"".join(stream.rest())
    assert (told["codec"][:5], told["width"], told["height"]) == ("avc1.", 128, 96)
    with av.open(io.BytesIO(body)) as found:
        assert sum(1 for _frame in found.decode(video=0)) == FRAMES


@pytest.mark.parametrize(
    "path",
    [
        "/media/live/1/main", "/media/live/1/main?grant=", "/media/live/1/main?grant=x.y",
        "/media/live/2/main?grant={live}",
        "/media/live/1/picture?grant={live}", "/media/recorded/1/main?start=2000&end=8000&grant={live}",
        "/media/live/1/main?grant={past}", "/media/recorded/1/main?start=1&end=8000&grant={past}",
        "/media/recorded/1/main?start=2000&end=9999999&grant={past}", "/media/live/1/main?grant={forged}",
    ],
)  # fmt: skip
def test_nothing_is_shown_without_a_grant_that_covers_it(standing, taps, path):
    live = grant(standing)
    forged = live.partition(".")[0] + "." + grant(standing, channels=(2,)).partition(".")[2]
    filled = path.format(live=live, past=grant(standing, live=False), forged=forged)
    status, _headers, told = standing.call("GET", filled)
    assert (status, told["code"]) == (403, "BadGrant")
    with pytest.raises(InvalidStatus), standing.listen(filled):
        pass
    assert not [one for tap in taps for one in tap.told if one["op"] == "subscribe"]


@pytest.mark.parametrize(
    "path",
    ["/media/live/0/main", "/media/live/129/main", "/media/live/x/main", "/media/live/-1/main", "/media/live/1/teapot",
     "/media/recorded/1/main?start=&end=5", "/media/recorded/1/main?start=5000&end=%D9%A5"],
)  # fmt: skip
def test_addresses_of_pictures_that_make_no_sense_are_refused(standing, path):
    mark = "&" if "?" in path else "?"
    assert standing.call("GET", f"{path}{mark}grant={grant(standing, live='live' in path)}")[0] == 422


def test_a_grant_that_ran_out_shows_nothing(web):
    old = Grant((1,), (StreamName.MAIN,), audio=False, start_us=None, end_us=None, live=True, expires_us=1)
    assert web.call("GET", f"/media/live/1/main?grant={web.control.mint(old)}")[0] == 403


def two_hours_pass(web):
    return lambda: web.clock.advance(2 * 3600)


def test_live_pictures_end_with_their_grant_and_the_browser_is_told_to_ask_for_another(web, clip, monkeypatch):
    monkeypatch.setattr("recorder.web.media.LOOK_S", 0)
    epoch, samples, _frames = clip
    steps = (replace(samples[0], pts_us=samples[0].pts_us + step * STEP_US) for step in itertools.count())
    web.tap("media", itertools.chain([epoch, next(steps), two_hours_pass(web)], steps))
    with web.listen(f"/media/live/1/main?grant={grant(web)}") as stream:
        last = stream.rest()[-1]
    assert json.loads(last)["code"] == "BadGrant"


def test_what_was_recorded_plays_to_its_end_though_that_takes_longer_than_the_grant(web, clip, monkeypatch):
    monkeypatch.setattr("recorder.web.media.LOOK_S", 0)
    epoch, samples, _frames = clip
    first, *others = samples
    web.tap("reader", [epoch, first, two_hours_pass(web), *others, ENDED])
    path = f"/media/recorded/1/main?start=2000&end=8000&grant={grant(web, live=False)}"
    with av.open(io.BytesIO(web.call("GET", path)[2])) as found:
        assert sum(1 for _frame in found.decode(video=0)) == FRAMES


def test_one_stream_too_many_is_refused_in_words(web, clip, monkeypatch):
    monkeypatch.setattr("recorder.web.media.MOST_STREAMS", 0)
    epoch, samples, _frames = clip
    web.tap("media", [epoch, *samples])
    status, _headers, told = web.call("GET", f"/media/live/1/main?grant={grant(web)}")
    assert (status, told["code"]) == (429, "TooManyStreams")


def test_without_media_it_says_so(web):
    status, _headers, told = web.call("GET", f"/media/live/1/main?grant={grant(web)}")
    assert (status, told["code"]) == (503, "Unavailable")

"""Recordings as a read-only tree of MP4 files over WebDAV, under the login's grants; nothing that is sent is a path."""

import base64
import json
import os
import subprocess
import xml.etree.ElementTree as ET
from urllib.parse import quote

import pytest

from recorder.client.instance import Instance
from recorder.client.stream import Sample, SampleFlag, StreamKey
from recorder.reader.client import ReaderClient
from recorder.reader.service import Reader
from recorder.sockets.listener import Listener
from recorder.store import Disk, StoreWriter, initialise_disk
from tests.recorder.api.served import PASSWORD
from tests.recorder.decode.film import film
from tests.recorder.web.browsing import Web

BOOT = "11111111-2222-3333-4444-555555555555"
D = "{DAV:}"
BASIC = {"Authorization": "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()}
HOSTILE = "../T\u00fcr <b>&"
FPS = 2
"""Few: each of a file's pictures is read some fifty times."""


def record(instance, clock, seconds=700):
    """Real pictures of channel 1, `FPS` a second."""
    initialise_disk(instance.disks / "one", size_bytes=64 << 20, block_bytes=1 << 20, name="one", clock=clock)
    store = StoreWriter([Disk(instance.disks / "one", clock)], instance.index, clock, BOOT, threads=False)
    store.start()
    made = film(50, gop=10)
    samples, sent = made.samples(), []
    for n in range(seconds * FPS):
        one = samples[n % len(samples)]
        sample = Sample(0, n * 1_000_000 // FPS, clock.now_us(), one.flags & SampleFlag.KEY, one.data)
        sent.append(sample)
        store.open_stream(StreamKey(1)).put(sample, made.epoch)
        clock.advance(1 / FPS)
        if n % FPS == 0:
            store.step()
    store.close()
    clock.advance(60)
    return sent


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    data = tmp_path_factory.mktemp("dav") / "data"
    with Web(data) as web:
        web.set_up()
        web.sent = record(Instance(data), web.clock)
        web.reader = Reader(web.instance, web.clock)

        async def start():
            listener = Listener(web.instance.socket("reader"), lambda connection: ReaderClient(connection, web.reader))
            listener.open()
            return listener

        listener = web.run(start())
        own = web.log_in()
        for name in (HOSTILE, HOSTILE, "Hof"):
            status, _headers, _told = web.call(
                "POST", "/api/v1/channels", {"name": name, "url": "rtsp://camera/main"}, **own
            )
            assert status == 201, _told
        yield web

        async def stop():
            listener.close()
            await web.reader.stop()

        web.run(stop())


def propfind(view, path="/recordings/", depth="1", **headers):
    """Give (status, {href: props})."""
    status, _headers, body = view.call("PROPFIND", path, None, Depth=depth, **(headers or BASIC))
    if status != 207:
        return status, body
    found = {}
    for one in ET.fromstring(body).findall(f"{D}response"):
        prop = one.find(f"{D}propstat/{D}prop")
        found[one.find(f"{D}href").text] = {child.tag.removeprefix(D): child.text for child in prop}
    return status, found


def walk(view):
    """Give the address of each file of the first channel, with its properties."""
    _status, top = propfind(view)
    channel = next(one for one in top if one != "/recordings/")
    _status, days = propfind(view, channel)
    found = {}
    for day in days:
        if day != channel:
            _status, files = propfind(view, day)
            found |= {href: props for href, props in files.items() if href != day}
    return found


def test_the_tree_has_channels_days_and_files_with_names_that_are_safe(view):
    status, top = propfind(view)
    assert status == 207
    folders = [one for one in top if one != "/recordings/"]
    assert len(folders) == 3
    assert all(".." not in one and "<" not in one for one in folders)
    assert len({props["displayname"] for props in top.values()}) == 4, "two channels of one name are two folders"
    files = walk(view)
    assert len(files) in {2, 3}
    assert all(href.endswith(".mp4") and int(props["getcontentlength"]) > 4096 for href, props in files.items())


def test_files_are_read_whole_and_by_ranges_and_stay_the_same(view):
    href, props = next(iter(walk(view).items()))
    size = int(props["getcontentlength"])
    status, headers, whole = view.call("GET", href, **BASIC)
    assert (status, len(whole), headers["content-type"]) == (200, size, "video/mp4")
    assert headers["etag"] == props["getetag"]
    for asked, begin, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=100-299", 100, 300),
        (f"bytes={size - 10}-", size - 10, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=5-{size * 2}", 5, size),
    ):
        status, headers, body = view.call("GET", href, Range=asked, **BASIC)
        assert (status, body) == (206, whole[begin:end])
        assert headers["content-range"] == f"bytes {begin}-{end - 1}/{size}"
    status, headers, _body = view.call("GET", href, Range=f"bytes={size}-", **BASIC)
    assert (status, headers["content-range"]) == (416, f"bytes */{size}")
    for ignored in ("bytes=0-1,5-9", "bytes=5-2", "lines=1-2", "bytes=x-"):
        assert view.call("GET", href, Range=ignored, **BASIC)[0] == 200
    assert view.call("GET", href, Range="bytes=0-9", If_Range='"other"', **BASIC)[0] == 200
    assert view.call("GET", href, Range="bytes=0-9", If_Range=props["getetag"], **BASIC)[0] == 206
    assert view.call("GET", href, If_None_Match=props["getetag"], **BASIC)[0] == 304
    status, headers, body = view.call("HEAD", href, **BASIC)
    assert (status, headers["content-length"], body) == (200, str(size), b"")


def test_nobody_is_let_in_without_a_login(view):
    for headers in ({}, {"Authorization": "Basic !!!"}, {"Authorization": "Bearer x"}, {"Cookie": "__Host-nightjar=x"}):
        status, answered, _body = view.call("PROPFIND", "/recordings/", None, Depth="1", **headers)
        assert status == 401
        assert "Basic" in answered["www-authenticate"]
    href = next(iter(walk(view)))
    assert view.call("GET", href)[0] == 401


def test_a_browser_that_has_logged_in_needs_no_password(view):
    own = view.log_in()
    status, _headers, page = view.call("GET", "/recordings/", Cookie=own["Cookie"])
    assert status == 200
    assert b"Hof" in page
    assert b"<b>" not in page


def test_wrong_passwords_are_counted_and_locked_out_as_at_the_login(tmp_path):
    with Web(tmp_path / "data") as web:
        web.set_up()
        wrong = {"Authorization": "Basic " + base64.b64encode(b"admin:wrong").decode()}
        seen = [web.call("PROPFIND", "/recordings/", None, Depth="0", **wrong)[0] for _n in range(12)]
        assert seen[0] == 401
        assert seen[-1] in {423, 429}
        right, _headers, body = web.call("PROPFIND", "/recordings/", None, Depth="0", **BASIC)
        assert right == seen[-1], "the right password does not help who is locked out"
        assert b"Wait" in body


def test_a_password_is_checked_once_and_not_at_every_read(view):
    before = len(view.control.accounts.sessions._logins)
    for _n in range(5):
        assert propfind(view)[0] == 207
    assert len(view.control.accounts.sessions._logins) <= before + 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "MKCOL", "MOVE", "COPY", "PROPPATCH", "LOCK", "POST", "PATCH"])
def test_nothing_can_be_changed(view, method):
    status, headers, _body = view.call(method, "/recordings/x.mp4", b"data", **BASIC)
    assert status == 405
    assert "PUT" not in headers["allow"]


def test_options_say_what_this_is(view):
    status, headers, _body = view.call("OPTIONS", "/recordings/")
    assert (status, headers["dav"]) == (200, "1")


@pytest.mark.parametrize(
    "path",
    [
        "/recordings/../../etc/passwd",
        "/recordings/%2e%2e/%2e%2e/etc/passwd",
        "/recordings/..%2f..%2fetc%2fpasswd",
        "/recordings/Hof/../../data",
        "/recordings/Hof/2026-11-21%00/x.mp4",
        "/recordings/Hof/9999-99-99/",
        "/recordings/Hof/0001-01-01/",
        "/recordings/a/b/c/d/e",
        "/recordings/%ff%fe/",
        "/recordings/" + "a" * 2000,
        "/recordings/Hof/2026-11-21/" + quote("' OR 1=1 --") + ".mp4",
    ],
)
def test_paths_that_lead_nowhere_are_not_found(view, path):
    for method in ("PROPFIND", "GET"):
        status, _headers, body = view.call(method, path, None, Depth="1", **BASIC)
        assert status == 404, (method, body)


@pytest.mark.parametrize("depth", ["infinity", "2", "", "x"])
def test_the_whole_tree_at_once_is_refused(view, depth):
    assert view.call("PROPFIND", "/recordings/", None, Depth=depth, **BASIC)[0] == 403


def test_a_huge_body_is_refused(view):
    connection, answer = view.open("PROPFIND", "/recordings/", b"x", Depth="1", Content_Length=str(2 << 20), **BASIC)
    assert answer.status == 413
    connection.close()


def test_readers_in_parallel_are_bounded_and_each_gets_its_bytes(view):
    from concurrent.futures import ThreadPoolExecutor

    href = next(iter(walk(view)))
    whole = view.call("GET", href, **BASIC)[2]
    with ThreadPoolExecutor(40) as many:
        answers = list(many.map(lambda _n: view.call("GET", href, **BASIC), range(40)))
    assert {status for status, _headers, _body in answers} <= {200, 503}
    assert all(body == whole for status, _headers, body in answers if status == 200)
    assert view.call("GET", href, **BASIC)[0] == 200, "afterwards there is room again"


@pytest.fixture
def trusted(view, tmp_path):
    """What peers need to believe our certificate."""
    return {**os.environ, "SSL_CERT_FILE": str(view.files.certificate), "HOME": str(tmp_path)}


def address(view, href):
    return f"https://admin:{quote(PASSWORD)}@{view.host}{href}"


@pytest.mark.peer("rclone")
def test_rclone_lists_and_copies_the_tree(view, trusted, tmp_path):
    hidden = subprocess.run(["rclone", "obscure", PASSWORD], capture_output=True, text=True, check=True).stdout.strip()
    remote = f":webdav,url='https://{view.host}/recordings',vendor=other,user=admin,pass='{hidden}':"
    asked = ["rclone", "--config", "", "copy", remote, str(tmp_path / "copied"), "--retries", "1"]
    done = subprocess.run(asked, env=trusted, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    copied = sorted((tmp_path / "copied").rglob("*.mp4"))
    files = walk(view)
    assert len(copied) == len(files)
    sizes = sorted(int(one["getcontentlength"]) for one in files.values())
    assert sorted(one.stat().st_size for one in copied) == sizes


@pytest.mark.peer("ffmpeg")
def test_ffprobe_plays_every_picture_over_https(view, trusted):
    counted = 0
    for href in walk(view):
        asked = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "json"]
        tls = ["-ca_file", str(view.files.certificate)]
        done = subprocess.run([*asked, *tls, address(view, href)], env=trusted, capture_output=True, check=True)
        assert done.stderr == b""
        counted += int(json.loads(done.stdout)["streams"][0]["nb_read_frames"])
    assert counted == len(view.sent)


@pytest.mark.peer("ffmpeg")
def test_ffmpeg_seeks_by_ranges(view, trusted):
    href = max(walk(view).items(), key=lambda one: int(one[1]["getcontentlength"]))[0]
    tls = ["-ca_file", str(view.files.certificate)]
    asked = ["ffmpeg", "-v", "error", *tls, "-ss", "60", "-i", address(view, href), "-frames:v", "1", "-f", "null", "-"]
    done = subprocess.run(asked, env=trusted, capture_output=True, check=True)
    assert done.stderr == b""


@pytest.mark.peer("gstreamer")
def test_gstreamer_plays_it_over_https(view, trusted):
    href = next(iter(walk(view)))
    source = ["souphttpsrc", f"location=https://{view.host}{href}", "user-id=admin", f"user-pw={PASSWORD}"]
    # Its TLS takes no certificate of ours from a file; that is not what is tried here.
    source += ["ssl-strict=false"]
    sink = ["!", "qtdemux", "!", "h264parse", "!", "avdec_h264", "!", "fakesink", "sync=false"]
    asked = ["gst-launch-1.0", "-q", *source, *sink]
    done = subprocess.run(asked, env=trusted, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.peer("curl")
def test_curl_resumes_a_download(view, trusted, tmp_path):
    href = next(iter(walk(view)))
    whole = view.call("GET", href, **BASIC)[2]
    place = tmp_path / "part.mp4"
    place.write_bytes(whole[: len(whole) // 3])
    asked = ["curl", "-sS", "--cacert", str(view.files.certificate), "-u", f"admin:{PASSWORD}", "-C", "-", "-o"]
    subprocess.run([*asked, str(place), f"https://{view.host}{href}"], env=trusted, check=True)
    assert place.read_bytes() == whole


@pytest.mark.covers("V-USR-04", "V-USR-05")
def test_a_user_sees_his_channels_and_days_and_less_at_once_when_he_may_less(view):
    owner, every = view.owner, walk(view)
    owner.set_page("user-group", {"title": "Yard", "playback": [1], "live": [1]}, item="yard")
    owner.set_page("user", {"group": "yard"}, item="anna")
    owner.set_password("anna", PASSWORD, must_change=False)
    anna = {"Authorization": "Basic " + base64.b64encode(f"anna:{PASSWORD}".encode()).decode()}
    _status, top = propfind(view, **anna)
    channels = [one for one in top if one != "/recordings/"]
    assert len(channels) == 1
    href = next(iter(every))
    assert view.call("GET", href, None, Range="bytes=0-99", **anna)[0] == 206
    # Who may not hear gets the file without its sound, of the same length.
    assert propfind(view, href, "0", **anna)[1][href]["getcontentlength"] == every[href]["getcontentlength"]
    owner.set_page("user-group", {"playback": []}, item="yard")
    assert propfind(view, **anna)[1].keys() == {"/recordings/"}
    assert view.call("GET", href, None, **anna)[0] == 404
    owner.set_page("user-group", {"playback": [1]}, item="yard")
    assert view.call("GET", href, None, Range="bytes=0-99", **anna)[0] == 206
    view.clock.advance(2 * 86_400)
    owner.set_page("user", {"newest_days": 1}, item="anna")
    assert propfind(view, channels[0], **anna)[1].keys() == {channels[0]}
    assert view.call("GET", href, None, **anna)[0] == 404
    assert walk(view) == every


def test_a_program_comes_in_with_its_key_in_place_of_a_password(view):
    key = view.owner.make_api_key("admin", "player", ["live", "playback", "audio"])

    def status(user, password):
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        return view.call("PROPFIND", "/recordings/", Authorization=f"Basic {login}", Depth="1")[0]

    assert status("admin", key.token) == 207
    assert status("Admin", key.token) == 207
    for user, password in (("anna", key.token), ("admin", key.token + "x"), ("admin", "njk_\u00e9"), ("admin", "njk_")):
        assert status(user, password) == 401, (user, password)
    view.owner.remove_api_key("admin", key.id)
    assert status("admin", key.token) == 401

"""Updates as control does them: the simulated machine underneath, bundles of RAUC, asked over the API."""

import contextlib
import json
import os
import socket
import sqlite3
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from zoneinfo import ZoneInfo

import pytest

from hal.client import HalClient
from hal.client.firmware import LARGEST_BUNDLE, Refusal
from hal.simulated.pocket import Pocket
from recorder.client.answers.update import Phase, Reason
from recorder.client.api import ApiError
from recorder.client.clock import ManualClock
from recorder.update import offered
from recorder.update.desk import GAP_S
from recorder.update.download import shown
from recorder.update.night import tonight
from recorder.update.words import REFUSED
from tests.hal import in_threads
from tests.peers import rauc
from tests.recorder.api.served import wait_for
from tests.recorder.web.browsing import Web

pytestmark = [pytest.mark.long, pytest.mark.peer("rauc")]
BOARD = "nightjar-simulated"


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workshop")
    release, other = rauc.Authority(folder, "release"), rauc.Authority(folder, "other")
    good = rauc.bundle(folder / "good", release.signer(), "0.2.0", BOARD, "2026-11-27T04:00Z schema=99", size=3_000_000)
    foreign = rauc.bundle(folder / "foreign", other.signer(), "0.3.0", BOARD)
    return release.certificate, good, foreign


class Bench:
    """A recorder whose machine is simulated; `anew` is what the supervisor does when the machine starts anew."""

    def __init__(self, data, certificate):
        self.data = data
        self.clock = ManualClock()
        keys = data / "hardware" / "update"
        keys.mkdir(parents=True)
        (keys / "release.pem").write_bytes(certificate.read_bytes())
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        self.served = None
        self.anew()
        socket = self.served.instance.socket
        self.stack.enter_context(in_threads.hal(socket("hal"), "--world", self.data))
        self.stack.enter_context(in_threads.hal_admin(socket("hal-admin"), self.data / "audit", self.data))
        self.hal = self.stack.enter_context(HalClient(self.served.instance.socket("hal"), timeout_s=60))
        self.wait(lambda told: told.version == "0.1.0")
        return self

    def __exit__(self, *_exc):
        self.stack.close()
        self.served.__exit__(None, None, None)

    def anew(self):
        if self.served is not None:
            self.served.__exit__(None, None, None)
        self.served = Web(self.data, clock=self.clock)
        self.served.__enter__()

    @property
    def api(self):
        return self.served.owner

    def wait(self, look):
        return wait_for(lambda: (told := self.api.update()) and look(told) and told)

    def insert(self, bundle):
        """A hand puts a bundle on a stick, and the stick into the recorder."""
        pocket = Pocket(self.data)
        with contextlib.suppress(Exception):
            self.hal.simulate("usb_port", "USB1", "pull")
        pocket.put("KEYS", "nightjar/new.raucb", bundle.read_bytes(), begins=True)
        self.hal.simulate("usb_port", "USB1", "insert", label="KEYS")
        return self.wait(lambda told: told.found).found[0]

    def checked(self, bundle):
        found = self.insert(bundle)
        self.api.update_from_stick(found.id)
        return self.wait(lambda told: not told.busy)

    def lives_well(self):
        """Seven seconds pass in which the screen draws; says whether the firmware is good by then."""
        self.clock.advance(7)
        self.served.screen.tell_drawn()
        return self.api.update().phase is Phase.GOOD

    def noted(self):
        return [(one.who, one.new) for one in self.api.audit() if one.page == "update"]


@pytest.fixture
def bench(tmp_path, workshop):
    with Bench(tmp_path / "data", workshop[0]) as found:
        yield found


@pytest.mark.covers("D-MNT-15", "D-USB-01.1")
def test_from_a_stick_to_a_firmware_that_is_good_and_told_until_it_was_seen(bench, workshop):
    told = bench.checked(workshop[1])
    assert (told.phase, told.bundle.version, told.bundle.signer) == (Phase.CHECKED, "0.2.0", "release")
    assert told.bundle.source == "USB stick KEYS: nightjar/new.raucb"
    bench.hal.simulate("usb_port", "USB1", "pull")  # it is not needed any more
    with pytest.raises(ApiError, match="90 s will not be recorded"):
        bench.api.install_update(told.bundle.digest, "now", told.gap_s + 1)
    with pytest.raises(ApiError, match="not the one that was checked"):
        bench.api.install_update("00" * 32, "now", told.gap_s)
    assert told.gap_s == GAP_S
    bench.api.install_update(told.bundle.digest, "now", told.gap_s)
    bench.wait(lambda one: one.phase is Phase.REBOOT)
    assert (bench.data / "config/before-update/settings.db").exists()
    bench.hal.simulate("power", "SYSTEM", "arrive")
    bench.anew()
    bench.wait(lambda one: (one.phase, one.version) == (Phase.TRIAL, "0.2.0"))
    bench.wait(lambda one: "a picture on the monitor" in one.words)
    bench.served.screen.tell_drawn()
    bench.wait(lambda one: "Still missing" not in one.words)
    bench.clock.advance(20)
    bench.served.screen.tell_drawn()
    wait_for(bench.lives_well)
    assert "updated to version 0.2.0" in bench.served.screen.status().update.words
    assert not bench.api.update().seen
    bench.api.update_seen()
    assert bench.api.status().update.words == ""
    wait_for(lambda: any(who == "recorder" and "all is as it was before" in words for who, words in bench.noted()))


@pytest.mark.covers("D-MNT-17")
def test_an_update_on_a_stick_that_is_in_at_the_start_is_offered(bench, workshop):
    found = bench.insert(workshop[1])
    bench.anew()
    bench.wait(lambda told: [one.id for one in told.found] == [found.id])
    wait_for(lambda: bench.served.screen.status().update.found == (found.id,))


def test_what_is_refused_is_told_in_words_and_asked_for_by_nobody_twice(bench, workshop):
    told = bench.checked(workshop[2])
    assert told.phase is Phase.REFUSED
    assert "does not know" in told.words
    assert told.bundle is None
    with pytest.raises(ApiError, match="not the one that was checked"):
        bench.api.install_update("00" * 32, "now", told.gap_s)
    wait_for(lambda: any("does not know" in words for _who, words in bench.noted()))


@pytest.mark.covers("D-MNT-16")
def test_a_file_is_sent_or_fetched_and_installed_at_night(bench, workshop):
    told = bench.api.update_from_file(workshop[1])
    told = bench.wait(lambda one: not one.busy)
    assert told.phase is Phase.CHECKED
    bench.api.forget_update()
    assert bench.api.update().phase is Phase.IDLE
    with serving(workshop[1].read_bytes()) as url:
        bench.api.update_from_address(f"{url}/away")
        told = bench.wait(lambda one: not one.busy)
        assert told.phase is Phase.CHECKED, told.words
        bench.api.install_update(told.bundle.digest, "tonight", told.gap_s)
        planned = bench.api.update()
        assert (planned.at_us, planned.phase) == (planned.tonight_us, Phase.CHECKED)
        bench.clock.advance((planned.at_us - bench.clock.now_us()) / 1e6 + 1)
        bench.wait(lambda one: one.phase is Phase.REBOOT)


SHELL = ("$(reboot).raucb", "; rm -rf ~.raucb", "`id`.raucb", "--help.raucb", "a\nb\x1b[2J.raucb")


def test_a_hostile_stick_is_refused_in_words_and_nothing_comes_of_its_names(bench):
    stick = Pocket(bench.data)._pocket / "EVIL"
    with contextlib.suppress(Exception):
        bench.hal.simulate("usb_port", "USB1", "pull")
    Pocket(bench.data).put("EVIL", "empty.raucb", b"", begins=True)
    for name in SHELL:
        (stick / name).write_bytes(name.encode())
    with (stick / "film.raucb").open("wb") as file:
        file.truncate(4 << 30)
    (stick / "loop").symlink_to(stick)
    (stick / "passwd.raucb").symlink_to("/etc/passwd")
    os.mkfifo(stick / "pipe.raucb")
    deep = stick
    for _level in range(200):
        deep = deep / "d"
        deep.mkdir()
    (deep / "deep.raucb").write_bytes(b"far down")
    bench.hal.simulate("usb_port", "USB1", "insert", label="EVIL")
    told = bench.wait(lambda one: one.found)
    found = {one.name: one for one in told.found}
    assert len(found) == len(SHELL) + 2
    assert all(name.isprintable() for name in found)
    assert (found["film.raucb"].problem, found["empty.raucb"].problem) == ("It is too large.", "It is empty.")
    for name in ("film.raucb", "empty.raucb"):
        with pytest.raises(ApiError, match="could not be copied: It is"):
            bench.api.update_from_stick(found[name].id)
    assert not list((bench.served.instance.state / "updates").glob("*"))
    for name in (one for one in found if not found[one].problem):
        bench.api.update_from_stick(found[name].id)
        told = bench.wait(lambda one: not one.busy)
        assert (told.phase, told.words) == (Phase.REFUSED, REFUSED[Refusal.NO_BUNDLE])
        # It is noted after it is over.
        wanted = ("recorder", told.words)
        wait_for(lambda wanted=wanted: wanted in [(who, json.loads(words)) for who, words in bench.noted()])
    assert f"USB stick EVIL: {SHELL[0]}" in [json.loads(words) for _who, words in bench.noted()]
    assert bench.api.status().version, "it goes on"


def test_a_stick_that_answers_nobody_keeps_no_update_from_its_hour(bench, workshop, monkeypatch):
    answers = threading.Event()
    monkeypatch.setattr(offered, "found_on", lambda *_stick: answers.wait(300) and ())
    try:
        bench.api.update_from_file(workshop[1])
        told = bench.wait(lambda one: not one.busy)
        Pocket(bench.data).put("SLOW", "a.txt", b"", begins=True)
        bench.hal.simulate("usb_port", "USB1", "insert", label="SLOW")
        wait_for(lambda: bench.served.control.updates._offered._found)
        bench.api.install_update(told.bundle.digest, "tonight", told.gap_s)
        bench.clock.advance((bench.api.update().at_us - bench.clock.now_us()) / 1e6 + 1)
        bench.wait(lambda one: one.phase is Phase.REBOOT)
    finally:
        answers.set()


def test_user_password_and_token_of_an_address_are_told_nowhere(bench, workshop):
    with serving(workshop[1].read_bytes()) as url:
        bench.api.update_from_address(f"{url.replace('//', '//owner:hunter2@')}/bundle?token=of-the-shop#x")
        told = bench.wait(lambda one: not one.busy)
    assert told.bundle.source == f"{url}/bundle"
    kept = (bench.data / "config/update.json").read_text() + str(bench.noted())
    assert url in kept
    assert "hunter2" not in kept
    assert "of-the-shop" not in kept
    assert shown("http://[::1/x?token=y") == "http"


def test_an_address_that_gives_no_file_is_told_in_words(bench):
    with serving(b"") as url:
        for path, words in (("/gone", "answered 404"), ("/loop", "one address to the next"), ("/file", "https://")):
            bench.api.update_from_address(url + path)
            told = bench.wait(lambda one: not one.busy)
            assert words in told.words
    assert not list(bench.data.glob("state/updates/*"))


def test_an_upload_that_breaks_off_or_is_too_large_leaves_nothing(bench, workshop):
    data = workshop[1].read_bytes()
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(bench.served.instance.socket("control")))
    head = f"PUT /api/v1/update/bundle HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n\r\n"
    line.sendall(head.encode() + data[: len(data) // 2])
    bench.wait(lambda one: one.busy)
    line.close()
    told = bench.wait(lambda one: not one.busy)
    assert told.phase is Phase.FAILED
    assert list((bench.data / "state/updates").iterdir()) == []
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(bench.served.instance.socket("control")))
    line.sendall(
        f"PUT /api/v1/update/bundle HTTP/1.1\r\nHost: x\r\nContent-Length: {LARGEST_BUNDLE + 1}\r\n\r\n".encode()
    )
    assert b" 413 " in line.recv(100)
    line.close()


def test_what_comes_byte_by_byte_can_be_given_up(bench):
    """It was asked only after each MiB whether it was: who sends a byte now and then kept all updates for himself."""
    with serving(b"x" * 100_000, drip_s=0.05) as url:
        bench.api.update_from_address(f"{url}/bundle")
        bench.wait(lambda one: one.busy)
        bench.api.forget_update()
        bench.wait(lambda one: not one.busy)
        assert bench.served.control.updates.update.record.reason is Reason.CANCELLED
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(bench.served.instance.socket("control")))
        line.sendall(b"PUT /api/v1/update/bundle HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nab")
        bench.wait(lambda one: one.busy)
        bench.api.forget_update()
        line.sendall(b"c")
        bench.wait(lambda one: not one.busy)
    assert bench.served.control.updates.update.record.reason is Reason.CANCELLED


def test_a_beginning_that_could_not_be_noted_keeps_nobody_from_the_next_one(bench, workshop, monkeypatch):
    found = bench.insert(workshop[1])

    def full(*_about):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(bench.served.control.settings, "noted", full)
        with pytest.raises(ApiError):
            bench.api.update_from_stick(found.id)
        assert bench.served.control.updates.update.record.phase in {Phase.FOUND, Phase.FAILED}
    bench.wait(lambda one: not one.busy)
    assert bench.checked(workshop[1]).phase is Phase.CHECKED


@pytest.mark.covers("D-MNT-15.1")
def test_an_update_at_night_waits_until_it_is_known_which_channels_recorded(bench, workshop):
    """Off at three and on again: it was installed at once, when none was seen to record yet, and so none was missed."""
    bench.api.update_from_file(workshop[1])
    told = bench.wait(lambda one: not one.busy)
    bench.api.install_update(told.bundle.digest, "tonight", told.gap_s)
    three_us = bench.api.update().at_us
    bench.clock.advance((three_us - bench.clock.now_us()) / 1e6 - 60)
    bench.anew()
    bench.clock.advance(120)
    looks = []
    watch = bench.served.control.updates.watch
    follow = watch.follow
    watch.follow = lambda: (looks.append(1), follow())
    wait_for(lambda: len(looks) > 3)
    assert (bench.api.update().phase, bench.api.update().at_us) == (Phase.CHECKED, three_us)
    bench.clock.advance(480)
    bench.wait(lambda one: one.phase is Phase.REBOOT)


def test_only_the_administrator_sees_and_does_it(bench, workshop):
    served = bench.served
    admin = served.admin("web")
    assert admin.update().version == "0.1.0"
    admin.set_page("user-group", {"title": "Keepers", "allowed": "all", "live": "all"}, item="keepers")
    admin.set_page("user", {"group": "keepers"}, item="keeper")
    admin.set_password("keeper", "eleven keepers sing", must_change=False)
    keeper = served.client("web")
    keeper.log_in("keeper", "eleven keepers sing")
    bench.insert(workshop[1])
    assert admin.status().update.found
    assert not keeper.status().update.found
    assert served.screen.status().update.found, "whoever stands before it may know, and must log in for more"
    for ask in (
        keeper.update,
        lambda: keeper.update_from_file(workshop[1]),
        lambda: keeper.update_from_stick("ab" * 6),
        lambda: keeper.update_from_address("http://10.0.0.1/"),
        lambda: keeper.install_update("ab" * 32, "now", 90),
        keeper.forget_update,
        keeper.update_seen,
        keeper.tell_drawn,
    ):
        with pytest.raises(ApiError, match="not allowed"):
            ask()
    assert admin.update().phase is Phase.IDLE


def test_night_is_three_o_clock_of_the_recorder_and_never_before_the_clock_is_set():
    def at(text, zone="Europe/Berlin"):
        now = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
        found = tonight(int(now.timestamp() * 1e6), ZoneInfo(zone))
        return datetime.fromtimestamp(found / 1e6, UTC).astimezone(ZoneInfo(zone)).isoformat()[:16]

    assert at("2026-11-27T22:00") == "2026-11-28T03:00"
    assert at("2026-11-27T02:59") == "2026-11-27T03:00"
    assert at("2026-11-27T03:00") == "2026-11-28T03:00"
    assert at("2026-10-24T12:00") == "2026-10-25T03:00"  # the clock goes back
    assert tonight(86_400_000_000, UTC) == 0


def test_a_development_build_says_so_before_anybody_logs_in(bench, workshop):
    assert not bench.served.web.setup_state().development
    (bench.data / "hardware/update/development.pem").write_bytes(workshop[0].read_bytes())
    bench.anew()
    wait_for(lambda: bench.served.web.setup_state().development)
    assert bench.served.screen.status().update.development


def test_control_that_ended_while_it_copied_says_so(bench):
    bench.served.control.updates.update.found("a stick", "admin")
    bench.anew()
    told = bench.wait(lambda one: not one.busy)
    assert (told.phase, bench.served.control.updates.update.record.reason) == (Phase.FAILED, Reason.INTERRUPTED)


@contextlib.contextmanager
def serving(content, drip_s=0.0):
    """A web server with a bundle that is somewhere else; with `drip_s` a byte comes so often."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if moved := {"/away": "/bundle", "/loop": "/loop", "/file": "file:///etc/passwd"}.get(self.path):
                self.send_response(302)
                self.send_header("Location", moved)
                self.end_headers()
                return
            self.send_response(200 if self.path.partition("?")[0] == "/bundle" else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            for piece in (bytes([one]) for one in content) if drip_s else (content,):
                with contextlib.suppress(OSError):  # who asked hung up
                    self.wfile.write(piece)
                if over.wait(drip_s):
                    return

        def log_message(self, *_all):
            pass

    over = threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def test_a_browser_sends_a_bundle_piece_by_piece_and_only_the_administrator_s_is_taken(bench, workshop):
    data = workshop[1].read_bytes()
    assert len(data) > 2 << 20, "larger than any other request may be"
    own = bench.served.log_in()
    path = "/api/v1/update/bundle"
    assert bench.served.call("PUT", path, b"x")[0] == 401
    assert bench.served.call("PUT", path, b"x", Cookie=own["Cookie"])[0] == 403, "a form of another site"
    status, _headers, told = bench.served.call("PUT", path, data, **own)
    assert status == 202, told
    assert bench.wait(lambda one: not one.busy).phase is Phase.CHECKED

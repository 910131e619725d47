"""The log at a log server that is not ours: parsed as it was meant, nothing lost unseen (RFC 5424, 5425, 6587)."""

import asyncio
import hashlib
import json
import re
import shutil
import sqlite3
import ssl
import subprocess
from dataclasses import replace

import pytest

from recorder.client.clock import ManualClock
from recorder.client.happened import Happened
from recorder.client.instance import Instance
from recorder.client.log import Level
from recorder.events.store import FILE as EVENTS
from recorder.events.store import EventStore
from recorder.logs import forwarding
from recorder.logs.forwarding import AT_ONCE, Forwarding
from recorder.logs.keeping import SHARE, Keeping
from recorder.logs.line import LogServerAway
from recorder.logs.logbook import Logbook
from recorder.logs.sought import Sought
from recorder.logs.syslog import LARGEST_BYTES, Sender, framed
from recorder.sealing import Sealer
from recorder.settings.action import Run
from recorder.settings.pages.general import General
from recorder.settings.pages.log_server import LogServer
from recorder.settings.registry import built_in
from recorder.settings.settings import Author, Settings
from recorder.settings.store import FILE as SETTINGS
from recorder.settings.store import SettingsStore
from tests.peers.rsyslog import rsyslog
from tests.recorder.api.served import wait_for

ADA = Author("ada", "web:10.0.0.7")


class Bench:
    def __init__(self, folder):
        self.instance = Instance(folder)
        self.clock = ManualClock()
        self.store = SettingsStore(self.instance.config / SETTINGS)
        self.settings = Settings(self.store, built_in(), Sealer(self.instance), self.clock)
        self.events = EventStore(self.instance.state / EVENTS)
        self.begin()

    def begin(self):
        """As after a restart."""
        if hasattr(self, "forwarding"):
            self.forwarding._hang_up()
        logbook = Logbook(self.instance.config, self.instance.state, built_in())
        self.forwarding = Forwarding(logbook, self.settings, self.clock, self.instance.state)

    def to(self, port, **more):
        self.settings.change(LogServer, {"host": "127.0.0.1", "port": port, "tls": False, **more}, ADA)

    def rename(self, name):
        self.settings.change(General, {"recorder_name": name}, ADA)

    def happen(self, number, words):
        at = self.clock.now_us()
        self.events.write([Happened(number, "disk-fault", "Disk", "", "d", 2, at, None, "", words, 1, True, None)])

    def end(self, number, words, seconds=75):
        begin_us = self.clock.now_us()
        end_us = begin_us + seconds * 1_000_000
        one = Happened(number, "disk-fault", "Disk", "", "d", 2, begin_us, None, "", words, 1, True, None)
        self.events.write([one])
        self.events.write([replace(one, end_us=end_us)])
        # As when its picture arrives late: it ends once for all.
        self.events.write([replace(one, end_us=end_us, picture_us=1)])

    def send(self):
        self.clock.advance(61)
        while self.forwarding.turn():
            pass


@pytest.fixture
def bench(tmp_path):
    found = Bench(tmp_path / "data")
    found.settings.change(General, {"recorder_number": 9}, ADA)
    yield found
    found.forwarding._hang_up()
    found.store.close()
    found.events.close()


def words_of(server, count):
    return wait_for(
        lambda: (got := server.got()) and len(got) >= count and [one["words"].strip("\ufeff ") for one in got]
    )


@pytest.mark.peer("rsyslogd")
def test_entries_arrive_as_they_were_meant(bench, tmp_path):
    with rsyslog(tmp_path / "server") as server:
        bench.to(server.port, facility=3)
        bench.send()  # what was before is not sent
        bench.rename('Barn "north" ] \\ — Δ\n'.strip())
        bench.happen(1, "Disk 2 is slow.")
        bench.send()
        assert words_of(server, 2)[1] == "Disk 2 is slow."
        change, fault = server.got()
        assert (change["pri"], change["version"], change["app"], change["kind"]) == ("158", "1", "nightjar", "config")
        assert fault["pri"] == "155"  # local3, error
        assert "Barn" in change["words"]
        assert "Δ" in change["words"]
        assert change["time"].startswith("2023-11-14T")
        values = dict(re.findall(r' ([a-z]+)="((?:\\.|[^"\\\]])*)"', change["data"]))
        assert values["who"] == "ada"
        assert values["from"] == "web:10.0.0.7"
        assert json.loads(re.sub(r'\\(["\\\]])', r"\1", values["new"])).startswith('Barn "north" ]')
        assert 'channel="2"' in fault["data"]
        assert bench.forwarding.state().waiting == 0
        assert bench.settings.get(LogServer).send_test.perform(
            bench.settings.get(LogServer), Run(lambda *_: None), None
        )
        assert "test message" in words_of(server, 3)[2]


@pytest.mark.peer("rsyslogd")
def test_the_end_of_an_event_is_told_once_also_over_restarts(bench, tmp_path):
    with rsyslog(tmp_path / "server") as server:
        bench.to(server.port)
        bench.send()
        bench.end(1, "Disk 2 is slow.")
        bench.happen(2, "Disk 3 is slow.")
        bench.end(3, "Disk 4 ran hot.", seconds=0)
        bench.send()
        assert words_of(server, 4)[3] == "Over after 75 s: Disk 2 is slow."
        began, ended = server.got()[0], server.got()[3]
        assert ended["pri"] == began["pri"]
        assert ('id="event-1"' in began["data"], 'id="event-1-end"' in ended["data"]) == (True, True)
        bench.begin()
        bench.end(4, "Disk 5 is slow.", seconds=1)
        bench.send()
        assert words_of(server, 6)[4:] == ["Disk 5 is slow.", "Over after 1 s: Disk 5 is slow."]
    assert bench.forwarding.state().waiting == 0
    found = bench.forwarding._logbook.find(Sought(), None, 100).entries
    assert [one.id for one in found if one.id.startswith("event")] == [f"event-{number}" for number in (4, 3, 2, 1)]


@pytest.mark.peer("rsyslogd")
def test_while_the_server_is_away_the_log_waits_and_arrives_whole_and_once(bench, tmp_path):
    folder = tmp_path / "server"
    with rsyslog(tmp_path / "first") as server:
        bench.to(server.port)
        bench.send()
        bench.rename("before")
        bench.send()
        words_of(server, 1)
    for number in range(AT_ONCE + 30):
        bench.rename(f"away {number}")
    bench.send()
    bench.send()
    told = bench.forwarding.state()
    assert not told.connected
    assert told.waiting > AT_ONCE
    assert "The log server does not take it" in told.words
    bench.begin()
    with rsyslog(folder) as again:
        bench.to(again.port)
        bench.send()
        found = words_of(again, AT_ONCE + 32)
    names = [one.partition("→ ")[2] for one in found if "away" in one.partition("→ ")[2]]
    assert names == [f"away {number}" for number in range(AT_ONCE + 30)]
    assert [one for one in found if "does not take it" in one]  # that it was away stands in the log too
    assert bench.forwarding.state().lost == 0


def test_a_fault_of_our_own_is_told_and_ends_no_sending(bench, monkeypatch, caplog):
    bench.to(1)
    turns = []

    async def work():
        again, loop = asyncio.Event(), asyncio.get_running_loop()

        def turn():
            turns.append(bench.forwarding.state())
            if len(turns) == 1:
                raise sqlite3.DatabaseError("the list is torn")
            loop.call_soon_threadsafe(again.set)
            return False

        monkeypatch.setattr(bench.forwarding, "turn", turn)
        running, waiting = asyncio.create_task(bench.forwarding.run()), asyncio.create_task(again.wait())
        ended, _others = await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        running.cancel()
        assert ended == {waiting}

    monkeypatch.setattr(forwarding, "LOOK_S", 0)
    asyncio.run(work())
    before, after = (one.words for one in turns[:2])
    assert "could not be sent" not in before
    assert "The log could not be sent. The recorder's own log says why." in after
    assert "the list is torn" in caplog.text


@pytest.mark.peer("rsyslogd")
def test_what_left_the_log_before_it_was_sent_is_counted_and_told(bench, tmp_path):
    folder = tmp_path / "server"
    with rsyslog(folder) as server:
        bench.to(server.port)
        bench.send()
    for number in range(5):
        bench.rename(f"never sent {number}")
    bench.settings.clear_audit(ADA)
    with rsyslog(folder) as again:
        bench.to(again.port)
        bench.send()
        found = words_of(again, 2)
    assert found[0] == "5 entries left the log before they could be sent."
    assert "cleared" in found[1]
    assert bench.forwarding.state().lost == 5
    bench.begin()
    assert bench.forwarding.state().lost == 5


@pytest.fixture
def certificate(tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()
    subject = ["-subj", "/CN=localhost", "-days", "2"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
    subprocess.run([*make, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    found = hashlib.sha256(ssl.PEM_cert_to_DER_cert((folder / "cert.pem").read_text())).hexdigest().upper()
    return folder, ":".join(found[at : at + 2] for at in range(0, 64, 2))


@pytest.mark.peer("rsyslogd")
def test_tls_goes_to_the_server_of_the_fingerprint_alone(bench, certificate):
    folder, fingerprint = certificate
    with rsyslog(folder, tls=True) as server:
        bench.to(server.port, tls=True, fingerprint=fingerprint)
        bench.send()
        bench.rename("secret on the way")
        bench.send()
        assert "secret on the way" in words_of(server, 1)[0]
        for wrong in ("ab" * 32, ""):
            bench.to(server.port, tls=True, fingerprint=wrong)
            with pytest.raises(LogServerAway):
                LogServer.send_test.perform(bench.settings.get(LogServer), Run(lambda *_: None), None)
            bench.rename(f"not for {len(wrong)}")
            bench.send()
            assert not bench.forwarding.state().connected
        assert len(server.got()) == 1


def test_no_text_breaks_out_of_its_message():
    sender = Sender("a b\n", 0)
    for nasty in ("x\n<1>1 - - - - - - fake", "\x00\x1b[2J", '"] [x@1 y="', "é" * 9000, "\ud800"):
        message = sender.written(0, Level.ERROR, "test", {"who": nasty}, nasty)
        assert len(message) <= LARGEST_BYTES
        assert not re.search(rb"[\x00-\x1f\x7f]", message)
        message.decode()
        count, _space, rest = framed(message).partition(b" ")
        assert int(count) == len(rest)


def test_the_audit_never_fills_the_partition_of_settings_whatever_its_page_says(bench, tmp_path, monkeypatch):
    """It may have 512 MB and the partition has 256: long before, nothing could be set or put by any more."""
    keeping = Keeping(bench.settings, bench.clock, tmp_path)
    asked = []

    def usage(place):
        asked.append(place)
        return shutil._ntuple_diskusage(SHARE * (4 << 20), 0, 0)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    with bench.settings.together():
        for number in range(3000):
            bench.settings.noted("session", "x", "y" * 4000 + str(number), ADA)
    assert bench.store._bytes() > 8 << 20
    assert keeping.look() > 500
    assert bench.store._bytes() <= 4 << 20
    assert "went by age or size" in bench.settings.changes()[0].new
    assert asked == [tmp_path]


def test_the_audit_gets_shorter_by_days_and_by_size_and_says_so(bench, tmp_path):
    keeping = Keeping(bench.settings, bench.clock, tmp_path)
    bench.settings.change(built_in().page("log-keeping"), {"keep_days": 7}, ADA)
    for number in range(20):
        bench.rename(f"old {number}")
    bench.clock.advance(8 * 86_400)
    bench.rename("young")
    assert keeping.look() > 20
    rows = bench.settings.changes()
    assert [json.loads(one.new) for one in rows][1] == "young"
    assert "went by age" in rows[0].new
    assert bench.settings.check_audit().broken_at is None
    assert keeping.look() == 0
    with bench.settings.together():
        for number in range(3000):
            bench.settings.noted("session", "x", "y" * 4000 + str(number), ADA)
    assert bench.store.shorten_audit(0, 1, 8 << 20) > 500
    assert bench.settings.check_audit().broken_at is None
    # A clock that is wrong costs a bounded number of rows.
    assert bench.store._audit.shorten(1 << 60, 10) == 10

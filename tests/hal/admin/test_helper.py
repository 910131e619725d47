"""The root helper as its clients see it: progress, cancelling, refusals, and an audit that cannot be got round."""

import fcntl
import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from hal.access import EVERYTHING, Access, Peer, Refusals
from hal.admin import audit as auditing
from hal.admin import lines as lines_of_audit
from hal.admin.audit import OTHERS, Audit
from hal.admin.helper import ALLOWED, Ask, Helper
from hal.admin.lines import LEAST_S, Lines
from hal.admin.pace import HOUR_S, MOST_AN_HOUR, Pace
from hal.admin.simulated import simulated_nouns
from hal.client import HalUnavailable
from hal.client.admin import AdminClient
from hal.errors import Refused
from hal.kinds.verbs import verbs_of
from hal.simulated.rack import Rack, SimulatedDrive
from tests.hal import in_threads

DESIGN = Path(__file__).parents[3] / "docs/design/hardware.md"


class Laptop:
    """A running helper over a simulated rack: a recording disk in bay 1, a new one in bay 2."""

    def __init__(self, data, process=None):
        self.data = data
        self.process = process
        self.rack = Rack(data)
        self.socket = data / "a.sock"

    def client(self):
        return AdminClient(self.socket)

    def audit(self):
        return [json.loads(line) for line in (self.data / "audit").read_text().splitlines()]


def fill(data):
    (data / "disks" / "disk1").mkdir(parents=True)
    with Rack(data).edit() as now:
        now.drives["OLD"] = SimulatedDrive("OLD", bay="1", place="disk1", mounted=True)
        now.drives["NEW"] = SimulatedDrive("NEW", bay="2")


@pytest.fixture
def laptop(tmp_path_factory):
    data = tmp_path_factory.mktemp("a")
    fill(data)
    with in_threads.hal_admin(data / "a.sock", data / "audit", data):
        yield Laptop(data)


@pytest.fixture
def own_process(tmp_path_factory):
    """A laptop whose helper is a process of its own, as it is but in tests."""
    data = tmp_path_factory.mktemp("a")
    fill(data)
    asked = ["--socket", str(data / "a.sock"), "--audit", str(data / "audit"), "--world", str(data)]
    command = [sys.executable, "-m", "hal.admin", *asked]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield Laptop(data, process)
        process.terminate()
        assert process.wait(60) == 0


@pytest.mark.covers("D-STO-02.2")
def test_a_disk_is_made_ready_with_progress_and_appears_where_it_is_mounted(laptop):
    told = []
    with laptop.client() as client:
        args = {"disk": "sim2", "serial": "NEW", "label": "disk2"}
        client.ask("disk", "initialise", lambda percent, _words: told.append(percent) or True, **args)
        assert not (laptop.data / "disks" / "disk2").exists()
        place = client.ask("mount", "fresh", disk="sim2", place="disk2")
    assert place == str(laptop.data / "disks" / "disk2")
    assert list(Path(place).iterdir()) == []
    assert told == sorted(told)
    assert told[-1] == 100
    assert len(told) > 5


def test_making_ready_can_be_given_up_and_nothing_was_lost(laptop):
    with laptop.client() as client, pytest.raises(HalUnavailable, match="given up"):
        client.ask("disk", "initialise", lambda *_told: False, disk="sim2", serial="NEW", label="disk2")
    assert laptop.rack.look().drives["NEW"].place == ""
    assert [(one["what"], one["words"]) for one in laptop.audit()] == [("asked", ""), ("failed", "It was given up")]


def test_a_job_whose_client_hangs_up_is_given_up(own_process):
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(own_process.socket))
        args = {"disk": "sim2", "serial": "NEW", "label": "disk2"}
        ask = {"op": "ask", "id": 1, "noun": "disk", "verb": "initialise", "args": args}
        raw.sendall(json.dumps(ask).encode() + b"\n")
        assert b"progress" in raw.recv(4096)
    own_process.process.terminate()  # waits for what is under way
    assert own_process.process.wait(60) == 0
    assert own_process.rack.look().drives["NEW"].place == ""
    assert own_process.audit()[-1]["words"] == "It was given up"


@pytest.mark.parametrize(
    ("disk", "serial", "told"),
    [
        ("sim1", "OLD", "in use at disk1"),
        ("sim2", "OLD", "not the serial number of sim2"),
        ("sim3", "NEW", "no disk 'sim3'"),
        ("sda", "NEW", "no disk 'sda'"),
        ("../disks", "NEW", "no disk"),
    ],
)
def test_what_is_not_expendable_is_refused_and_written_down(laptop, disk, serial, told):
    with laptop.client() as client, pytest.raises(HalUnavailable, match=told):
        client.ask("disk", "initialise", disk=disk, serial=serial, label="disk2")
    asked, failed = laptop.audit()
    assert (asked["verb"], asked["args"]["serial"], asked["what"]) == ("disk.initialise", serial, "asked")
    assert asked["pid"] == os.getpid()
    assert (failed["what"], told in failed["words"]) == ("failed", True)
    assert (laptop.data / "disks" / "disk1").is_dir()


@pytest.mark.parametrize(
    ("noun", "verb", "args", "told"),
    [
        ("disk", "initialise", {"disk": "sim2", "serial": "NEW", "label": "a b; rm"}, "label"),
        ("disk", "initialise", {"disk": "sim2", "serial": "NEW", "label": "x", "shell": "sh"}, "shell"),
        ("disk", "initialise", {"disk": "sim2", "label": "x"}, "serial"),
        ("disk", "initialise", {"disk": 2, "serial": "NEW", "label": "x"}, "disk"),
        ("disk", "find", {}, "Nobody can be asked"),
        ("disk", "__init__", {}, "Nobody can be asked"),
        ("teapot", "boil", {}, "Nobody can be asked"),
        ("service", "switch", {"name": "sshd", "on": True}, "sshd"),
        ("clock", "set", {"utc_s": 0}, "set"),
        ("firewall", "apply", {"openings": [{"port": 0}]}, "port"),
        ("array", "create", {"title": "../x", "level": "raid1", "members": []}, "title"),
        ("array", "create", {"title": "x", "level": "raid5", "members": []}, "does not take 0 disks"),
        ("power", "reboot", {}, "simulated"),
        ("service", "switch", {"name": "media", "on": False}, "media"),
        ("network", "attempt", {"plan": {"interfaces": [{"name": "lan1", "dhcp": True}]}}, "simulated"),
        ("network", "attempt", {"plan": {"interfaces": [{"name": "lan1"}]}}, "lan1 needs an address"),
        ("clock", "set", {"utc_s": 1_800_000_000}, "simulated"),
    ],
)
def test_a_laptop_refuses_what_it_should_and_says_why(laptop, noun, verb, args, told):
    with laptop.client() as client, pytest.raises(HalUnavailable, match=told):
        client.ask(noun, verb, **args)


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"op":"ask","id":1}', b'{"op":"cancel","id":1,"of":7}'])
def test_nonsense_is_answered_and_the_helper_lives(laptop, line):
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(laptop.socket))
        raw.sendall(line + b"\n")
        assert b'"error"' in raw.recv(4096)
    with laptop.client() as client:
        assert "disk.initialise" in client.verbs()


def test_there_are_the_verbs_of_the_design_and_no_network(own_process):
    with own_process.client() as client:
        assert f"There are {len(client.verbs())} verbs" in DESIGN.read_text()
    unix = {line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines()[1:]}
    links = []
    for one in Path(f"/proc/{own_process.process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # a file that was only read
            links.append(str(one.readlink()))
    sockets = [link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:")]
    assert sockets
    assert set(sockets) <= unix


def helper(tmp_path, allowed):
    fill(tmp_path)
    return Helper(
        simulated_nouns(Rack(tmp_path)), Audit(tmp_path / "audit", lasting=False), Access(allowed, own_uid=-1)
    )


class Caller:
    """A client that is only asked who it is."""

    def __init__(self):
        self.peer = Peer(77, os.getuid())

    def require_room(self, number):
        pass

    def begin(self, number, work):
        work.close()


def test_who_is_not_on_the_list_is_refused_and_written_down(tmp_path):
    one = helper(tmp_path, {Caller().peer.user: frozenset({"disk.health"})})
    with pytest.raises(Refused, match="may not ask disk sim2 to initialise"):
        one.take(Caller(), Ask(1, "disk", "initialise", {"disk": "sim2", "serial": "NEW", "label": "x"}))
    (line,) = [json.loads(line) for line in (tmp_path / f"audit{OTHERS}").read_text().splitlines()]
    assert (line["what"], line["verb"], line["pid"]) == ("refused", "disk.initialise", 77)


def test_only_control_may_ask_for_what_loses_data():
    nouns = simulated_nouns(Rack())
    destructive = {
        f"{name}.{verb.name}"
        for name, noun in nouns.items()
        for verb in verbs_of(type(noun)).values()
        if verb.destructive
    }
    assert {"disk.initialise", "array.create", "array.delete", "power.reboot", "slot.release"} <= destructive
    others = {verb for user, verbs in ALLOWED.items() if user != "nightjar-control" for verb in verbs}
    assert others & destructive == {"slot.release"}


def test_the_audit_is_only_added_to_and_nothing_destructive_is_done_without_its_line(tmp_path):
    path = tmp_path / "audit"
    Audit(path, lasting=False).write("asked", Caller().peer, "disk", "initialise", {"serial": "A"})
    again = Audit(path, lasting=False)
    again.write("done", Caller().peer, "disk", "initialise", {"serial": "A"})
    assert [json.loads(line)["what"] for line in path.read_text().splitlines()] == ["asked", "done"]
    again.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        again.write("asked", Caller().peer, "disk", "initialise", {"serial": "B"})


def flags_of(path):
    """ioctl_iflags(2); None where the file system has none."""
    with path.open("rb") as file:
        found = bytearray(8)
        try:
            fcntl.ioctl(file, lines_of_audit._GETFLAGS, found)
        except OSError:
            return None
        return found[0]


def test_the_audit_of_simulated_disks_goes_with_its_data_folder(tmp_path, laptop):
    assert not (flags_of(laptop.data / "audit") or 0) & lines_of_audit._APPEND
    (laptop.data / "audit").unlink()
    Audit(tmp_path / "audit", lasting=False).close()
    (tmp_path / "audit").unlink()


def test_the_audit_of_real_disks_is_kept_even_from_root_and_let_go_of_where_disks_are_simulated(tmp_path, monkeypatch):
    asked = []

    def ioctl(_file, request, flags):
        if request == lines_of_audit._GETFLAGS:
            flags[0] = asked[-1] if asked else 0x80  # as an earlier audit left it; 0x80: no access times
        else:
            asked.append(flags[0])

    monkeypatch.setattr(lines_of_audit.fcntl, "ioctl", ioctl)
    for lasting in (True, True, False, False):
        Lines(tmp_path / "audit", 1 << 20, lasting=lasting).close()
    assert asked == [0x80 | lines_of_audit._APPEND, 0x80]


def test_a_flood_of_refusals_makes_no_line_of_an_owner_go(tmp_path, monkeypatch):
    monkeypatch.setattr(auditing, "OTHERS_BYTES", 4000)
    monkeypatch.setattr(auditing, "LARGEST_BYTES", 4000)
    one = Audit(tmp_path / "audit", lasting=False, refusals=Refusals(count(0.0, 10.0).__next__))
    one.write("asked", Caller().peer, "disk", "initialise", {})
    for _ in range(100):
        one.write("refused", Caller().peer, "disk", "initialise", {})
    (line,) = (tmp_path / "audit").read_text().splitlines()
    assert json.loads(line)["what"] == "asked"
    assert sum(path.stat().st_size for path in tmp_path.glob("audit*")) < 9000


class Full:
    """A small file of lines; a line has a hundred bytes and says which it is."""

    def __init__(self, folder, largest=4000):
        self.path = folder / "audit"
        self.largest = largest
        self.now_s = 0.0
        self.open()

    def open(self):
        clock = lambda: self.now_s  # noqa: E731
        self.lines = Lines(self.path, self.largest, lasting=False, wall_s=clock, monotonic_s=clock)

    def add(self, number, **how):
        self.lines.add({"time_us": number, "what": "x" * 70}, **how)

    def here(self):
        found = []
        for path in (self.path.with_name("audit.before"), self.path):
            found += [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return found


def test_an_audit_that_is_full_goes_on_and_says_what_went(tmp_path):
    """Full, it had root refuse every update, restart and new disk for good, and nobody could give it room."""
    full = Full(tmp_path)
    for number in range(200):
        full.now_s += LEAST_S / 5
        full.add(number, refusing=True)
        here = full.here()
        kept = [one["time_us"] for one in here if one["what"] != "dropped"]
        assert kept == list(range(number + 1 - len(kept), number + 1)), "those that stay are the newest, without a hole"
        assert len(kept) >= min(number + 1, 15)
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 4000
    told = [one for one in full.here() if one["what"] == "dropped"]
    assert (told[-1]["to_us"], len(told[-1]["sha256"])) == (kept[0] - 1, 64)
    assert told[-1]["lines"] == told[-1]["to_us"] - told[-1]["from_us"] + 1
    assert told[-1]["in_all"] == kept[0], "also those that went before"


def test_a_line_that_found_no_room_is_no_line(tmp_path, monkeypatch):
    """The kernel writes as much of it as there is room for, and that is no error."""
    full = Full(tmp_path)
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:10]))
    with pytest.raises(OSError, match="No space left"):
        full.add(1, refusing=True)


def test_who_fills_the_audit_at_will_makes_no_line_go(tmp_path):
    full = Full(tmp_path)
    full.now_s = 10.0
    for number in range(30):
        full.add(number, refusing=True)
    number = 30
    with suppress(Refused):
        for number in range(30, 100):
            full.add(number, refusing=True)
    with pytest.raises(Refused, match="filled within an hour"):
        full.add(number, refusing=True)
    full.add(number)  # how what was asked before ended
    kept = [one["time_us"] for one in full.here()]
    assert kept[0] == 0
    assert kept[-1] == number
    full.now_s += LEAST_S
    full.add(101, refusing=True)
    assert full.here()[-1]["time_us"] == 101


@pytest.mark.parametrize("at", range(8))
def test_wherever_the_power_is_cut_no_line_goes_untold(tmp_path, monkeypatch, at):
    class Cut(Exception):
        pass

    full = Full(tmp_path)
    done = 0

    def cutting(real):
        def step(*words, **how):
            nonlocal done
            done += 1
            if done > at:
                raise Cut
            return real(*words, **how)

        return step

    for number in range(39):
        full.now_s += LEAST_S
        full.add(number)
    monkeypatch.setattr(Path, "rename", cutting(Path.rename))
    monkeypatch.setattr(os, "fsync", cutting(os.fsync))
    with suppress(Cut):
        full.add(39)
        full.add(40)
    monkeypatch.undo()
    full.open()
    full.now_s += LEAST_S
    full.add(99)
    here = full.here()
    first = min(one["time_us"] for one in here if one["what"] != "dropped")
    told = [one for one in here if one["what"] == "dropped"]
    assert first == 0 or told[-1]["to_us"] == first - 1
    assert here[-1]["time_us"] == 99


def test_what_a_driver_asks_is_counted_and_stands_apart_from_what_owners_ask(tmp_path):
    now_s = [0.0]
    user = Caller().peer.user
    access = Access({user: frozenset({"slot.release"})}, own_uid=-1)
    fill(tmp_path)
    audit = Audit(tmp_path / "audit", lasting=False)
    one = Helper(simulated_nouns(Rack(tmp_path)), audit, access, Pace(lambda: now_s[0]))

    def release():
        one.take(Caller(), Ask(1, "slot", "release", {"disk": "sim2", "serial": "NEW"}))

    def lines(what, name=f"audit{OTHERS}"):
        return sum(json.loads(line)["what"] == what for line in (tmp_path / name).read_text().splitlines())

    for _nth in range(MOST_AN_HOUR):
        release()
    with pytest.raises(Refused, match=r"30 times within an hour to slot\.release"):
        release()
    assert (lines("asked"), lines("refused")) == (MOST_AN_HOUR, 1)
    now_s[0] = HOUR_S + 1
    release()
    owners = Helper(simulated_nouns(Rack(tmp_path)), audit, Access({user: EVERYTHING}, own_uid=-1))
    for _nth in range(MOST_AN_HOUR + 1):
        owners.take(Caller(), Ask(1, "slot", "release", {"disk": "sim2", "serial": "NEW"}))
    assert (lines("asked"), lines("asked", "audit")) == (MOST_AN_HOUR + 1, MOST_AN_HOUR + 1)


def test_a_verb_that_was_asked_too_often_keeps_no_other_and_no_other_user():
    pace = Pace(lambda: 5.0)
    for _nth in range(MOST_AN_HOUR):
        pace.require_room("nightjar-hal", "firmware.mark")
    with pytest.raises(Refused, match="firmware"):
        pace.require_room("nightjar-hal", "firmware.mark")
    pace.require_room("nightjar-hal", "slot.release")
    pace.require_room("somebody", "firmware.mark")

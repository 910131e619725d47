"""What RAUC asks about slots: GRUB's own program reads what is written, RAUC itself asks, and no cut empties it."""

import contextlib
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from buildroot_external.image.boot_loader import FRESH
from buildroot_external.image.tool import run

REPOSITORY = Path(__file__).parents[2]
COMMON = REPOSITORY / "board" / "common"
SLOTS = REPOSITORY / "rootfs/usr/lib/nightjar/boot-slots"
GUARD = REPOSITORY / "rootfs/usr/lib/nightjar/trial-guard"
SECTOR = 512
BUS_S = 30.0
pytestmark = pytest.mark.peer("grub-editenv")


class Environment:
    """The boot loader's environment, and the slot that runs."""

    def __init__(self, place, booted="A"):
        self.file, self.words = place / "grubenv", place / "cmdline"
        run("grub-editenv", self.file, "create")
        self.set(**FRESH)
        self.boots(booted)

    def boots(self, slot):
        self.words.write_text(f"quiet panic=10 rauc.slot={slot}\n")

    def set(self, **words):
        run("grub-editenv", self.file, "set", *(f"{one}={value}" for one, value in words.items()))

    @property
    def told(self):
        """What GRUB's own program reads."""
        return dict(line.split("=", 1) for line in run("grub-editenv", self.file, "list").splitlines())

    @property
    def around(self):
        return os.environ | {"NIGHTJAR_BOOT_ENV": str(self.file), "NIGHTJAR_CMDLINE": str(self.words)}

    def ask(self, *words):
        done = subprocess.run(
            ["sh", SLOTS, *words], env=self.around, check=False, capture_output=True, text=True, timeout=60
        )
        return done.stdout.strip() if not done.returncode else f"failed: {done.stderr.strip()}"


@pytest.fixture
def environment(tmp_path):
    return Environment(tmp_path)


@pytest.mark.covers("D-MNT-09")
def test_the_boot_loader_s_own_program_reads_what_was_written(environment):
    environment.set(A_TRY="2")
    assert environment.ask("set-primary", "B") == ""
    assert environment.told == {"ORDER": "B A", "A_OK": "1", "A_TRY": "2", "B_OK": "1", "B_TRY": "0"}
    environment.ask("set-state", "A", "good")
    environment.ask("set-state", "B", "bad")
    assert environment.told == {"ORDER": "B A", "A_OK": "1", "A_TRY": "0", "B_OK": "0", "B_TRY": "0"}


def test_the_block_is_written_over_where_it_lies_and_all_of_it_that_counts_is_one_sector(environment):
    before = environment.file.stat()
    with environment.file.open("rb") as held:
        environment.ask("set-primary", "B")
        data = held.read()  # of the file that was there before: nobody put another in its place
    assert (environment.file.stat().st_ino, len(data)) == (before.st_ino, 1024)
    assert set(data[SECTOR:]) == {ord("#")}
    # A file that may be written and not be emptied is only written over.
    read_only = environment.file.with_name("short")
    read_only.write_bytes(data + b"what lies behind")
    environment.file = read_only
    environment.ask("set-primary", "A")
    assert read_only.read_bytes()[1024:] == b"what lies behind"


@pytest.mark.parametrize(
    ("words", "booted", "primary", "states"),
    [
        ({}, "A", "A", "good bad"),
        ({"ORDER": "B A", "B_OK": "1"}, "A", "B", "good good"),
        ({"ORDER": "B A", "B_OK": "1", "B_TRY": "3"}, "A", "A", "good bad"),
        ({"ORDER": "B A", "B_OK": "1", "B_TRY": "3"}, "B", "A", "good good"),
        ({"A_OK": "0"}, "A", "A", "bad bad"),
        ({"ORDER": "A; reboot", "B_OK": "1"}, "B", "B", "bad good"),
        ({"A_TRY": "7; id", "A_OK": "x"}, "B", "A", "bad bad"),
    ],
)
def test_what_may_start_is_what_the_menu_would_start(environment, words, booted, primary, states):
    environment.set(**words)
    environment.boots(booted)
    assert environment.ask("get-primary") == primary
    assert " ".join(environment.ask("get-state", one) for one in "AB") == states
    assert environment.ask("get-current") == booted


@pytest.mark.parametrize("damage", [b"", b"\0" * 1024, b"ORDER=B A\nA_OK=1\n" * 40])
def test_an_environment_that_was_lost_is_made_anew_with_what_runs_as_the_one_that_may_start(environment, damage):
    environment.boots("B")
    environment.file.write_bytes(damage)
    assert environment.ask("get-primary") == "B"
    assert environment.ask("get-state", "A") == "bad"
    environment.ask("set-state", "B", "good")
    assert environment.told == {"ORDER": "B A", "A_OK": "0", "A_TRY": "0", "B_OK": "1", "B_TRY": "0"}
    assert environment.file.stat().st_size == 1024


def test_what_cannot_be_read_or_is_no_slot_is_told(environment):
    for words in (("get-state", "C"), ("set-state", "A", "$(id)"), ("set-primary",), ()):
        assert environment.ask(*words).startswith("failed")
    environment.file.unlink()
    assert environment.ask("get-primary").startswith("failed")


@contextlib.contextmanager
def service(place, environment):
    """RAUC's service with the image's settings, on a bus of its own; gives how to ask it."""
    bus, conf = place / "bus", place / "rauc.conf"
    about = place / "bus.conf"
    policy = "<allow own='*'/><allow send_destination='*'/><allow receive_sender='*'/><allow user='*'/>"
    about.write_text(
        f"<busconfig><listen>unix:path={bus}</listen><auth>EXTERNAL</auth>"
        f"<policy context='default'>{policy}</policy></busconfig>"
    )
    keyring = place / "keyring.pem"
    run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        place / "key",
        "-out",
        keyring,
        "-subj",
        "/CN=x",
    )
    text = (COMMON / "rauc.conf.in").read_text().replace("@COMPATIBLE@", "nightjar-test")
    for was, now in (
        ("/etc/rauc/keyring.pem", keyring),
        ("/usr/lib/nightjar/boot-slots", SLOTS),
        ("/config/rauc.status", place / "rauc.status"),
    ):
        assert was in text
        text = text.replace(was, str(now))
    conf.write_text(text)
    around = environment.around | {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={bus}", "LC_ALL": "C"}

    def ask(*words):
        return subprocess.run(
            ["rauc", "status", *words], env=around, check=False, capture_output=True, text=True, timeout=120
        )

    with contextlib.ExitStack() as stack:
        for argv in (
            ["dbus-daemon", f"--config-file={about}", "--nofork", "--nopidfile"],
            ["rauc", f"--conf={conf}", "--override-boot-slot=A", "service"],
        ):
            process = stack.enter_context(
                subprocess.Popen(argv, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            stack.callback(process.terminate)
            end = time.monotonic() + BUS_S
            ready = bus.exists if argv[0] == "dbus-daemon" else lambda: not ask().returncode
            while not ready():
                assert process.poll() is None, argv
                assert time.monotonic() < end, argv
                time.sleep(0.05)
        yield ask


@pytest.mark.peer("rauc")
@pytest.mark.peer("dbus-daemon")
def test_rauc_itself_asks_and_tells_it(environment, tmp_path):
    with service(tmp_path, environment) as ask:
        told = ask("--detailed", "--output-format=json").stdout
        assert '"boot_primary":"kernel.0"' in told
        assert re.findall(r'"boot_status":"(\w+)"', told) == ["good", "bad"]
        assert ask("mark-good", "other").returncode == 0
        assert environment.told == {**FRESH, "B_OK": "1"}
        assert ask("mark-active", "kernel.1").returncode == 0
        assert environment.told["ORDER"] == "B A"
        assert '"boot_primary":"kernel.1"' in ask("--output-format=json").stdout
        assert ask("mark-bad", "kernel.1").returncode == 0
        assert environment.told["B_OK"] == "0"
        environment.file.unlink()
        assert ask("mark-good", "kernel.1").returncode != 0


def guard(environment, place, phase, to_slot):
    """Run the guard over a record; says whether the machine was started anew."""
    record, restarted = place / "update.json", place / "restarted"
    if phase:
        record.write_text(f'{{"phase":"{phase}","slot":"A","to_slot":"{to_slot}","detail":"\\"phase\\""}}')
    around = environment.around | {
        "NIGHTJAR_UPDATE_RECORD": str(record),
        "NIGHTJAR_BOOT_SLOTS": str(SLOTS),
        "NIGHTJAR_RESTART": f"touch {restarted}",
    }
    subprocess.run(["sh", GUARD], env=around, check=True, capture_output=True, timeout=60)
    return restarted.exists()


@pytest.mark.covers("D-MNT-15.3")
@pytest.mark.parametrize("phase", ["armed", "reboot", "trial"])
def test_a_new_firmware_whose_control_never_judges_it_gives_way_to_the_one_before(environment, tmp_path, phase):
    environment.set(ORDER="B A", B_OK="1", B_TRY="1")
    environment.boots("B")
    assert guard(environment, tmp_path, phase, "B")
    assert environment.ask("get-primary") == "A"


@pytest.mark.parametrize(
    ("phase", "to_slot", "a_ok"),
    [
        ("good", "B", "1"),
        ("rolled_back", "B", "1"),
        ("install", "B", "1"),
        ("trial", "A", "1"),
        ("trial", "B", "0"),
        ("", "B", "1"),
    ],
)
def test_what_is_not_tried_and_what_has_no_other_goes_on(environment, tmp_path, phase, to_slot, a_ok):
    environment.set(ORDER="B A", B_OK="1", B_TRY="1", A_OK=a_ok)
    environment.boots("B")
    before = environment.file.read_bytes()
    assert not guard(environment, tmp_path, phase, to_slot)
    assert environment.file.read_bytes() == before


def test_the_record_is_written_as_the_guard_reads_it(tmp_path):
    from recorder.client.answers.update import Phase
    from recorder.update.record import Record, RecordFile

    RecordFile(tmp_path / "update.json").save(Record(Phase.TRIAL, slot="A", to_slot="B"))
    text = (tmp_path / "update.json").read_text()
    assert '"phase":"trial"' in text
    assert '"to_slot":"B"' in text

"""What the boot menu starts, for any words of its environment: its script, run by a shell that knows nothing of GRUB.

GRUB's language is the shell's but for `set name=value`; its commands are played here.
"""

import itertools
import re
import subprocess
from pathlib import Path

import pytest

COMMON = Path(__file__).parents[2] / "board" / "common"
WORDS = ("ORDER", "A_OK", "A_TRY", "B_OK", "B_TRY", "RESCUED")
PLAYED = r"""
disk=hd0 cmdpath='(hd0,gpt1)/EFI/BOOT'
regexp() { :; }
loadfont() { return 1; }
save_env() {
	[ -n "$SAVES" ] || return 1
	shift 2
	for one in "$@"; do eval "echo \"$one=\$$one\"" >>saved; done
}
load_env() { [ -n "$LOADS" ] && . ./words; }
words_of() { :; }
sleep() { [ "$1" != --interruptible ] || [ -z "$ESC" ]; }
linux() { echo "$@" >started; }
initrd() { :; }
boot() { if [ -n "$KERNEL" ]; then exit 0; fi; }
reboot() { echo again >>started; exit 0; }
"""
FRESH = {"ORDER": "A B", "A_OK": "1", "A_TRY": "0", "B_OK": "0", "B_TRY": "0"}


class Loader:
    """A recorder as the boot loader sees it; `start` is one start of the machine."""

    def __init__(self, place, words, *, rescue=True):
        self.place, self.words = place, dict(words)
        menu = (COMMON / "grub.cfg").read_text()
        menu = re.sub(r"\bset (\w+)=", r"\1=", menu).replace("source ", "words_of ")
        (place / "menu").write_text(PLAYED + menu)
        (place / "(hd0,gpt7)").mkdir(exist_ok=True)
        if rescue:
            (place / "(hd0,gpt7)" / "vmlinuz").touch()

    def start(self, **how):
        """Give what the kernel is told of where it is; `ESC`, `LOADS`, `SAVES`, `KERNEL` say how the machine is."""
        given = {"ESC": "", "LOADS": "1", "SAVES": "1", "KERNEL": "1"} | how
        (self.place / "words").write_text("".join(f"{key}='{value}'\n" for key, value in self.words.items()))
        for one in ("saved", "started"):
            (self.place / one).unlink(missing_ok=True)
        done = subprocess.run(["busybox", "sh", "menu"], cwd=self.place, env=given, check=False, capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")
        saved = self.place / "saved"
        lines = saved.read_text().splitlines() if saved.exists() else []
        self.words |= dict(line.split("=", 1) for line in lines)
        return (self.place / "started").read_text().split()


@pytest.fixture
def loader(tmp_path):
    return Loader(tmp_path, FRESH)


def test_a_new_disk_starts_slot_a_and_counts_it(loader):
    assert loader.start() == ["(hd0,gpt3)/vmlinuz", "rauc.slot=A"]
    assert loader.words["A_TRY"] == "1"


def test_after_three_tries_each_the_rescue_system_comes_once_and_all_begins_anew(loader):
    loader.words |= {"B_OK": "1"}
    started = [loader.start()[-1] for _ in range(10)]
    slots = ["rauc.slot=A"] * 3 + ["rauc.slot=B"] * 3
    assert started[:7] == [*slots, "nightjar.rescue=no-slot"]
    assert started[7:] == ["rauc.slot=A"] * 3


def test_where_none_may_start_rescue_system_and_first_slot_take_turns(loader):
    loader.words |= {"A_OK": "0", "ORDER": "B A"}
    started = [loader.start()[-1] for _ in range(4)]
    assert started == ["nightjar.rescue=no-slot", "rauc.slot=B"] * 2


def test_without_a_rescue_system_it_goes_on_as_before(tmp_path):
    loader = Loader(tmp_path, FRESH | {"A_TRY": "3"}, rescue=False)
    assert loader.start()[-1] == "rauc.slot=A"


def test_esc_leads_to_the_rescue_system_and_is_no_try(loader):
    assert loader.start(ESC="1") == ["(hd0,gpt7)/vmlinuz", "nightjar.rescue=asked"]
    assert loader.words == FRESH


def test_an_environment_that_cannot_be_read_or_written_never_keeps_it_from_recording(loader):
    for how in ({"LOADS": ""}, {"LOADS": "", "SAVES": ""}):
        assert [loader.start(**how)[-1] for _ in range(3)] == ["rauc.slot=A"] * 3
    loader.words |= {"A_TRY": "3"}
    assert [loader.start(SAVES="")[-1] for _ in range(3)] == ["rauc.slot=A"] * 3


def test_a_slot_without_a_kernel_is_one_try(loader):
    assert loader.start(KERNEL="")[-1] == "again"
    assert loader.words["A_TRY"] == "1"


def test_whatever_its_words_are_within_two_starts_a_slot_is_started(tmp_path):
    loader = Loader(tmp_path, {})
    values = (("A B", "", "B"), ("1", ""), ("0", "3"), ("1", "0"), ("2", "x"), ("1", ""))
    for words in itertools.product(*values):
        loader.words = dict(zip(WORDS, words, strict=True))
        assert any("rauc.slot=" in loader.start()[-1] for _ in range(2)), words

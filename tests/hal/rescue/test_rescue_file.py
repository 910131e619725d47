"""A recorder without a monitor is mended by a file on a stick, and no more than once by the same firmware."""

import pytest

from hal.admin.guard import Guard
from hal.admin.stick import Sticks
from hal.errors import HalError
from hal.rescue.rescue_file import NAME, follow
from tests.hal.rescue.scripted import Scripted
from tests.hal.rescue.test_reflash import SLOT_A, Bench, workshop

__all__ = ["workshop"]
pytestmark = pytest.mark.peer("rauc")


@pytest.fixture
def bench(tmp_path, workshop):
    return Bench(tmp_path, workshop[0])


@pytest.fixture
def led(bench, monkeypatch):
    """What the rescue system does before its menu."""
    sticks = Sticks(Guard(bench.blocks.machine), bench.blocks.root / "places")
    monkeypatch.setattr(sticks, "mount", lambda *, disk: str(bench.stick))
    bench.blocks.stick("sdb")
    return lambda: follow(Scripted(), bench.blocks.machine, sticks, bench.firmware)


@pytest.mark.covers("D-MNT-17.1")
def test_what_the_file_names_is_installed_without_a_question(bench, led, workshop):
    bench.put(workshop[1]["good"])
    (bench.stick / NAME).write_text('install = "update.raucb"')
    assert led()
    assert bench.starts == SLOT_A
    assert bench.changed == {"kernel-a", "system-a", "env"}


def test_a_stick_that_stays_in_writes_nothing_twice(bench, led, workshop):
    bench.put(workshop[1]["good"])
    (bench.stick / NAME).write_text('install = "update.raucb"')
    assert led()
    bench.before = {label: node.read_bytes() for label, node in bench.disk.nodes.items()}
    with pytest.raises(HalError, match="in slot A already"):
        led()
    assert bench.changed == set()


def test_without_a_file_nothing_is_done(bench, led, workshop):
    bench.put(workshop[1]["good"])
    assert not led()
    assert bench.changed == set()


@pytest.mark.parametrize(
    ("kind", "told", "words"),
    [
        ("foreign", 'install = "update.raucb"', "whom this recorder does not know"),
        ("damaged", 'install = "update.raucb"', "damaged"),
        ("good", 'install = "other.raucb"', "no 'other.raucb' in the top folder"),
        ("good", 'install = "../update.raucb"', "in the top folder"),
        ("good", 'install = ""', "install"),
        ("good", "erase = true", "erase"),
        ("good", "\x00", "nightjar-rescue.toml"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(bench, led, workshop, kind, told, words):
    bench.put(workshop[1][kind])
    (bench.stick / NAME).write_text(told)
    with pytest.raises(HalError, match=words):
        led()
    assert bench.changed == set()

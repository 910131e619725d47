"""A recorder of which neither system starts: the boot loader leads to the rescue system, and a stick brings it back."""

import tempfile
from pathlib import Path

import pytest

from tests.image.machine import BUILT, PATIENCE_S
from tests.image.mending import Machine, break_partition, environment, make_bundle, make_stick, put, told

TRIED = {"ORDER": "A B", "A_OK": "1", "A_TRY": "2", "B_OK": "1", "B_TRY": "3"}
"""One try is left: what follows is the same with six, and takes as many starts more."""
KEPT = "What the owner set stays.\n"


class Broken(Machine):
    """Led by its serial console, where the menu is too."""

    def lead(self) -> None:
        self._await(b"Neither of the two systems of this recorder starts", PATIENCE_S)
        self._await(b"Esc goes back", PATIENCE_S)
        self.picture("rescue.png")
        page = rb"Look again[\s\S]*Esc goes back"
        told = self.press(b"1", page)
        while b".raucb  (" not in told:  # the stick is not there yet: the first row looks again
            told = self.press(b"1", page)
        self.press(b"1", rb"Every block is as it was signed")
        self._await(b"Esc goes back", PATIENCE_S)
        self.picture("rescue-bundle.png")
        self.press(b"1", rb"is installed, and was\s+read\s+back")
        self.picture("rescue-done.png")
        self.serial.sendall(b"\r")


@pytest.fixture(scope="module")
def mended():
    with tempfile.TemporaryDirectory(dir=BUILT, prefix="rescue.") as name:
        place = Path(name)
        stick = make_stick([make_bundle(place)], place / "stick.disk")
        one = Broken(place, stick)
        for label in ("kernel-a", "system-a", "kernel-b", "system-b"):
            break_partition(one.system, label)
        environment(one.system, TRIED)
        (place / "kept").write_text(KEPT)
        put(one.system, "config", place / "kept", "kept")
        with one:
            yield one


@pytest.mark.covers("D-MNT-10")
def test_it_starts_again_from_slot_a_and_what_was_set_is_kept(mended):
    assert "rauc.slot=A" in mended.said
    assert KEPT.strip() in mended.said


def test_the_boot_loader_knows_slot_a_alone(mended):
    mended.kill()
    found = told(mended.system)
    assert (found["ORDER"], found["A_OK"], found["B_OK"]) == ("A B", "1", "0")

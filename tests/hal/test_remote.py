"""The keymap of the board that is found is put where udev and the screen look for it."""

from pathlib import Path

from hal import remote
from hal.machine import Machine

BOARDS = Path("board").absolute()
RULES = Path("rootfs/usr/lib/udev/rules.d/72-nightjar-remote.rules")
UNITS = Path("rootfs/usr/lib/systemd/system")


def machine(tmp_path, name):
    tree = tmp_path / "proc/device-tree"
    tree.mkdir(parents=True)
    (tree / "compatible").write_bytes(name.encode() + b"\0")
    return Machine(sys=tmp_path / "sys", proc=tmp_path / "proc", root=tmp_path)


def test_a_board_with_a_remote_has_its_keymap_put(tmp_path):
    assert remote.put(BOARDS, machine(tmp_path, "nightjar,nvr8-poe"), tmp_path)
    assert (tmp_path / remote.NAME).read_bytes() == (BOARDS / "nvr8-poe" / remote.NAME).read_bytes()


def test_a_board_without_one_leaves_the_kernels_keymaps(tmp_path):
    assert not remote.put(BOARDS, machine(tmp_path, "raspberrypi,5-compute-module"), tmp_path)
    assert not (tmp_path / remote.NAME).exists()


def test_whoever_reads_it_looks_where_it_is_put():
    unit = (UNITS / "nightjar-remote.service").read_text()
    (place,) = [line.split()[-1] for line in unit.splitlines() if line.startswith("ExecStart=")]
    assert f"RuntimeDirectory={Path(place).name}" in unit
    assert f'TEST=="{place}/{remote.NAME}"' in RULES.read_text()
    assert f"--evdev {place}" in (UNITS / "nightjar-gui.service").read_text()

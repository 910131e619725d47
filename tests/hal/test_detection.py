from pathlib import Path

import pytest

from hal.boards import check
from hal.detection import detect, named
from hal.errors import BadBoard
from hal.machine import Machine

BOARDS = Path("board").absolute()
SHARED = "common"
"""What all images share; no board."""


@pytest.fixture
def a_machine(tmp_path):
    def build(dmi=None, compatible=(), model=""):
        folder = tmp_path / "sys/class/dmi/id"
        folder.mkdir(parents=True)
        for field, word in (dmi or {}).items():
            (folder / field).write_text(word + "\n")
        tree = tmp_path / "proc/device-tree"
        tree.mkdir(parents=True)
        if compatible:
            (tree / "compatible").write_bytes(b"".join(name.encode() + b"\0" for name in compatible))
            (tree / "model").write_bytes(model.encode() + b"\0")
        return Machine(sys=tmp_path / "sys", proc=tmp_path / "proc", root=tmp_path)

    return build


@pytest.fixture
def boards(tmp_path):
    def build(**probes):
        for name, probe in probes.items():
            folder = tmp_path / "boards" / name
            folder.mkdir(parents=True)
            (folder / "board.toml").write_text(f'id = "{name}"\ntitle = "{name}"\n[probe]\n{probe}\n')
        return tmp_path / "boards"

    return build


@pytest.mark.parametrize("board", sorted(one.name for one in BOARDS.iterdir() if one.is_dir() and one.name != SHARED))
def test_every_board_is_in_order(board):
    described, _entries = check(BOARDS / board)
    assert described.id == board


@pytest.mark.parametrize(
    ("told", "board"),
    [
        ({"dmi": {"sys_vendor": "QEMU", "product_name": "Standard PC (Q35 + ICH9, 2009)"}}, "qemu-x86-64"),
        ({"compatible": ("friendlyarm,cm3588-nas", "friendlyarm,cm3588", "rockchip,rk3588")}, "cm3588-nas"),
        ({"compatible": ("radxa,rock-5-itx", "rockchip,rk3588")}, "rock-5-itx"),
        ({"compatible": ("raspberrypi,5-compute-module", "brcm,bcm2712")}, "rpi-cm5-io"),
        ({"compatible": ("nightjar,nvr8-poe",)}, "nvr8-poe"),
    ],
)
def test_a_board_is_known_by_what_its_firmware_says(a_machine, told, board):
    found = detect(a_machine(**told), BOARDS)
    assert (found.folder, found.known) == (BOARDS / board, True)


def test_an_unknown_machine_is_told_and_nothing_is_assumed_of_it(a_machine):
    machine = a_machine({"sys_vendor": "ACME", "product_name": "Box 3"})
    found = detect(machine, BOARDS, "x86_64")
    assert (found.folder.name, found.known) == ("generic-x86-64", False)
    assert found.why == "ACME Box 3 is not known; generic-x86-64 is used, which assumes nothing"


def test_an_unknown_machine_without_a_generic_board_is_refused_with_those_there_are(a_machine):
    with pytest.raises(BadBoard, match=r"Toaster is not known.*name one of cm3588-nas, exaviz-cruiser"):
        detect(a_machine(compatible=("x,y",), model="Toaster"), BOARDS, "riscv64")


def test_the_board_that_knows_more_of_a_machine_wins(a_machine, boards):
    machine = a_machine({"sys_vendor": "ACME", "product_name": "NVR"})
    several = boards(
        acme='dmi = { sys_vendor = "ACME" }',
        acme_nvr='dmi = { sys_vendor = "ACME", product_name = "NVR" }',
        other='dmi = { sys_vendor = "ACME", product_name = "PC" }',
    )
    assert detect(machine, several).folder.name == "acme_nvr"


def test_two_boards_that_fit_equally_are_refused(a_machine, boards):
    machine = a_machine({"sys_vendor": "ACME"})
    with pytest.raises(BadBoard, match="fits a and b equally"):
        detect(machine, boards(a='dmi = { sys_vendor = "ACME" }', b='dmi = { sys_vendor = "ACME" }'))


def test_a_board_may_be_known_by_a_path_only_it_has(a_machine, boards, tmp_path):
    machine = a_machine()
    several = boards(pse='exists = ["/proc/pse"]')
    with pytest.raises(BadBoard, match="does not tell its name"):
        detect(machine, several, "aarch64")
    (tmp_path / "proc/pse").touch()
    assert detect(machine, several).folder.name == "pse"


@pytest.mark.parametrize("name", ["nosuch", "../../etc", "", "."])
def test_a_board_that_is_not_there_is_refused_with_those_there_are(name):
    with pytest.raises(BadBoard, match="there are cm3588-nas"):
        named(BOARDS, name)


def test_a_device_nobody_accounts_for_is_told(tmp_path):
    folder = tmp_path / "box"
    folder.mkdir()
    (folder / "board.toml").write_text(
        'id = "box"\ntitle = "Box"\n[[device]]\nkind = "clock"\nname = "RTC"\ndriver = "rtc"\n'
    )
    (folder / "README.md").write_text("| `RTC` | clock, rtc | works |\n")
    with pytest.raises(BadBoard, match="clock RTC needs a row with a date, or the word untested"):
        check(folder)
    (folder / "README.md").write_text("| `RTC` | clock, rtc | 2026-11-26: `nightjar hardware` printed trusted True |\n")
    check(folder)
    (folder / "board.toml").write_text('id = "crate"\ntitle = "Box"\n')
    with pytest.raises(BadBoard, match="the folder is called 'box'"):
        check(folder)

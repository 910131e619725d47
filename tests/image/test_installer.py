"""The installer's stick is what other programs say it is, and the installer knows what it carries."""

import json
import subprocess
from pathlib import Path

import pytest

from buildroot_external.image import boot_loader, installer, rescue
from buildroot_external.image.layout import Layout
from buildroot_external.image.slot import Kernel
from buildroot_external.image.tool import run
from hal.rescue import install_file, stick_content, system_disk, target

REPOSITORY = Path(__file__).parents[2]
COMMON = REPOSITORY / "board" / "common"
pytestmark = pytest.mark.peer("image programs")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give a stick of small files, and the folder of what it was made of."""
    place = tmp_path_factory.mktemp("stick")
    for name in ("vmlinuz", "busybox", "rescue.initrd", "rescue.img", "nightjar-1.2.3.raucb"):
        (place / name).write_bytes(name.encode() * 5000)
    kernel = Kernel(place / "vmlinuz", "6.1.0", "quiet panic=10", place / "busybox")
    boot_loader.make_program("x86_64-efi", place / "grub")
    loader = boot_loader.Loader(place / "grub", "BOOTX64.EFI", COMMON / "grub.cfg")
    made = rescue.Rescue(place / "rescue.initrd", place / "rescue.img")
    carried = installer.Carried(place / "nightjar-1.2.3.raucb", "1.2.3")
    out = place / "installer.img"
    installer.make(made, carried, kernel, loader, Layout.read(COMMON / "partitions.toml"), out)
    return out


def partition(image, number, tmp_path):
    table = json.loads(run("sfdisk", "--json", image))["partitiontable"]["partitions"]
    one = table[number - 1]
    path = tmp_path / one["name"]
    with image.open("rb") as file:
        file.seek(one["start"] * 512)
        path.write_bytes(file.read(one["size"] * 512))
    return one, path


def inside(path, name):
    return subprocess.run(["mtype", "-i", path, f"::{name}"], check=True, capture_output=True).stdout


def test_firmware_finds_what_it_starts_and_the_boot_loader_what_it_names(made, tmp_path):
    told, path = partition(made, 1, tmp_path)
    assert told["type"] == str(installer.ESP).upper()
    assert inside(path, "EFI/BOOT/BOOTX64.EFI")[:2] == b"MZ"
    menu = inside(path, "EFI/BOOT/grub.cfg").decode()
    for name in ("vmlinuz", "initrd", "about", "words.cfg"):
        assert f"$from/{name}" in menu
        assert inside(path, name)
    assert inside(path, "words.cfg") == b'set words="quiet panic=10 fbcon=map:0"\n'


def test_the_installer_knows_its_stick_and_what_is_on_it(made, tmp_path):
    _told, boots = partition(made, 1, tmp_path)
    told, carries = partition(made, 2, tmp_path)
    assert told["name"] == target.INSTALLER
    archive = inside(boots, "about")
    text = archive[archive.index(b"{") : archive.rindex(b"}") + 1]
    (tmp_path / "installer.json").write_bytes(text)
    content = stick_content.read(tmp_path / "installer.json")
    folder = tmp_path / "stick"
    folder.mkdir()
    for name in (*content.files, content.bundle):
        (folder / name).write_bytes(inside(carries, name))
    for name in content.files:
        assert stick_content.check(content, folder, name, lambda _share: None).exists()
    assert content.least_bytes < 4 * 10**9, "a disk of 4 GB is enough"
    assert {one.label for one in Layout.read(COMMON / "partitions.toml").partitions} == system_disk.LABELS


def test_the_example_on_the_stick_is_one(made, tmp_path):
    _told, carries = partition(made, 2, tmp_path)
    example = inside(carries, "nightjar-install.toml.example")
    assert install_file.parse(example).disk == "S3Z8NB0K123456"


def test_the_menus_are_scripts_that_their_programs_read():
    run("grub-script-check", COMMON / "installer.cfg")
    run("busybox", "sh", "-n", REPOSITORY / "buildroot_external/image/rescue_init")


def test_while_a_slot_is_written_none_may_start():
    assert [rescue.ENVIRONMENTS["no-slot"][one] for one in ("A_OK", "B_OK")] == ["0", "0"]
    assert [rescue.ENVIRONMENTS["slot-a"][one] for one in ("A_OK", "B_OK")] == ["1", "0"]

"""What a program needs to start is read out of its file, and is what the loader itself would take."""

import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from buildroot_external.image import elf, first_root
from buildroot_external.image.cpio import Archive
from buildroot_external.image.inside import inside
from buildroot_external.image.tool import CannotBuild, run

OTHER_MACHINE = 183
"""EM_AARCH64."""
PROGRAMS = [Path(one).resolve() for one in ("/usr/sbin/veritysetup", "/usr/bin/python3", "/bin/sh", "/usr/sbin/mke2fs")]


@pytest.mark.peer("image programs")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda one: one.name)
def test_the_libraries_are_those_that_the_loader_takes(program):
    told = re.findall(r"(?:=> )?(/\S+) \(0x", run("ldd", program))
    found = elf.libraries(Path("/"), [program])
    assert {Path(one).resolve() for one in found} == {Path(one).resolve() for one in told}


def test_the_first_root_looks_where_its_programs_lie():
    (path,) = re.findall(r"^PATH=(.*)$", (first_root.HERE / "first_root_init").read_text(), re.MULTILINE)
    assert {str(Path(one).parent) for one in first_root.PROGRAMS} <= set(path.split(":"))


@pytest.fixture
def root(tmp_path):
    """A root with a program whose libraries lie where only its ld.so.conf says, behind a link of the root's own."""
    for one in elf.libraries(Path("/"), [Path("/bin/sh").resolve()]):
        place = tmp_path / ("lib64" if "ld-linux" in one else "usr/lib/here") / Path(one).name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(one, place)
    (tmp_path / "usr/bin").mkdir(parents=True)
    shutil.copy("/bin/sh", tmp_path / "usr/bin/sh")
    (tmp_path / "bin").symlink_to("/usr/bin")
    (tmp_path / "odd").symlink_to("/usr/lib/here")
    (tmp_path / "etc/ld.so.conf.d").mkdir(parents=True)
    (tmp_path / "etc/ld.so.conf").write_text("# where\ninclude /etc/ld.so.conf.d/*.conf\n")
    (tmp_path / "etc/ld.so.conf.d/odd.conf").write_text("/odd\n")
    return tmp_path


def test_a_first_root_has_the_program_and_its_libraries_where_the_loader_looks(root):
    archive = Archive()
    first_root.add_programs(archive, root, ["/bin/sh"])
    data = archive.finish()
    for name in (b"bin/sh\0", b"odd/libc.so.6\0", b"lib64/ld-linux-x86-64.so.2\0"):
        assert name in data


def test_a_library_for_another_processor_is_passed_over(root):
    wrong = root / "usr/lib/libc.so.6"
    wrong.write_bytes((root / "usr/lib/here/libc.so.6").read_bytes())
    (root / "etc/ld.so.conf.d/odd.conf").write_text("/usr/lib\n/odd\n")
    assert "/usr/lib/libc.so.6" in elf.libraries(root, [root / "usr/bin/sh"])
    with wrong.open("r+b") as file:
        file.seek(18)
        file.write(struct.pack("<H", OTHER_MACHINE))
    assert "/odd/libc.so.6" in elf.libraries(root, [root / "usr/bin/sh"])


def test_what_is_missing_is_named_with_who_needs_it(root):
    (root / "usr/lib/here/libc.so.6").unlink()
    with pytest.raises(CannotBuild, match=r"usr/bin/sh needs libc\.so\.6, which is not in the root"):
        elf.libraries(root, [root / "usr/bin/sh"])
    with pytest.raises(CannotBuild, match="The root has no /usr/sbin/dmsetup"):
        first_root.add_programs(Archive(), root, ["/usr/sbin/dmsetup"])


def test_a_file_that_is_no_program_or_was_cut_is_refused(root):
    (root / "text").write_text("#!/bin/sh\n")
    with pytest.raises(CannotBuild, match="no program and no library"):
        elf.read(root / "text")
    whole = (root / "usr/bin/sh").read_bytes()
    for kept in (6, 40, 70, 500, len(whole) // 2):
        (root / "cut").write_bytes(whole[:kept])
        with pytest.raises(CannotBuild):
            elf.libraries(root, [root / "cut"])


def test_a_path_never_leads_out_of_its_root(root):
    (root / "away").symlink_to("../../../../etc/passwd")
    (root / "usr/up").symlink_to("../..")
    assert inside(root, "/away") == root / "etc/passwd"
    assert inside(root, "/usr/up/../../etc") == root / "etc"
    assert inside(root, "/bin/sh") == root / "usr/bin/sh"
    (root / "circle").symlink_to("circle")
    with pytest.raises(CannotBuild, match="circles"):
        inside(root, "/circle")


USB = "pci0000:00/0000:00:03.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0"
SATA = "pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0"
EMMC = "platform/fe2e0000.mmc/mmc_host/mmc0/mmc0:0001"
WHOLE = ("esp", "env", "kernel-a", "system-a", "kernel-b", "system-b", "rescue", "config", "data")


class Sysfs:
    """Disks as the kernel tells them, and what the first root makes of them."""

    def __init__(self, root):
        self._root = root
        (root / "block").mkdir()

    def disk(self, name, where, labels=WHOLE):
        folder = self._root / "devices" / where / "block" / name
        for number, label in enumerate(labels, 1):
            part = folder / f"{name}{number}"
            part.mkdir(parents=True)
            (part / "uevent").write_text(f"DEVTYPE=partition\nPARTN={number}\nPARTNAME={label}\n")
        (self._root / "block" / name).symlink_to(folder)

    def own(self, slot="a", waited=0):
        script = Path(first_root.__file__).with_name("first_root_disk")
        return Path(run("busybox", "sh", script, slot, waited, self._root).strip()).name


@pytest.fixture
def sysfs(tmp_path):
    return Sysfs(tmp_path)


@pytest.mark.parametrize(("name", "where"), [("sdb", SATA), ("vda", SATA), ("mmcblk0", EMMC)])
def test_a_stick_whose_partitions_are_called_like_the_recorder_s_own_is_never_taken_for_it(sysfs, name, where):
    sysfs.disk("sda", USB)
    assert sysfs.own() == "", "the disk may only be slower than the stick"
    sysfs.disk(name, where)
    assert {sysfs.own(slot, waited) for slot in "ab" for waited in (0, 300, 599)} == {name}


def test_a_recorder_that_lives_on_a_disk_at_usb_starts_all_the_same(sysfs):
    sysfs.disk("sda", USB)
    assert (sysfs.own(waited=99), sysfs.own(waited=100)) == ("", "sda")


def test_system_and_settings_are_never_those_of_two_disks(sysfs):
    sysfs.disk("sda", SATA, ("config",))
    sysfs.disk("sdb", SATA, ("nightjar",))
    sysfs.disk("sdc", SATA.replace("ata1", "ata3"))
    assert sysfs.own() == "sdc"


def test_a_disk_without_a_place_for_settings_is_started_from_at_last(sysfs):
    sysfs.disk("sda", SATA, ("system-a", "system-b"))
    assert (sysfs.own(waited=400), sysfs.own("b", 599)) == ("", "sda")


def _no_superblock(image):
    with image.open("r+b") as file:
        file.seek(1024)
        file.write(bytes(1024))


def _an_error_was_noted(image):
    """The kernel saw that something is wrong, and two files claim one block."""
    (block,) = run("debugfs", "-R", "blocks /users.db", image).split()[:1]
    run("debugfs", "-w", "-R", f"set_inode_field /settings.db block[0] {block}", image)
    run("debugfs", "-w", "-R", "set_super_value state 2", image)


@pytest.mark.peer("image programs")
@pytest.mark.parametrize("damage", [_no_superblock, _an_error_was_noted])
def test_a_configuration_that_is_damaged_is_mended_before_it_is_read(tmp_path, damage):
    files, image = tmp_path / "files", tmp_path / "config"
    files.mkdir()
    for name in ("settings.db", "users.db"):
        (files / name).write_bytes(name.encode() * 4000)
    # A 1 kB block as in a small partition; old maps of blocks, which one can set by hand.
    run("mke2fs", "-q", "-t", "ext4", "-b", "1024", "-O", "^extents,^64bit", "-d", files, image, "20M")
    damage(image)
    script = first_root.HERE / "first_root_check"
    subprocess.run(["busybox", "sh", script, image], check=False)
    assert subprocess.run(["e2fsck", "-f", "-n", image], check=False, capture_output=True).returncode == 0
    assert run("debugfs", "-R", "cat /users.db", image) == "users.db" * 4000


@pytest.mark.peer("image programs")
def test_a_configuration_that_is_sound_is_left_as_it_is(tmp_path):
    image = tmp_path / "config"
    run("mke2fs", "-q", "-t", "ext4", image, "20M")
    script = first_root.HERE / "first_root_check"
    before = image.read_bytes()
    subprocess.run(["busybox", "sh", script, image], check=True)
    # e2fsck counts what it wrote itself in the superblock, which lies at 1024.
    assert image.read_bytes()[2048:] == before[2048:]

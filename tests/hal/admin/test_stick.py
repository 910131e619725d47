"""USB sticks by the root helper: which partition is taken, how it is mounted, and words for what cannot be."""

import errno
import re
from pathlib import Path

import pytest

from hal.admin import stick as sticks
from hal.admin.guard import Guard
from hal.admin.job import Done
from hal.admin.stick import MOST_PARTITIONS, Sticks
from hal.errors import BadRequest, Refused
from tests.hal.blocks import Blocks, FileSystems

FAT = b"ID_FS_LABEL_ENC=KEYS\nID_FS_TYPE=vfat\n"


class Bench:
    """A recorder with one stick, `sdb`, scripted programs, and a kernel that refuses what it is told to."""

    def __init__(self, tmp_path):
        self.blocks = Blocks(tmp_path)
        (tmp_path / "proc/filesystems").write_text("nodev\tsysfs\n\text4\n\tvfat\n")
        self.volumes = {"sdb1": FAT}
        self.asked = []
        self.places = tmp_path / "sticks"
        self.kernel = FileSystems(self.blocks)
        self.sticks = Sticks(Guard(self.blocks.machine), self.places, self._run, 1234, self.kernel)
        self.owned = []

    def _run(self, argv, _given=b"", _patience_s=60.0):
        self.asked.append(" ".join(argv))
        match argv:
            case ["blkid", *_, node]:
                return Done(0, self.volumes.get(Path(node).name, b""), "")
            case ["umount", *_]:
                self.blocks.unmount()
        return Done(0, b"", "")

    def told(self, program):
        return [one for one in self.asked if one.startswith(f"{program} ")]


@pytest.fixture
def bench(tmp_path, monkeypatch):
    made = Bench(tmp_path)
    monkeypatch.setattr(sticks.os, "chown", lambda path, uid, gid: made.owned.append((str(path), uid, gid)))
    return made


@pytest.mark.covers("D-BKP-04")
def test_a_stick_is_mounted_to_be_read_at_a_place_that_no_stick_can_name(bench):
    bench.blocks.stick("sdb")
    bench.volumes["sdb1"] = b"ID_FS_LABEL_ENC=..\\x2f..\\x2fetc\nID_FS_TYPE=vfat\n"
    place = bench.sticks.mount(disk="sdb")
    assert re.fullmatch(rf"{bench.places}/stick-[0-9a-f]{{8}}", place)
    ((kind, _node, options),) = bench.kernel.mounted
    assert kind == "vfat"
    assert {"nosuid", "nodev", "noexec", "nosymfollow", "gid=1234", "dmask=0007", "fmask=0117"} <= options
    assert bench.kernel.changed == []
    assert Path(place).stat().st_mode & 0o777 == 0o750
    assert (place, -1, 1234) in bench.owned
    assert bench.sticks.tell(disk="sdb").label == "../../etc"


def test_a_stick_is_written_only_while_that_is_asked_for_and_its_place_stays(bench):
    bench.blocks.stick("sdb")
    place = bench.sticks.mount(disk="sdb")
    assert bench.sticks.mount(disk="sdb") == place
    assert (len(bench.kernel.mounted), bench.kernel.changed) == (1, [])
    assert bench.sticks.mount(disk="sdb", writing=True) == place
    assert bench.sticks.mount(disk="sdb", writing=True) == place
    assert bench.sticks.mount(disk="sdb") == place  # who only wants it mounted takes nothing away from who writes
    assert bench.sticks.mount(disk="sdb", writing=False) == place
    assert len(bench.kernel.mounted) == 1
    assert bench.kernel.changed == [(place, True), (place, False)]
    assert bench.told("umount") == []


def test_each_stick_has_a_place_that_was_never_one_before(bench):
    bench.blocks.stick("sdb")
    first = bench.sticks.mount(disk="sdb")
    bench.blocks.unmount()
    assert bench.sticks.mount(disk="sdb") != first


def test_the_largest_partition_that_can_be_read_is_taken(bench):
    bench.blocks.stick("sdb", parts=0)
    for number, size in enumerate((200, 900, 800), 1):
        bench.blocks.partition("sdb", number, bytes_=size << 20)
    bench.volumes = {"sdb1": FAT, "sdb2": b"ID_FS_TYPE=crypto_LUKS\n", "sdb3": b"ID_FS_TYPE=exfat\n"}
    assert (bench.sticks.tell(disk="sdb").partition, bench.sticks.tell(disk="sdb").problem) == ("sdb3", "")
    bench.sticks.mount(disk="sdb")
    assert bench.kernel.mounted[0][1] == "sdb3"


def test_a_stick_without_a_table_of_partitions_is_read_as_a_whole(bench):
    bench.blocks.stick("sdb", parts=0)
    bench.volumes = {"sdb": FAT}
    bench.sticks.mount(disk="sdb")
    assert bench.kernel.mounted[0][1] == "sdb"


@pytest.mark.parametrize(
    ("stick", "told", "words"),
    [
        ({"size": 0, "parts": 0}, b"", "card reader without a card"),
        ({"parts": MOST_PARTITIONS + 1}, FAT, "has 17 partitions"),
        ({}, b"", "it is empty, or damaged"),
        ({}, b"ID_FS_TYPE=crypto_LUKS\n", "what is on it is crypto_LUKS"),
        ({}, b"\xff\xfe=\xff\nID_FS_TYPE=\xff\xfe\n\n==\n", "no file system that is read here"),
        ({"parts": 0}, b"ID_FS_TYPE=iso9660\n", "what is on it is iso9660"),
    ],
)
def test_why_a_stick_cannot_be_read_is_told_in_words_and_nothing_is_mounted(bench, stick, told, words):
    bench.blocks.stick("sdb", **stick)
    bench.volumes = {"sdb": told, "sdb1": told}
    assert words in bench.sticks.tell(disk="sdb").problem
    with pytest.raises(Refused, match=words):
        bench.sticks.mount(disk="sdb")
    assert bench.kernel.mounted == []


@pytest.mark.parametrize(
    ("kind", "refusal", "words"),
    [
        ("vfat", errno.EINVAL, r"\(vfat\) is damaged"),
        ("ext4", errno.EUCLEAN, r"\(ext4\) is damaged"),
        ("ntfs", errno.ENODEV, r"does not know the file system of the stick \(ntfs3\)"),
    ],
)
def test_a_file_system_that_the_kernel_does_not_take_leaves_no_place_and_gets_words(bench, kind, refusal, words):
    bench.blocks.stick("sdb")
    bench.volumes["sdb1"] = f"ID_FS_TYPE={kind}\n".encode()
    bench.kernel.refusal = refusal
    with pytest.raises(Refused, match=words):
        bench.sticks.mount(disk="sdb", writing=True)
    assert list(bench.places.iterdir()) == []


@pytest.mark.parametrize(
    ("refusal", "words"),
    [(errno.EACCES, "protected from writing"), (errno.EROFS, "protected from writing"), (errno.EIO, "is damaged")],
)
def test_what_the_kernel_says_against_writing_gets_words(bench, refusal, words):
    bench.blocks.stick("sdb")
    bench.sticks.mount(disk="sdb")
    bench.kernel.refusal = refusal
    with pytest.raises(Refused, match=words):
        bench.sticks.mount(disk="sdb", writing=True)


def test_a_stick_with_a_switch_against_writing_is_only_read(bench):
    (bench.blocks.stick("sdb") / "ro").write_text("1\n")
    with pytest.raises(Refused, match="look for a switch"):
        bench.sticks.mount(disk="sdb", writing=True)
    assert bench.sticks.mount(disk="sdb")


def test_what_is_no_stick_is_never_mounted_as_one(bench):
    bench.blocks.disk("sda", parts=1)
    bench.volumes["sda1"] = FAT
    with pytest.raises(Refused, match="sda is no USB stick"):
        bench.sticks.mount(disk="sda")
    bench.blocks.stick("sdb")
    bench.blocks.mount("sdb1", "/boot")
    with pytest.raises(Refused, match="the recorder's own system"):
        bench.sticks.mount(disk="sdb")
    bench.blocks.unmount()
    bench.blocks.mount("sdb1", "/mnt/elsewhere")
    with pytest.raises(Refused, match="in use at /mnt/elsewhere"):
        bench.sticks.mount(disk="sdb")
    bench.blocks.unmount()
    bench.blocks.name_partition("sdb1", "nightjar")
    with pytest.raises(Refused, match="push it into a bay"):
        bench.sticks.mount(disk="sdb")
    bench.blocks.array("md127", "raid1", ["sdb"])
    with pytest.raises(Refused, match="sdb belongs to md127"):
        bench.sticks.tell(disk="sdb")
    with pytest.raises(BadRequest):
        bench.sticks.mount(disk="../sdb")
    assert bench.kernel.mounted == []


def test_a_stick_whose_files_are_open_is_not_said_to_be_free(bench, monkeypatch):
    bench.blocks.stick("sdb")
    bench.sticks.mount(disk="sdb", writing=True)
    bench.kernel.refusal = errno.EBUSY
    monkeypatch.setattr(sticks, "BUSY_S", 0.0)
    monkeypatch.setattr(sticks, "AGAIN_S", 0.0)
    with pytest.raises(Refused, match="do not pull it out yet"):
        bench.sticks.mount(disk="sdb", writing=False)


def test_the_place_of_a_stick_that_was_pulled_out_is_taken_away(bench):
    numbers = bench.blocks.root / "sys/dev/block"
    numbers.mkdir(parents=True)
    bench.blocks.stick("sdb")
    place = Path(bench.sticks.mount(disk="sdb", writing=True))
    assert bench.sticks.forget() == [place.name]
    assert bench.told("umount") == [f"umount --lazy {place}"]
    assert not place.exists()


def test_a_file_system_that_knows_owners_lets_the_recorder_write_into_its_top_folder(bench):
    bench.blocks.stick("sdb")
    bench.volumes["sdb1"] = b"ID_FS_TYPE=ext4\n"
    place = bench.sticks.mount(disk="sdb", writing=True)
    assert not [one for one in bench.kernel.mounted[0][2] if one.startswith("gid=")]
    assert Path(place).stat().st_mode & 0o070 == 0o070
    assert bench.owned[-1] == (place, -1, 1234)

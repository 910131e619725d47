"""The installer writes the disk that was named, whole, and no disk before all of the stick was found to be whole."""

import gzip
import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from hal.admin.job import Done, run
from hal.errors import HalError
from hal.rescue.install import Installer, Stick
from hal.rescue.install_file import InstallFile
from hal.rescue.stick_content import Content
from tests.hal.blocks import GB, Blocks
from tests.hal.rescue.scripted import MIB, Scripted, divide
from tests.hal.rescue.test_reflash import NO_SLOT, SLOT_A, Unpacked
from tests.peers import rauc

pytestmark = [pytest.mark.peer("rauc"), pytest.mark.peer("image programs")]
ESP, RESCUE = b"boot loader" * 99, b"rescue" * 999


class Bench:
    """A machine with the installer's stick, and disks as they are put in; sfdisk is played, all else is real."""

    def __init__(self, root, authority, bundle):
        self.blocks = Blocks(root)
        self.asked = []
        keys, share = root / "keys", root / "share"
        self.folder = root / "stick"
        for one in (keys, share, self.folder, root / "etc/rauc"):
            one.mkdir(parents=True)
        (root / "etc/rauc/system.conf").write_text(rauc.CONFIGURATION)
        (root / "proc/meminfo").write_text("MemAvailable: 1500000 kB\n")
        shutil.copy(authority.certificate, keys / "release.pem")
        for name, text in (("no-slot.gz", NO_SLOT), ("slot-a.gz", SLOT_A)):
            (share / name).write_bytes(gzip.compress(text + bytes(MIB - len(text)), 1))
        files = {"esp.gz": gzip.compress(ESP, 1), "rescue.img": RESCUE}
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
        shutil.copy(bundle, self.folder / "nightjar-1.4.2.raucb")
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        content = Content("1.4.2", "nightjar-1.4.2.raucb", digests, "label: gpt\n", 3 * GB)
        self.talk = Scripted()
        self.installer = Installer(
            replace(self.blocks.machine, monotonic_s=lambda: 0.0),
            Stick(self.folder, content),
            lambda disk: Unpacked(disk, self.blocks.machine, root / "place", keys, share, run),
            self.talk,
            self._run,
            lambda _s: None,
        )

    def _run(self, argv, given=b"", patience_s=60.0):
        self.asked.append((list(argv), given))
        match argv[0]:
            case "sfdisk":
                divide(self.blocks, Path(argv[-1]).name)
                return Done(0, b"", "")
            case "blkid":
                return Done(2, b"", "")
        return run(argv, given, patience_s)

    @property
    def divided(self):
        return [Path(argv[-1]).name for argv, _given in self.asked if argv[0] == "sfdisk"]

    def node(self, label, disk="sda"):
        found = {one.read_text().partition("PARTNAME=")[2].strip(): one.parent.name for one in self._events(disk)}
        return self.blocks.root / "dev" / found[label]

    def _events(self, disk):
        return (self.blocks.root / "sys/block" / disk).resolve().glob("*/uevent")


def roots(node):
    """How many blocks of a file system root alone may use."""
    told = subprocess.run(["dumpe2fs", "-h", str(node)], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"^Reserved block count: +(\d+)$", told, re.MULTILINE)[1])


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workshop")
    ours, other = rauc.Authority(folder, "release"), rauc.Authority(folder, "other")
    return ours, rauc.bundle(folder / "good", ours.signer()), rauc.bundle(folder / "foreign", other.signer())


@pytest.fixture
def bench(tmp_path, workshop):
    return Bench(tmp_path, *workshop[:2])


def test_an_empty_disk_that_a_file_names_is_installed_whole(bench):
    bench.blocks.disk("sda", serial="OTHER", size=32 * GB, port="ata1")
    bench.blocks.disk("sdb", serial="S3Z8NB0K", size=32 * GB, port="ata2")
    bench.installer.follow(InstallFile("S3Z8NB0K"))
    assert bench.divided == ["sdb"]
    assert bench.node("esp", "sdb").read_bytes().startswith(ESP)
    assert bench.node("rescue", "sdb").read_bytes().startswith(RESCUE)
    assert bench.node("kernel-a", "sdb").read_bytes().startswith(b"kernel" * 999)
    assert bench.node("env", "sdb").read_bytes().rstrip(b"\0") == SLOT_A
    for label in ("config", "data"):
        told = subprocess.run(["blkid", "-p", "-s", "LABEL", bench.node(label, "sdb")], capture_output=True, check=True)
        assert f'LABEL="{label}"'.encode() in told.stdout
        assert roots(bench.node(label, "sdb")) > 0, "root's audit has room when nobody else has"
    assert "is installed on WDC WD40PURX-64G, S3Z8NB0K, 32.0 GB, and was read back" in bench.talk.percents[-1][1]


def test_the_table_is_told_to_sfdisk_and_what_was_there_is_wiped(bench):
    bench.blocks.disk("sda", serial="S3Z8NB0K", size=32 * GB)
    bench.installer.follow(InstallFile("S3Z8NB0K"))
    ((argv, given),) = [one for one in bench.asked if one[0][0] == "sfdisk"]
    assert given == b"label: gpt\n"
    assert argv[argv.index("--wipe") + 1] == argv[argv.index("--wipe-partitions") + 1] == "always"


def test_a_file_takes_no_disk_that_holds_something_unless_it_says_so_and_never_a_recorder_s(bench):
    bench.blocks.disk("sda", serial="REC", size=32 * GB, parts=1, port="ata1")
    bench.blocks.name_partition("sda1", "nightjar")
    bench.blocks.disk("sdb", serial="SYS", size=32 * GB, port="ata2")
    divide(bench.blocks, "sdb")
    with pytest.raises(HalError, match="holds RECORDINGS"):
        bench.installer.follow(InstallFile("REC"))
    with pytest.raises(HalError, match="already"):
        bench.installer.follow(InstallFile("SYS", erase=True))
    with pytest.raises(HalError, match="No disk has"):
        bench.installer.follow(InstallFile("NOBODY", erase=True))
    assert bench.divided == []


@pytest.mark.parametrize("name", ["esp.gz", "rescue.img", "nightjar-1.4.2.raucb"])
def test_a_stick_with_one_damaged_byte_writes_no_disk(bench, name):
    path = bench.folder / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    bench.blocks.disk("sda", serial="S3Z8NB0K", size=32 * GB)
    with pytest.raises(HalError, match="damaged"):
        bench.installer.follow(InstallFile("S3Z8NB0K"))
    assert bench.divided == []


@pytest.mark.parametrize("name", ["esp.gz", "rescue.img"])
def test_a_stick_that_says_something_else_when_it_is_read_again_installs_nothing(bench, name):
    """It was checked, and read once more to be written: what is on the disk then is held to the digest, too."""
    path = bench.folder / name
    swapped = gzip.compress(b"other" * 99, 1) if name.endswith(".gz") else b"others" * 999

    def run_(argv, given=b"", patience_s=60.0):
        if argv[0] == "sfdisk":  # all was checked by now
            path.write_bytes(swapped)
        return bench._run(argv, given, patience_s)

    bench.blocks.disk("sda", serial="S3Z8NB0K", size=32 * GB)
    with pytest.raises(HalError, match="not what it was a moment ago"):
        replace(bench.installer, run=run_).follow(InstallFile("S3Z8NB0K"))
    assert not bench.node("env").read_bytes().startswith(SLOT_A), "nothing starts from it"


def test_a_bundle_of_somebody_else_on_the_stick_writes_no_disk(bench, workshop):
    shutil.copy(workshop[2], bench.folder / "nightjar-1.4.2.raucb")
    bench.blocks.disk("sda", serial="S3Z8NB0K", size=32 * GB)
    with pytest.raises(HalError, match="whom this recorder does not know"):
        bench.installer.follow(InstallFile("S3Z8NB0K"))
    assert bench.divided == []


def test_by_hand_an_empty_disk_is_chosen_and_installed(bench):
    bench.blocks.disk("sda", serial="S3Z8NB0K", size=32 * GB)
    bench.talk.answers = ["WDC", "Install"]
    assert bench.installer.ask()
    assert bench.divided == ["sda"]
    assert "S3Z8NB0K, 32.0 GB - empty" in bench.talk.all
    assert "Pull the stick" in bench.talk.all


def test_by_hand_a_disk_that_holds_something_wants_its_label_read(bench):
    bench.blocks.disk("sda", serial="S3Z8NB0K", size=32 * GB, parts=1)
    bench.blocks.name_partition("sda1", "nightjar")
    bench.talk.answers = ["WDC", "XXXX", "Back"]
    assert not bench.installer.ask()
    assert bench.divided == []
    assert "Nothing was done" in bench.talk.all
    bench.talk.answers = ["WDC", "nb0k"]
    assert bench.installer.ask()
    assert bench.divided == ["sda"]


def test_by_hand_what_cannot_be_taken_says_why(bench):
    bench.blocks.disk("sda", serial="SMALL", size=1 * GB)
    bench.talk.answers = ["WDC", "Look again", "Back"]
    assert not bench.installer.ask()
    assert "It cannot be taken: too small" in bench.talk.all
    assert bench.divided == []

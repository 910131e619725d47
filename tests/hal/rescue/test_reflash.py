"""The firmware installed anew by bundles that RAUC made: judged in memory, written, read back; all else stays."""

import gzip
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from hal.admin.guard import Guard
from hal.admin.job import run
from hal.admin.stick import Sticks
from hal.errors import Refused
from hal.firmware.bundle import LARGEST_BUNDLE
from hal.firmware.inspection import Refusal
from hal.firmware.search import candidates
from hal.rescue import firmware as rescue_firmware
from hal.rescue.firmware import RescueFirmwares
from hal.rescue.reflash import reflash
from tests.hal.blocks import Blocks
from tests.hal.rescue.scripted import MIB, Scripted, divide, own_disk
from tests.peers import rauc

pytestmark = pytest.mark.peer("rauc")
NO_SLOT, SLOT_A = b"no slot may start", b"slot A may start"


class Unpacked(RescueFirmwares):
    """As on a machine, but for mounting, which wants root: unsquashfs(1) unpacks what the kernel would show."""

    @contextmanager
    def _unpacked(self, path):
        place = self._vault / "content"
        subprocess.run(["unsquashfs", "-q", "-n", "-d", place, path], check=True, stdout=subprocess.DEVNULL)
        yield place
        shutil.rmtree(place)


class Bench:
    """A recorder whose slots are broken, in the rescue system."""

    def __init__(self, root, authority):
        self.blocks = Blocks(root)
        self.disk = own_disk(self.blocks)
        self.before = {label: node.read_bytes() for label, node in self.disk.nodes.items()}
        keys, share = root / "keys", root / "share"
        for one in (keys, share, root / "etc/rauc"):
            one.mkdir(parents=True)
        (root / "etc/rauc/system.conf").write_text(rauc.CONFIGURATION)
        (root / "proc/meminfo").write_text("MemTotal: 2000000 kB\nMemAvailable: 1500000 kB\n")
        shutil.copy(authority.certificate, keys / "release.pem")
        for name, text in (("no-slot.gz", NO_SLOT), ("slot-a.gz", SLOT_A)):
            (share / name).write_bytes(gzip.compress(text + bytes(MIB - len(text)), 1))
        self.firmware = Unpacked(self.disk, self.blocks.machine, root / "place", keys, share, run)
        self.stick = root / "stick"
        self.stick.mkdir()

    def put(self, source, name="update.raucb"):
        shutil.copy(source, self.stick / name)
        (found,) = candidates(str(self.stick))
        return found

    @property
    def changed(self):
        return {label for label, node in self.disk.nodes.items() if node.read_bytes() != self.before[label]}

    @property
    def starts(self):
        return self.disk.nodes["env"].read_bytes().rstrip(b"\0")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workshop")
    ours, other = rauc.Authority(folder, "release"), rauc.Authority(folder, "other")
    make = rauc.bundle
    good = make(folder / "good", ours.signer())
    whole = good.read_bytes()
    (folder / "cut").write_bytes(whole[: len(whole) // 2])
    return ours, {
        "good": good,
        "older": make(folder / "older", ours.signer(), version="0.0.1", build="least=9.0.0"),
        "foreign": make(folder / "foreign", other.signer()),
        "board": make(folder / "board", ours.signer(), board="nightjar-other"),
        "large": make(folder / "large", ours.signer(), size=5 * MIB),
        "damaged": rauc.changed(folder / "damaged", good, 4096 + 77),
        "cut": folder / "cut",
    }


@pytest.fixture
def bench(tmp_path, workshop):
    return Bench(tmp_path, workshop[0])


@pytest.mark.covers("D-MNT-10")
def test_slot_a_is_written_and_all_else_stays(bench, workshop):
    found = bench.firmware.take(bench.stick, bench.put(workshop[1]["good"]))
    assert (found.refusal, found.version) == (Refusal.NONE, "1.4.2")
    assert bench.changed == set()
    bench.firmware.install(digest=found.digest)
    assert bench.changed == {"kernel-a", "system-a", "env"}
    assert bench.disk.nodes["kernel-a"].read_bytes().startswith(b"kernel" * 999)
    assert bench.starts == SLOT_A


def test_an_older_version_may_be_installed_by_who_stands_before_the_machine(bench, workshop):
    found = bench.firmware.take(bench.stick, bench.put(workshop[1]["older"]))
    assert (found.refusal, found.version) == (Refusal.NONE, "0.0.1")


@pytest.mark.covers("D-MNT-10.1")
@pytest.mark.parametrize(
    ("kind", "refusal"),
    [
        ("foreign", Refusal.FOREIGN),
        ("board", Refusal.BOARD),
        ("damaged", Refusal.DAMAGED),
        ("cut", Refusal.CUT),
    ],
)
def test_what_is_not_for_this_recorder_is_refused_before_anything_is_written(bench, workshop, kind, refusal):
    wanted = bench.put(workshop[1][kind])
    assert bench.firmware.take(bench.stick, wanted).refusal is refusal
    assert bench.changed == set()
    assert not [one for one in (bench.firmware._vault, bench.firmware._inbox) if any(one.iterdir())]


def test_what_does_not_fit_is_refused_before_anything_is_written(bench, workshop):
    found = bench.firmware.take(bench.stick, bench.put(workshop[1]["large"]))
    with pytest.raises(Refused, match="system of this bundle does not fit"):
        bench.firmware.install(digest=found.digest)
    assert bench.changed == set()


def test_a_cut_while_it_is_written_leaves_no_slot_that_starts(bench, workshop, monkeypatch):
    found = bench.firmware.take(bench.stick, bench.put(workshop[1]["good"]))
    real = rescue_firmware.write_image
    nodes = []

    def cut(source, count, node, told):
        nodes.append(node)
        if len(nodes) == 3:
            raise KeyboardInterrupt
        real(source, count, node, told)

    monkeypatch.setattr(rescue_firmware, "write_image", cut)
    with pytest.raises(KeyboardInterrupt):
        bench.firmware.install(digest=found.digest)
    assert nodes == [bench.disk.nodes[one] for one in ("env", "kernel-a", "system-a")]
    assert bench.starts == NO_SLOT


def test_a_bundle_that_memory_does_not_hold_is_not_begun(bench, workshop):
    (bench.blocks.root / "proc/meminfo").write_text("MemAvailable: 66000 kB\n")
    with pytest.raises(Refused, match="to spare"):
        bench.firmware.take(bench.stick, bench.put(workshop[1]["good"]))


def test_a_stick_that_is_pulled_out_is_told(bench, workshop):
    wanted = bench.put(workshop[1]["good"])
    (bench.stick / "update.raucb").unlink()
    with pytest.raises(Refused, match="could not be read from the stick"):
        bench.firmware.take(bench.stick, wanted)
    assert not any(bench.firmware._inbox.iterdir())


class TestMenu:
    """The same, led by a menu."""

    @pytest.fixture
    def sticks(self, bench, monkeypatch):
        made = Sticks(Guard(bench.blocks.machine), bench.blocks.root / "places")
        monkeypatch.setattr(made, "mount", lambda *, disk: str(bench.stick))
        return made

    def test_it_is_offered_checked_told_and_installed(self, bench, workshop, sticks):
        bench.blocks.stick("sdb")
        name = "$(reboot); `id`.raucb"
        bench.put(workshop[1]["good"], name)
        talk = Scripted(name, "Install it")
        assert reflash(talk, bench.blocks.machine, sticks, bench.firmware)
        assert "Version 1.4.2" in talk.all
        assert "Signed by the project" in talk.all
        assert "Settings and recordings are as they were" in talk.all
        assert bench.starts == SLOT_A
        percents = [percent for percent, _words in talk.percents]
        assert min(percents) >= 0
        assert max(percents) == 100
        assert not any(bench.firmware._vault.iterdir())

    def test_a_refusal_has_words_and_changes_nothing(self, bench, workshop, sticks):
        bench.blocks.stick("sdb")
        bench.put(workshop[1]["foreign"])
        talk = Scripted("update.raucb")
        assert not reflash(talk, bench.blocks.machine, sticks, bench.firmware)
        assert "signed by somebody whom this recorder does not know" in talk.all
        assert bench.changed == set()

    def test_who_goes_back_changes_nothing(self, bench, workshop, sticks):
        bench.blocks.stick("sdb")
        bench.put(workshop[1]["good"])
        assert not reflash(Scripted("update.raucb", "Back"), bench.blocks.machine, sticks, bench.firmware)
        assert not reflash(Scripted("Look again", None), bench.blocks.machine, sticks, bench.firmware)
        assert bench.changed == set()

    def test_a_file_of_four_gigabytes_is_not_even_read(self, bench, sticks):
        bench.blocks.stick("sdb")
        with (bench.stick / "huge.raucb").open("wb") as file:
            file.truncate(2 * LARGEST_BUNDLE)
        with (bench.stick / "empty.raucb").open("wb"):
            pass
        talk = Scripted("huge.raucb", "empty.raucb", "Back")
        assert not reflash(talk, bench.blocks.machine, sticks, bench.firmware)
        assert "larger than any update" in talk.all
        assert "It is empty" in talk.all

    def test_a_stick_that_cannot_be_read_is_told_beside_those_that_can(self, bench, workshop, sticks, monkeypatch):
        bench.blocks.stick("sdb", port="1")
        bench.blocks.stick("sdc", port="2")
        bench.put(workshop[1]["good"])

        def mount(*, disk):
            if disk == "sdc":
                raise Refused("The file system of the stick (vfat) is damaged; have it checked at a computer")
            return str(bench.stick)

        monkeypatch.setattr(sticks, "mount", mount)
        talk = Scripted("Back")
        assert not reflash(talk, bench.blocks.machine, sticks, bench.firmware)
        assert "(vfat) is damaged" in talk.all
        assert "update.raucb" in talk.all

    def test_a_recorder_s_own_disk_at_a_usb_port_is_no_stick(self, bench, sticks):
        bench.blocks.stick("sdb", port="1", parts=0)
        divide(bench.blocks, "sdb")
        bench.blocks.stick("sdc", port="2", parts=1)
        bench.blocks.name_partition("sdc1", "nightjar")
        talk = Scripted("Back")
        assert not reflash(talk, bench.blocks.machine, sticks, bench.firmware)
        assert "No USB stick is there" in talk.all

    def test_without_a_stick_it_is_said(self, bench, sticks):
        talk = Scripted("Back")
        assert not reflash(talk, bench.blocks.machine, sticks, bench.firmware)
        assert "No USB stick is there" in talk.all
        (bench.stick / "folder").mkdir()
        bench.blocks.stick("sdb")
        talk = Scripted("Back")
        assert not reflash(talk, bench.blocks.machine, sticks, bench.firmware)
        assert "No such file is on the stick" in talk.all

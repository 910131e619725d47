"""Arrays as md shows them in sysfs, and mdadm's command lines."""

import shutil

import pytest

from hal.admin.array import NewMember
from hal.admin.guard import Guard
from hal.admin.job import Done, ProgramFailed
from hal.drivers.array.md import MdArrays
from hal.errors import BadRequest, Refused
from hal.kernel.md import SHARING, array_named, sharing
from hal.kinds.array import ArrayHealth, Level, Role
from tests.hal.blocks import Blocks
from tests.hal.contracts.array import ArrayContract
from tests.hal.contracts.device import Rig
from tests.hal.rooted import Rooted

SECTORS = 7_814_037_168
SPEED_KIB = 120_000
UUID = "5c3ccb0f-6b1c-4a10-9d3e-0123456789ab"
OTHER = "00000000-6b1c-4a10-9d3e-0123456789ab"


class MdRig(Rig):
    """A kernel whose arrays do what md does when its files are written."""

    def __init__(self, tmp_path):
        self.blocks = Blocks(tmp_path)
        self.rooted = Rooted(self.blocks)
        self.md = None
        super().__init__(MdArrays("ARRAYS", self.rooted.machine))
        self._poll, self.device.poll = self.device.poll, self.poll

    def poll(self):
        self._react()
        self._poll()

    def _react(self):
        if self.md is None:
            return
        for file, rest in (("sync_speed_min", "1000"), ("sync_speed_max", "200000")):
            if (place := self.md / file).exists() and "(" not in (said := place.read_text().strip()):
                place.write_text(f"{rest} (system)\n" if said == "system" else f"{said} (local)\n")
        if self._read("sync_action") == "check" and self._read("sync_completed") == "none":
            self._write(sync_completed=f"0 / {SECTORS}", sync_speed=SPEED_KIB)

    def _read(self, file):
        return (self.md / file).read_text().strip() if (self.md / file).exists() else ""

    def _write(self, **files):
        for file, text in files.items():
            (self.md / file).write_text(f"{text}\n")

    def make(self, level, disks):
        names = [f"sd{'abcdef'[number]}" for number in range(disks)]
        for number, name in enumerate(names):
            self.blocks.disk(name, serial=f"S{number}", port=f"ata{number + 1}")
        self.md = self.blocks.array("md127", level, names, title="footage")
        self.names = names
        return "md127"

    def lose_disk(self):
        lost = self.names.pop(0)
        shutil.rmtree(self.md / f"dev-{lost}")
        self.blocks.remove(lost)
        self._write(degraded=int(self._read("degraded")) + 1)
        self.poll()

    def add_spare(self):
        self.blocks.disk("sdx", serial="SX", port="ata9")
        self.blocks.member("md127", "sdx", "spare", 0)
        self._write(sync_action="recover", sync_completed=f"0 / {SECTORS}", sync_speed=SPEED_KIB)
        self.poll()

    def pass_time(self, share):
        done = int(self._read("sync_completed").split(" ")[0]) + int(share * SECTORS)
        if done < SECTORS:
            self._write(sync_completed=f"{done} / {SECTORS}")
        else:
            self._write(sync_action="idle", sync_completed="none", sync_speed="none", degraded=0)
            if (self.md / "dev-sdx").exists():
                self.blocks.member("md127", "sdx", "in_sync", 0)
        self.poll()

    def pace(self):
        return self.device.state.sets[0].pace

    def lose(self):
        shutil.rmtree(self.blocks.root / "sys/block")


class TestMdArrays(ArrayContract):
    @pytest.fixture
    def rig(self, tmp_path):
        return MdRig(tmp_path)

    def test_the_serial_of_each_disk_is_told(self, rig):
        rig.make(Level.RAID1, 2)
        rig.device.open()
        found = self.only(rig)
        assert [(one.disk, one.serial, one.role) for one in found.members] == [
            ("sda", "S0", Role.ACTIVE),
            ("sdb", "S1", Role.ACTIVE),
        ]
        assert (found.title, found.uuid) == ("footage", UUID)

    def test_a_failed_disk_and_a_waiting_spare_are_told(self, rig):
        rig.make(Level.RAID1, 2)
        rig.blocks.disk("sdx", serial="SX", port="ata9")
        rig.blocks.member("md127", "sda", "faulty,write_error", None)
        rig.blocks.member("md127", "sdx", "spare", None)
        rig._write(degraded=1)
        rig.device.open()
        found = self.only(rig)
        assert {one.disk: one.role for one in found.members} == {
            "sda": Role.FAILED,
            "sdb": Role.ACTIVE,
            "sdx": Role.SPARE,
        }
        assert found.health is ArrayHealth.DEGRADED


@pytest.fixture
def rig(tmp_path):
    rig = MdRig(tmp_path)
    for number, name in enumerate(("sda", "sdb", "sdc", "sdd")):
        rig.blocks.disk(name, serial=f"S{number}", port=f"ata{number + 1}")
    return rig


def members(*numbers):
    return tuple(NewMember(f"sd{'abcd'[number]}", f"S{number}") for number in numbers)


def appears(rig, level, disks, title="footage"):
    def said(argv):
        if "--create" in argv:
            rig.md = rig.blocks.array("md127", level, disks, title=title)
        return Done(0, b"", "")

    rig.rooted.said = said


@pytest.mark.parametrize(
    ("level", "count", "words"),
    [
        (Level.RAID5, 3, "--level=5 --raid-devices=3 --spare-devices=1 --chunk=512 --bitmap=internal"),
        (Level.RAID1, 2, "--level=1 --raid-devices=2 --spare-devices=1 --bitmap=internal"),
    ],
)
def test_an_array_is_made_of_disks_whose_serials_were_typed_back(rig, level, count, words):
    names = ["sda", "sdb", "sdc", "sdd"][: count + 1]
    appears(rig, level, names)
    arrays = rig.rooted.nouns["array"]
    spares = members(count)
    assert arrays.create(title="footage", level=level, members=members(*range(count)), spares=spares) == "md127"
    wipe, create, *inner = rig.rooted.asked
    whole = f"{rig.blocks.root}/dev/md127"
    assert inner == [f"wipefs --all --quiet {whole}", f"blockdev --rereadpt {whole}"], "it shows no former contents"
    nodes = " ".join(f"{rig.blocks.root}/dev/{name}" for name in names)
    assert wipe == f"wipefs --all --quiet {nodes}"
    assert create.startswith("mdadm --create /dev/md/footage --run --metadata=1.2 --homehost=any --name=footage ")
    assert create.endswith(f"{words} {nodes}")
    assert not sharing(rig.rooted.machine), "its spare is its own"


@pytest.mark.parametrize(
    ("level", "numbers", "told"),
    [
        (Level.RAID5, (0, 1), "3 to 32 disks"),
        (Level.RAID1, (0, 1, 2), "exactly 2 disks"),
        (Level.RAID6, (0, 1, 2), "4 to 32 disks"),
        (Level.RAID1, (0, 0), "named twice"),
    ],
)
def test_a_level_that_these_disks_do_not_make_is_refused_before_anything_is_lost(rig, level, numbers, told):
    with pytest.raises(BadRequest, match=told):
        rig.rooted.nouns["array"].create(title="x", level=level, members=members(*numbers))
    assert rig.rooted.asked == []


def test_one_wrong_serial_or_a_disk_in_use_spares_all_of_them(rig):
    arrays = rig.rooted.nouns["array"]
    wrong = (NewMember("sda", "S0"), NewMember("sdb", "S0"))
    with pytest.raises(Refused, match="not the serial number of sdb"):
        arrays.create(title="x", level=Level.RAID1, members=wrong)
    rig.blocks.mount("sdb", "/media/nightjar/disk1")
    with pytest.raises(Refused, match="in use"):
        arrays.create(title="x", level=Level.RAID1, members=members(0, 1))
    assert rig.rooted.asked == []


def test_an_array_is_taken_apart_by_its_typed_back_id_and_not_while_it_is_in_use(rig):
    rig.md = rig.blocks.array("md127", "raid1", ["sda", "sdb"], title="footage", uuid=UUID)
    arrays = rig.rooted.nouns["array"]
    for typed in ("", "5c3ccb0", "deadbeef"):
        with pytest.raises(Refused, match="not the id"):
            arrays.delete(array="md127", uuid=typed)
    rig.blocks.mount("md127", "/media/nightjar/disk1")
    with pytest.raises(Refused, match="in use at /media/nightjar/disk1"):
        arrays.delete(array="md127", uuid="5c3ccb0f")
    rig.blocks.unmount()
    arrays.delete(array="md127", uuid="5C3CCB0F-6B1C")
    dev = rig.blocks.root / "dev"
    assert rig.rooted.asked == [
        f"mdadm --stop {dev}/md127",
        f"mdadm --zero-superblock {dev}/sda",
        f"mdadm --zero-superblock {dev}/sdb",
    ]


def test_an_array_grows_by_a_disk_and_only_while_it_is_whole(rig):
    rig.md = rig.blocks.array("md127", "raid5", ["sda", "sdb", "sdc"])
    arrays = rig.rooted.nouns["array"]
    arrays.grow(array="md127", disk="sdd", serial="S3")
    assert [one.split(" ", 2)[2] for one in rig.rooted.asked] == [
        f"{rig.blocks.root}/dev/md127 --add {rig.blocks.root}/dev/sdd",
        f"{rig.blocks.root}/dev/md127 --raid-devices=4",
    ]
    rig._write(degraded=1)
    with pytest.raises(Refused, match="not whole"):
        arrays.grow(array="md127", disk="sdd", serial="S3")


@pytest.mark.parametrize("shared", [False, True])
def test_a_spare_waits_for_one_array_or_for_all_that_share(rig, shared):
    rig.md = rig.blocks.array("md127", "raid1", ["sda", "sdb"], title="footage")
    rig.rooted.nouns["array"].spare(array="md127", disk="sdc", serial="S2", shared=shared)
    assert rig.rooted.asked[-1] == f"mdadm --manage {rig.blocks.root}/dev/md127 --add {rig.blocks.root}/dev/sdc"
    assert (UUID in sharing(rig.rooted.machine)) is shared
    rig.rooted.nouns["array"].delete(array="md127", uuid=UUID)
    assert not sharing(rig.rooted.machine)


@pytest.fixture
def two_arrays(rig):
    """One lacks a disk, the other one has a spare; both share."""
    arrays = rig.rooted.nouns["array"]
    for name, uuid, disks in (("md126", OTHER, ["sdc", "sdd"]), ("md127", UUID, ["sda", "sdb"])):
        rig.md = rig.blocks.array(name, "raid1", disks, uuid=uuid)
        arrays._share(array_named(rig.rooted.machine, name), shared=True)
    rig._write(degraded=1)
    rig.blocks.disk("sdx", serial="SX", port="ata9")
    rig.blocks.member("md126", "sdx", "spare", None)
    return rig


@pytest.mark.covers("D-STO-04")
def test_an_array_that_lacks_a_disk_is_lent_anothers_spare_without_anybody_asking(two_arrays):
    rig, dev = two_arrays, two_arrays.blocks.root / "dev"
    rig.device.open()
    rig.device.poll()
    moved = [f"mdadm --manage {dev}/md126 --remove {dev}/sdx", f"mdadm --manage {dev}/md127 --add {dev}/sdx"]
    assert rig.rooted.asked == moved
    rig.device.poll()
    assert rig.rooted.asked == moved, "not again and again"


@pytest.mark.covers("D-STO-04")
def test_a_spare_that_is_not_taken_goes_back_to_its_array(two_arrays):
    rig, dev = two_arrays, two_arrays.blocks.root / "dev"
    rig.rooted.said = lambda argv: Done("md127" in " ".join(argv), b"", "mdadm: not large enough to join array")
    rig.device.open()
    rig.device.poll()
    assert rig.rooted.asked[-1] == f"mdadm --manage {dev}/md126 --add {dev}/sdx"
    assert rig.device.state.online


@pytest.mark.parametrize("why", ["whole", "alone", "lender lacks one", "has its own"])
def test_no_spare_is_taken_from_who_does_not_share_or_needs_it(two_arrays, why):
    rig = two_arrays
    match why:
        case "whole":
            rig._write(degraded=0)
        case "alone":
            (rig.rooted.machine.etc / SHARING).write_text(f"{OTHER}\n../../etc\n")
        case "lender lacks one":
            (rig.blocks.root / "sys/block/md126/md/degraded").write_text("1\n")
        case _:
            rig.blocks.disk("sdy", serial="SY", port="ata8")
            rig.blocks.member("md127", "sdy", "spare", None)
    rig.device.open()
    rig.device.poll()
    with pytest.raises(Refused):
        rig.rooted.nouns["array"].lend(array="md127")
    assert rig.rooted.asked == []


def test_what_holds_data_is_not_taken_out_of_an_array(rig):
    rig.md = rig.blocks.array("md127", "raid1", ["sda", "sdb"])
    arrays = rig.rooted.nouns["array"]
    with pytest.raises(Refused, match="holds data"):
        arrays.remove(array="md127", disk="sda", serial="S0")
    rig.blocks.member("md127", "sda", "faulty", None)
    arrays.remove(array="md127", disk="sda", serial="S0")
    assert "--remove" in rig.rooted.asked[0]


def test_a_disk_is_copied_to_another_one_before_it_is_given_up(rig):
    rig.md = rig.blocks.array("md127", "raid5", ["sda", "sdb", "sdc"], title="footage")
    arrays, dev = rig.rooted.nouns["array"], rig.blocks.root / "dev"
    with pytest.raises(Refused, match="not the serial number of sdd"):
        arrays.replace(array="md127", old="sda", disk="sdd", serial="S0")
    with pytest.raises(BadRequest, match="no disk 'sdd'"):
        arrays.replace(array="md127", old="sdd", disk="sdd", serial="S3")
    with pytest.raises(Refused, match="belongs to md127"):
        arrays.replace(array="md127", old="sda", disk="sdb", serial="S1")
    assert rig.rooted.asked == []
    arrays.replace(array="md127", old="sda", disk="sdd", serial="S3")
    assert rig.rooted.asked == [
        f"wipefs --all --quiet {dev}/sdd",
        f"mdadm --manage {dev}/md127 --add {dev}/sdd",
        f"mdadm --manage {dev}/md127 --replace {dev}/sda --with {dev}/sdd",
    ]
    rig._write(degraded=1)
    with pytest.raises(Refused, match="not whole"):
        arrays.replace(array="md127", old="sda", disk="sdd", serial="S3")


def test_a_failed_disk_that_takes_no_writes_is_out_all_the_same_and_a_spare_that_keeps_its_mark_is_told(rig):
    rig.md = rig.blocks.array("md127", "raid1", ["sda", "sdb"])
    rig.blocks.member("md127", "sda", "faulty", None)
    rig.blocks.member("md127", "sdc", "spare", None)
    rig.rooted.said = lambda argv: Done(int("--zero-superblock" in argv), b"", "Input/output error")
    arrays = rig.rooted.nouns["array"]
    arrays.remove(array="md127", disk="sda", serial="S0")
    with pytest.raises(ProgramFailed, match="sdc is out of md127, and cannot be written: Input/output error"):
        arrays.remove(array="md127", disk="sdc", serial="S2")


def test_pulled_disks_are_told_and_forgotten_and_not_taken_for_a_new_one_of_the_same_name(rig):
    rig.md = rig.blocks.array("md127", "raid5", ["sda", "sdb", "sdc"])
    arrays = rig.rooted.nouns["array"]
    with pytest.raises(Refused, match="All disks of md127 are there"):
        arrays.forget(array="md127")
    rig.blocks.member("md127", "sda", "faulty", None)
    (rig.md / "dev-sda" / "block").unlink()
    (rig.md / "dev-sda" / "block").symlink_to(rig.blocks.root / "sys/devices/gone/block/sda")
    rig.device.open()
    (found,) = rig.device.state.sets
    assert [(one.disk, one.role, one.gone, one.serial) for one in found.members if one.gone] == [
        ("sda", Role.FAILED, True, "")
    ]
    with pytest.raises(BadRequest, match="has no disk 'sda'"):
        arrays.remove(array="md127", disk="sda", serial="S0")
    arrays.forget(array="md127")
    assert rig.rooted.asked == [
        f"mdadm --manage {rig.blocks.root}/dev/md127 --fail detached --remove detached",
    ]


def test_whether_spares_are_shared_is_told(rig):
    rig.md = rig.blocks.array("md127", "raid1", ["sda", "sdb"], title="footage")
    rig.device.open()
    assert not rig.device.state.sets[0].shares
    rig.rooted.nouns["array"].spare(array="md127", disk="sdc", serial="S2", shared=True)
    rig.device.poll()
    assert rig.device.state.sets[0].shares


def test_an_array_holds_a_file_system_as_a_disk_does_and_its_disks_are_in_use_with_it(rig):
    rig.md = rig.blocks.array("md127", "raid5", ["sda", "sdb", "sdc"], title="footage")
    guard = Guard(rig.rooted.machine)
    assert [one.name for one in guard.all()] == ["sda", "sdb", "sdc", "sdd"], "an array is none of the disks"
    with pytest.raises(BadRequest):
        guard.expendable("md127", UUID)
    assert guard.expendable("md127", UUID, arrays=True).serial == UUID
    with pytest.raises(Refused, match="not the serial number"):
        guard.expendable("md127", "S1", arrays=True)
    part = rig.blocks.partition("md127", 1)
    rig.device.open()
    assert not rig.device.state.sets[0].prepared
    rig.blocks.name_partition(part, "nightjar")
    rig.device.poll()
    (found,) = rig.device.state.sets
    assert (found.prepared, found.mounts, found.untouched) == (True, (), False)
    rig.blocks.mount(part, "/media/nightjar/footage", "ro", "rw,norecovery")
    rig.device.poll()
    (found,) = rig.device.state.sets
    assert (found.mounts, found.untouched, found.system) == (("/media/nightjar/footage",), True, False)
    assert guard.mounted_at("/media/nightjar/footage").name == "md127"
    assert guard.find("sda").mounts == found.mounts
    with pytest.raises(Refused, match="in use at /media/nightjar/footage"):
        guard.expendable("md127", UUID, arrays=True)
    with pytest.raises(Refused, match="in use at /media/nightjar/footage"):
        rig.rooted.nouns["array"].delete(array="md127", uuid=UUID)
    rig.blocks.unmount()
    rig.blocks.mount(part, "/var")
    rig.device.poll()
    assert rig.device.state.sets[0].system

"""Mounting what was made ready for recording, letting go of it, forgetting what was pulled; programs are scripted."""

import os

import pytest

from hal.admin import mount
from hal.admin.guard import Guard
from hal.admin.job import JOB, Cancelled, Done, Job, job
from hal.admin.mount import Mounts
from hal.errors import BadRequest, Refused
from tests.hal.blocks import Blocks


class Bench:
    """A recorder with one disk that was made ready, labelled `disk2`."""

    def __init__(self, tmp_path, monkeypatch):
        self.blocks = Blocks(tmp_path)
        self.blocks.disk("sda", serial="WD-WCC4E1", parts=1)
        self.blocks.name_partition("sda1", "nightjar")
        self.label, self.kind = "disk2", "xfs"
        self.asked = []
        self.taken = set()
        self.places = tmp_path / "places"
        monkeypatch.setattr(os.path, "ismount", lambda path: str(path) in self.taken)
        self.guard = Guard(self.blocks.machine)
        self.mounts = Mounts(self.guard, self.places, None, self._run)

    def make_ready(self):
        self.guard.made_ready(self.guard.find("sda"))

    def _run(self, argv, _given=b"", _patience_s=60.0):
        self.asked.append(" ".join(argv))
        match argv[0]:
            case "blkid":
                return Done(0, f"{self.label if 'LABEL' in argv else self.kind}\n".encode(), "")
            case "mount":
                self.taken.add(argv[-1])
                options = argv[argv.index("-o") + 1].split(",")
                kept = [one for one in ("norecovery", "noload") if one in options]
                self.blocks.mount("sda1", argv[-1], "ro" if "ro" in options else "rw", ",".join(["rw", *kept]))
            case "umount":
                self.taken.discard(argv[-1])
                self.blocks.unmount()
        return Done(0, b"", "")


@pytest.fixture
def bench(tmp_path, monkeypatch):
    return Bench(tmp_path, monkeypatch)


def test_what_was_made_ready_is_mounted_by_its_label_and_told_again_where_it_is(bench):
    place = bench.mounts.recording(disk="sda")
    assert place == str(bench.places / "disk2")
    node = f"{bench.blocks.root}/dev/sda1"
    assert bench.asked[-1] == f"mount -t xfs -o noatime,nodev,nosuid,noexec,ro,norecovery,nouuid {node} {place}"
    assert bench.mounts.recording(disk="sda") == place
    assert sum(one.startswith("mount ") for one in bench.asked) == 1


ID = "0f" * 16


def known(bench, text=f'{{"id": "{ID}", "name": "disk2"}}'):
    place = bench.mounts.recording(disk="sda")
    (bench.places / "disk2" / "disk.json").write_text(text)
    return place


@pytest.mark.parametrize(("kind", "untouched"), [("xfs", "ro,norecovery,nouuid"), ("ext4", "ro,noload")])
def test_nothing_is_written_to_a_disk_before_it_is_known_as_ours(bench, kind, untouched):  # S4
    bench.kind = kind
    place = known(bench)
    node = f"{bench.blocks.root}/dev/sda1"
    # No error of a disk that somebody pushed in ends the kernel, whatever its file system asks for.
    options = "noatime,nodev,nosuid,noexec" + (",errors=continue" if kind == "ext4" else "")
    assert bench.asked[-1] == f"mount -t {kind} -o {options},{untouched} {node} {place}"
    bench.mounts.writable(place="disk2", disk_id=ID)
    assert f"umount --lazy {place}" in bench.asked
    assert bench.asked[-1] == f"mount -t {kind} -o {options} {node} {place}"
    count = len(bench.asked)
    bench.mounts.writable(place="disk2", disk_id=ID)
    assert len(bench.asked) == count


@pytest.mark.parametrize("text", [f'{{"id": "{"1e" * 16}"}}', "", "{", '{"id": 7}', "[" * 9000, "\xff"])
def test_a_disk_that_is_another_than_was_looked_at_is_not_written(bench, text):
    place = known(bench, text)
    with pytest.raises(Refused, match="another disk"):
        bench.mounts.writable(place="disk2", disk_id=ID)
    assert place in bench.taken
    assert not [one for one in bench.asked if one.startswith("umount")]


def test_a_link_on_a_disk_leads_root_nowhere(bench, tmp_path):
    known(bench)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(f'{{"id": "{ID}"}}')
    file = bench.places / "disk2" / "disk.json"
    file.unlink()
    file.symlink_to(elsewhere)
    with pytest.raises(Refused, match="another disk"):
        bench.mounts.writable(place="disk2", disk_id=ID)
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(Refused, match="another disk"):
        bench.mounts.writable(place="disk2", disk_id=ID)


@pytest.mark.parametrize("trick", ["link", "file", "open to others", "open folder"])
def test_nothing_is_mounted_where_others_could_lead_it(bench, tmp_path, trick):
    bench.places.mkdir(mode=0o755)
    place = bench.places / "disk2"
    match trick:
        case "link":
            (tmp_path / "etc").mkdir(exist_ok=True)
            place.symlink_to(tmp_path / "etc")
        case "file":
            place.touch()
        case "open to others":
            place.mkdir()
            place.chmod(0o777)
        case _:
            bench.places.chmod(0o775)
    with pytest.raises(Refused, match="nothing is mounted there"):
        bench.mounts.recording(disk="sda")
    assert not [one for one in bench.asked if one.startswith("mount ")]


def test_a_disk_whose_files_stay_open_or_that_is_another_by_then_is_not_written(bench, monkeypatch):
    known(bench)
    monkeypatch.setattr(mount, "LETS_GO_S", 0.0)
    monkeypatch.setattr(bench.mounts._guard, "is_free", lambda _disk: False)
    with pytest.raises(Refused, match="Files of sda are still open"):
        bench.mounts.writable(place="disk2", disk_id=ID)
    mounted = sum(one.startswith("mount ") for one in bench.asked)
    assert bench.mounts.recording(disk="sda").endswith("disk2")

    def swapped(_disk):
        bench.blocks.remove("sda")
        bench.blocks.disk("sda", serial="OTHER", parts=1, port="ata6")
        return True

    monkeypatch.setattr(bench.mounts._guard, "is_free", swapped)
    with pytest.raises((Refused, BadRequest)):
        bench.mounts.writable(place="disk2", disk_id=ID)
    assert sum(one.startswith("mount ") for one in bench.asked) == mounted + 1


def test_a_disk_that_was_just_made_ready_is_frozen_for_a_moment_and_never_for_good(bench, monkeypatch):
    place = known(bench)
    bench.mounts.settle(place="disk2")
    assert bench.asked[-2:] == [f"fsfreeze --freeze {place}", f"fsfreeze --unfreeze {place}"]
    ran = bench.mounts._run

    def given_up(argv, *more):
        done = ran(argv, *more)
        if argv[1] == "--freeze":
            JOB.get().cancelled.set()
            JOB.get().go_on()
        job().go_on()
        return done

    monkeypatch.setattr(bench.mounts, "_run", given_up)
    token = JOB.set(Job())
    with pytest.raises(Cancelled):
        bench.mounts.settle(place="disk2")
    JOB.reset(token)
    assert bench.asked[-1] == f"fsfreeze --unfreeze {place}"
    with pytest.raises(Refused, match="Nothing is mounted"):
        bench.mounts.settle(place="disk3")


def test_only_what_was_made_ready_just_now_is_mounted_to_be_written_unseen_and_only_once(bench):  # S4
    with pytest.raises(Refused, match="whose it is must be looked at first"):
        bench.mounts.fresh(disk="sda", place="disk2")
    bench.make_ready()
    place = bench.mounts.fresh(disk="sda", place="disk2")
    node = f"{bench.blocks.root}/dev/sda1"
    assert bench.asked[-1] == f"mount -t xfs -o noatime,nodev,nosuid,noexec {node} {place}"
    bench.mounts.unmount(place="disk2")
    with pytest.raises(Refused, match="looked at first"):
        bench.mounts.fresh(disk="sda", place="disk2")


def test_a_disk_that_was_out_of_its_bay_is_looked_at_first_though_it_was_made_ready_here(bench):  # S4
    stay = bench.guard.find("sda").sys_path / "diskseq"
    stay.write_text("7\n")
    bench.make_ready()
    stay.write_text("8\n")
    with pytest.raises(Refused, match="looked at first"):
        bench.mounts.fresh(disk="sda", place="disk2")


def test_a_file_system_that_no_recording_disk_has_is_never_mounted(bench):
    bench.make_ready()
    bench.kind = "vfat"
    with pytest.raises(Refused, match="no file system that is used here"):
        bench.mounts.fresh(disk="sda", place="disk2")
    assert not any(one.startswith("mount ") for one in bench.asked)


@pytest.mark.parametrize("label", ["../../etc", "", "a b", "-o", "x" * 60, "disk2\nrw"])
def test_a_label_that_is_no_name_never_becomes_a_path(bench, label):
    bench.label = label
    assert bench.mounts.recording(disk="sda") == str(bench.places / "disk-C4E1")


def test_a_second_disk_of_the_same_label_gets_a_place_of_its_own(bench):
    bench.taken.add(str(bench.places / "disk2"))
    assert bench.mounts.recording(disk="sda") == str(bench.places / "disk2-C4E1")


def test_what_nobody_made_ready_is_never_mounted(bench):
    bench.blocks.name_partition("sda1", "data")
    with pytest.raises(Refused, match="sda was not made ready for recording"):
        bench.mounts.recording(disk="sda")
    bench.blocks.name_partition("sda1", "nightjar")
    bench.kind = "ntfs"
    with pytest.raises(Refused, match="no file system that is used here"):
        bench.mounts.recording(disk="sda")
    bench.blocks.mount("sda1", "/var")
    with pytest.raises(Refused, match="the recorder's own system"):
        bench.mounts.recording(disk="sda")
    with pytest.raises(BadRequest):
        bench.mounts.recording(disk="../sda")
    assert not [one for one in bench.asked if one.startswith("mount ")]


def test_a_disk_whose_files_stay_open_is_not_said_to_be_free(bench, monkeypatch):
    bench.mounts.recording(disk="sda")
    monkeypatch.setattr(mount, "LETS_GO_S", 0.0)
    monkeypatch.setattr(bench.mounts._guard, "is_free", lambda _disk: False)
    with pytest.raises(Refused, match="Files of sda are still open"):
        bench.mounts.unmount(place="disk2")


def test_who_has_files_open_is_waited_for(bench, monkeypatch):
    bench.mounts.recording(disk="sda")
    answers = iter([False, False, True])
    monkeypatch.setattr(bench.mounts._guard, "is_free", lambda _disk: next(answers))
    monkeypatch.setattr(mount, "LOOK_S", 0.0)
    bench.mounts.unmount(place="disk2")
    assert not (bench.places / "disk2").exists()
    assert next(answers, None) is None


def test_the_mount_of_a_disk_that_was_pulled_is_taken_away_and_no_other(bench):
    numbers = bench.blocks.root / "sys/dev/block"
    numbers.mkdir(parents=True)
    place = bench.mounts.recording(disk="sda")
    (numbers / "8:17").touch()
    assert bench.mounts.forget() == []
    (numbers / "8:17").unlink()
    bench.blocks.mounts.append("36 35 8:99 / /elsewhere rw - xfs /dev/sdz1 rw")
    bench.blocks.mounts.append(f"37 35 0:55 / {bench.places}/memory rw - tmpfs tmpfs rw")
    bench.blocks._write_mounts()
    assert bench.mounts.forget() == ["disk2"]
    assert bench.asked[-1] == f"umount --lazy {place}"

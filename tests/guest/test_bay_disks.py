"""Disks in bays on a real kernel: found by their connector, made ready by hal-admin, mounted, let go of, pulled."""

import hashlib

import pytest

from tests.guest.appliance import DATA

MB = 1 << 20
SIZE = 320 * MB
"""XFS refuses less than 300 MB."""


@pytest.fixture
def bay(appliance, drives):
    """A drive in bay 1 and both daemons; gives the drive and what udev calls its connector."""
    drive = drives("bay1", SIZE)
    path = appliance.path_of(drive)
    common = {"name": "1", "path": path}
    appliance.board(
        {"kind": "bay", "driver": "connector", **common}, {"kind": "disk", "driver": "smart", "bus": "drives", **common}
    )
    appliance.admin()
    appliance.hal()
    appliance.await_bay("1", occupied=True)
    return drive


def named(drive, **more):
    return {"disk": drive.device.removeprefix("/dev/"), **more}


def typed(drive):
    return f"NJ-{drive.name}"


@pytest.mark.covers("D-HW-14", "D-STO-02")
def test_a_disk_is_known_by_its_connector_and_nothing_is_written_to_it_when_it_is_pushed_in(guest, appliance, bay):
    state = appliance.device("bay", "1")
    assert (state["serial"], state["capacity_bytes"], state["prepared"]) == (typed(bay), SIZE, False)
    guest.run(f"mkfs.ext4 -q -L foreign {bay.device} && sync")
    bay.pull()
    appliance.await_bay("1", occupied=False)
    before = bay.path.read_bytes()
    follows = appliance.control()
    bay.plug()
    appliance.await_bay("1", occupied=True)
    disk = appliance.poll(lambda: appliance.device("disk", "1"), lambda one: one["online"])
    # A virtual SCSI drive tells who it is, and nothing of how it is.
    assert (disk["serial"], disk["verdict"]) == (typed(bay), "unknown")
    assert appliance.device("bay", "1")["mounts"] == []
    assert follows.status is None
    bay.pull()
    assert bay.path.read_bytes() == before


@pytest.mark.covers("D-STO-02.2")
def test_a_disk_is_made_ready_with_its_serial_typed_back_and_refused_while_anything_uses_it(guest, appliance, bay):
    ask = lambda **more: appliance.ask("nightjar-control", "disk", "initialise", label="disk1", **more)  # noqa: E731
    assert "not the serial number" in ask(**named(bay, serial="NJ-other"))["error"]
    guest.run(f"mkswap {bay.device} && swapon {bay.device}")
    assert "holds the recorder's own system" in ask(**named(bay, serial=typed(bay)))["error"]
    guest.run(f"swapoff {bay.device} && mkfs.ext4 -q -F {bay.device} && mount {bay.device} /srv")
    assert "holds the recorder's own system" in ask(**named(bay, serial=typed(bay)))["error"]
    guest.run(f"umount /srv && mkdir -p /mnt/elsewhere && mount {bay.device} /mnt/elsewhere")
    assert "in use at /mnt/elsewhere" in ask(**named(bay, serial=typed(bay)))["error"]
    guest.run("umount /mnt/elsewhere")
    holds = guest.shell.start(
        f"exec python3 -c 'import os,time; os.open(\"{bay.device}\", os.O_EXCL); print(1, flush=True); time.sleep(600)'"
    )
    holds.wait_for("1")
    assert "is in use" in ask(**named(bay, serial=typed(bay)))["error"]
    holds.signal(9)
    holds.wait()
    for system in ("vda", "vdb"):
        assert "error" in appliance.ask("nightjar-control", "disk", "initialise", disk=system, serial="", label="x")

    made = appliance.ask("nightjar-control", "disk", "initialise", label="disk1", **named(bay, serial=typed(bay)))
    partition = made["result"]
    assert partition == f"{named(bay)['disk']}1"
    seen = guest.run(f"blkid -p -o export /dev/{partition}; sfdisk -l {bay.device}")
    for word in ("TYPE=xfs", "LABEL=disk1", "PART_ENTRY_NAME=nightjar", "Disklabel type: gpt"):
        assert word in seen
    assert "ext4" not in guest.run(f"blkid -p {bay.device}")
    told = [(one["what"], one["verb"]) for one in appliance.audit()]
    assert told[-2:] == [("asked", "disk.initialise"), ("done", "disk.initialise")]
    assert "failed" in {what for what, _verb in told}


def test_making_a_disk_ready_tells_how_far_it_is_and_can_be_given_up(guest, appliance, bay):
    bay.throttle(bytes_per_s=MB // 2)
    asked = appliance.start_client(
        "nightjar-control", "admin", "disk", "initialise", label="x", **named(bay, serial=typed(bay))
    )
    asked.wait_for("PROGRESS 20")
    assert "PROGRESS 0" in asked.output
    asked.signal(9)  # its client is gone
    bay.throttle()
    last = appliance.poll(appliance.audit, lambda lines: lines[-1]["what"] == "failed")[-1]
    assert last["words"] == "It was given up"
    assert guest.run("pgrep mkfs.xfs", check=False) == ""
    assert not appliance.device("bay", "1")["prepared"]
    again = appliance.ask("nightjar-control", "disk", "initialise", label="x", **named(bay, serial=typed(bay)))
    assert "result" in again, again


@pytest.mark.covers("D-STO-02", "D-HW-14")
def test_a_disk_that_was_made_ready_is_mounted_let_go_of_and_used_again_and_its_leavings_are_cleared(
    guest, appliance, bay
):
    made = appliance.ask(
        "nightjar-control", "disk", "initialise", label="disk1", filesystem="ext4", **named(bay, serial=typed(bay))
    )
    assert "result" in made, made
    appliance.poll(lambda: appliance.device("bay", "1"), lambda one: one["prepared"] and not one["mounts"])
    appliance.busy("1")
    appliance.control()
    place = f"{DATA}/disks/disk1"
    about = named(bay, place="disk1")
    assert appliance.ask("nightjar-control", "mount", "fresh", **about) == {"result": place}
    kernel = guest.run(f"findmnt -no OPTIONS,FSTYPE {place}")
    assert all(word in kernel for word in ("rw,", "noatime", "nosuid", "nodev", "noexec", "ext4"))
    assert guest.run("stat", "-c", "%U", place).strip() == "nightjar-media"
    media = appliance.as_user(
        "nightjar-media", "tests.guest.inside.film", place, "--size-mb", "28", "--block-kb", "1024"
    )
    media.wait_for("done")
    assert appliance.ask("nightjar-control", "mount", "settle", place="disk1") == {"result": None}
    appliance.know("disk1")
    appliance.busy("")

    # Pulled without a word: what is left of it goes, and it comes back where it was.
    bay.pull()
    appliance.await_bay("1", occupied=False)
    guest.shell.poll("cat /proc/self/mountinfo", until=lambda told: place not in told)
    bay.plug()
    appliance.poll(lambda: appliance.device("bay", "1"), lambda one: one["mounts"] == [place] and not one["untouched"])
    assert "disk.json" in guest.run(f"ls {place}")

    # A reader that has it open is waited for; then the kernel has it for nobody.
    reader = guest.shell.start(f"cd {place} && echo here && exec sleep 600")
    reader.wait_for("here")
    appliance.busy("1")
    leaving = appliance.start_client("nightjar-control", "admin", "mount", "unmount", place="disk1")
    guest.shell.poll("cat /proc/self/mountinfo", until=lambda told: place not in told)
    assert leaving.status is None
    assert "in use" in appliance.call("nightjar-control", "bay", "1", "release").get("error", "in use")
    reader.signal(9)
    leaving.wait()
    assert '"result"' in leaving.output, leaving.output
    assert appliance.call("nightjar-control", "bay", "1", "release") == {"result": None}
    gone = guest.run("ls /sys/block").split()
    assert named(bay)["disk"] not in gone
    appliance.busy("")
    appliance.await_bay("1", occupied=False)

    # Still in its bay: found again by a scan, or pulled and pushed in.
    assert appliance.call("nightjar-control", "bay", "1", "scan") == {"result": None}
    appliance.poll(lambda: appliance.device("bay", "1")["mounts"], lambda mounts: mounts == [place])


@pytest.mark.parametrize("kind", ["ext4", "xfs"])
@pytest.mark.covers("D-STO-02")
def test_a_disk_whose_journal_waits_is_read_and_not_changed_until_it_is_known_as_ours(guest, appliance, bay, kind):
    appliance.ask(
        "nightjar-control", "disk", "initialise", label="disk1", filesystem=kind, **named(bay, serial=typed(bay))
    )
    place = f"{DATA}/disks/disk1"
    about = named(bay, place="disk1")
    assert appliance.ask("nightjar-control", "mount", "fresh", **about) == {"result": place}
    media = appliance.as_user(
        "nightjar-media", "tests.guest.inside.film", place, "--size-mb", "28", "--block-kb", "1024"
    )
    media.wait_for("done")
    # Pulled with something that only its journal knows.
    assert appliance.ask("nightjar-control", "mount", "settle", place="disk1") == {"result": None}
    guest.run(f"mkdir {place}/late && sync {place}")
    bay.pull()
    appliance.await_bay("1", occupied=False)
    appliance.ask("nightjar-control", "mount", "forget")
    before = hashlib.sha256(bay.path.read_bytes()).hexdigest()
    appliance.control()
    bay.plug()
    appliance.poll(lambda: appliance.device("bay", "1"), lambda one: one["mounts"] == [place] and one["untouched"])
    kernel = guest.run(f"findmnt -no OPTIONS {place}")
    assert "ro," in kernel
    assert "norecovery" in kernel
    assert "late" not in guest.run(f"ls {place}")
    guest.run(f"cat {place}/catalog > /dev/null; ! touch {place}/written 2> /dev/null")
    other = appliance.ask("nightjar-control", "mount", "writable", place="disk1", disk_id="ab" * 16)
    assert "another disk" in other["error"]
    assert hashlib.sha256(bay.path.read_bytes()).hexdigest() == before

    # Who plays from it closes it when it vanishes.
    reader = guest.shell.start(f"cd {place} && echo here && while test -e {place}/disk.json; do sleep 0.2; done")
    reader.wait_for("here")
    appliance.know("disk1")
    appliance.poll(lambda: appliance.device("bay", "1"), lambda one: one["mounts"] == [place] and not one["untouched"])
    assert "rw," in guest.run(f"findmnt -no OPTIONS {place}")
    assert "late" in guest.run(f"ls {place}")
    assert guest.run("stat", "-c", "%U", place).strip() == "nightjar-media"
    reader.wait()


@pytest.fixture
def sata(machine, guest):
    """The SATA drive; gives what udev calls its connector."""
    guest.run("modprobe -a ahci sd_mod")
    name = guest.shell.poll("grep -ls NJ-sata /sys/block/sd*/device/vpd_pg80", until=lambda told: "/sys/" in told)
    machine.settle()
    yield machine.path(f"/dev/{name.split('/')[3]}")
    guest.run("modprobe -r ahci", check=False)


@pytest.mark.covers("D-STO-09", "D-STO-07")
def test_a_drive_tells_how_it_is_tests_itself_and_rests(guest, appliance, sata):
    common = {"name": "S", "path": sata}
    appliance.board(
        {"kind": "bay", "driver": "connector", **common}, {"kind": "disk", "driver": "smart", "bus": "drives", **common}
    )
    appliance.admin()
    appliance.hal()
    state = appliance.poll(lambda: appliance.device("disk", "S"), lambda one: one["online"])
    assert (state["serial"], state["model"], state["technology"]) == ("NJ-sata", "QEMU HARDDISK", "hdd")
    assert (state["verdict"], state["faults"]) == ("good", [])
    assert state["power_on_h"] is not None
    assert state["reallocated_sectors"] == 0
    assert appliance.call("nightjar-control", "disk", "S", "test", extended=False) == {"result": None}
    tested = appliance.poll(lambda: appliance.device("disk", "S"), lambda one: one["self_test"] != "none")
    assert tested["self_test"] in {"running", "passed"}
    assert appliance.call("nightjar-control", "disk", "S", "spin_down") == {"result": None}
    assert appliance.device("disk", "S")["standby"]
    assert appliance.call("nightjar-control", "disk", "S", "check") == {"result": None}
    assert not appliance.device("disk", "S")["standby"]
    told = [(one["verb"], one["user"]) for one in appliance.audit()] if appliance.has_audit() else []
    assert told == []  # nothing of that loses anything

"""Disks in bays on a real kernel: found by their connector, made ready by hal-admin, mounted, let go of, pulled."""

import pytest

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

"""Loop devices as disks (`hal-admin --loops`, for machines that have none to spare), on a kernel as it should be."""

import json

import pytest

IMAGE = "/tmp/loop.image"
ASK = """
import json, sys
from hal.admin.disk import Disks
from hal.admin.guard import Guard
from hal.errors import HalError
from hal.machine import Machine
disk, serial = sys.argv[1:]
guard = Guard(Machine(), loops=True)
try:
    made = Disks(guard).initialise(disk=disk, serial=serial, label="disk1", filesystem="ext4")
    print(json.dumps({"result": made, "recording": guard.find(disk).recording}))
except HalError as error:
    print(json.dumps({"error": str(error)}))
"""


@pytest.fixture
def attach(guest):
    """Attach an image with something on it to a loop device; gives the device."""
    guest.run(f"modprobe loop && truncate -s 64M {IMAGE} && mkfs.ext4 -q -F {IMAGE}")
    made = []

    def loop(*options):
        made.append(guest.run("losetup", *options, "--find", "--show", IMAGE).strip())
        return made[-1]

    yield loop
    guest.run(f"for one in {' '.join(made)}; do losetup -d $one; done; rm {IMAGE}; modprobe -r loop", check=False)


def ask(guest, device):
    words = (device.removeprefix("/dev/"), IMAGE.rpartition("/")[2])
    return json.loads(guest.run("python3", "-c", ASK, *words).splitlines()[-1])


@pytest.mark.covers("D-STO-02.2")
def test_a_loop_device_whose_partitions_are_scanned_is_made_ready(guest, attach):
    device = attach("--partscan")
    partition = f"{device.removeprefix('/dev/')}p1"
    assert ask(guest, device) == {"result": partition, "recording": partition}
    seen = guest.run(f"blkid -p -o export /dev/{partition}")
    assert all(word in seen for word in ("TYPE=ext4", "LABEL=disk1", "PART_ENTRY_NAME=nightjar"))


def test_one_whose_partitions_nobody_would_see_is_refused_before_anything_is_lost(guest, attach):
    device = attach()
    before = guest.run("md5sum", IMAGE)
    assert "losetup --partscan" in ask(guest, device)["error"]
    assert guest.run("md5sum", IMAGE) == before

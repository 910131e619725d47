"""A whole media process in the guest: 64 cameras by network, a disk of 80 operations a second, and the power fails."""

import json
import re
import signal

import pytest

from tests.bench.stage.cameras import simulated
from tests.guest.bays import DATA
from tests.guest.guest import HOST

MB = 1 << 20
CAMERAS = 64
OPTIONS = (
    "--main",
    "320x180",
    "--main-fps",
    "5",
    "--main-kbps",
    "100",
    "--sub",
    "160x90",
    "--sub-fps",
    "1",
    "--loop",
    "10",
)
RECOVERY_S = 10.0


class Media:
    """One run of media in the guest."""

    def __init__(self, guest):
        self.process = guest.python("recorder.media", "--data", DATA)
        self.process.wait_for("ready")
        self._watch = guest.python("tests.guest.inside.media", "watch", DATA)

    def until(self, seen, timeout_s=300):
        """Wait until what it tells pleases; gives that."""

        def last():
            whole = self._watch.output[: self._watch.output.rfind("\n")]
            return json.loads(whole.rpartition("STATE ")[2]) if "STATE " in whole else None

        self._watch.until(lambda: (told := last()) and seen(told), timeout_s, "a state of media")
        return last()

    def until_all_record(self):
        """Wait until every camera is recorded to a disk that takes it."""
        return self.until(lambda one: one["recording"] == CAMERAS and one["disks"]["disk1"][0] in {"writable", "slow"})

    def for_seconds(self, seconds):
        """Let it record for so long by the guest's clock."""
        end_us = self.until(bool)["now_us"] + seconds * 1_000_000
        return self.until(lambda one: one["now_us"] >= end_us)

    def end(self, which):
        """End it with a signal."""
        self.process.signal(which)
        self.process.wait()
        self._watch.wait()


@pytest.mark.covers("D-REC-09")
def test_media_records_64_cameras_to_a_slow_disk_and_after_a_power_cut_goes_on_within_10_s(guest, drives, bays):
    with simulated(CAMERAS, *OPTIONS) as port:
        guest.connect()
        drive = drives("slow", 340 * MB)
        bays.format(drive, "disk1", disk_mb=256, block_kb=1024, file_system="xfs")
        drive.throttle(operations=80, bytes_per_s=200_000_000)
        guest.run(*f"python3 -m tests.guest.inside.media plan {DATA} rtsp://{HOST}:{port} {CAMERAS}".split())
        before = Media(guest)
        before.until_all_record()
        cut_us = before.for_seconds(10)["now_us"]
        # What the drive did not get is gone, with all that media knew.
        drive.pull()
        before.end(signal.SIGKILL)
        bays.unmount("disk1")
        bays.mount(drive.plug(), "disk1")
        drive.throttle(operations=80, bytes_per_s=200_000_000)
        after = Media(guest)
        told = after.process.wait_for("recovered in")
        recovery_s = float(re.search(r"recovered in ([\d.]+) s", told)[1])
        last = after.until_all_record()
        after.for_seconds(5)
        after.end(signal.SIGTERM)
        found = guest.run(*f"python3 -m tests.guest.inside.media account {DATA} {CAMERAS}".split())
    account = json.loads(found.split("ACCOUNT ")[1])
    print(f"recovered in {recovery_s:.2f} s; {last}; {account}")
    assert recovery_s < RECOVERY_S
    assert account["unexplained"] == []
    assert account["begin_us"] < cut_us < account["end_us"]
    assert account["longest_hole_s"] > 1

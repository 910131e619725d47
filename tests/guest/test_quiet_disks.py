"""S8 by the kernel's counters and the log of the drive: recording only writes, each page once, one behind the other.

Watched after the second lap: in that, blocks are still written to where the first one left them empty.
"""

import json
import re
from collections import defaultdict
from itertools import pairwise

import pytest

from tests.guest.write_log import FLUSH, WriteLog, laps

SECONDS = 10
SECTOR = 512
DRIVES = {"ext4": (24 << 20, 7), "xfs": (340 << 20, 7)}
"""Bytes of the drive (XFS takes no smaller one), MB of the recording disk."""
LAP_S = 18
"""More than 4 cameras take for a lap."""
FILES = "find . -type f -printf '%i %s %b %p\\n' | sort"


def commits(guest, device, file_system):
    """How often the file system has written its journal."""
    if file_system == "ext4":
        told = guest.run(f"cat /proc/fs/jbd2/{device.removeprefix('/dev/')}-8/info")
        return int(re.search(r"(\d+) transactions", told)[1])
    # "log": writes, blocks, no buffers, forces, sleeps in forces (Documentation/admin-guide/xfs.rst has the names).
    return int(re.search(r"^log (\d+)", guest.run("cat /proc/fs/xfs/stat"), re.MULTILINE)[1])


@pytest.mark.parametrize("file_system", DRIVES)
def test_after_the_first_lap_recording_only_writes_each_page_once_in_order(
    guest, drives, bays, tmp_path, file_system
):  # S8
    size, disk_mb = DRIVES[file_system]
    drive = drives("quiet", size)
    bays.format(drive, "bay", disk_mb=disk_mb, file_system=file_system)
    recording = bays.record("--sample", "16000")
    recording.disk_is("bay", "writable")
    recording.until(lambda seen: seen["oldest_s"] > LAP_S)
    recording.finish()
    told = guest.run("python3", "-m", "tests.guest.inside.places", bays.place("bay"), "--extents")
    extents = json.loads(told.partition("EXTENTS ")[2])
    bays.unmount("bay")
    drive.pull()
    drive.log = tmp_path / "writes"
    bays.mount(drive.plug(), "bay")
    recording = bays.record("--sample", "16000")
    recording.disk_is("bay", "writable")
    recording.for_seconds(3)
    # From here on.
    guest.run(f"dd if=/dev/zero of={drive.device} bs=512 seek={size // SECTOR - 1} count=1 oflag=direct 2>/dev/null")
    files, before = guest.run(f"cd {bays.place('bay')} && {FILES}"), commits(guest, drive.device, file_system)
    count = recording.state()["count"]
    recording.for_seconds(SECONDS)
    seconds = (recording.state()["count"] - count) / 5
    after = commits(guest, drive.device, file_system)
    assert guest.run(f"cd {bays.place('bay')} && {FILES}") == files
    guest.run(f"dd if=/dev/zero of={drive.device} bs=512 seek={size // SECTOR - 1} count=1 oflag=direct 2>/dev/null")
    recording.finish()
    bays.unmount("bay")
    drive.pull()

    log = WriteLog(drive.log)
    marks = [n for n, one in enumerate(log.entries) if one.size == SECTOR and one.at == size - SECTOR]
    of_file = defaultdict(list)
    beside = flushes = 0
    for one in log.entries[marks[0] + 1 : marks[-1]]:
        flushes += bool(one.flags & FLUSH)
        if not one.size:
            continue
        where = next((place for place in extents if place[2] <= one.at < place[2] + place[3]), None)
        if where is None:
            beside += one.size
        else:
            name, begin, at, _length = where
            of_file[name].append((flushes, one.at - at + begin, one.size))
    written = sum(size for of in of_file.values() for _flush, _at, size in of)
    sent = seconds * 4 * 112_000
    figures = (
        f"{written / sent:.2f} of what was sent, {beside} bytes beside it, {after - before} commits in {seconds} s"
    )
    print(f"{file_system}: {figures}")
    # At most one commit in 5 s, by the kernel's own clock; a sync with new extents would make one every second.
    assert after - before <= seconds / 5 + 2, figures
    assert beside <= (seconds / 5 + 2) * 128 * 1024, figures
    assert written < 1.4 * sent, figures
    for name, of in of_file.items():
        pages = [sorted((0, at, size) for _flush, at, size in of)]
        for lap in laps(of) if name.startswith("blocks/") else pages:
            assert all(at + size <= then for (_, at, size), (_, then, _) in pairwise(lap)), (name, lap)

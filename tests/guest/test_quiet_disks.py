"""S8 by the kernel's counters and the log of the drive: recording only writes, each page once, one behind the other.

Watched after the second lap: in that, blocks are still written to where the first one left them empty.
"""

import json
import re
from collections import defaultdict
from itertools import pairwise

import pytest

from buildroot_external.image.tool import run
from recorder.store import chunk_list
from tests.guest import cuts
from tests.guest.write_log import FLUSH, WriteLog

SECONDS = 10
SECTOR, SECOND_US = 512, 1_000_000
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


def laps(writes):
    """Part the writes to a block where its header is written: there it begins anew.

    Of what is written between two flushes the kernel sends the parts in any order: the header may come after the rest.
    Each is the number of the flushes before it, where it lies in the file, and whatever belongs to it.
    """
    found = [[]]
    for one in sorted(writes):
        if one[1] == 0:
            found.append([])
        found[-1].append(one)
    return found


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


def extents_of(image, block):
    """Where a block file lies in an image: offset in the file, offset in the image, bytes."""
    told = run("debugfs", "-R", f"dump_extents -l /one/blocks/{block:06d}.block", image)
    rows = re.findall(r"^ *\d+/ *\d+ +\d+/ *\d+ +(\d+) - +\d+ +(\d+) - +\d+ +(\d+)", told, re.MULTILINE)
    return [tuple(int(one) * 4096 for one in row) for row in rows]


def test_blocks_of_the_size_of_real_ones_are_written_in_few_large_writes_one_behind_the_other(shoot, tmp_path):  # S8
    film = shoot(cuts.LISTED)
    scene = film.scene
    cutter = cuts.Cutter(film, 0, tmp_path)
    begin, first = next(one for one in cutter.promises if one[1].now_us - one[1].started_us >= scene.laps_s * SECOND_US)
    end, last = cutter.promises[-1]
    seconds = (last.now_us - first.now_us) / SECOND_US
    log, block_bytes = cutter.log, scene.block_kb << 10
    lowest = chunk_list.place(block_bytes, chunk_list.most_pages(block_bytes) - 1)
    count = run("debugfs", "-R", "ls -p /one/blocks", film.base).count(".block")
    extents = [(*one, number) for number in range(count) for one in extents_of(film.base, number)]
    border = (scene.drive_mb << 20) - cuts.ROOM
    of_block, beside, flushes = defaultdict(list), [], 0
    for one in log.entries[begin + 1 : end]:
        flushes += bool(one.flags & FLUSH)
        if not one.size or one.at >= border:
            continue
        place = next((place for place in extents if place[1] <= one.at < place[1] + place[2]), None)
        if place is None:
            beside.append(one.size)
        else:
            file_at, at, _length, number = place
            listed = log.data(one).startswith(chunk_list.MAGIC)
            of_block[number].append((flushes, one.at - at + file_at, one.size, listed))
    cutter.close()
    written = [size for of in of_block.values() for _flush, _at, size, _listed in of]
    streams = scene.mains + scene.subs
    sent = seconds * streams * scene.sample * 7
    figures = (
        f"{seconds:.0f} s of {streams} streams: {len(written)} writes to blocks,"
        f" {sum(written) / len(written) / 1024:.0f} KB each, {sum(written) / sent:.3f} of what was sent;"
        f" {len(beside)} of {sum(beside) >> 10} KB beside;"
        f" {film.commits} commits in {film.real_s:.0f} s"
    )
    print(figures)
    assert film.commits <= film.real_s / 5 + 2, figures
    assert len(written) <= 2 * streams * seconds, figures
    assert sum(written) <= 1.05 * sent, figures
    assert sum(beside) <= 0.05 * sent, figures
    lists = 0
    for number, of in of_block.items():
        for lap in laps(of):
            rest = [one for one in lap if not one[-1]]
            assert all(at + size <= then for (_, at, size, _), (_, then, *_) in pairwise(rest)), (number, lap)
            pages = [(at, size) for _flush, at, size, listed in lap if listed]
            assert all(at >= lowest for at, _size in pages)
            assert len(pages) == len(set(pages)) <= block_bytes // chunk_list.LIST_BYTES
            lists += len(pages)
    assert lists

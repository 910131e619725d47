"""Open blocks that keep lists of their chunks, as on every real disk: what a power cut leaves, how they are written.

One film, the longest of all, serves every test here.
"""

import re
from collections import defaultdict
from itertools import pairwise

import pytest

from buildroot_external.image.tool import run
from recorder.client.clock import SECOND_US
from recorder.store import chunk_list
from tests.guest import cuts
from tests.guest.write_log import FLUSH, laps

REPLAYS = 10
SEED = 20_26


@pytest.mark.covers("D-PWR-03")
def test_a_power_cut_costs_nothing_that_was_promised_where_lists_are_kept(shoot, tmp_path):  # S1, S2, S3
    done = list(cuts.cut_many(shoot(cuts.LISTED), REPLAYS, SEED, tmp_path))
    assert len(done) == REPLAYS
    cuts.all_kept(done)
    assert any(one.verdict.listed for one in done)


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

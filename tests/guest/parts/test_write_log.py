"""The drive that forgets: what was flushed stays, what was not may go, in whole or in part."""

import random
import struct

import pytest

from tests.guest.write_log import FLUSH, FUA, MAGIC, SECTOR, Luck, NotALog, Platter, WriteLog

SIZE = 64 << 10


def log_of(path, *entries):
    """Write a log of (flags, offset, data)."""
    parts = [struct.pack("<QQQI", MAGIC, 1, len(entries), SECTOR).ljust(SECTOR, b"\0")]
    for flags, at, data in entries:
        head = struct.pack("<QQQQ", at // SECTOR, len(data) // SECTOR, flags, 0)
        parts += [head.ljust(SECTOR, b"\0"), data]
    path.write_bytes(b"".join(parts))
    return WriteLog(path)


@pytest.fixture
def after(tmp_path):
    """Cut the power behind so many entries; gives what is on the drive."""
    base = tmp_path / "base"
    base.write_bytes(bytes(SIZE))

    def cut(log, behind, luck, seed=1):
        platter = Platter(base, log, tmp_path / "durable")
        platter.cut(behind, luck, random.Random(seed), tmp_path / "out")
        return (tmp_path / "out").read_bytes()

    return cut


def page(letter):
    return letter * 4096


def test_a_flush_keeps_what_came_before_it_and_nothing_later(tmp_path, after):
    log = log_of(tmp_path / "log", (0, 0, page(b"a")), (FLUSH, 0, b""), (0, 4096, page(b"b")))
    assert after(log, 3, Luck.NONE)[:8192] == page(b"a") + bytes(4096)
    assert after(log, 1, Luck.NONE)[:4096] == bytes(4096)
    assert after(log, 3, Luck.ALL)[:8192] == page(b"a") + page(b"b")


def test_a_forced_write_keeps_itself_alone(tmp_path, after):
    log = log_of(tmp_path / "log", (0, 0, page(b"a")), (FUA, 4096, page(b"b")))
    assert after(log, 2, Luck.NONE)[:8192] == bytes(4096) + page(b"b")


def test_a_flush_with_data_speaks_of_what_came_before_it(tmp_path, after):
    log = log_of(tmp_path / "log", (0, 0, page(b"a")), (FLUSH, 4096, page(b"b")))
    assert after(log, 2, Luck.NONE)[:8192] == page(b"a") + bytes(4096)
    log = log_of(tmp_path / "log2", (0, 0, page(b"a")), (FLUSH | FUA, 4096, page(b"b")))
    assert after(log, 2, Luck.NONE)[:8192] == page(b"a") + page(b"b")


def test_a_torn_write_is_torn_between_sectors(tmp_path, after):
    found = after(log_of(tmp_path / "log", (0, 0, page(b"a"))), 1, Luck.TORN)[:4096]
    sectors = {found[at : at + SECTOR] for at in range(0, 4096, SECTOR)}
    assert sectors == {b"a" * SECTOR, bytes(SECTOR)}


def test_writes_survive_in_any_combination(tmp_path, after):
    log = log_of(tmp_path / "log", *((0, 4096 * n, page(b"%d" % n)) for n in range(3)))
    seen = {bytes(after(log, 3, Luck.SOME, seed)[n * 4096] for n in range(3)) for seed in range(80)}
    assert len(seen) == 8


def test_cuts_go_on_from_where_the_last_one_was(tmp_path):
    base = tmp_path / "base"
    base.write_bytes(bytes(SIZE))
    entries = [(0, 0, page(b"a")), (FLUSH, 0, b""), (0, 0, page(b"b")), (FLUSH, 0, b""), (0, 4096, page(b"c"))]
    platter = Platter(base, log_of(tmp_path / "log", *entries), tmp_path / "durable")
    found = []
    for behind in range(6):
        platter.cut(behind, Luck.NONE, random.Random(1), tmp_path / "out")
        found.append((tmp_path / "out").read_bytes()[0:1])
    assert found == [b"\0", b"\0", b"a", b"a", b"b", b"b"]


def test_what_is_no_log_is_told(tmp_path):
    (tmp_path / "log").write_bytes(bytes(4096))
    with pytest.raises(NotALog):
        WriteLog(tmp_path / "log")

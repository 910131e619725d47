"""The reserve of a disk keeps the newest whole backup, whatever was written in it and wherever the power was cut."""

import os

import pytest

from recorder.store import initialise_disk, reserve
from recorder.store.layout import PAGE
from recorder.store.reserve import OtherDisk, ReserveTooSmall, keep, newest

MIB = 1 << 20


class PowerCut(Exception):
    """Nothing after this is written."""


@pytest.fixture
def disk(tmp_path):
    place = tmp_path / "disk"
    return place, initialise_disk(place, size_bytes=64 * MIB, block_bytes=4 * MIB, name="A")


def kept(place):
    found = newest(place)
    return found and (found.sequence, found.wall_us, found.content)


def test_a_fresh_disk_holds_none_and_the_newest_counts(disk):
    place, name = disk
    assert kept(place) is None
    for number in range(1, 6):
        keep(place, name, b"backup %d" % number, number)
        assert kept(place) == (number, number, b"backup %d" % number)


def test_nothing_of_the_disk_grows_moves_or_changes_but_the_reserve(disk):
    place, name = disk
    before = {one: (one.stat().st_size, one.stat().st_ino) for one in place.rglob("*")}
    catalog = (place / "catalog").read_bytes()
    for number in range(3):
        keep(place, name, bytes([number]) * 10_000, number)
    assert {one: (one.stat().st_size, one.stat().st_ino) for one in place.rglob("*")} == before  # S8
    reserve_at = len(catalog) - 64 * 1024
    assert (place / "catalog").read_bytes()[:reserve_at] == catalog[:reserve_at]


def test_a_cut_anywhere_in_a_write_leaves_the_one_from_before_or_the_new_one(disk, monkeypatch):
    place, name = disk
    keep(place, name, b"first", 1)
    keep(place, name, b"second" * 1000, 2)
    whole = (place / "catalog").read_bytes()
    write = os.pwrite
    for size in (0, 1, 3, 8, 30, 47, 48, 49, 500, 5000, 6048):

        def cut(file, data, at, size=size):
            write(file, data[:size], at)
            raise PowerCut

        (place / "catalog").write_bytes(whole)
        monkeypatch.setattr(reserve.os, "pwrite", cut)
        with pytest.raises(PowerCut):
            keep(place, name, b"third." * 1000, 3)
        monkeypatch.setattr(reserve.os, "pwrite", write)
        assert kept(place) in {(2, 2, b"second" * 1000), (3, 3, b"third." * 1000)}
        keep(place, name, b"fourth", 4)
        assert kept(place)[2] == b"fourth"


def test_what_is_too_large_is_refused_and_the_one_from_before_stays(disk):
    place, name = disk
    keep(place, name, b"small", 1)
    with pytest.raises(ReserveTooSmall):
        keep(place, name, bytes(64 * 1024), 2)
    assert kept(place) == (1, 1, b"small")


def test_another_disk_in_its_place_is_not_written(disk):
    place, _name = disk
    with pytest.raises(OtherDisk):
        keep(place, "ab" * 16, b"for another", 1)
    assert kept(place) is None


def test_a_catalog_that_is_none_is_never_followed_nor_written(disk, tmp_path):
    place, name = disk
    catalog = place / "catalog"
    data = catalog.read_bytes()
    victim = tmp_path / "victim"
    victim.write_bytes(data)
    catalog.unlink()
    catalog.symlink_to(victim)
    with pytest.raises(OSError, match="links"):
        keep(place, name, b"x", 1)
    catalog.unlink()
    os.mkfifo(catalog)
    with pytest.raises((OSError, OtherDisk)):
        keep(place, name, b"x", 1)
    catalog.unlink()
    catalog.write_bytes(data[:PAGE])
    with pytest.raises(OtherDisk):
        keep(place, name, b"x", 1)
    assert victim.read_bytes() == data


def test_any_byte_of_a_slot_that_is_another_one_makes_it_none(disk):
    place, name = disk
    keep(place, name, b"content", 1)
    whole = (place / "catalog").read_bytes()
    at = whole.index(b"NJCB")
    for offset in range(48 + len(b"content")):
        data = bytearray(whole)
        data[at + offset] ^= 0xFF
        (place / "catalog").write_bytes(data)
        assert kept(place) is None, offset

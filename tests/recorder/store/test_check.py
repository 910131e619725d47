"""A check finds whatever is not as it was written; a rebuild brings back what blocks alone can tell."""

import random

import pytest

from recorder.cli import main
from recorder.client.recording import GapReason
from recorder.client.stream import StreamKey
from recorder.store.check import check
from recorder.store.inspection import Inspection
from recorder.store.layout import PAGE, BlockState
from recorder.store.rebuild import DiskInUse, rebuild_catalog, rebuild_index
from tests.recorder.store.rig import ALWAYS, MAIN, SUB, played, simple


@pytest.fixture
def filmed(rig_on):
    rig = rig_on(blocks=20)
    store = rig.store()
    rig.main, rig.sub = rig.camera(audio=True), rig.camera(SUB)
    rig.film(store, rig.main, rig.sub, seconds=30)
    store.gap(MAIN, 1, 2, GapReason.DISK)
    store.flush()
    rig.close(store)
    return rig


def test_a_whole_disk_is_called_whole_and_everything_is_counted(filmed):
    report = check(filmed.disk)
    sent = [*filmed.main.sent, *filmed.sub.sent]
    assert report.damage == report.notes == []
    assert (report.samples, report.bytes) == (len(sent), sum(len(one.data) for one in sent))


def meaningful(rig):
    """(file, offset, size) of everything on the disk that is read one day."""
    with Inspection(rig.disk) as disk:
        for number, row in disk.contents().blocks.items():
            name = f"blocks/{number:06d}.block"
            yield name, 0, 100
            if row.state == BlockState.SEALED:
                yield name, PAGE, row.used - PAGE
                yield name, disk.identity.block_bytes - PAGE, 100


@pytest.mark.covers("D-STO-07")
def test_no_changed_byte_of_footage_escapes_a_check(filmed):
    chance = random.Random(3)
    places = list(meaningful(filmed))
    padding = 0
    for _n in range(60):
        name, begin, size = chance.choice(places)
        path, at = filmed.disk / name, begin + chance.randrange(size)
        data = bytearray(path.read_bytes())
        was, data[at] = data[at], data[at] ^ 0x40
        path.write_bytes(data)
        report = check(filmed.disk)
        if not report.damage and not report.notes:
            assert was == 0, (name, at)  # the zeros that fill a chunk up to a page mean nothing
            padding += 1
        data[at] = was
        path.write_bytes(data)
    assert padding < 15


def test_a_check_while_recording_finds_nothing_wrong(rig):
    store = rig.store()
    camera = rig.camera()
    for _n in range(12):
        rig.film(store, camera, seconds=3)
        assert check(rig.disk).damage == []


@pytest.mark.parametrize("lost", ["catalog", "catalog and headers", "catalog and tails"])
def test_a_catalog_made_anew_from_blocks_brings_all_footage_back(filmed, lost):
    (filmed.disk / "catalog").write_bytes(bytes((filmed.disk / "catalog").stat().st_size))
    for one in (filmed.disk / "blocks").iterdir():
        with one.open("r+b") as file:
            if lost == "catalog and tails":
                file.seek(-PAGE, 2)
            if lost != "catalog":
                file.write(b"\xee" * PAGE)
    assert rebuild_catalog(filmed.disk) > 3
    assert rebuild_index(filmed.disks, filmed.index) == ["one"]
    reader = filmed.reader()
    assert played(reader) == simple(filmed.main.sent)
    assert played(reader, SUB) == simple(filmed.sub.sent)
    assert check(filmed.disk).damage == []
    # And it records again.
    store = filmed.store()
    again = filmed.camera(StreamKey(2))
    filmed.film(store, again, seconds=5)
    store.flush()
    assert played(reader, StreamKey(2)) == simple(again.sent)


def test_a_catalog_made_anew_keeps_what_can_still_be_read_of_the_old_one(filmed):
    rebuild_catalog(filmed.disk)
    filmed.store()
    assert [one.reason for one in filmed.reader().gaps(MAIN, 0, 100)] == [GapReason.DISK]


def test_damage_in_the_middle_of_a_block_does_not_hide_what_is_behind_it(filmed):
    with Inspection(filmed.disk) as disk:
        number = next(n for n, one in disk.contents().blocks.items() if one.chunks > 3)
    path = filmed.disk / "blocks" / f"{number:06d}.block"
    data = bytearray(path.read_bytes())
    data[PAGE : PAGE + 200] = bytes(200)
    data[-PAGE:] = bytes(PAGE)
    path.write_bytes(data)
    rebuild_catalog(filmed.disk)
    rebuild_index(filmed.disks, filmed.index)
    reader = filmed.reader()
    got = len(played(reader)) + len(played(reader, SUB))
    assert got > len(filmed.main.sent) + len(filmed.sub.sent) - 40


def test_a_catalog_in_use_is_not_made_anew(rig):
    rig.store()
    with pytest.raises(DiskInUse):
        rebuild_catalog(rig.disk)


def test_rebuilding_the_index_of_a_running_recorder_leaves_it_to_that(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=10)
    assert rebuild_index(rig.disks, rig.index) == []
    rig.film(store, camera, seconds=3)
    store.flush()
    assert played(rig.reader()) == simple(camera.sent)


def test_the_command_line_makes_lists_checks_and_mends_disks(tmp_path, capsys, filmed):
    data = str(tmp_path / "data")
    main(["store", "init", "disk1", "--size", "4M", "--block", "256K", "--data", data])
    assert "disk1 is a recording disk" in capsys.readouterr().out
    main(["store", "list", "--data", data])
    assert "disk1" in capsys.readouterr().out
    mine = str(filmed.place)
    main(["store", "list", "--json", "--data", mine])
    listed = capsys.readouterr().out
    assert '"stream": "sub"' in listed or '"streams": []' in listed
    main(["store", "rebuild", "--data", mine])
    main(["store", "check", "--data", mine])
    assert "are whole" in capsys.readouterr().out
    main(["store", "list", "--data", mine])
    assert "1/main" in capsys.readouterr().out
    block = filmed.disk / "blocks" / "000000.block"
    content = bytearray(block.read_bytes())
    content[PAGE + 400] ^= 1
    block.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        main(["store", "check", "--data", mine])
    assert "Faults found: 1." in str(ended.value)
    with pytest.raises(SystemExit) as ended:
        main(["store", "init", "disk1", "--data", data])
    assert "empty" in str(ended.value)
    main(["store", "rebuild", "--from-blocks", str(filmed.disk), "--data", mine])
    assert "footage was found in" in capsys.readouterr().out
    assert filmed.reader().spans(MAIN, 0, ALWAYS)

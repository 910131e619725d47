"""A disk that loses what was in its cache while the machine goes on, or confirms what it never wrote.

Each sync says yes, and what was written before the moment and not synced by then is gone: a dip of the supply that
resets the drive and not the processor, or a drive that lies.
"""

import pytest

from recorder.client.status import DiskState
from recorder.store.check import check
from recorder.store.files import SystemFiles
from recorder.store.frame import MOST_FRAME_BYTES
from recorder.store.ids import RowId
from recorder.store.rows import GapRow
from tests.recorder.store.faulty_disk import LoggingFiles, Platter, Write, bytes_of, catalog_pages
from tests.recorder.store.rig import ANOTHER_BOOT, Rig, played, simple, unflagged
from tests.recorder.store.test_power_cut import KEYS, forget, record

pytestmark = pytest.mark.long


def in_the_cache(log, at):
    """Give which of the first `at` operations no sync had made durable."""
    waiting = {}
    for number, one in enumerate(log[:at]):
        if isinstance(one, Write):
            waiting[number] = one
        else:
            waiting = {n: write for n, write in waiting.items() if write.name != one.name}
    return waiting


def recover(log, platter, gone):
    """Write the disk without the writes that are gone, and all others."""
    platter.log = [one for number, one in enumerate(log) if number not in gone]
    platter.cut(len(platter.log), None)


def missing(cameras, promised, at, found):
    """Give what was reported durable within the first `at` operations and does not play, whatever its flags."""
    until = {key: max((us for when, who, us in promised if who == key and when <= at), default=0) for key in KEYS}
    due = {key: unflagged(simple(one for one in cameras[key].sent if one.wall_us <= until[key])) for key in KEYS}
    return [one for key in KEYS for one in due[key] if one not in found[key]]


def begin(rig):
    """Start on what is left of the disk, until it can be recorded to; gives the store."""
    rig.files = SystemFiles()
    store = rig.store(boot=ANOTHER_BOOT)
    for _step in range(50):
        if store.status()[0].state is DiskState.WRITABLE:
            break
        rig.clock.advance(0.2)
        store.step()
    return store


def readable(rig):
    """Give everything that plays once a recorder has started that has lost its index."""
    forget(rig)
    store = begin(rig)
    reader = rig.reader()
    found = {key: set(played(reader, key)) for key in KEYS}
    rig.crash(store)
    rig.close(reader)
    return found


@pytest.mark.covers("D-PWR-03")
def test_what_a_drive_loses_from_its_cache_while_the_machine_goes_on_costs_itself_alone(tmp_path):  # S1
    rig, cameras, promised, platter = record(tmp_path, seconds=8)
    sent = {key: set(unflagged(simple(camera.sent))) for key, camera in cameras.items()}
    log = list(platter.log)
    holes = 0
    for at in range(len(log) + 1):
        gone = in_the_cache(log, at)
        recover(log, platter, gone)
        holes += any("catalog lacks a part" in one for one in check(rig.disk).damage)
        found = {key: set(unflagged(samples)) for key, samples in readable(rig).items()}
        # What was durable before is there, nothing is made up, and of the rest only what was in the cache is lost.
        assert missing(cameras, promised, at, found) == [], at
        assert all(found[key] <= sent[key] for key in KEYS), at
        chunks = b"".join(one.data for one in gone.values() if one.name.startswith("blocks/"))
        lost = missing(cameras, promised, len(log), found)
        assert [data for _track, _pts_us, _wall_us, data in lost if data not in chunks] == [], at
    assert holes >= 3


@pytest.mark.parametrize("remembered", [True, False], ids=["index-kept", "index-lost"])
def test_a_checkpoint_that_the_drive_lost_orphans_nothing_that_was_logged_behind_it(tmp_path, caplog, remembered):  # S1
    files = LoggingFiles()
    rig = Rig(tmp_path, files=files, blocks=12)
    before, written = bytes_of(rig.disk), catalog_pages(rig.disk)
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=6)
    store.flush()
    begun = len(files.log)
    store._writers[0].volume.catalog._checkpoint()
    gone = set(range(begun, len(files.log)))
    rig.film(store, camera, seconds=12)
    store.flush()
    rig.crash(store)
    known = (rig.place / "state" / "disks.json").read_bytes()
    recover(list(files.log), Platter(rig.disk, [], before, written), gone)
    (rig.place / "state" / "disks.json").write_bytes(known)
    if not remembered:
        rig.index.unlink()
    rig.clock.advance(1)
    store = begin(rig)
    rig.film(store, camera, seconds=3)
    store.flush()
    (disk,) = store.status()
    assert (disk.state, disk.reason) == (DiskState.WRITABLE, "")
    assert "made anew from the recordings" in caplog.text
    assert set(unflagged(simple(camera.sent))) <= set(unflagged(played(rig.reader())))
    assert check(rig.disk).damage == []


def test_what_a_power_cut_leaves_of_a_long_append_is_no_hole(tmp_path, monkeypatch):
    # A catalog that takes it without a checkpoint.
    monkeypatch.setattr("recorder.store.initialise._SMALLEST_HALF", 2 << 20)
    files = LoggingFiles()
    rig = Rig(tmp_path, files=files, block_bytes=1 << 20, blocks=16)
    before, written = bytes_of(rig.disk), catalog_pages(rig.disk)
    store = rig.store()
    begun = len(files.log)
    rows = MOST_FRAME_BYTES * 5 // 2 // 40
    store._writers[0].volume.catalog.append([GapRow(RowId(1, 1, n), 1, 0, 5, 0, n, n + 1) for n in range(rows)])
    frames = [n for n in range(begun, len(files.log)) if isinstance(files.log[n], Write)]
    assert len(frames) >= 3
    rig.crash(store)
    for kept in frames[1:]:
        # Its sync never came back.
        recover(files.log[:begun], Platter(rig.disk, [], before, written), ())
        left = files.log[kept]
        with (rig.disk / left.name).open("r+b") as file:
            file.seek(left.offset)
            file.write(left.data)
        assert check(rig.disk).damage == [], kept

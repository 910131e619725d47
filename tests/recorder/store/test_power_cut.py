"""S1 and the recovery behind it: power fails behind every single write, with a cache that forgets."""

import random

import pytest

from recorder.client.recording import GapReason
from recorder.store import StorePolicy
from recorder.store.check import check
from recorder.store.layout import PAGE, BlockClass
from recorder.store.pacing import Pacing
from recorder.store.rows import HoldRow
from tests.recorder.store.faulty_disk import CountingFiles, LoggingFiles, Platter, bytes_of, catalog_pages
from tests.recorder.store.rig import ALWAYS, ANOTHER_BOOT, BOOT, MAIN, SUB, Answer, Rig, hold, played, simple, unflagged

pytestmark = pytest.mark.long

KEYS = (MAIN, SUB)


def record(tmp_path, *, seconds, syncs=True, blocks=8, size=2000):
    """Film two streams; gives the rig, cameras, and what was promised durable after how many disk operations."""
    files = LoggingFiles(syncs=syncs)
    rig = Rig(tmp_path / "filmed", files=files, blocks=blocks)
    before, written = bytes_of(rig.disk), catalog_pages(rig.disk)
    promised = []
    store = rig.store(start=False)
    store._on_durable = lambda key, until: promised.append((len(files.log), key, until))
    store.start()
    cameras = {key: rig.camera(key, size=size) for key in KEYS}
    rig.film(store, *cameras.values(), seconds=seconds)
    store.flush()
    rig.crash(store)
    return rig, cameras, promised, Platter(rig.disk, list(files.log), before, written)


def forget(rig):
    """Lose the index, and what was known of the disk; not who this recorder is, or the disk would be foreign."""
    for one in (rig.place / "state").iterdir():
        if one.name != "recorder.json":
            one.unlink()


def readable(rig):
    """Everything that plays after the recovery that a start is."""
    forget(rig)
    rig.files = LoggingFiles()
    store = rig.store(boot=ANOTHER_BOOT)
    reader = rig.reader()
    found = {key: set(played(reader, key)) for key in KEYS}
    rig.crash(store)
    rig.close(reader)
    return found


def lost(cameras, promised, at, found):
    """Promised samples that do not play, when power failed behind `at` operations."""
    missing = []
    for key, camera in cameras.items():
        until = max((us for when, who, us in promised if who == key and when <= at), default=0)
        missing += [one for one in simple(one for one in camera.sent if one.wall_us <= until) if one not in found[key]]
    return missing


@pytest.mark.covers("D-PWR-03")
@pytest.mark.parametrize("luck", [None, 1, 2], ids=["all-lost", "torn", "torn-otherwise"])
def test_a_power_cut_at_any_write_keeps_what_was_reported_durable(tmp_path, luck):  # S1, S3
    rig, cameras, promised, platter = record(tmp_path, seconds=8)
    assert len(promised) >= 10
    sent = {key: set(simple(camera.sent)) for key, camera in cameras.items()}
    for at in range(len(platter.log) + 1):
        platter.cut(at, None if luck is None else random.Random(luck * 1000 + at))
        found = readable(rig)
        assert check(rig.disk).damage == [], at
        assert lost(cameras, promised, at, found) == [], at
        # Nothing is ever made up: what plays was sent, bit for bit (but for the mark of a loss before it).
        assert all(set(unflagged(found[key])) <= set(unflagged(sent[key])) for key in KEYS)


def test_a_power_cut_on_a_busy_disk_keeps_what_was_reported_durable(tmp_path, monkeypatch):  # S1
    monkeypatch.setattr(Pacing, "stretched", True)
    rig, cameras, promised, platter = record(tmp_path, seconds=20, size=2500)
    assert len(promised) >= 6
    for at in range(len(platter.log) + 1):
        platter.cut(at, random.Random(at))
        found = readable(rig)
        assert check(rig.disk).damage == [], at
        assert lost(cameras, promised, at, found) == [], at


def test_a_power_cut_while_blocks_are_reused_keeps_what_was_reported_durable(tmp_path):  # S1
    rig, cameras, promised, platter = record(tmp_path, seconds=30, blocks=5, size=2500)
    for at in range(len(platter.log) * 2 // 3, len(platter.log) + 1, 2):
        platter.cut(at, random.Random(at))
        found = readable(rig)
        assert check(rig.disk).damage == [], at
        newest = max(us for when, _key, us in promised if when <= at)
        # Five blocks hold at least the last 4 s, however the laps fall.
        assert [one for one in lost(cameras, promised, at, found) if one[2] > newest - 4_000_000] == [], at


@pytest.mark.parametrize("length", [6, 60], ids=["copied", "where-it-lies"])
def test_a_power_cut_at_any_write_keeps_what_is_held(tmp_path, length):  # S6
    files = LoggingFiles()
    rig = Rig(tmp_path / "filmed", files=files, blocks=8, block_bytes=192 << 10)
    before, written = bytes_of(rig.disk), catalog_pages(rig.disk)
    store = rig.store(policy=StorePolicy(lock_share=0.6))
    camera = rig.camera(size=2500)
    rig.film(store, camera, seconds=20)
    begin, end = camera.sent[15].wall_us, camera.sent[15 + length].wall_us
    answer = Answer(files.log)
    assert isinstance(hold(store, begin, end, answer=answer), HoldRow)
    held_at = answer.log_size
    # Until the first lap and the one after it are over.
    rig.film(store, camera, seconds=150)
    store.flush()
    classes = [one.block_class for one in store._writers[0].volume.catalog.contents.blocks.values()]
    assert classes.count(BlockClass.HELD) == (length < 10)
    rig.crash(store)
    wanted = [one for one in unflagged(simple(camera.sent)) if begin <= one[2] < end]
    platter = Platter(rig.disk, list(files.log), before, written)
    assert len(platter.log) - held_at > 200
    for at in [*range(held_at, held_at + 100), *range(held_at + 100, len(platter.log) + 1, 13)]:
        platter.cut(at, random.Random(at))
        forget(rig)
        rig.files = LoggingFiles()
        store = rig.store(boot=ANOTHER_BOOT)
        reader = rig.reader()
        found = [one for one in unflagged(played(reader, from_us=begin, until_us=end)) if one[2] >= begin]
        assert found == wanted, at
        if at < held_at + 30 and length < 10:
            # Whatever the catalog says by now of what is safe elsewhere must be true a lap later.
            again = rig.camera(size=2500)
            rig.film(store, again, seconds=150)
            found = [one for one in unflagged(played(reader, from_us=begin, until_us=end)) if one[2] >= begin]
            assert found == wanted, at
        rig.crash(store)
        rig.close(reader)


@pytest.mark.parametrize("piece", [PAGE, 1 << 20], ids=["page", "write"])
def test_a_chunk_that_was_lost_though_later_ones_survived_is_listed_nowhere(tmp_path, piece):  # S1
    rig, cameras, promised, platter = record(tmp_path, seconds=16, blocks=5, size=2500)
    for at in range(len(platter.log) // 2, len(platter.log) + 1):
        platter.cut(at, random.Random(at), piece)
        found = readable(rig)
        assert check(rig.disk).damage == [], at
        newest = max(us for when, _key, us in promised if when <= at)
        assert [one for one in lost(cameras, promised, at, found) if one[2] > newest - 4_000_000] == [], at


def test_a_writer_that_forgets_to_sync_is_found_out(tmp_path):
    rig, cameras, promised, platter = record(tmp_path, seconds=4, syncs=False)
    platter.cut(len(platter.log), None)
    assert lost(cameras, promised, len(platter.log), readable(rig)) != []


@pytest.mark.covers("D-RULE-42")
def test_after_a_power_cut_recording_goes_on_in_the_same_blocks(tmp_path):
    rig, _cameras, _promised, platter = record(tmp_path, seconds=3)
    platter.cut(len(platter.log), random.Random(1))
    rig.files = LoggingFiles()
    store = rig.store(boot=ANOTHER_BOOT)
    used = store.status()[0].used_bytes
    again = rig.camera()
    rig.film(store, again, seconds=2)
    store.flush()
    assert store.status()[0].used_bytes == used
    assert set(unflagged(simple(again.sent))) <= set(unflagged(played(rig.reader())))
    rig.crash(store)
    assert check(rig.disk).damage == []


@pytest.mark.covers("D-REC-09", "D-RULE-42")
@pytest.mark.parametrize(
    ("boot", "reason"), [(BOOT, GapReason.RESTARTED), (ANOTHER_BOOT, GapReason.NO_POWER)], ids=["killed", "power"]
)
def test_the_hole_of_a_crash_is_closed_from_the_last_durable_sample(rig, boot, reason):  # S7
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=4)
    store.flush()
    last = camera.sent[-1].wall_us
    rig.crash(store)
    rig.clock.advance(30)
    store = rig.store(boot=boot)
    again = rig.camera()
    rig.film(store, again, seconds=2)
    store.flush()
    (gap,) = rig.reader().gaps(MAIN, 0, ALWAYS)
    assert (gap.start_us, gap.end_us, gap.reason) == (last + 1, again.sent[0].wall_us, reason)


def test_what_was_open_is_found_again_in_a_few_reads_a_block(rig_on):
    rig = rig_on(blocks=12, block_bytes=1 << 20)
    store = rig.store()
    cameras = [rig.camera(MAIN), rig.camera(SUB)]
    rig.film(store, *cameras, seconds=40)
    store.flush()
    rig.crash(store)
    files = CountingFiles()
    again = rig.store(boot=ANOTHER_BOOT, files=files)
    volume = again._writers[0].volume
    chunks = sum(len(one.entries) for one in volume.open.values())
    reads = sum(name.startswith("blocks/") for name in files.reads)
    assert chunks >= 80
    assert reads <= len(volume.open) * 8
    for one in cameras:
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent))

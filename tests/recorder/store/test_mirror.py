"""A channel that is recorded twice: shown once, and whole while either copy is (D-REC-01.2)."""

import errno
import shutil
from itertools import pairwise

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.recording import GapReason
from recorder.client.stream import StreamKey
from recorder.client.tap import Mode
from recorder.store import StorePolicy, disk_lane
from recorder.store.block_cache import LOOK_AGAIN_US
from recorder.store.inspection import Inspection
from recorder.store.layout import BlockState
from recorder.store.mirroring import FIRST, SECOND, Losses
from recorder.store.policy import DiskUse, PoolPolicy
from tests.recorder.store.faulty_disk import HangingReads, RefusingFiles
from tests.recorder.store.rig import ALWAYS, MAIN, played, simple, unflagged


@pytest.fixture
def two(rig_on):
    """Disks of pool 1 and pool 2, the second of which gets a copy of channel 1."""
    rig = rig_on(blocks=32)
    rig.second = RefusingFiles()
    rig.two = rig.more("two", files=rig.second)
    rig.policy = StorePolicy(disks={rig.two: DiskUse(2)}, mirrors={MAIN: 2})
    return rig


def payload(place):
    with Inspection(place) as disk:
        contents = disk.contents()
        return sum(piece.bytes for number in contents.blocks for piece in contents.pieces(number))


def wipe(place, share=(0.0, 1.0)):
    """Damage the chunks of all sealed blocks."""
    with Inspection(place) as disk:
        size = disk.identity.block_bytes
        rows = [one for one in disk.contents().blocks.values() if one.state == BlockState.SEALED]
    for row in rows:
        with (place / "blocks" / f"{row.number:06d}.block").open("r+b") as file:
            begin = 4096 + int(share[0] * (size - 8192)) // 4096 * 4096
            file.seek(begin)
            file.write(b"\xff" * (int((share[1] - share[0]) * (size - 8192)) // 4096 * 4096))


@pytest.mark.covers("D-REC-01.2")
def test_a_mirrored_channel_lies_on_both_disks_and_is_shown_once(two):
    store = two.store(policy=two.policy)
    camera, other = two.camera(), two.camera(StreamKey(2))
    two.film(store, camera, other, seconds=20)
    store.flush()
    reader = two.reader()
    assert unflagged(played(reader)) == unflagged(simple(camera.sent))
    once = reader.spans(MAIN, 0, ALWAYS)
    assert len(once) == 1
    assert once[0].bytes == sum(len(one.data) for one in camera.sent)
    store.close()
    assert 0 < payload(two.disks / "two") <= once[0].bytes


def test_while_the_disk_of_the_first_copy_hangs_the_second_is_played(two, monkeypatch):
    store = two.store(policy=two.policy)
    camera = two.camera()
    two.film(store, camera, seconds=25)
    store.flush()
    disks = HangingReads(monkeypatch)
    monkeypatch.setattr(disk_lane, "SILENT_S", 3.0)
    reader = two.reader()
    found = reader.read(MAIN, 0)
    begun = [next(found)[1] for _n in range(10)]
    disks.hang("one")
    try:
        got = unflagged(simple([*begun, *(sample for _epoch, sample in found)]))
        assert got == unflagged(simple(camera.sent))
    finally:
        disks.answer()


@pytest.mark.parametrize("mode", [Mode.ALL, Mode.KEY, Mode.REVERSE])
@pytest.mark.parametrize("lost", ["one", "two"])
def test_with_either_disk_gone_all_of_it_plays(two, lost, mode):
    store = two.store(policy=two.policy)
    camera = two.camera()
    two.film(store, camera, seconds=25)
    store.flush()
    from_us = ALWAYS if mode is Mode.REVERSE else 0
    whole = unflagged(played(two.reader(), mode=mode, from_us=from_us))
    assert whole
    store.close()
    two._open.clear()
    shutil.rmtree(two.disks / lost)
    reader = two.reader()
    assert unflagged(played(reader, mode=mode, from_us=from_us)) == whole
    spans = reader.spans(MAIN, 0, ALWAYS)
    assert (spans[0].start_us, spans[-1].end_us) == (camera.sent[0].wall_us, camera.sent[-1].wall_us + 1)
    assert all(one.end_us == following.start_us for one, following in pairwise(spans))


@pytest.mark.parametrize("share", [(0.0, 0.3), (0.4, 0.6), (0.7, 1.0), (0.0, 1.0)])
def test_what_is_damaged_in_one_copy_is_played_from_the_other(two, share):
    store = two.store(policy=two.policy)
    camera = two.camera()
    two.film(store, camera, seconds=25)
    store.close()
    two._open.clear()
    wipe(two.disk, share)
    reader = two.reader()
    got = played(reader)
    assert unflagged(got) == unflagged(simple(camera.sent))
    middle = camera.sent[60].wall_us
    found = unflagged(played(reader, from_us=middle))
    assert found == unflagged(simple(camera.sent))[-len(found) :]
    assert found[0][2] <= middle
    back = unflagged(played(reader, mode=Mode.REVERSE, from_us=ALWAYS))
    assert sorted(one[2] for one in back) == sorted(one[2] for one in unflagged(simple(camera.sent)))


def test_what_one_copy_gave_up_is_no_gap_and_what_both_did_is(two):
    store = two.store(policy=StorePolicy(disks={two.two: DiskUse(2)}, mirrors={MAIN: 2}, buffer_bytes=60_000))
    camera = two.camera()
    two.film(store, camera, seconds=5)
    two.second.error = errno.EIO
    two.film(store, camera, seconds=60)
    assert store.buffered_bytes() <= 60_000
    store.flush()
    assert two.reader().gaps(MAIN, 0, ALWAYS) == []
    assert unflagged(played(two.reader())) == unflagged(simple(camera.sent))
    # The copy goes on when its disk is back.
    two.second.error = 0
    two.film(store, camera, seconds=10)
    before = payload(two.disks / "two")
    two.film(store, camera, seconds=20)
    store.flush()
    assert payload(two.disks / "two") >= before
    assert store.streams.second[MAIN].home is not None


def test_only_what_both_copies_lack_is_a_gap():
    losses = Losses(since_us=100)
    assert losses.add(FIRST, 50, 150) == [(50, 100)]
    assert losses.add(SECOND, 5_000_000, 6_000_000) == []
    assert losses.add(FIRST, 5_500_000, 7_000_000) == [(5_500_000, 6_000_000)]
    for n in range(10, 300):
        losses.add(SECOND, n * 10_000_000, n * 10_000_000 + 1)
        losses.add(FIRST, n * 10_000_000 + 5_000_000, n * 10_000_000 + 5_000_001)
    assert losses.add(FIRST, 10, 20) == [(10, 20)]
    assert all(len(one) <= 66 for one in losses._lost)


def test_a_mirror_that_is_switched_on_and_off_begins_at_a_key_frame_and_ends_clean(two):
    plain = StorePolicy(disks={two.two: DiskUse(2)})
    store = two.store(policy=plain)
    camera = two.camera()
    two.film(store, camera, seconds=4.4)
    store.set_policy(two.policy)
    two.film(store, camera, seconds=20)
    store.set_policy(plain)
    two.film(store, camera, seconds=10)
    store.flush()
    assert store.buffered_bytes() == 0
    assert unflagged(played(two.reader())) == unflagged(simple(camera.sent))
    copies = [sample for _epoch, sample in _second(two.reader())]
    numbers = {one[1]: n for n, one in enumerate(simple(camera.sent))}
    had = [numbers[one.pts_us] for one in copies]
    assert had == list(range(had[0], had[-1] + 1))
    assert had[0] % 5 == 0
    assert 20 <= had[0] <= 27
    assert 115 <= had[-1] <= 123


def _second(reader):
    from recorder.store.playback import Forward

    return Forward(reader._copies, MAIN, 0, None, Mode.ALL)


def test_the_copy_may_be_kept_for_longer_than_the_first(two):
    pools = {1: PoolPolicy(1, expiry_days=1), 2: PoolPolicy(2, expiry_days=30)}
    store = two.store(policy=StorePolicy(disks={two.two: DiskUse(2)}, mirrors={MAIN: 2}, pools=pools))
    old = two.camera()
    two.film(store, old, seconds=10)
    two.clock.advance(2 * 86400)
    later = two.camera()
    later.count, later.pts_us = old.count, old.pts_us
    # The first copy of two days ago is overwritten by now.
    two.film(store, later, seconds=190)
    store.flush()
    reader = two.reader()
    got = unflagged(played(reader))
    assert got[: len(old.sent)] == unflagged(simple(old.sent))
    assert got[-1][1] == later.sent[-1].pts_us
    assert reader.oldest(MAIN) == old.sent[0].wall_us
    assert {one.reason for one in reader.gaps(MAIN, 0, ALWAYS)} <= {GapReason.CAMERA_OFFLINE}


def test_following_what_is_recorded_goes_on_without_doubles(two):
    store = two.store(policy=two.policy)
    reader = two.reader()
    camera = two.camera()
    two.film(store, camera, seconds=3)
    store.flush()
    playing = reader.read(MAIN, 0)
    got = [one for _epoch, one in playing]
    for _n in range(12):
        two.film(store, camera, seconds=1.2)
        got += [one for _epoch, one in playing]
    store.flush()
    # The end of an open block is looked at twice a second.
    two.clock.advance(LOOK_AGAIN_US / SECOND_US)
    got += [one for _epoch, one in playing]
    assert unflagged(simple(got)) == unflagged(simple(camera.sent))


def test_a_second_copy_without_a_disk_is_emptied_without_the_lock_that_its_next_span_waits_for(two, monkeypatch):
    store = two.store(policy=two.policy)
    camera = two.camera()
    two.film(store, camera, seconds=2)
    two.second.error = errno.ENODEV
    two.film(store, camera, seconds=2)
    copy = store.open_stream(MAIN).mirror
    assert copy.home is None
    drop, held = copy.drop, []

    def dropped():
        held.append(store._lock._is_owned())
        return drop()

    monkeypatch.setattr(copy, "drop", dropped)
    camera.put(store)
    assert copy.waiting > 0
    store.streams_of(store._writers[0].disk)
    assert copy.waiting == 0
    # Whoever puts a sample has the copy's lock, and takes the store's where a span begins: never the other way round.
    assert held == [False]

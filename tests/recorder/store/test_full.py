"""What happens when every block is in use, when footage grows old, and what may never be used again."""

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.recording import GapReason
from recorder.client.status import DiskState
from recorder.client.stream import StreamKey
from recorder.store import StorePolicy
from recorder.store.check import check
from tests.recorder.store.rig import ALWAYS, MAIN, SUB, played, simple, unflagged

DAY = 86400


@pytest.mark.covers("D-STO-01", "D-RULE-15")
def test_when_full_the_oldest_footage_is_overwritten(rig):
    store = rig.store()
    main, sub = rig.camera(), rig.camera(SUB)
    rig.film(store, main, sub, seconds=200)
    store.flush()
    reader = rig.reader()
    assert store.status()[0].state is DiskState.WRITABLE
    assert store.status()[0].used_bytes == store.status()[0].total_bytes
    for one in (main, sub):
        got = played(reader, one.key)
        assert got[0][2] > one.sent[0].wall_us
        assert unflagged(got) == unflagged(simple(one.sent))[-len(got) :]
        assert reader.oldest(one.key) <= got[0][2]
    assert store.status()[0].oldest_us == min(reader.oldest(MAIN), reader.oldest(SUB))
    store.close()
    assert check(rig.disk).damage == []


@pytest.mark.covers("D-STO-01", "D-RULE-15")
def test_with_policy_stop_a_full_disk_says_so_and_keeps_everything(rig):
    store = rig.store(policy=StorePolicy(overwrite=False, buffer_bytes=200_000))
    camera = rig.camera()
    rig.film(store, camera, seconds=200)
    store.flush()
    assert store.status()[0].state is DiskState.FULL
    got = played(rig.reader())
    assert got == simple(camera.sent)[: len(got)]
    assert len(got) >= 8 * 30
    # Memory stays bounded, and what is given up is a gap.
    assert store.buffered_bytes() <= 200_000
    store.set_policy(StorePolicy())
    rig.film(store, camera, seconds=3)
    store.flush()
    assert store.status()[0].state is DiskState.WRITABLE
    assert {one.reason for one in rig.reader().gaps(MAIN, 0, ALWAYS)} == {GapReason.DISK}
    assert played(rig.reader())[-1][:3] == simple(camera.sent)[-1][:3]


@pytest.mark.covers("D-STO-01", "D-RULE-15")
def test_expired_footage_is_not_shown_and_its_blocks_are_used_first(rig_on):
    rig = rig_on(blocks=16)
    store = rig.store(policy=StorePolicy(expiry_days=2))
    old = rig.camera()
    rig.film(store, old, seconds=30)
    rig.clock.advance(2 * DAY - 10)
    reader = rig.reader()
    floor = rig.clock.now_us() - 2 * DAY * SECOND_US
    assert reader.oldest(MAIN) == floor
    assert reader.spans(MAIN, 0, ALWAYS)[0].start_us == floor
    got = played(reader)
    assert got[0][2] <= floor + SECOND_US
    rig.clock.advance(20)
    again = rig.camera(StreamKey(2))
    rig.film(store, again, seconds=12)
    store.flush()
    assert played(reader) == []
    assert reader.spans(MAIN, 0, ALWAYS) == []
    assert reader.days([MAIN], 2023, 11, "UTC") == {MAIN: []}
    assert reader.oldest(MAIN) is None


@pytest.mark.covers("D-RULE-15")
def test_with_expiry_and_policy_stop_old_blocks_make_room(rig):
    store = rig.store(policy=StorePolicy(overwrite=False, expiry_days=1))
    camera = rig.camera()
    rig.film(store, camera, seconds=100)
    assert store.status()[0].state is DiskState.FULL
    rig.clock.advance(DAY + 100)
    rig.film(store, camera, seconds=5)
    store.flush()
    assert store.status()[0].state is DiskState.WRITABLE
    assert played(rig.reader(), from_us=camera.sent[-20].wall_us)[-1][:3] == simple(camera.sent)[-1][:3]


def test_a_block_is_sealed_after_a_day_even_when_not_full(rig):
    store = rig.store(policy=StorePolicy(seal_after_s=3600))
    camera = rig.camera(size=10)
    rig.film(store, camera, seconds=2)
    rig.clock.advance(3600)
    store.step()
    assert not store._writers[0].volume.open
    rig.film(store, camera, seconds=2)
    store.flush()
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))


def test_many_streams_on_a_small_disk_share_blocks_and_lose_nothing(rig):
    store = rig.store()
    cameras = [rig.camera(StreamKey(n), size=100) for n in range(1, 13)]
    rig.film(store, *cameras, seconds=6)
    store.flush()
    reader = rig.reader()
    for one in cameras:
        assert played(reader, one.key) == simple(one.sent)

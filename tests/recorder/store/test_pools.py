"""Pools: which disk records what, which block goes first, and disks that come and go while it records."""

import errno
from dataclasses import replace

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.recording import GapReason
from recorder.client.status import DiskState, PoolState
from recorder.client.stream import StreamKey
from recorder.store import StorePolicy, shared_rows
from recorder.store.allocation import DAY_US, Rules, choose, reusable
from recorder.store.check import check
from recorder.store.inspection import Inspection
from recorder.store.layout import BlockClass, BlockState
from recorder.store.policy import DiskUse, PoolPolicy, Quota
from recorder.store.pool_status import pool_statuses
from recorder.store.rows import BlockRow
from tests.recorder.store.faulty_disk import RefusingFiles, bytes_of
from tests.recorder.store.rig import ALWAYS, MAIN, SUB, played, simple, unflagged

NOW = 100 * DAY_US


def blocks_of(place):
    with Inspection(place) as disk:
        return [one for one in disk.contents().blocks.values() if one.state != BlockState.FREE]


def channels_on(place):
    with Inspection(place) as disk:
        found = disk.contents()
        own = {one.channel for one in found.blocks.values() if one.block_class == BlockClass.SINGLE}
        return own | {piece.channel for number in found.blocks for piece in found.pieces(number)}


def state(store, name):
    return next(one for one in store.status() if one.name == name)


def block(number, *, days, channel=1, pool=1, single=True, serial=None):
    """A sealed block whose footage ended so many days ago."""
    kind = BlockClass.SINGLE if single else BlockClass.SHARED
    last = NOW - days * DAY_US
    return BlockRow(
        number, kind, BlockState.SEALED, pool, 7, serial or 1000 - days, 1, 0, last, last, last, 1, 1, channel, 0
    )


def goes(pool, *blocks, quotas=None, held=(), over=()):
    """The numbers of blocks in the order in which they are used again."""
    known = {one.number: one for one in blocks}
    order = []
    while (one := reusable(known, Rules(pool, quotas or {}, NOW, lambda number: number in held, over))) is not None:
        order.append(one.number)
        del known[one.number]
    return order


@pytest.mark.covers("P-POOL-03")
def test_expired_blocks_go_first_then_those_over_a_quota_then_the_oldest():
    some = [block(1, days=5), block(2, days=4, channel=3), block(3, days=11), block(4, days=9), block(5, days=2)]
    assert goes(PoolPolicy(expiry_days=10), *some, over={3}) == [3, 2, 4, 1, 5]


def test_a_hold_beats_the_minimum_which_beats_the_quota_which_beats_the_maximum():
    rules = PoolPolicy(least_days=7, expiry_days=30)
    some = [
        block(1, days=40),
        block(2, days=6, channel=3),
        block(3, days=8, channel=3),
        block(4, days=50),
        block(5, days=20),
        block(6, days=9, channel=4),
    ]
    assert goes(rules, *some, held={1}, over={3}, quotas={4: Quota(days=8)}) == [4, 6, 3, 5]


def test_a_shared_block_is_expired_when_its_pool_says_so_whatever_the_quota_of_a_channel():
    some = [block(1, days=5, single=False), block(2, days=3)]
    assert goes(PoolPolicy(expiry_days=30), *some, quotas={1: Quota(days=2)}) == [2, 1]


def test_of_a_pool_that_stops_only_expired_blocks_go():
    stops = PoolPolicy(overwrite=False, expiry_days=10)
    assert goes(stops, block(1, days=9), block(2, days=11), block(3, days=50)) == [3, 2]
    assert goes(replace(stops, expiry_days=None), block(1, days=90)) == []


def test_a_channel_over_its_quota_takes_its_own_oldest_block_even_where_others_are_free():
    known = {one.number: one for one in (block(0, days=9), block(1, days=5, channel=3), block(2, days=3, channel=3))}
    rules = Rules(PoolPolicy(), {}, NOW, over={3})
    assert choose(known, 10, rules, 3).number == 1
    assert choose(known, 10, rules, 1).number == 3
    assert choose(known, 10, rules._replace(is_held=lambda number: number in {1, 2}), 3).number == 3


def test_the_order_of_use_counts_where_the_clock_was_wrong():
    assert goes(PoolPolicy(), block(1, days=-400, serial=1), block(2, days=5, serial=2)) == [1, 2]


@pytest.mark.covers("D-STO-05", "P-POOL-01")
def test_streams_are_recorded_to_the_disks_of_their_pool(rig):
    two = rig.more("two")
    policy = StorePolicy(disks={two: DiskUse(7)}, streams={SUB: 7, StreamKey(2): 7})
    store = rig.store(policy=policy)
    cameras = [rig.camera(), rig.camera(SUB), rig.camera(StreamKey(2)), rig.camera(StreamKey(3))]
    rig.film(store, *cameras, seconds=12)
    store.close()
    assert {(one.pool, one.channel) for one in blocks_of(rig.disk)} == {(1, 1), (1, 3)}
    assert {(one.pool, one.channel) for one in blocks_of(rig.disks / "two")} == {(7, 0), (7, 2)}
    for one in cameras:
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent))
    assert [state(store, name).pool for name in ("one", "two")] == [1, 7]


@pytest.mark.covers("D-STO-06")
def test_a_channel_stays_within_its_quota_of_bytes_and_the_others_have_the_rest(rig_on):
    rig = rig_on(blocks=16)
    policy = StorePolicy(quotas={1: Quota(bytes=4 * (128 << 10))})
    store = rig.store(policy=policy)
    greedy, other = rig.camera(size=6000), rig.camera(StreamKey(2))
    rig.film(store, greedy, other, seconds=60)
    store.flush()
    mine = [one for one in blocks_of(rig.disk) if one.channel == 1]
    assert 3 <= len(mine) <= 4
    # The greedy one is at its newest; the modest one, which never was over its quota, lost nothing.
    got = unflagged(played(rig.reader()))
    assert got == unflagged(simple(greedy.sent))[-len(got) :]
    assert unflagged(played(rig.reader(), other.key)) == unflagged(simple(other.sent))
    store.close()
    assert check(rig.disk).damage == []


@pytest.mark.covers("D-RULE-11")
def test_pools_and_quotas_hold_together_and_come_and_go_without_formatting(rig_on):
    rig = rig_on(blocks=16)
    two = rig.more("two")
    store = rig.store()
    greedy, other = rig.camera(size=6000), rig.camera(StreamKey(2))
    cameras = {1: greedy, 2: other}
    disks = ("one", "two")

    def kept():
        return {channel: unflagged(played(rig.reader(), one.key)) for channel, one in cameras.items()}

    def sent():
        return {channel: unflagged(simple(one.sent)) for channel, one in cameras.items()}

    rig.film(store, greedy, other, seconds=2)
    store.flush()
    assert kept() == sent()
    store.set_policy(StorePolicy(disks={two: DiskUse(2)}, streams={MAIN: 2}, quotas={1: Quota(bytes=8 * (128 << 10))}))
    store.flush()
    assert kept() == sent()
    rig.film(store, greedy, other, seconds=60)
    store.flush()
    mine = [one for name in disks for one in blocks_of(rig.disks / name) if one.channel == 1]
    assert 7 <= len(mine) <= 9
    writing = {name: [one for one in blocks_of(rig.disks / name) if one.state == BlockState.OPEN] for name in disks}
    assert {name: [(one.pool, one.channel) for one in found] for name, found in writing.items()} == {
        "one": [(1, 2)],
        "two": [(2, 1)],
    }
    assert kept()[2] == sent()[2]
    before = kept()
    store.set_policy(StorePolicy())
    store.flush()
    assert kept() == before
    store.close()
    assert [check(rig.disks / name).damage for name in disks] == [[], []]


@pytest.mark.covers("D-STO-06")
def test_a_quota_of_days_hides_one_channel_and_no_other(rig_on):
    rig = rig_on(blocks=24)
    store = rig.store(policy=StorePolicy(quotas={1: Quota(days=2)}))
    mine, other = rig.camera(), rig.camera(StreamKey(2))
    rig.film(store, mine, other, seconds=10)
    rig.clock.advance(3 * 86400)
    store.flush()
    reader = rig.reader()
    assert played(reader) == []
    assert reader.oldest(MAIN) is None
    assert unflagged(played(reader, other.key)) == unflagged(simple(other.sent))


def test_footage_younger_than_the_minimum_is_not_overwritten_and_the_disk_is_full(rig):
    rules = PoolPolicy(1, least_days=1)
    store = rig.store(policy=StorePolicy(pools={1: rules}, buffer_bytes=200_000))
    camera = rig.camera()
    rig.film(store, camera, seconds=150)
    store.flush()
    assert state(store, "one").state is DiskState.FULL
    got = played(rig.reader())
    assert got == simple(camera.sent)[: len(got)]
    assert {one.reason for one in rig.reader().gaps(MAIN, 0, ALWAYS)} == {GapReason.DISK}
    rig.clock.advance(86400 + 200)
    rig.film(store, camera, seconds=5)
    store.flush()
    assert state(store, "one").state is DiskState.WRITABLE
    assert played(rig.reader())[-1][:3] == simple(camera.sent)[-1][:3]


def test_from_the_high_water_mark_on_blocks_are_free_before_they_are_needed(rig_on):
    rig = rig_on(blocks=20)
    store = rig.store(policy=StorePolicy(pools={1: PoolPolicy(1, start_percent=80)}))
    camera = rig.camera()
    rig.film(store, camera, seconds=300)
    store.flush()
    assert state(store, "one").used_bytes == 16 * (128 << 10)
    got = unflagged(played(rig.reader()))
    assert got == unflagged(simple(camera.sent))[-len(got) :]
    store.close()
    assert check(rig.disk).damage == []


def test_past_the_high_water_mark_with_nothing_to_free_it_is_told(rig_on):
    rig = rig_on(blocks=20)
    store = rig.store(policy=StorePolicy(pools={1: PoolPolicy(1, overwrite=False, start_percent=50)}))
    camera = rig.camera()
    rig.film(store, camera, seconds=5)
    assert not store._writers[0].disk.figures.nearly_full
    rig.film(store, camera, seconds=100)
    assert store._writers[0].disk.figures.nearly_full
    assert state(store, "one").state is DiskState.WRITABLE


@pytest.mark.covers("D-STO-02.1")
def test_a_disk_that_is_taken_out_is_drained_and_its_footage_stays_readable(rig):
    rig.more("two")
    store = rig.store()
    cameras = [rig.camera(), rig.camera(StreamKey(2))]
    rig.film(store, *cameras, seconds=10)
    store.set_policy(StorePolicy(disks={rig.id: DiskUse(read_only=True)}))
    rig.film(store, *cameras, seconds=5)
    assert state(store, "one").state is DiskState.READ_ONLY
    assert state(store, "one").used_bytes > 0
    assert {one.state for one in blocks_of(rig.disk)} == {BlockState.SEALED}
    before = bytes_of(rig.disk)
    rig.film(store, *cameras, seconds=10)
    store.flush()
    assert bytes_of(rig.disk) == before
    for one in cameras:
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent))
        assert rig.reader().gaps(one.key, 0, ALWAYS) == []
    # Back in use, it is recorded to again.
    store.set_policy(StorePolicy())
    rig.film(store, *cameras, seconds=30)
    assert state(store, "one").state is DiskState.WRITABLE
    assert bytes_of(rig.disk) != before
    store.flush()
    store.close()
    assert check(rig.disk).damage == check(rig.disks / "two").damage == []


def test_a_disk_for_reading_only_is_shown_and_never_written(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=10)
    rig.close(store)
    before = bytes_of(rig.disk)
    rig.index.unlink()
    again = rig.store(policy=StorePolicy(disks={rig.id: DiskUse(read_only=True)}))
    rig.film(again, seconds=5)
    assert again.status()[0].state is DiskState.READ_ONLY
    assert again.status()[0].used_bytes > 0
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))
    # An index that is deleted meanwhile comes back.
    rig.index.unlink()
    rig.film(again, seconds=5)
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))
    again.close()
    assert bytes_of(rig.disk) == before


@pytest.mark.covers("P-POOL-08")
def test_a_disk_that_is_added_gets_streams_at_once(rig_on):
    rig = rig_on(blocks=24)
    store = rig.store()
    cameras = [rig.camera(StreamKey(n)) for n in (1, 2, 3, 4)]
    rig.film(store, *cameras, seconds=12)
    rig.more("two")
    store.add_disk(rig.disk_of("two"))
    rig.film(store, *cameras, seconds=12)
    store.flush()
    assert len(channels_on(rig.disks / "two")) == 2
    for one in cameras:
        assert unflagged(played(rig.reader(), one.key)) == unflagged(simple(one.sent))
        assert rig.reader().gaps(one.key, 0, ALWAYS) == []


def test_streams_spread_by_bytes_a_second_not_by_count(rig_on):
    rig = rig_on(blocks=40)
    rig.more("two")
    store = rig.store()
    fat = rig.camera(StreamKey(1), size=8000)
    thin = [rig.camera(StreamKey(n), size=900) for n in (2, 3, 4, 5, 6)]
    rig.film(store, fat, *thin, seconds=60)
    homes = {key.channel: one.home.disk.path.name for key, one in store.streams.first.items()}
    assert [homes[one.key.channel] for one in thin].count(homes[1]) == 0


def test_a_larger_disk_takes_more_so_that_both_are_equally_old(rig_on):
    rig = rig_on(blocks=8)
    rig.more("two", size=3 * rig.size)
    store = rig.store()
    cameras = [rig.camera(StreamKey(n), size=600) for n in range(1, 9)]
    rig.film(store, *cameras, seconds=30)
    homes = [one.home.disk.path.name for one in store.streams.first.values()]
    assert 5 <= homes.count("two") <= 7


def test_streams_spill_into_another_pool_while_their_own_has_no_disk_and_come_back(rig):
    files = RefusingFiles()
    two = rig.more("two", files=files)
    policy = StorePolicy(disks={two: DiskUse(2)}, streams={MAIN: 2})
    store = rig.store(policy=policy)
    camera = rig.camera()
    rig.film(store, camera, seconds=5)
    files.error = errno.EIO
    rig.film(store, camera, seconds=6)
    assert state(store, "two").state is DiskState.FAILED
    assert {one.pool for one in blocks_of(rig.disk)} == {2}
    files.error = 0
    rig.film(store, camera, seconds=6)
    home = store.streams.first[MAIN].home
    assert home.disk.path.name == "two"
    store.flush()
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))
    assert rig.reader().gaps(MAIN, 0, ALWAYS) == []
    # What was begun elsewhere is sealed once it is over.
    rig.film(store, camera, seconds=70)
    assert [one.state for one in blocks_of(rig.disk)] == [BlockState.SEALED]


def test_a_pool_that_takes_no_others_stays_clean(rig):
    files = RefusingFiles()
    two = rig.more("two", files=files)
    policy = StorePolicy(
        disks={two: DiskUse(2)},
        streams={MAIN: 2},
        pools={1: PoolPolicy(1, takes_spill=False)},
        buffer_bytes=100_000,
    )
    store = rig.store(policy=policy)
    camera = rig.camera()
    rig.film(store, camera, seconds=5)
    files.error = errno.EIO
    rig.film(store, camera, seconds=40)
    assert blocks_of(rig.disk) == []
    store.flush()
    files.error = 0
    rig.film(store, camera, seconds=5)
    store.flush()
    assert {one.reason for one in rig.reader().gaps(MAIN, 0, ALWAYS)} == {GapReason.DISK}


def test_a_pool_that_is_full_by_its_own_rules_does_not_spill(rig):
    two = rig.more("two")
    pools = {2: PoolPolicy(2, overwrite=False)}
    store = rig.store(policy=StorePolicy(disks={two: DiskUse(2)}, streams={MAIN: 2}, pools=pools))
    camera = rig.camera()
    rig.film(store, camera, seconds=130)
    store.flush()
    assert state(store, "two").state is DiskState.FULL
    assert blocks_of(rig.disk) == []


def test_guests_on_a_disk_obey_the_rules_of_its_pool(rig):
    files = RefusingFiles()
    two = rig.more("two", files=files)
    pools = {2: PoolPolicy(2, overwrite=False)}
    store = rig.store(policy=StorePolicy(disks={two: DiskUse(2)}, streams={MAIN: 2}, pools=pools))
    camera = rig.camera()
    files.error = errno.EIO
    rig.film(store, camera, seconds=200)
    assert state(store, "one").state is DiskState.WRITABLE
    assert {one.pool for one in blocks_of(rig.disk)} == {2}


@pytest.mark.covers("D-RULE-11")
def test_moving_a_disk_to_another_pool_needs_no_formatting(rig):
    two = rig.more("two")
    store = rig.store(policy=StorePolicy(disks={two: DiskUse(2)}, streams={MAIN: 2}))
    main, other = rig.camera(), rig.camera(StreamKey(2))
    rig.film(store, main, other, seconds=10)
    store.set_policy(StorePolicy(disks={rig.id: DiskUse(2)}, streams={MAIN: 2}))
    rig.film(store, main, other, seconds=80)
    store.flush()
    assert [one.channel for one in blocks_of(rig.disks / "two") if one.state == BlockState.OPEN] == [2]
    for one in (main, other):
        got = unflagged(played(rig.reader(), one.key))
        assert got == unflagged(simple(one.sent))[-len(got) :]
        assert got[-1] == unflagged(simple(one.sent))[-1]


def test_the_pool_of_a_block_outlives_a_restart(rig):
    policy = StorePolicy(streams={MAIN: 9}, disks={rig.id: DiskUse(9)})
    store = rig.store(policy=policy)
    camera = rig.camera()
    rig.film(store, camera, seconds=3)
    rig.crash(store)
    again = rig.store(policy=policy)
    rig.film(again, camera, seconds=2)
    assert [one.pool for one in blocks_of(rig.disk)] == [9]
    assert len(again._writers[0].volume.open) == 1


def test_the_oldest_footage_of_every_stream_is_known(rig):
    rig.more("two")
    store = rig.store()
    cameras = [rig.camera(), rig.camera(SUB), rig.camera(StreamKey(2))]
    rig.film(store, *cameras, seconds=10)
    known = store.oldest()
    for one in cameras:
        assert known[one.key] == one.sent[0].wall_us
    rig.film(store, *cameras, seconds=250)
    store.flush()
    reader = rig.reader()
    known = store.oldest()
    for one in cameras:
        assert known[one.key] == reader.oldest(one.key) > one.sent[0].wall_us
    store.set_policy(StorePolicy(quotas={1: Quota(days=1)}))
    rig.clock.advance(86400 - 5)
    floor = rig.clock.now_us() - 86400 * SECOND_US
    assert store.oldest()[MAIN] == floor


@pytest.mark.covers("P-POOL-04")
def test_each_pool_says_how_much_of_it_may_be_locked(rig):
    two = rig.more("two")
    pools = {1: PoolPolicy(1, lock_percent=0), 2: PoolPolicy(2, lock_percent=50)}
    store = rig.store(policy=StorePolicy(disks={two: DiskUse(2)}, streams={MAIN: 2}, pools=pools))
    camera = rig.camera()
    rig.film(store, camera, seconds=100)
    figures = []
    store.ask_disks(
        lambda volume: shared_rows._figure(volume, hold_of(camera, 0, 1), 100, store.policy), figures.extend
    )
    store.step()
    assert [one.may * 100 // one.total for one in figures] == [0, 50]


def hold_of(camera, begin, end):
    from recorder.store.ids import RowId
    from recorder.store.layout import HoldKind
    from recorder.store.rows import HoldRow

    fields = dict.fromkeys(HoldRow._fields, 0) | {"id": RowId(1, 1, 1), "channel": 1, "kind": HoldKind.LOCK}
    fields |= {"start_us": camera.sent[begin].wall_us, "end_us": camera.sent[end].wall_us, "owner": "", "reason": ""}
    return HoldRow(**fields)


@pytest.mark.covers("V-STO-05", "D-STO-02", "D-STO-10")
def test_a_pool_says_how_it_stands_and_how_many_days_fit(rig):
    two = rig.more("two")
    store = rig.store(policy=StorePolicy(disks={two: DiskUse(2)}, streams={MAIN: 2}, pools={5: PoolPolicy(5, "Gates")}))
    rig.film(store, rig.camera(), seconds=10)
    standard, second = store.pools()
    assert (standard.state, second.state) == (PoolState.RECORDING, PoolState.RECORDING)
    assert (standard.used_bytes, standard.oldest_us) == (0, None)
    assert second.used_bytes > 0
    disk = state(store, "two")
    told = replace(disk, write_bytes_per_s=1000, total_bytes=86_400_000)
    (pool,) = pool_statuses([told], (), frozenset(), store.policy)
    assert pool.days == 1.0
    names = {
        DiskState.FULL: PoolState.FULL,
        DiskState.MISSING: PoolState.OUT,
        DiskState.READ_ONLY: PoolState.OUT,
        DiskState.SLOW: PoolState.RECORDING,
    }
    for of, expected in names.items():
        (pool,) = pool_statuses([replace(told, state=of)], (), frozenset(), store.policy)
        assert pool.state is expected
    (pool,) = pool_statuses([told], (), frozenset({told.id}), store.policy)
    assert pool.state is PoolState.NEARLY_FULL
    assert [one.state for one in pool_statuses([told], {5}, frozenset(), store.policy)] == [
        PoolState.RECORDING,
        PoolState.EMPTY,
    ]

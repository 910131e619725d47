"""Holds keep footage from reuse (S6): where it lies, or copied where it is short; to the moment, within the share."""

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.errors import Invalid, NotFound
from recorder.client.instance import Instance
from recorder.client.recording import GapReason
from recorder.client.stream import StreamKey
from recorder.client.tap import Mode
from recorder.store import StorePolicy, StoreReader
from recorder.store.check import check
from recorder.store.inspection import Inspection
from recorder.store.key_ring import KeyRing
from recorder.store.layout import ALL_STREAMS, BlockClass, BlockState, HoldKind
from recorder.store.policy import PoolPolicy
from recorder.store.rebuild import rebuild_catalog
from recorder.store.rows import HoldRow, RowKind, TagRow
from recorder.store.shared_rows import NothingToLock, TooMuchLocked
from tests.recorder.store.rig import ALWAYS, MAIN, NO_ID, SUB, Answer, hold, played, simple, unflagged

HALF = StorePolicy(lock_share=0.5)


def between(camera, begin, end):
    return [one for one in unflagged(simple(camera.sent)) if begin <= one[2] < end]


def blocks(store, block_class):
    contents = store._writers[0].volume.catalog.contents
    return [one for one in contents.blocks.values() if one.block_class == block_class]


@pytest.mark.covers("D-PLAY-19", "V-BMK-01", "D-RULE-14")
def test_a_held_span_is_never_reused(rig_on):  # S6
    rig = rig_on(blocks=12)
    store = rig.store(policy=HALF)
    camera = rig.camera()
    rig.film(store, camera, seconds=60)
    begin, end = camera.sent[5].wall_us, camera.sent[105].wall_us
    held = hold(store, begin, end)
    assert isinstance(held, HoldRow)
    rig.film(store, camera, seconds=300)
    reader = rig.reader()
    wanted = between(camera, begin, end)
    got = unflagged(played(reader, from_us=begin, until_us=end))
    assert [one for one in got if one[2] >= begin] == wanted
    answer = Answer()
    store.shared.release(held.id, "admin", "case closed", answer)
    rig.film(store, camera, seconds=300)
    assert answer.row.release_reason == "case closed"
    assert played(rig.reader(), from_us=begin, until_us=end) == []
    store.close()
    assert check(rig.disk).damage == []


def test_a_short_hold_pins_no_block_and_plays_after_many_laps(rig_on):  # S6
    rig = rig_on(blocks=10, block_bytes=256 << 10)
    store = rig.store()
    main, sub = rig.camera(), rig.camera(SUB)
    rig.film(store, main, sub, seconds=40)
    begin, end = main.sent[52].wall_us, main.sent[60].wall_us
    held = hold(store, begin, end)
    assert isinstance(held, HoldRow)
    rig.film(store, main, sub, seconds=400)
    store.flush()
    (copies,) = blocks(store, BlockClass.HELD)
    assert copies.state == BlockState.OPEN
    # Nothing but the hold block is locked: all laps of before are over.
    assert store._writers[0].volume.locked_bytes() == rig.disk_block_bytes()
    reader = rig.reader()
    got = unflagged(played(reader, from_us=begin, until_us=end))
    assert [one for one in got if one[2] >= begin] == between(main, begin, end)
    # Decoding begins at the key frame before.
    assert got[0][2] <= begin
    assert [one for one in played(reader, SUB) if one[2] < end] == []
    spans = reader.spans(MAIN, 0, ALWAYS)
    assert len(spans) == 2
    assert spans[0].start_us <= begin < end - SECOND_US // 5 < spans[0].end_us < spans[1].start_us


def test_a_released_short_hold_leaves_no_copies_behind(rig_on):  # S6
    rig = rig_on(blocks=10, block_bytes=256 << 10)
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=40)
    begin, end = camera.sent[52].wall_us, camera.sent[60].wall_us
    held = hold(store, begin, end)
    assert isinstance(held, HoldRow)
    rig.film(store, camera, seconds=400)
    assert played(rig.reader(), from_us=begin, until_us=end)
    store.shared.release(held.id, "admin", "done", Answer())
    rig.film(store, camera, seconds=400)
    assert played(rig.reader(), from_us=begin, until_us=end) == []
    assert blocks(store, BlockClass.HELD) == []
    store.close()
    assert check(rig.disk).damage == []


def test_a_copy_is_not_shown_beside_what_it_was_made_of(rig_on):
    rig = rig_on(blocks=16)
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=40)
    assert isinstance(hold(store, camera.sent[30].wall_us, camera.sent[40].wall_us), HoldRow)
    rig.film(store, camera, seconds=3)
    store.flush()
    assert blocks(store, BlockClass.HELD)
    assert unflagged(played(rig.reader())) == unflagged(simple(camera.sent))
    (span,) = rig.reader().spans(MAIN, 0, ALWAYS)
    assert span.bytes == sum(len(one.data) for one in camera.sent)


def test_overlapping_holds_are_copied_once_and_the_later_outlives_the_earlier(rig_on):
    rig = rig_on(blocks=10)
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=40)
    at = [camera.sent[n].wall_us for n in range(200)]
    first = hold(store, at[20], at[30])
    rig.film(store, camera, seconds=2)
    second = hold(store, at[25], at[40])
    rig.film(store, camera, seconds=20)
    store.shared.release(first.id, "admin", "done", Answer())
    rig.film(store, camera, seconds=400)
    store.flush()
    reader = rig.reader()
    got = unflagged(played(reader, from_us=at[25], until_us=at[40]))
    assert [one for one in got if one[2] >= at[25]] == between(camera, at[25], at[40])
    assert len(got) == len(set(got))
    assert isinstance(second, HoldRow)


def test_a_hold_across_blocks_and_holes_plays_without_what_is_gone_between(rig_on):
    rig = rig_on(blocks=10)
    store = rig.store(policy=HALF)
    camera = rig.camera()
    rig.film(store, camera, seconds=100)
    at = [one.wall_us for one in camera.sent]
    for begin, end in ((200, 206), (300, 306)):
        assert isinstance(hold(store, at[begin], at[end]), HoldRow)
    rig.film(store, camera, seconds=400)
    reader = rig.reader()
    got = unflagged(played(reader, from_us=at[200], until_us=at[310]))
    assert set(between(camera, at[200], at[206]) + between(camera, at[300], at[306])) <= set(got)
    back = unflagged(played(reader, from_us=at[305], until_us=at[190], mode=Mode.REVERSE))
    assert set(between(camera, at[300], at[305])) <= set(back)
    first, second, *_rest = reader.spans(MAIN, 0, ALWAYS)
    assert first.end_us <= at[299]
    assert second.start_us > at[206]


@pytest.mark.covers("V-BMK-04")
def test_a_hold_ends_to_the_moment(rig_on):
    rig = rig_on(blocks=8)
    store = rig.store(policy=HALF)
    camera = rig.camera()
    rig.film(store, camera, seconds=30)
    begin, end = camera.sent[10].wall_us, camera.sent[90].wall_us
    expires = rig.clock.now_us() + 400 * SECOND_US
    held = hold(store, begin, end, expires_us=expires)
    while rig.clock.now_us() < expires - SECOND_US:
        rig.film(store, camera, seconds=1)
    assert set(between(camera, begin, end)) <= set(unflagged(played(rig.reader(), until_us=end)))
    answer = Answer()
    store.shared.change_hold(held.id, expires + 100 * SECOND_US, answer)
    store.step()
    assert answer.row.revision == 2
    rig.film(store, camera, seconds=60)
    assert set(between(camera, begin, end)) <= set(unflagged(played(rig.reader(), until_us=end)))
    rig.film(store, camera, seconds=200)
    assert played(rig.reader(), until_us=end) == []


@pytest.mark.covers("P-POOL-04")
def test_more_than_the_share_cannot_be_locked_and_the_words_say_how_much(rig_on):
    rig = rig_on(blocks=12, block_bytes=1 << 20)
    store = rig.store()
    camera = rig.camera(size=20_000)
    rig.film(store, camera, seconds=60)
    at = [one.wall_us for one in camera.sent]
    first = hold(store, at[0], at[60])
    assert isinstance(first, HoldRow)
    refused = hold(store, at[60], at[200])
    assert isinstance(refused, TooMuchLocked)
    assert refused.status == 507
    assert "25 %" in str(refused)
    assert "3 MB" in str(refused)
    # An export under way is not refused, and one who releases has room again.
    assert isinstance(hold(store, at[100], at[110], kind=HoldKind.EXPORT), HoldRow)
    store.shared.release(first.id, "admin", "enough", Answer())
    store.step()
    assert isinstance(hold(store, at[100], at[130]), HoldRow)


def test_nothing_is_locked_where_nothing_is_recorded(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=5)
    begin = camera.sent[0].wall_us
    assert isinstance(hold(store, begin - 100 * SECOND_US, begin - 50 * SECOND_US), NothingToLock)
    assert isinstance(hold(store, begin, begin + SECOND_US, StreamKey(9)), NothingToLock)
    with pytest.raises(Invalid):
        hold(store, begin, begin)
    with pytest.raises(Invalid):
        hold(store, begin, begin + 1, reason=" ")
    with pytest.raises(NotFound):
        store.shared.release(store.ids.draw(), "admin", "x", Answer())


def test_a_hold_of_all_streams_keeps_main_and_sub(rig_on):
    rig = rig_on(blocks=10)
    store = rig.store()
    main, sub = rig.camera(), rig.camera(SUB)
    rig.film(store, main, sub, seconds=20)
    begin, end = main.sent[50].wall_us, main.sent[55].wall_us
    assert isinstance(hold(store, begin, end, stream=ALL_STREAMS), HoldRow)
    rig.film(store, main, sub, seconds=300)
    for one in (main, sub):
        assert set(between(one, begin, end)) <= set(unflagged(played(rig.reader(), one.key, begin, end)))


def test_holds_survive_a_restart_a_lost_index_and_a_lost_catalog(rig_on):
    rig = rig_on(blocks=10)
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=40)
    begin, end = camera.sent[52].wall_us, camera.sent[60].wall_us
    held = hold(store, begin, end)
    rig.film(store, camera, seconds=300)
    rig.close(store)
    rig.index.unlink()
    wanted = between(camera, begin, end)
    store = rig.store()
    assert [one.id for one in store.shared.holds()] == [held.id]
    rig.film(store, camera, seconds=200)
    rig.close(store)
    rebuild_catalog(rig.disk)
    assert check(rig.disk).damage == []
    rig.index.unlink()
    store = rig.store()
    rig.film(store, camera, seconds=5)
    reader = rig.reader()
    assert [one.id for one in reader.holds()] == [held.id]
    got = unflagged(played(reader, from_us=begin, until_us=end))
    assert [one for one in got if one[2] >= begin] == wanted


def test_a_damaged_chunk_under_a_short_hold_does_not_stop_the_rest_from_being_copied(rig_on):
    rig = rig_on(blocks=10)
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=40)
    begin, end = camera.sent[50].wall_us, camera.sent[60].wall_us
    reader = rig.reader()
    piece = reader._footage.at(MAIN, begin)
    entry = next(one for one in reader._footage.entries(MAIN, piece) if one.last_us >= begin)
    with (rig.disk / "blocks" / f"{piece.block.number:06d}.block").open("r+b") as file:
        file.seek(entry.offset)
        file.write(b"xx")
    assert isinstance(hold(store, begin, end), HoldRow)
    rig.film(store, camera, seconds=300)
    left = [one for one in between(camera, begin, end) if one[2] > entry.last_us]
    assert set(left) <= set(unflagged(played(rig.reader(), until_us=end)))


def test_what_a_hold_kept_is_no_gap_and_time_between_is_none_either(rig_on):  # S7
    rig = rig_on(blocks=10)
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=40)
    hold(store, camera.sent[50].wall_us, camera.sent[60].wall_us)
    rig.film(store, camera, seconds=300)
    assert [one for one in rig.reader().gaps(MAIN, 0, ALWAYS) if one.reason is not GapReason.STOPPED] == []


@pytest.mark.covers("D-RULE-14")
def test_what_is_held_is_shown_when_all_around_it_has_expired(rig_on):
    rig = rig_on(blocks=16)
    store = rig.store(policy=StorePolicy(expiry_days=1))
    camera = rig.camera()
    rig.film(store, camera, seconds=60)
    begin, end = camera.sent[150].wall_us, camera.sent[200].wall_us
    assert isinstance(hold(store, begin, end), HoldRow)
    rig.clock.advance(2 * 86400)
    rig.film(store, camera, seconds=5)
    store.flush()
    reader = rig.reader()
    first, _second = reader.spans(MAIN, 0, ALWAYS)
    assert (first.start_us, first.end_us) == (begin, end)
    assert reader.oldest(MAIN) == begin
    got = unflagged(played(reader))
    new = unflagged(simple(camera.sent))[-25:]
    assert set(between(camera, begin, end) + new) <= set(got)
    # Whole chunks around it, and what it needs to be decoded, come along; the rest of what has expired does not.
    assert begin - 10 * SECOND_US <= min(one[2] for one in got)
    assert not [one for one in got if end + 5 * SECOND_US < one[2] < new[0][2]]
    back = unflagged(played(reader, from_us=ALWAYS, mode=Mode.REVERSE))
    assert set(between(camera, begin, end - SECOND_US)) <= set(back)


def rows_on(rig, name):
    with Inspection(rig.disks / name) as disk:
        contents = disk.contents()
        return [*contents.of(RowKind.HOLD), *contents.of(RowKind.TAG)]


def test_a_disk_that_comes_learns_all_holds_and_tags_and_one_that_was_away_learns_what_changed(rig_on):  # S4
    rig = rig_on(blocks=12)
    store = rig.store(policy=HALF)
    camera = rig.camera()
    rig.film(store, camera, seconds=20)
    begin, end = camera.sent[5].wall_us, camera.sent[60].wall_us
    first, second = (hold(store, begin, end, reason=words) for words in ("one", "two"))
    store.shared.tag(TagRow(NO_ID, 1, 0, 0, begin, begin, 0, 0, "admin", "Red van"), Answer())
    rig.film(store, camera, seconds=1)
    rig.more("two")
    store.add_disk(rig.disk_of("two"))
    rig.film(store, camera, seconds=3)
    assert set(rows_on(rig, "two")) == set(rows_on(rig, "one"))
    assert len(rows_on(rig, "two")) == 3
    rig.close(store)
    # The first disk is away while one hold is released and another made.
    away = rig.disk.rename(rig.place / "away")
    store = rig.store(policy=HALF)
    rig.film(store, camera, seconds=3)
    store.shared.release(first.id, "admin", "done", Answer())
    store.step()
    third = hold(store, camera.sent[-12].wall_us, camera.sent[-5].wall_us, reason="three")
    assert isinstance(third, HoldRow)
    away.rename(rig.disk)
    rig.clock.advance(5)
    rig.film(store, camera, seconds=5)
    assert set(rows_on(rig, "two")) == set(rows_on(rig, "one"))
    found = {one.id: one for one in rig.reader().holds()}
    assert found[first.id].released_by == "admin"
    assert {one.id for one in found.values() if one.lives(rig.clock.now_us())} == {second.id, third.id}


def test_what_is_encrypted_is_copied_with_the_key_of_the_hold_block(rig_on):
    rig = rig_on(blocks=10, block_bytes=256 << 10)
    ring = KeyRing(Instance(rig.place / "instance"), rig.clock)
    ring.make(1)
    policy = StorePolicy(pools={1: PoolPolicy(1, encrypted=True)})
    store = rig.store(policy=policy, keys=ring)
    camera = rig.camera()
    rig.film(store, camera, seconds=40)
    begin, end = camera.sent[52].wall_us, camera.sent[60].wall_us
    assert isinstance(hold(store, begin, end), HoldRow)
    rig.film(store, camera, seconds=300)
    assert blocks(store, BlockClass.HELD)
    reader = StoreReader(rig.disks, rig.index, rig.clock, keys=ring)
    got = unflagged(played(reader, from_us=begin, until_us=end))
    assert [one for one in got if one[2] >= begin] == between(camera, begin, end)
    reader.close()


def test_an_export_of_everything_does_not_end_recording(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=40)
    begin = camera.sent[0].wall_us
    held = hold(store, begin, begin + 1000 * SECOND_US, kind=HoldKind.EXPORT)
    assert isinstance(held, HoldRow)
    rig.film(store, camera, seconds=100)
    store.flush()
    assert store.status()[0].state == "writable"
    got = unflagged(played(rig.reader()))
    assert got[-1] == unflagged(simple(camera.sent))[-1]
    assert rig.reader().gaps(MAIN, 0, ALWAYS) == []

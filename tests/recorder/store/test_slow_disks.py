"""Disks that are slow, hang, or die after hanging: told in time, worked around, forgiven by themselves (S9)."""

import errno
import threading

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.recording import GapReason, RecordType
from recorder.client.status import DiskState
from recorder.client.stream import StreamKey
from recorder.client.tap import Mode
from recorder.store import StorePolicy, disk_lane
from recorder.store.errors import DiskSilent
from recorder.store.lateness import LATE_US, LONGEST_PROOF_US, PROOF_US, Lateness
from recorder.store.layout import block_name
from recorder.store.shedding import shed_least
from recorder.store.stream_time import SETTLED_US
from tests.recorder.store.faulty_disk import HangingReads, RefusingFiles
from tests.recorder.store.rig import ALWAYS, MAIN, SUB, played, simple, unflagged
from tests.recorder.store.test_overload import batch, left


class HangingFiles(RefusingFiles):
    """Writes to blocks take as long as `hang` lets them; time goes on meanwhile, and so does `meanwhile`."""

    hang_s = 0.0
    meanwhile = staticmethod(lambda: None)
    rig = None

    def open_to_write(self, name, directory):
        file = super().open_to_write(name, directory)
        write = file.write

        def slow(data, offset):
            if name.startswith("blocks") and self.hang_s:
                hang_s, self.hang_s = self.hang_s, 0.0
                for _n in range(round(hang_s * 5)):
                    self.rig.clock.advance(0.2)
                    self.meanwhile()
            write(data, offset)

        object.__setattr__(file, "write", slow)
        return file


@pytest.fixture
def two(rig_on):
    """A recorder with two disks in one pool, of which `rig.files` is the one that hangs."""
    files = HangingFiles()
    rig = rig_on(blocks=64, files=files)
    files.rig = rig
    rig.more("two")
    return rig


def state(store, name):
    return next(one for one in store.status() if one.name == name)


def on(store, name):
    return {key for key, one in store.streams.first.items() if one.home is not None and one.home.disk.path.name == name}


@pytest.mark.covers("V-REC-15")
def test_a_hanging_disk_is_told_within_ten_seconds_and_its_streams_go_elsewhere(two):
    store = two.store()
    cameras = [two.camera(StreamKey(n)) for n in (1, 2)]
    two.film(store, *cameras, seconds=5)
    assert len(on(store, "one")) == len(on(store, "two")) == 1
    seen, hung_us = [], two.clock.monotonic_us()

    def meanwhile():
        # The event loop goes on: cameras send, the watcher looks, the other disk writes.
        for one in cameras:
            one.put(store)
        if two.clock.monotonic_us() // 200_000 % 5 == 0:
            store.watch()
        store._writers[1].step()
        told = state(store, "one")
        if told.state is DiskState.SLOW and not seen:
            seen.append((two.clock.monotonic_us() - hung_us, told.reason, two.durable[-1][1]))

    two.files.meanwhile = meanwhile
    two.files.hang_s = 60
    two.film(store, *cameras, seconds=1)
    assert seen
    assert seen[0][0] <= 10 * SECOND_US
    assert "6 s" in seen[0][1] or "5 s" in seen[0][1]
    assert on(store, "two") == {one.key for one in cameras}
    # While it hung, both streams became durable on the other disk.
    assert {key for key, until in two.durable if until > two.clock.now_us() - 10 * SECOND_US} == {
        one.key for one in cameras
    }
    # Back by itself, with what it had taken: nothing is lost, nothing doubled, and all in order.
    for _n in range(40):
        two.film(store, *cameras, seconds=1)
        store.watch()
    assert state(store, "one").state is DiskState.WRITABLE
    assert len(on(store, "one")) == 1
    store.flush()
    for one in cameras:
        assert unflagged(played(two.reader(), one.key)) == unflagged(simple(one.sent))
        assert two.reader().gaps(one.key, 0, ALWAYS) == []


def test_a_disk_that_dies_after_hanging_loses_nothing_that_another_can_take(two):
    store = two.store()
    camera = two.camera()
    two.film(store, camera, seconds=3)
    if "one" not in {one.home.disk.path.name for one in store.streams.first.values()}:
        store.streams.first[MAIN].home = store._writers[0]

    def meanwhile():
        camera.put(store)
        store.watch()
        store._writers[1].step()
        if two.clock.monotonic_us() % 7 == 0:
            two.files.error = errno.EIO

    two.files.meanwhile = meanwhile
    two.files.hang_s = 35
    two.film(store, camera, seconds=1)
    two.files.error = errno.EIO
    two.film(store, camera, seconds=10)
    store.flush()
    assert state(store, "one").state is DiskState.FAILED
    # What the dead disk gave back was written later than what came after it, and is played in its place.
    got = unflagged(played(two.reader()))
    assert got == unflagged(simple(camera.sent))
    middle = camera.sent[len(camera.sent) // 2].wall_us
    found = played(two.reader(), from_us=middle)
    assert found[0][2] <= middle
    assert unflagged(found) == got[-len(found) :]


@pytest.mark.parametrize("mode", [Mode.ALL, Mode.KEY])
def test_a_chunk_that_a_failing_disk_tore_does_not_end_what_is_played(two, mode):
    store = two.store()
    camera = two.camera()
    two.film(store, camera, seconds=1)
    store.streams.first[MAIN].home = store._writers[0]
    two.film(store, camera, seconds=5)
    assert on(store, "one") == {MAIN}
    two.files.sync_error = errno.EIO
    two.film(store, camera, seconds=10)
    store.flush()
    assert state(store, "one").state is DiskState.FAILED
    reader = two.reader()
    piece = next(one for one in reversed(reader.pieces(MAIN, 0, ALWAYS)) if one.block.disk == bytes.fromhex(two.id))
    last = reader.chunks_of(MAIN, piece)[-1]
    with (two.disk / block_name(piece.block.number)).open("r+b") as block:
        block.seek(last.offset + last.header_bytes)
        block.write(bytes(last.payload_bytes))
    newest = camera.sent[-1 if mode is Mode.ALL else -(camera.count - 1) % camera.gop - 1]
    assert played(two.reader(), mode=mode)[-1][2] >= newest.wall_us


def test_what_is_on_a_disk_that_hangs_is_neither_called_missing_nor_left_out(rig, monkeypatch):  # S7
    store = rig.store()
    camera = rig.camera()
    store.due(MAIN, rig.clock.now_us(), ALWAYS, RecordType.GENERAL)
    rig.film(store, camera, seconds=4)
    store.flush()
    disks = HangingReads(monkeypatch)
    monkeypatch.setattr(disk_lane, "SILENT_S", 1.0)
    knows, knows_not = rig.reader(), rig.reader()
    stretch = MAIN, camera.sent[0].wall_us, camera.sent[-1].wall_us
    seen = knows.spans(*stretch)
    assert seen
    rig.clock.advance(SETTLED_US / SECOND_US + 1)
    disks.hang("one")
    try:
        # It was looked at before: what was seen stays.
        assert knows.spans(*stretch) == seen
        assert knows.gaps(*stretch) == []
        for question in (knows_not.spans, knows_not.gaps):
            with pytest.raises(DiskSilent, match="one"):
                question(*stretch)
        for mode in (Mode.ALL, Mode.KEY, Mode.REVERSE):
            with pytest.raises(DiskSilent, match="one"):
                next(knows_not.read(MAIN, camera.sent[-1].wall_us, mode=mode))
    finally:
        disks.answer()
    assert unflagged(played(knows_not)) == unflagged(simple(camera.sent))


def test_a_disk_that_falls_behind_hands_a_part_of_its_streams_to_the_others(rig_on):
    rig = rig_on(blocks=24)
    rig.more("two")
    store = rig.store()
    cameras = [rig.camera(StreamKey(n), size=600) for n in range(1, 7)]
    rig.film(store, *cameras, seconds=20)
    assert len(on(store, "one")) == 3
    behind = store._writers[0]
    # It answers, and never gets round to its streams.
    behind.passes._takes = lambda _volume, _streams, **_options: []
    for _n in range(25):
        rig.film(store, *cameras, seconds=1)
        store.watch()
    assert len(on(store, "one")) < 3
    assert state(store, "one").state is DiskState.WRITABLE
    del behind.passes._takes
    for _n in range(400):
        rig.clock.advance(1)
        store.step()
        store.watch()
    assert behind.share.pace == 1.0


def test_a_writer_that_hangs_holds_up_neither_the_others_nor_the_end(rig_on):
    from tests.recorder.store.test_overload import SlowFiles

    rig = rig_on(blocks=24)
    slow = SlowFiles(rig.files)
    slow.go.set()
    rig.files = slow
    rig.more("two")
    disks = [rig.disk_of("one", slow), rig.disk_of("two")]
    from recorder.store import StoreWriter
    from tests.recorder.store.rig import BOOT

    note = lambda key, until: rig.durable.append((key, until))  # noqa: E731
    store = StoreWriter(disks, rig.index, rig.clock, BOOT, on_durable=note)
    store.start()
    cameras = [rig.camera(StreamKey(n)) for n in (1, 2)]
    for one in cameras:
        one.put(store)
    assert store.flush(20)
    assert len(on(store, "one")) == 1
    slow.go.clear()
    ended = threading.Event()
    try:
        durable = len(rig.durable)
        for _n in range(400):
            for one in cameras:
                one.put(store)
            rig.clock.advance(0.2)
            store.watch()
            if on(store, "two") == {one.key for one in cameras} and len(rig.durable) > durable + 3:
                break
            ended.wait(0.02)
        assert on(store, "two") == {one.key for one in cameras}
        store.status()
        store.pools()
        closing = threading.Thread(target=lambda: (store.close(0.5), ended.set()))
        closing.start()
        assert ended.wait(60)
    finally:
        slow.go.set()
        store._writers[0].join(30)


def test_lateness_is_seen_proven_and_doubled():
    one = Lateness()
    one.began(0)
    assert not one.look(LATE_US - 1)
    assert one.look(LATE_US)
    assert one.late
    one.ended(LATE_US + SECOND_US)
    at = LATE_US + SECOND_US
    assert not one.look(at + PROOF_US - 1)
    assert one.look(at + PROOF_US)
    assert not one.late
    # Late again soon: it must prove itself for twice as long.
    at += PROOF_US
    one.began(at)
    one.ended(at + LATE_US)
    at += LATE_US
    assert one.late
    assert not one.look(at + PROOF_US)
    assert one.look(at + 2 * PROOF_US)
    # And is forgiven in the end.
    at += 2 * PROOF_US
    one.look(at + LONGEST_PROOF_US)
    one.began(at + LONGEST_PROOF_US)
    one.ended(at + LONGEST_PROOF_US + LATE_US)
    assert one.look(at + LONGEST_PROOF_US + LATE_US + PROOF_US)


class Waiting:
    """A stream with batches that wait."""

    def __init__(self, key, pattern):
        from recorder.client.clock import ManualClock
        from recorder.store.stream_recorder import StreamRecorder

        class Keeper:
            clock_shift_us = 0

        self.recorder = StreamRecorder(key, Keeper(), ManualClock())
        self.recorder.untake([batch(pattern)])
        self.recorder.waiting = batch(pattern).size

    @property
    def left(self):
        return "".join(left(one) for one in self.recorder._batches)


def given_up(streams, ranks, taken=lambda _one: True, steps=100):
    order = []
    for _n in range(steps):
        found = shed_least([one.recorder for one in streams], ranks, taken)
        if found is None:
            break
        order.append((str(found[0].key), [one.left for one in streams]))
    return order


def test_the_least_important_channel_loses_pictures_between_keys_then_gops_then_its_sub():
    one, two, sub = Waiting(MAIN, "KppKpp"), Waiting(StreamKey(2), "KppKpp"), Waiting(SUB, "KpKp")
    order = given_up([one, two, sub], {1: 3, 2: 7})
    assert [name for name, _left in order] == ["1/main"] * 3 + ["1/sub"] * 3 + ["2/main"] * 3
    assert order[0][1] == ["KKpp", "KppKpp", "KpKp"]
    assert order[1][1][0] == "Kpp"
    assert order[2][1][0] == ""
    assert order[3][1][2] == "KKp"


def test_of_equal_channels_the_one_with_the_higher_number_goes_first():
    streams = [Waiting(StreamKey(n), "KpKp") for n in (1, 2, 3)]
    order = [name for name, _left in given_up(streams, {})]
    assert order == sorted(order, reverse=True)


def test_what_waits_for_a_dead_disk_goes_before_what_a_healthy_one_would_take():
    healthy, dead = Waiting(StreamKey(9), "KpKp"), Waiting(MAIN, "KpKp")
    order = given_up([healthy, dead], {1: 9, 9: 1}, taken=lambda one: one is healthy.recorder)
    assert [name for name, _left in order] == ["1/main"] * 3 + ["9/main"] * 3


def test_while_memory_is_short_a_pass_takes_the_important_first_and_leaves_the_rest_to_be_given_up(rig_on, monkeypatch):
    monkeypatch.setattr("recorder.store.disk_passes.MOST_PASS_BYTES", 20_000)
    rig = rig_on(blocks=24)
    policy = StorePolicy(buffer_bytes=300_000, ranks={1: 2, 2: 8, 3: 5})
    store = rig.store(policy=policy)
    cameras = [rig.camera(StreamKey(n)) for n in (1, 2, 3)]
    rig.film(store, *cameras, seconds=1)
    store.flush()
    for _n in range(26):
        for one in cameras:
            one.put(store)
        rig.clock.advance(0.2)
    assert store.short_of_memory()
    del rig.durable[:]
    store.step()
    assert {key.channel for key, _until in rig.durable} == {2}


def test_sustained_overload_costs_the_least_important_and_says_so(rig_on):
    """The disk is back only every 3 s, and memory holds 2.5 s of what three cameras send."""
    rig = rig_on(blocks=80)
    policy = StorePolicy(buffer_bytes=126_000, ranks={1: 9, 2: 9, 3: 1})
    store = rig.store(policy=policy)
    cameras = [rig.camera(StreamKey(n)) for n in (1, 2, 3)]
    for n in range(600):
        for one in cameras:
            one.put(store)
        rig.clock.advance(0.2)
        assert store.buffered_bytes() <= 126_000
        if n % 15 == 0:
            store.step()
    store.flush()
    reader = rig.reader()
    for one in cameras[:2]:
        assert unflagged(played(reader, one.key)) == unflagged(simple(one.sent))
        assert reader.gaps(one.key, 0, ALWAYS) == []
    least = cameras[2]
    got = {one[2] for one in played(reader, least.key)}
    lost = [one.wall_us for one in least.sent if one.wall_us not in got]
    gaps = reader.gaps(least.key, 0, ALWAYS)
    assert lost
    assert {one.reason for one in gaps} == {GapReason.OVERLOAD}
    assert all(any(gap.start_us <= wall <= gap.end_us for gap in gaps) for wall in lost)

"""What is given up when disks are slower than cameras: the least, never silently (S9)."""

import threading
import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.client.recording import GapReason
from recorder.client.stream import Sample, SampleFlag
from recorder.store import StorePolicy
from recorder.store.batch import Batch, LiveSpan
from recorder.store.ids import RowId
from recorder.store.layout import Source
from tests.recorder.store.rig import ALWAYS, MAIN, played, simple


def batch(pattern):
    """K is a key frame, p a picture behind it; a second apart, 10 bytes each."""
    span = LiveSpan(RowId(1, 1, 1), MAIN, Source.LIVE, bytes(16), 0, 0, 0)
    made = Batch(span, None, b"", 0, True, 0)
    for n, one in enumerate(pattern):
        flags = SampleFlag.KEY if one == "K" else SampleFlag.NONE
        made.samples.append(Sample(0, n, n * 1_000_000, flags, bytes(10)))
        made.size += 10
    return made


def left(made):
    return "".join("K" if one.flags & SampleFlag.KEY else "p" for one in made.samples)


def test_main_is_thinned_to_key_frames_from_the_oldest_on_then_given_up_whole():
    made = batch("KppKppKpp")
    steps = []
    while (shed := made.shed()) is not None:
        steps.append((left(made), shed.start_us // 1_000_000, shed.end_us // 1_000_000))
    assert steps == [("KKppKpp", 1, 3), ("KKKpp", 4, 6), ("KKpp", 0, 3), ("Kpp", 3, 6)]


@given(st.text("Kp", min_size=1, max_size=40))
def test_shedding_ends_and_accounts_for_every_byte(pattern):
    made = batch(pattern)
    size = made.size
    while (shed := made.shed()) is not None:
        assert shed.bytes > 0
        assert shed.start_us <= shed.end_us
        size -= shed.bytes
        assert made.size == size == sum(len(one.data) for one in made.samples)
    last = made.shed_all()
    assert last is None or made.size == 0


class SlowFiles:
    """A disk that takes nothing until it is let go."""

    def __init__(self, files):
        self.files, self.go = files, threading.Event()

    def open_to_read(self, name, directory):
        return self.files.open_to_read(name, directory)

    def open_to_write(self, name, directory):
        file = self.files.open_to_write(name, directory)
        write, go = file.write, self.go

        def waiting(data, offset):
            if name.startswith("blocks"):
                assert go.wait(30)
            write(data, offset)

        file.write = waiting
        return file


def test_a_hanging_disk_costs_bounded_memory_and_the_loss_is_told(rig):
    from recorder.store import Disk, StoreWriter
    from tests.recorder.store.rig import BOOT

    slow = SlowFiles(rig.files)
    policy = StorePolicy(buffer_bytes=150_000)
    store = StoreWriter([Disk(rig.disk, rig.clock, slow)], rig.index, rig.clock, BOOT, policy)
    rig.minds(store)
    slow.go.set()
    store.start()
    camera = rig.camera()
    camera.put(store)
    assert store.flush(10)
    slow.go.clear()
    for _n in range(400):
        camera.put(store)
        rig.clock.advance(0.2)
        assert store.buffered_bytes() <= 150_000
    slow.go.set()
    assert store.flush(10)
    assert store.flush(10)
    got = played(rig.reader())
    lost = {one[2] for one in simple(camera.sent)} - {one[2] for one in got}
    gaps = rig.reader().gaps(MAIN, 0, ALWAYS)
    assert lost
    assert {one.reason for one in gaps} == {GapReason.OVERLOAD}
    assert all(any(gap.start_us <= wall <= gap.end_us for gap in gaps) for wall in lost)
    # Whatever plays begins with a key frame and goes on from one: no picture without what it is made of.
    numbers = {one[1]: n for n, one in enumerate(simple(camera.sent))}
    had = {numbers[one[1]] for one in got}
    for n in had:
        assert n - n % 5 in had


def test_what_a_hanging_disk_took_counts_too_however_much_it_was(rig):
    from recorder.store import Disk, StoreWriter
    from tests.recorder.store.rig import BOOT

    policy = StorePolicy(buffer_bytes=150_000)
    store = StoreWriter([Disk(rig.disk, rig.clock, rig.files)], rig.index, rig.clock, BOOT, policy)
    rig.minds(store)
    camera = rig.camera()
    while store.buffered_bytes() < 140_000:
        camera.put(store)
    taken = store.open_stream(MAIN).take()
    assert sum(one.size for one in taken) >= 140_000
    for _n in range(40):
        camera.put(store)
        assert store.buffered_bytes() <= 150_000


def test_pictures_of_a_few_bytes_that_no_disk_takes_take_no_more_memory_than_there_is_for_them(rig):
    from recorder.store import StoreWriter
    from tests.recorder.store.rig import BOOT, epoch

    store = StoreWriter([], rig.index, rig.clock, BOOT, StorePolicy(buffer_bytes=1_000_000))
    rig.minds(store)
    recorder, known = store.open_stream(MAIN), epoch()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        start_us = rig.clock.now_us()
        recorder.put(Sample(0, start_us, start_us, SampleFlag.KEY, b"key"), known)
        for n in range(1, 20_000):
            at = start_us + 20_000 * n
            recorder.put(Sample(0, at, at, SampleFlag.NONE, n.to_bytes(6)), known)
            assert tracemalloc.get_traced_memory()[0] - before <= 1_200_000
    finally:
        tracemalloc.stop()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text("Kp", min_size=1, max_size=8), min_size=1, max_size=5))
def test_what_is_left_of_several_batches_decodes(patterns):
    from recorder.client.clock import ManualClock
    from recorder.store.stream_recorder import StreamRecorder

    class Keeper:
        clock_shift_us = 0

    recorder = StreamRecorder(MAIN, Keeper(), ManualClock())
    patterns[0] = "K" + patterns[0]
    recorder.untake([batch(one) for one in patterns])
    recorder.waiting = sum(one.size for one in recorder._batches)
    while recorder.shed() is not None:
        rest = "".join(left(one) for one in recorder._batches)
        assert rest == "" or rest[0] == "K"
        assert recorder.waiting == sum(one.size for one in recorder._batches)
    assert recorder.waiting == 0

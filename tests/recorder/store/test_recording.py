"""What is put comes back, bit for bit, soon after and for as long as it is kept."""

import os
import threading
import time
from collections import deque

import pytest

from recorder.client.recording import Frames, RecordType
from recorder.client.status import DiskState
from recorder.client.stream import Sample, SampleFlag, StreamKey, StreamName
from recorder.client.tap import Mode
from recorder.store import Disk, StoreReader, StoreWriter
from recorder.store.layout import PAGE
from tests.recorder.store.faulty_disk import RefusingFiles
from tests.recorder.store.rig import ALWAYS, ANOTHER_BOOT, BOOT, MAIN, SUB, content, epoch, played, simple, unflagged


def test_what_is_put_comes_back_bit_for_bit_in_order(rig):
    store = rig.store()
    camera = rig.camera(audio=True, epoch=epoch(audio=True))
    rig.film(store, camera, seconds=12)
    store.flush()
    assert played(rig.reader()) == simple(camera.sent)


def test_streams_that_share_a_block_come_back_apart(rig):
    store = rig.store()
    names = (StreamName.SUB, StreamName.PICTURE)
    cameras = [rig.camera(StreamKey(n, name), size=400) for n in (1, 2) for name in names]
    rig.film(store, *cameras, seconds=5)
    store.flush()
    reader = rig.reader()
    assert store.status()[0].used_bytes == 128 << 10
    for one in cameras:
        assert played(reader, one.key) == simple(one.sent)
    assert reader.streams() == sorted(one.key for one in cameras)


def test_a_gop_larger_than_any_chunk_and_a_sample_nearly_as_large_as_a_block_come_back(rig):
    store = rig.store()
    camera = rig.camera(gop=50, size=6000)
    rig.film(store, camera, seconds=10)
    large = Sample(0, camera.pts_us + 1, rig.clock.now_us(), SampleFlag.KEY, os.urandom(110 << 10))
    camera.sent.append(large)
    store.open_stream(MAIN).put(large, camera.epoch)
    store.flush()
    assert played(rig.reader()) == simple(camera.sent)


def test_a_sample_that_no_block_can_hold_is_a_gap_and_harms_nothing(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    store.open_stream(MAIN).put(Sample(0, 0, rig.clock.now_us(), SampleFlag.NONE, bytes(200 << 10)), camera.epoch)
    store.flush()
    rig.film(store, camera, seconds=2)
    store.flush()
    reader = rig.reader()
    assert {one[:3] for one in played(reader)} == {one[:3] for one in simple(camera.sent)}
    assert len(reader.gaps(MAIN, 0, ALWAYS)) == 1


def test_codec_parameters_are_those_of_each_sample(rig):
    store = rig.store()
    camera = rig.camera()
    wanted = []
    for n in (1, 2, 3):
        camera.epoch = epoch(n, width=100 * n)
        rig.film(store, camera, seconds=2)
        wanted += [100 * n] * 10
    store.flush()
    got = list(rig.reader().read(MAIN, 0))
    assert [one.video.width for one, _sample in got] == wanted
    assert [one.number for one, _sample in got] == [1] * 10 + [2] * 10 + [3] * 10
    (_first, last) = got[0], next(iter(rig.reader().read(MAIN, rig.clock.now_us())))
    assert last[0].video.width == 300


def test_absurd_parameters_do_not_stop_recording(rig):
    store = rig.store()
    camera = rig.camera()
    camera.epoch = epoch()
    tracks = (
        camera.epoch.tracks[0].__class__(
            0, *[getattr(camera.epoch.tracks[0], f) for f in ("kind", "codec", "clock_hz")], (bytes(70000),)
        ),
    )
    camera.epoch = camera.epoch.__class__(1, tracks)
    rig.film(store, camera, seconds=1)
    store.flush()
    assert played(rig.reader()) == simple(camera.sent)


def test_what_was_recorded_can_be_played_one_and_a_half_seconds_later(rig):  # S2
    store = rig.store()
    reader = rig.reader()
    camera = rig.camera()
    for _n in range(60):
        rig.film(store, camera, seconds=0.2)
        now = rig.clock.now_us()
        due = [one for one in simple(camera.sent) if one[2] <= now - 1_500_000]
        assert set(due) <= set(played(reader))


def test_reading_goes_on_where_it_ended_when_more_was_recorded(rig):
    store = rig.store()
    reader = rig.reader()
    camera = rig.camera()
    rig.film(store, camera, seconds=2)
    store.flush()
    playing = reader.read(MAIN, 0)
    got = [one for _epoch, one in playing]
    # Over the ends of several blocks, while they are open and when they are sealed.
    for _n in range(20):
        rig.film(store, camera, seconds=1.2)
        store.flush()
        got += [one for _epoch, one in playing]
    assert simple(got) == simple(camera.sent)


def test_durable_is_told_for_what_a_reader_finds_and_nothing_else(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=3)
    assert rig.durable
    assert max(until for _key, until in rig.durable) == max(one[2] for one in played(rig.reader()))


def test_a_disk_without_direct_writes_syncs_every_file_it_wrote(rig):
    files = RefusingFiles(direct=False)
    store = rig.store(files=files)
    main, sub = rig.camera(), rig.camera(SUB)
    rig.film(store, main, sub, seconds=40)
    del files.syncs[:]
    rig.film(store, main, sub, seconds=2)
    assert {name for name in files.syncs if name.startswith("blocks/")} == {
        f"blocks/{one.row.number:06d}.block" for one in store._writers[0].volume.open.values()
    }


def test_after_the_first_lap_one_sync_serves_all_blocks_of_a_disk(rig):
    files = RefusingFiles()
    store = rig.store(files=files)
    main, sub = rig.camera(), rig.camera(SUB)
    rig.film(store, main, sub, seconds=120)
    syncs = []
    for _n in range(10):
        del files.syncs[:]
        rig.film(store, main, sub, seconds=1)
        syncs.append(len([name for name in files.syncs if name.startswith("blocks/")]))
    assert sorted(syncs)[len(syncs) // 2] == 1


def test_a_thread_of_its_own_writes_without_being_asked(rig):
    store = StoreWriter([Disk(rig.disk, rig.clock)], rig.index, rig.clock, BOOT)
    rig.minds(store)
    store.start()
    camera = rig.camera()
    for _n in range(30):
        camera.put(store)
        rig.clock.advance(0.2)
    assert store.flush(10)
    assert played(rig.reader()) == simple(camera.sent)


class Interrupted(deque):
    """What was asked for; whoever adds to it loses the processor just before he does."""

    def __init__(self):
        super().__init__()
        self.reached, self.goes_on, self.added = threading.Event(), threading.Event(), threading.Event()

    def append(self, one):
        self.reached.set()
        assert self.goes_on.wait(60)
        super().append(one)
        self.added.set()


def test_a_flush_that_is_asked_for_while_a_step_runs_is_told_done_when_all_is_written(rig, monkeypatch):
    store = rig.store()
    camera = rig.camera()
    (writer,) = store._writers
    asked = writer._flushes = Interrupted()
    told, work = [], writer._work

    def meanwhile(*, everything):
        asked.goes_on.set()
        assert asked.added.wait(60)
        work(everything=everything)

    monkeypatch.setattr(writer, "_work", meanwhile)
    camera.put(store)
    asking = threading.Thread(target=lambda: told.append(writer.flush()))
    asking.start()
    assert asked.reached.wait(60)
    writer.step()
    asking.join(60)
    (done,) = told
    assert (done.is_set(), store.streams.buffered_bytes() > 0) == (False, True)
    writer.step()
    assert (done.is_set(), store.streams.buffered_bytes()) == (True, 0)


def test_a_flush_that_fails_is_told_at_once(rig, monkeypatch):
    store = rig.store()
    (writer,) = store._writers
    done = writer.flush()
    monkeypatch.setattr(writer.passes, "run", lambda *_about, **_more: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        writer.step()
    assert done.is_set()


def test_writers_are_woken_once_for_what_waits_and_again_when_that_was_taken(rig_on, monkeypatch):
    rig = rig_on(block_bytes=2 << 20)
    store = rig.store()
    woken = []
    monkeypatch.setattr(store, "wake", lambda: woken.append(len(camera.sent)))
    camera = rig.camera(size=50_000)
    for _turn in range(2):
        for _picture in range(60):
            camera.put(store)
            rig.clock.advance(0.2)
        store.flush()
    first, second = woken
    assert sum(len(one.data) for one in camera.sent[:first]) >= store.wake_bytes
    assert sum(len(one.data) for one in camera.sent[60:second]) >= store.wake_bytes


def test_a_reader_of_another_thread_never_sees_what_was_not_sent(rig):
    import threading

    store = rig.store()
    camera = rig.camera(size=1000)
    sent, wrong, stop = set(), [], threading.Event()

    def watch():
        reader = StoreReader(rig.disks, rig.index, rig.clock)
        while not stop.is_set():
            for track, pts, wall, _flags, data in played(reader):
                if (track, pts, wall, data) not in sent:
                    wrong.append(pts)
        reader.close()

    thread = threading.Thread(target=watch)
    thread.start()
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        one = camera.sample()
        sent.add((one.track, one.pts_us, one.wall_us, bytes(one.data)))
        store.open_stream(MAIN).put(one, camera.epoch)
        rig.clock.advance(0.2)
        store.step()
    stop.set()
    thread.join(60)
    assert wrong == []


def test_after_the_first_lap_nothing_is_allocated_resized_or_renamed(rig):  # S8, S5
    def layout():
        found = {}
        for one in sorted(rig.disk.rglob("*")):
            stat = one.stat()
            found[one.name] = (stat.st_ino, stat.st_size, stat.st_blocks)
        return found

    before_any = layout()
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=100)
    lap = layout()
    rig.film(store, camera, seconds=200)
    store.flush()
    assert layout() == lap
    # Reserved at initialisation, so that the disk can never run out of space.
    assert {name: size for name, (_i, size, _b) in lap.items()} == {n: s for n, (_i, s, _b) in before_any.items()}
    assert sum(blocks for _i, _s, blocks in lap.values()) * 512 <= rig.size + (64 << 10)


def test_writes_are_whole_pages_in_the_order_of_the_disk(rig):
    offsets = []

    class Watching(RefusingFiles):
        def open_to_write(self, name, directory):
            file = super().open_to_write(name, directory)
            write = file.write

            def note(data, offset):
                if name.startswith("blocks"):
                    offsets.append((name, offset, len(data)))
                write(data, offset)

            object.__setattr__(file, "write", note)
            return file

    store = rig.store(files=Watching())
    cameras = [rig.camera(StreamKey(n, StreamName.SUB)) for n in (3, 1, 2)] + [rig.camera()]
    for _n in range(5):
        for one in cameras:
            one.put(store)
        rig.clock.advance(0.2)
    del offsets[:]
    store.flush()
    assert offsets == sorted(offsets)
    assert all(offset % PAGE == size % PAGE == 0 for _name, offset, size in offsets)
    # Neighbours in a block are written at once, the header with the first of them.
    assert [offset for _name, offset, _size in offsets] == [0, 0]


def test_a_log_of_many_frames_costs_a_start_few_reads(rig):
    class Counting(RefusingFiles):
        reads = 0

        def open_to_read(self, name, directory):
            file = super().open_to_read(name, directory)
            read = file.read

            def count(size, offset):
                self.reads += name == "catalog"
                return read(size, offset)

            file.read = count
            return file

    store = rig.store()
    camera = rig.camera(size=10)
    for _n in range(300):
        camera.put(store)
        store.mark(f"m{_n}", [MAIN], rig.clock.now_us(), 0, rig.clock.now_us(), RecordType.MOTION)
        rig.clock.advance(1)
        store.step()
    store.close()
    files = Counting()
    again = rig.store(boot=ANOTHER_BOOT, files=files)
    assert again.status()[0].state is DiskState.WRITABLE
    # Each half by the window, not by the frame.
    assert files.reads <= 16
    assert unflagged(played(rig.reader()))[-1] == unflagged(simple(camera.sent))[-1]


@pytest.mark.parametrize("mode", list(Mode))
def test_there_is_nothing_to_play_on_an_empty_disk(rig, mode):
    reader = rig.reader()
    assert played(reader, mode=mode) == []
    store = rig.store()
    assert played(reader, mode=mode) == []
    assert reader.oldest(MAIN) is reader.newest(MAIN) is None
    assert reader.spans(MAIN, 0, ALWAYS) == reader.gaps(MAIN, 0, ALWAYS) == []
    assert store.status()[0].used_bytes == 0


def test_memory_of_samples_is_let_go_when_they_are_durable(rig):
    store = rig.store()
    camera = rig.camera()
    rig.film(store, camera, seconds=1)
    store.flush()
    assert store.buffered_bytes() == 0
    assert content(MAIN, 0, 0, 20) == bytes(camera.sent[0].data)[:20]


@pytest.mark.covers("V-REC-07")
def test_key_frames_alone_are_a_span_of_their_own_that_says_so_and_no_gap(rig):
    store = rig.store()
    recorder = store.open_stream(MAIN)
    camera = rig.camera(gop=100)
    sent = []

    def film(count, *, keys):
        recorder.keys_only(keys)
        for _n in range(count):
            one = camera.sample()
            if not keys or int(one.flags) & SampleFlag.KEY:
                recorder.put(one, camera.epoch)
                sent.append(one)
            rig.clock.advance(0.2)
            store.step()

    film(300, keys=True)
    film(100, keys=False)
    film(200, keys=True)
    store.flush()
    reader = rig.reader()
    spans = reader.spans(MAIN, 0, ALWAYS)
    assert [one.frames for one in spans] == [Frames.KEYS, Frames.ALL, Frames.KEYS]
    assert reader.gaps(MAIN, 0, ALWAYS) == []
    assert [one[:3] for one in played(reader)] == [one[:3] for one in simple(sent)]

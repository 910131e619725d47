"""Plan, marks, silence of control and disks together, on a clock of the tests, with samples given by hand."""

import asyncio

import pytest

from recorder.client.clock import SECOND_US, ManualClock
from recorder.client.instance import Instance
from recorder.client.recording import GapReason, RecordType
from recorder.client.stream import (
    SAMPLE_BYTES,
    Codec,
    Epoch,
    SampleFlag,
    StreamKey,
    StreamName,
    TrackKind,
    TrackParameters,
)
from recorder.media import plan as plans
from recorder.media import service
from recorder.media.marks import Mark
from recorder.media.plan import ChannelPlan, Due, Plan, StreamPlan
from recorder.media.ring import RingTooLarge
from recorder.media.service import Media, PlanNotSaved
from recorder.media.session import Session
from recorder.store import StoreReader, StoreWriter, initialise_disk

pytestmark = pytest.mark.anyio

KEY = StreamKey(1)
EPOCH = Epoch(1, (TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000, (b"\x67s", b"\x68p"), 320, 192),))
HOUR_US = 3600 * SECOND_US


class Bench:
    """Media without cameras; `play` gives the samples of one: 10 pictures a second, a key frame every 2 s."""

    def __init__(self, data):
        data.mkdir(mode=0o700)
        self.clock = ManualClock()
        self.start_us = self.clock.wall_us
        self.instance = Instance(data)
        initialise_disk(self.instance.disks / "disk1", size_bytes=64 << 20, block_bytes=4 << 20, name="disk1")
        self.count = 0
        self.gop = 20
        self.media = None

    async def start(self):
        self.media = Media(self.instance, self.clock)
        self.media.start()

    def plan(self, *record, revision=1, number=1):
        channel = ChannelPlan(number, "Gate", (StreamPlan(StreamName.MAIN, "rtsp://x/"),), record)
        return Plan(revision, self.clock.wall_us, (channel,))

    def due(self, begin_s, end_s, record_type=RecordType.GENERAL, pre_s=5):
        return Due(self.start_us + begin_s * SECOND_US, self.start_us + end_s * SECOND_US, record_type, pre_s=pre_s)

    def play(self, seconds):
        """Give samples; media looks at everything once a second, and so does the disk."""
        feed = self.media.roster.feeds[KEY]
        if not feed.playing:
            feed.begin()
            feed.epoch(EPOCH)
        for _ in range(seconds * 10):
            flags = SampleFlag.KEY if self.count % self.gop == 0 else SampleFlag.NONE
            feed.samples([(0, self.clock.boot_us, flags, self.count.to_bytes(4, "big"))])
            self.count += 1
            self.clock.advance(0.1)
            if self.count % 10 == 0:
                self.media._second()
                self.media.store.step()

    def reader(self):
        self.media.store.flush()
        return StoreReader(self.instance.disks, self.instance.index, self.clock)

    def recorded_s(self):
        """(first, last) sample of what was recorded, in seconds from the start."""
        spans = self.reader().spans(KEY, 0, self.clock.wall_us)
        ends = [(one.start_us - self.start_us, one.end_us - 1 - self.start_us) for one in spans]
        return [(first / SECOND_US, last / SECOND_US) for first, last in ends]

    def gaps(self, reason):
        return [one for one in self.reader().gaps(KEY, 0, self.clock.wall_us) if one.reason is reason]


@pytest.fixture
async def bench(tmp_path, monkeypatch):
    monkeypatch.setattr(Session, "start", lambda _session: None)

    def by_hand(*arguments, **options):
        return StoreWriter(*arguments, **options, threads=False)

    monkeypatch.setattr(service, "StoreWriter", by_hand)
    made = Bench(tmp_path / "data")
    yield made
    if made.media is not None:
        await made.media.stop()


async def test_a_new_plan_is_on_disk_before_it_is_acknowledged_and_holds_after_a_restart(bench):
    await bench.start()
    bench.media.take_plan(bench.plan(bench.due(0, 3600), revision=4))
    assert plans.load(bench.instance.state / "plan.json").revision == 4
    await bench.media.stop()
    await bench.start()
    bench.play(4)
    assert bench.media.status().plan_revision == 4
    assert bench.recorded_s()


async def test_a_plan_that_cannot_be_saved_is_followed_and_told(bench, monkeypatch):
    await bench.start()

    def full(_plan, _path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(plans, "save", full)
    with pytest.raises(PlanNotSaved, match="No space"):
        bench.media.take_plan(bench.plan(bench.due(0, 3600)))
    bench.play(4)
    assert bench.recorded_s()


async def test_a_plan_that_needs_too_much_memory_is_refused_and_the_old_one_goes_on(bench):
    await bench.start()
    bench.media.take_plan(bench.plan(bench.due(0, 3600)))
    channels = [
        ChannelPlan(number, "a", (StreamPlan(StreamName.MAIN, "rtsp://x/"),), (bench.due(0, 60, pre_s=300),))
        for number in range(1, 129)
    ]
    with pytest.raises(RingTooLarge, match="MB"):
        bench.media.take_plan(Plan(2, 0, tuple(channels)))
    assert bench.media.status().plan_revision == 1


async def test_a_schedule_passes_without_control(bench):
    await bench.start()
    bench.media.take_plan(bench.plan(bench.due(20, 30), bench.due(50, 54)))
    bench.play(70)
    assert bench.recorded_s() == [(20.0, 29.9), (50.0, 53.9)]


@pytest.mark.covers("D-REC-01.1")
async def test_a_mark_records_from_before_its_event_and_types_it(bench):
    await bench.start()
    bench.media.take_plan(bench.plan(bench.due(0, 3600, RecordType.MOTION, pre_s=5)))
    bench.play(20)
    assert bench.recorded_s() == []
    done = []
    mark = Mark("m", (KEY,), bench.clock.wall_us, 5, bench.clock.wall_us + 10 * SECOND_US, RecordType.MOTION)
    bench.media.take_mark(mark, done.append)
    bench.play(20)
    assert bench.recorded_s() == [(14.0, 14.999999), (15.0, 29.9)]
    types = [one.type for one in bench.reader().spans(KEY, 0, bench.clock.wall_us)]
    assert types == [RecordType.GENERAL, RecordType.MOTION]


async def test_while_control_is_silent_channels_on_events_record_all_and_a_gap_row_says_so(bench):
    await bench.start()
    bench.media.take_plan(bench.plan(bench.due(0, 3600, RecordType.MOTION)))
    for _ in range(5):
        bench.play(10)
        bench.media.heard()
    assert bench.recorded_s() == []
    bench.play(60)
    assert bench.media.status().control_silent_since_us is not None
    ((begin, _end),) = bench.recorded_s()
    assert 70 <= begin <= 80, "30 s after the last word, from the key frame before"
    bench.media.heard()
    bench.play(10)
    ((begin, end),) = bench.recorded_s()
    assert 108 <= end <= 113
    (gap,) = bench.gaps(GapReason.CONTROL_SILENT)
    assert abs((gap.start_us - bench.start_us) / SECOND_US - 80) <= 1
    assert abs((gap.end_us - bench.start_us) / SECOND_US - 110) <= 1


async def test_silence_of_control_changes_nothing_for_channels_that_record_always(bench):
    await bench.start()
    bench.media.take_plan(bench.plan(bench.due(0, 3600)))
    bench.play(60)
    assert len(bench.recorded_s()) == 1
    assert bench.gaps(GapReason.CONTROL_SILENT) == []


async def test_an_open_mark_that_control_forgets_ends_after_its_lease(bench):
    await bench.start()
    bench.media.take_plan(bench.plan(bench.due(0, 3600, RecordType.ALARM)))
    bench.play(10)
    bench.media.take_mark(Mark("m", (KEY,), bench.clock.wall_us, 2, None, RecordType.ALARM), lambda _durable: None)
    for _ in range(8):
        bench.play(10)
        bench.media.heard()
    ((begin, _), (_, end)) = bench.recorded_s()[0], bench.recorded_s()[-1]
    assert begin == 8
    assert 40 <= end <= 45


async def test_our_clock_set_back_an_hour_does_not_stop_recording(bench):
    await bench.start()
    bench.media.take_plan(bench.plan(bench.due(-20_000, 20_000)))
    bench.play(10)
    bench.clock.step(-3600)
    bench.play(10)
    assert sum(end - begin for begin, end in bench.recorded_s()) > 19


async def test_footage_from_before_our_clock_was_set_is_found_at_its_true_time(bench):
    await bench.start()
    bench.media.take_plan(bench.plan(bench.due(-20_000, 20_000)))
    bench.play(10)
    bench.clock.step(3600)
    bench.play(10)
    assert bench.recorded_s() == [(3600.0, 3609.9), (3610.0, 3619.9)]
    assert bench.gaps(GapReason.CLOCK) == []


async def test_a_disk_that_is_added_while_running_is_used(bench, tmp_path):
    await bench.start()
    bench.media._second()
    assert len(bench.media.status().disks) == 1
    initialise_disk(bench.instance.disks / "disk2", size_bytes=64 << 20, block_bytes=4 << 20, name="disk2")
    bench.media._second()
    bench.media.store.step()
    assert [(one.name, one.state) for one in bench.media.status().disks] == [
        ("disk1", "writable"),
        ("disk2", "writable"),
    ]


async def test_a_channel_that_leaves_the_plan_leaves_no_hole(bench):
    await bench.start()
    bench.media.take_plan(bench.plan(bench.due(0, 3600)))
    bench.play(10)
    bench.media.take_plan(Plan(2))
    bench.clock.advance(600)
    bench.media._second()
    assert bench.reader().gaps(KEY, 0, bench.clock.wall_us) == []
    assert bench.media.status().streams == ()


async def test_a_stream_whose_key_frames_are_too_far_apart_to_be_held_loses_no_event(bench):
    await bench.start()
    bench.media.take_plan(bench.plan(bench.due(0, 3600, RecordType.ALARM)))
    bench.gop = 300
    bench.media.roster.feeds[KEY].ring.limit_bytes = (4 + SAMPLE_BYTES) * 100

    def play_on(seconds):
        """As with control, which speaks every ten seconds."""
        for _ in range(0, seconds, 5):
            bench.media.heard()
            bench.play(5)

    play_on(45)
    # From the next key frame on there would be nothing to begin an event with: so it is recorded before there is one.
    ((first, last),) = bench.recorded_s()
    assert first == pytest.approx(30, abs=0.2)
    assert last > 44
    bench.gop = 20
    play_on(60)
    ends = bench.recorded_s()[-1][1]
    assert ends < 60, "as soon as a GOP fits, events alone are recorded again"


async def test_media_looks_at_everything_at_the_moment_at_which_connections_look_after_themselves(bench, monkeypatch):
    """That is at whole seconds (`recorder.rtsp.playing`): the process is woken once for all of them."""
    loop, due = asyncio.get_running_loop(), []
    call_later = loop.call_later

    def watched(delay, callback, *args, **named):
        due.append(1000.25 + delay)
        return call_later(delay, callback, *args, **named)

    with monkeypatch.context() as patch:
        patch.setattr(loop, "call_later", watched)
        patch.setattr(loop, "time", lambda: 1000.25)
        await bench.start()
        for _turn in range(5):
            await asyncio.sleep(0)
    assert due == [1001.0]

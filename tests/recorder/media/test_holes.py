"""S7 in general: whatever happens, what was due is recorded or a gap with a reason, and never both.

Histories are made by chance. They are told in the time that really passes; our clock may be wrong in between, and is
right again before the power fails, so that everything must be found at its real time in the end.
"""

import asyncio
import contextlib
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from recorder.client.clock import SECOND_US, ManualClock
from recorder.client.instance import Instance
from recorder.client.recording import GapReason
from recorder.client.stream import Codec, Epoch, SampleFlag, StreamKey, StreamName, TrackKind, TrackParameters
from recorder.media import service
from recorder.media.plan import ChannelPlan, Due, Plan, StreamPlan
from recorder.media.service import Media
from recorder.media.session import Session
from recorder.store import StoreReader, StoreWriter, initialise_disk
from recorder.store.intervals import clipped, common, joined, length, without
from recorder.store.stream_time import SETTLED_US

KEY = StreamKey(1)
EPOCH = Epoch(1, (TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000, (b"\x67s", b"\x68p"), 320, 192),))
BOOTS = [f"{n:08x}-2222-3333-4444-555555555555" for n in range(1, 100)]
AGES_US = 100_000 * SECOND_US
# A key frame comes every 2 s, and media looks once a second: so far a boundary may be off.
LOOSE_US = 3 * SECOND_US
# So far off is a clock that lost its battery (s).
FROM_1970 = -50 * 365 * 86_400
# Shrinking a history of minutes would take longer than to understand it.
PHASES = (Phase.explicit, Phase.generate)


class World:
    """A recorder with one camera, and what should be found of it, in real time."""

    def __init__(self, place):
        self.clock = ManualClock()
        self.real_us = self.clock.wall_us
        self.start_us = self.real_us
        self.instance = Instance(place)
        initialise_disk(self.instance.disks / "one", size_bytes=32 << 20, block_bytes=256 << 10, name="one")
        self.media = None
        self.camera_on = True
        self.count = 0
        self.boot = 0
        self.due_since = None
        self.due = []
        self.told_since = 0
        self.ended = []
        """By our clock, as control knows it."""
        self.revision = 0
        self.latest = None
        self.is_due(wanted=True)
        self.start()
        # A recorder that never recorded anything does not know either what it missed.
        self.pass_time(6)
        self.media.store.flush()

    # What happens.

    def run(self):
        if self.media is None:
            self.media = Media(self.instance, self.clock)
            self.media.start()
            self.media._ticking.cancel()
            self.media.store.step()
            self.media.heard()

    def plan(self):
        self.revision += 1
        now = self.clock.wall_us
        record = [Due(*one) for one in self.ended]
        if self.due_since is not None:
            record.append(Due(self.told_since, now + 14 * 86_400 * SECOND_US))
        record = tuple(record)
        return Plan(self.revision, now, (ChannelPlan(1, "Gate", (StreamPlan(StreamName.MAIN, "rtsp://x/"),), record),))

    def schedule(self, in_s):
        """The owner's schedule begins at a time on the wall, whatever our clock says now; control tells it at once."""
        begins = self.real_us + in_s * SECOND_US
        due = Due(begins, begins + 14 * 86_400 * SECOND_US)
        streams = (StreamPlan(StreamName.MAIN, "rtsp://x/"),)
        record = (*(Due(*one) for one in self.ended), due)
        self.revision += 1
        self.media.take_plan(Plan(self.revision, self.clock.wall_us, (ChannelPlan(1, "Gate", streams, record),)))
        return begins

    def is_due(self, *, wanted):
        """The owner changes the schedule; control makes a plan at once, and media has it when it runs."""
        if wanted and self.due_since is None:
            self.due_since, self.told_since = self.real_us, self.clock.wall_us
        elif not wanted and self.due_since is not None:
            self.due.append((self.due_since, self.real_us))
            self.ended.append((self.told_since, max(self.clock.wall_us, self.told_since + 1)))
            self.due_since = None
        self.latest = self.plan()
        self.changed_unseen = self.media is None
        if self.media is not None:
            self.media.take_plan(self.latest)

    def pass_time(self, seconds):
        for _second in range(seconds):
            for _picture in range(2):
                if self.media is not None and self.camera_on:
                    self.picture()
                self.clock.advance(0.5)
                self.real_us += SECOND_US // 2
            if self.media is not None:
                self.media.heard()
                self.media._second()
                self.media.store.step()

    def picture(self):
        feed = self.media.roster.feeds[KEY]
        if not feed.playing:
            feed.begin()
            feed.epoch(EPOCH)
            self.count = 0
        flags = SampleFlag.KEY if self.count % 4 == 0 else SampleFlag.NONE
        feed.samples([(0, self.clock.boot_us, flags, b"picture" * 20)])
        self.count += 1

    def lose(self, why):
        if self.camera_on and self.media is not None:
            feed = self.media.roster.feeds[KEY]
            feed.end()
            feed.recording.lost(why)
        self.camera_on = False

    def find(self):
        self.camera_on = True

    def step_clock(self, seconds):
        self.clock.step(seconds)
        by_us = round(seconds * SECOND_US)
        self.told_since += by_us
        self.ended = [(start + by_us, end + by_us) for start, end in self.ended]
        # What control does when it notices: a new plan, by the new time.
        self.latest = self.plan()
        if self.media is not None:
            self.media._second()
            self.media.store.step()
            self.media.take_plan(self.latest)

    def right_clock(self):
        off = self.clock.wall_us - self.real_us
        if abs(off) > SECOND_US:
            self.step_clock(-off / SECOND_US)

    def crash(self):
        if self.media is None:
            return
        for writer in self.media.store._writers:
            if writer.volume is not None:
                writer.volume.close()
                writer.attachment.volume = None
            writer.disk.detach()
        self.media.store.index.close()
        self.media = None

    async def stop(self):
        if self.media is not None:
            await self.media.stop()
            self.media = None

    def start(self):
        if self.media is None:
            self.run()
            self.media.take_plan(self.latest)

    def lose_power(self, seconds, wrong_by):
        # Media has the newest plan: what control told nobody is lost with it.
        self.start()
        self.right_clock()
        self.pass_time(3)
        self.crash()
        self.clock.advance(seconds)
        self.real_us += seconds * SECOND_US
        self.clock.wall_us = self.real_us + wrong_by * SECOND_US
        self.clock.boot_us = 5 * SECOND_US
        self.boot += 1
        if wrong_by:
            self.told_since, self.ended = self.clock.wall_us, []
        self.latest = self.plan()

    def no_disk(self, seconds):
        """The disk refuses to be opened; what waits in memory is more than there is room for."""
        if self.media is None:
            return
        (writer,) = self.media.store._writers
        took, writer.step = writer.step, lambda: None
        for _n in range(seconds):
            self.pass_time(1)
            for recorder in self.media.store.streams.first.values():
                while (shed := recorder.shed()) is not None:
                    self.media.store.found_gap(KEY, shed.start_us, shed.end_us, self.media.store.why_lost)
        writer.step = took

    # What should be found.

    def check(self):
        self.start()
        self.right_clock()
        self.find()
        self.pass_time(5)
        self.media.store.flush()
        due = joined([*self.due, *([(self.due_since, self.real_us)] if self.due_since is not None else [])])
        due = clipped(due, self.start_us, self.real_us - 4 * SECOND_US)
        self.clock.advance(SETTLED_US / SECOND_US + 1)
        reader = StoreReader(self.instance.disks, self.instance.index, self.clock)
        try:
            span = self.start_us - AGES_US, self.real_us + AGES_US
            footage = [(one.start_us, one.end_us) for one in reader.spans(KEY, *span)]
            # Behind the last picture nobody records any more.
            gaps = [one for one in reader.gaps(KEY, *span) if one.start_us < self.real_us - SECOND_US]
        finally:
            reader.close()
        holes = [(one.start_us, one.end_us) for one in gaps]
        assert [one for one in gaps if one.reason is GapReason.UNKNOWN] == [], gaps
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(holes)), "told once"
        assert common(joined(footage), joined(holes)) == [], "neither both"
        neither = without(due, joined([*footage, *holes], 600_000))
        assert neither == [] or max(length([one]) for one in neither) <= LOOSE_US, (neither, due, footage, holes)
        undue = without(holes, joined(due, 5 * SECOND_US))
        assert all(length([one]) <= LOOSE_US for one in undue), (undue, due)
        overlaps = [a for a, b in pairwise(footage) if a[1] > b[0]]
        assert overlaps == [], "nothing is doubled"


def times(least=1, most=40):
    return st.integers(least, most)


HAPPENS = st.one_of(
    st.tuples(st.just("pass"), times()),
    st.tuples(st.just("lose"), st.sampled_from([GapReason.CAMERA_OFFLINE, GapReason.NETWORK_LOSS]), times()),
    st.tuples(st.just("find"), times()),
    st.tuples(st.just("due"), st.booleans(), times(3)),
    st.tuples(st.just("crash"), times(1, 100), st.booleans()),
    st.tuples(st.just("stop"), times(1, 100), st.booleans()),
    st.tuples(st.just("power"), times(10, 300), st.sampled_from([0, 0, -3600, 3600, FROM_1970])),
    st.tuples(st.just("step"), st.sampled_from([-3600, 3600, -60, 60, -7, 7]), times()),
    st.tuples(st.just("right"), times()),
    st.tuples(st.just("disk"), times(3, 20)),
)


async def live(history):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "data"
        place.mkdir(mode=0o700)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Session, "start", lambda _session: None)
            patch.setattr(service, "StoreWriter", lambda *args, **more: StoreWriter(*args, **more, threads=False))
            patch.setattr(service, "read_boot_id", lambda: BOOTS[world.boot if world else 0])
            world = None
            world = World(place)
            try:
                for what, *how in history:
                    await happen(world, what, how)
                world.check()
            finally:
                with contextlib.suppress(Exception):
                    world.crash()


async def happen(world, what, how):
    match what, *how:
        case "pass", seconds:
            world.pass_time(seconds)
        case "lose", why, seconds:
            world.lose(why)
            world.pass_time(seconds)
        case "find", seconds:
            world.find()
            world.pass_time(seconds)
        case "due", wanted, seconds:
            world.is_due(wanted=wanted)
            world.pass_time(seconds)
        case "crash", seconds, back:
            world.crash()
            world.pass_time(seconds)
            if back:
                world.start()
        case "stop", seconds, back:
            await world.stop()
            world.pass_time(seconds)
            if back:
                world.start()
        case "power", seconds, wrong_by:
            world.lose_power(seconds, wrong_by)
            world.start()
            world.pass_time(20)
        case "step", by, seconds:
            world.step_clock(by)
            world.pass_time(seconds)
        case "right", seconds:
            world.start()
            world.right_clock()
            world.pass_time(seconds)
        case "disk", seconds:
            world.no_disk(seconds)
            world.pass_time(5)


@pytest.mark.covers("D-REC-09")
@settings(max_examples=25, deadline=None, derandomize=True, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(st.lists(HAPPENS, min_size=1, max_size=6))
@example([("pass", 10)])
@example([("pass", 10), ("power", 60, FROM_1970), ("right", 30)])
@example([("power", 63, FROM_1970), ("due", False, 27), ("due", False, 17)])
@example([("power", 60, FROM_1970), ("due", False, 10), ("due", True, 20), ("right", 20)])
@example([("power", 60, FROM_1970), ("due", False, 10), ("due", True, 20), ("step", 3600, 10), ("right", 20)])
@example([("power", 300, FROM_1970), ("due", False, 40), ("crash", 100, True), ("due", True, 20), ("right", 30)])
@example([("power", 32, FROM_1970), ("due", False, 9), ("right", 15), ("step", -60, 39)])
@example([("power", 32, 0), ("due", False, 9), ("pass", 15), ("step", -60, 39)])
@example([("pass", 11), ("step", 3600, 21), ("step", -7200, 21), ("right", 10)])
@example([("pass", 10), ("lose", GapReason.CAMERA_OFFLINE, 30), ("step", 3600, 30), ("find", 10)])
@example([("pass", 10), ("crash", 50, False), ("due", False, 50), ("pass", 20)])
@example([("step", 7, 33), ("lose", GapReason.CAMERA_OFFLINE, 34), ("right", 30)])
@example([("step", 7, 20), ("step", -7, 1), ("lose", GapReason.CAMERA_OFFLINE, 30)])
@example([("step", -60, 2), ("stop", 84, False), ("step", -3600, 26), ("crash", 83, True), ("step", -3600, 5)])
@example([("step", 3600, 15), ("due", False, 20), ("step", -7200, 15), ("due", True, 20), ("step", 60, 15)])
@example([("crash", 30, False), ("step", -3600, 25), ("due", False, 26), ("due", True, 31), ("crash", 5, True)])
@example([("crash", 30, False), ("due", False, 26), ("due", True, 31), ("crash", 5, True), ("due", False, 20)])
def test_what_was_due_is_recorded_or_explained_and_never_both(history):  # S7
    asyncio.run(live(history))


@contextlib.contextmanager
def world_of_its_own(monkeypatch, tmp_path):
    place = tmp_path / "data"
    place.mkdir(mode=0o700)
    monkeypatch.setattr(Session, "start", lambda _session: None)
    monkeypatch.setattr(service, "StoreWriter", lambda *args, **more: StoreWriter(*args, **more, threads=False))
    monkeypatch.setattr(service, "read_boot_id", lambda: BOOTS[0])
    world = World(place)
    try:
        yield world
    finally:
        world.crash()


@pytest.mark.anyio
@pytest.mark.parametrize("off_s", [-3600, 3600, -40, 40])
@pytest.mark.parametrize("begins_s", [20, 60])
@pytest.mark.parametrize("disk_is_late", [False, True])
async def test_a_schedule_that_began_while_the_clock_was_set_and_nobody_recorded_is_missed(
    tmp_path, monkeypatch, off_s, begins_s, disk_is_late
):  # S7
    with world_of_its_own(monkeypatch, tmp_path) as world:
        world.is_due(wanted=False)
        world.step_clock(off_s)
        world.pass_time(20)
        told = world.due[-1][1]
        begins = world.schedule(begins_s)
        world.pass_time(5)
        crashed = world.real_us
        world.crash()
        world.pass_time(30)
        world.clock.step(-off_s)
        world.pass_time(60)
        began = world.real_us
        if disk_is_late:
            # As where disks have threads: the plan is followed before any of them is recovered.
            monkeypatch.setattr(StoreWriter, "start", lambda store: [one.identify() for one in store._writers])
        world.run()
        world.pass_time(20)
        world.media.store.flush()
        world.clock.advance(SETTLED_US / SECOND_US + 1)
        with contextlib.closing(StoreReader(world.instance.disks, world.instance.index, world.clock)) as reader:
            gaps = [one for one in reader.gaps(KEY, begins - 600 * SECOND_US, world.real_us) if one.end_us > begins]
            footage = reader.spans(KEY, begins, world.real_us)
            due = reader._index.due(KEY, world.start_us - AGES_US, world.real_us + AGES_US)
        assert footage
        assert footage[-1].end_us >= world.real_us - LOOSE_US
        missed = without([(begins, began)], [(one.start_us, one.end_us) for one in [*gaps, *footage]])
        assert length(missed) <= LOOSE_US, (missed, gaps, footage)
        # By the wrong clock it may have begun as soon as it was told; before, nothing was due since the first seconds.
        before = begins if crashed + off_s * SECOND_US < begins else told
        claimed = clipped(joined((one.start_us, one.end_us) for one in due), world.start_us - AGES_US, before)
        assert length(without(claimed, world.due)) <= LOOSE_US, claimed
        assert {one.reason for one in gaps} <= {GapReason.RESTARTED, GapReason.STOPPED, GapReason.NO_POWER}, gaps

"""What detect sees becomes events of the channel, with the region by the name that its owner gave."""

from types import SimpleNamespace

import pytest

from recorder.client.detection import ChannelSeen, Tampering
from recorder.client.happened import Reaction, ReactionState
from recorder.client.stream import StreamName
from recorder.control.detect_link import DetectLink
from recorder.control.turning import Turning
from recorder.events.sources.motion_detection import MotionDetection, MotionEvents
from recorder.events.sources.tampering import SceneChanges, TamperingEvents, VideoTampering
from recorder.media.plan import ChannelPlan, Plan, StreamPlan
from recorder.settings.errors import BadSetting

pytestmark = pytest.mark.anyio


def channel(number, *streams):
    return ChannelPlan(number, f"Gate {number}", tuple(StreamPlan(one, "rtsp://c", "", "", "tcp") for one in streams))


@pytest.fixture
def place(bench):
    plan = Plan(1, 0, (channel(1, StreamName.MAIN, StreamName.SUB), channel(2, StreamName.MAIN), channel(3)))
    domes = SimpleNamespace(turning=Turning(bench.clock))
    return SimpleNamespace(clock=bench.clock, detect=DetectLink(bench.instance), plan=lambda: plan, domes=domes)


def sees(place, *channels):
    place.detect._take({one.channel: one for one in channels})


async def words(bench, **sought):
    return [one.words for one in await bench.listed(**sought)]


@pytest.mark.covers("D-ALM-09", "D-ALM-09.1")
async def test_motion_begins_and_ends_by_region(bench, place):
    bench.change(MotionDetection, "1", region_2_cells="3,4,2,2", region_2_name="Door", anti_dither_s=0, listed=True)
    bench.change(MotionDetection, "2", listed=True)
    bench.rules.load()
    MotionEvents(bench.engine, place)
    sees(place, ChannelSeen(1, moving=(1, 2)), ChannelSeen(2, moving=(1,)))
    assert set(await words(bench, going_on=True)) == {
        "Motion: Gate 1, Region 1",
        "Motion: Gate 1, Door",
        "Motion: Gate 2",
    }
    sees(place, ChannelSeen(1, moving=(2,)), ChannelSeen(2))
    assert [one.words for one in await bench.listed() if one.end_us is None] == ["Motion: Gate 1, Door"] or (
        bench.engine.goes_on(MotionDetection, "1", "2") and not bench.engine.goes_on(MotionDetection, "1", "1")
    )
    place.detect._take(None)
    assert not bench.engine.goes_on(MotionDetection, "1", "2")


async def test_every_channel_with_pictures_is_looked_at_whether_or_not_it_tells_motion(bench, place):
    bench.change(MotionDetection, "2", enabled=False)
    bench.change(MotionDetection, "1", region_1_cells="0,0,5,5; 0,5,5,1", region_1_sensitivity=90)
    bench.rules.load()
    first, second = MotionEvents(bench.engine, place).wanted().channels
    assert (first.channel, first.stream, second.channel, second.stream) == (1, StreamName.SUB, 2, StreamName.MAIN)
    (region,) = first.regions
    assert (region.number, region.cells, region.sensitivity) == (1, "0,0,5,6", 90)
    assert second.regions == ()


@pytest.mark.covers("D-ALM-11")
async def test_tampering_is_told_where_it_is_wanted(bench, place):
    bench.change(VideoTampering, "2", covered=False)
    bench.rules.load()
    TamperingEvents(bench.engine, place)
    sees(place, *(ChannelSeen(number, tampering=Tampering.COVERED) for number in (1, 2)))
    assert await words(bench) == ["Gate 1 is covered: nearly nothing can be made out."]
    sees(place, ChannelSeen(1, tampering=Tampering.OUT_OF_FOCUS))
    assert (await words(bench))[0] == "Gate 1 is out of focus: no edge is sharp any more."
    assert not bench.engine.goes_on(VideoTampering, "1", "covered")


@pytest.mark.covers("D-ALM-12")
async def test_another_scene_is_told_once(bench, place):
    SceneChanges(bench.engine, place)
    sees(place, ChannelSeen(1), ChannelSeen(2, changed_us=5))
    for _again in range(2):
        sees(place, ChannelSeen(1, changed_us=bench.clock.now_us()), ChannelSeen(2, changed_us=5))
    assert await words(bench) == ["Gate 1 looks elsewhere than before, or was moved."]


@pytest.mark.parametrize("cells", ["1,2,3", "0,0,23,1", "x"])
def test_cells_beside_the_grid_are_refused_in_words(bench, cells):
    with pytest.raises(BadSetting):
        bench.change(MotionDetection, "1", region_1_cells=cells)


@pytest.mark.covers("D-ALM-09")
async def test_motion_is_recorded_all_day_and_listed_only_where_its_rule_asks(bench, place):
    MotionEvents(bench.engine, place)
    sees(place, ChannelSeen(1, moving=(1,)))
    (going_on,) = bench.engine.going_on
    assert going_on.armed
    assert await words(bench) == []
    sees(place, ChannelSeen(1))
    bench.change(MotionDetection, "1", buzzer=True)
    bench.change(MotionDetection, "2", alarm=True)
    bench.rules.load()
    bench.clock.advance(10)
    bench.engine.look()
    sees(place, ChannelSeen(1, moving=(1,)), ChannelSeen(2, moving=(1,)))
    assert set(await words(bench)) == {"Motion: Gate 1", "Motion: Gate 2"}


async def test_what_follows_an_event_that_is_not_listed_is_not_listed_either(bench, place):
    MotionEvents(bench.engine, place)
    sees(place, ChannelSeen(1, moving=(1,)))
    (going_on,) = bench.engine.going_on
    bench.engine.reacted(going_on, Reaction("record", ReactionState.DONE, bench.clock.now_us(), "", 1))
    assert await bench.listed() == []
    with bench.store.reading() as db:
        assert db.execute("SELECT count(*) FROM reaction").fetchone() == (0,)

"""Sounds become events: none for a while, too loud, suddenly louder or quieter; and only where a rule is on."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from recorder.client.detection import ChannelSeen, SoundSeen
from recorder.client.stream import StreamName
from recorder.client.views import Heard
from recorder.control.detect_link import DetectLink
from recorder.control.turning import Turning
from recorder.detect.sound import LEARN, SILENT_US, SoundWatch
from recorder.events.sources.motion_detection import MotionEvents
from recorder.events.sources.sound import AudioChange, AudioChanges, AudioException, AudioExceptions
from recorder.media.plan import ChannelPlan, Plan, StreamPlan

pytestmark = pytest.mark.anyio
HALF_US = 500_000
CALM = SoundSeen(there=True, level_db=-45, peak_db=-38, usual_db=-44)


@pytest.fixture
def place(bench):
    stream = StreamPlan(StreamName.SUB, "rtsp://c", "", "", "tcp")
    plan = Plan(1, 0, tuple(ChannelPlan(number, f"Gate {number}", (stream,)) for number in (1, 2)))
    domes = SimpleNamespace(turning=Turning(bench.clock))
    return SimpleNamespace(clock=bench.clock, detect=DetectLink(bench.instance), plan=lambda: plan, domes=domes)


def hears(place, sound, channel=1):
    place.detect._take({channel: ChannelSeen(channel, looking=True, sound=sound)})


async def words(bench):
    return [one.words for one in await bench.listed() if one.end_us is None]


@pytest.mark.covers("D-ALM-14")
async def test_a_microphone_that_gives_nothing_for_a_while_is_told_until_it_sounds_again(bench, place):
    bench.change(AudioException, "1", enabled=True, silent_s=30, anti_dither_s=0)
    bench.rules.load()
    AudioExceptions(bench.engine, place)
    for sound in (replace(CALM, level_db=-90, peak_db=-88), SoundSeen()):
        hears(place, sound)
        bench.clock.advance(29)
        hears(place, sound)
        assert await words(bench) == []
        bench.clock.advance(1)
        hears(place, sound)
        assert await words(bench) == ["Gate 1 gives no sound."]
        hears(place, CALM)
        assert await words(bench) == []
    place.detect._take({1: ChannelSeen(1, looking=False, sound=SoundSeen())})
    bench.clock.advance(60)
    place.detect._take({1: ChannelSeen(1, looking=False, sound=SoundSeen())})
    assert await words(bench) == []


@pytest.mark.covers("D-ALM-14")
async def test_shouting_is_told_by_its_loudest_moment(bench, place):
    bench.change(AudioException, "1", enabled=True, loud_db=-12)
    bench.rules.load()
    AudioExceptions(bench.engine, place)
    hears(place, CALM)
    hears(place, replace(CALM, peak_db=-8.0))
    assert await words(bench) == ["It is loud at Gate 1: -8 dB."]


@pytest.mark.covers("D-ALM-15")
async def test_what_is_suddenly_louder_or_quieter_than_usual_is_told(bench, place):
    bench.change(AudioChange, "1", enabled=True, fall=True, change_db=20, anti_dither_s=0)
    bench.rules.load()
    AudioChanges(bench.engine, place)
    hears(place, replace(CALM, usual_db=None, peak_db=0))
    hears(place, replace(CALM, peak_db=-25))
    assert await words(bench) == []
    hears(place, replace(CALM, peak_db=-20))
    assert await words(bench) == ["It is suddenly louder at Gate 1: -20 dB instead of -44."]
    hears(place, replace(CALM, level_db=-70))
    assert await words(bench) == ["It is suddenly quieter at Gate 1: -70 dB instead of -44."]


async def test_nobody_listens_where_no_rule_is_on_and_nobody_looks_at_the_level(bench, place):
    source = MotionEvents(bench.engine, place)
    assert [one.listening for one in source.wanted().channels] == [False, False]
    bench.change(AudioChange, "2", enabled=True)
    bench.rules.load()
    place.detect.listen_to(1, bench.clock.monotonic_us() + 10_000_000)
    assert [one.listening for one in source.wanted().channels] == [True, True]
    bench.clock.advance(10)
    assert [one.listening for one in source.wanted().channels] == [False, True]


def test_a_bang_is_kept_for_two_seconds_and_hardly_changes_what_is_usual():
    watch, now = SoundWatch(), 0
    for _half in range(60):
        watch.hear(Heard(1, 0, level_db=-45, peak_db=-40), now)
        now += HALF_US
    watch.hear(Heard(1, 0, level_db=-15, peak_db=-5), now)
    told = watch.told(now + HALF_US)
    assert (told.peak_db, told.level_db) == (-5, -15)
    assert -45 <= told.usual_db <= -44
    for _half in range(5):
        now += HALF_US
        watch.hear(Heard(1, 0, level_db=-45, peak_db=-40), now)
    assert watch.told(now).peak_db == -40


def test_what_is_usual_is_not_known_at_once_and_forgotten_when_nothing_comes():
    watch = SoundWatch()
    assert watch.told(0).waiting
    for half in range(LEARN - 1):
        watch.hear(Heard(1, 0, level_db=-45, peak_db=-40), half * HALF_US)
    assert watch.told(LEARN * HALF_US).usual_db is None
    gone = watch.told(LEARN * HALF_US + 2 * SILENT_US)
    assert (gone.there, gone.waiting) == (False, False)

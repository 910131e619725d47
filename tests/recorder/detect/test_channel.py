"""One channel: regions count what moves in them, records say what was looked at, and silence is not stillness."""

import numpy as np
import pytest

from recorder.client.clock import SECOND_US
from recorder.client.detection import Region, Tampering, Watched
from recorder.client.grid import WHOLE, rectangle, to_text
from recorder.client.motion import RECORD_S, pack, parse, search
from recorder.client.stream import StreamName
from recorder.detect.builder import APART_US, RecordBuilder
from recorder.detect.channel import LINGER_US, SILENT_US, WatchedChannel
from tests.recorder.detect.pictures import BEGIN_US, STEP_US, Yard, at

LEFT, RIGHT = rectangle(0, 0, 11, 18), rectangle(11, 0, 11, 18)


def region(number, cells, sensitivity=75, threshold=1):
    return Region(number, to_text(cells), sensitivity, threshold)


def crossing(channel, yard, first=100, last=150):
    """Somebody crosses from left to right; gives which regions moved in each picture, and whole records."""
    told, records = [], []
    for number in range(last):
        figure = ((number - first) * 4, 70, 10, 24) if number >= first else None
        done = channel.take(yard.picture(figure), at(number), number * STEP_US)
        records += [done] if done else []
        told.append(channel.told(number * STEP_US, keys_only=False).moving)
    return told, [*records, channel.finish()]


@pytest.mark.covers("D-ALM-09.1")
def test_each_region_tells_what_moves_in_it():
    asked = Watched(1, StreamName.SUB, (region(1, LEFT), region(3, RIGHT), region(4, RIGHT, threshold=60)))
    told, records = crossing(WatchedChannel(asked), Yard())
    assert not any(told[:100])
    assert all(one == (1,) for one in told[104:119])
    assert all(3 in one for one in told[126:142])
    assert not any(4 in one for one in told)
    found = search([parse(one.start_us, pack(one)) for one in records], RIGHT, BEGIN_US, at(160))
    (moved,) = found.moved
    assert at(118) <= moved[0] <= at(126)
    assert found.analysed[-1][1] - found.analysed[0][0] >= 25 * SECOND_US


def test_motion_is_stored_without_any_region():
    told, records = crossing(WatchedChannel(Watched(1, StreamName.SUB)), Yard())
    assert not any(told)
    assert any(one.moved for one in records)


def test_regions_that_are_changed_count_from_the_next_picture_on():
    channel = WatchedChannel(Watched(1, StreamName.SUB, (region(1, RIGHT),)))
    yard = Yard()
    for number in range(110):
        channel.take(yard.picture(((number - 100) * 4, 70, 10, 24) if number >= 100 else None), at(number), at(number))
    channel.change(Watched(1, StreamName.SUB, (region(2, LEFT), Region(3, "nonsense", 1, 1))))
    channel.take(yard.picture((40, 70, 10, 24)), at(110), at(110))
    assert channel.told(at(110), keys_only=True).moving == (2,)


def test_what_moved_ends_soon_and_silence_is_told():
    channel = WatchedChannel(Watched(1, StreamName.SUB, (region(1, WHOLE),)))
    crossing(channel, Yard(), last=120)
    last = 119 * STEP_US
    assert channel.told(last + LINGER_US, keys_only=False).moving == (1,)
    assert channel.told(last + LINGER_US + 1, keys_only=False).moving == ()
    told = channel.told(last, keys_only=False)
    assert (told.looking, told.per_s) == (True, 5.2)
    assert not channel.told(last + SILENT_US + 1, keys_only=False).looking


def test_a_covered_camera_is_not_analysed():
    channel, yard = WatchedChannel(Watched(1, StreamName.SUB)), Yard()
    for number in range(600):
        picture = yard.picture(noise=0) // 6 if number >= 300 else yard.picture()
        channel.take(picture, at(number), at(number))
    assert channel.told(at(600), keys_only=False).tampering is Tampering.COVERED
    found = search([channel.record()], WHOLE, BEGIN_US, at(600))
    assert found.analysed[-1][1] <= at(330)


def test_records_end_at_times_of_their_own_and_lose_no_second():
    records = []
    for number in (3, 50):
        builder = RecordBuilder(number)
        mine = [one for second in range(1000) if (one := builder.add(BEGIN_US + second * SECOND_US, 0))]
        records.append([*mine, builder.finish()])
        assert sum(one.seconds for one in records[-1]) == 1000
        assert all(one.seconds <= RECORD_S for one in records[-1])
    assert records[0][1].start_us != records[1][1].start_us


def test_pictures_far_apart_leave_what_is_between_them_unknown():
    builder = RecordBuilder(1)
    for second in (0, 1, 3, 3 + APART_US // SECOND_US, 20, 40):
        builder.add(BEGIN_US + second * SECOND_US, 5)
    record = builder.record()
    assert record.analysed == ((0, 8), (20, 1), (40, 1))
    assert [second for second, _cells in record.moved] == [*range(8), 20, 40]


def test_a_clock_that_is_set_back_begins_a_record():
    builder = RecordBuilder(1)
    builder.add(BEGIN_US, 1)
    assert builder.add(BEGIN_US + 5 * SECOND_US, 0) is None
    done = builder.add(BEGIN_US - 500 * SECOND_US, 1)
    assert (done.start_us, done.seconds) == (BEGIN_US, 6)
    assert builder.record().start_us == BEGIN_US - 500 * SECOND_US


@pytest.mark.covers("D-ALM-12")
@pytest.mark.parametrize("turning", [True, False])
def test_a_dome_that_goes_to_a_preset_is_no_other_scene_and_one_turned_by_hand_is(turning):
    channel = WatchedChannel(Watched(1, StreamName.SUB))
    before, after = Yard(1), Yard(2)
    after.place = np.roll(after.place, (7, 9), (0, 1))
    for second in range(90):
        channel.change(Watched(1, StreamName.SUB, turning=turning and 40 <= second < 55))
        yard = before if second < 41 else after
        channel.take(yard.picture(), at(second * 5), second * SECOND_US)
    seen = channel.told(90 * SECOND_US, keys_only=False)
    assert bool(seen.changed_us) is not turning
    assert seen.tampering is Tampering.NONE

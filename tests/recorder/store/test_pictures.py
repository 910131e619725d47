"""The newest picture of a moment is found, in whatever order pictures of one time and another were taken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.client.clock import SECOND_US
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamKey, StreamName, TrackKind, TrackParameters
from tests.recorder.store.rig import Rig

PICTURES = StreamKey(1, StreamName.PICTURE)
JPEG = Epoch(1, (TrackParameters(0, TrackKind.VIDEO, Codec.MJPEG, 90_000),))


class Taker:
    """Takes pictures as media does: one of earlier footage is a span of its own."""

    def __init__(self, rig, store):
        self.store, self.begin_us, self.newest = store, rig.clock.now_us() - 1000 * SECOND_US, 0

    def at(self, tenth):
        return self.begin_us + tenth * SECOND_US // 10

    def take(self, tenth):
        recorder = self.store.open_stream(PICTURES)
        if self.at(tenth) < self.newest:
            recorder.end(None)
        self.newest = self.at(tenth)
        recorder.put(Sample(0, self.newest, self.newest, SampleFlag.KEY, b"%d" % tenth), JPEG)


# Each number is a picture, a tenth of a second apart; None lets the writer write what waits.
ORDERS = st.lists(st.one_of(st.integers(1, 60), st.none()), min_size=1, max_size=25)


@given(ORDERS, st.lists(st.integers(0, 62), min_size=5, max_size=5))
@settings(max_examples=60)
def test_the_newest_picture_at_or_before_a_moment_is_given(tmp_path_factory, order, moments):
    rig = Rig(tmp_path_factory.mktemp("pictures"))
    store = rig.store()
    taker, taken = Taker(rig, store), set()
    for one in order:
        if one is None:
            rig.clock.advance(5)
            store.step()
        elif one not in taken:
            taken.add(one)
            taker.take(one)
    store.flush()
    found = rig.reader().pictures(1)
    for moment in moments:
        newest = max((one for one in taken if one <= moment), default=None)
        got = found.newest(taker.at(moment))
        assert (got and (got.wall_us, bytes(got.data))) == (newest and (taker.at(newest), b"%d" % newest))
    assert [one for one, _size in found.listed(taker.at(0), taker.at(99), 1000)] == [
        taker.at(one) for one in sorted(taken)
    ]
    rig.finish()


@pytest.mark.covers("D-PLAY-12")
def test_a_picture_taken_later_of_earlier_footage_is_found_between_the_others(rig_on):
    rig = rig_on()
    store = rig.store()
    taker = Taker(rig, store)
    for tenth in (10, 30, 50, 20):
        taker.take(tenth)
    store.flush()
    found = rig.reader().pictures(1)
    newest = [found.newest(taker.at(tenth)) for tenth in (9, 10, 19, 20, 29, 30, 49, 50, 900)]
    assert [one and bytes(one.data) for one in newest] == [None, b"10", b"10", b"20", b"20", b"30", b"30", b"50", b"50"]

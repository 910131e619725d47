"""Two copies of a stream read backward: one GOP of each is in memory at a time, however much only the second has."""

from itertools import count

from recorder.client.clock import SECOND_US
from recorder.client.stream import Sample, SampleFlag
from recorder.store.patched_backward import patched_backward
from tests.recorder.store.rig import epoch

EPOCH, GOP = epoch(), 5


class Copy:
    """A copy that has the GOPs of these seconds, and how many of its samples were read."""

    def __init__(self, seconds):
        self.seconds = sorted(seconds, reverse=True)
        self.read = 0

    def back(self, from_us):
        for second in self.seconds:
            for nth in range(GOP):
                wall_us = second * SECOND_US + nth * SECOND_US // GOP
                if wall_us <= from_us:
                    self.read += 1
                    flags = SampleFlag.NONE if nth else SampleFlag.KEY
                    yield EPOCH, Sample(0, wall_us, wall_us, flags, b"picture")


def test_of_what_only_the_second_copy_has_one_gop_is_held():
    first, second = Copy([900]), Copy(range(1000))
    begin_us = 1000 * SECOND_US
    seconds = []
    for given, (_epoch, one) in zip(count(1), patched_backward(first.back(begin_us), second.back, begin_us)):
        assert first.read + second.read - given <= 3 * GOP
        if one.flags & SampleFlag.KEY:
            seconds.append(one.wall_us // SECOND_US)
    assert seconds == list(reversed(range(1000)))
    assert given == 1000 * GOP


def test_of_a_gop_that_both_have_in_part_more_is_given():
    first, second = Copy([0, 1, 2, 3]), Copy([1, 2, 3])
    whole = [one for _epoch, one in first.back(4 * SECOND_US)]
    # The first copy lacks the GOP at 2 s, and the end of that at 1 s.
    broken = (pair for pair in first.back(4 * SECOND_US) if not 1_300_000 < pair[1].wall_us < 3 * SECOND_US)
    assert [one for _epoch, one in patched_backward(broken, second.back, 4 * SECOND_US)] == whole

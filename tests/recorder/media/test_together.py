"""What one read of a camera brings goes its way together; it must never make a difference."""

import random

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.recording import GapReason
from recorder.client.stream import SampleFlag
from recorder.media.feed import Feed
from recorder.media.recording import Recording
from tests.recorder.store.rig import MAIN, Rig, epoch

KEY, DAMAGED, BREAK = 1, 2, 4
SHAPE = epoch(audio=True)
SETTLES_US = 10_000
"""Of a read the newest picture is looked at, and else one every 0.1 s: wall times differ by what that moves them."""
READ_US = 360_000
"""Where a clock jumps, pictures go on from the newest that was looked at; it may have come with the same read."""


class Watcher:
    def __init__(self):
        self.samples = []

    def take(self, sample, _epoch):
        self.samples.append(sample)


class Way:
    """A feed with its recording, and all that comes out of it."""

    def __init__(self, rig, store, due):
        self.feed = Feed(MAIN, rig.clock)
        self.feed.keep(2 * SECOND_US, 60_000)
        self.recorder = store.open_stream(MAIN)
        self.feed.recording = Recording(self.recorder, store, self.feed.ring, rig.clock, GapReason.STOPPED)
        self.feed.recording.set_due(due)
        self.watcher = Watcher()
        self.feed.watch(self.watcher)
        self.feed.begin()
        self.feed.epoch(SHAPE)

    @property
    def results(self):
        """What was recorded, batch by batch, what is held, and what was shown."""
        held = [sample for sample, _epoch in self.feed.ring.newest_gop()]
        return [*(one.samples for one in self.recorder.take()), held, self.watcher.samples]


def told(sample):
    return sample.track, int(sample.flags), sample.data


def reads(dice, *, jumps):
    """Units as reads bring them: pictures and sound, key frames, damage, B frames, and a clock that jumps."""
    at_us, number = 5 * SECOND_US, 0
    for _ in range(60):
        units = []
        if jumps and dice.random() < 0.03:
            at_us += dice.choice((-3, 20)) * SECOND_US
        for _ in range(dice.randrange(1, 9)):
            flags = KEY if number % 25 == 0 else 0
            flags |= DAMAGED * (dice.random() < 0.02) | BREAK * (number == 0 or dice.random() < 0.01)
            shown_us = at_us - 120_000 * (dice.random() < 0.03 and not flags)
            units.append((0, shown_us, flags, b"%d" % number * dice.randrange(1, 500)))
            if dice.random() < 0.5:
                units.append((1, at_us, BREAK * (dice.random() < 0.02), b"sound"))
            at_us += 40_000
            number += 1
        yield units


@pytest.mark.parametrize("jumps", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_what_came_together_is_treated_as_if_it_had_come_one_by_one(seed, jumps, tmp_path):
    results = []
    for name in ("together", "apart"):
        dice = random.Random(seed)
        rig = Rig(tmp_path / name)
        store = rig.store()
        now = rig.clock.now_us()
        due = [(now + begin, now + begin + length) for begin, length in ((0, 4_100_000), (7_030_000, 9_000_000))]
        way = Way(rig, store, due)
        for units in reads(dice, jumps=jumps):
            rig.clock.advance(0.04 * sum(track == 0 for track, *_rest in units))
            for some in [units] if name == "together" else [[one] for one in units]:
                way.feed.samples(some)
        results.append(way.results)
    together, apart = results
    within_us = READ_US if jumps else SETTLES_US
    assert [[told(one) for one in some] for some in together] == [[told(one) for one in some] for some in apart]
    for one, other in zip(
        (one for some in together for one in some), (one for some in apart for one in some), strict=True
    ):
        assert one.pts_us == pytest.approx(other.pts_us, abs=within_us)
        assert one.wall_us == pytest.approx(other.wall_us, abs=within_us)
    assert len(together) > 2


def test_flags_are_those_of_the_unit_itself(tmp_path):
    rig = Rig(tmp_path)
    way = Way(rig, rig.store(), [])
    at_us = rig.clock.monotonic_us()
    flags = [KEY | BREAK, 0, DAMAGED, 0, 0, KEY]
    way.feed.samples([(0, at_us + 40_000 * nth, one, b"x") for nth, one in enumerate(flags)])
    assert [one.flags for one in way.watcher.samples] == [SampleFlag(one) for one in flags]

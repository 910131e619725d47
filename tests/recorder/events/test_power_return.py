"""What came of a power cut is told once, with figures of the recordings, and stays until somebody has seen it."""

from types import SimpleNamespace

import pytest

from recorder.client.answers import Gap, Span
from recorder.client.clock import SECOND_US
from recorder.client.errors import Unavailable
from recorder.client.outage import Outage, Returned, words_of
from recorder.client.recording import GapReason, RecordType
from recorder.events import power_return
from recorder.events.power_return import STARTING_US, PowerReturn, Surroundings, due_now
from recorder.media.plan import ChannelPlan, Due, Plan

pytestmark = pytest.mark.anyio
MINUTE = 60 * SECOND_US


def planned(*kinds):
    """A plan with a channel for each kind of recording that is due."""
    return Plan(
        channels=tuple(
            ChannelPlan(number, f"Camera {number}", record=(Due(0, 1 << 60, kind),))
            for number, kind in enumerate(kinds, 1)
        )
    )


class Cut:
    """A recorder after a power cut: it was last heard of at `alive_us`, and has been up for a minute."""

    def __init__(self, bench, monkeypatch, *, channels=2):
        self.bench, self.holes, self.footage = bench, {}, {}
        self.alive_us = bench.clock.now_us()
        bench.clock.step(28 * 60)
        self.started_us = bench.clock.now_us()
        bench.clock.advance(60)
        plan = planned(*[RecordType.GENERAL] * channels, RecordType.MOTION)
        self.power = PowerReturn(bench.store)
        self.around = Surroundings(
            bench.clock, lambda: plan, self.gaps, self.spans, lambda: bench.clock.now_us() - self.started_us
        )

        async def sleep(seconds):
            bench.clock.advance(seconds)

        monkeypatch.setattr(
            power_return, "asyncio", SimpleNamespace(sleep=sleep, to_thread=power_return.asyncio.to_thread)
        )

    async def gaps(self, channel, start_us, end_us):
        if self.holes is None:
            raise Unavailable(process="reader")
        told = [one for one in self.holes.get(channel, []) if one.start_us < end_us and one.end_us > start_us]
        return [Gap(max(one.start_us, start_us), min(one.end_us, end_us), one.reason) for one in told]

    async def spans(self, channel, start_us, end_us):
        told = [one for one in self.footage.get(channel, []) if one.start_us < end_us and one.end_us > start_us]
        return [Span(one.start_us, min(one.end_us, end_us), one.type, one.bytes) for one in told]

    def hole(self, channel, start_us, end_us, reason=GapReason.NO_POWER):
        """A hole with footage before it and behind it."""
        self.holes.setdefault(channel, []).append(Gap(start_us, end_us, reason.value))
        ends = (start_us - MINUTE, start_us), (end_us, end_us + 60 * MINUTE)
        self.footage.setdefault(channel, []).extend(Span(*one, RecordType.GENERAL.value, 1) for one in ends)

    async def told(self):
        await self.power.watch(self.around, self.alive_us)
        return self.power.untold


async def test_it_is_told_when_every_channel_records_again(bench, monkeypatch):
    cut = Cut(bench, monkeypatch)
    cut.hole(1, cut.alive_us + 3 * SECOND_US, cut.started_us + 30 * SECOND_US)
    cut.hole(2, cut.alive_us + 2_200_000, cut.started_us + 70 * SECOND_US)
    cut.hole(2, cut.alive_us - 5 * MINUTE, cut.alive_us - 4 * MINUTE, GapReason.CAMERA_OFFLINE)
    # The second records only in ten seconds from now: until then nothing is told.
    found = await cut.told()
    assert bench.clock.now_us() >= cut.started_us + 70 * SECOND_US
    assert found == Outage(
        cut.alive_us + 3 * SECOND_US,
        cut.started_us,
        (
            Returned(1, cut.started_us + 30 * SECOND_US, 0),
            Returned(2, cut.started_us + 70 * SECOND_US, 800_000),
        ),
    )


async def test_a_camera_that_stays_away_is_not_waited_for_longer_than_cameras_start(bench, monkeypatch):
    cut = Cut(bench, monkeypatch)
    cut.hole(1, cut.alive_us, cut.started_us + 30 * SECOND_US)
    begun = bench.clock.monotonic_us()
    found = await cut.told()
    assert STARTING_US <= bench.clock.monotonic_us() - begun < STARTING_US + MINUTE
    assert [one.back_us is not None for one in found.channels] == [True, False]


async def test_a_channel_records_again_when_there_is_footage_not_when_the_recorder_has_started(bench, monkeypatch):
    cut = Cut(bench, monkeypatch, channels=1)
    back_us = cut.started_us + 75 * SECOND_US
    cut.hole(1, cut.alive_us, back_us)
    # Until there is footage behind it, the recorder's start is written down as the end of the hole.
    cut.holes[1] = [Gap(cut.alive_us, cut.started_us + 20 * SECOND_US, GapReason.NO_POWER.value)]
    assert [one.back_us for one in (await cut.told()).channels] == [back_us]


async def test_a_camera_that_was_away_before_the_cut_is_back_when_it_records(bench, monkeypatch):
    cut = Cut(bench, monkeypatch, channels=1)
    cut.hole(1, cut.alive_us - MINUTE, cut.started_us + 30 * SECOND_US, GapReason.CAMERA_OFFLINE)
    assert (await cut.told()).channels == (Returned(1, cut.started_us + 30 * SECOND_US, 0),)


async def test_without_anybody_who_can_tell_the_cut_itself_is_told(bench, monkeypatch):
    cut = Cut(bench, monkeypatch)
    cut.holes = None
    assert await cut.told() == Outage(cut.alive_us, cut.started_us, known=False)


async def test_nothing_is_told_by_a_clock_that_is_wrong(bench, monkeypatch):
    cut = Cut(bench, monkeypatch, channels=1)
    cut.alive_us = bench.clock.now_us() + 10 * MINUTE
    cut.started_us = cut.alive_us + MINUTE
    cut.hole(1, cut.alive_us, cut.started_us + SECOND_US)
    found = await cut.told()
    assert bench.clock.now_us() > cut.alive_us
    assert (found.from_us, found.to_us) == (cut.alive_us, cut.started_us)


async def test_it_stays_over_restarts_until_it_was_seen(bench, monkeypatch):
    cut = Cut(bench, monkeypatch, channels=1)
    cut.hole(1, cut.alive_us, cut.started_us + SECOND_US)
    found = await cut.told()
    again = PowerReturn(bench.store)
    assert again.untold == found
    again.see()
    assert again.untold is None
    after = PowerReturn(bench.store)
    assert (after.untold, after.newest) == (None, found)


def test_only_what_is_recorded_whatever_happens_is_due():
    plan = planned(RecordType.GENERAL, RecordType.MOTION, RecordType.GENERAL)
    assert due_now(plan, 5) == {1, 3}
    assert due_now(plan, 1 << 61) == frozenset()


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        ([(1, 9, 0), (2, 12, 800_000)], "No power 2-4. 2 of 2 record since 12s. 0.8 s lost."),
        ([(1, 9, 0), (2, None, 0)], "No power 2-4. 1 of 2 records since 9s. 0.0 s lost."),
        ([(1, None, 0)], "No power 2-4. None of 1 records yet. 0.0 s lost."),
        ([], "No power 2-4. Nothing was to be recorded."),
    ],
)  # fmt: skip
def test_it_is_said_in_one_line(channels, words):
    outage = Outage(2, 4, tuple(Returned(*one) for one in channels))
    dash = "\N{EN DASH}"
    assert words_of(outage, str, "{}s".format).replace(dash, "-") == words


def test_that_nobody_could_tell_is_not_told_as_nothing_was_to_be_recorded():
    told = words_of(Outage(2, 4, known=False), str, str)
    assert told.endswith(". What was recorded could not be looked up: see the recordings.")

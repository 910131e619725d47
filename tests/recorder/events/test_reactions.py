"""Reactions run apart: a slow or broken one is tried again and told, and holds up no other."""

import asyncio
from types import SimpleNamespace

import pytest

from recorder.client.errors import Invalid
from recorder.client.happened import ReactionState
from recorder.events.linkage import Linkage
from recorder.events.linkages.log import LogOptions
from recorder.events.linkages.record import RecordOptions
from recorder.events.linkages.relay import RelayOptions
from recorder.events.pages.disarming import Disarming
from recorder.events.reactions import MOST_WAITING, Reactions
from recorder.events.sources.input_alarm import InputAlarm
from recorder.events.sources.picture_faults import VideoLoss

pytestmark = pytest.mark.anyio


class Scripted:
    """Linkages that do what the test says; each remembers what it was asked."""

    def __init__(self):
        self.done = []
        self.failures = 0
        self.gate = asyncio.Event()
        self.lacks = ""

    def linkages(self):
        script = self

        class Quick(Linkage[LogOptions]):
            name, title = "log", "Quick"

            async def begin(self, occurrence, page):
                script.done.append(("quick", occurrence.id))
                return ""

        class Slow(Linkage[RelayOptions]):
            name, title, lasts = "relay", "Slow", True
            delays_s = (0.0, 0.0)

            def lacking(self, occurrence, page):
                return script.lacks

            async def begin(self, occurrence, page):
                script.done.append(("slow began", occurrence.id))
                await script.gate.wait()
                if script.failures:
                    script.failures -= 1
                    raise Invalid(problem="no\r\nway")
                return "yes"

            async def end(self, occurrence, page):
                script.done.append(("slow ended", occurrence.id))

        class Broken(Linkage[RecordOptions]):
            name, title, lasts = "record", "Broken", True
            delays_s = ()

            async def begin(self, occurrence, page):
                raise ZeroDivisionError

            async def keep(self, occurrence, page):
                raise ZeroDivisionError

            async def end(self, occurrence, page):
                script.done.append(("broken ended", occurrence.id))

        return [one(SimpleNamespace(), None) for one in (Slow, Broken, Quick)]


@pytest.fixture
async def script(bench):
    found = Scripted()
    bench.engine.reacting = Reactions(bench.engine, found.linkages(), bench.bus, bench.clock)
    bench.change(InputAlarm, "IN1", anti_dither_s=0, relay=True, record=True, log=True)
    yield found
    found.gate.set()
    await bench.engine.reacting.stop()


async def settled():
    for _turn in range(20):
        await asyncio.sleep(0)


async def told(bench):
    (event,) = await bench.listed()
    return {one.linkage: (one.state, one.words, one.tries) for one in event.reactions}


async def test_a_slow_or_broken_linkage_delays_no_other(bench, script):
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    await settled()
    assert set(script.done) == {("slow began", 1), ("quick", 1)}
    assert await told(bench) == {
        "log": (ReactionState.DONE, "", 1),
        "record": (ReactionState.FAILED, "ZeroDivisionError", 1),
    }
    bench.engine.end(InputAlarm, "IN1")
    await settled()
    assert script.done[-1] == ("broken ended", 1)
    script.gate.set()
    await settled()
    assert script.done[-1] == ("slow ended", 1)
    assert (await told(bench))["relay"] == (ReactionState.DONE, "yes", 1)


async def test_what_failed_is_tried_again_and_told_in_one_line(bench, script):
    script.gate.set()
    script.failures = 2
    bench.engine.happened(InputAlarm, "IN1", words="Active.")
    await settled()
    assert (await told(bench))["relay"] == (ReactionState.DONE, "yes", 3)
    script.failures = 3
    async with bench.bus.listen() as queue:
        bench.engine.happened(InputAlarm, "IN1", words="Active.")
        await settled()
        found = [one for one in (queue.get_nowait() for _one in range(queue.qsize())) if one.kind == "reaction"]
    assert {one.data["words"] for one in found} == {"Broken failed: ZeroDivisionError", "Slow failed: no way"}


@pytest.mark.covers("D-RULE-03")
async def test_without_its_prerequisite_a_linkage_is_left_out_and_says_why(bench, script):
    script.lacks = "None of the outputs is in mode Automatic."
    bench.engine.happened(InputAlarm, "IN1", words="Active.")
    await settled()
    assert ("slow began", 1) not in script.done
    assert (await told(bench))["relay"] == (ReactionState.SKIPPED, script.lacks, 0)


async def test_too_many_that_wait_fail_at_once_and_the_others_go_on(bench, script):
    bench.change(InputAlarm, "IN1", anti_dither_s=0, relay=True, record=False, log=True)
    for _time in range(MOST_WAITING + 1):
        bench.engine.happened(InputAlarm, "IN1", words="Active.")
        await settled()
    newest, *others = await bench.listed(limit=1000)
    assert {one.linkage: one.state for one in newest.reactions} == {"relay": "failed", "log": "done"}
    assert not any(one.linkage == "relay" for event in others for one in event.reactions)


@pytest.mark.covers("D-RULE-07", "D-ALM-18")
async def test_while_disarmed_the_chosen_reactions_are_left_out(bench, script):
    bench.change(Disarming, disarmed=True, stop_relay=True, stop_log=False, stop_record=False)
    bench.engine.happened(InputAlarm, "IN1", words="Active.")
    await settled()
    assert script.done == [("quick", 1), ("broken ended", 1)]
    assert (await told(bench))["relay"] == (ReactionState.SKIPPED, "The recorder is disarmed.", 0)


@pytest.mark.covers("D-RULE-07", "D-ALM-18.1")
@pytest.mark.parametrize(("by_hand", "in_plan", "left_out"), [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 1)])
async def test_disarming_by_plan_counts_only_while_it_is_not_disarmed_by_hand(bench, by_hand, in_plan, left_out):
    day = [{"start_min": 0, "end_min": 24 * 60, "types": ["disarmed"]}] if in_plan else []
    bench.change(Disarming, disarmed=bool(by_hand), week={"days": [day] * 7})
    assert bench.rules.disarmed("relay", 0, bench.clock.now_us()) == left_out


@pytest.mark.covers("D-ALM-18.2")
async def test_disarming_may_be_for_some_cameras(bench):
    bench.change(Disarming, disarmed=True, channels=[2])
    found = [bench.rules.disarmed("relay", channel, 0) for channel in (0, 1, 2)]
    assert found == [False, False, True]


@pytest.mark.covers("D-ALM-19")
async def test_a_key_switch_at_an_input_disarms_while_it_is_turned(bench):
    bench.rules.active_inputs.add("KEY")
    assert not bench.rules.disarmed("relay", 0, 0)
    bench.change(InputAlarm, "KEY", disarms=True)
    assert bench.rules.disarmed("relay", 0, 0)
    bench.rules.active_inputs.discard("KEY")
    assert not bench.rules.disarmed("relay", 0, 0)


async def test_what_a_crash_left_going_is_ended(bench, script):
    bench.engine.begin(InputAlarm, "IN1", words="Active.")
    bench.engine.begin(VideoLoss, "1", words="No picture.", channel=1)
    await bench.listed()
    bench.store.close()
    bench.begin()
    bench.engine.reacting = Reactions(bench.engine, script.linkages(), bench.bus, bench.clock)
    script.done.clear()
    await bench.engine.start()
    await settled()
    assert script.done == [("slow ended", 1), ("broken ended", 1)]
    await bench.engine.reacting.stop()

"""The mains plug, the power key and the reset button of the simulated board, with a whole recorder behind them."""

import json
import os
import time
from functools import partial

import av
import pytest

from hal.client import HalClient
from recorder.client.api import ApiClient, ApiError
from recorder.client.errors import Unavailable
from recorder.client.outage import words_of
from recorder.events.engine import ALIVE_S
from recorder.simulate.stamp import read_stamp
from tests.end_to_end.conftest import wait_for

RECORDER = {"media", "decode", "detect", "gui", "control", "reader", "web", "hal-admin"}
if os.geteuid() == 0:
    RECORDER.add("pam")
PATIENCE_S = 60
DARK_S = 3
LAST_US = 1 << 52
CHANNELS = (1, 2)


@pytest.fixture(scope="module")
def one(shared):
    return shared


def running(one):
    """The processes that live now, by name."""
    found = json.loads((one.instance.run / "processes.json").read_text())
    return {name: process["pid"] for name, process in found.items()}


def all_anew(one, before):
    now = running(one)
    return now.keys() >= RECORDER and all(now[name] != before[name] for name in RECORDER)


def spans(owner, channel):
    """What is recorded of a channel; nothing while control or the reader start."""
    try:
        return owner.spans(channel, 0, LAST_US)
    except (Unavailable, ApiError):
        return []


def two_and_more(owner, channel):
    """What was recorded before a cut and after; None while only one of them is seen."""
    found = spans(owner, channel)
    return found if len(found) >= 2 else None


def stamps(one, channel, span, path):
    """The stamps of all pictures of a span."""
    stretch = ("--from", str(span.start_us), "--to", str(span.end_us))
    one.command("export", "--channel", str(channel), *stretch, str(path))
    with av.open(str(path)) as container:
        return [read_stamp(bytes(packet)) for packet in container.demux(video=0) if packet.size]


def told(owner):
    """What the recorder says came of the power cut; None while it starts, and while cameras do."""
    try:
        return owner.status().outage
    except (Unavailable, ApiError):
        return None


@pytest.mark.covers("D-PWR-03", "D-RULE-42")
def test_the_plug_is_pulled_and_the_message_says_what_was_lost_to_the_picture(one, camera, tmp_path):
    with HalClient(one.instance.socket("hal")) as hal:
        owner = ApiClient(one.instance.socket("control"), timeout_s=60)
        owner.add_channel(name="Yard", url=camera)
        wait_for(lambda: all(spans(owner, channel) for channel in CHANNELS), PATIENCE_S)
        full = time.monotonic() + 6
        wait_for(lambda: time.monotonic() > full, PATIENCE_S)
        before = running(one)
        hal.simulate("alarm_input", "IN3", "move", active=True)
        hal.simulate("power", "SYSTEM", "plug", plugged=False)
        wait_for(lambda: not RECORDER & running(one).keys(), PATIENCE_S)
        dark_us = time.time_ns() // 1000
        kept = {name: pid for name, pid in before.items() if name not in RECORDER}
        assert running(one) == kept
        assert {"hal", "panel"} <= kept.keys()
        dark = time.monotonic() + DARK_S
        wait_for(lambda: time.monotonic() > dark, PATIENCE_S)
        back_us = time.time_ns() // 1000
        hal.simulate("power", "SYSTEM", "plug", plugged=True)
        wait_for(lambda: all_anew(one, before), PATIENCE_S)
        outage = wait_for(lambda: told(owner), 4 * PATIENCE_S)
        contact = next(state for state in hal.devices() if state.name == "IN3")
        assert contact.active, "the world around the recorder went on"
        # The cut is when the recorder was last heard of; the return is when the machine began to start.
        assert outage.from_us <= dark_us
        assert dark_us - outage.from_us < (ALIVE_S + 5) * 1_000_000
        # The clock is set meanwhile, by a millisecond or so.
        assert back_us - 50_000 <= outage.to_us < back_us + 30_000_000
        assert [one.channel for one in outage.channels] == list(CHANNELS)
        for channel, found in zip(CHANNELS, outage.channels, strict=True):
            # The reader looks at the end of what is written twice a second.
            first, second, *_later = wait_for(partial(two_and_more, owner, channel), PATIENCE_S)
            last = stamps(one, channel, first, tmp_path / f"{channel}-before.mp4")
            fresh = stamps(one, channel, second, tmp_path / f"{channel}-after.mp4")
            # The camera went on counting: what lies between is what was never recorded.
            missing = fresh[0].frame - last[-1].frame - 1
            step_us = (last[-1].time_us - last[0].time_us) / (len(last) - 1)
            hole_us = found.back_us - (outage.from_us - found.lost_us)
            assert abs(hole_us / step_us - missing) <= 3
            assert found.back_us == second.start_us
            assert found.lost_us == outage.from_us - first.end_us
            sent_in_vain = (dark_us - first.end_us) / step_us
            assert 0 <= found.lost_us / step_us <= sent_in_vain + 1
        words = words_of(outage, str, str)
        assert "2 of 2 record since" in words
        # Cameras that start with the recorder are no alarm.
        since = [event for event in owner.happened().events if event.begin_us > back_us]
        assert {event.source for event in since} <= {"system-started", "input-alarm"}
        owner.outage_seen()
        assert owner.status().outage is None


@pytest.mark.covers("D-PWR-02", "V-HW-08")
def test_the_held_power_key_shuts_down_in_order_and_a_push_starts_again(one):
    with HalClient(one.instance.socket("hal")) as hal:
        before = running(one)
        hal.simulate("key", "FRONT", "press", key="power")
        wait_for(lambda: not RECORDER & running(one).keys(), PATIENCE_S)
        hal.simulate("key", "FRONT", "release", key="power")
        state = wait_for(
            lambda: next((s for s in hal.devices() if s.kind == "power" and not s.running), None), PATIENCE_S
        )
        assert state.plugged
        hal.simulate("key", "FRONT", "press", key="power")
        hal.simulate("key", "FRONT", "release", key="power")
        wait_for(lambda: all_anew(one, before), PATIENCE_S)
        before = running(one)
        hal.simulate("key", "FRONT", "press", key="reset")
        hal.simulate("key", "FRONT", "release", key="reset")
        wait_for(lambda: all_anew(one, before), PATIENCE_S)
    log = (one.data / "log" / "nightjar.log").read_text()
    assert "was killed" not in log, "all of them ended in order"

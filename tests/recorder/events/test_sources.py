"""Each source tells what it is there for, once, in words; a disturbance of a moment is none."""

import asyncio
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from hal.client.follower import Follower
from hal.client.kinds import AlarmInputState, InputRole
from recorder.client.answers import Trouble
from recorder.client.clock import SECOND_US
from recorder.client.status import DiskState, DiskStatus, MediaStatus, PoolState, PoolStatus, StreamState, StreamStatus
from recorder.client.stream import StreamName
from recorder.events.engine import ALIVE
from recorder.events.rule import Rule
from recorder.events.source import built_in
from recorder.events.sources.input_alarm import InputAlarms
from recorder.events.sources.machine_faults import DeviceFaults, DiskFault, DiskFaults, NetworkFaults
from recorder.events.sources.nothing_recorded import NothingRecordings
from recorder.events.sources.picture_faults import STARTING_US, CameraOffline, CamerasOffline, VideoLosses
from recorder.events.sources.security import IllegalLogins
from recorder.events.sources.system import BOOT, CLEAN, SILENT_US, RecordingFaults, SystemStarts
from recorder.media.plan import ChannelPlan, Due, Plan
from recorder.settings.scope import Scope

pytestmark = pytest.mark.anyio


class Place:
    """What sources look at, as the test says."""

    def __init__(self, bench):
        self.clock = bench.clock
        self.hardware = SimpleNamespace(follower=Follower(Path("nowhere")))
        self.terminals = SimpleNamespace(title=lambda kind, name: self.titles.get((kind, name), ""))
        self.titles = {}
        self.accounts = SimpleNamespace(logins=SimpleNamespace(refused=[]))
        self.status = None
        self.wrong = []

    def media(self):
        return self.status

    def troubles(self):
        return self.wrong

    def shows(self, state, *, streams=1):
        names = {number: f"Gate {number}" for number in range(1, streams + 1)}
        told = tuple(StreamStatus(number, StreamName.MAIN, state, reason="x") for number in names)
        self.status = MediaStatus(0, 1, streams=told, names=names)


@pytest.fixture
def place(bench):
    return Place(bench)


async def going_on(bench):
    return [one.words for one in await bench.listed(going_on=True)]


def test_every_source_has_a_page_of_its_own_and_the_other_way_round(bench):
    assert {one.rule for one in built_in()} == set(bench.rules.classes.values())
    assert all(issubclass(one.rule, Rule) for one in built_in())


@pytest.mark.covers("D-ALM-03", "D-ALM-04")
async def test_an_input_raises_an_event_by_the_name_its_owner_gave(bench, place):
    InputAlarms(bench.engine, place)
    place.titles["alarm_input", "IN1"] = "Back door"
    says = place.hardware.follower._changed
    at_rest = AlarmInputState(name="IN1", online=True, reason="")
    says(at_rest)
    assert await going_on(bench) == []
    says(replace(at_rest, active=True))
    says(replace(at_rest, active=True, faults=frozenset({"stuck"})))
    assert [(one.words, one.count) for one in await bench.listed()] == [("Alarm input Back door is active.", 1)]
    bench.clock.advance(10)
    says(at_rest)
    assert await going_on(bench) == []


async def test_an_opened_case_is_called_so(bench, place):
    InputAlarms(bench.engine, place)
    says = place.hardware.follower._changed
    says(AlarmInputState(name="CASE", online=True, reason="", active=True, role=InputRole.TAMPER))
    assert await going_on(bench) == ["The recorder's case was opened."]


async def test_inputs_are_listed_for_their_settings(bench, place):
    source = InputAlarms(bench.engine, place)
    place.hardware.follower._changed(AlarmInputState(name="IN1", online=True, reason=""))
    assert source.items() == {"IN1": "IN1"}


@pytest.mark.covers("D-ALM-07")
async def test_a_camera_offline_for_longer_than_wished_for_is_told(bench, place):
    source = CamerasOffline(bench.engine, place)
    bench.change(CameraOffline, "1", after_s=30)
    bench.clock.advance(STARTING_US / 1e6)
    for state in (StreamState.UNREACHABLE, StreamState.CONNECTING, StreamState.UNREACHABLE):
        place.shows(state)
        source.look()
        bench.clock.advance(14.9)
    assert await going_on(bench) == []
    bench.clock.advance(1)
    source.look()
    assert await going_on(bench) == ["Gate 1 cannot be reached. Check its power and its cable."]
    place.shows(StreamState.CONNECTING)
    source.look()
    assert len(await going_on(bench)) == 1
    bench.clock.advance(10)
    place.shows(StreamState.PLAYING)
    source.look()
    assert await going_on(bench) == []


@pytest.mark.covers("D-ALM-10")
async def test_a_camera_that_answers_without_a_picture_is_video_loss_and_not_offline(bench, place):
    offline, loss = CamerasOffline(bench.engine, place), VideoLosses(bench.engine, place)
    bench.clock.advance(STARTING_US / 1e6)
    place.shows(StreamState.STALLED)
    for _time in range(2):
        offline.look()
        loss.look()
        bench.clock.advance(60)
    assert await going_on(bench) == ["Gate 1 gives no picture: it sends nothing any more."]


async def test_cameras_that_start_with_the_recorder_are_given_two_minutes(bench, place):
    source = CamerasOffline(bench.engine, place)
    place.shows(StreamState.UNREACHABLE)
    source.look()
    bench.clock.advance(STARTING_US / 1e6 - 1)
    source.look()
    assert await going_on(bench) == []
    bench.clock.advance(1)
    source.look()
    assert len(await going_on(bench)) == 1


async def test_while_media_is_away_nothing_is_known_of_cameras(bench, place):
    source = CamerasOffline(bench.engine, place)
    bench.clock.advance(STARTING_US / 1e6)
    place.shows(StreamState.UNREACHABLE)
    source.look()
    bench.clock.advance(60)
    source.look()
    place.status = None
    bench.clock.advance(60)
    source.look()
    assert len(await going_on(bench)) == 1


@pytest.mark.covers("D-ALM-17")
async def test_disks_and_pools_are_told_with_what_is_wrong(bench, place):
    source = DiskFaults(bench.engine, place)
    disk = DiskStatus("bay1", "a", DiskState.FAILED, 0, "input/output error.", 1, 1)
    fine = DiskStatus("bay2", "b", DiskState.WRITABLE, 0, "", 1, 1)
    aside = DiskStatus("bay3", "c", DiskState.READ_ONLY, 0, "", 1, 1, set_aside=True)
    pool = PoolStatus(1, "Video", PoolState.NEARLY_FULL, 1, 1)
    place.status = MediaStatus(0, 1, disks=(disk, fine, aside), pools=(pool,))
    bench.engine.now(DiskFault, source.found())
    assert await going_on(bench) == [
        "Pool Video is nearly full, and its footage may not be overwritten yet.",
        "Disk bay1 has failed: input/output error. Replace it.",
    ]
    bench.change(DiskFault, low_space=False)
    bench.clock.advance(10)
    bench.engine.now(DiskFault, source.found())
    assert len(await going_on(bench)) == 1


@pytest.mark.covers("D-ALM-17.1", "D-ALM-17.2")
async def test_each_trouble_of_the_machine_belongs_to_one_source(bench, place):
    place.status = MediaStatus(0, 1)
    place.wrong = [
        Trouble("fan", "FAN1", "", "stalled", "Fan FAN1 does not turn.", 0),
        Trouble("network_interface", "eth0", "", "conflict", "Two have one address.", 0),
        Trouble("array", "md0", "", "degraded", "A disk is missing.", 0),
    ]
    found = [
        [one.words for one in source(bench.engine, place).found().values()]
        for source in (DeviceFaults, NetworkFaults, DiskFaults)
    ]
    assert found == [["Fan FAN1 does not turn."], ["Two have one address."], ["A disk is missing."]]


@pytest.mark.covers("D-ALM-21")
async def test_wrong_passwords_from_one_place_are_told(bench, place):
    source = IllegalLogins(bench.engine, place)
    for user in ("admin", "root"):
        source.refused(user, "10.0.0.9")
        source.refused(user, "10.0.0.8")
    assert await going_on(bench) == []
    source.refused("admin\r\n", "10.0.0.9")
    assert [one.words for one in await bench.listed()] == ["Wrong passwords for admin came from 10.0.0.9."]


@pytest.mark.parametrize(
    ("before", "alive", "clean", "start"),
    [("", 0, 0, "first"), ("b1", 50, 60, "clean"), ("b2", 50, 0, "service"), ("b1", 50, 40, "power")],
)
def test_a_start_says_what_was_before_it(bench, place, before, alive, clean, start):
    source = SystemStarts(bench.engine, place)
    words, detail = source.told(before, "b2", alive, clean)
    assert detail["start"] == start
    assert words


@pytest.mark.parametrize(("clean", "start"), [(False, "power"), (True, "clean")])
async def test_what_was_before_a_start_is_told_by_the_run_before_though_this_one_gave_signs_of_life(
    bench, place, clean, start
):
    seen_us = bench.clock.now_us()
    bench.store.note(BOOT, "another boot")
    bench.store.note(ALIVE, str(seen_us))
    if clean:
        bench.store.note(CLEAN, str(seen_us + 1))
    bench.clock.step(28 * 60)
    await bench.restart()
    place.instance, place.plan = bench.instance, Plan
    bench.store.note(ALIVE, str(bench.clock.now_us()))
    running = asyncio.create_task(SystemStarts(bench.engine, place).run())
    try:
        async with asyncio.timeout(60):
            while not (found := await bench.listed(sources=["system-started"])):  # noqa: ASYNC110 - the list tells nobody
                await asyncio.sleep(0.01)
            assert found[0].detail == {"start": start, "away_since_us": seen_us + clean}
            while bench.engine.power.untold is None and not clean:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
    assert clean or bench.engine.power.untold.from_us == seen_us


async def test_a_silent_recording_service_is_told(bench, place):
    source = RecordingFaults(bench.engine, place)
    bench.clock.advance(SILENT_US / 1e6 - 1)
    source.look()
    assert await going_on(bench) == []
    bench.clock.advance(1)
    source.look()
    assert len(await going_on(bench)) == 1
    place.shows(StreamState.PLAYING)
    bench.clock.advance(10)
    source.look()
    assert await going_on(bench) == []


def recorded(place, *channels, due=(1, 2)):
    plan = Plan(channels=tuple(ChannelPlan(one, f"{one}", record=(Due(0, 1 << 60),)) for one in due))
    place.plan = lambda: plan
    streams = [StreamStatus(one, StreamName.MAIN, StreamState.PLAYING, recording=one in channels) for one in due]
    place.status = MediaStatus(0, 1, streams=tuple(streams))


async def test_that_nothing_is_recorded_is_told_after_the_start_and_with_the_buzzer(bench, place):
    recorded(place)
    source = NothingRecordings(bench.engine, place)

    async def after(seconds):
        bench.clock.advance(seconds)
        source.look()
        return len(await going_on(bench))

    assert await after(STARTING_US / SECOND_US - 1) == 0
    assert await after(1) == 1
    recorded(place, 2)
    assert await after(6) == 0
    recorded(place)
    assert await after(29) == 0
    assert await after(2) == 1
    place.status = None
    assert await after(1) == 1
    recorded(place, due=())
    assert await after(6) == 0
    sounding = [name for name, page in bench.rules.classes.items() if page().buzzer]
    assert sounding == ["nothing-recorded"]


def test_the_rules_of_cameras_stand_together_in_the_menu_and_those_of_the_machine_behind_them():
    rules = sorted((one.rule.about for one in built_in()), key=lambda about: about.order)
    assert len({one.order for one in rules}) == len(rules)
    scopes = [one.scope is Scope.CHANNEL for one in rules]
    first = scopes.index(True)
    assert scopes[first : first + sum(scopes)] == [True] * sum(scopes)

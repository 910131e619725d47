"""Simulated cameras as a client sees them: every picture in its time, and every fault that was asked for."""

import asyncio
import dataclasses
import os
import subprocess
import sys
from itertools import pairwise

import pytest

from recorder.client.clock import SystemClock
from recorder.client.stream import Codec, StreamName
from recorder.rtsp import rtcp
from recorder.simulate.__main__ import LOOP_VARIABLE, parse
from recorder.simulate.options import SCENES
from recorder.simulate.stamp import Stamp, read_stamp, unit
from tests.recorder.simulate.conftest import SMALL
from tests.recorder.simulate.raw_player import RawPlayer

pytestmark = [pytest.mark.long, pytest.mark.anyio]


def numbers_missing(packets):
    return sum((two.sequence - one.sequence - 1) % 65536 for one, two in pairwise(packets))


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
async def test_frames_are_counted_on_without_end_over_the_loop(cameras, codec):
    async with cameras(codec=codec) as some, RawPlayer(some.url(1)) as player:
        await player.until(lambda: len(player.stamps) >= 38)
    frames = [stamp.frame for stamp in player.stamps]
    assert frames == list(range(frames[0], frames[0] + len(frames)))
    assert [stamp.loop_frame for stamp in player.stamps] == [n % 30 for n in range(len(frames))]
    assert numbers_missing(player.video) == 0
    assert sum(one.marker for one in player.video) in {len(frames), len(frames) - 1}


async def test_a_second_client_sees_the_same_numbers_at_the_same_time(cameras):
    async with cameras() as some, RawPlayer(some.url(1)) as one, RawPlayer(some.url(1)) as other:
        await asyncio.gather(*(player.until(lambda p=player: len(p.stamps) >= 8) for player in (one, other)))
        again = {stamp.frame: stamp for stamp in one.stamps}
        shared = [stamp for stamp in other.stamps if stamp.frame in again]
        assert shared
        assert all(again[stamp.frame] == stamp for stamp in shared)


async def test_pictures_arrive_when_they_were_taken(cameras):
    clock = SystemClock()
    async with cameras() as some, RawPlayer(some.url(1)) as player:
        offset = clock.now_us() - asyncio.get_running_loop().time() * 1e6
        await player.until(lambda: len(player.stamps) >= 20)
    late = sorted(one.at * 1e6 + offset - one.stamp.time_us for one in player.video if one.stamp)
    assert late[0] > -5_000
    # Half of them: a test machine may be busy.
    assert late[len(late) // 2] < 200_000


async def test_sender_reports_map_timestamps_to_the_cameras_clock(cameras):
    async with cameras() as some, RawPlayer(some.url(2)) as player:
        await player.until(lambda: len(player.stamps) >= 4 and any(one.channel == 1 for one in player.packets))
    report = rtcp.parse(next(one.data for one in player.packets if one.channel == 1))[0]
    for one in player.video:
        if one.stamp:
            behind = (one.timestamp - report.rtp_timestamp + 2**31) % 2**32 - 2**31
            assert abs(report.utc_us + behind * 1_000_000 // 90_000 - one.stamp.time_us) < 100


async def test_a_key_picture_comes_first_with_its_parameter_sets(cameras):
    async with cameras() as some, RawPlayer(some.url(1)) as player:
        await player.until(lambda: len(player.stamps) >= 2)
    assert player.video[0].data[12] & 31 == 24
    assert player.stamps[0].frame % 30 == 0


async def test_lost_packets_leave_holes_in_the_numbers(cameras):
    async with cameras() as some, RawPlayer(some.url(1, loss=0.2)) as player:
        await player.until(lambda: len(player.video) >= 60)
    missing = numbers_missing(player.video)
    assert 0.08 < missing / (missing + len(player.video)) < 0.35


async def test_a_stalled_camera_is_silent_and_then_goes_on(cameras):
    async with cameras() as some, RawPlayer(some.url(1, stall="0.4:1.2")) as player:
        await player.until(lambda: len(player.stamps) >= 15)
    steps = [two.frame - one.frame for one, two in pairwise(player.stamps)]
    assert steps.count(1) == len(steps) - 1
    assert max(steps) == 13
    assert numbers_missing(player.video) == 0


async def test_a_camera_that_drops_closes_the_connection(cameras):
    async with cameras() as some, RawPlayer(some.url(1, drop=0.5)) as player:
        await player.until(lambda: False)
        assert player.closed
        assert len(player.stamps) == 8
        assert not some.server.ward.sessions


async def test_timestamps_jump_an_hour(cameras):
    async with cameras() as some, RawPlayer(some.url(1, jump=0.4)) as player:
        await player.until(lambda: len(player.stamps) >= 10)
    stamped = [one for one in player.video if one.stamp]
    steps = [(two.timestamp - one.timestamp) % 2**32 for one, two in pairwise(stamped)]
    assert sorted(set(steps)) == [6000, 3600 * 90_000 + 6000]
    assert steps.count(6000) == len(steps) - 1


async def test_a_paced_camera_spreads_a_picture_over_its_time(cameras):
    larger = cameras(main_size=(640, 360), main_bits_per_s=2_000_000)
    async with larger as some, RawPlayer(some.url(1, pace=1)) as player:
        await player.until(lambda: sum(one.marker for one in player.video) >= 3)
    key = [one for one in player.video if one.timestamp == player.video[0].timestamp]
    assert len(key) > 5
    assert 0.02 < key[-1].at - key[0].at < 0.3
    assert numbers_missing(player.video) == 0


async def test_faults_of_one_camera_leave_the_others_alone(cameras):
    wrong = cameras(faults={2: {"loss": "0.5"}})
    async with wrong as some, RawPlayer(some.url(1)) as good, RawPlayer(some.url(2)) as bad:
        await asyncio.gather(good.until(lambda: len(good.video) >= 20), bad.until(lambda: len(bad.video) >= 20))
    assert numbers_missing(good.video) == 0
    assert numbers_missing(bad.video) > 0


@pytest.mark.parametrize(
    "query", [{"loss": "2"}, {"loss": "nan"}, {"stall": "x"}, {"drop": "-1"}, {"pace": "fast"}, {"audio": "mp3"}]
)
async def test_a_fault_that_cannot_be_read_is_refused(cameras, query):
    async with cameras() as some:
        with pytest.raises(AssertionError, match="400 Bad"):
            async with RawPlayer(some.url(1, **query)):
                pass


async def test_a_camera_that_does_not_exist_is_not_found(cameras):
    async with cameras() as some:
        for url in (some.url(3), some.url(0), some.url(1, "third")):
            with pytest.raises(AssertionError, match="404 Not"):
                async with RawPlayer(url):
                    pass


async def test_a_client_that_never_reads_costs_bounded_memory_and_gets_whole_pictures_later(cameras):
    async with cameras(main_size=(640, 360), main_bits_per_s=2_000_000) as some:
        limits = some.server.ward.limits
        some.server.ward.limits = dataclasses.replace(limits, backlog_bytes=20_000)
        async with RawPlayer(some.url(1)) as player:
            await player.until(lambda: len(player.stamps) >= 1)
            (session,) = some.server.ward.sessions.values()
            largest = 0
            # Until pictures are left out: the kernel takes some megabytes first.
            for unit_count in range(400):
                for _ in range(20):
                    session.put(_copied(some, unit_count))
                largest = max(largest, session.carrier._transport.get_write_buffer_size())
                if session.skipped > 100:
                    break
            assert session.skipped > 100
            assert largest < 20_000 + 200_000
            await player.until(lambda: len(player.video) > 1 and numbers_missing(player.video[-2:]) > 0)
    assert numbers_missing(player.video[:-1]) == 0
    assert player.video[-1].data[12] & 31 == 24  # parameter sets: a key picture


def _copied(some, number):
    """A delta picture of a real stream."""
    library = some.server.ward.library
    (reel,) = library._reels.values()
    from recorder.rtsp.server.source import Unit

    return Unit(0, number, 0, False, reel.packets(3, Stamp(number, 0, 0)))


async def test_what_is_not_in_the_cache_plays_before_it_is_made(cameras, tmp_path):
    async with cameras(cache=tmp_path, loop_s=60) as some, RawPlayer(some.url(1, "sub")) as player:
        await player.until(lambda: len(player.stamps) >= 3)
        assert not list(tmp_path.glob("*.clip"))
        assert list(tmp_path.glob("*.part"))


async def test_a_clip_that_cannot_be_made_is_told(cameras, tmp_path):
    place = tmp_path / "not a directory"
    place.touch()
    async with cameras(cache=place) as some:
        with pytest.raises(AssertionError, match="503 Serv"):
            async with RawPlayer(some.url(1)):
                pass


def test_a_stamp_is_read_back():
    told = Stamp(2**40 + 1, 1_763_700_000_000_123, 899)
    for codec in (Codec.H264, Codec.H265):
        sei = unit(codec, told)
        assert b"\0\0" not in sei
        assert read_stamp(len(sei).to_bytes(4) + sei) == told
        assert read_stamp(b"\0\0\0\1" + sei + b"\0\0\0\1\x65abc") == told
    assert read_stamp(b"\0\0\0\x02\x65a") is None
    assert read_stamp((len(sei) - 9).to_bytes(4) + sei[:-9]) is None


def test_the_command_says_when_it_is_ready_and_ends_when_told(clips):
    command = [sys.executable, "-m", "recorder.simulate", "--port", "0", "--cameras", "1", "--cache", str(clips)]
    environment = {**os.environ, "NIGHTJAR_SIMULATE_PASSWORD": "secret"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        word, port = process.stdout.readline().split()
        assert word == "ready"
        assert int(port)
        process.terminate()
        assert process.wait(60) == 0


def test_the_scenes_of_a_whole_recorder_are_a_minute_or_as_short_as_its_environment_says(monkeypatch):
    monkeypatch.delenv(LOOP_VARIABLE, raising=False)
    assert parse([])[0].loop_s == 60
    monkeypatch.setenv(LOOP_VARIABLE, "4")
    assert parse([])[0].clip(1, StreamName.MAIN).frames == 4 * 15


@pytest.mark.parametrize(
    "wrong",
    [
        ["--fault", "cam1:loss=9"],
        ["--fault", "cam1:speed=1"],
        ["--main", "5x5"],
        ["--cameras", "0"],
        ["--auth", "basic"],
    ],
)
def test_a_wrong_command_line_is_refused_in_words(wrong):
    asked = subprocess.run(
        [sys.executable, "-m", "recorder.simulate", *wrong], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 2
    assert "error:" in asked.stderr


def test_cameras_look_at_different_places():
    assert len({SMALL.clip(camera, "main").scene for camera in range(1, 9)}) == len(SCENES) == 8
    assert SMALL.phase(9) != SMALL.phase(1)

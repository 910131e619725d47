"""Cameras that do what the RFCs allow and few expect, or what they forbid and cameras do all the same."""

import asyncio
import base64
import concurrent.futures
import socket
import threading

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.stream import Codec, SampleFlag
from recorder.rtsp import connection as connection_module
from recorder.rtsp import errors, rtcp
from recorder.rtsp import playing as playing_module
from recorder.rtsp.delivery import METADATA_BYTES_PER_S, STRAY_US
from recorder.rtsp.message import Interleaved
from tests.recorder.rtsp.camera import (
    AUDIO,
    IDR,
    PPS,
    SDP,
    SLICE,
    SPS,
    Camera,
    Run,
    failure_of,
    reply,
    sender_report,
    until,
)
from tests.recorder.rtsp.receiving import sample

pytestmark = pytest.mark.anyio


@pytest.fixture
def quick(monkeypatch):
    """Let the watch over a stream look often; time itself is the test's."""
    monkeypatch.setattr(playing_module, "TICK_S", 0.01)


@pytest.mark.parametrize("first", [1, 2, 3, 4, 7, 8])
async def test_a_message_may_be_cut_anywhere_between_two_reads(first):
    message = b"OPTIONS * RTSP/1.0\r\nCSeq: 77\r\n\r\n"
    async with Camera() as camera, Run(camera.url) as run:
        await run.playing(camera)
        camera.gop()
        await run.sink.wait(3)
        connection = run.source._playing.dialogue.connection
        seen = connection.bytes
        camera.send(message[:first])
        await until(lambda: connection.bytes == seen + first)
        camera.send(message[first:])
        await until(lambda: camera.answers)
        assert camera.answers[0].cseq == 77
        assert run.source.statistics.malformed == 0


@pytest.mark.parametrize(
    ("options", "given"),
    [
        (reply(), ["GET_PARAMETER", "OPTIONS", "OPTIONS", "OPTIONS"]),
        (None, ["GET_PARAMETER", "OPTIONS", "GET_PARAMETER", "OPTIONS"]),
    ],
)
async def test_a_sign_of_life_that_is_never_answered_is_not_the_last_one(quick, options, given):
    async with Camera(GET_PARAMETER=None) as camera, Run(camera.url) as run:
        await run.playing(camera)
        camera.replies["OPTIONS"] = options
        known = len(camera.requests)
        for number in range(1, 5):
            run.clock.advance(31)
            await until(lambda number=number: len(camera.requests) == known + number)
            if options and number > 1:
                await until(run.source._playing._keeping.done)
        assert camera.methods()[known:] == given
        assert not run.task.done()


async def test_a_camera_known_by_its_address_waits_for_no_resolver():
    release = threading.Event()
    loop = asyncio.get_running_loop()
    with concurrent.futures.ThreadPoolExecutor(1) as busy:
        loop.set_default_executor(busy)
        # As a name does whose server does not answer.
        hanging = loop.run_in_executor(None, release.wait)
        try:
            async with Camera() as camera, Run(camera.url) as run:
                await camera.playing.wait()
                camera.gop()
                await run.sink.wait(3)
        finally:
            release.set()
            await hanging


async def test_an_address_that_swallows_everything_keeps_nobody_from_the_next_one(monkeypatch):
    loop = asyncio.get_running_loop()
    connect = loop.sock_connect

    async def swallow(one, address):
        if address[0] == "127.0.0.9":
            await asyncio.Event().wait()
        await connect(one, address)

    async def two_addresses(_host, port, **_options):
        tcp = socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, ""
        return [(*tcp, ("127.0.0.9", port)), (*tcp, ("127.0.0.1", port))]

    monkeypatch.setattr(loop, "sock_connect", swallow)
    monkeypatch.setattr(loop, "getaddrinfo", two_addresses)
    monkeypatch.setattr(connection_module, "ADDRESS_S", 0.05)
    async with Camera() as camera, Run(camera.url.replace("127.0.0.1", "camera.test"), handshake_s=5) as run:
        await camera.playing.wait()
        camera.gop()
        await run.sink.wait(3)


async def test_a_key_frame_that_is_long_in_coming_is_waited_for_and_that_is_said(quick):
    async with Camera() as camera, Run(camera.url, stall_after_s=5) as run:
        await run.playing(camera)
        for second in range(40):
            packets = run.source.statistics.packets
            camera.frame(SLICE, 90_000 * second)
            await until(lambda packets=packets: run.source.statistics.packets > packets)
            await asyncio.sleep(0.03)
            run.clock.advance(1)
        await until(lambda: "no key frame" in run.source.lacks)
        assert not run.task.done()
        camera.gop(90_000 * 40)
        await run.sink.wait(3)
        await until(lambda: not run.source.lacks)


async def test_a_key_frame_that_never_comes_is_not_waited_for_for_ever(quick):
    async with Camera() as camera, Run(camera.url, stall_after_s=5) as run:
        await run.playing(camera)
        for second in range(90):
            camera.frame(SLICE, 90_000 * second)
            await asyncio.sleep(0.02)
            run.clock.advance(1)
        failure = await run.failure()
        assert type(failure) is errors.Stalled
        assert "no key frame" in failure.reason


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "461 Unsupported Transport", "400 Bad Request"])
async def test_sound_that_a_user_may_not_have_costs_no_picture(status):
    async with Camera(SDP + AUDIO) as camera:
        camera.replies["SETUP"] = [camera.set_up, reply(status)]
        async with Run(camera.url) as run:
            await camera.playing.wait()
            camera.gop()
            await run.sink.wait(3)
            assert run.sink.epochs[0].audio is None


async def test_a_password_refused_for_the_sound_is_tried_no_second_time():
    challenge = 'WWW-Authenticate: Digest realm="r", nonce="{}", qop="auth"'
    async with Camera(SDP + AUDIO) as camera:
        refused = [reply("401 Unauthorized", challenge.format(number)) for number in range(9)]
        camera.replies["SETUP"] = [camera.set_up, *refused]
        assert type(await failure_of(camera.url, "u", "p")) is errors.WrongPassword
        assert sum("Authorization" in one.headers for one in camera.requests) == 1


@pytest.mark.parametrize(("login", "unsaid"), [(False, True), (True, False)])
async def test_who_is_refused_before_any_login_has_no_wrong_password(login, unsaid):
    challenge = reply("401 Unauthorized", 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"')
    answers = [*([challenge] if login else []), reply("403 Forbidden")]
    async with Camera(DESCRIBE=answers) as camera:
        failure = await failure_of(camera.url, "u", "p")
        assert type(failure) is errors.WrongPassword
        assert failure.unsaid is unsaid


async def test_tracks_are_played_one_by_one_where_the_camera_wants_that():
    async with Camera(SDP + AUDIO) as camera:
        camera.replies["PLAY"] = [reply("459 Aggregate Operation Not Allowed"), reply(), reply()]
        async with Run(camera.url) as run:
            await until(lambda: len(camera.asked("PLAY")) == 3)
            camera.gop()
            await run.sink.wait(3)
            assert [one.url for one in camera.asked("PLAY")[1:]] == [f"{camera.url}/track1", f"{camera.url}/track2"]


async def test_the_port_of_the_web_pages_is_told_as_such():
    async with Camera(OPTIONS="HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as camera:
        assert "web server" in (await failure_of(camera.url)).reason


async def test_a_refusal_is_told_in_words_of_the_standard_and_never_in_those_of_the_camera():
    async with Camera(DESCRIBE=reply("453 Your licence has expired, call 555-1234")) as camera:
        assert (await failure_of(camera.url)).reason == "DESCRIBE was answered by 453 (Not Enough Bandwidth)"


def announced(ssrc):
    return lambda request: reply(
        "200 OK", f"Transport: {request.headers.get('Transport')};ssrc={ssrc:X};mode=play", "Session: 1"
    )


@pytest.mark.parametrize("ours_first", [True, False])
async def test_packets_of_a_session_that_ended_do_not_mix_with_ours_where_the_camera_says_which_are_ours(ours_first):
    async with Camera(SETUP=announced(5)) as camera, Run(camera.url) as run:
        await camera.playing.wait()
        for number in range(30):
            sources = [(5, IDR if number in {0, 10} else SLICE), (77, b"\x41\x9astale")]
            for ssrc, picture in sources if ours_first else reversed(sources):
                for _ in range(3):
                    camera.frame(picture, 3600 * number + ssrc, ssrc=ssrc, marker=False)
        camera.frame(SLICE, 3600 * 30, ssrc=5)
        # Where the others came first, nobody knows whether anything of the first key frame is missing.
        await run.sink.wait(31 if ours_first else 21)
        assert not any(b"stale" in one[3] or one[2] & SampleFlag.DAMAGED for one in run.sink.units)
        assert run.source.statistics.discontinuities == 0
        assert run.source.statistics.lost == 0


def without_clock(ssrc, timestamp):
    return rtcp.build(rtcp.SenderReport(ssrc, 0, timestamp))


async def test_reports_of_a_camera_without_a_clock_move_no_sound():
    async with Camera(SDP + AUDIO) as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.frame(IDR, 0)
        await run.sink.wait(1)
        camera.frame(b"\xd5" * 160, 0, channel=2, kind=8, ssrc=6)
        await run.sink.wait(1, track=1)
        # Of one moment by their NTP times, which are none; the second was sent 4 s after the first.
        for channel, report in ((1, without_clock(5, 0)), (3, without_clock(6, 32_000))):
            camera.send(b"$" + bytes((channel, 0, len(report))) + report)
        for number in range(1, 1000):
            if not number % 100:
                camera.frame(SLICE, 180_000 * number // 100)
            camera.frame(b"\xd5" * 160, 160 * number, channel=2, kind=8, ssrc=6)
        await run.sink.wait(1000, track=1)
        heard = run.sink.of(1)
        assert heard[-1][1] - heard[0][1] == 999 * 20_000


@pytest.mark.parametrize("reports", [1, 2])
@pytest.mark.parametrize("off_s", [-4, 4])
async def test_sound_that_is_seconds_off_is_moved_at_once_when_two_reports_say_so(off_s, reports):
    async with Camera(SDP + AUDIO) as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.frame(IDR, 0)
        await run.sink.wait(1)
        camera.frame(b"\xd5" * 160, 0, channel=2, kind=8, ssrc=6)
        await run.sink.wait(1, track=1)
        told = sender_report(5, 10**15, 0), sender_report(6, 10**15 + off_s * SECOND_US, 0)
        for _ in range(reports):
            for channel, report in zip((1, 3), told, strict=True):
                camera.send(b"$" + bytes((channel, 0, len(report))) + report)
        camera.frame(SLICE, 90_000 * 6)
        for number in range(1, 301):
            camera.frame(b"\xd5" * 160, 160 * number, channel=2, kind=8, ssrc=6)
        camera.frame(SLICE, 90_000 * 7)
        await run.sink.wait(3)
        heard = [one[1] for one in run.sink.of(1)]
        assert heard == sorted(heard)
        moved = heard[-1] - heard[0] - 300 * 20_000
        # By 2 % of what passed, or wholly; what was heard before is not heard twice.
        assert moved == pytest.approx(off_s * (20_000 * 300 // 50 // 4 if reports == 1 else SECOND_US), abs=40_000)
        assert len(heard) == (301 if off_s > 0 or reports == 1 else 102)


@pytest.mark.parametrize("ticks", [72_000, 20, 176])
async def test_sound_whose_timestamps_are_wrong_stays_near_its_picture(ticks):
    """By 9 s a packet; eight times too slow; a tenth too fast, as of a clock that was never looked at."""
    seconds = 300
    async with Camera(SDP + AUDIO) as camera, Run(camera.url) as run:
        await camera.playing.wait()
        for second in range(seconds):
            camera.frame(IDR if second == 0 else SLICE, 90_000 * second)
            for number in range(50):
                camera.frame(b"\xd5" * 160, ticks * (50 * second + number), channel=2, kind=8, ssrc=6)
            if not second % 20:
                await run.sink.wait(second + 1)
        await run.sink.wait(seconds)
        shown = heard = 0
        for track, pts_us, _flags, _data in run.sink.units:
            if track == 0:
                shown = pts_us
            else:
                assert abs(pts_us - shown) <= STRAY_US + SECOND_US
                assert pts_us >= heard
                heard = pts_us
        assert heard > 0
        assert run.source.statistics.discontinuities


async def test_parameter_sets_behind_start_codes_are_read_from_the_description():
    sets = base64.b64encode(b"\0\0\0\1" + SPS + b"\0\0\0\1" + PPS).decode()
    told = SDP.partition("sprop-parameter-sets=")[0] + f"sprop-parameter-sets={sets}\n"
    async with Camera(told) as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.gop()
        await run.sink.wait(3)
        video = run.sink.epochs[0].video
        assert (video.codec, video.parameter_sets) == (Codec.H264, (SPS, PPS))
        assert run.sink.units[0][3] == sample(IDR)


METADATA = "m=application 0 RTP/AVP 107\na=rtpmap:107 vnd.onvif.metadata/90000\na=control:track3\n"


async def test_metadata_takes_no_more_room_for_telling_many_seconds():
    async with Camera(SDP + METADATA) as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.frame(IDR, 0)
        for number in range(200):
            camera.frame(b"<" * 60_000, 90_000 * number, channel=4, kind=107, ssrc=8)
            await camera.writer.drain()
        camera.frame(SLICE, 3600)
        await run.sink.wait(2)
        assert 0 < sum(len(one[3]) for one in run.sink.of(2)) <= METADATA_BYTES_PER_S


@pytest.mark.parametrize("left_out", [1, 40, 700])
async def test_bytes_that_a_camera_left_out_cost_no_more_than_their_packets(left_out):
    # What a `$` begins within a picture is no packet, however long it says that it is.
    picture = SLICE + b"$\x00\xff\xff\x47\x11" * 120
    async with Camera() as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.gop()
        whole = bytes(Interleaved(0, camera.packet(picture, 20_000)))
        camera.send(whole[:-left_out])
        for number in range(1, 4):
            camera.frame(picture, 20_000 + 3600 * number)
        camera.gop(40_000)
        # Three before, two whole ones after the one that was cut and the one that it took along, three at the end.
        await run.sink.wait(8)
        assert run.source.statistics.lost == 1
        assert [one[3] for one in run.sink.units[-3:]] == [sample(IDR), sample(SLICE), sample(SLICE)]
        assert run.sink.units[-4][3] == sample(picture)


async def test_where_tcp_is_answered_by_udp_that_is_taken():
    async with Camera() as camera:
        camera.replies["SETUP"] = [
            reply("200 OK", "Transport: RTP/AVP;unicast;client_port=0-1;server_port=6000-6001", "Session: 1"),
            camera.set_up,
        ]
        async with Run(camera.url, transport="auto") as run:
            await camera.playing.wait()
            camera.datagram(IDR, 0)
            await run.sink.wait(1)
            assert run.source.statistics.transport == "udp"

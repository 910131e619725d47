import asyncio
import gc
import socket
import tracemalloc

import pytest

from recorder.client.stream import Codec, SampleFlag
from recorder.rtsp import errors, rtcp
from recorder.rtsp import playing as playing_module
from recorder.rtsp.connection import WINDOW_BYTES
from recorder.rtsp.intake import Intake
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

FIRST = SampleFlag.KEY | SampleFlag.EPOCH | SampleFlag.DISCONTINUITY
DIGEST = 'WWW-Authenticate: Digest realm="r", nonce="{}", qop="auth"'
OTHER_SPS, OTHER_PPS = bytes.fromhex("6742c01e95a0280bfe54"), bytes.fromhex("68ce3c80")

pytestmark = pytest.mark.anyio


@pytest.fixture
def quick(monkeypatch):
    """Let the watch over a stream look often; time itself is the test's."""
    monkeypatch.setattr(playing_module, "TICK_S", 0.01)


async def test_a_stream_begins_with_its_parameters_and_a_key_frame():
    async with Camera() as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.frame(SLICE, 0)
        camera.gop(3600)
        await run.sink.wait(3)
        assert run.sink.log == [1, FIRST, SampleFlag.NONE, SampleFlag.NONE]
        video = run.sink.epochs[0].video
        assert (video.codec, video.width, video.height, video.parameter_sets) == (Codec.H264, 320, 240, (SPS, PPS))
        assert [one[3] for one in run.sink.units] == [sample(IDR), sample(SLICE), sample(SLICE)]
        times = [one[1] for one in run.sink.units]
        assert [one - times[0] for one in times] == [0, 40_000, 80_000]
        assert camera.methods()[:4] == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]
        assert camera.asked("SETUP")[0].url == f"{camera.url}/track1"
        assert run.source.statistics.packets == 4


QUIRKS = {
    "bare line ends": {"DESCRIBE": reply("200 OK", body=SDP).replace("\r\n", "\n")},
    "no CSeq": {"DESCRIBE": reply("200 OK", body=SDP).replace("CSeq: {cseq}\r\n", "")},
    "no reason phrase": {"PLAY": reply("200")},
    "no OPTIONS": {"OPTIONS": reply("501 Not Implemented")},
    "blank lines between": {"SETUP": "\r\n\r\n" + reply("200 OK", "Session: 1")},
    "no Transport in the answer": {"SETUP": reply("200 OK", "Session: 1;timeout=abc")},
    "no Session at all": {"SETUP": reply()},
    "a provisional answer first": {"PLAY": reply("100 Continue") + reply()},
    "an answer that came too late": {"PLAY": reply().replace("{cseq}", "1") + reply()},
    "an absurd timeout": {"SETUP": reply("200 OK", "Session: 1;timeout=99999999999999999999")},
}


@pytest.mark.parametrize("quirk", QUIRKS)
async def test_a_camera_with_a_quirk_is_played_all_the_same(quirk):
    async with Camera(**QUIRKS[quirk]) as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.gop()
        await run.sink.wait(3)


async def test_packets_before_the_answer_to_play_count():
    def early(_):
        camera.gop()
        return reply()

    async with Camera(PLAY=early) as camera, Run(camera.url) as run:
        await run.sink.wait(3)
        assert run.source.statistics.lost == 0


async def test_the_channel_is_the_one_the_camera_names():
    async with (
        Camera(SETUP=reply("200 OK", "Transport: RTP/AVP/TCP;unicast;interleaved=6-7", "Session: 1")) as camera,
        Run(camera.url) as run,
    ):
        await camera.playing.wait()
        camera.frame(IDR, 0, channel=0)
        camera.frame(IDR, 0, channel=6)
        await run.sink.wait(1)
        assert run.source.statistics.packets == 1


async def test_what_is_no_packet_between_packets_is_passed_over():
    async with Camera() as camera, Run(camera.url) as run:
        await camera.playing.wait()
        for number, junk in enumerate(
            (b"\xde\xad\xbe\xef", b"$", b"OOPS", b"\x00" * 3000, b"$\x09\x00\x02ab", b"$\x00\x00\x01x")
        ):
            camera.frame(IDR, 3600 * number)
            camera.send(junk)
        camera.gop(900_000)
        await run.sink.wait(6)
        assert run.source.statistics.malformed >= 3
        assert not run.task.done()


async def test_a_camera_that_asks_is_answered():
    async with Camera() as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 77\r\n\r\n")
        camera.send(b"ANNOUNCE * RTSP/1.0\r\nCSeq: 78\r\n\r\n")
        camera.gop()
        await run.sink.wait(1)
        await until(lambda: len(camera.answers) == 2)
        assert [(one.status, one.cseq) for one in camera.answers] == [(200, 77), (501, 78)]


async def test_a_new_resolution_is_told_before_its_key_frame():
    async with Camera() as camera, Run(camera.url, epoch_number=41) as run:
        await camera.playing.wait()
        camera.gop()
        for unit in (OTHER_SPS, OTHER_PPS):
            camera.frame(unit, 10_800, marker=False)
        camera.gop(10_800)
        camera.gop(21_600)
        await run.sink.wait(9)
        changed = SampleFlag.KEY | SampleFlag.EPOCH
        none = SampleFlag.NONE
        assert run.sink.log == [42, FIRST, none, none, 43, changed, none, none, SampleFlag.KEY, none, none]
        assert [(one.video.width, one.video.height) for one in run.sink.epochs] == [(320, 240), (640, 360)]


async def test_parameters_may_come_in_the_stream_alone():
    async with Camera(SDP.replace(";sprop-parameter-sets=", ";x=")) as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.gop()
        for unit in (SPS, PPS):
            camera.frame(unit, 20_000, marker=False)
        camera.gop(20_000)
        await run.sink.wait(3)
        assert run.sink.epochs[0].video.parameter_sets == (SPS, PPS)
        assert run.sink.units[0][3] == sample(SPS, PPS, IDR)


async def test_a_first_key_frame_with_a_hole_is_not_begun_with():
    async with Camera() as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.frame(SLICE, 0)
        camera.packet(b"lost", 0)
        camera.gop(3600)
        camera.gop(20_000)
        await run.sink.wait(3)
        assert run.sink.units[0][2] == FIRST
        assert run.source.statistics.lost == 1


async def test_a_jump_of_the_cameras_clock_is_told():
    async with Camera() as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.gop(0)
        camera.gop(3600 * 90_000)
        await run.sink.wait(6)
        assert run.sink.units[3][2] == SampleFlag.KEY | SampleFlag.DISCONTINUITY
        times = [one[1] for one in run.sink.units]
        assert times == sorted(times)
        assert times[-1] - times[0] < 1_000_000
        assert run.source.statistics.discontinuities == 1


async def test_sound_comes_with_the_picture_and_never_before():
    async with Camera(SDP + AUDIO) as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.frame(b"\xd5" * 160, 0, channel=2, kind=8, ssrc=6)
        camera.gop()
        camera.frame(b"\x55" * 160, 160, channel=2, kind=8, ssrc=6)
        await run.sink.wait(1, track=1)
        assert run.sink.of(1)[0][2:] == (SampleFlag.NONE, b"\x55" * 160)
        assert run.sink.epochs[0].audio.codec is Codec.PCMA
        assert [one.headers.get("Transport") for one in camera.asked("SETUP")] == [
            "RTP/AVP/TCP;unicast;interleaved=0-1",
            "RTP/AVP/TCP;unicast;interleaved=2-3",
        ]


async def test_a_refused_sound_track_costs_no_picture():
    async with Camera(SDP + AUDIO) as camera:
        camera.replies["SETUP"] = [camera.set_up, reply("500 Internal Server Error")]
        async with Run(camera.url) as run:
            await camera.playing.wait()
            camera.gop()
            await run.sink.wait(3)
            assert run.sink.epochs[0].audio is None


async def test_sender_reports_bring_sound_to_its_picture():
    async with Camera(SDP + AUDIO) as camera, Run(camera.url) as run:
        await camera.playing.wait()
        # By their reports, sound stamped 0 belongs 200 ms after the picture stamped 0.
        camera.frame(IDR, 0)
        await run.sink.wait(1)
        camera.frame(b"\xd5" * 160, 0, channel=2, kind=8, ssrc=6)
        await run.sink.wait(1, track=1)
        for channel, report in ((1, sender_report(5, 10**15, 0)), (3, sender_report(6, 10**15 + 200_000, 0))):
            camera.send(b"$" + bytes((channel, 0, len(report))) + report)
        for number in range(1, 1000):
            if not number % 100:
                camera.frame(SLICE, 180_000 * number // 100)
            camera.frame(b"\xd5" * 160, 160 * number, channel=2, kind=8, ssrc=6)
        await run.sink.wait(1000, track=1)
        heard = run.sink.of(1)
        assert heard[-1][1] - heard[0][1] == pytest.approx(999 * 20_000 + 200_000, abs=2)
        assert run.source.report(1)[0].utc_us == pytest.approx(10**15 + 200_000, abs=1)


async def test_the_camera_is_told_how_it_is_received(quick):
    async with Camera() as camera, Run(camera.url) as run:
        await run.playing(camera)
        camera.gop()
        camera.packet(b"lost", 0)
        camera.frame(SLICE, 20_000)
        await run.sink.wait(4)
        run.clock.advance(6)
        await until(lambda: any(rtcp.parse(one.payload)[0].blocks for one in camera.reports))
        newest = camera.reports[-1]
        report, description = rtcp.parse(newest.payload)
        assert (newest.channel, report.blocks[0].ssrc, report.blocks[0].lost) == (1, 5, 1)
        assert report.blocks[0].highest_sequence == 65_534
        assert description.cname


@pytest.mark.parametrize(
    ("public", "lives_s", "after_s", "method"),
    [
        ("OPTIONS, GET_PARAMETER", 60, 31, "GET_PARAMETER"),
        ("OPTIONS, PLAY", 60, 31, "OPTIONS"),
        ("GET_PARAMETER", 10, 6, "GET_PARAMETER"),
    ],
)
async def test_the_session_is_kept_alive_as_the_camera_wants(quick, public, lives_s, after_s, method):
    setup = reply("200 OK", f"Session: abc;timeout={lives_s}")
    async with Camera(OPTIONS=reply("200 OK", f"Public: {public}"), SETUP=setup) as camera, Run(camera.url) as run:
        await run.playing(camera)
        camera.gop()
        await run.sink.wait(1)
        known = len(camera.requests)
        run.clock.advance(after_s - 2)
        await asyncio.sleep(0.05)
        assert len(camera.requests) == known
        run.clock.advance(2)
        await until(lambda: len(camera.requests) > known)
        assert camera.requests[-1].method == method
        assert camera.requests[-1].headers.get("Session") == "abc"


async def test_a_sign_of_life_that_is_not_implemented_is_given_otherwise(quick):
    async with Camera(GET_PARAMETER=reply("501 Not Implemented")) as camera, Run(camera.url) as run:
        await run.playing(camera)
        known = len(camera.requests)
        run.clock.advance(31)
        # At once: half of what the session lives is over.
        await until(lambda: len(camera.requests) == known + 2)
        run.clock.advance(31)
        await until(lambda: len(camera.requests) == known + 3)
        assert camera.methods()[known:] == ["GET_PARAMETER", "OPTIONS", "OPTIONS"]


@pytest.mark.parametrize("options", [reply("501 Not Implemented"), reply("405 Method Not Allowed")])
async def test_a_camera_that_takes_no_request_as_a_sign_of_life_gets_reports_alone(quick, options):
    camera = Camera(OPTIONS=options, GET_PARAMETER=reply("405 Method Not Allowed"))
    async with camera, Run(camera.url) as run:
        await run.playing(camera)
        for _ in range(3):
            reports = len(camera.reports)
            run.clock.advance(31)
            await until(lambda reports=reports: len(camera.reports) > reports)
        assert [one.method for one in camera.requests[3:]] == ["PLAY", "GET_PARAMETER"]
        assert not run.task.done()


async def test_a_forgotten_session_ends_the_run(quick):
    async with Camera(GET_PARAMETER=reply("454 Session Not Found")) as camera, Run(camera.url) as run:
        await run.playing(camera)
        run.clock.advance(31)
        assert isinstance(await run.failure(), errors.Closed)


async def test_a_new_nonce_in_the_middle_of_a_session_is_taken(quick):
    challenges = [reply("401 Unauthorized", DIGEST.format("one")), reply("200 OK", body=SDP)]
    alive = [reply("401 Unauthorized", DIGEST.format("two")), reply()]
    async with Camera(DESCRIBE=challenges, GET_PARAMETER=alive) as camera, Run(camera.url, "u", "p") as run:
        await run.playing(camera)
        run.clock.advance(31)
        await until(lambda: len(camera.asked("GET_PARAMETER")) == 2)
        assert 'nonce="two"' in camera.asked("GET_PARAMETER")[1].headers.get("Authorization")
        assert not run.task.done()


REFUSED_ALIVE = {
    # By the nonce known, and once by the new one, as where a nonce ran out; then no more.
    "401": (lambda nonce: reply("401 Unauthorized", DIGEST.format(nonce)), ["GET_PARAMETER", "GET_PARAMETER"]),
    "403": (lambda _: reply("403 Forbidden"), ["GET_PARAMETER", "OPTIONS"]),
}


@pytest.mark.parametrize("refused", REFUSED_ALIVE)
async def test_signs_of_life_that_are_refused_lock_no_account_and_end_no_stream(quick, refused):
    answer, asked = REFUSED_ALIVE[refused]
    challenges = [reply("401 Unauthorized", DIGEST.format("one")), reply("200 OK", body=SDP)]
    camera = Camera(DESCRIBE=challenges, GET_PARAMETER=lambda one: answer(one.cseq))
    async with camera, Run(camera.url, "u", "p") as run:
        await run.playing(camera)
        camera.replies["OPTIONS"] = answer("three")
        known = len(camera.requests)
        for _ in range(4):
            reports = len(camera.reports)
            run.clock.advance(31)
            await until(lambda reports=reports: len(camera.reports) > reports)
            await asyncio.sleep(0.05)
        assert camera.methods()[known:] == asked
        camera.gop()
        await run.sink.wait(3)
        assert not run.task.done()


async def test_a_refused_password_is_tried_once():
    async with Camera(DESCRIBE=lambda _: reply("401 Unauthorized", DIGEST.format(len(camera.requests)))) as camera:
        assert isinstance(await failure_of(camera.url, "u", "wrong"), errors.WrongPassword)
        assert [bool(one.headers.get("Authorization")) for one in camera.asked("DESCRIBE")] == [False, True]
        assert "wrong" not in str([bytes(one) for one in camera.requests])


async def test_a_stale_nonce_is_no_refusal():
    stale = reply("401 Unauthorized", DIGEST.format("two") + ", stale=true")
    answers = [reply("401 Unauthorized", DIGEST.format("one")), stale, reply("200 OK", body=SDP)]
    async with Camera(DESCRIBE=answers) as camera, Run(camera.url, "u", "p"):
        await camera.playing.wait()


async def test_without_a_password_none_is_made_up():
    async with Camera(DESCRIBE=reply("401 Unauthorized", DIGEST.format("n"))) as camera:
        assert isinstance(await failure_of(camera.url), errors.WrongPassword)
        assert len(camera.asked("DESCRIBE")) == 1


async def test_a_login_in_the_address_is_used_and_not_sent_along():
    async with Camera(DESCRIBE=[reply("401 Unauthorized", DIGEST.format("n")), reply("200 OK", body=SDP)]) as camera:
        async with Run(camera.url.replace("//", "//u:pass@")):
            await camera.playing.wait()
        assert all("pass" not in one.url for one in camera.requests)


@pytest.mark.parametrize(
    ("method", "status", "error"),
    [
        ("DESCRIBE", "404 Not Found", errors.StreamNotFound),
        ("DESCRIBE", "403 Forbidden", errors.WrongPassword),
        ("DESCRIBE", "503 Service Unavailable", errors.Stalled),
        ("DESCRIBE", "501 Not Implemented", errors.Faulty),
        ("DESCRIBE", "418 Teapot", errors.Faulty),
        ("SETUP", "461 Unsupported Transport", errors.Unsupported),
        ("SETUP", "453 Not Enough Bandwidth", errors.Stalled),
        ("PLAY", "500 Internal Server Error", errors.Stalled),
    ],
)
async def test_a_refusal_is_told_by_its_kind(method, status, error):
    async with Camera(**{method: reply(status)}) as camera:
        failure = await failure_of(camera.url)
        assert type(failure) is error
        assert status[:3] in failure.reason


@pytest.mark.parametrize(
    ("sdp", "error"),
    [(SDP.replace("H264", "AV1"), errors.Unsupported), ("no sdp", errors.Faulty), ("v=0\nm=video", errors.Faulty)],
)
async def test_a_description_we_cannot_use_is_told(sdp, error):
    async with Camera(sdp) as camera:
        assert type(await failure_of(camera.url)) is error


@pytest.mark.parametrize(
    "answer",
    [
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        "\x00\x01\x02" * 10_000,
        "A" * 100_000,
    ],
)
async def test_what_is_no_camera_is_faulty(answer):
    async with Camera(OPTIONS=answer) as camera:
        assert type(await failure_of(camera.url)) is errors.Faulty


async def test_a_camera_that_drips_is_given_up():
    async with Camera(DESCRIBE=None) as camera, Run(camera.url, handshake_s=0.3) as run:
        await until(lambda: camera.asked("DESCRIBE"))
        while not run.task.done():
            camera.send(b"R")
            await asyncio.sleep(0.05)
        assert type(await run.failure()) is errors.Unreachable


async def test_nobody_there_is_unreachable():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        failure = await failure_of(f"rtsp://127.0.0.1:{unused.getsockname()[1]}/x")
    assert type(failure) is errors.Unreachable
    assert failure.reason == "Connection refused"
    assert type(await failure_of("rtsp://no.such.host.invalid/x")) is errors.Unreachable
    assert isinstance(await failure_of("http://camera/"), errors.Unreachable)


async def test_a_camera_that_hangs_up_is_told_apart_by_when():
    def hang_up(_):
        camera.writer.close()

    async with Camera(DESCRIBE=hang_up) as camera:
        assert type(await failure_of(camera.url)) is errors.Unreachable
    async with Camera() as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.gop()
        await run.sink.wait(3)
        camera.writer.close()
        assert type(await run.failure()) is errors.Closed


@pytest.mark.parametrize(
    ("send", "words"),
    [
        (lambda camera: None, "not one video packet"),
        (lambda camera: camera.frame(SLICE, 0), "no key frame"),
        (lambda camera: camera.frame(b"x", 0, kind=97), "another kind"),
        (lambda camera: camera.gop(), "no more video"),
    ],
)
async def test_a_stall_is_told_with_its_cause(quick, send, words):
    async with Camera() as camera, Run(camera.url, stall_after_s=5) as run:
        await run.playing(camera)
        send(camera)
        await asyncio.sleep(0.1)
        run.clock.advance(4.5)
        await asyncio.sleep(0.05)
        assert not run.task.done()
        run.clock.advance(1)
        failure = await run.failure()
        assert type(failure) is errors.Stalled
        assert words in failure.reason


async def test_key_frames_without_parameters_are_a_stall_with_its_cause(quick):
    async with Camera(SDP.replace(";sprop-parameter-sets=", ";x=")) as camera, Run(camera.url, stall_after_s=5) as run:
        await run.playing(camera)
        camera.gop()
        await asyncio.sleep(0.1)
        run.clock.advance(6)
        assert "parameter sets" in (await run.failure()).reason


async def test_goodbye_ends_a_stream_that_sends_no_more(quick):
    async with Camera() as camera, Run(camera.url) as run:
        await run.playing(camera)
        camera.gop()
        goodbye = rtcp.build(rtcp.Goodbye((5,)))
        camera.send(b"$\x01\x00" + bytes((len(goodbye),)) + goodbye)
        await run.sink.wait(3)
        await asyncio.sleep(0.05)
        run.clock.advance(2)
        assert "goodbye" in (await run.failure()).reason


async def test_closing_tears_the_session_down_and_run_returns():
    async with Camera() as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.gop()
        await run.sink.wait(3)
        await run.source.close()
        assert await run.failure() is None
        assert camera.asked("TEARDOWN")[0].headers.get("Session") == "12345678"


async def test_closing_does_not_wait_for_a_camera_that_does_not_answer(monkeypatch):
    monkeypatch.setattr("recorder.rtsp.client.TEARDOWN_S", 0.05)
    async with Camera(TEARDOWN=None) as camera, Run(camera.url) as run:
        await camera.playing.wait()
        await run.source.close()
        assert await run.failure() is None


async def test_a_source_that_is_read_calmly_misses_nothing_and_is_roused_by_what_it_asks():
    async with Camera() as camera, Run(camera.url, intake=Intake(pause_s=0.001)) as run:
        await run.playing(camera)
        camera.gop()
        await run.sink.wait(3)
        connection = run.source._playing.dialogue.connection
        run.source.calm()
        camera.gop(timestamp=90_000, pictures=200)
        await run.sink.wait(203)
        assert connection._intake._turn_of
        assert run.source.statistics.lost == 0
        run.source.rouse()
        assert not connection._intake._turn_of
        run.source.calm()
        await run.source.close()
        assert camera.asked("TEARDOWN")
        assert connection._intake._epoll is None


async def test_a_camera_that_is_read_calmly_may_hang_up():
    async with Camera() as camera, Run(camera.url, intake=Intake(pause_s=0.001)) as run:
        await run.playing(camera)
        camera.gop()
        await run.sink.wait(3)
        run.source.calm()
        camera.writer.close()
        assert isinstance(await run.failure(), errors.Closed)


async def test_the_kernel_has_room_for_what_comes_between_two_calm_reads():
    async with Camera() as camera, Run(camera.url) as run:
        await run.playing(camera)
        camera.gop()
        await run.sink.wait(3)
        ours = run.source._playing.dialogue.connection._socket
        run.source.calm()
        # What the kernel keeps for its own use counts in, so that there is always more than was asked for.
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= WINDOW_BYTES
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT) == 1


async def test_cancelling_hangs_up():
    async with Camera() as camera, Run(camera.url) as run:
        await camera.playing.wait()
        run.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run.task
        await until(lambda: camera.asked("TEARDOWN"))


async def test_a_source_runs_again_and_counts_on():
    async with Camera() as camera, Run(camera.url) as run:
        for number in (1, 2):
            await camera.playing.wait()
            camera.playing.clear()
            camera.gop()
            await run.sink.wait(3 * number)
            if number == 1:
                camera.writer.close()
                assert type(await run.failure()) is errors.Closed
                run.task = asyncio.create_task(run.source.run())
        assert [one.number for one in run.sink.epochs] == [1, 2]
        assert run.sink.units[3][2] == FIRST
        assert run.source.statistics.packets == 6
        assert run.source.statistics.lost == 0


async def test_udp_is_taken_where_tcp_is_refused():
    async with Camera() as camera:
        camera.replies["SETUP"] = [reply("461 Unsupported Transport"), camera.set_up]
        async with Run(camera.url, transport="auto") as run:
            await camera.playing.wait()
            camera.datagram(IDR, 0)
            await run.sink.wait(1)
            assert run.source.statistics.transport == "udp"


async def test_where_udp_is_accepted_and_brings_nothing_tcp_is_asked_for_once_more_and_that_is_said():
    refused = reply("461 Unsupported Transport")
    async with Camera() as camera:
        camera.replies["SETUP"] = [refused, camera.set_up]
        async with Run(camera.url, transport="auto", stall_after_s=1) as run:
            await run.playing_by("udp")
            run.clock.advance(2)
            await run.playing_by("tcp")
            camera.gop()
            await run.sink.wait(3)
            assert run.source.statistics.note == "by UDP no packet came, so TCP is used"
            asked = [one.headers.get("Transport") for one in camera.asked("SETUP")]
            assert ["TCP" in one for one in asked] == [True, False, True]
            assert camera.connections == 2


async def test_a_camera_that_refuses_tcp_and_sends_nothing_by_udp_is_told_as_such_and_asked_for_both_again():
    refused = reply("461 Unsupported Transport")
    async with Camera() as camera:
        camera.replies["SETUP"] = [refused, camera.set_up, refused, refused, camera.set_up]
        async with Run(camera.url, transport="auto", stall_after_s=1) as run:
            await run.playing_by("udp")
            run.clock.advance(2)
            failure = await run.failure()
            assert type(failure) is errors.Unsupported
            assert "refuses TCP, and by UDP no packet comes" in failure.reason
            run.task = asyncio.create_task(run.source.run())
            await until(lambda: len(camera.asked("SETUP")) == 5)
            await run.playing_by("udp")
            camera.datagram(IDR, 0)
            await run.sink.wait(1)
            assert run.source.statistics.note == ""


async def test_udp_that_its_owner_chose_or_that_worked_before_stays_udp():
    async with Camera() as camera:
        async with Run(camera.url, transport="udp", stall_after_s=1) as run:
            await run.playing_by("udp")
            run.clock.advance(2)
            assert type(await run.failure()) is errors.Stalled
        camera.replies["SETUP"] = [reply("461 Unsupported Transport"), camera.set_up]
        async with Run(camera.url, transport="auto", stall_after_s=1) as run:
            await run.playing_by("udp")
            camera.datagram(IDR, 0)
            await run.sink.wait(1)
            while not run.task.done():
                run.clock.advance(2)
                await asyncio.wait([run.task], timeout=0.2)
            assert type(run.task.exception()) is errors.Stalled


@pytest.mark.parametrize("kernel", ["large buffers", "small buffers"])
async def test_only_the_camera_is_listened_to_over_udp(kernel, monkeypatch):
    if kernel == "small buffers":
        monkeypatch.setattr("recorder.rtsp.datagrams.BATCHED_FROM_BYTES", 1 << 40)
    async with Camera() as camera, Run(camera.url, transport="udp") as run:
        await camera.playing.wait()
        assert camera.client_port % 2 == 0
        camera.datagram(b"\x65\x88evil", 0, source="127.0.0.2", ssrc=666)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind(("127.0.0.1", 0))
            for number in range(5):
                packet = camera.packet(IDR if number == 0 else SLICE, 3600 * number)
                sender.sendto(packet, ("127.0.0.1", camera.client_port))
                camera.datagram(b"\x41\x9aevil", 90, source="127.0.0.2", ssrc=666)
            await run.sink.wait(5)
        assert [one[3] for one in run.sink.units] == [sample(IDR)] + [sample(SLICE)] * 4
        assert run.source.statistics.packets == 5


async def test_datagrams_may_overtake_each_other():
    async with Camera() as camera, Run(camera.url, transport="udp") as run:
        await camera.playing.wait()
        packets = [camera.packet(IDR if number == 0 else SLICE, 3600 * number) for number in range(8)]
        packets[2], packets[4] = packets[4], packets[2]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind(("127.0.0.1", 0))
            for one in packets:
                sender.sendto(one, ("127.0.0.1", camera.client_port))
            await run.sink.wait(8)
        statistics = run.source.statistics
        assert (statistics.lost, statistics.damaged) == (0, 0)
        assert statistics.reordered


async def test_a_failing_camera_does_not_stop_the_others(caplog):
    async with (
        Camera() as good,
        Camera() as bad,
        Run(bad.url) as broken,
        Run(good.url) as run,
    ):
        await bad.playing.wait()
        await good.playing.wait()
        broken.sink.samples = None
        for number in range(3):
            bad.gop(10_800 * number)
            good.gop(10_800 * number)
            await run.sink.wait(3 * (number + 1))
        assert type(await broken.failure()) is errors.Faulty
        assert "could not be handled" in caplog.text


async def test_a_hostile_camera_takes_no_memory():
    async with Camera() as camera, Run(camera.url) as run:
        await camera.playing.wait()
        camera.gop()
        await run.sink.wait(3)
        run.sink.units.clear()
        gc.collect()
        tracemalloc.start()
        try:
            for _ in range(40):
                camera.send(b"$\x00\xff\xff" + camera.packet(b"\x7c\x05" + bytes(65_521), 90, marker=False))
                camera.send(b"$\x07\xff\xff" + bytes(65_535))
                camera.send(b"RTSP/1.0 200 OK\r\nContent-Length: 60000\r\n\r\n" + b"x" * 60_000)
                camera.send(b"$\x01\x10\x00" + bytes(4096))
                await camera.writer.drain()
            camera.gop(900_000)
            await run.sink.wait(3)
            # The camera of this test lives in the same process; its socket buffers count too.
            assert tracemalloc.get_traced_memory()[1] < 4 << 20
        finally:
            tracemalloc.stop()

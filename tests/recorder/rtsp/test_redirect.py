"""Redirects: followed as far as they are harmless, and never with a password to another machine."""

import asyncio

import pytest

from recorder.rtsp import connection, errors
from recorder.rtsp.address import parse
from recorder.rtsp.redirect import MOST_REDIRECTS, follow, may_lead_to
from tests.recorder.rtsp.camera import Camera, Run, failure_of, reply, until

pytestmark = pytest.mark.anyio

CHALLENGE = reply("401 Unauthorized", 'WWW-Authenticate: Digest realm="x", nonce="n"')


def moved(location, status="302 Moved Temporarily"):
    return reply(status, f"Location: {location}")


def locked(answer):
    """Ask for a login before the answer."""
    return lambda request: answer if "Authorization" in request.headers else CHALLENGE


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "305 Use Proxy", "307 Temporary Redirect"])
@pytest.mark.parametrize("method", ["OPTIONS", "DESCRIBE", "SETUP"])
async def test_a_camera_may_send_us_to_another_place_of_its_own_with_the_same_login(method, status):
    async with Camera() as target:
        target.replies["DESCRIBE"] = locked(target.replies["DESCRIBE"])
        async with Camera(**{method: moved(target.url, status)}) as first, Run(first.url, "u", "p") as run:
            await run.playing(target)
            target.gop()
            await run.sink.wait(3)
        assert "u" in target.asked("DESCRIBE")[-1].headers.get("Authorization")
        assert "PLAY" not in first.methods()


async def test_a_path_alone_is_a_place_of_the_same_camera():
    async with Camera() as camera:
        described = camera.replies["DESCRIBE"]
        camera.replies["DESCRIBE"] = lambda request: described if request.url.endswith("/new") else moved("/new")
        async with Run(camera.url) as run:
            await run.playing(camera)


async def test_a_camera_that_sends_us_on_while_it_plays_is_met_there_next():
    async with Camera() as target, Camera() as first, Run(first.url) as run:
        await run.playing(first)
        first.gop()
        await run.sink.wait(3)
        first.send(f"REDIRECT {first.url} RTSP/1.0\r\nCSeq: 4\r\nLocation: {target.url}\r\n\r\n".encode())
        # Told as an end, so that the pause is a hole with a reason.
        assert isinstance(await run.failure(), errors.Closed)
        await until(lambda: first.answers)
        run.task = asyncio.create_task(run.source.run())
        await run.playing(target)
        target.gop()
        await run.sink.wait(6)
        assert [one.number for one in run.sink.epochs] == [1, 2]


async def test_a_camera_that_sends_us_where_we_may_not_go_is_met_at_its_own_place_again():
    async with Camera() as camera, Run(camera.url) as run:
        await run.playing(camera)
        camera.send(f"REDIRECT {camera.url} RTSP/1.0\r\nCSeq: 4\r\nLocation: http://x/\r\n\r\n".encode())
        assert isinstance(await run.failure(), errors.Faulty)
        run.task = asyncio.create_task(run.source.run())
        await until(lambda: len(camera.asked("PLAY")) == 2)


async def test_a_loop_ends():
    async with Camera() as camera:
        camera.replies["DESCRIBE"] = moved(camera.url)
        failure = await failure_of(camera.url)
        assert isinstance(failure, errors.Faulty)
        assert camera.connections == MOST_REDIRECTS + 1


async def test_another_machine_gets_no_password(monkeypatch):
    monkeypatch.setattr(connection, "may_lead_to", lambda _address: True)
    async with Camera() as target:
        target.replies["DESCRIBE"] = locked(target.replies["DESCRIBE"])
        elsewhere = target.url.replace("127.0.0.1", "localhost").replace("rtsp://", "rtsp://u:p@")
        async with Camera(DESCRIBE=moved(elsewhere)) as first:
            failure = await failure_of(first.url, "u", "p")
        assert isinstance(failure, errors.WrongPassword)
        assert target.asked("DESCRIBE")
        assert not any("Authorization" in one.headers for one in target.requests)


async def test_a_way_back_to_the_first_machine_does_not_bring_the_password_back(monkeypatch):
    monkeypatch.setattr(connection, "may_lead_to", lambda _address: True)
    async with Camera() as last, Camera() as middle:
        middle.replies["DESCRIBE"] = moved(last.url)
        last.replies["DESCRIBE"] = CHALLENGE
        elsewhere = middle.url.replace("127.0.0.1", "localhost")
        async with Camera(DESCRIBE=moved(elsewhere)) as first:
            assert isinstance(await failure_of(first.url, "u", "p"), errors.WrongPassword)
        assert not any("Authorization" in one.headers for one in last.requests)


@pytest.mark.parametrize(
    "place", ["localhost", "127.0.0.2", "[::1]", "0.0.0.0", "169.254.169.254", "239.1.1.1", "[::ffff:127.0.0.1]"]
)
async def test_no_camera_leads_us_to_ourselves_or_to_a_group(place):
    async with Camera() as inside:
        async with Camera(DESCRIBE=moved(f"rtsp://{place}:{inside.port}/")) as camera:
            assert isinstance(await failure_of(camera.url, "u", "p", handshake_s=3), errors.RtspError)
        assert inside.connections == 0


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1/admin", "file:///etc/passwd", "gopher://x", "rtsp://", "rtsp://h h/"]
)
async def test_no_camera_leads_us_away_from_rtsp(location):
    async with Camera(DESCRIBE=moved(location)) as camera:
        assert isinstance(await failure_of(camera.url), errors.Faulty)


def test_no_camera_leads_us_from_encryption_to_none():
    with pytest.raises(errors.Faulty):
        follow(parse("rtsps://camera/x"), "rtsp://camera/x")
    assert follow(parse("rtsp://camera/x"), "rtsps://camera/x").tls
    assert follow(parse("rtsps://camera:99/x"), "y").url == "rtsps://camera:99/y"


def test_our_own_addresses_are_known():
    assert not may_lead_to("127.0.0.1")
    assert not may_lead_to("no address")
    assert may_lead_to("192.0.2.7")


async def test_a_redirect_without_a_place_is_an_answer_that_fails():
    async with Camera(DESCRIBE=reply("302 Moved")) as camera:
        assert isinstance(await failure_of(camera.url), errors.Faulty)

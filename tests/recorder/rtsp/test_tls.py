"""RTSP over TLS: every byte arrives, the first certificate counts, and another one is told and gets no password."""

import asyncio
import ssl

import pytest

from recorder.client.clock import SystemClock
from recorder.client.stream import Codec
from recorder.rtsp import errors
from recorder.rtsp.tls import FirstSeen
from tests.peers.gstreamer import gst_camera
from tests.recorder.rtsp.camera import Camera, Run, failure_of, reply, until
from tests.recorder.rtsp.certificates import self_signed, serving
from tests.recorder.rtsp.test_against_gstreamer import FRAMES, LINES, film, packets

pytestmark = pytest.mark.anyio

CHALLENGE = reply("401 Unauthorized", 'WWW-Authenticate: Basic realm="x"')


class Secret(Camera):
    """A scripted camera that speaks TLS."""

    def __init__(self, path, **replies):
        super().__init__(**replies)
        self.path = path
        self.newest = ssl.TLSVersion.TLSv1_3

    async def __aenter__(self):
        context = serving(self.path, self.newest)
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port, ssl=context)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    @property
    def url(self):
        return super().url.replace("rtsp:", "rtsps:")


@pytest.mark.peer("gst-rtsp-server")
async def test_every_byte_of_every_picture_arrives_encrypted(tmp_path):
    path, _ = self_signed(tmp_path)
    file = film(tmp_path / "film.mp4", Codec.H264)
    line = LINES[Codec.H264].format(file=file)
    login = ("--user", "u", "--password", "p:w")
    with gst_camera({"/film": line}, *login, "--certificate", str(path)) as camera:
        async with Run(camera.url("/film"), "u", "p:w", transport="auto", clock=SystemClock()) as run:
            async with asyncio.timeout(30):
                await run.sink.wait(FRAMES)
            statistics = run.source.statistics
    assert [one[3] for one in run.sink.of(0)] == [data for _, data, _ in packets(file, "video")]
    assert (statistics.lost, statistics.malformed, statistics.transport) == (0, 0, "tls")


async def test_large_pictures_are_read_without_waiting_for_more(tmp_path):
    """A record lies decrypted inside the library, where no epoll tells of it: all of them are read at once."""
    path, _ = self_signed(tmp_path)
    async with Secret(path) as camera, Run(camera.url) as run:
        await run.playing(camera)
        camera.gop(pictures=1)
        big = b"\x41\x9a" + bytes(40_000)
        for number in range(1, 6):
            camera.frame(big, 3600 * number)
        await run.sink.wait(6)
        assert [len(one[3]) for one in run.sink.of(0)[1:]] == [40_006] * 5


async def test_the_first_certificate_counts_and_another_gets_no_password(tmp_path):
    first, fingerprint = self_signed(tmp_path, "first")
    second, other = self_signed(tmp_path, "second")
    trust = FirstSeen()
    async with Secret(first) as camera:
        async with Run(camera.url, "u", "secret", trust=trust) as run:
            await run.playing(camera)
        port = camera.port
    impostor = Secret(second, OPTIONS=CHALLENGE, DESCRIBE=CHALLENGE)
    impostor.port = port
    async with impostor:
        failure = await failure_of(impostor.url, "u", "secret", trust=trust)
        assert isinstance(failure, errors.CertificateChanged)
        assert failure.details["shown"] == other
        assert failure.details["known"] == fingerprint
        assert impostor.requests == []


async def test_what_speaks_no_tls_or_an_old_one_is_told(tmp_path):
    async with Camera() as plain:
        plain.replies = {}
        failure = await failure_of(plain.url.replace("rtsp:", "rtsps:"), handshake_s=2)
        assert isinstance(failure, errors.RtspError)
    path, _ = self_signed(tmp_path)
    old = Secret(path)
    old.newest = ssl.TLSVersion.TLSv1_1
    async with old:
        failure = await failure_of(old.url)
    assert isinstance(failure, errors.Faulty)
    assert "encrypted" in failure.reason


async def test_a_tls_camera_that_shakes_hands_for_ever_is_given_up():
    async def stand(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(stand, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        failure = await failure_of(f"rtsps://127.0.0.1:{port}/x", handshake_s=0.3)
    assert isinstance(failure, errors.Unreachable)


@pytest.mark.parametrize("transport", ["udp", "multicast"])
async def test_encrypted_streams_never_travel_in_the_open(tmp_path, transport):
    path, _ = self_signed(tmp_path)
    async with Secret(path) as camera:
        assert isinstance(await failure_of(camera.url, transport=transport), errors.Unsupported)
        refused = reply("461 Unsupported Transport")
        camera.replies["SETUP"] = refused
        assert isinstance(await failure_of(camera.url, transport="auto"), errors.Unsupported)
        await until(lambda: camera.asked("SETUP"))
        assert all("TCP" in one.headers.get("Transport") for one in camera.asked("SETUP"))

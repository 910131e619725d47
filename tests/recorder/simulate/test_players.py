"""Our server against players that are not ours: ffmpeg and GStreamer, by TCP and UDP, with and without a login."""

import json
import socket
import subprocess
import sys
from contextlib import contextmanager
from itertools import pairwise
from types import SimpleNamespace

import av
import pytest
from requests import auth
from requests.auth import HTTPDigestAuth

from recorder.rtsp.message import MessageReader
from recorder.simulate.stamp import read_stamp
from tests.peers.gstreamer import gst_viewer

pytestmark = pytest.mark.long

FFMPEG = pytest.mark.peer("ffmpeg")
GSTREAMER = pytest.mark.peer("gstreamer")
SIZES = ("--main", "320x180", "--main-kbps", "400", "--sub", "192x108", "--sub-kbps", "100", "--loop", "2")


@contextmanager
def simulator(clips, *options):
    command = [sys.executable, "-m", "recorder.simulate", "--port", "0", "--cameras", "2", *SIZES, *options]
    with subprocess.Popen([*command, "--cache", str(clips)], stdout=subprocess.PIPE, text=True) as process:
        try:
            word, port = process.stdout.readline().split()
            assert word == "ready"
            yield int(port)
        finally:
            process.terminate()


@pytest.fixture(scope="module", params=["h264", "h265"])
def camera(request, clips):
    """The port of simulated cameras, and the name of their codec."""
    with simulator(clips, "--codec", request.param) as port:
        yield port, request.param


def film(port, name):
    """The URL of a stream that can be played: under load its film takes longer than a camera lets players wait."""
    url = f"rtsp://127.0.0.1:{port}/{name}"
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        answers = (asked(connection, url).status for _try in range(8))
        assert next(status for status in answers if status != 503) == 200
    return url


def run(*command, timeout=60):
    return subprocess.run([str(one) for one in command], capture_output=True, text=True, timeout=timeout, check=False)


def stamps_of(path):
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(container.streams.video[0]) if packet.size]
    return [stamp for packet in packets if (stamp := read_stamp(packet))]


@FFMPEG
@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_ffmpeg_copies_every_picture_over_the_seam_of_the_loop(camera, tmp_path, transport):
    port, _codec = camera
    copy = tmp_path / "copy.mkv"
    url = film(port, "cam1/main")
    made = run("ffmpeg", "-v", "error", "-rtsp_transport", transport, "-i", url, "-t", 3, "-c", "copy", copy)
    assert made.returncode == 0, made.stderr
    stamps = stamps_of(copy)
    assert len(stamps) >= 40
    assert all(two.frame == one.frame + 1 for one, two in pairwise(stamps))
    assert {stamp.loop_frame for stamp in stamps} == set(range(30))
    assert run("ffmpeg", "-v", "error", "-xerror", "-i", copy, "-f", "null", "-").stderr == ""


@FFMPEG
def test_ffprobe_reads_codec_and_size_from_the_description(camera):
    port, codec = camera
    command = ("ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-show_streams", "-of", "json")
    (stream,) = json.loads(run(*command, film(port, "cam2/sub")).stdout)["streams"]
    assert (stream["codec_name"].replace("hevc", "h265"), stream["width"], stream["height"]) == (codec, 192, 108)
    assert stream["r_frame_rate"] == "15/1"


@FFMPEG
@pytest.mark.parametrize(("audio", "codec", "rate"), [("pcma", "pcm_alaw", "8000"), ("aac", "aac", "16000")])
def test_ffmpeg_hears_the_sound_beside_the_picture(camera, tmp_path, audio, codec, rate):
    port, _codec = camera
    copy = tmp_path / "copy.mkv"
    url = film(port, f"cam1/sub?audio={audio}")
    made = run("ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", url, "-t", 2, "-c", "copy", copy)
    assert made.returncode == 0, made.stderr
    streams = json.loads(run("ffprobe", "-v", "error", "-show_streams", "-of", "json", copy).stdout)["streams"]
    sound = next(one for one in streams if one["codec_type"] == "audio")
    assert (sound["codec_name"], sound["sample_rate"]) == (codec, rate)
    level = run("ffmpeg", "-i", copy, "-vn", "-af", "volumedetect", "-f", "null", "-").stderr
    assert -45 < float(level.split("max_volume: ")[1].split(" ")[0]) < -3


@FFMPEG
def test_ffmpeg_decodes_on_when_the_camera_changes_its_resolution(camera, tmp_path):
    port, _codec = camera
    url = film(port, "cam1/main?resolution=1")
    copy = tmp_path / "copy.mkv"
    assert (
        run("ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", url, "-t", 4, "-c", "copy", copy).returncode == 0
    )
    with av.open(str(copy)) as container:
        sizes = {(frame.width, frame.height) for frame in container.decode(container.streams.video[0])}
    assert sizes == {(320, 180), (208, 112)}


@GSTREAMER
@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_gstreamer_takes_every_picture(camera, tmp_path, transport):
    port, codec = camera
    copy = tmp_path / f"copy.{codec}"
    source = f"location={film(port, 'cam1/main')} protocols={transport} latency=100"
    taken = run(*gst_viewer(source, codec, 40, copy))
    assert copy.stat().st_size, taken.stderr
    stamps = stamps_of(copy)
    assert len(stamps) >= 38, taken.stderr
    assert all(two.frame == one.frame + 1 for one, two in pairwise(stamps))


def frames_played(url):
    return run("ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", url, "-frames:v", 3, "-f", "null", "-")


@FFMPEG
@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_ffmpeg_logs_in_with_the_right_password_and_is_refused_with_a_wrong_one(clips, scheme):
    with simulator(clips, "--auth", scheme, "--user", "eve", "--password", "right one", "--prepare") as port:
        assert frames_played(f"rtsp://eve:right%20one@127.0.0.1:{port}/cam1/sub").returncode == 0
        for login in ("eve:wrong@", "adam:right%20one@", ""):
            assert "401" in frames_played(f"rtsp://{login}127.0.0.1:{port}/cam1/sub").stderr


def test_a_login_by_sha_256_that_another_library_made_is_accepted(clips):
    with simulator(clips, "--auth", "digest-sha256", "--user", "eve", "--password", "right", "--prepare") as port:
        url = f"rtsp://127.0.0.1:{port}/cam1/sub"
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            for password, status in (("right", 200), ("wrong", 401)):
                challenge = asked(connection, url).headers.get("WWW-Authenticate")
                assert "SHA-256" in challenge
                header = signed(challenge, url, password)
                assert asked(connection, url, f"Authorization: {header}\r\n").status == status


def signed(challenge, url, password):
    """The Authorization that an HTTP library makes; it signs the path of a URL, RTSP the whole of it."""
    peer = HTTPDigestAuth("eve", password)
    peer.init_per_thread_state()
    fields = (field.partition("=") for field in challenge.removeprefix("Digest ").split(", "))
    peer._thread_local.chal = {name: value.strip('"') for name, _, value in fields}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth, "urlparse", lambda whole: SimpleNamespace(path=whole, query=""))
        return peer.build_digest_header("DESCRIBE", url)


def asked(connection, url, extra=""):
    connection.sendall(f"DESCRIBE {url} RTSP/1.0\r\nCSeq: 1\r\n{extra}\r\n".encode())
    reader = MessageReader()
    while True:
        told = connection.recv(65536)
        assert told, "hung up"
        if found := reader.feed(told):
            return found[0]


def test_bytes_that_are_no_rtsp_end_the_connection_with_an_answer(camera):
    port, _codec = camera
    for nonsense in (b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 20_000, b"\r\n" * 50 + b"X" * 20_000, b"A B C D E\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(nonsense)
            assert connection.recv(65536).startswith(b"RTSP/1.0 400")
            assert connection.recv(65536) == b""


def probed(url, transport):
    told = run("ffprobe", "-v", "error", "-rtsp_transport", transport, "-show_streams", "-of", "json", url)
    assert told.returncode == 0, told.stderr
    return {one["codec_type"]: one for one in json.loads(told.stdout)["streams"]}


@FFMPEG
@pytest.mark.parametrize(("codec", "audio", "name"), [("mjpeg", "opus", "opus"), ("mpeg4", "g726", "adpcm_g726le")])
def test_ffmpeg_plays_small_streams_and_sound_of_other_codecs(clips, tmp_path, codec, audio, name):
    with simulator(clips, "--sub-codec", codec, "--audio", audio, "--sub", "192x112") as port:
        url = film(port, "cam1/sub")
        found = probed(url, "tcp")
        assert (found["video"]["codec_name"], found["video"]["width"], found["video"]["height"]) == (codec, 192, 112)
        assert found["audio"]["codec_name"] == name
        copy = tmp_path / "copy.mkv"
        made = run("ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", url, "-t", 3, "-c:v", "copy", "-an", copy)
        assert (made.returncode, made.stderr) == (0, "")
        with av.open(str(copy)) as container:
            assert sum(1 for _ in container.decode(video=0)) >= 40
        sound = run("ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", url, "-t", 2, "-vn", tmp_path / "copy.wav")
        assert (sound.returncode, sound.stderr) == (0, "")
        with av.open(str(tmp_path / "copy.wav")) as container:
            loud = [abs(frame.to_ndarray()).max() for frame in container.decode(audio=0)]
        assert max(loud) > 500
        main = probed(film(port, "cam1/main"), "tcp")
        assert main["video"]["codec_name"] == "h264"

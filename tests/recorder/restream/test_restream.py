"""The RTSP server against players that are not ours, before a whole recorder: who may, who may not, for how long."""

import contextlib
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from itertools import pairwise

import av
import pytest

from recorder.client.api import ApiClient
from recorder.client.instance import Instance
from recorder.rtsp.auth import Login
from recorder.rtsp.message import Headers, MessageReader, Request
from recorder.settings.pages.user import ALWAYS
from recorder.simulate.stamp import read_stamp
from recorder.store import initialise_disk
from tests.peers.gstreamer import gst_viewer

pytestmark = pytest.mark.long

FFMPEG = pytest.mark.peer("ffmpeg")
GSTREAMER = pytest.mark.peer("gstreamer")
PASSWORD = "correct-horse-battery"
CAMERA = ("--port", "0", "--cameras", "2", "--bench", "--main", "320x180", "--main-kbps", "400", "--sub", "192x108",
          "--sub-kbps", "100", "--loop", "2", "--audio", "pcma")  # fmt: skip


def wait_for(look, seconds=60):
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, "not seen"
        time.sleep(0.05)
    return seen


@contextlib.contextmanager
def process(module, *options):
    command = [sys.executable, "-m", module, *options]
    environment = {**os.environ, "NIGHTJAR_RTSP_PORT": "0", "NIGHTJAR_ADMIN_PASSWORD": PASSWORD}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as one:
        try:
            one.said = next(line for line in one.stdout if line.startswith("ready"))
            yield one
        finally:
            one.terminate()


class Rig:
    """A recorder of two channels with its RTSP server; users and rights are set as an owner does."""

    def __init__(self, instance):
        self.instance = instance
        self.owner = ApiClient(instance.socket("control"), timeout_s=60)

    def change(self, page, item="", **values):
        self.owner.set_page(page, values, item=item)

    def user(self, name, **values):
        self.change("stream-user", name, **{"password": PASSWORD, **values})

    def serve(self, **values):
        place = self.instance.run / "rtsp.json"
        before = place.stat().st_mtime_ns if place.exists() else 0
        self.change("restreaming", enabled=True, **values)
        wait_for(lambda: place.exists() and place.stat().st_mtime_ns != before)

    @property
    def ports(self):
        return json.loads((self.instance.run / "rtsp.json").read_text())

    def url(self, path="channel/1/main", user="nvr", password=PASSWORD, scheme="rtsp"):
        port = self.ports["tls_port" if scheme == "rtsps" else "port"]
        return f"{scheme}://{user}:{password}@127.0.0.1:{port}/{path}"

    def gst_source(self, path):
        return f"location=rtsp://127.0.0.1:{self.ports['port']}/{path} protocols=tcp user-id=nvr user-pw={PASSWORD}"


@pytest.fixture(scope="module")
def rig(tmp_path_factory, clips):
    instance = Instance(tmp_path_factory.mktemp("restream") / "data")
    instance.data.mkdir(mode=0o700)
    data = ("--data", str(instance.data))
    initialise_disk(instance.disks / "one", size_bytes=64 << 20, block_bytes=4 << 20, name="one")
    with contextlib.ExitStack() as running:
        port = running.enter_context(process("recorder.simulate", *CAMERA, "--cache", str(clips))).said.split()[1]
        made = Rig(instance)
        made.camera = f"rtsp://127.0.0.1:{port}/cam1/main"
        made.start = lambda name: running.enter_context(process(f"recorder.{name}", *data))
        made.processes = {name: made.start(name) for name in ("media", "control", "restream")}
        for camera in (1, 2):
            place = f"rtsp://127.0.0.1:{port}/cam{camera}"
            made.owner.add_channel(name=f"Yard {camera}", url=f"{place}/main", sub_url=f"{place}/sub")
        made.serve(tls_port=322, clients=3)
        made.user("nvr", live="all", audio=[1])
        wait_for(lambda: made.owner.status().channels_recording == 2)
        yield made


def run(*command, timeout=60):
    return subprocess.run([str(one) for one in command], capture_output=True, text=True, timeout=timeout, check=False)


def probed(url, *options):
    told = run("ffprobe", "-v", "error", *options, "-show_streams", "-of", "json", url)
    return sorted(one["codec_name"] for one in json.loads(told.stdout or "{}").get("streams", ())), told.stderr


def stamps_of(path):
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(container.streams.video[0]) if packet.size]
    return [stamp for packet in packets if (stamp := read_stamp(packet))]


def pictures_of(path):
    """The NAL units of every picture of a file, by the number that its camera gave it.

    Without parameter sets and delimiters (H.264 types 7 to 9), which players put before pictures as they like.
    """
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(container.streams.video[0]) if packet.size]
    units = {stamp.frame: re.split(b"\0*\0\0\1", one) for one in packets if (stamp := read_stamp(one))}
    return {frame: [one for one in some if one and one[0] & 0x1F not in {7, 8, 9}] for frame, some in units.items()}


def copying(url, transport, seconds, copy):
    """An ffmpeg that writes a stream as it comes."""
    options = [
        "-rtsp_transport",
        transport,
        "-i",
        url,
        "-t",
        str(seconds),
        "-map",
        "0:v",
        "-c",
        "copy",
        "-flush_packets",
        "1",
    ]
    return subprocess.Popen(["ffmpeg", "-v", "error", *options, "-f", "h264", str(copy)])


@FFMPEG
@GSTREAMER
@pytest.mark.parametrize("second", ["tcp", "udp"])
def test_viewers_that_come_and_go_at_different_times_are_sent_the_pictures_of_the_camera_bit_for_bit(
    rig, tmp_path, second
):
    source, first, later, third = (tmp_path / f"{name}.h264" for name in ("source", "first", "later", "third"))
    with contextlib.ExitStack() as running:

        def begin(one):
            running.enter_context(one)
            # Last in, first out: who is killed first is not waited for.
            running.callback(one.kill)
            return one

        camera = begin(copying(rig.camera, "tcp", 60, source))
        wait_for(lambda: source.exists() and source.stat().st_size)
        leaving = begin(copying(rig.url(), "tcp", 3, first))
        wait_for(lambda: first.exists() and first.stat().st_size)
        staying = begin(copying(rig.url(), second, 6, later))
        wait_for(lambda: later.exists() and later.stat().st_size)
        last = begin(subprocess.Popen(gst_viewer(rig.gst_source("channel/1/main"), "h264", 60, third)))
        assert [one.wait(60) for one in (leaving, staying)] == [0, 0]
        last.wait(60)
        # What the camera itself gave is on disk only some pictures later.
        newest = max(max(pictures_of(one)) for one in (first, later, third))
        wait_for(lambda: max(pictures_of(source)) > newest)
        camera.kill()
    truth = pictures_of(source)
    for copy, least in ((first, 50), (later, 120), (third, 50)):
        seen = pictures_of(copy)
        frames = sorted(seen)
        assert len(frames) >= least
        assert frames == list(range(frames[0], frames[-1] + 1))
        common = truth.keys() & seen.keys()
        assert len(common) >= least
        assert [frame for frame in common if seen[frame] != truth[frame]] == []
        assert run("ffmpeg", "-v", "error", "-xerror", "-i", copy, "-f", "null", "-").stderr == ""


@FFMPEG
@pytest.mark.parametrize(("transport", "scheme"), [("tcp", "rtsp"), ("udp", "rtsp"), ("tcp", "rtsps")])
@pytest.mark.covers("D-SEC-12")
def test_ffmpeg_takes_every_picture_of_a_live_stream(rig, tmp_path, transport, scheme):
    copy = tmp_path / "copy.mkv"
    url = rig.url(scheme=scheme)
    made = run("ffmpeg", "-v", "error", "-rtsp_transport", transport, "-i", url, "-t", 3, "-c", "copy", copy)
    assert made.returncode == 0, made.stderr
    stamps = stamps_of(copy)
    assert len(stamps) >= 40
    assert all(two.frame == one.frame + 1 for one, two in pairwise(stamps))
    assert run("ffmpeg", "-v", "error", "-xerror", "-i", copy, "-f", "null", "-").stderr == ""


@GSTREAMER
def test_gstreamer_takes_every_picture_of_the_sub_stream(rig, tmp_path):
    copy = tmp_path / "copy.h264"
    made = run(*gst_viewer(rig.gst_source("channel/2/sub"), "h264", 40, copy))
    assert copy.stat().st_size, made.stderr
    stamps = stamps_of(copy)
    assert len(stamps) >= 30, made.stderr
    assert all(two.frame == one.frame + 1 for one, two in pairwise(stamps))


@FFMPEG
def test_sound_is_given_to_who_may_hear_the_channel_and_to_nobody_else(rig):
    assert probed(rig.url("channel/1/main"), "-rtsp_transport", "tcp")[0] == ["h264", "pcm_alaw"]
    assert probed(rig.url("channel/2/main"), "-rtsp_transport", "tcp")[0] == ["h264"]


@FFMPEG
def test_a_channel_that_is_not_for_somebody_is_not_there_and_the_same_as_one_that_is_none(rig):
    rig.user("guest", live=[2])
    said = [probed(rig.url(f"channel/{one}/main", "guest"), "-rtsp_transport", "tcp")[1] for one in (1, 77)]
    # Without the address of ffmpeg's own object, which stands before its words.
    hidden, missing = (
        one.partition("] ")[2].replace(f"channel/{number}/", "") for one, number in zip(said, (1, 77), strict=True)
    )
    assert "404" in hidden
    assert hidden == missing
    assert probed(rig.url("channel/2/sub", "guest"), "-rtsp_transport", "tcp")[0] == ["h264"]


@pytest.mark.parametrize(("scheme", "status"), [("rtsps", 461), ("rtsp", 200)])
def test_pictures_asked_for_encrypted_are_not_sent_beside_it_in_clear(rig, scheme, status):
    login, reader = Login("nvr", PASSWORD), MessageReader()
    secure = ssl.create_default_context(cafile=str(rig.instance.config / "web.crt"))
    port = rig.ports["tls_port" if scheme == "rtsps" else "port"]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as plain, contextlib.ExitStack() as over:
        line = (
            over.enter_context(secure.wrap_socket(plain, server_hostname="localhost")) if scheme == "rtsps" else plain
        )
        url = f"{scheme}://127.0.0.1:{port}/channel/2/main"
        for number in (1, 2):
            headers = [("CSeq", str(number)), ("Transport", "RTP/AVP;unicast;client_port=40000-40001")]
            if number == 2:
                headers.append(("Authorization", login.authorization("SETUP", f"{url}/trackID=0")))
            line.sendall(bytes(Request("SETUP", f"{url}/trackID=0", Headers(headers))))
            found = []
            while not found:
                found = reader.feed(line.recv(4096))
            login.challenge(found[0].headers.all("WWW-Authenticate"))
        assert found[0].status == status


@FFMPEG
@pytest.mark.parametrize("lost", ["rights", "switch", "hours", "server"])
def test_who_may_no_more_is_sent_no_more(rig, lost):
    rig.user("leaving", live=[1], enabled=True, hours=ALWAYS.model_dump())
    command = ["ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", rig.url(user="leaving"), "-c", "copy"]
    with subprocess.Popen([*command, "-f", "framemd5", "-"], stdout=subprocess.PIPE, text=True) as watching:
        assert sum(1 for _line, _no in zip(watching.stdout, range(30), strict=False)) == 30
        match lost:
            case "rights":
                rig.user("leaving", live=[2])
            case "switch":
                rig.user("leaving", enabled=False)
            case "hours":
                rig.user("leaving", hours={"days": [[]] * 7})
            case "server":
                rig.change("restreaming", enabled=False)
        watching.communicate(timeout=60)
    if lost == "server":
        wait_for(lambda: not (rig.instance.run / "rtsp.json").exists())
        rig.serve()


@FFMPEG
def test_other_users_go_on_when_one_is_changed(rig, tmp_path):
    copy = tmp_path / "copy.mkv"
    command = ["ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", rig.url(), "-t", "6", "-c", "copy", str(copy)]
    with subprocess.Popen(command) as watching:
        wait_for(lambda: copy.exists() and copy.stat().st_size > 20_000)
        rig.user("another", live=[1], remarks="changed while somebody watches")
        assert watching.wait(60) == 0
    stamps = stamps_of(copy)
    assert len(stamps) >= 90
    assert all(two.frame == one.frame + 1 for one, two in pairwise(stamps))


@FFMPEG
def test_a_stream_goes_on_while_control_dies_and_comes_back(rig):
    command = ["ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", rig.url("channel/2/sub"), "-c", "copy"]
    with subprocess.Popen([*command, "-f", "framemd5", "-"], stdout=subprocess.PIPE, text=True) as watching:

        def pictures(count):
            return sum(1 for _line, _no in zip(watching.stdout, range(count), strict=False))

        assert pictures(30) == 30
        rig.processes["control"].kill()
        rig.processes["control"].wait()
        assert pictures(60) == 60
        rig.processes["control"] = rig.start("control")
        assert pictures(30) == 30
        watching.kill()
    found, said = wait_for(lambda: (told := probed(rig.url("channel/2/sub"), "-rtsp_transport", "tcp"))[0] and told)
    assert found == ["h264"], said


@FFMPEG
def test_no_more_streams_run_at_once_than_the_owner_wished(rig):
    command = ["ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", rig.url("channel/2/sub"), "-c", "copy"]
    with contextlib.ExitStack() as running:
        for _each in range(3):
            one = running.enter_context(
                subprocess.Popen([*command, "-f", "framemd5", "-"], stdout=subprocess.PIPE, text=True)
            )
            running.callback(one.terminate)
            assert next(line for line in one.stdout if not line.startswith("#"))
        assert "453" in run(*command, "-f", "null", "-").stderr


@FFMPEG
def test_guessing_is_refused_then_locked_and_stands_in_the_log(rig):
    rig.user("guessed", live="all")
    wrong = rig.url(user="guessed", password="guess")
    for _each in range(5):
        assert "401" in probed(wrong, "-rtsp_transport", "tcp")[1]
    assert "403" in probed(rig.url(user="guessed"), "-rtsp_transport", "tcp")[1]
    assert probed(rig.url("channel/2/sub"), "-rtsp_transport", "tcp")[0] == ["h264"], "others are not locked out"
    rows = rig.owner.audit(limit=1000)
    assert {(one.page, one.who) for one in rows} >= {("rtsp", "nvr")}
    assert PASSWORD not in repr(rows)

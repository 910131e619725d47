"""The client against gst-rtsp-server: what arrives is, byte for byte, what is in the file that it serves."""

import asyncio
from itertools import pairwise

import av
import numpy as np
import pytest

from recorder.client.clock import SystemClock
from recorder.client.stream import Codec, SampleFlag
from recorder.codec.parameters import decoder_configuration
from recorder.rtsp import errors
from recorder.rtsp.client import RtspSource
from tests.peers.gstreamer import gst_camera
from tests.recorder.rtsp.camera import Recorder, Run

pytestmark = [pytest.mark.anyio, pytest.mark.peer("gst-rtsp-server")]

FRAMES = 45
ENCODERS = {Codec.H264: "libx264", Codec.H265: "libx265"}
LINES = {
    Codec.H264: "( filesrc location={file} ! qtdemux name=d d.video_0 ! queue ! rtph264pay name=pay0 pt=96 "
    "audiotestsrc ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8 )",
    Codec.H265: "( filesrc location={file} ! qtdemux name=d d.video_0 ! queue ! rtph265pay name=pay0 pt=96 "
    "d.audio_0 ! queue ! rtpmp4gpay name=pay1 pt=97 )",
}
LOGINS = {
    "none": (),
    "digest": ("--user", "u", "--password", "p:w"),
    "basic": ("--user", "u", "--password", "p:w", "--basic"),
}


def film(path, codec):
    """Noise that makes large pictures, with B frames, and AAC: written by encoders and a muxer that are not ours."""
    dice = np.random.default_rng(7)
    with av.open(str(path), "w", format="mp4") as out:
        options = (
            {"x265-params": "log-level=none:keyint=15:bframes=2"} if codec is Codec.H265 else {"g": "15", "bf": "2"}
        )
        video = out.add_stream(ENCODERS[codec], rate=25, options=options | {"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        if codec is Codec.H265:
            # rtph265pay of GStreamer 1.22 takes no hev1.
            video.codec_context.codec_tag = "hvc1"
        audio = out.add_stream("aac", rate=16_000, layout="mono")
        for _ in range(FRAMES):
            picture = dice.integers(0, 255, (240, 320, 3), np.uint8)
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        for number in range(FRAMES * 640 // 1024):
            sound = av.AudioFrame.from_ndarray(dice.integers(-9000, 9000, (1, 1024), np.int16), "s16", "mono")
            sound.sample_rate, sound.pts = 16_000, 1024 * number
            out.mux(audio.encode(sound))
        for one in (video, audio):
            out.mux(one.encode())
    return path


@pytest.fixture(scope="module", params=list(ENCODERS), ids=str)
def codec(request):
    return request.param


@pytest.fixture(scope="module")
def served(codec, tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / f"{codec}.mp4", codec)


def packets(file, kind):
    with av.open(str(file)) as source:
        stream = source.streams.get(**{kind: 0})[0]
        return [
            (float(one.pts * one.time_base), bytes(one), one.is_keyframe) for one in source.demux(stream) if one.size
        ]


@pytest.mark.parametrize(("login", "transport"), [("none", "udp"), ("digest", "tcp"), ("basic", "tcp")])
async def test_every_byte_of_every_picture_arrives(codec, served, login, transport):
    source = packets(served, "video")
    with gst_camera({"/film": LINES[codec].format(file=served)}, *LOGINS[login]) as camera:
        user = ("u", "p:w") if login != "none" else ("", "")
        async with Run(camera.url("/film"), *user, transport=transport, clock=SystemClock()) as run:
            async with asyncio.timeout(60):
                await run.sink.wait(FRAMES)
                await run.sink.wait(10, track=1)
            statistics = run.source.statistics
    pictures = run.sink.of(0)
    assert [one[3] for one in pictures] == [data for _, data, _ in source]
    assert [bool(one[2] & SampleFlag.KEY) for one in pictures] == [key for _, _, key in source]
    # One clock, one beat: times differ from the file's by one constant, to the tick of 90 kHz.
    shifts = [one[1] - at_s * 1e6 for one, (at_s, _, _) in zip(pictures, source, strict=True)]
    assert max(shifts) - min(shifts) < 25
    assert (statistics.lost, statistics.damaged, statistics.malformed) == (0, 0, 0)
    assert statistics.transport == transport
    epoch = run.sink.epochs[0]
    with av.open(str(served)) as container:
        assert (epoch.video.width, epoch.video.height) == (320, 240)
        if codec is Codec.H264:
            assert decoder_configuration(epoch.video) == container.streams.video[0].codec_context.extradata
    check_sound(codec, served, epoch, run.sink.of(1))


def check_sound(codec, served, epoch, heard):
    steps = [after[1] - before[1] for before, after in pairwise(heard)]
    if codec is Codec.H264:
        assert (epoch.audio.codec, epoch.audio.clock_hz) == (Codec.PCMA, 8000)
        for (_, _, _, data), step in zip(heard, steps, strict=False):
            assert step == pytest.approx(len(data) * 125, abs=step / 40)
        return
    frames = [data for _, data, _ in packets(served, "audio")]
    assert epoch.audio.codec is Codec.AAC
    assert epoch.audio.channels == 1
    # Sound before the first picture is left out; from there on nothing is missing.
    first = frames.index(heard[0][3])
    assert [one[3] for one in heard] == frames[first : first + len(heard)]
    assert all(step == pytest.approx(64_000, abs=2000) for step in steps)


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    file = film(tmp_path_factory.mktemp("locked") / "film.mp4", Codec.H264)
    silent = f"( filesrc location={file} ! qtdemux ! queue ! rtph264pay name=pay0 pt=96 )"
    with gst_camera({"/film": LINES[Codec.H264].format(file=file), "/silent": silent}, *LOGINS["digest"]) as camera:
        yield camera


async def failure(url, user, password):
    source = RtspSource(url, user, password, sink=Recorder(), clock=SystemClock())
    with pytest.raises(errors.RtspError) as raised:
        await source.run()
    return type(raised.value)


async def test_a_wrong_password_is_told(locked):
    assert await failure(locked.url("/film"), "u", "wrong") is errors.WrongPassword


async def test_a_wrong_path_is_told(locked):
    assert await failure(locked.url("/nothing"), "u", "p:w") is errors.StreamNotFound


async def test_the_end_of_a_film_is_told_as_such(locked):
    sink = Recorder()
    source = RtspSource(locked.url("/silent"), "u", "p:w", sink=sink, clock=SystemClock(), stall_after_s=20)
    async with asyncio.timeout(60):
        with pytest.raises(errors.Closed):
            await source.run()
    assert len(sink.of(0)) == FRAMES

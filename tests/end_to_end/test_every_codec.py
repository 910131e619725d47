"""Cameras of every codec, served by GStreamer from files of FFmpeg: recorded, exported, compared with the files."""

import asyncio
import subprocess
import threading
from dataclasses import dataclass, field

import av
import numpy as np
import pytest

from recorder.client.stream import Codec, SampleFlag, StreamName
from recorder.playback.job import ExportJob, State
from tests.peers.clips import VTEST
from tests.peers.gstreamer import gst_camera
from tests.recorder.playback.from_reader import export
from tests.recorder.running import Recorder, channel

pytestmark = [pytest.mark.anyio, pytest.mark.peer("gst-rtsp-server", "ffmpeg", "vtest")]

FRAMES = 40
PER_S = 10
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10"]


@dataclass(frozen=True)
class Kind:
    """How FFmpeg makes a file, how GStreamer serves it, and what is to come out of it."""

    video: list[str]
    container: str
    line: str
    codec: Codec = Codec.H264
    sound: Codec | None = None
    sound_as: str = ""
    audio: list[str] = field(default_factory=list)


def from_mp4(parser, payloader):
    return f"( filesrc location={{file}} ! qtdemux ! {parser} ! {payloader} name=pay0 pt=96 )"


SOUND = "filesrc location={file} ! matroskademux name=d d.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96"
G726 = "audiotestsrc freq=440 samplesperbuffer=400 ! audio/x-raw,rate=8000,channels=1"
KINDS = {
    "mjpeg": Kind(
        ["-c:v", "mjpeg", "-huffman", "default", "-pix_fmt", "yuvj420p", "-q:v", "4"],
        "mkv",
        "( filesrc location={file} ! matroskademux ! jpegparse ! rtpjpegpay name=pay0 pt=26 )",
        Codec.MJPEG,
    ),
    "mpeg4": Kind(
        ["-c:v", "mpeg4", "-q:v", "4", "-g", "10", "-bf", "0"],
        "mp4",
        from_mp4("mpeg4videoparse", "rtpmp4vpay"),
        Codec.MPEG4,
    ),
    "mpeg4-b-frames": Kind(
        ["-c:v", "mpeg4", "-q:v", "4", "-g", "10", "-bf", "2"],
        "mp4",
        from_mp4("mpeg4videoparse config-interval=-1", "rtpmp4vpay config-interval=-1"),
        Codec.MPEG4,
    ),
    "h264-b-frames": Kind([*X264, "-bf", "2"], "mp4", from_mp4("h264parse", "rtph264pay")),
    "h264-slices": Kind(
        [*X264, "-bf", "0", "-x264-params", "slices=6"], "mp4", from_mp4("h264parse", "rtph264pay aggregate-mode=none")
    ),
    "opus": Kind(
        [*X264, "-bf", "0"],
        "mkv",
        f"( {SOUND} d.audio_0 ! queue ! opusparse ! rtpopuspay name=pay1 pt=98 )",
        sound=Codec.OPUS,
        sound_as="opus",
        audio=["-f", "lavfi", "-i", "sine=440:sample_rate=48000", "-c:a", "libopus", "-ac", "1"],
    ),
    "g726-aal2": Kind(
        [*X264, "-bf", "0"],
        "mkv",
        f"( {SOUND} {G726} ! avenc_g726 bitrate=32000 ! rtpg726pay pt=97 "
        "! capsfilter caps=application/x-rtp,encoding-name=AAL2-G726-32 name=pay1 )",
        sound=Codec.G726,
        sound_as="aac",
    ),
    # rtpg726pay cannot pack 24 and 40 kbit/s: FFmpeg does not understand it either.
    "g726": Kind(
        [*X264, "-bf", "0"],
        "mkv",
        f"( {SOUND} {G726} ! avenc_g726 bitrate=16000 ! rtpg726pay name=pay1 pt=97 force-aal2=false )",
        sound=Codec.G726,
        sound_as="aac",
    ),
}


def made(folder, name, kind):
    path = folder / f"{name}.{kind.container}"
    source = next(path for path in VTEST.rglob("vtest.avi"))
    inputs = ["-i", str(source), *kind.audio[:4]]
    video = ["-frames:v", str(FRAMES), "-r", str(PER_S), *kind.video, *kind.audio[4:]]
    tail = ["-shortest"] if kind.audio else ["-an"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *inputs, *video, *tail, str(path)], check=True)
    return path


def pictures(path):
    """The pictures of a file, and their times in seconds from the first."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_count = 1
        frames = list(container.decode(video=0))
    return [frame.to_ndarray().tobytes() for frame in frames], [frame.time - frames[0].time for frame in frames]


def heard(path):
    """The name of the sound's codec, and its pitch in Hz."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        rate = stream.codec_context.sample_rate
        wave = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(stream)])
    middle = wave[rate : 3 * rate]
    return stream.codec_context.name, abs(np.fft.rfft(middle)).argmax() / 2


async def whole_span(recorder, number):
    """The samples of the first span of a channel, once another has begun."""
    async with asyncio.timeout(90):
        while True:
            found = [one.sample for one in await recorder.recorded(number, audio=True)]
            video = [at for at, one in enumerate(found) if one.track == 0]
            breaks = [at for at in video if found[at].flags & SampleFlag.DISCONTINUITY]
            if len(breaks) > 1:
                return found[: breaks[1]]
            await asyncio.sleep(0.5)


async def test_what_any_camera_sends_is_recorded_and_exported_as_it_was(tmp_path):
    files = {name: made(tmp_path, name, kind) for name, kind in KINDS.items()}
    mounts = {f"/{name}": kind.line.format(file=files[name]) for name, kind in KINDS.items()}
    recorder = Recorder(tmp_path / "data")
    recorder.disk(size_mb=256)
    try:
        with gst_camera(mounts) as camera:
            recorder.plan(*(channel(number, camera.url(f"/{name}")) for number, name in enumerate(KINDS, 1)))
            await recorder.start("media", "reader")
            for number, (name, kind) in enumerate(KINDS.items(), 1):
                span = await whole_span(recorder, number)
                await check(recorder, tmp_path / f"{name}-taken.mp4", number, kind, span, files[name])
    finally:
        await recorder.stop()


async def check(recorder, taken, number, kind, span, file):
    shown = [one for one in span if one.track == 0]
    assert len(shown) == FRAMES
    start, end = shown[0].wall_us, max(one.wall_us for one in shown) + 1
    job = ExportJob((number,), StreamName.MAIN, start, end, str(taken))
    socket = recorder.instance.socket("reader")
    done = await asyncio.to_thread(export, job, socket, lambda _: None, threading.Event())
    assert (done.state, done.words, len(done.files)) == (State.DONE, "", 1)
    found, times = await asyncio.to_thread(pictures, taken)
    expected, expected_times = await asyncio.to_thread(pictures, file)
    assert len(found) == len(expected) == FRAMES
    assert found == expected
    assert times == pytest.approx(expected_times, abs=0.002)
    with av.open(str(taken)) as container:
        assert container.streams.video[0].codec_context.name == kind.codec.value
        assert bool(container.streams.audio) == (kind.sound is not None)
    if kind.sound is not None:
        name, pitch = heard(taken)
        assert name == kind.sound_as
        assert pitch == pytest.approx(440, abs=3), (number, kind.sound)

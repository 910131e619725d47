"""Exports: every picture and sound of the stretch, in time, in files that others play, and nothing half-written."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from msgspec import structs

from recorder.client.instance import Instance
from recorder.client.stream import Codec, Sample, SampleFlag, StreamKey, StreamName, TrackKind, TrackParameters
from recorder.decode.decoder import VideoDecoder
from recorder.playback import manifest, moov, names, outgoing
from recorder.playback.export import Export
from recorder.playback.job import ExportJob, State
from recorder.playback.vouch import Vouching
from recorder.store.portion import Portion
from tests.recorder.decode.film import FRAME_US, START_US, film
from tests.recorder.decode.taps import FakeTap, Stretch
from tests.recorder.playback.from_reader import FromReader, export

MAIN = StreamName.MAIN
KEY = StreamKey(1, MAIN)


@pytest.fixture
def reader(tmp_path):
    tap = FakeTap(Instance(tmp_path / "data").socket("reader"))
    yield tap
    tap.close()


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "stick"
    place.mkdir()
    return place


def at(number: int) -> int:
    return START_US + number * FRAME_US


def run(reader, folder, start=0, end=1000, channels=(1,), path=None, **more):
    job = ExportJob(channels, MAIN, at(start), at(end), str(path or folder), **more)
    told = []
    done = export(job, reader.path, told.append, threading.Event())
    assert told[-1] == done
    return done


def decoded(path) -> list[tuple[int, bytes]]:
    """Times in µs and pictures of a file."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_count = 1
        return [
            (round(frame.pts * frame.time_base * 1_000_000), frame.to_ndarray().tobytes())
            for frame in container.decode(stream)
        ]


def source(made, samples) -> list[tuple[int, bytes]]:
    """Times and pictures of samples, by our decoder."""
    decoder = VideoDecoder(made.epoch.video)
    frames = [frame for sample in samples for frame in decoder.decode(sample.data, sample.pts_us)]
    frames += decoder.flush()
    first = frames[0].pts
    return [(frame.pts - first, frame.to_ndarray().tobytes()) for frame in frames]


def tone(film_made, seconds: float, codec=Codec.PCMA, skip=(0.0, 0.0)):
    """An epoch with sound, and 20 ms packets of a 440 Hz tone, some left out."""
    samples = (np.sin(np.arange(int(8000 * seconds)) * 2 * np.pi * 440 / 8000) * 12000).astype(np.int16)
    encoder = av.CodecContext.create(
        {Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw", Codec.G726: "g726le"}[codec], "w"
    )
    if codec is Codec.G726:
        encoder.options, encoder.bit_rate = {"code_size": "3"}, 24_000
    encoder.sample_rate, encoder.layout, encoder.format = 8000, "mono", "s16"
    packets = []
    if codec is Codec.G726:
        # Its encoder gathers more than a packet.
        whole = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        whole.sample_rate = 8000
        coded = b"".join(map(bytes, [*encoder.encode(whole), *encoder.encode(None)]))
    for begin in range(0, len(samples), 160):
        time_us = begin * 1_000_000 // 8000
        if skip[0] <= time_us / 1e6 < skip[1]:
            continue
        frame = av.AudioFrame.from_ndarray(samples[None, begin : begin + 160], format="s16", layout="mono")
        frame.sample_rate = 8000
        if codec is Codec.G726:
            data = coded[begin * 3 // 8 : (begin + 160) * 3 // 8]
        else:
            data = b"".join(bytes(packet) for packet in encoder.encode(frame))
        packets.append(Sample(1, time_us, START_US + time_us, SampleFlag.NONE, data))
    audio = TrackParameters(1, TrackKind.AUDIO, codec, 8000, (b"\3",) if codec is Codec.G726 else (), channels=1)
    return replace(film_made.epoch, tracks=(*film_made.epoch.tracks, audio)), packets


def mixed(*tracks):
    return sorted((sample for track in tracks for sample in track), key=lambda one: (one.wall_us, one.track))


@pytest.mark.covers("D-BKP-01")
@pytest.mark.parametrize(
    ("codec", "b_frames"),
    [("h264", 0), ("h264", 2), ("h265", 0), ("h265", 2), ("mjpeg", 0), ("mpeg4", 0), ("mpeg4", 2)],
)
def test_every_picture_of_the_stretch_is_exported_bit_for_bit_and_in_time(reader, folder, codec, b_frames):
    made = film(50, codec=codec, b_frames=b_frames)
    samples = made.samples()
    reader.recorded[KEY] = [Stretch(made.epoch, samples)]
    done = run(reader, folder)
    assert done.state is State.DONE
    (path,) = done.files
    assert decoded(path) == source(made, samples)


def test_it_begins_at_the_key_frame_at_or_before_the_wanted_time_and_ends_at_the_wanted_end(reader, folder):
    made = film(100)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    done = run(reader, folder, start=17, end=63)
    assert decoded(done.files[0]) == source(made, made.samples()[10:63])


def test_uneven_times_stay_exact_to_the_microsecond(reader, folder):
    made = film(30)
    times = np.cumsum([0, *np.random.default_rng(4).integers(1_001, 90_007, 29)]).tolist()
    samples = [
        structs.replace(one, pts_us=77 + time, wall_us=START_US + time)
        for one, time in zip(made.samples(), times, strict=True)
    ]
    reader.recorded[KEY] = [Stretch(made.epoch, samples)]
    done = run(reader, folder)
    assert [time for time, _ in decoded(done.files[0])] == times


def test_pictures_that_are_minutes_apart_are_shown_minutes_apart(reader, folder):
    made = film(30, gop=1)
    times = np.cumsum([0, *np.random.default_rng(4).integers(9_000_000, 300_000_000, 29)]).tolist()
    samples = [
        structs.replace(one, pts_us=time, wall_us=START_US + time)
        for one, time in zip(made.samples(), times, strict=True)
    ]
    reader.recorded[KEY] = [Stretch(made.epoch, samples)]
    done = run(reader, folder, end=300_000)
    assert [time for time, _ in decoded(done.files[0])] == times


def test_a_hole_and_changed_parameters_begin_new_parts(reader, folder):
    small, large = film(50), film(20, width=640, height=480)
    later = at(5000)
    first, second = small.samples(count=20), small.samples(later, first=20, count=25)
    third = [
        structs.replace(one, flags=one.flags & ~SampleFlag.DISCONTINUITY)
        for one in large.samples(later + 25 * FRAME_US)
    ]
    reader.recorded[KEY] = [
        Stretch(small.epoch, first),
        Stretch(small.epoch, second),
        Stretch(replace(large.epoch, number=2), third),
    ]
    done = run(reader, folder, end=6000, names={1: "Gate"})
    names = [Path(path).name for path in done.files]
    base = names[0].removesuffix(".mp4")
    assert base.startswith("Gate_ch1_2023111")
    assert names == [f"{base}.mp4", f"{base}_part2.mp4", f"{base}_part3.mp4"]
    for path, made, samples in zip(done.files, (small, small, large), (first, second, third), strict=True):
        assert decoded(path) == source(made, samples)


def test_several_channels_are_a_file_each(reader, folder):
    made = film(20)
    for channel in (1, 2, 3):
        reader.recorded[StreamKey(channel, MAIN)] = [Stretch(made.epoch, made.samples())]
    done = run(reader, folder, channels=(1, 2, 3))
    assert [Path(path).name.split("_")[1] for path in done.files] == ["ch1", "ch2", "ch3"]
    assert done.done_us == done.total_us == 3 * 1000 * FRAME_US


@pytest.mark.parametrize("codec", [Codec.PCMA, Codec.PCMU, Codec.G726])
def test_sound_that_mp4_does_not_know_becomes_aac_beside_the_picture(reader, folder, codec):
    made = film(100)
    epoch, sound = tone(made, 4.0, codec, skip=(1.0, 2.0))
    reader.recorded[KEY] = [Stretch(epoch, mixed(made.samples(), sound))]
    done = run(reader, folder)
    with av.open(done.files[0]) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == "aac"
        heard = np.zeros(8000 * 5)
        for frame in container.decode(stream):
            begin = round(float(frame.pts * frame.time_base) * 8000)
            part = frame.to_ndarray()[0]
            cut = max(0, -begin)
            heard[begin + cut : begin + len(part)] = part[cut:]
    loud = [float(np.abs(heard[int(8000 * t) : int(8000 * (t + 0.2))]).mean()) for t in (0.3, 1.4, 2.3, 3.6)]
    assert loud[0] > 0.1
    assert loud[1] < 0.02  # one second of packets is missing, and stays silent
    assert loud[2] > 0.1
    assert loud[3] > 0.1
    edges = np.flatnonzero(np.abs(heard) > 0.05) / 8000
    assert abs(edges[edges > 1.5][0] - 2.0) < 0.1
    assert decoded(done.files[0]) == source(made, made.samples())


def test_aac_is_copied_as_it_is(reader, folder):
    made = film(50)
    encoder = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.time_base = 16000, "mono", "fltp", Fraction(1, 16000)
    packets = []
    for number in range(30):
        frame = av.AudioFrame.from_ndarray(
            np.random.default_rng(number).random((1, 1024), np.float32) - 0.5, format="fltp", layout="mono"
        )
        frame.sample_rate, frame.pts = 16000, number * 1024
        packets += encoder.encode(frame)
    audio = TrackParameters(1, TrackKind.AUDIO, Codec.AAC, 16000, (bytes(encoder.extradata),), channels=1)
    epoch = replace(made.epoch, tracks=(*made.epoch.tracks, audio))
    sound = [
        Sample(1, number * 64_000, START_US + number * 64_000, SampleFlag.NONE, bytes(packet))
        for number, packet in enumerate(packets)
    ]
    reader.recorded[KEY] = [Stretch(epoch, mixed(made.samples(), sound))]
    done = run(reader, folder)
    with av.open(done.files[0]) as container:
        stream = container.streams.audio[0]
        found = [
            (round(packet.pts * packet.time_base * 1000), bytes(packet))
            for packet in container.demux(stream)
            if packet.size
        ]
        assert stream.codec_context.sample_rate == 16000
        assert stream.codec_context.layout.nb_channels == 1
    assert found == [(number * 64, one.data) for number, one in enumerate(sound) if one.wall_us < at(1000)]


@pytest.mark.peer("ffmpeg")
@pytest.mark.parametrize("channels", [1, 2])
def test_opus_is_copied_as_it_is(reader, folder, channels):
    layout = "stereo" if channels == 2 else "mono"
    made = film(50)
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, layout, "s16"
    wave = (np.sin(np.arange(96_000) * 2 * np.pi * 440 / 48_000) * 12_000).astype(np.int16).repeat(channels)
    packets = []
    for begin in range(0, 96_000 * channels, 960 * channels):
        frame = av.AudioFrame.from_ndarray(wave[None, begin : begin + 960 * channels], format="s16", layout=layout)
        frame.sample_rate = 48_000
        packets += encoder.encode(frame)
    audio = TrackParameters(1, TrackKind.AUDIO, Codec.OPUS, 48_000, channels=channels)
    sound = [
        Sample(1, number * 20_000, START_US + number * 20_000, SampleFlag.NONE, bytes(packet))
        for number, packet in enumerate(packets)
    ]
    reader.recorded[KEY] = [
        Stretch(replace(made.epoch, tracks=(*made.epoch.tracks, audio)), mixed(made.samples(), sound))
    ]
    done = run(reader, folder)
    with av.open(done.files[0]) as container:
        found = [(round(one.pts * one.time_base * 1000), bytes(one)) for one in container.demux(audio=0) if one.size]
        assert container.streams.audio[0].codec_context.layout.nb_channels == channels
    assert found == [(number * 20, one.data) for number, one in enumerate(sound)][: len(found)]
    assert len(found) >= 99
    decode = ["ffmpeg", "-v", "warning", "-i", done.files[0], "-vn", "-f", "s16le", "-ac", "1", "-"]
    heard = subprocess.run(decode, capture_output=True, check=True)
    assert heard.stderr == b""
    samples = np.frombuffer(heard.stdout, np.int16)
    assert abs(len(samples) - 96_000) < 2000
    peak = np.abs(np.fft.rfft(samples[20_000:68_000])).argmax()
    assert abs(peak - 440) < 3


def test_what_is_left_out_of_a_file_is_said(reader, folder):
    made = film(50)
    words = TrackParameters(2, TrackKind.METADATA, Codec.ONVIF, 90_000)
    documents = [
        Sample(2, number * 200_000, START_US + number * 200_000, SampleFlag.NONE, b"<a/>") for number in range(10)
    ]
    reader.recorded[KEY] = [
        Stretch(replace(made.epoch, tracks=(*made.epoch.tracks, words)), mixed(made.samples(), documents))
    ]
    done = run(reader, folder)
    assert done.state is State.DONE
    assert "metadata" in done.words
    assert decoded(done.files[0]) == source(made, made.samples())
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    assert not run(reader, folder).words


def test_the_sound_of_a_channel_that_one_may_not_hear_is_in_no_file_and_that_is_said(reader, folder):
    made = film(50)
    epoch, packets = tone(made, 2.0)
    for channel in (1, 2):
        reader.recorded[StreamKey(channel, MAIN)] = [Stretch(epoch, mixed(made.samples(), packets))]
    done = run(reader, folder, channels=(1, 2), silent=(2,))
    sounds = []
    for path in done.files:
        with av.open(path) as container:
            sounds.append(len(container.streams.audio))
    assert sounds == [1, 0]
    assert done.words == "The sound of channel 2 is left out: you may not hear it."
    named = run(reader, folder, channels=(1, 2), silent=(1, 2), names={1: "Front door", 2: "Drive"})
    assert named.words == "The sound of Front door, Drive is left out: you may not hear it."


def test_start_and_end_stand_in_the_file_and_the_index_before_the_pictures(reader, folder):
    made = film(50)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    done = run(reader, folder)
    data = Path(done.files[0]).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(done.files[0]) as container:
        assert container.metadata["creation_time"] == "2023-11-14T22:13:20.000000Z"
        assert container.metadata["comment"] == (
            "Nightjar channel=1 stream=main start=2023-11-14T22:13:20.000000Z end=2023-11-14T22:13:22.000000Z"
        )


@pytest.mark.peer("ffmpeg")
@pytest.mark.parametrize(("codec", "tag"), [("h264", "avc1"), ("h265", "hvc1"), ("mjpeg", "mp4v"), ("mpeg4", "mp4v")])
def test_ffprobe_reads_all_of_it_without_a_word(reader, folder, codec, tag):
    made = film(50, codec=codec)
    epoch, sound = tone(made, 2.0)
    reader.recorded[KEY] = [Stretch(epoch, mixed(made.samples(), sound))]
    done = run(reader, folder)
    probe = ("ffprobe", "-v", "warning", "-count_frames", "-show_streams", "-show_format", "-of", "json", done.files[0])
    found = subprocess.run(probe, capture_output=True, text=True, check=True)
    # FFmpeg's JPEG encoder pads its first picture in a way that its decoder remarks on, in a file of its own too.
    assert [line for line in found.stderr.splitlines() if "EOI missing" not in line] == []
    told = json.loads(found.stdout)
    video, audio = told["streams"]
    assert video["codec_name"] == {"h265": "hevc"}.get(codec, codec)
    assert (video["codec_tag_string"], video["nb_read_frames"], video["width"]) == (tag, "50", 320)
    assert (audio["codec_name"], audio["sample_rate"]) == ("aac", "8000")
    assert abs(float(told["format"]["duration"]) - 2.0) < 0.2


@pytest.mark.peer("gstreamer")
@pytest.mark.parametrize(
    ("codec", "parser"), [("h264", "h264"), ("h265", "h265"), ("mjpeg", "jpeg"), ("mpeg4", "mpeg4video")]
)
def test_gstreamer_demuxes_and_parses_it(reader, folder, codec, parser):
    made = film(50, codec=codec)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    done = run(reader, folder)
    launch = f"filesrc location={done.files[0]} ! qtdemux ! {parser}parse ! identity silent=false ! fakesink"
    found = subprocess.run(
        ["gst-launch-1.0", "-v", *launch.split()], capture_output=True, text=True, check=True, timeout=30
    )
    assert found.stdout.count("last-message = chain") >= 50


def test_an_existing_file_is_never_overwritten(reader, folder):
    made = film(20)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    first, second = run(reader, folder), run(reader, folder)
    assert second.state is State.DONE
    assert second.files != first.files
    mine = folder / "mine.mp4"
    mine.write_text("precious")
    refused = run(reader, folder, path=mine)
    assert refused.state is State.FAILED
    assert "exists already" in refused.words
    assert mine.read_text() == "precious"


def test_a_named_file_gets_that_name(reader, folder):
    made = film(20)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    done = run(reader, folder, path=folder / "evidence.mp4")
    assert done.files == (str(folder / "evidence.mp4"),)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "a/b\\c",
        "con",
        "",
        "...",
        "\u202egpj.exe",
        "x" * 500,
        "Tür 1: <Hof>?",
        "a\nb\0c",
        "-rf",
        "名前" * 90,
    ],
)
def test_hostile_channel_names_stay_in_the_folder(reader, folder, name):
    made = film(10)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    done = run(reader, folder, names={1: name})
    assert done.state is State.DONE
    (path,) = [Path(one) for one in done.files]
    assert path.parent == folder
    assert path.is_file()
    assert len(os.fsencode(path.name)) < 200
    assert not set(path.name) & set('<>:"/\\|?*\n\0\u202e')
    assert not path.name.startswith((".", "-"))


@pytest.mark.parametrize("path", ["/nowhere/at/all", "relative", "/etc/hostname", "/proc/self/nothing/x.mp4", "a\0b"])
def test_a_place_that_is_not_there_is_told(reader, folder, path):
    done = run(reader, folder, path=path)
    assert done.state is State.FAILED
    assert "folder" in done.words


def test_nothing_recorded_is_told_and_leaves_nothing(reader, folder):
    done = run(reader, folder)
    assert (done.state, done.files) == (State.FAILED, ())
    assert "Nothing is recorded" in done.words
    assert not list(folder.iterdir())


def test_of_several_channels_those_without_footage_are_named(reader, folder):
    made = film(50)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    done = run(reader, folder, channels=(1, 2, 3), names={2: "Yard"})
    assert (done.state, len(done.files)) == (State.DONE, 1)
    assert done.words == "Nothing is recorded of Yard, channel 3 in this time."


def test_a_channel_whose_parameters_are_damaged_costs_no_other_and_is_named(reader, folder):
    made = film(50)
    video = replace(made.epoch.video, parameter_sets=())
    damaged = replace(made.epoch, number=2, tracks=(video,))
    reader.recorded[KEY] = [Stretch(damaged, made.samples(count=20)), Stretch(made.epoch, made.samples(at(30), 20))]
    reader.recorded[StreamKey(2, MAIN)] = [Stretch(damaged, made.samples())]
    reader.recorded[StreamKey(3, MAIN)] = [Stretch(made.epoch, made.samples())]
    done = run(reader, folder, channels=(1, 2, 3), names={2: "Yard"})
    assert (done.state, len(done.files)) == (State.DONE, 2)
    assert "Yard: The recording cannot be put into a file: its codec parameters are damaged." in done.words
    assert "Nothing is recorded" not in done.words
    assert [Path(one).name.split("_")[1] for one in done.files] == ["ch1", "ch3"]
    alone = run(reader, folder, channels=(2,))
    assert (alone.state, alone.files) == (State.FAILED, ())
    assert "codec parameters are damaged" in alone.words


def test_other_sound_that_comes_before_its_picture_is_not_put_into_the_file_before(reader, folder):
    made = film(50)
    before, packets = tone(made, 2.0)
    behind, loud = tone(made, 1.0, Codec.PCMU)
    later_us = 2_000_000
    loud = [structs.replace(one, pts_us=one.pts_us + later_us, wall_us=one.wall_us + later_us) for one in loud]
    pictures = [
        structs.replace(one, pts_us=one.pts_us + 3_000_000, flags=one.flags & ~SampleFlag.DISCONTINUITY)
        for one in made.samples(START_US + 3_000_000)
    ]
    portions = [
        Portion(before, mixed(made.samples(), packets)),
        Portion(replace(behind, number=2), loud),
        Portion(replace(behind, number=2), pictures),
    ]
    there = SimpleNamespace(
        expected_bytes=lambda _asked: 1,
        samples_ahead=lambda *_asked: 0,
        stretches=lambda _asked: [],
        portions=lambda _asked: iter(portions),
    )
    job = ExportJob((1,), MAIN, at(0), at(1000), str(folder))
    done = Export(job, there, lambda _told: None).run()
    assert (done.state, len(done.files)) == (State.DONE, 2), done.words
    with av.open(done.files[0]) as container:
        sound = container.streams.audio[0]
        assert sound.duration * sound.time_base < 2.2


def test_a_stream_without_pictures_is_told_as_that_and_not_as_a_missing_disk(folder):
    asked = ExportJob((1,), StreamName.MOTION, at(0), at(9), str(folder))
    there = SimpleNamespace(expected_bytes=lambda _asked: 9_000, portions=lambda _asked: iter(()))
    done = Export(asked, there, lambda _told: None).run()
    assert done.state is State.FAILED
    assert "has no pictures" in done.words


@pytest.mark.covers("D-BKP-07")
def test_too_little_space_is_told_before_anything_is_written(reader, folder, monkeypatch):
    made = film(10)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    usage = shutil.disk_usage(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=10 << 20))
    done = run(reader, folder)
    assert done.state is State.FAILED
    assert "too little space" in done.words
    assert not list(folder.iterdir())


@pytest.mark.parametrize("beside", [True, False])
def test_where_the_recorders_own_files_are_room_is_left_for_them(reader, folder, tmp_path, monkeypatch, beside):
    made = film(50)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    free = SimpleNamespace(free=100 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: free)
    job = ExportJob((1,), MAIN, at(0), at(1000), str(folder))
    own = tmp_path if beside else Path("/proc")
    done = Export(job, FromReader(reader.path, threading.Event()), lambda _told: None, own=own).run()
    assert done.state is (State.FAILED if beside else State.DONE)
    assert ("too little space" in done.words) is beside


@pytest.mark.covers("D-BKP-07")
def test_a_reader_that_dies_is_told_and_nothing_is_left(reader, folder):
    made = film(20)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    reader.hold = True
    timer = threading.Timer(0.2, reader.hang_up)
    timer.start()
    done = run(reader, folder)
    timer.join()
    assert done.state is State.FAILED
    assert "could not be read" in done.words
    assert not list(folder.iterdir())


@pytest.mark.parametrize("known", [0, 40, 100_000])
def test_the_index_stands_before_the_pictures_however_wrongly_it_was_thought_to_be(reader, folder, monkeypatch, known):
    made = film(400)
    times = np.cumsum([0, *np.random.default_rng(4).integers(1_001, 90_007, 399)]).tolist()
    samples = [
        structs.replace(one, pts_us=time, wall_us=START_US + time)
        for one, time in zip(made.samples(), times, strict=True)
    ]
    reader.recorded[KEY] = [Stretch(made.epoch, samples)]
    monkeypatch.setattr(moov, "_FIXED", 1000)
    monkeypatch.setattr(FromReader, "samples_ahead", lambda _self, *_asked: known)
    # The last piece of the hashes begins within what is moved.
    monkeypatch.setattr(outgoing, "PIECE_BYTES", 3000)
    monkeypatch.setattr(manifest, "PIECE_BYTES", 3000)
    monkeypatch.setattr(outgoing, "_MOVE_BYTES", 777)
    job = ExportJob((1,), MAIN, at(0), at(1000), str(folder))
    told = []
    vouching = Vouching(Instance(folder.parent / "data"), job)
    monkeypatch.setattr(vouching, "sign", lambda _path, _channel, _contents, _size, file: told.append(file.pieces))
    done = Export(job, FromReader(reader.path, threading.Event()), lambda _told: None, vouching).run()
    assert done.state is State.DONE, done.words
    (path,) = done.files
    data = Path(path).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert decoded(path) == source(made, samples)
    assert told == [manifest.hashes_of(manifest.pieces_to_hash(Path(path)))[1]]


def test_sound_comes_back_in_time_after_a_silence_of_two_days(reader, folder):
    made = film(20)
    audio = TrackParameters(1, TrackKind.AUDIO, Codec.AAC, 16000, (bytes.fromhex("1408"),), channels=1)
    epoch = replace(made.epoch, tracks=(*made.epoch.tracks, audio))
    times = [0, 64_000, 172_800_000_000]
    heard = [Sample(1, time, START_US + min(time, 500_000), SampleFlag.NONE, b"\x21\x10\x05" * 9) for time in times]
    reader.recorded[KEY] = [Stretch(epoch, mixed(made.samples(), heard))]
    done = run(reader, folder)
    assert done.state is State.DONE, done.words
    with av.open(done.files[0]) as container:
        found = [round(one.pts * one.time_base * 1000) for one in container.demux(audio=0) if one.size]
    assert found == [0, 64, 172_800_000]


@pytest.mark.parametrize("muted_s", [(0, 700), (2, 900)])
def test_sound_that_is_encoded_comes_back_in_time_after_a_long_silence(reader, folder, muted_s):
    made = film(20)
    epoch, sound = tone(made, 4.0)
    begin, end = muted_s
    before = [one for one in sound if one.pts_us < begin * 1_000_000]
    after = [structs.replace(one, pts_us=one.pts_us + end * 1_000_000) for one in sound]
    # Behind the last picture all of them come at once: only their own times count.
    after = [structs.replace(one, wall_us=made.samples()[-1].wall_us) for one in after]
    reader.recorded[KEY] = [Stretch(epoch, [*mixed(made.samples(), before), *after])]
    done = run(reader, folder)
    assert done.state is State.DONE, done.words
    with av.open(done.files[0]) as container:
        stream = container.streams.audio[0]
        loud = [
            float(frame.pts * frame.time_base)
            for frame in container.decode(stream)
            if np.abs(frame.to_ndarray()).mean() > 0.1
        ]
    assert bool([one for one in loud if one < begin]) is bool(begin)
    heard = [one for one in loud if one > begin + 0.2]
    assert abs(heard[0] - end) < 0.3
    assert abs(heard[-1] - (end + 4)) < 0.3


@pytest.mark.parametrize("gone", ["usage", "read-only"])
def test_a_stick_that_goes_away_is_told_in_words_whatever_was_being_done(reader, folder, monkeypatch, gone):
    made = film(50)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    if gone == "usage":
        asked = []

        def usage(place):
            asked.append(place)
            if len(asked) > 1:
                raise FileNotFoundError(2, "No such file or directory")
            return SimpleNamespace(free=1 << 40)

        monkeypatch.setattr(shutil, "disk_usage", usage)
        monkeypatch.setattr("recorder.playback.export.CHECK_EVERY_BYTES", 1000)
    else:

        def refused(*_what, **_more):
            raise OSError(30, "Read-only file system")

        def refused_from_now_on(*_what):
            monkeypatch.setattr(Path, "unlink", refused)
            refused()

        monkeypatch.setattr(outgoing.os, "pwrite", refused_from_now_on)
    done = run(reader, folder)
    assert done.state is State.FAILED
    assert done.words.startswith("Writing to ")
    assert "No such file" in done.words or "Read-only" in done.words


def test_what_lies_in_the_place_of_a_pulled_stick_is_not_written_to(reader, folder, tmp_path):
    made = film(20)
    reader.recorded = {StreamKey(one, MAIN): [Stretch(made.epoch, made.samples())] for one in (1, 2)}
    with tempfile.TemporaryDirectory(dir="/dev/shm") as another:

        class Pull:
            def sign(self, *_what):
                folder.rename(tmp_path / "pulled")
                folder.symlink_to(another)

        job = ExportJob((1, 2), MAIN, at(0), at(1000), str(folder))
        done = export(job, reader.path, lambda _told: None, threading.Event(), Pull())
        assert not list(Path(another).iterdir())
    assert done.state is State.FAILED
    assert "not the device that the export began to write to" in done.words
    assert len(done.files) == 1


def test_a_name_that_a_file_cannot_be_given_is_not_left_behind_empty(reader, folder, monkeypatch):
    made = film(20)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]

    def full(_from, _to):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    done = run(reader, folder)
    assert done.state is State.FAILED
    assert "No space left" in done.words
    assert not list(folder.iterdir())


def test_damaged_samples_cost_no_more_than_themselves(reader, folder):
    made = film(30)
    samples = made.samples()
    samples[15] = structs.replace(samples[15], data=b"\xff\xff\xff\xff" + bytes(50))
    reader.recorded[KEY] = [Stretch(made.epoch, samples)]
    done = run(reader, folder)
    assert done.state is State.DONE
    assert len(decoded(done.files[0])) >= 25


def test_parts_stay_below_what_fat_takes(reader, folder, monkeypatch):
    made = film(50)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    monkeypatch.setattr("recorder.playback.export.LARGEST_FILE_BYTES", sum(map(len, made.data)) // 6)
    done = run(reader, folder)
    assert len(done.files) >= 3
    pictures = [picture for path in done.files for _, picture in decoded(path)]
    assert pictures == [picture for _, picture in source(made, made.samples())]


# The process as it is, but for where its samples come from.
FROM_TAP = """
import sys
from recorder.playback import export
from tests.recorder.playback.from_reader import FromReader
export.FromStore = lambda instance, cancelled: FromReader(instance.socket("reader"), cancelled)
sys.exit(export.main())
"""


# The same, to a stick that takes one file and then does not come back.
TO_A_STICK_THAT_HANGS = f"""
import threading
from recorder.playback.outgoing import Outgoing
synced, sync = [], Outgoing.sync

def hang(file):
    synced.append(file)
    if len(synced) > 1:
        print("hangs", flush=True)
        threading.Event().wait()
    sync(file)

Outgoing.sync = hang
{FROM_TAP}
"""


def begin_process(tmp_path, folder, channels=(1,), script=FROM_TAP, **limits):
    job = tmp_path / "job.json"
    asked = {"channels": channels, "stream": "main", "start_us": at(0), "end_us": at(1000), "path": str(folder)}
    job.write_text(json.dumps(asked))
    command = [sys.executable, "-c", script, "--data", str(tmp_path / "data"), "--job", str(job)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **limits)


def test_the_process_tells_its_progress_in_lines(reader, folder, tmp_path):
    made = film(50)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    with begin_process(tmp_path, folder) as process:
        lines = [json.loads(line) for line in process.stdout]
    assert process.returncode == 0
    assert [line["state"] for line in lines][0 :: len(lines) - 1] == ["running", "done"]
    last = lines[-1]
    assert last["bytes"] == Path(last["files"][0]).stat().st_size
    assert last["done_us"] == last["total_us"] == 1000 * FRAME_US


def test_sigterm_cancels_and_leaves_nothing(reader, folder, tmp_path):
    made = film(50)
    samples = [structs.replace(sample, data=sample.data) for sample in made.samples()]
    reader.recorded[KEY] = [Stretch(made.epoch, samples)]
    reader.hold = True
    with begin_process(tmp_path, folder) as process:
        assert json.loads(process.stdout.readline())["state"] == "running"
        process.send_signal(signal.SIGTERM)
        last = json.loads(process.stdout.read().splitlines()[-1])
    assert last["state"] == "cancelled"
    assert process.returncode == 1
    assert not list(folder.iterdir())


def test_files_that_were_whole_are_told_of_though_the_stick_hangs_when_it_is_cancelled(reader, folder, tmp_path):
    made = film(20)
    reader.recorded = {StreamKey(one, MAIN): [Stretch(made.epoch, made.samples())] for one in (1, 2)}
    with begin_process(tmp_path, folder, (1, 2), TO_A_STICK_THAT_HANGS) as process:
        while "hangs" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGTERM)
        last = json.loads(process.stdout.read().splitlines()[-1])
    assert last["state"] == "cancelled"
    (path,) = folder.glob("*.mp4")
    assert last["files"] == [str(path)]
    assert len(decoded(path)) == 20
    assert not list(folder.glob(".*"))


@pytest.mark.covers("D-BKP-07")
def test_a_device_that_refuses_to_be_written_is_told_and_nothing_is_left(reader, folder, tmp_path):
    import resource

    made = film(100, width=640, height=480)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    limit = sum(map(len, made.data)) // 2
    with begin_process(
        tmp_path, folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    ) as process:
        last = json.loads(process.stdout.read().splitlines()[-1])
    assert last["state"] == "failed"
    assert "Writing to" in last["words"]
    assert not list(folder.iterdir())


def test_what_a_killed_export_left_goes_with_the_next_one(reader, folder):
    made = film(50)
    reader.recorded[KEY] = [Stretch(made.epoch, made.samples())]
    killed = (
        "import os, pathlib, signal, sys; from recorder.playback.names import under_way; "
        "under_way(pathlib.Path(sys.argv[1])).write_bytes(b'half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", killed, str(folder / "gate.mp4")], check=False)
    (left,) = folder.iterdir()
    done = run(reader, folder)
    assert done.state is State.DONE
    assert [str(one) for one in folder.iterdir()] == list(done.files)
    assert not left.exists()


def test_only_our_own_forgotten_files_are_swept_away(folder, tmp_path):
    ours = names.under_way(folder / "gate.mp4")
    gone = ours.name.replace(f".{os.getpid()}-", ".4194305-")
    elsewhere = re.sub("-[0-9a-f]{8}", "-00000000", gone)
    kept = ["gate.mp4", ".gate.part", gone.removeprefix("."), f"{gone}.bak", ours.name, elsewhere]
    for name in [*kept, gone, f".old{elsewhere}"]:
        (folder / name).write_bytes(b"x")
    link = folder / gone.replace("gate", "link")
    link.symlink_to(folder / "gate.mp4")
    os.utime(folder / f".old{elsewhere}", (1, 1))
    names.sweep(folder, time.time())
    assert {one.name for one in folder.iterdir()} == {*kept, link.name}
    names.sweep(tmp_path / "nowhere", time.time())

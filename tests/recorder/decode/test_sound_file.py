"""Sound files of people become plain samples that sound the same, and hostile ones an error in words, in time."""

import io
import random
import subprocess
import time
from fractions import Fraction

import av
import numpy as np
import pytest

from recorder.client.sound_files import KEPT_BYTES, LARGEST_FILE
from recorder.control.wav import Clip
from recorder.decode import sound_file
from recorder.decode.sound_file import RATES_HZ, NoSoundFile, decoded

TONE_HZ = 700
KINDS = {
    "mp3": ("mp3", "libmp3lame"),
    "flac": ("flac", "flac"),
    "vorbis": ("ogg", "libvorbis"),
    "opus": ("ogg", "libopus"),
    "aac": ("ipod", "aac"),
    "alac": ("ipod", "alac"),
    "wav": ("wav", "pcm_s24le"),
    "adpcm": ("wav", "adpcm_ima_wav"),
}


def coded(kind, tmp_path, seconds=2, *options, rate=44_100, channels=2, source=None):
    """What ffmpeg makes of a tone."""
    container, codec = KINDS[kind]
    place = tmp_path / f"sound.{kind}"
    tone = source or f"sine=frequency={TONE_HZ}:sample_rate={rate}:duration={seconds}"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", tone, *options]
    form = ["-ac", str(channels), "-ar", str(rate), "-c:a", codec, "-f", container]
    subprocess.run([*command, *form, str(place)], check=True, timeout=120)
    return place.read_bytes()


def heard(found):
    """Seconds, the loudest frequency, and the power of the samples."""
    wave = np.frombuffer(found.data, "<i2").astype(float) / 32768
    spectrum = np.abs(np.fft.rfft(wave))
    loudest = float(np.fft.rfftfreq(len(wave), 1 / found.rate_hz)[spectrum.argmax()])
    return len(wave) / found.rate_hz, loudest, float(np.mean(wave * wave))


@pytest.mark.peer("ffmpeg")
@pytest.mark.covers("D-AUD-01")
@pytest.mark.parametrize("kind", KINDS)
def test_what_another_program_coded_sounds_the_same(kind, tmp_path):
    rate = 48_000 if kind == "opus" else 44_100
    seconds, loudest, power = heard(decoded(coded(kind, tmp_path, rate=rate)))
    assert seconds == pytest.approx(2, abs=0.1)
    assert loudest == pytest.approx(TONE_HZ, abs=2)
    # ffmpeg's tone has an eighth of full scale, and half of its power in each of two channels.
    assert power == pytest.approx((1 / 8) ** 2 / 4, rel=0.2)


@pytest.mark.peer("ffmpeg")
def test_nothing_of_the_end_is_lost_where_the_rate_is_changed(tmp_path):
    found = decoded(coded("flac", tmp_path, 2, channels=1))
    assert len(found.data) // 2 == pytest.approx(2 * 48_000, abs=4)


def bursts(time_of, rate_hz):
    """Forty frames of noise, each at the time that `time_of` gives it."""
    dice = np.random.default_rng(1)
    for at in range(40):
        noise = (dice.standard_normal((1, 2 * 1024)) * 3000).astype("<i2")
        frame = av.AudioFrame.from_ndarray(noise, format="s16", layout="stereo")
        frame.sample_rate, frame.time_base = rate_hz, Fraction(1, rate_hz)
        frame.pts = time_of(at)
        yield frame


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
@pytest.mark.parametrize(
    "time_of",
    [
        lambda at: 1024 * at + (60 * 48_000 if at > 20 else 0),
        lambda at: 512 * at,
        lambda at: -1024 * at,
        lambda _at: 0,
        lambda at: (-1) ** at * (1 << 62),
        lambda _at: 1 - (1 << 63),
    ],
    ids=["hole", "overlap", "backward", "still", "far", "before all time"],
)
def test_the_times_that_a_file_tells_change_nothing_of_what_is_heard(time_of, rate_hz):
    def heard_of(times):
        return b"".join(
            one.to_ndarray().tobytes() for one in sound_file._resampled(bursts(times, rate_hz), RATES_HZ[1])
        )

    assert heard_of(time_of) == heard_of(lambda _at: None)


@pytest.mark.peer("ffmpeg")
@pytest.mark.parametrize("kind", ["aac", "vorbis"])
def test_a_file_with_a_hole_of_half_a_minute_goes_on_at_once(kind, tmp_path):
    jump = "asetpts=if(gte(T\\,1)\\,PTS+30/TB\\,PTS)"
    whole, holed = coded(kind, tmp_path), coded(kind, tmp_path, 2, "-af", jump)
    with av.open(io.BytesIO(holed)) as file:
        assert file.duration / av.time_base > 25, "the file says that it is long"
    assert heard(decoded(holed)) == (
        pytest.approx(2, abs=0.1),
        pytest.approx(TONE_HZ, abs=2),
        pytest.approx(heard(decoded(whole))[2], rel=0.05),
    )


@pytest.mark.parametrize("wrong", [av.error.ExternalError, av.error.PatchWelcomeError, av.error.OSError])
def test_whatever_the_library_says_of_a_file_it_is_damaged(wrong, monkeypatch):
    def refuse(*_told, **_more):
        raise wrong(1, "what it says")

    monkeypatch.setattr(sound_file.av, "open", refuse)
    with pytest.raises(NoSoundFile, match="damaged"):
        decoded(b"ID3" + bytes(100))


@pytest.mark.peer("ffmpeg")
def test_a_minute_fits_and_a_second_more_is_refused(tmp_path):
    found = decoded(coded("mp3", tmp_path, 59, channels=1))
    assert found.rate_hz == RATES_HZ[1]
    seconds, loudest, _power = heard(found)
    assert (seconds, loudest) == (pytest.approx(59, abs=0.1), pytest.approx(TONE_HZ, abs=2))
    assert len(found.data) <= KEPT_BYTES
    with pytest.raises(NoSoundFile, match="longer than 60 s"):
        decoded(coded("mp3", tmp_path, 62, channels=1))


@pytest.mark.peer("ffmpeg")
def test_half_an_hour_of_silence_in_a_small_file_costs_neither_time_nor_memory(tmp_path, monkeypatch):
    bomb = coded("flac", tmp_path, 0, channels=1, rate=8000, source="anullsrc=r=8000:cl=mono:d=1800")
    assert len(bomb) < LARGEST_FILE
    taken_s, resampled = [], sound_file._resampled

    def counted(frames):
        for frame in frames:
            taken_s.append(frame.samples / frame.sample_rate)
            yield frame

    monkeypatch.setattr(sound_file, "_resampled", lambda frames, rate_hz: resampled(counted(frames), rate_hz))
    begun = time.thread_time()
    with pytest.raises(NoSoundFile, match="longer than 60 s"):
        decoded(bomb)
    assert time.thread_time() - begun < 5
    assert sum(taken_s) <= 60


@pytest.mark.peer("ffmpeg")
def test_a_picture_of_the_sleeve_is_passed_over(tmp_path):
    sleeve = tmp_path / "sleeve.png"
    picture = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-i",
        "testsrc=s=64x64:d=0.1",
        "-frames:v",
        "1",
        str(sleeve),
    ]
    subprocess.run(picture, check=True, timeout=60)
    found = decoded(coded("mp3", tmp_path, 2, "-i", str(sleeve), "-map", "0", "-map", "1", "-c:v", "copy"))
    assert heard(found)[1] == pytest.approx(TONE_HZ, abs=2)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "nobody knows"),
        (b"MZ" + bytes(100), "nobody knows"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/secret\n", "nobody knows"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "nobody knows"),
        (b"ID3" + bytes(4000), "damaged|no sound"),
        (b"fLaC" + bytes(4000), "damaged|no sound"),
        (b"OggS" + bytes(4000), "damaged|no sound"),
        (bytes(4) + b"ftypM4A " + bytes(4000), "damaged|no sound"),
        (bytes(Clip(1, 1, bytes(4000))), "damaged"),
        (bytes(Clip(8000, 1, b"")), "damaged|nothing in it"),
        (bytes(Clip(8000, 1, bytes(99))).replace(b"\x10\0\0\0\1\0", b"\x10\0\0\0\1\xee"), "coded as nobody knows"),
        (b"RIFF" + bytes(LARGEST_FILE), "larger than 6 MiB"),
    ],
)
def test_what_is_no_sound_is_refused_in_words(data, words):
    with pytest.raises(NoSoundFile, match=words):
        decoded(data)


def mp4_with_pictures_alone():
    place = io.BytesIO()
    with av.open(place, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        for _each in range(3):
            container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode(None))
    return place.getvalue()


def test_a_film_without_sound_is_refused():
    with pytest.raises(NoSoundFile, match="no sound"):
        decoded(mp4_with_pictures_alone())


@pytest.mark.peer("ffmpeg")
@pytest.mark.parametrize("kind", ["mp3", "flac", "vorbis", "aac", "adpcm"])
def test_damage_anywhere_ends_in_samples_or_words(kind, tmp_path):
    whole, dice = coded(kind, tmp_path, 1), random.Random(kind)
    ends = {"samples": 0, "words": 0}
    for _each in range(150):
        data = bytearray(whole[: dice.randrange(len(whole))] if dice.random() < 0.3 else whole)
        for _flip in range(dice.randrange(40) if data else 0):
            # Half of it in the head, where sizes and rates stand.
            data[dice.randrange(len(data) if dice.random() < 0.5 else min(len(data), 200))] = dice.randrange(256)
        try:
            found = decoded(bytes(data))
        except NoSoundFile:
            ends["words"] += 1
        else:
            assert 0 < len(found.data) <= KEPT_BYTES
            ends["samples"] += 1
    assert all(ends.values()), ends

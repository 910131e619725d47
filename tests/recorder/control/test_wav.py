"""WAV files of people: what is sound is played as it is, what is not is refused in words."""

import subprocess
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.control.wav import LARGEST_BYTES, BadSound, Clip, parse

SAMPLES = array("h", [0, 1000, -1000, 32767, -32768, 5]).tobytes()


def wav(samples=SAMPLES, *, kind=1, channels=1, rate=8000, bits=16, before=b"", size=None, tail=b""):
    width = bits // 8 * channels
    head = b"".join(
        number.to_bytes(length, "little")
        for number, length in ((kind, 2), (channels, 2), (rate, 4), (rate * width, 4), (width, 2), (bits, 2))
    )
    body = b"fmt " + len(head + tail).to_bytes(4, "little") + head + tail + before
    body += b"data" + (len(samples) if size is None else size).to_bytes(4, "little") + samples
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WAVE" + body


def test_sixteen_bits_are_taken_as_they_are():
    assert parse(wav()) == Clip(8000, 1, SAMPLES)
    assert parse(wav(channels=2, rate=48_000)) == Clip(48_000, 2, SAMPLES)


def test_what_is_kept_is_read_again():
    clip = Clip(16_000, 2, SAMPLES * 2)
    assert parse(bytes(clip)) == clip


def test_eight_bits_become_sixteen():
    assert parse(wav(bytes([128, 255, 0]), bits=8)).samples == array("h", [0, 127 << 8, -128 << 8]).tobytes()


def test_other_chunks_and_sizes_of_pipes_are_passed_over():
    notes = b"LIST" + (5).to_bytes(4, "little") + b"notes\x00"
    assert parse(wav(before=notes)).samples == SAMPLES
    assert parse(wav(size=0xFFFFFFFF)).samples == SAMPLES


def test_half_a_moment_at_the_end_is_left_out():
    assert parse(wav(SAMPLES[:8] + b"\x01\x02\x03", channels=2)).samples == SAMPLES[:8]


def test_the_extended_form_is_read_where_it_is_pcm():
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    extended = (22).to_bytes(2, "little") + (16).to_bytes(2, "little") + bytes(4) + guid
    assert parse(wav(kind=0xFFFE, tail=extended)).samples == SAMPLES
    with pytest.raises(BadSound, match="coded otherwise"):
        parse(wav(kind=0xFFFE, tail=extended[:-16] + b"\x03" + guid[1:]))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no WAV file"),
        (b"\x89PNG" * 20, "no WAV file"),
        (wav()[:-12], "nothing in it"),
        (wav(kind=85), "coded otherwise"),
        (wav(bits=24), "coded otherwise"),
        (wav(channels=6), "6 channels"),
        (wav(rate=4000), "4000 Hz"),
        (wav(rate=400_000_000), "400000000 Hz"),
        (wav(bytes(61 * 8000), bits=8), "longer than 60 s"),
        (wav(bytes(LARGEST_BYTES)), "larger than 1024 KiB"),
        (b"RIFF\x00\x00\x00\x00WAVE" + b"junk\x00\x00\x00\x00" * 10_000, "nothing in it"),
    ],
)
def test_what_cannot_be_played_is_refused_in_words(data, words):
    with pytest.raises(BadSound, match=words):
        parse(data)


@given(st.binary(max_size=200), st.integers(0, 60), st.binary(max_size=20))
def test_whatever_is_sent_is_a_sound_or_refused(junk, at, patch):
    for data in (junk, b"RIFF" + junk[:4] + b"WAVE" + junk, wav()[:at] + patch + wav()[at + len(patch) :]):
        try:
            found = parse(data)
        except BadSound:
            continue
        assert found.samples
        assert len(found.samples) % (2 * found.channels) == 0


@pytest.mark.peer("ffmpeg")
@pytest.mark.parametrize(("coded", "rate", "channels"), [("pcm_s16le", 22_050, 2), ("pcm_u8", 8000, 1)])
def test_what_ffmpeg_writes_is_read(coded, rate, channels):
    tone = ("-f", "lavfi", "-i", f"sine=frequency=440:sample_rate={rate}:duration=0.5", "-ac", str(channels))
    done = subprocess.run(
        ["ffmpeg", "-v", "error", *tone, "-c:a", coded, "-f", "wav", "-"], capture_output=True, timeout=60, check=True
    )
    found = parse(done.stdout)
    assert (found.rate_hz, found.channels, found.length_s) == (rate, channels, 0.5)
    heard = array("h", found.samples)
    assert 2000 < max(heard) < 32767

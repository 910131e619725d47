"""How loud a camera is comes out right for every codec, from what other programs coded, and survives nonsense."""

import io
import random
import subprocess

import av
import numpy as np
import pytest

from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamKey, StreamName
from recorder.codec.parameters import describe
from recorder.decode.decoder import Undecodable
from recorder.decode.loudness import SILENT_DB, Loudness, decibels
from recorder.decode.sound_decoder import SoundDecoder
from recorder.simulate import sound as simulated

KEY = StreamKey(1, StreamName.SUB)
AAC_16K = bytes((0x14, 0x08))
"""AudioSpecificConfig: AAC-LC, 16 kHz, mono."""
AAC_16K_STEREO = bytes((0x14, 0x10))
PARAMETERS = {
    Codec.PCMA: describe(1, Codec.PCMA, 8000),
    Codec.PCMU: describe(1, Codec.PCMU, 8000),
    Codec.G726: describe(1, Codec.G726, 8000, (b"\x04",)),
    Codec.AAC: describe(1, Codec.AAC, 16_000, (AAC_16K,)),
    Codec.OPUS: describe(1, Codec.OPUS, 48_000),
}
OF_TWO_CHANNELS = {
    Codec.AAC: describe(1, Codec.AAC, 16_000, (AAC_16K_STEREO,)),
    Codec.OPUS: describe(1, Codec.OPUS, 48_000, channels=2),
}
FFMPEG = {
    Codec.PCMA: ("8000", "pcm_alaw", "alaw"),
    Codec.PCMU: ("8000", "pcm_mulaw", "mulaw"),
    Codec.G726: ("8000", "g726le", "g726le"),
    Codec.AAC: ("16000", "aac", "adts"),
    Codec.OPUS: ("48000", "libopus", "ogg"),
}


def units(codec, raw):
    """Cut what a program wrote into what a camera sends at once."""
    if codec is Codec.OPUS:
        with av.open(io.BytesIO(raw)) as container:
            return [bytes(one) for one in container.demux(audio=0) if one.size]
    if codec is not Codec.AAC:
        size = 160 if codec is Codec.G726 else 320
        return [raw[at : at + size] for at in range(0, len(raw), size)]
    found, at = [], 0
    while at < len(raw):
        size = (raw[at + 3] & 3) << 11 | raw[at + 4] << 3 | raw[at + 5] >> 5
        found.append(raw[at + 7 : at + size])
        at += size
    return found


def levels(parameters, samples):
    decoder, meter = SoundDecoder(parameters), Loudness()
    return [one for data in samples for wave in decoder.decode(data) for one in meter.add(wave, decoder.rate_hz)]


def coded_by_ffmpeg(tone, name, form, bits="32k"):
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", tone, "-c:a", name, "-b:a", bits, "-f", form, "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.mark.peer("ffmpeg")
@pytest.mark.parametrize("codec", FFMPEG)
@pytest.mark.parametrize("amplitude_db", [-6, -34])
def test_a_tone_that_ffmpeg_coded_has_the_level_that_was_asked_of_it(codec, amplitude_db):
    rate, name, form = FFMPEG[codec]
    tone = f"aevalsrc={10 ** (amplitude_db / 20)}*sin(2*PI*1000*t):s={rate}:d=3"
    found = levels(PARAMETERS[codec], units(codec, coded_by_ffmpeg(tone, name, form)))
    assert len(found) in {5, 6}
    for one in found[1:-1]:
        # A sine has 3 dB less power than its amplitude squared.
        assert one.level_db == pytest.approx(amplitude_db - 3, abs=0.6)


@pytest.mark.peer("ffmpeg")
@pytest.mark.parametrize("codec", OF_TWO_CHANNELS)
def test_of_two_channels_the_mean_power_counts_even_where_their_sum_would_be_silent(codec):
    rate, name, form = FFMPEG[codec]
    tone = f"aevalsrc=0.5*sin(2*PI*1000*t)|-0.25*sin(2*PI*1000*t):s={rate}:d=3"
    found = levels(OF_TWO_CHANNELS[codec], units(codec, coded_by_ffmpeg(tone, name, form, "64k")))
    assert len(found) in {5, 6}
    for one in found[1:-1]:
        assert one.level_db == pytest.approx(decibels((0.5**2 + 0.25**2) / 4), abs=0.6)


@pytest.mark.peer("gstreamer")
def test_gstreamers_silence_and_noise_are_told_apart():
    def coded(wave, volume):
        source = f"audiotestsrc wave={wave} volume={volume} num-buffers=24 samplesperbuffer=1000".split()
        form = ["!", "audio/x-raw,rate=8000,channels=1", "!", "mulawenc", "!", "fdsink"]
        return subprocess.run(["gst-launch-1.0", "-q", *source, *form], capture_output=True, check=True).stdout

    quiet = levels(PARAMETERS[Codec.PCMU], units(Codec.PCMU, coded("silence", 1)))
    loud = levels(PARAMETERS[Codec.PCMU], units(Codec.PCMU, coded("white-noise", 0.5)))
    assert len(quiet) == len(loud) == 6
    assert all(one.level_db < -70 for one in quiet)
    # Noise that is spread evenly up to the amplitude has a third of its square.
    assert all(one.level_db == pytest.approx(-6 - 4.8, abs=1) for one in loud)


def test_the_simulated_cameras_are_as_loud_as_their_sound_was_drawn():
    drawn = np.asarray(simulated.waveform(simulated.ALAW_HZ), np.float64) / 32768
    found = levels(PARAMETERS[Codec.PCMA], simulated.alaw_loop())
    mean = decibels(float(np.mean([10 ** (one.level_db / 10) for one in found])))
    assert mean == pytest.approx(decibels(float(np.mean(drawn**2))), abs=0.5)
    # Somebody walks: his steps stand out.
    assert max(one.peak_db for one in found) > mean + 3


def test_a_bang_of_a_tenth_of_a_second_is_the_peak_and_not_the_level():
    wave = np.full(4000, 0.001, np.float32)
    wave[1600:2400] = 0.5
    ((one),) = Loudness().add(wave, 8000)
    assert one.peak_db == pytest.approx(-6, abs=0.1)
    assert one.level_db == pytest.approx(-13, abs=0.1)
    assert Loudness().add(np.zeros(4000, np.float32), 8000)[0].level_db == SILENT_DB


@pytest.mark.parametrize("codec", PARAMETERS)
def test_nonsense_is_refused_or_some_sound_and_never_anything_else(codec):
    dice, decoder, meter = random.Random(5), SoundDecoder(PARAMETERS[codec]), Loudness()
    for _again in range(200):
        data = dice.randbytes(dice.choice((0, 1, 7, 160, 700, 100_000)))
        try:
            waves = decoder.decode(data)
        except Undecodable:
            continue
        for wave in waves:
            for one in meter.add(wave, decoder.rate_hz):
                assert SILENT_DB <= one.level_db <= one.peak_db <= 20


def test_a_client_hears_how_loud_a_stream_is_and_gets_no_pictures_for_it(house):
    house.client.listen(9, 1, StreamName.SUB)
    house.wait(lambda: house.media.live_subscriptions(KEY))
    (asked,) = house.media.asked
    assert (asked.audio, asked.video) == (True, False)
    epoch = Epoch(1, (PARAMETERS[Codec.PCMA],))
    samples = [
        Sample(1, number * 40_000, 1_000_000 + number * 40_000, SampleFlag.NONE, data)
        for number, data in enumerate(simulated.alaw_loop()[:50])
    ]
    house.media.push(KEY, epoch, samples)
    heard = []
    house.wait(lambda: heard.extend(house.client.heard()) or len(heard) >= 4)
    assert all(one.id == 9 and one.there and -60 < one.level_db < -10 for one in heard)
    house.client.deaf(9)
    house.wait(lambda: not house.media.live_subscriptions(KEY))


def test_a_stream_without_sound_is_told(house):
    house.client.listen(9, 1, StreamName.SUB)
    house.wait(lambda: house.media.live_subscriptions(KEY))
    house.media.push(KEY, Epoch(1, ()), [Sample(0, 0, 0, SampleFlag.NONE, b"x")])
    (heard,) = house.wait(house.client.heard)
    assert not heard.there

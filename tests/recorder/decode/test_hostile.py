"""What a hostile stream can do: nothing to other views, and no more than say so in its own."""

import random
import threading
from dataclasses import replace

import pytest
from msgspec import structs

from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamKey, StreamName, TrackKind, TrackParameters
from recorder.client.views import PlayView, View
from recorder.decode.decoder import Undecodable, VideoDecoder
from tests.recorder.decode.film import START_US, film
from tests.recorder.decode.taps import Stretch

SUB = StreamName.SUB
GOOD, BAD = StreamKey(1, SUB), StreamKey(2, SUB)


def key_sample(data: bytes, number: int = 0) -> Sample:
    return Sample(0, number * 40_000, START_US + number * 40_000, SampleFlag.KEY, data)


def mutations():
    made, chance = film(20), random.Random(7)
    yield "random bytes", made.epoch, [key_sample(chance.randbytes(900), number) for number in range(12)]
    yield "empty samples", made.epoch, [key_sample(b"", number) for number in range(12)]
    yield (
        "lying lengths",
        made.epoch,
        [key_sample(b"\x7f\xff\xff\xff" + data, at) for at, data in enumerate(made.data[:12])],
    )
    yield "truncated", made.epoch, [key_sample(data[: len(data) // 3], at) for at, data in enumerate(made.data[:12])]
    flipped = []
    for at, data in enumerate(made.data[:20]):
        changed = bytearray(data)
        for _ in range(8):
            changed[chance.randrange(4, len(changed))] ^= 1 << chance.randrange(8)
        flipped.append(key_sample(bytes(changed), at))
    yield "flipped bits", made.epoch, flipped
    video = made.epoch.video
    for name, sets in (
        ("no parameters", ()),
        ("random parameters", (chance.randbytes(30), chance.randbytes(8))),
        ("short parameters", (b"\x67", b"\x68")),
    ):
        yield name, Epoch(1, (replace(video, parameter_sets=sets),)), made.samples(count=12)
    yield "no such size", Epoch(1, (replace(video, width=60_000, height=60_000),)), made.samples(count=12)
    yield "sound as picture", Epoch(1, (replace(video, codec=Codec.AAC),)), made.samples(count=12)
    other = film(20, codec="h265").epoch.video
    for codec in ("mjpeg", "mpeg4"):
        third = film(20, codec=codec)
        spoilt = [bytearray(data) for data in third.data]
        for data in spoilt:
            for _ in range(12):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        yield f"flipped bits of {codec}", third.epoch, [key_sample(bytes(one), at) for at, one in enumerate(spoilt)]
        cut = [key_sample(data[: len(data) // 3], at) for at, data in enumerate(third.data)]
        yield f"{codec} cut short", third.epoch, cut
        yield f"random {codec}", third.epoch, [key_sample(chance.randbytes(900), at) for at in range(12)]
    yield "another codec's parameters", Epoch(1, (replace(other, codec=Codec.H264),)), made.samples(count=12)


@pytest.mark.parametrize(("epoch", "samples"), [pytest.param(*rest, id=name) for name, *rest in mutations()])
def test_a_hostile_stream_says_so_while_others_go_on(house, epoch, samples):
    made = film()
    house.client.view(1, 1, SUB, 160, 120)
    house.client.view(2, 2, SUB, 160, 120)
    house.media.push(BAD, epoch, samples)
    house.media.push(GOOD, made.epoch, made.samples(count=12))
    house.wait_number(1, 11)
    stream = house.wait(lambda: house.service.streams.get(BAD))
    house.wait(lambda: not stream._waiting)
    done = threading.Event()
    stream._worker.put(done.set)
    assert done.wait(60)
    told = house.client.state(2)
    assert told is None or told.state in {View.UNDECODABLE, View.WAITING, View.SHOWING}
    house.media.push(BAD, replace(made.epoch, number=9), made.samples(START_US + 10_000_000, first=20, count=5))
    house.wait_number(2, 24)  # tried again at the next key frame
    house.wait(lambda: house.client.state(2).state is View.SHOWING)


def test_an_undecodable_stream_gives_its_reason(house):
    made = film()
    broken = Epoch(1, (replace(made.epoch.video, parameter_sets=(b"\x67", b"\x68")),))
    house.client.view(2, 2, SUB, 160, 120)
    house.media.push(BAD, broken, made.samples(count=2))
    told = house.wait(lambda: (t := house.client.state(2)) and t.state is View.UNDECODABLE and t)
    assert "cannot be decoded" in told.reason


def test_a_picture_larger_than_the_limit_is_refused_before_memory_is_taken(monkeypatch):
    made = film()
    large = replace(made.epoch.video, width=8193, height=100)
    with pytest.raises(Undecodable, match="too large"):
        VideoDecoder(large)
    # Parameters that say small, and an SPS that says 320x240: libavcodec's own limit must hold.
    monkeypatch.setattr("recorder.decode.decoder.LARGEST_PICTURE_PIXELS", 320 * 240 - 1)
    decoder_made = []
    with pytest.raises(Undecodable):
        decoder_made += VideoDecoder(replace(made.epoch.video, width=16, height=16)).decode(made.data[0], 0)
    assert not decoder_made


def test_damaged_recordings_do_not_stop_playback(house, clock):
    made, chance = film(100), random.Random(3)
    samples = made.samples()
    for at in (12, 20, 21, 45):
        samples[at] = structs.replace(samples[at], data=chance.randbytes(300))
    key = StreamKey(1, StreamName.MAIN)
    house.reader.recorded[key] = [Stretch(made.epoch, samples)]
    clock.wall_us += 86_400_000_000
    house.client.play_open(1, [PlayView(7, 1, StreamName.MAIN, 160, 120)], START_US)
    house.wait_number(7, 0)
    house.client.play_seek(1, START_US + 95 * 40_000)
    house.wait_number(7, 95)
    house.client.play_seek(1, START_US + 5 * 40_000)
    house.wait_number(7, 5)
    house.client.play_speed(1, 1.0)
    house.wait(lambda: house.client.position(1).speed == 1.0 and house.client.position(1).state == "playing")
    clock.advance(3.4)
    house.wait_number(7, 90)
    house.client.play_speed(1, -1.0)
    house.wait(lambda: house.client.position(1).speed == -1.0 and house.client.position(1).state == "playing")
    clock.advance(3.4)
    house.wait_number(7, 5)


@pytest.mark.parametrize("behind", [bytes(9000), None], ids=["large", "of two bytes"])
def test_waiting_samples_are_bounded_by_what_they_take(house, monkeypatch, behind):
    monkeypatch.setattr("recorder.decode.live.MOST_WAITING_BYTES", 40_000)
    made = film()
    house.client.view(1, 1, SUB, 160, 120)
    house.client.view(2, 2, SUB, 160, 120)
    house.media.push(GOOD, made.epoch, made.samples(count=1))
    house.wait_number(1, 0)
    house.wait(lambda: house.media.live_subscriptions(BAD))
    stream = house.service.streams[GOOD]
    blocked, go = threading.Event(), threading.Event()
    stream._worker.put(lambda: (blocked.set(), go.wait(60)))
    assert blocked.wait(60)
    some = [structs.replace(one, data=bytes(one.data) + behind if behind else b"\0\0") for one in made.samples()]
    for _ in range(1 if behind else 10):
        house.media.push(GOOD, made.epoch, some)
    house.wait(lambda: stream._full)
    assert len(stream._waiting) <= 140
    assert stream._bytes_in - stream._bytes_out <= 40_000
    go.set()
    # What comes behind them by the same line says that all of them have come.
    house.media.push(BAD, made.epoch, made.samples(count=1))
    house.wait_number(2, 0)
    house.wait(lambda: stream._bytes_in == stream._bytes_out)
    house.media.push(GOOD, made.epoch, made.samples(START_US + 9_000_000, first=30, count=4))
    house.wait_number(1, 33)


def test_metadata_tracks_are_not_decoded(house):
    made = film()
    epoch = replace(made.epoch, tracks=(*made.epoch.tracks, TrackParameters(4, TrackKind.METADATA, Codec.PCMA, 90_000)))
    house.client.view(1, 1, SUB, 160, 120)
    noise = Sample(4, 0, START_US, SampleFlag.NONE, b"<xml/>")
    house.media.push(GOOD, epoch, [made.samples(count=1)[0], noise, *made.samples(count=4)[1:]])
    house.wait_number(1, 3)
    house.wait(lambda: (told := house.client.state(1)) and told.state is View.SHOWING)

"""From the tap to MP4: what is passed on, and what is not."""

import asyncio
import contextlib
import io
from dataclasses import replace

import av
import pytest
from msgspec import structs

from recorder.client.errors import Unavailable
from recorder.client.stream import Codec, Epoch, SampleFlag, StreamName, TrackKind, TrackParameters
from recorder.web.tapped import WINDOW, NotForBrowsers, Opening, TapRefused, live, recorded
from tests.recorder.web.footage import FRAMES, GOP, Tap, encode

pytestmark = pytest.mark.anyio
ENDED = {"op": "ended", "id": 1, "reason": "end"}


@pytest.fixture(scope="module")
def clip():
    return encode()


@contextlib.asynccontextmanager
async def served(path, pieces):
    tap = Tap(pieces)
    server = await asyncio.start_unix_server(tap.serve, str(path))
    try:
        yield tap
    finally:
        server.close()


async def gathered(stream):
    return [part async for part in stream.parts()]


def frames_of(parts):
    assert isinstance(parts[0], Opening)
    data = parts[0].init + b"".join(parts[1:])
    with av.open(io.BytesIO(data)) as found:
        return sum(1 for _frame in found.decode(video=0))


async def test_a_live_stream_comes_sample_by_sample(tmp_path, clip):
    epoch, samples, _frames = clip
    async with served(tmp_path / "tap", [epoch, *samples, ENDED]) as tap:
        parts = await gathered(live(tmp_path / "tap", 3, StreamName.SUB, "token"))
    assert len(parts) == 1 + FRAMES
    assert frames_of(parts) == FRAMES
    assert parts[0].codec.startswith("avc1.")
    asked = tap.told[0]
    assert (asked["channel"], asked["stream"], asked["grant"], asked["audio"]) == (3, "sub", "token", False)


async def test_recorded_time_comes_gop_by_gop_and_gives_credit_for_what_it_took(tmp_path, clip):
    epoch, samples, _frames = clip
    async with served(tmp_path / "tap", [epoch, *samples, ENDED]) as tap:
        parts = await gathered(recorded(tmp_path / "tap", 1, StreamName.MAIN, 5, 9, "token"))
        await asyncio.sleep(0)
    assert len(parts) == 1 + FRAMES // GOP
    assert frames_of(parts) == FRAMES
    assert (tap.told[0]["from_us"], tap.told[0]["until_us"]) == (5, 9)
    credit = [one["bytes"] for one in tap.told if one["op"] == "credit"]
    assert credit[0] == WINDOW


async def test_a_stretch_without_key_frames_is_not_gathered_whole(tmp_path, clip, monkeypatch):
    epoch, samples, _frames = clip
    monkeypatch.setattr("recorder.web.tapped.LARGEST_FRAGMENT", max(len(one.data) for one in samples[1:]))
    endless = [samples[0], *(structs.replace(one, flags=SampleFlag.NONE) for one in samples[1:])]
    async with served(tmp_path / "tap", [epoch, *endless, ENDED]):
        parts = await gathered(recorded(tmp_path / "tap", 1, StreamName.MAIN, 5, 9, "token"))
    assert len(parts) > 3
    assert frames_of(parts) == FRAMES


async def test_nothing_is_shown_before_a_key_frame(tmp_path, clip):
    epoch, samples, _frames = clip
    async with served(tmp_path / "tap", [epoch, *samples[3:], ENDED]):
        parts = await gathered(live(tmp_path / "tap", 1, StreamName.MAIN, "token"))
    assert frames_of(parts) == FRAMES - GOP


async def test_where_the_codec_changes_a_new_opening_comes(tmp_path, clip):
    epoch, samples, _frames = clip
    other, others, _more = encode(width=64, height=48)
    again = replace(epoch, number=2)
    async with served(tmp_path / "tap", [epoch, *samples, again, *samples, other, *others, ENDED]):
        parts = await gathered(live(tmp_path / "tap", 1, StreamName.MAIN, "token"))
    places = [number for number, part in enumerate(parts) if isinstance(part, Opening)]
    assert places == [0, 1 + 2 * FRAMES]
    assert frames_of(parts[places[1] :]) == FRAMES
    assert (parts[places[1]].width, parts[places[1]].height) == (64, 48)


async def test_other_tracks_are_left_out(tmp_path, clip):
    epoch, samples, _frames = clip
    sound = TrackParameters(1, TrackKind.AUDIO, Codec.PCMA, 8000, channels=1)
    mixed = [one for sample in samples for one in (sample, structs.replace(sample, track=1, flags=SampleFlag.KEY))]
    async with served(tmp_path / "tap", [Epoch(1, (*epoch.tracks, sound)), *mixed, ENDED]):
        assert frames_of(await gathered(live(tmp_path / "tap", 1, StreamName.MAIN, "token"))) == FRAMES


@pytest.mark.parametrize(
    ("pieces", "error"),
    [
        ([{"op": "failed", "id": 1, "code": "BadGrant", "words": "Not you."}], TapRefused),
        ([Epoch(1, (TrackParameters(0, TrackKind.AUDIO, Codec.PCMA, 8000),))], NotForBrowsers),
        ([b"\xff\xff\xff\xff\0"], Unavailable),
        ([{"op": "epoch", "id": 1, "epoch": 5}], Unavailable),
        ([b"\0\0\0\3\1xx"], Unavailable),
        ([None], Unavailable),
    ],
)
async def test_what_cannot_be_shown_is_an_error_in_words(tmp_path, pieces, error):
    async with served(tmp_path / "tap", pieces):
        with pytest.raises(error) as told:
            await gathered(live(tmp_path / "tap", 1, StreamName.MAIN, "token"))
    assert str(told.value)


async def test_parameter_sets_that_cannot_be_read_are_an_error_in_words(tmp_path, clip):
    epoch, samples, _frames = clip
    broken = Epoch(1, (replace(epoch.video, parameter_sets=(b"\x67", b"\x68")),))
    async with served(tmp_path / "tap", [broken, *samples]):
        with pytest.raises(NotForBrowsers):
            await gathered(live(tmp_path / "tap", 1, StreamName.MAIN, "token"))

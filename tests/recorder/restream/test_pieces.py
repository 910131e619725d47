"""Times over holes, parameter sets before key frames, and what a stream is offered as."""

import pytest

from recorder.client.clock import SECOND_US
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, TrackKind, TrackParameters
from recorder.restream.in_band import with_sets
from recorder.restream.offered import goes_on, offered
from recorder.restream.pace import Pace
from recorder.rtsp.packetise.units import join, split

SPS, PPS, SLICE, AUD, SEI = b"\x67sps", b"\x68pps", b"\x65slice", b"\x09\xf0", b"\x06sei"
VPS5, SPS5, PPS5, SLICE5, AUD5 = b"\x40\x01v", b"\x42\x01s", b"\x44\x01p", b"\x26\x01slice", b"\x46\x01\x50"
H264 = TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000, (SPS, PPS), 640, 360)
H265 = TrackParameters(0, TrackKind.VIDEO, Codec.H265, 90_000, (VPS5, SPS5, PPS5), 640, 360)
SOUND = TrackParameters(1, TrackKind.AUDIO, Codec.PCMA, 8000, channels=1)


def sample(pts_s, wall_s, *, track=0, broken=False):
    flags = SampleFlag.DISCONTINUITY if broken else SampleFlag.NONE
    return Sample(track, round(pts_s * SECOND_US), round(wall_s * SECOND_US), flags, b"")


def times(*samples):
    pace = Pace()
    return [pace.time_us(one) / SECOND_US for one in samples]


def test_times_begin_at_zero_and_are_those_of_the_camera():
    assert times(sample(50, 0, broken=True), sample(50.04, 0.1), sample(50.08, 0.11)) == [0, 0.04, 0.08]


def test_pictures_out_of_order_keep_their_times():
    assert times(sample(50, 0), sample(50.12, 0.12), sample(50.04, 0.04)) == [0, 0.12, 0.04]


def test_a_hole_is_as_long_as_it_was():
    assert times(sample(50, 0), sample(53, 3, broken=True)) == [0, 3]


@pytest.mark.parametrize("again_s", [0, 9000])
def test_a_camera_that_begins_anew_goes_on_by_our_clock_with_its_sound(again_s):
    before = sample(50, 0), sample(50, 0, track=1)
    after = sample(again_s, 7, broken=True), sample(again_s + 0.02, 7.02, track=1, broken=True), sample(again_s + 1, 8)
    assert times(*before, *after) == [0, 0, 7, 7.02, 8]


def test_a_clock_that_was_set_back_never_turns_time_back():
    assert times(sample(50, 100), sample(0, 10, broken=True))[1] > 0


@pytest.mark.parametrize(
    ("track", "units", "sent"),
    [
        (H264, [SLICE], [SPS, PPS, SLICE]),
        (H264, [AUD, SEI, SLICE], [AUD, SPS, PPS, SEI, SLICE]),
        (H264, [AUD, SPS, PPS, SLICE], [AUD, SPS, PPS, SLICE]),
        (H264, [SLICE, SPS], [SPS, PPS, SLICE, SPS]),
        (H265, [AUD5, SLICE5], [AUD5, VPS5, SPS5, PPS5, SLICE5]),
        (H265, [VPS5, SPS5, PPS5, SLICE5], [VPS5, SPS5, PPS5, SLICE5]),
    ],
)
def test_a_key_frame_has_its_parameter_sets_once(track, units, sent):
    assert [bytes(one) for one in split(with_sets(join(units), track))] == sent


def test_what_has_no_parameter_sets_is_left_alone():
    assert with_sets(b"anything", SOUND) == b"anything"
    assert with_sets(b"", H264) == join([SPS, PPS])


def test_pictures_come_first_sound_where_it_is_allowed_and_never_what_else_there_is():
    documents = TrackParameters(2, TrackKind.METADATA, Codec.ONVIF, 90_000)
    epoch = Epoch(1, (SOUND, documents, H264))
    assert [(one.number, one.payload_type) for one in offered(epoch, audio=True)] == [(0, 96), (1, 8)]
    assert [one.number for one in offered(epoch, audio=False)] == [0]
    wide = TrackParameters(1, TrackKind.AUDIO, Codec.PCMA, 16_000, channels=1)
    assert [one.payload_type for one in offered(Epoch(1, (H264, wide)), audio=True)] == [96, 97]


def test_other_parameter_sets_are_no_other_stream_and_another_codec_is():
    other = TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000, (SPS + b"2", PPS), 1280, 720)
    assert goes_on(Epoch(1, (H264, SOUND)), Epoch(2, (other, SOUND)))
    assert not goes_on(Epoch(1, (H264, SOUND)), Epoch(2, (H264,)))
    assert not goes_on(Epoch(1, (H264,)), Epoch(2, (H265,)))

import pytest

from recorder.client.stream import Codec
from recorder.rtsp.payload.aac import AacLayout
from tests.recorder.rtsp.receiving import Receiver


@pytest.fixture
def aac():
    return Receiver(Codec.AAC, clock_hz=16_000)


def packed(*frames, sizes=None):
    """A packet of AAC-hbr (RFC 3640 §3.3.6)."""
    sizes = sizes or [len(one) for one in frames]
    headers = b"".join((size << 3).to_bytes(2) for size in sizes)
    return (16 * len(sizes)).to_bytes(2) + headers + b"".join(frames)


def test_g711_is_handed_on_as_it_is():
    receiver = Receiver(Codec.PCMA, clock_hz=8000)
    receiver.packet(b"\xd5" * 160, 0, marker=True)
    receiver.packet(b"", 160)
    receiver.packet(b"\x55" * 80, 160)
    assert receiver.data == [b"\xd5" * 160, b"\x55" * 80]
    assert receiver.units[1].pts_us - receiver.units[0].pts_us == 20_000
    assert not any(one.key or one.damaged for one in receiver.units)


def test_several_frames_in_a_packet_have_times_of_their_own(aac):
    aac.packet(packed(b"one", b"two!", b"three"), 0, marker=True)
    assert aac.data == [b"one", b"two!", b"three"]
    first = aac.units[0].pts_us
    assert [one.pts_us - first for one in aac.units] == [0, 64_000, 128_000]


def test_a_frame_in_fragments_is_whole_again(aac):
    aac.packet(packed(b"abc", sizes=[9]), 0)
    aac.packet(packed(b"def", sizes=[9]), 0)
    aac.packet(packed(b"ghi", sizes=[9]), 0, marker=True)
    assert aac.data == [b"abcdefghi"]


def test_a_frame_with_a_lost_fragment_is_dropped(aac):
    aac.packet(packed(b"abc", sizes=[9]), 0)
    aac.skip()
    aac.packet(packed(b"ghi", sizes=[9]), 0, marker=True)
    aac.packet(packed(b"next"), 1024, marker=True)
    assert aac.data == [b"next"]
    assert aac.reception.dropped


def test_low_bit_rate_mode_has_narrow_headers():
    receiver = Receiver(Codec.AAC, clock_hz=8000, layout=AacLayout(6, 2, 2, 960))
    receiver.packet(b"\x00\x10" + bytes((3 << 2, 2 << 2)) + b"abcde", 0)
    assert receiver.data == [b"abc", b"de"]
    assert receiver.units[1].pts_us - receiver.units[0].pts_us == 120_000


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x00",
        b"\xff\xff",
        b"\x00\x10\x00",
        packed(b"ab", b"c", sizes=[1, 100]),
        packed(b"ab", sizes=[3]),
    ],
)
def test_malformed_packets_are_counted(aac, payload):
    aac.packet(payload, 0)
    aac.packet(payload, 0)
    aac.packet(packed(b"good"), 1024)
    assert aac.data[-1] == b"good"
    assert aac.counts.malformed or aac.reception.dropped

import contextlib
import tracemalloc

import pytest

from recorder.client.stream import Codec
from recorder.rtsp.payload.depacketiser import LARGEST_UNIT
from recorder.rtsp.payload.video import LOOK_EVERY
from tests.recorder.rtsp.receiving import Receiver, sample

SPS, PPS = bytes.fromhex("6742c01e95a0280bfe54"), bytes.fromhex("68ce3c80")
OTHER_SPS = bytes.fromhex("6742c015d90141fb016a0c0c0d4a000003000200000300651e2c5c90")
OTHER_PPS = bytes.fromhex("68cb8cb2")
IDR, SLICE = b"\x65\x88" + bytes(range(200)), b"\x41\x9a" + bytes(range(50))
IDR265, SLICE265 = b"\x26\x01\xaf" + bytes(range(200)), b"\x02\x01\xd0" + bytes(range(50))
SEI = b"\x06\x05\x01\x00\x80"
A_LITTLE = 1 << 20
TINY = LOOK_EVERY * 3 // 2
"""Fragments of a byte each: more than are kept apart at once."""


@contextlib.contextmanager
def counted_memory():
    """Give what tells how many bytes are held, and how many were at most, of what is allocated from here on."""
    tracemalloc.start()
    try:
        yield tracemalloc.get_traced_memory
    finally:
        tracemalloc.stop()


@pytest.fixture
def h264():
    return Receiver(Codec.H264)


@pytest.fixture
def h265():
    return Receiver(Codec.H265)


def fragments(unit, size=40):
    """FU-A packets (RFC 6184 §5.8)."""
    body = unit[1:]
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    for number, piece in enumerate(pieces):
        flags = (number == 0) << 7 | (number == len(pieces) - 1) << 6 | unit[0] & 31
        yield bytes((unit[0] & 0xE0 | 28, flags)) + piece


def fragments265(unit, size=40):
    """FU packets (RFC 7798 §4.4.3)."""
    body = unit[2:]
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    for number, piece in enumerate(pieces):
        flags = (number == 0) << 7 | (number == len(pieces) - 1) << 6 | unit[0] >> 1 & 63
        yield bytes((unit[0] & 0x81 | 49 << 1, unit[1], flags)) + piece


def feed(receiver, payloads, timestamp, *, marker=True):
    payloads = list(payloads)
    for number, one in enumerate(payloads):
        receiver.packet(one, timestamp, marker=marker and number == len(payloads) - 1)


def aggregate(header, *units):
    return header + b"".join(len(one).to_bytes(2) + one for one in units)


def test_units_of_h264_are_put_together_from_all_kinds_of_packets(h264):
    feed(h264, [aggregate(b"\x18", SPS, PPS), SEI, *fragments(IDR)], 1000)
    feed(h264, [SLICE], 4600)
    assert h264.data == [sample(SPS, PPS, SEI, IDR), sample(SLICE)]
    assert [one.key for one in h264.units] == [True, False]
    assert h264.sets.take() == (SPS, PPS)
    assert not any(one.damaged for one in h264.units)


def test_units_of_h265_are_put_together_from_all_kinds_of_packets(h265):
    feed(h265, [aggregate(b"\x60\x01", b"\x4e\x01\x05", b"\x46\x01\x50"), *fragments265(IDR265)], 1000)
    feed(h265, [SLICE265], 4600)
    assert h265.data == [sample(b"\x4e\x01\x05", b"\x46\x01\x50", IDR265), sample(SLICE265)]
    assert [one.key for one in h265.units] == [True, False]


def test_without_markers_the_timestamp_ends_a_unit(h264):
    for number in range(3):
        feed(h264, fragments(IDR), 3600 * number, marker=False)
    assert h264.data == [sample(IDR)] * 2


def test_parameter_sets_sent_apart_go_with_their_picture(h264):
    feed(h264, [SPS], 0)
    feed(h264, [PPS], 100)
    feed(h264, [IDR], 3600)
    assert h264.data == [sample(SPS, PPS, IDR)]


def test_a_marker_on_every_slice_is_seen_through(h264):
    first, second = b"\x65\x88first", b"\x65\x40second"
    for number in range(4):
        h264.packet(first, 3600 * number, marker=True)
        h264.packet(second, 3600 * number, marker=True)
    h264.packet(first, 99_999)
    # The first picture was cut in two before it was understood, and says so; after it all are whole.
    assert h264.data[2:] == [sample(first, second)] * 3
    assert [one.damaged for one in h264.units] == [False, True, False, False, False]


@pytest.mark.parametrize("lost", range(6))
def test_a_unit_with_a_lost_packet_is_never_passed_as_whole(h264, lost):
    feed(h264, [IDR], 0)
    for number, one in enumerate(packets := list(fragments(IDR))):
        if number == lost:
            h264.skip()
        else:
            h264.packet(one, 3600, marker=number == len(packets) - 1)
    feed(h264, [SLICE], 7200)
    feed(h264, [SLICE], 10_800)
    assert h264.counts.lost == 1
    assert [one.damaged for one in h264.units if one.data == sample(IDR)] == [False]
    assert h264.units[-1].data == sample(SLICE)
    assert not h264.units[-1].damaged
    # Either the torn unit itself is delivered with its flag, or nothing of it was left and that is counted.
    torn = [one for one in h264.units if one.pts_us == h264.units[0].pts_us + 40_000]
    assert all(one.damaged for one in torn)
    assert torn or h264.reception.dropped


def test_loss_between_units_marks_both_sides(h264):
    feed(h264, [IDR], 0)
    h264.packet(b"\x41\x9afirst slice", 3600)
    h264.skip(2)
    h264.packet(b"\x41\x9anext picture", 7200, marker=True)
    assert [one.damaged for one in h264.units] == [False, True, True]


def test_a_picture_without_its_first_slice_is_damaged(h264):
    h264.packet(b"\x65\x40second slice", 0, marker=True)
    assert h264.units[0].damaged


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x65",
        b"\x18\x00",
        b"\x18\xff\xff\x65",
        b"\x18\x00\x02\x7c\x85",
        b"\x19\x00\x00\x00",
        b"\x1d\x85\x00\x00ab",
        b"\x00\x00",
        b"\x1f\x00",
    ],
)
def test_malformed_packets_of_h264_are_counted_and_spoil_only_their_unit(h264, payload):
    h264.packet(payload, 0)
    h264.packet(IDR, 0, marker=True)
    feed(h264, [SLICE], 3600)
    assert h264.counts.malformed == 1
    assert [one.damaged for one in h264.units] == [True, False]


@pytest.mark.parametrize("payload", [b"", b"\x26\x01", b"\x60\x01\x00", b"\x60\x01\xff\xff\x26", b"\x64\x01\x00\x00"])
def test_malformed_packets_of_h265_are_counted_and_spoil_only_their_unit(h265, payload):
    h265.packet(payload, 0)
    h265.packet(IDR265, 0, marker=True)
    feed(h265, [SLICE265], 3600)
    assert h265.counts.malformed == 1
    assert [one.damaged for one in h265.units] == [True, False]


def test_padding_extensions_and_contributors_are_no_payload(h264):
    h264.packet(bytes(8) + b"\xbe\xde\x00\x01abcd" + IDR + b"\x00\x00\x03", 0, marker=True, first=0xB2)
    assert h264.data == [sample(IDR)]


@pytest.mark.parametrize("first", [0x90, 0xA0, 0x8F])
def test_a_header_that_lies_is_malformed(h264, first):
    h264.packet(b"\x65\x00\xff\xff\xff", 0, marker=True, first=first)
    assert (h264.counts.malformed, h264.units) == (1, [])


def test_a_unit_beyond_all_measure_is_dropped_and_takes_no_more_memory(h264):
    piece = b"\x7c\x05" + bytes(60_000)
    with counted_memory() as memory:
        h264.packet(b"\x7c\x85\x88", 0)
        for _ in range(LARGEST_UNIT // 60_000 + 50):
            h264.packet(piece, 0)
        h264.packet(b"\x7c\x45\x00", 0, marker=True)
        feed(h264, [IDR], 3600)
        assert memory()[1] <= LARGEST_UNIT + A_LITTLE
        # What one large unit needed is given back.
        assert memory()[0] <= A_LITTLE
    assert h264.data == [sample(IDR)]
    assert h264.reception.dropped == 1


def test_messages_without_a_picture_do_not_pile_up(h264):
    with counted_memory() as memory:
        for number in range(200):
            h264.packet(b"\x06" + bytes(60_000), 3600 * number, marker=True)
        assert memory()[1] <= LARGEST_UNIT + A_LITTLE


def test_a_unit_in_tiny_fragments_takes_little_more_than_its_bytes(h264):
    with counted_memory() as memory:
        h264.packet(b"\x7c\x85\x88", 0)
        for _ in range(TINY):
            h264.packet(b"\x7c\x05\x01", 0)
        assert memory()[0] < TINY + LOOK_EVERY * 50
    h264.packet(b"\x7c\x45\x00", 0, marker=True)
    assert h264.data == [sample(b"\x65\x88" + b"\x01" * TINY + b"\x00")]


def test_a_sample_may_be_looked_at_while_the_next_is_gathered(h264):
    held = []
    h264.reception._deliver = lambda *unit: held.append(unit[-1])
    feed(h264, [IDR], 0)
    feed(h264, fragments(b"\x65\x88" + bytes(200_000), 1400), 3600)
    assert len(held[0]) == len(sample(IDR))


def test_recovery_with_the_very_picture_is_a_key(h264):
    feed(h264, [b"\x06\x06\x01\xc4\x80", SLICE], 0)
    feed(h264, [b"\x06\x06\x01\x44\x80", SLICE], 3600)
    assert [one.key for one in h264.units] == [True, False]


@pytest.mark.parametrize(
    ("kind", "key"), [(0, False), (1, False), (9, False), (16, True), (19, True), (20, True), (21, True)]
)
def test_random_access_pictures_of_h265_are_keys(h265, kind, key):
    h265.packet(bytes((kind << 1, 1, 0x80, 7)), 0, marker=True)
    assert [one.key for one in h265.units] == [key]


def test_fragmented_parameter_sets_count_too(h264):
    feed(h264, [*fragments(OTHER_SPS, 5), OTHER_PPS, IDR], 0)
    assert h264.sets.take() == (OTHER_SPS, OTHER_PPS)


def test_another_resolution_replaces_all_sets_and_the_same_sets_change_nothing(h264):
    feed(h264, [SPS, PPS, IDR], 0)
    assert h264.sets.changed
    assert h264.sets.take() == (SPS, PPS)
    feed(h264, [SPS + b"\x00", PPS, IDR], 3600)
    assert not h264.sets.changed
    feed(h264, [OTHER_SPS, OTHER_PPS, IDR], 7200)
    assert h264.sets.changed
    assert h264.sets.take() == (OTHER_SPS, OTHER_PPS)


def test_damaged_parameter_sets_are_counted_and_not_used(h264):
    feed(h264, [SPS, PPS, IDR], 0)
    h264.sets.take()
    feed(h264, [b"\x67\x42", b"\x67" + bytes(5000), IDR], 3600)
    assert not h264.sets.changed
    assert h264.reception.malformed == 2


def test_sets_without_end_do_not_take_memory(h264):
    for number in range(256):
        identity = f"{number + 1:b}"
        bits = "0" * (len(identity) - 1) + identity + "1" * 24
        data = int(bits.ljust(-(-len(bits) // 8) * 8, "1"), 2).to_bytes(-(-len(bits) // 8))
        feed(h264, [b"\x68" + data + b"\x55" * 4000, SLICE], 3600 * number)
    assert sum(map(len, h264.sets.take())) <= 64 << 10


@pytest.mark.parametrize("start", [b"\0\0\1", b"\0\0\0\1"])
@pytest.mark.parametrize("fragmented", [True, False])
def test_what_an_encoder_wrote_behind_start_codes_is_taken_apart(h264, start, fragmented):
    whole = start.join((SPS, PPS, SEI, IDR))
    feed(h264, fragments(whole) if fragmented else [whole], 0)
    feed(h264, [SLICE], 3600)
    assert h264.data == [sample(SPS, PPS, SEI, IDR), sample(SLICE)]
    assert [(one.key, one.damaged) for one in h264.units] == [(True, False), (False, False)]
    assert h264.sets.take() == (SPS, PPS)
    assert h264.reception.malformed == 0


@pytest.mark.parametrize("fragmented", [True, False])
def test_what_an_encoder_of_h265_wrote_behind_start_codes_is_taken_apart(h265, fragmented):
    delimiter, message = b"\x46\x01\x50", b"\x4e\x01\x05\x01\x00\x80"
    whole = b"\0\0\0\1".join((delimiter, message, IDR265))
    feed(h265, fragments265(whole) if fragmented else [whole], 0)
    assert h265.data == [sample(delimiter, message, IDR265)]
    assert (h265.units[0].key, h265.units[0].damaged) == (True, False)


def test_start_codes_in_a_message_or_a_slice_are_left_as_they_came(h264):
    message, picture = SEI + b"\0\0\1\x67", IDR + b"\0\0\1\x41"
    feed(h264, [message, picture], 0)
    assert h264.data == [sample(message, picture)]


def test_start_codes_without_end_take_no_memory(h264):
    endless = b"\0\0\1\x67" * 500_000
    with counted_memory() as memory:
        for number in range(3):
            feed(h264, fragments(SPS + endless, 1400), 3600 * number)
        # Twice, as long as it is looked at, and not a piece for each of half a million.
        assert memory()[1] < 20 << 20
    assert not h264.units

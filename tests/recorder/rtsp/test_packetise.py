"""Access units become packets that any receiver puts together again, and none of which is too long."""

import pytest

from recorder.client.stream import Codec
from recorder.rtsp import rtp
from recorder.rtsp.packetise import packetise
from recorder.rtsp.packetise.packets import LONGEST_PAYLOAD, OVERHEAD_BYTES, PREFIX_BYTES
from recorder.rtsp.packetise.units import join, split


def packets_of(cut):
    framed = [cut.data[start:end] for start, end in cut.spans]
    assert b"".join(framed) == cut.data
    for one in framed:
        assert one[0] == 0x24
        assert int.from_bytes(one[2:4]) == len(one) - PREFIX_BYTES
    return [rtp.parse(one[PREFIX_BYTES:]) for one in framed]


def units_of_h264(packets):
    """Read RFC 6184 anew, from its text."""
    units, pending = [], bytearray()
    for one in packets:
        payload = one.payload
        match payload[0] & 31:
            case 24:
                at = 1
                while at < len(payload):
                    size = int.from_bytes(payload[at : at + 2])
                    units.append(payload[at + 2 : at + 2 + size])
                    at += 2 + size
            case 28:
                if payload[1] & 0x80:
                    pending = bytearray([payload[0] & 0xE0 | payload[1] & 31])
                pending += payload[2:]
                if payload[1] & 0x40:
                    units.append(bytes(pending))
            case _:
                units.append(payload)
    return units


def units_of_h265(packets):
    """Read RFC 7798 anew, from its text."""
    units, pending = [], bytearray()
    for one in packets:
        payload = one.payload
        match payload[0] >> 1 & 63:
            case 48:
                at = 2
                while at < len(payload):
                    size = int.from_bytes(payload[at : at + 2])
                    units.append(payload[at + 2 : at + 2 + size])
                    at += 2 + size
            case 49:
                if payload[2] & 0x80:
                    pending = bytearray([payload[0] & 0x81 | (payload[2] & 63) << 1, payload[1]])
                pending += payload[3:]
                if payload[2] & 0x40:
                    units.append(bytes(pending))
            case _:
                units.append(payload)
    return units


H264 = [b"\x67" + bytes(20), b"\x68abc", b"\x06" + bytes(49), b"\x65" + bytes(range(256)) * 30]
H265 = [b"\x40\x01" + bytes(20), b"\x42\x01" + bytes(40), b"\x44\x01abc", b"\x26\x01" + bytes(range(256)) * 30]
READERS = {Codec.H264: units_of_h264, Codec.H265: units_of_h265}


@pytest.mark.parametrize("size", [1, 2, LONGEST_PAYLOAD - 1, LONGEST_PAYLOAD, LONGEST_PAYLOAD + 1, 2796, 2797, 100_000])
@pytest.mark.parametrize(("codec", "units"), [(Codec.H264, H264), (Codec.H265, H265)])
def test_a_picture_is_put_together_again_bit_by_bit(codec, units, size):
    header = units[-1][:2]
    picture = [*units[:-1], (header + bytes(index * 7 % 251 for index in range(size)))[: max(2, size)]]
    packets = packets_of(packetise(join(picture), codec, 96))
    assert READERS[codec](packets) == picture
    assert max(len(one.payload) for one in packets) <= LONGEST_PAYLOAD
    assert [one.marker for one in packets] == [False] * (len(packets) - 1) + [True]
    assert {one.payload_type for one in packets} == {96}


def test_parameter_sets_and_stamp_share_one_packet():
    assert packets_of(packetise(join(H264), Codec.H264, 96))[0].payload[0] & 31 == 24
    assert packets_of(packetise(join(H265), Codec.H265, 96))[0].payload[0] >> 1 == 48


def test_an_aggregation_takes_the_highest_importance_of_h264():
    packets = packets_of(packetise(join([b"\x06abc", b"\x67abc", b"\x41"]), Codec.H264, 96))
    assert packets[0].payload[0] & 0x60 == 0x60


def test_parameter_sets_that_do_not_fit_together_travel_apart():
    units = [b"\x67" + bytes(900), b"\x68" + bytes(900), b"\x65abc"]
    packets = packets_of(packetise(join(units), Codec.H264, 96))
    assert units_of_h264(packets) == units
    assert len(packets) == 3


def test_long_sound_is_stamped_by_its_samples():
    cut = packetise(bytes(range(256)) * 12, Codec.PCMA, 8)
    packets = packets_of(cut)
    assert cut.ticks == (0, 1400, 2800)
    assert b"".join(one.payload for one in packets) == bytes(range(256)) * 12
    assert not any(one.marker for one in packets)


@pytest.mark.parametrize("size", [1, 300, 1396, 1397, 8191])
def test_an_aac_unit_tells_its_whole_size_in_every_fragment(size):
    unit = bytes(index % 250 for index in range(size))
    packets = packets_of(packetise(unit, Codec.AAC, 97))
    for one in packets:
        assert one.payload[:2] == b"\x00\x10"
        assert int.from_bytes(one.payload[2:4]) >> 3 == size
    assert b"".join(one.payload[4:] for one in packets) == unit
    assert packets[-1].marker


def test_what_aac_hbr_cannot_tell_is_not_sent():
    assert packetise(bytes(8192), Codec.AAC, 97).offsets == ()


@pytest.mark.parametrize(
    "sample", [b"", b"\0\0", bytes(4), b"\xff\xff\xff\xff\x65", b"\0\0\0\x05\x65", join([b"\x65"]) + b"\0\0"]
)
@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
def test_a_broken_sample_gives_what_is_whole_of_it(codec, sample):
    whole = [bytes(unit) for unit in split(sample) if len(unit) > (codec is Codec.H265)]
    assert READERS[codec](packets_of(packetise(sample, codec, 96))) == whole


def test_payload_is_counted_without_headers():
    cut = packetise(join(H264), Codec.H264, 96)
    assert cut.payload_bytes == sum(len(one.payload) for one in packets_of(cut))
    assert len(cut.data) == cut.payload_bytes + OVERHEAD_BYTES * len(cut.offsets)

"""JPEG over RTP: whole files out of packets, and back, with pictures of encoders that are not ours."""

import cv2
import numpy as np
import pytest

from recorder.client.stream import Codec
from recorder.codec import jpeg
from recorder.codec.parameters import describe
from recorder.rtsp import rtp
from recorder.rtsp.packetise.mjpeg import packetise
from recorder.rtsp.packetise.packets import PREFIX_BYTES
from tests.recorder.rtsp.receiving import Receiver

SUBSAMPLING = {"4:2:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420, "4:2:2": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422}


def picture(width=320, height=240, quality=80, sampling="4:2:0", restarts=0, seed=1):
    """A file by libjpeg."""
    noise = np.random.default_rng(seed).integers(0, 255, (height // 8, width // 8, 3), np.uint8)
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, SUBSAMPLING[sampling]]
    if restarts:
        options += [cv2.IMWRITE_JPEG_RST_INTERVAL, restarts]
    return cv2.imencode(".jpg", cv2.resize(noise, (width, height)), options)[1].tobytes()


def decoded(file):
    return cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)


def payloads(file):
    cut = packetise(file, 26)
    return [rtp.parse(cut.data[start + PREFIX_BYTES : end]) for start, end in cut.spans]


def played(receiver, packets, timestamp=0):
    for one in packets:
        receiver.packet(one.payload, timestamp, marker=one.marker)


@pytest.fixture
def receiver():
    return Receiver(Codec.MJPEG)


@pytest.mark.parametrize("sampling", SUBSAMPLING)
@pytest.mark.parametrize("restarts", [0, 4])
def test_a_picture_survives_the_journey_bit_for_bit(receiver, sampling, restarts):
    file = picture(sampling=sampling, restarts=restarts)
    played(receiver, payloads(file))
    (unit,) = receiver.units
    assert (unit.key, unit.damaged) == (True, False)
    assert np.array_equal(decoded(unit.data), decoded(file))
    found = describe(0, Codec.MJPEG, 90_000, receiver.sets.take())
    assert (found.width, found.height) == (320, 240)


@pytest.mark.parametrize("quality", [5, 50, 95])
def test_a_quality_stands_for_the_tables_of_libjpeg(receiver, quality):
    """Q from 1 to 99 scales tables as libjpeg's quality does, with which the RFC's appendix agrees."""
    file = picture(quality=quality)
    parts = jpeg.take_apart(file)
    header = bytes((0, 0, 0, 0, 1, quality, 40, 30))
    receiver.packet(header + parts.scan, 0, marker=True)
    assert np.array_equal(decoded(receiver.data[0]), decoded(file))


def test_tables_are_remembered_by_their_quality(receiver):
    parts = jpeg.take_apart(picture())
    tables = b"".join(parts.tables)
    shape = bytes((0, 0, 0, 0, 1, 200, 40, 30))
    receiver.packet(shape + b"\0\0\0\0" + parts.scan, 0, marker=True)
    assert (receiver.units, receiver.counts.malformed) == ([], 1)
    receiver.packet(shape + b"\0\0\0\x80" + tables + parts.scan, 3600, marker=True)
    receiver.packet(shape + b"\0\0\0\0" + parts.scan, 7200, marker=True)
    assert receiver.data[0] == receiver.data[1]
    assert np.array_equal(decoded(receiver.data[1]), decoded(picture()))


def test_what_came_before_a_hole_is_delivered_as_damaged(receiver):
    file = picture(640, 480, quality=95)
    first, second, *rest = payloads(file)
    played(receiver, [first, second])
    receiver.skip()
    played(receiver, rest[1:])
    (unit,) = receiver.units
    assert unit.damaged
    assert len(unit.data) < len(file)
    assert decoded(unit.data).shape == decoded(file).shape


@pytest.mark.parametrize("lost", [1, 2])
def test_a_picture_without_its_end_is_damaged_and_the_next_one_is_not(receiver, lost):
    packets = payloads(picture(640, 480, quality=95))
    played(receiver, packets[:-lost])
    receiver.skip(lost)
    played(receiver, packets, 3600)
    assert [one.damaged for one in receiver.units] == [True, False]


def test_a_lost_picture_spoils_no_other(receiver):
    packets = payloads(picture())
    played(receiver, packets)
    receiver.skip(len(packets))
    played(receiver, packets, 7200)
    assert [one.damaged for one in receiver.units] == [False, False]


def test_a_picture_without_its_beginning_is_dropped_once_and_spoils_no_other(receiver):
    packets = payloads(picture())
    receiver.skip()
    played(receiver, packets[1:])
    played(receiver, packets, 3600)
    assert receiver.reception.dropped == 1
    assert [one.damaged for one in receiver.units] == [False]


def test_a_lost_marker_ends_no_picture_too_late(receiver):
    packets = payloads(picture(quality=95))
    for one in packets[:-1]:
        receiver.packet(one.payload, 0)
    receiver.packet(packets[-1].payload, 0)
    played(receiver, packets, 3600)
    assert [one.damaged for one in receiver.units] == [False, False]
    assert receiver.data[0] == receiver.data[1]


def test_another_size_makes_other_parameters(receiver):
    played(receiver, payloads(picture()))
    receiver.sets.take()
    played(receiver, payloads(picture(seed=2)), 3600)
    assert not receiver.sets.changed
    played(receiver, payloads(picture(640, 480)), 7200)
    assert receiver.sets.changed


def test_a_picture_too_large_for_the_format_is_as_large_as_the_description_says():
    file = picture(2592, 1944)
    receiver = Receiver(Codec.MJPEG, told={"size": (2592, 1944)})
    played(receiver, payloads(file))
    assert np.array_equal(decoded(receiver.data[0]), decoded(file))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\0\0\0\0\x01\x32\x28",
        b"\0\0\0\0\x01\x00\x28\x1escan",
        b"\0\0\0\0\x09\x32\x28\x1escan",
        b"\0\0\0\0\x01\x32\x00\x1escan",
        b"\0\0\0\0\x41\x32\x28\x1e\0",
        b"\0\0\0\0\x01\xff\x28\x1e\0\0\0\0",
        b"\0\0\0\0\x01\xff\x28\x1e\0\0\xff\xffscan",
        b"\0\0\0\0\x01\xff\x28\x1e\0\0\0\x21" + b"\x01" * 33,
    ],
)
def test_malformed_packets_are_counted(receiver, payload):
    receiver.packet(payload, 0, marker=True)
    assert receiver.counts.malformed == 1
    played(receiver, payloads(picture()), 3600)
    assert [one.damaged for one in receiver.units] == [False]


def test_a_picture_without_end_is_dropped(receiver):
    packets = payloads(picture())
    receiver.packet(packets[0].payload, 0)
    offset = len(jpeg.take_apart(picture()).scan) and len(packets[0].payload) - 8 - 4 - 128
    piece = bytes(60_000)
    while offset < 9 << 20:
        receiver.packet(offset.to_bytes(4) + packets[0].payload[4:8] + piece, 0)
        offset += len(piece)
    receiver.packet(offset.to_bytes(4) + packets[0].payload[4:8] + piece, 0, marker=True)
    assert (receiver.units, receiver.reception.dropped) == ([], 1)


def test_pictures_that_the_format_cannot_carry_are_not_sent():
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    optimised = cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_OPTIMIZE, 1])[1].tobytes()
    full = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    for file in (optimised, cv2.imencode(".jpg", noise, full)[1].tobytes(), optimised[:100], b""):
        assert packetise(file, 26).offsets == ()

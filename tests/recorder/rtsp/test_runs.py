"""Runs of fragments are taken by a short cut; it must never make a difference."""

import random

import pytest

from recorder.client.stream import Codec
from recorder.rtsp.message import Interleaved
from recorder.rtsp.reception import FRAME
from recorder.rtsp.rtp import Packet
from tests.recorder.rtsp.receiving import PAYLOAD_TYPE, Receiver


def fragments(codec, size, dice):
    """The payloads of one fragmented key picture."""
    body = b"\x88" + dice.randbytes(size)
    pieces = [body[at : at + 100] for at in range(0, len(body), 100)]
    for number, piece in enumerate(pieces):
        ends = (number == 0) << 7 | (number == len(pieces) - 1) << 6
        yield (bytes((0x7C, ends | 5)) if codec is Codec.H264 else bytes((0x62, 1, ends | 19))) + piece


def stream(codec, dice):
    """Packets as a bad network and a bad camera make them, each a whole interleaved frame."""
    sequence = 65_500
    for picture in range(12):
        payloads = list(fragments(codec, dice.randrange(2000), dice))
        for number, payload in enumerate(payloads):
            sequence = (sequence + 1 + 2 * (dice.random() < 0.03)) & 0xFFFF
            chance = dice.random()
            changed = bytearray(payload)
            if chance < 0.03:
                changed[dice.randrange(3)] ^= 1 << dice.randrange(8)
            kind = 13 if 0.03 < chance < 0.04 else PAYLOAD_TYPE
            ssrc = 2 if 0.04 < chance < 0.045 else 1
            content = b"" if 0.05 < chance < 0.06 else bytes(changed[:2] if 0.06 < chance < 0.07 else changed)
            timestamp = 3600 * picture + (0.07 < chance < 0.08)
            packet = bytearray(bytes(Packet(kind, sequence, timestamp, ssrc, content, number == len(payloads) - 1)))
            if 0.08 < chance < 0.09:
                packet[0] |= 0x20
            yield bytes(Interleaved(0, bytes(packet)))
            if 0.09 < chance < 0.1:
                yield bytes(Interleaved(0, bytes(packet)))


def take(receiver, data, dice=None):
    """Hand frames over packet by packet, or as a connection does, which reads now more and now less.

    Their buffer is spoilt right after.
    """
    buffer, at, end = bytearray(data), 0, 0
    while at < len(data):
        if dice is not None:
            end = min(len(data), max(end, at) + dice.randrange(4000))
            after = receiver.reception.frames(buffer, at, end) if end - at > 1 else at
        else:
            _, length, *header = FRAME.unpack_from(buffer, at)
            after = at + 4 + length
            receiver.reception.packet(*header, memoryview(buffer)[at + FRAME.size : after])
        buffer[at:after] = b"\xaa" * (after - at)
        at = after


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
@pytest.mark.parametrize("seed", range(40))
def test_a_run_gives_what_its_packets_give_one_by_one(codec, seed):
    data = b"".join(stream(codec, random.Random(seed)))
    one_by_one, together = Receiver(codec), Receiver(codec)
    take(one_by_one, data)
    take(together, data, random.Random(seed))
    assert together.units == one_by_one.units
    assert together.counts == one_by_one.counts
    assert together.reception.report(0) == one_by_one.reception.report(0)
    assert together.reception.dropped == one_by_one.reception.dropped


def frames_of_a_picture(size, channel=0):
    payloads = list(fragments(Codec.H264, size, random.Random(1)))
    last = len(payloads) - 1
    return [
        bytes(Interleaved(channel, bytes(Packet(PAYLOAD_TYPE, n, 0, 1, one, n == last))))
        for n, one in enumerate(payloads)
    ]


def test_a_picture_is_taken_with_its_first_packet():
    receiver = Receiver(Codec.H264)
    one_by_one = []
    packet = receiver.reception.packet
    receiver.reception.packet = lambda *header_and_payload: (one_by_one.append(1), packet(*header_and_payload))
    data = bytearray(b"".join(frames_of_a_picture(1950)))
    assert receiver.reception.frames(data, 0, len(data)) == len(data)
    assert len(receiver.units) == 1
    assert len(one_by_one) == 1


def test_what_has_not_wholly_arrived_is_left_alone_and_so_are_other_channels():
    receiver = Receiver(Codec.H264)
    frames = frames_of_a_picture(1950)
    data = bytearray(b"".join(frames))
    assert receiver.reception.frames(data, 0, len(data) - 1) == len(data) - len(frames[-1])
    data = bytearray(b"".join([*frames[:3], *frames_of_a_picture(1950, channel=2)[3:]]))
    receiver = Receiver(Codec.H264)
    assert receiver.reception.frames(data, 0, len(data)) == sum(map(len, frames[:3]))


def test_a_run_of_a_large_picture_is_taken_whole():
    receiver = Receiver(Codec.H264)
    data = b"".join(
        bytes(Interleaved(0, bytes(Packet(PAYLOAD_TYPE, n, 0, 1, one, n == 2499))))
        for n, one in enumerate(fragments(Codec.H264, 249_990, random.Random(1)))
    )
    take(receiver, data, random.Random(1))
    assert [len(one.data) for one in receiver.units] == [4 + 1 + 249_991]
    assert not receiver.units[0].damaged

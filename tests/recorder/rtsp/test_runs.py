"""Runs of fragments are taken by a short cut; it must never make a difference."""

import random

import pytest

from recorder.client.stream import Codec
from recorder.rtsp.message import Interleaved
from recorder.rtsp.reception import FRAME
from recorder.rtsp.rtp import Packet
from tests.recorder.rtsp.receiving import PAYLOAD_TYPE, Receiver

LEAD = 0x2400


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


def take(receiver, data, *, runs):
    """Hand packets over as a connection does; what lies behind them is spoilt as soon as it may be."""
    buffer, at = bytearray(data), 0
    view = memoryview(buffer)
    while at < len(data):
        _, length, *header = FRAME.unpack_from(buffer, at)
        after = at + 4 + length
        receiver.reception.packet(*header, view[at + FRAME.size : after])
        if runs:
            after = receiver.reception.run(buffer, after, len(data), LEAD)
        view[at:after] = b"\xaa" * (after - at)
        at = after


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
@pytest.mark.parametrize("seed", range(40))
def test_a_run_gives_what_its_packets_give_one_by_one(codec, seed):
    data = b"".join(stream(codec, random.Random(seed)))
    one_by_one, together = Receiver(codec), Receiver(codec)
    take(one_by_one, data, runs=False)
    take(together, data, runs=True)
    assert together.units == one_by_one.units
    assert together.counts == one_by_one.counts
    assert together.reception.report(0) == one_by_one.reception.report(0)
    assert together.reception.dropped == one_by_one.reception.dropped


def test_a_run_takes_all_middle_fragments_and_no_more():
    receiver = Receiver(Codec.H264)
    payloads = list(fragments(Codec.H264, 1950, random.Random(1)))
    last = len(payloads) - 1
    frames = [
        bytes(Interleaved(0, bytes(Packet(PAYLOAD_TYPE, n, 0, 1, one, n == last)))) for n, one in enumerate(payloads)
    ]
    data = bytearray(b"".join(frames))
    view = memoryview(data)
    _, length, *header = FRAME.unpack_from(data)
    receiver.reception.packet(*header, view[FRAME.size : 4 + length])
    assert receiver.reception.run(data, len(frames[0]), len(data), LEAD) == len(data) - len(frames[-1])
    # A frame that has not wholly arrived is left alone, and so is one of another channel.
    assert receiver.reception.run(data, len(frames[0]), len(data), LEAD | 2) == len(frames[0])


def test_a_run_of_a_large_picture_is_taken_whole():
    receiver = Receiver(Codec.H264)
    data = b"".join(
        bytes(Interleaved(0, bytes(Packet(PAYLOAD_TYPE, n, 0, 1, one, n == 2499))))
        for n, one in enumerate(fragments(Codec.H264, 249_990, random.Random(1)))
    )
    take(receiver, data, runs=True)
    assert [len(one.data) for one in receiver.units] == [4 + 1 + 249_991]
    assert not receiver.units[0].damaged

"""Packets get their numbers, whether they are numbered by the many or one by one, and nothing else of them changes."""

import pytest

from recorder.client.stream import Codec
from recorder.rtsp import rtp
from recorder.rtsp.packetise import packetise
from recorder.rtsp.packetise.packets import OVERHEAD_BYTES, PREFIX_BYTES, Packets
from recorder.rtsp.packetise.units import join
from recorder.rtsp.server.numbering import Numbering

SETS = [b"\x67" + bytes(20), b"\x68abc"]


def picture(*slices):
    return join([*SETS, *(b"\x65" + bytes(index % 251 for index in range(size)) for size in slices)])


def read(packets):
    return [
        (packets.data[start], packets.data[start + 1], rtp.parse(bytes(packets.data[start + PREFIX_BYTES : end])))
        for start, end in packets.spans
    ]


@pytest.mark.parametrize("begin", [0, 250, 65_520, 65_535])
@pytest.mark.parametrize("slices", [(10,), (1399,), (1400, 2797), (20_000,), (30_000, 9, 30_000), (500_000,)])
@pytest.mark.parametrize("codec", [Codec.H264, Codec.MPEG4])
def test_packets_follow_each_other_whatever_their_sizes_and_wherever_the_numbers_turn_over(codec, slices, begin):
    numbering = Numbering()
    numbering.sequence = begin
    cut = packetise(picture(*slices), codec, 96)
    numbered = numbering.number(cut, 1234, 7)
    before, after = read(cut), read(numbered)
    assert [one.sequence for *_prefix, one in after] == [(begin + count) % 65_536 for count in range(len(before))]
    assert numbering.sequence == (begin + len(before)) % 65_536
    assert {(lead, channel) for lead, channel, _one in after} == {(0x24, 7)}
    assert {(one.timestamp, one.ssrc) for *_prefix, one in after} == {(numbering.timestamp(1234), numbering.ssrc)}
    assert [(one.payload, one.marker) for *_prefix, one in after] == [
        (one.payload, one.marker) for *_prefix, one in before
    ]


@pytest.mark.parametrize("slices", [(10,), (20_000,), (1400, 9, 70_000)])
def test_packets_that_lie_as_regularly_as_they_do_are_told_so_once(slices):
    cut = packetise(picture(*slices), Codec.H264, 96)
    assert [offset for run in cut.runs for offset in run] == list(cut.offsets)
    for run in cut.runs:
        lengths = {int.from_bytes(cut.data[one + 2 : one + 4]) + PREFIX_BYTES for one in run[:-1]}
        assert lengths <= {run.step}
    # One for the parameter sets and one for each slice: nothing is done for each of a thousand packets.
    assert len(cut.runs) == 1 + len(slices)


def test_packets_of_which_nothing_is_told_but_where_they_begin_are_numbered_too():
    cut = packetise(picture(5000), Codec.H264, 96)
    known, plain = Numbering(), Numbering()
    plain.ssrc, plain.sequence, plain._base = known.ssrc, known.sequence, known._base
    assert known.number(cut, 5, 2).data == plain.number(Packets(cut.data, cut.offsets), 5, 2).data
    assert len(cut.data) == cut.payload_bytes + OVERHEAD_BYTES * len(cut.offsets)

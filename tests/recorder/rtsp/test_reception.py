import random

import pytest

from recorder.client.stream import Codec
from recorder.rtsp.reorder import LONGEST_WAIT_US, MOST_HELD
from recorder.rtsp.rtcp import SenderReport
from tests.recorder.rtsp.receiving import Receiver

FRAME = 160


@pytest.fixture
def tcp():
    return Receiver(Codec.PCMU, clock_hz=8000)


@pytest.fixture
def udp():
    return Receiver(Codec.PCMU, clock_hz=8000, reorder=True)


def send(receiver, numbers):
    for number in numbers:
        receiver.packet(b"%d" % number, number * FRAME & 0xFFFFFFFF, sequence=number & 0xFFFF)


def received(receiver):
    return [int(one) for one in receiver.data]


def test_sequence_numbers_wrap(tcp):
    send(tcp, range(65_000, 66_000))
    assert received(tcp) == list(range(65_000, 66_000))
    assert (tcp.counts.packets, tcp.counts.lost) == (1000, 0)
    assert tcp.reception.report(0).highest_sequence == 65_999


def test_loss_is_counted_and_survives_a_wrap(tcp):
    send(tcp, [65_530, 65_531, 65_540, 65_541])
    assert tcp.counts.lost == 8
    assert tcp.reception.report(0).highest_sequence == 65_541


def test_duplicates_and_late_packets_are_dropped_over_tcp(tcp):
    send(tcp, [1, 2, 2, 4, 3, 5])
    assert received(tcp) == [1, 2, 4, 5]
    assert (tcp.counts.late, tcp.counts.lost) == (2, 1)


def test_packets_may_overtake_each_other_over_udp(udp):
    send(udp, [10, 12, 11, 13, 15, 16, 14, 17])
    assert received(udp) == list(range(10, 18))
    assert (udp.counts.lost, udp.counts.late) == (0, 0)
    assert udp.counts.reordered == 2


def test_reordering_works_across_the_wrap(udp):
    send(udp, [65_534, 65_537, 65_536, 65_535, 65_538])
    assert received(udp) == [65_534, 65_535, 65_536, 65_537, 65_538]
    assert udp.counts.lost == 0


@pytest.mark.parametrize("seed", range(20))
def test_any_order_within_the_window_comes_out_right(udp, seed):
    dice = random.Random(seed)
    numbers = list(range(65_000, 65_800))
    numbers.sort(key=lambda number: number + dice.random() * 20 * (number > 65_000))
    doubled = [number for number in numbers for _ in range(1 + (dice.random() < 0.1))]
    send(udp, doubled)
    assert received(udp) == list(range(65_000, 65_800))
    assert udp.counts.lost == 0


def test_what_does_not_come_is_given_up_after_a_short_while(udp):
    send(udp, [1, 3])
    udp.reception.expire()
    assert received(udp) == [1]
    udp.reception.arrived_us += LONGEST_WAIT_US
    udp.reception.expire()
    assert received(udp) == [1, 3]
    assert udp.counts.lost == 1
    send(udp, [2, 4])
    assert received(udp) == [1, 3, 4]
    assert udp.counts.late == 1


def test_the_window_is_bounded(udp):
    send(udp, [1, *range(3, 3 + 3 * MOST_HELD)])
    assert len(udp.reception._held) <= MOST_HELD
    assert received(udp) == [1, *range(3, 3 + 3 * MOST_HELD)]


def test_held_packets_are_copies(udp):
    # `packet` spoils its buffer after each call.
    send(udp, [1, 3, 2])
    assert received(udp) == [1, 2, 3]


@pytest.mark.parametrize("receiver", ["tcp", "udp"])
def test_a_sender_that_begins_anew_is_no_loss_of_thousands(receiver, request):
    receiver = request.getfixturevalue(receiver)
    send(receiver, [1, 2, 3])
    for number in range(40_000, 40_005):
        receiver.packet(b"%d" % number, number, sequence=number)
    # The first one is on probation (RFC 3550 A.1).
    assert received(receiver) == [1, 2, 3, 40_001, 40_002, 40_003, 40_004]
    assert receiver.counts.lost == 0
    assert [one.jumped for one in receiver.units] == [False, False, False, True, False, False, False]


def test_another_source_begins_anew_at_once(tcp):
    send(tcp, [1, 2])
    for number in range(5000, 5003):
        tcp.packet(b"%d" % number, number * FRAME, sequence=number, ssrc=99)
    assert received(tcp) == [1, 2, 5000, 5001, 5002]
    assert tcp.units[2].jumped
    assert tcp.units[2].pts_us > tcp.units[1].pts_us
    assert tcp.counts.lost == 0


def burst(receiver, ssrc, numbers):
    for number in numbers:
        receiver.packet(b"%d" % number, number * FRAME, sequence=number, ssrc=ssrc)


def test_one_packet_of_another_source_changes_nothing(tcp):
    burst(tcp, 1, [1, 2])
    burst(tcp, 99, [700])
    burst(tcp, 1, [3, 4])
    assert received(tcp) == [1, 2, 3, 4]
    assert not any(one.jumped or one.damaged for one in tcp.units)
    assert (tcp.counts.foreign, tcp.counts.lost) == (1, 0)


def test_a_source_that_was_left_does_not_come_back_between_the_packets_of_the_one_that_followed_it(tcp):
    burst(tcp, 1, [1, 2])
    burst(tcp, 99, [700, 701])
    for number in range(10):
        burst(tcp, 1, range(3 + 5 * number, 8 + 5 * number))
        burst(tcp, 99, range(702 + 5 * number, 707 + 5 * number))
        tcp.reception.arrived_us += 40_000
    assert received(tcp) == [1, 2, *range(700, 752)]
    assert [one.jumped for one in tcp.units].count(True) == 1
    assert tcp.counts.foreign == 50


def test_a_source_that_was_left_comes_back_where_the_other_falls_silent(tcp):
    burst(tcp, 1, [1, 2])
    burst(tcp, 99, [700, 701])
    for number in range(3, 60):
        burst(tcp, 1, [number])
        tcp.reception.arrived_us += 40_000
    # A second of its packets is needed to believe it.
    assert received(tcp) == [1, 2, 700, 701, *range(28, 60)]


def test_the_source_that_the_camera_announced_comes_at_once(tcp):
    tcp.reception.newcomer.announced = 99
    burst(tcp, 1, [1, 2])
    burst(tcp, 99, [700])
    burst(tcp, 1, [3, 4, 5])
    burst(tcp, 99, [701])
    assert received(tcp) == [1, 2, 700, 701]


@pytest.mark.parametrize("newest", [0xFFFE, 0xFFFF, 0])
def test_the_highest_number_is_reported_with_its_own_cycle(tcp, newest):
    send(tcp, range(0xFFF0, 0x10000 + newest + 1 if newest < 0xFFF0 else newest + 1))
    assert tcp.reception.report(0).highest_sequence == (newest or 0x10000)


def test_packets_of_another_kind_or_version_are_passed_over(tcp):
    send(tcp, [1])
    tcp.packet(b"noise", 0, kind=13)
    tcp.packet(b"version 1", 0, first=0x40, ssrc=77)
    send(tcp, [2])
    assert received(tcp) == [1, 2]
    assert tcp.counts.foreign == 2


def test_reports_say_what_was_lost_since_the_last(tcp):
    assert tcp.reception.report(0) is None
    send(tcp, [0, 1, 2, 4])
    first = tcp.reception.report(0)
    assert (first.ssrc, first.lost, first.fraction_lost) == (1, 1, 256 // 5)
    send(tcp, range(5, 15))
    second = tcp.reception.report(0)
    assert (second.lost, second.fraction_lost, second.highest_sequence) == (1, 0, 14)


def test_reports_echo_the_senders_report(tcp):
    send(tcp, [0])
    tcp.reception.arrived_us = 1_000_000
    tcp.reception.sender_reported(SenderReport(1, 0x1122334455667788, 0))
    tcp.reception.sender_reported(SenderReport(2, 0, 0))
    block = tcp.reception.report(1_500_000)
    assert (block.last_report, block.delay) == (0x33445566, 32_768)


def test_jitter_is_that_of_rfc_3550(tcp):
    for number in range(200):
        tcp.reception.arrived_us = number * 20_000 + (number % 2) * 10_000
        send(tcp, [number])
    # 10 ms to and fro at 8 kHz.
    assert tcp.reception.report(0).jitter in range(75, 81)

"""What a client gets: numbered packets, reports that fit them, and honest holes where it is too slow."""

import struct
from dataclasses import replace

from recorder.client.clock import SECOND_US
from recorder.rtsp import rtcp, rtp
from recorder.rtsp.rtcp import ReceiverReport, ReportBlock
from recorder.rtsp.server.numbering import Numbered, Numbering
from recorder.rtsp.server.sender import TrackSender
from tests.recorder.rtsp.server.fakes import AUDIO, VIDEO, Caller, Outlet, unit


def sent(outlet):
    """All packets of an outlet, in order."""
    found = []
    for packets in outlet.rtp:
        found += [rtp.parse(packets.data[start + 4 : end]) for start, end in packets.spans]
    return found


def test_packets_are_numbered_without_a_hole_over_the_wrap():
    sender = TrackSender(VIDEO, outlet := Outlet(4), "x")
    sender.numbering.sequence = 65534
    for number in range(3):
        sender.send(unit(number * 3600, count=2))
    packets = sent(outlet)
    assert [one.sequence for one in packets] == [65534, 65535, 0, 1, 2, 3]
    first = packets[0].timestamp
    assert [(one.timestamp - first) % 2**32 for one in packets] == [0, 0, 3600, 3600, 7200, 7200]
    assert {one.ssrc for one in packets} == {sender.ssrc}
    assert outlet.rtp[0].data[1] == 4


def test_shared_packets_are_not_written_into():
    shared = unit(count=2)
    before = bytes(shared.packets.data)
    for _ in range(2):
        TrackSender(VIDEO, Outlet(3), "x").send(shared)
    assert shared.packets.data == before


def shared_unit(numbering, time, **shape):
    made = unit(time, **shape)
    packets = numbering.number(made.packets, time, 0)
    return replace(made, packets=packets, numbered=Numbered(packets))


def test_receivers_of_shared_packets_get_the_same_numbers_and_reports_on_their_own():
    fixed = 1_700_000_000 * SECOND_US
    numbering = Numbering()
    outlets = [Outlet(0), Outlet(6)]
    first, second = (TrackSender(VIDEO, outlet, "x", numbering) for outlet in outlets)
    early, late = (shared_unit(numbering, time, wall_us=fixed, size=50) for time in (0, 3600))
    first.send(early)
    second.skip(early)
    for sender in (first, second):
        sender.send(late)
        sender.report(fixed)
    assert sent(outlets[1]) == sent(outlets[0])[1:]
    assert [outlet.rtp[-1].data[1] for outlet in outlets] == [0, 6]
    reports = [rtcp.parse(outlet.rtcp[0])[0] for outlet in outlets]
    assert [one.packets for one in reports] == [2, 1]
    assert {(one.ssrc, one.rtp_timestamp) for one in reports} == {(numbering.ssrc, sent(outlets[0])[1].timestamp)}
    assert (numbering.sequence - sent(outlets[0])[0].sequence) % 65536 == 2


def test_a_sender_report_says_which_timestamp_is_now():
    sender = TrackSender(VIDEO, outlet := Outlet(), "cam")
    sender.send(unit(900_000, wall_us=1_700_000_000 * SECOND_US, size=50))
    sender.report(1_700_000_000 * SECOND_US + 500_000)
    report, description = rtcp.parse(outlet.rtcp[0])
    assert report.utc_us == 1_700_000_000 * SECOND_US + 500_000
    assert (report.rtp_timestamp - sent(outlet)[0].timestamp) % 2**32 == 45_000
    assert (report.packets, report.octets) == (1, 50)
    assert description.cname == "cam"


def test_reports_come_with_the_first_picture_and_then_every_five_seconds():
    caller = Caller()
    session = caller.playing()
    reports = caller.link.outlets[0].rtcp
    caller.ward.tick()
    assert not reports
    session.put(unit(key=True))
    for _ in range(11):
        caller.ward.tick()
        caller.clock.advance(1)
    assert len(reports) == 3


def test_a_slow_client_gets_whole_pictures_again_from_the_next_key_on():
    caller = Caller()
    session = caller.playing()
    outlet = caller.link.outlets[0]
    session.put(unit(0, key=True))
    caller.link.congested = True
    session.put(unit(1, count=3))
    caller.link.congested = False
    session.put(unit(2))
    session.put(unit(3, key=True))
    session.put(unit(4))
    packets = sent(outlet)
    base = packets[0].timestamp
    assert [(one.timestamp - base) % 2**32 for one in packets] == [0, 3, 4]
    # Three packets and one were left out, and their numbers with them.
    assert [(one.sequence - packets[0].sequence) % 65536 for one in packets] == [0, 5, 6]
    assert session.skipped == 2


def test_sound_alone_goes_on_as_soon_as_there_is_room():
    caller = Caller(source=None)
    caller.source.tracks = (AUDIO,)
    session = caller.ask("SETUP", Transport="RTP/AVP/TCP;interleaved=0-1").headers.get("Session").partition(";")[0]
    caller.ask("PLAY", Session=session)
    playing = caller.ward.sessions[session]
    caller.link.congested = True
    playing.put(unit(0, track=1))
    caller.link.congested = False
    playing.put(unit(320, track=1))
    assert len(sent(caller.link.outlets[0])) == 1


def test_packets_lost_on_the_line_keep_their_numbers():
    sender = TrackSender(VIDEO, Outlet(), "x")
    first = sender.numbering.sequence
    lost = unit(count=4)
    sender.send(lost)
    assert (sender.numbering.sequence - first) % 65536 == 4


def test_what_a_client_says_of_its_losses_is_known():
    caller = Caller()
    session = caller.playing()
    ssrc = session.senders[0].ssrc
    blocks = (ReportBlock(ssrc, fraction_lost=12, lost=5), ReportBlock(ssrc ^ 1, lost=99))
    session.hear([ReceiverReport(1, blocks)], 7)
    assert session.received == {ssrc: blocks[0]}
    assert session.heard_us == 7


def test_the_end_of_a_source_is_told():
    caller = Caller()
    session = caller.playing()
    session.put(unit(key=True))
    session.end()
    assert rtcp.parse(caller.link.outlets[0].rtcp[-1])[-1].ssrcs == (session.senders[0].ssrc,)
    caller.ward.tick()
    assert not caller.ward.sessions


def test_timestamps_wrap_at_32_bits():
    sender = TrackSender(VIDEO, outlet := Outlet(), "x")
    sender.send(unit((1 << 70) + 5))
    sender.send(unit((1 << 70) + 9))
    first, second = sent(outlet)
    assert (second.timestamp - first.timestamp) % 2**32 == 4
    assert struct.unpack_from(">I", outlet.rtp[0].data, 8)[0] == first.timestamp

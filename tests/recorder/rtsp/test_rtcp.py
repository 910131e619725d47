import pytest

from recorder.rtsp import rtcp
from recorder.rtsp.errors import Malformed

# A sender report with SDES as gst-rtsp-server 1.22 sends them, taken off a connection; the name is another.
RECORDED = bytes.fromhex(
    """
    80c80006f6c86142eeabb65239bdf8f49dd95987000001f4000712ae
    81ca000cf6c86142011a7573657231363835323339393334406578616d706c652e6f7267
    06094753747265616d65720000000000
    """
)


def test_a_recorded_sender_report_is_read():
    report, description = rtcp.parse(RECORDED)
    assert (report.ssrc, report.rtp_timestamp, report.packets, report.octets) == (0xF6C86142, 0x9DD95987, 500, 463_534)
    # 2026-11-21 06:18:58 UTC and 0.2255 s.
    assert report.utc_us == 1_795_241_938_225_554
    assert description == rtcp.SourceDescription(0xF6C86142, "user1685239934@example.org")


def test_reports_survive_being_sent():
    blocks = (rtcp.ReportBlock(7, 255, -3, 0x1FFFF, 9, 10, 11), rtcp.ReportBlock(8))
    reports = [
        rtcp.SenderReport(1, 2 << 32 | 3, 4, 5, 6, blocks),
        rtcp.ReceiverReport(1, blocks),
        rtcp.SourceDescription(1, "name"),
        rtcp.Goodbye((1, 2)),
    ]
    assert rtcp.parse(rtcp.build(*reports)) == reports


@pytest.mark.parametrize("name", ["", "a", "ab", "abc", "abcd", "abcde", "é" * 200])
def test_descriptions_end_on_whole_words(name):
    data = rtcp.build(rtcp.SourceDescription(1, name))
    assert len(data) % 4 == 0
    assert rtcp.parse(data + rtcp.build(rtcp.Goodbye((1,))))[-1] == rtcp.Goodbye((1,))


def test_unknown_parts_are_passed_over():
    application = bytes.fromhex("80cc0002000000014e414d45")
    assert rtcp.parse(application + rtcp.build(rtcp.Goodbye((1,)))) == [rtcp.Goodbye((1,))]


@pytest.mark.parametrize("cut", range(1, 28))
def test_a_cut_report_is_refused(cut):
    with pytest.raises(Malformed):
        rtcp.parse(rtcp.build(rtcp.SenderReport(1, 2, 3))[:cut])


@pytest.mark.parametrize("data", [b"", b"\x00" * 8, b"\x81\xc9\x00\x01\x00\x00\x00\x01", b"\x80\xc8\xff\xff"])
def test_what_is_no_report_is_refused(data):
    with pytest.raises(Malformed):
        rtcp.parse(data)


def test_times_of_ntp_come_back():
    at_us = 1_700_000_000_123_456
    assert abs(rtcp.SenderReport(1, rtcp.ntp_from_us(at_us), 0).utc_us - at_us) <= 1

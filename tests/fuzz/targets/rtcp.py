"""RTCP compound packets."""

from recorder.rtsp import rtcp
from recorder.rtsp.errors import Malformed

DECLARED = (Malformed,)
BLOCK = rtcp.ReportBlock(2, 3, -1, 65536, 7, 8, 9)
SEEDS = (
    rtcp.build(rtcp.SenderReport(1, 1 << 63, 2, 3, 4, (BLOCK,)), rtcp.SourceDescription(1, "name")),
    rtcp.build(rtcp.ReceiverReport(1, (BLOCK, BLOCK)), rtcp.Goodbye((1, 2))),
)


def target(data: bytes) -> None:
    found = rtcp.parse(data)
    assert rtcp.parse(rtcp.build(*found)) == found if found else True

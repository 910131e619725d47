"""RTSP messages and interleaved frames out of a byte stream."""

from recorder.rtsp.errors import Malformed
from recorder.rtsp.message import MessageReader

DECLARED = (Malformed,)
SEEDS = (
    b"OPTIONS rtsp://c/1 RTSP/1.0\r\nCSeq: 1\r\n\r\n",
    b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 5\r\n\r\nv=0\r\nRTSP/1.0 401 Unauthorized\nCSeq:3\n\n",
    b"$\x00\x00\x04abcd$\x01\x00\x00\r\n\r\nGET_PARAMETER * RTSP/1.0\r\nA: b\r\n c\r\n\r\n",
)


def target(data: bytes) -> None:
    whole = MessageReader().feed(data)
    pieces = MessageReader()
    found = [one for at in range(0, len(data), 7) for one in pieces.feed(data[at : at + 7])]
    assert [bytes(one) for one in found] == [bytes(one) for one in whole]

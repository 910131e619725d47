"""Everything a camera may send on a connection that plays: answers, questions, packets, reports, and what is none."""

import asyncio
import socket
from contextlib import suppress

from recorder.client.clock import ManualClock
from recorder.client.stream import Codec
from recorder.rtsp.connection import Connection
from recorder.rtsp.errors import RtspError
from recorder.rtsp.intake import Intake
from recorder.rtsp.payload.h264 import H264Depacketiser
from recorder.rtsp.payload.parameter_sets import ParameterSets
from recorder.rtsp.reception import Reception
from recorder.rtsp.rtp import Packet

DECLARED = ()
_INTAKE = Intake()


def _frame(channel: int, data: bytes) -> bytes:
    return bytes((0x24, channel)) + len(data).to_bytes(2) + data


_PACKET = _frame(0, bytes(Packet(96, 1, 1, 1, b"\x65\x88abc", marker=True)))
_FRAGMENTS = b"".join(
    _frame(
        0, bytes(Packet(96, 65_533 + number & 0xFFFF, 7, 1, bytes((0x7C, flags | 5)) + b"abcdef", marker=flags == 0x40))
    )
    for number, flags in enumerate((0x80, 0, 0, 0, 0, 0x40))
)
SEEDS = (
    _FRAGMENTS + _PACKET,
    _PACKET + b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n" + _frame(1, bytes(8)) + _PACKET,
    b"OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n" + _frame(9, b"x") + b"\xde\xad" + _PACKET + b"$\x00",
)


def target(data: bytes) -> None:
    asyncio.run(_target(data))


async def _target(data: bytes) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    connection = Connection(ours, _INTAKE, ManualClock())
    reception = Reception(96, 90_000, lambda *_: None, video=True)
    reception.attach(H264Depacketiser(ParameterSets(Codec.H264), reception.emit))
    connection.receptions[0] = reception
    try:
        half = len(data) // 2
        for piece in (data[:half], data[half:]):
            with suppress(BlockingIOError):
                theirs.send(piece)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        if connection.ended.done():
            assert isinstance(connection.ended.exception(), RtspError)
    finally:
        connection.close()
        theirs.close()

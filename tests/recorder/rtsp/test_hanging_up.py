"""What a camera sent before it hung up is read, even where we notice by a write that it has gone."""

import asyncio
import socket

import pytest

from recorder.client.clock import ManualClock
from recorder.rtsp.connection import Connection
from recorder.rtsp.errors import RtspError
from recorder.rtsp.intake import Intake

pytestmark = pytest.mark.anyio

ANSWER = b"RTSP/1.0 200 OK\r\nCSeq: 7\r\n\r\n"


async def test_what_arrived_is_read_though_a_write_finds_the_camera_gone():
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    one = Connection(ours, Intake(), ManualClock())
    theirs.sendall(ANSWER)
    theirs.close()
    one.send(b"$\x01\x00\x04abcd")
    assert not one.ended.done()
    one.send(b"$\x01\x00\x04abcd")
    async with asyncio.timeout(30):
        with pytest.raises(RtspError):
            await one.ended
    assert one.bytes == len(ANSWER)
    one.close()

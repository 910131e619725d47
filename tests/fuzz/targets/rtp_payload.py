"""RTP packets, behind 2-byte lengths, through reception and the depacketiser that the first byte names."""

from recorder.client.stream import Codec
from recorder.rtsp.payload.aac import AacDepacketiser, AacLayout
from recorder.rtsp.payload.depacketiser import LARGEST_UNIT
from recorder.rtsp.payload.g711 import G711Depacketiser
from recorder.rtsp.payload.h264 import H264Depacketiser
from recorder.rtsp.payload.h265 import H265Depacketiser
from recorder.rtsp.payload.parameter_sets import ParameterSets
from recorder.rtsp.reception import Reception
from recorder.rtsp.rtp import HEADER, Packet

DECLARED = ()


def _stream(kind: int, *payloads: bytes) -> bytes:
    packets = (
        bytes(Packet(96, 65534 + at & 0xFFFF, 3600 * (at // 4), 7, one, at % 4 == 3)) for at, one in enumerate(payloads)
    )
    return bytes((kind,)) + b"".join(len(one).to_bytes(2) + one for one in packets)


_H264 = (
    b"\x67\x42\x00\x1e\xf8",
    b"\x18\x00\x02\x68\xce\x00\x01\x06",
    b"\x7c\x85\x88abc",
    b"\x7c\x45def",
    b"\x41\x9a",
    b"\x5c\x81",
)
_H265 = (b"\x42\x01\x01", b"\x60\x01\x00\x03\x44\x01\xc1", b"\x62\x01\x93\x80abc", b"\x62\x01\x53def", b"\x02\x01\xd0")
_AAC = (b"\x00\x20\x00\x18\x00\x10abcde", b"\x00\x10\x00\x40ab", b"\x00\x10\x00\x40cdefgh")
SEEDS = tuple(
    _stream(kind + reorder, *payloads)
    for kind, payloads in enumerate((_H264, _H265, _AAC, (b"abc", b"")))
    for reorder in (0, 4)
)


def target(data: bytes) -> None:
    kind = data[0] if data else 0
    units = 0

    def deliver(pts_us: int, key: bool, damaged: bool, jumped: bool, unit: memoryview) -> None:
        nonlocal units
        units += 1
        assert 0 < len(unit) <= LARGEST_UNIT

    reception = Reception(96, 90_000, deliver, video=kind % 4 < 2)
    match kind % 4:
        case 0:
            reception.attach(H264Depacketiser(ParameterSets(Codec.H264), reception.emit))
        case 1:
            reception.attach(H265Depacketiser(ParameterSets(Codec.H265), reception.emit))
        case 2:
            reception.attach(AacDepacketiser(AacLayout(), reception.emit))
        case _:
            reception.attach(G711Depacketiser(reception.emit))
    if kind & 4:
        reception.allow_reordering()
    view, at = memoryview(data), 1
    while at + 2 <= len(data):
        size = int.from_bytes(data[at : at + 2])
        packet = view[at + 2 : at + 2 + size]
        at += 2 + size
        reception.arrived_us += 40_000
        if len(packet) >= HEADER.size:
            reception.packet(*HEADER.unpack_from(packet), packet[HEADER.size :])
        reception.expire()
    reception.report(reception.arrived_us)

"""Session descriptions, and the choice of tracks out of them."""

from recorder.rtsp import address, sdp
from recorder.rtsp.errors import Malformed, Unsupported
from recorder.rtsp.offer import choose

DECLARED = (Malformed, Unsupported)
_H264 = b"""v=0
o=- 1 1 IN IP4 0.0.0.0
s=x
a=control:*
m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z2QAKqwsaoHgCJ+WbgICAgQ=,aO48sA==
a=control:trackID=0
m=audio 0 RTP/AVP 97
a=rtpmap:97 MPEG4-GENERIC/16000/1
a=control:trackID=1
a=fmtp:97 streamtype=5;mode=AAC-hbr;config=1408;sizelength=13;indexlength=3;indexdeltalength=3
"""
_H265 = b"""v=0
m=audio 0 RTP/AVP 0 8
m=video 0 RTP/AVP 98
a=rtpmap:98 H265/90000
a=fmtp:98 sprop-vps=QAEMAf//AWAAAAMAkAAAAwAAAwBdlZgJ; sprop-sps=QgEB; sprop-pps=RAHBcrRiQA==
a=control:rtsp://h/t
"""
SEEDS = (_H264, _H265, _H264.replace(b"\n", b"\r\n"))


def target(data: bytes) -> None:
    description = sdp.parse(data)
    assert sdp.parse(bytes(description)).media is not None
    for offer in choose(description):
        assert address.control_url("rtsp://camera/stream", offer.control).lower().startswith("rtsp")

"""Whatever a client may ask of our server: always an answer, never a session that nobody asked for."""

from recorder.client.clock import ManualClock
from recorder.rtsp import rtcp
from recorder.rtsp.errors import Malformed
from recorder.rtsp.guard import Guard
from recorder.rtsp.message import REASONS, Interleaved, MessageReader, Request
from recorder.rtsp.server.dialogue import Dialogue, Limits, Ward
from tests.recorder.rtsp.server.fakes import Library, Link, Source

DECLARED = (Malformed,)
_URL = "rtsp://recorder/cam1/main"
_BASIC = "Authorization: Basic YTpi\r\n"


def _request(method: str, url: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {url} RTSP/1.0", "CSeq: 7", *lines, _BASIC, ""]).encode()


_SETUP = _request("SETUP", f"{_URL}/trackID=0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
SEEDS = (
    _request("OPTIONS", "*") + _request("DESCRIBE", _URL, "Accept: application/sdp"),
    _SETUP
    + _request("PLAY", _URL, "Session: known", "Range: npt=0-")
    + b"$\x01\x00\x08\x80\xc9\x00\x01\x00\x00\x00\x01",
    _request("SETUP", f"{_URL}/trackID=1", "Transport: RTP/AVP;unicast;client_port=5000-5001;destination=192.0.2.1"),
    _request("PLAY", _URL, "Session: known") + _request("PAUSE", _URL, "Session: known"),
    _request("SET_PARAMETER", _URL, "Session: known", "Content-Length: 4") + b"a: b" + _request("TEARDOWN", _URL),
    _request("SETUP", f"{_URL}/trackID=1?loss=0.1", 'Transport: RTP/AVP/TCP;mode="play",RTP/AVP;multicast'),
    (
        b"DESCRIBE rtsp://a:b@recorder/cam1/main?x=%zz RTSP/1.0\r\nCSeq: 2\r\n"
        b'Authorization: Digest username="a", qop=auth\r\n\r\n'
    ),
)


def target(data: bytes) -> None:
    clock = ManualClock()
    guard = Guard("x", lambda user: "b" if user == "a" else None, clock=clock, basic=True)
    ward = Ward(Library(Source()), clock, guard, Limits(sessions=4))
    dialogue = Dialogue(ward, Link())
    _first_session(ward, dialogue)
    for found in MessageReader().feed(data):
        if isinstance(found, Request):
            _answer(dialogue, found)
        elif isinstance(found, Interleaved):
            rtcp.parse(found.payload)
        ward.tick()
        assert len(ward.sessions) <= 4
        assert all(session.senders for session in ward.sessions.values())


def _first_session(ward: Ward, dialogue: Dialogue) -> None:
    """Put one session there whose name the seeds know."""
    (request,) = MessageReader().feed(_SETUP)
    assert isinstance(request, Request)
    assert _answer(dialogue, request) == 200
    (session,) = ward.sessions.values()
    ward.sessions.clear()
    session.id = "known"
    ward.sessions["known"] = session


def _answer(dialogue: Dialogue, request: Request) -> int:
    answering = dialogue.answer(request)
    try:
        answering.send(None)
    except StopIteration as done:
        answer = done.value
    else:
        raise AssertionError("an answer that waits")
    assert answer.status in REASONS or answer.status == 451
    assert answer.status != 500, request
    assert bytes(answer).startswith(b"RTSP/1.0 ")
    return answer.status

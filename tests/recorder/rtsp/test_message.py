import pytest

from recorder.rtsp.errors import Malformed
from recorder.rtsp.message import LONGEST_BODY, LONGEST_HEAD, Headers, Interleaved, MessageReader, Request, Response


def read(data):
    return MessageReader().feed(data)


def test_messages_survive_being_sent():
    messages = [
        Request("DESCRIBE", "rtsp://c/1", Headers([("CSeq", "1"), ("Accept", "application/sdp")])),
        Interleaved(3, b"$packet\r\n\r\n"),
        Response(200, "OK", Headers([("CSeq", "1"), ("Content-Length", "4")]), b"v=0\n"),
    ]
    assert read(b"".join(map(bytes, messages))) == messages


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_message_may_come_in_pieces(size):
    data = b"$\x01\x00\x02ab" + bytes(Response(200, "OK", Headers([("CSeq", "1")]), b"body")) + b"$\x00\x00\x00"
    reader = MessageReader()
    found = [one for at in range(0, len(data), size) for one in reader.feed(data[at : at + size])]
    assert found == read(data)
    assert [type(one) for one in found] == [Interleaved, Response, Interleaved]


@pytest.mark.parametrize(
    "text",
    [
        b"RTSP/1.0 200 OK\nCSeq: 7\nSession: a\n\n",
        b"RTSP/1.0 200 OK\r\nCSeq: 7\r\nSession: a\n\r\n",
        b"\r\n\r\nRTSP/1.0 200 OK\r\ncseq:7\r\nSESSION:  a \r\n\r\n",
        b"RTSP/1.0 200\r\nCSeq: 7\r\nno colon here\r\nSession: a\r\n\r\n",
    ],
)
def test_cameras_that_write_loosely_are_understood(text):
    (found,) = read(text)
    assert (found.status, found.cseq, found.headers.get("session")) == (200, 7, "a")


def test_a_missing_or_absurd_number_is_none():
    for value in ("", "x", "-1", "99999999999", "٣"):
        assert Response(200, headers=Headers([("CSeq", value)])).cseq is None


def test_a_folded_header_is_one():
    (found,) = read(b"RTSP/1.0 200 OK\r\nPublic: OPTIONS,\r\n\tPLAY\r\n\r\n")
    assert found.headers.get("Public") == "OPTIONS, PLAY"


@pytest.mark.parametrize(
    "data",
    [
        b"x" * (LONGEST_HEAD + 1),
        b"RTSP/1.0 200 OK\r\nA: " + b"x" * LONGEST_HEAD + b"\r\n\r\n",
        b"RTSP/1.0 200 OK\r\n" + b"a:b\r\n" * 200 + b"\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % (LONGEST_BODY + 1),
        b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"RTSP/1.0 abc OK\r\n\r\n",
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        b"\xff\xfe\x00\x01\r\n\r\n",
    ],
)
def test_what_can_never_be_a_message_is_refused(data):
    with pytest.raises(Malformed):
        read(data)


def test_a_body_is_not_awaited_beyond_its_bound():
    reader = MessageReader()
    with pytest.raises(Malformed):
        reader.feed(b"RTSP/1.0 200 OK\r\nContent-Length: 70000\r\n\r\n")


def test_nobody_slips_a_header_in():
    (found,) = read(bytes(Response(200, "OK\r\nEvil: 1", Headers([("Session", "a\r\nEvil: 2")]))))
    assert "Evil" not in found.headers
    assert b"\nEvil" not in bytes(Request("PLAY", "rtsp://c/1\r\nEvil: 1"))


def test_no_login_is_shown_in_logs():
    request = Request("PLAY", "*", Headers([("Authorization", "Basic c2VjcmV0")]))
    assert "c2VjcmV0" not in repr(request)

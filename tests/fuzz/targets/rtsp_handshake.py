"""All that a camera answers from the first request to PLAY: logins, descriptions, transports, groups, redirects."""

from collections.abc import Coroutine

from recorder.rtsp import address
from recorder.rtsp.auth import Login
from recorder.rtsp.errors import Redirected, RtspError
from recorder.rtsp.handshake import Dialogue, interleaved, multicast
from recorder.rtsp.message import Headers, MessageReader, Request, Response
from recorder.rtsp.redirect import follow

DECLARED = (RtspError,)
_OK = "RTSP/1.0 200 OK\r\n"
_SDP = (
    "v=0\r\nc=IN IP4 239.1.1.1/16\r\nm=video 5000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    "a=source-filter: incl IN IP4 239.1.1.1 10.0.0.1\r\na=control:t1\r\n"
    "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 AAL2-G726-32/8000\r\na=control:t2\r\n"
    "m=application 0 RTP/AVP 98\r\na=rtpmap:98 vnd.onvif.metadata/90000\r\n"
)
_DESCRIBED = f"{_OK}Content-Base: rtsp://c/x/\r\nContent-Length: {len(_SDP)}\r\n\r\n{_SDP}"
_TRANSPORT = "Transport: RTP/AVP;multicast;destination=239.1.1.2;port=5002-5003;ttl=3;source=10.0.0.1\r\n"
_SET_UP = f"{_OK}Session: a;timeout=9\r\n{_TRANSPORT}\r\n{_OK}Transport: RTP/AVP/TCP;interleaved=2-3\r\n\r\n"
SEEDS = tuple(
    text.encode()
    for text in (
        f"{_OK}Public: OPTIONS, GET_PARAMETER\r\n\r\n{_DESCRIBED}{_SET_UP}{_OK}\r\n{_OK}\r\n",
        f'RTSP/1.0 401 No\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n\r\n{_OK}\r\n{_DESCRIBED}',
        f"RTSP/1.0 501 No\r\n\r\n{_DESCRIBED}{_OK}Transport: RTP/AVP;multicast\r\n\r\nRTSP/1.0 454 Gone\r\n\r\n",
        "RTSP/1.0 302 Moved\r\nLocation: rtsp://c:99/y\r\n\r\n",
        "RTSP/1.0 301 Moved\r\nLocation: ../z\r\n\r\n",
    )
)


class _Script:
    """Stands for a connection: gives the answers one after the other."""

    def __init__(self, answers: list[Response]) -> None:
        self._answers = answers
        self.asked = 0

    async def request(self, method: str, url: str, headers: list[tuple[str, str]]) -> Response:
        self.asked += 1
        # Whatever the camera had us say again begins no line of its own.
        assert bytes(Request(method, url, Headers(headers))).count(b"\n") == len(headers) + 2
        if not self._answers:
            raise RtspError(reason="the script is over")
        return self._answers.pop(0)


def target(data: bytes) -> None:
    answers = [one for one in MessageReader().feed(data) if isinstance(one, Response)]
    script = _Script(answers)
    dialogue = Dialogue(script, address.parse("rtsp://c/x"), Login("u", "p"), has_password=True)
    try:
        _run(_shake(dialogue))
    except Redirected as error:
        found = follow(dialogue.address, error.location)
        assert found.host == "c" or not found.user
        assert found.url.startswith(("rtsp://", "rtsps://"))
        raise


async def _shake(dialogue: Dialogue) -> None:
    offers = await dialogue.describe()
    for offer in offers:
        if offer.is_video:
            setup = await dialogue.set_up(offer, multicast())
            assert setup.group is not None
            assert setup.group.address.startswith("2")
            assert 1024 <= setup.group.port < 65536
            assert 1024 <= setup.group.report_port < 65536
        else:
            assert 0 <= (await dialogue.set_up(offer, interleaved(2))).channel <= 255
    await dialogue.play()
    for _ in range(3):
        await dialogue.keep_alive()


def _run(coroutine: Coroutine[None, None, None]) -> None:
    """Nothing in it waits for anything."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise AssertionError("a handshake that waits")

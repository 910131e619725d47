"""Challenges as clients read them, and logins as servers read them."""

from recorder.client.clock import ManualClock
from recorder.rtsp.auth import Login, parse_challenges
from recorder.rtsp.errors import Malformed
from recorder.rtsp.guard import Guard, Verdict

DECLARED = (Malformed,)
SEEDS = (
    b'Digest realm="a", nonce="b", algorithm=SHA-256, qop="auth, auth-int", opaque="c", stale=TRUE, Basic realm="d"',
    b'Digest username="u", realm="r", nonce="1.2.3", uri="rtsp://c/1", response="0", qop=auth, nc=00000001, cnonce="x"',
    b"Basic dTpw",
)


def target(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    parse_challenges([text])
    login = Login("u", "p", client_nonce=lambda: "x")
    if login.challenge([text]):
        assert login.authorization("DESCRIBE", "rtsp://c/1")
    guard = Guard("r", {"u": "p"}.get, clock=ManualClock())
    assert guard.check(text, "DESCRIBE", "rtsp://c/1").verdict is not Verdict.ACCEPTED
